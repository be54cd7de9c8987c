"""Exporting the log as a file that carries its own proof (R106; docs/journal-format.md)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from app.constitution.codes import checked, codes
from app.constitution.reference import citation
from app.kernel.i18n import register_codes, translate
from app.kernel.ids import new_id
from app.kernel.journal.exportfile import ExportWriter, Format, TreeSeal, tree_name
from app.kernel.journal.sealer import NodeTable, Sealer, latest_checkpoint, sealed_leaves
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.oversight import queries
from app.oversight.commands import ExportJournal
from app.oversight.reading import as_said
from app.oversight.standing import about_log, log_facts
from app.rules.actions import Action
from app.rules.problems import Kind, Problem

register_codes("export", ["notice"])

_IN_MEMORY = 1 << 20
_BLOCK = 1 << 16
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Exported:
    """An export, ready to be sent once the line that says so is committed."""

    export_id: UUID
    count: int
    file: IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """Give the file piece by piece, and let go of it at the end."""
        with self.file:
            self.file.seek(0)
            while piece := self.file.read(_BLOCK):
                yield piece


def _notice(work: Work) -> str:
    """Give the banner of a file that leaves: what it may be used for, and the duty that comes with it (R60)."""
    language = work.actor.language
    said = translate(language, "export.notice")
    return f"{said} {citation('secrecyDuty', language, work.today) or ''}".strip()


@operation(Action.JOURNAL_EXPORT)
def export_journal(work: Work, command: ExportJournal, form: Format = "csv") -> Exported:
    """Seal what is new, then write the lines that fit, year by year, with the proof of their completeness.

    In: the filters, the format. Out: a file on disk (small ones in memory); memory stays flat. The line about this export is
    not in it: it is committed after the file is whole and before the first byte leaves.
    """
    work.allow(
        Action.JOURNAL_EXPORT,
        log_facts(work),
        about_log(work, "journal", command.case_id),
        reason=command.reason if command.reason in codes("accessReasons", work.today) else "",
    )
    checked("accessReasons", command.reason, work.today, "reason")
    controller = there(work.actor.municipality_id)
    seal_now(work.installation.sealer)
    filters = queries.chosen(command)
    where, values = queries.condition(filters)
    first, last = (day.year if day else None for day in (command.from_, command.to))
    export_id = new_id()
    writer = ExportWriter(
        form,
        export_id=str(export_id),
        chosen={"controller": str(controller)} | as_said(filters),
        created_at=work.now,
        signer=work.installation.signer,
        reason=command.reason,
        notice=_notice(work),
    )
    connection = work.session.connection()
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 — sent, and closed, after the commit
    file.write(writer.header())
    seals: list[TreeSeal] = []
    for year in queries.years(work.session, controller, first, last) or [work.today.year]:
        checkpoint = latest_checkpoint(connection, controller, year)
        note = checkpoint.note if checkpoint else work.installation.sealer.empty_note(controller, year)
        size = checkpoint.size if checkpoint else 0
        for leaf in sealed_leaves(connection, controller, year, size, where, values):
            file.write(writer.leaf(*leaf))
        name = tree_name(str(controller), str(year))
        seals.append(TreeSeal(name, note, NodeTable(connection, controller, year)))
    for line in writer.seal(seals):
        file.write(line)
    return Exported(export_id, writer.count, file)


def seal_now(sealer: Sealer) -> None:
    """Seal everything committed before the call, waiting for another sealer at work. Raises Problem 503 if it never ends."""
    deadline = time.monotonic() + _PATIENCE
    while (done := sealer.round()) != 0:
        if time.monotonic() > deadline:
            raise Problem(Kind.UNAVAILABLE, retry_after=5)
        if done < 0:
            time.sleep(0.05)
