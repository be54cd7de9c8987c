"""Reading the log and its checkpoints. Reading it is itself logged (R106)."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.oversight import queries
from app.oversight.commands import ListCheckpoint, ListJournal
from app.oversight.standing import about_log, log_facts
from app.oversight.views import CheckpointPage, CheckpointView, EntryPage, EntryView
from app.rules.actions import Action


@operation(Action.JOURNAL_LIST)
def list_journal(work: Work, command: ListJournal) -> EntryPage:
    """List lines of the log of the actor's municipality, newest first."""
    work.allow(Action.JOURNAL_LIST, log_facts(work), about_log(work, "journal", command.case_id))
    filters = queries.chosen(command)
    after = position(command.cursor, datetime.fromisoformat, int)
    rows = queries.entries(
        work.session, there(work.actor.municipality_id), filters, after, command.page_size + 1
    )
    shown, more = rows[: command.page_size], rows[command.page_size :]
    here, following = href("journalEntries"), None
    if more:
        mark = {"pageSize": command.page_size, "cursor": cursor(shown[-1].at.isoformat(), shown[-1].id)}
        following = f"{here}?{urlencode(as_said(filters) | mark)}"
    return EntryPage(
        href=here, items=[_shown(row) for row in shown], next=following, page_size=command.page_size
    )


def as_said(filters: dict[str, Any]) -> dict[str, str]:
    """Give filters as the wire spells them."""
    names = {"from_": "from", "case_id": "caseId", "actor_id": "actorId"}
    return {names.get(name, name): str(value) for name, value in filters.items()}


def _shown(row: Any) -> EntryView:
    said = {name: getattr(row, name) for name in EntryView.model_fields}
    return EntryView(**{name: value for name, value in said.items() if value not in (None, "")})


@operation(Action.CHECKPOINT_LIST)
def list_checkpoint(work: Work, command: ListCheckpoint) -> CheckpointPage:
    """List the signed checkpoints of the actor's municipality, newest first, with the key that signed them."""
    work.allow(Action.CHECKPOINT_LIST, log_facts(work), about_log(work, "checkpoint"))
    after = position(command.cursor, int, int)
    rows = queries.checkpoints(work.session, there(work.actor.municipality_id), after, command.page_size + 1)
    shown, more = rows[: command.page_size], rows[command.page_size :]
    here, following = href("checkpoints"), None
    if more:
        mark = cursor(shown[-1].year, shown[-1].size)
        following = f"{here}?pageSize={command.page_size}&cursor={mark}"
    return CheckpointPage(
        href=here,
        items=[
            CheckpointView(
                year=row.year,
                size=row.size,
                root=base64.b64encode(row.root).decode(),
                at=row.at,
                note=row.note,
            )
            for row in shown
        ],
        next=following,
        page_size=command.page_size,
        public_key=str(work.installation.signer.verifier),
    )
