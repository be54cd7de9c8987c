"""What ends when, and why on that day (R86, R90)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.constitution.agreements import settings_of
from app.constitution.reference import citation
from app.constitution.standing import municipality_facts
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work
from app.retention import queries
from app.retention.commands import ListRetention
from app.retention.views import EndingPage, EndingView, WhyView
from app.rules.actions import Action
from app.rules.facts import NEVER, Facts
from app.rules.policy import abilities
from app.rules.retention import SCHEDULE, WARNING_DAYS, case_due_on

_TERMS = {term.data: term for term in SCHEDULE}


STARTS = {
    "receipt": "registrationUndecided", "decision": "registrationNotListed", "withdrawal": "registrationWithdrawn",
    "sender": "registrationHandedOver",
}  # fmt: skip
"""By what the term of a registration runs from: the row of the schedule that it ends under."""


def term_of(kind: str, start: str, *, extended: bool) -> str:
    """Name the row of the schedule that a file ends under."""
    if kind == "case":
        return "caseDataExtended" if extended else "caseData"
    return STARTS[start]


@operation(Action.RETENTION_LIST)
def list_retention(work: Work, command: ListRetention) -> EndingPage:
    """List what ends within so many days in the actor's municipality; one journal line per file."""
    facts = municipality_facts(work, work.actor.municipality_id, work.actor.cell_id)
    after = position(command.cursor, date.fromisoformat, UUID)
    # Asked beforehand, so that the log names each file; for somebody who may not see, nothing is looked for.
    rows = (
        queries.calendar(
            work.session, work.today + timedelta(days=command.days), after, command.page_size + 1
        )
        if abilities(work.actor, facts, Action.RETENTION_LIST)
        else []
    )
    shown, more = rows[: command.page_size], rows[command.page_size :]
    work.allow(Action.RETENTION_LIST, facts, [about_ending(row) for row in shown])
    here = href("retention/upcoming")
    unfinished = queries.unfinished(work.session)
    following = None
    if more:
        mark = cursor(shown[-1].due_on, shown[-1].id)
        following = f"{here}?days={command.days}&pageSize={command.page_size}&cursor={mark}"
    return EndingPage(
        href=here,
        items=[_shown(work, row, facts) for row in shown],
        next=following,
        page_size=command.page_size,
        unfinished=unfinished or None,
    )


def about_ending(row: Any) -> About:
    """Give what a journal line says of a row of the calendar: pseudonymous ids."""
    case_id = row.id if row.kind == "case" else None
    return About(row.municipality_id, case_id, row.subject_id, row.kind, row.id)


def next_warning(today: date, due_on: date, warned: int | None) -> date | None:
    """Give the day of the next warning, or None when all were sent or their days have passed (R90)."""
    days = [due_on - timedelta(days=d) for d in WARNING_DAYS if warned is None or d < warned]
    return min((day for day in days if day >= today), default=None)


def _shown(work: Work, row: Any, facts: Facts) -> EndingView:
    of_case = row.kind == "case"
    name = term_of(row.kind, row.start, extended=row.extended)
    term = _TERMS[name]
    allowed = _allowed(work, row)
    return EndingView(
        kind=row.kind,
        case_id=row.id if of_case else None,
        registration_id=None if of_case else row.id,
        reference=row.reference,
        state=row.state,
        due_on=row.due_on,
        locks_on=row.locks_on,
        locked=row.locks_on is not None and row.locks_on <= work.today,
        next_warning=next_warning(work.today, row.due_on, row.warned) if of_case else None,
        why=WhyView(
            start=row.start,
            started_on=row.started_on,
            term=name,
            rule=term.number,
            legal_reference=term.legal or None,
            citation=citation(term.legal, work.actor.language, work.today) if term.legal else None,
            kept_until=row.kept_until,
            nearer=row.nearer if allowed else None,
            term_ends_on=allowed,
        ),
        abilities=_openable(work, row, facts),
    )


def _allowed(work: Work, row: Any) -> date | None:
    """Give the day until which a case could have been kept, where it goes before; None where it goes on that day."""
    if row.kind != "case" or row.extended or row.kept_until:
        return None
    fixed = settings_of(work.session, work.actor.cell_id) if work.actor.cell_id else {}
    allowed = case_due_on(row.started_on, fixed)
    return allowed if row.due_on < allowed else None


def _openable(work: Work, row: Any, facts: Facts) -> list[str]:
    # A file asks for a reason first, so that its list is what tells who may come to its door.
    if row.kind == "case":
        return [Action.CASE_OPEN.value] if abilities(work.actor, facts, Action.CASE_LIST) else []
    return abilities(work.actor, replace(facts, state=row.state, locks_on=NEVER), Action.REGISTRATION_READ)
