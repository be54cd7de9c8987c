"""Telling beforehand that a file ends: the desk, and those who attended, whose own files have the same term (R90, R95)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from app.cases import queries as cases
from app.cases.models import Case
from app.cases.standing import about_case
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.clock import brussels_day
from app.kernel.work import Work
from app.meetings.change_queries import attended_by
from app.retention import queries
from app.retention.standing import about_sweep, retention_facts
from app.rules.actions import Action
from app.rules.retention import WARNING_DAYS, warning_due

if TYPE_CHECKING:
    from app.retention.sweeping import Run

_WARNINGS = {days: NoticeCode(f"retentionWarning{days}") for days in WARNING_DAYS}


def warn(run: Run, municipality_id: UUID) -> int:
    """Tell the desk which files end soon, and those who attended that their own files have the same term."""
    with (
        run.installation.retention_sessions() as session
    ):  # most days there is nothing to say, and nothing to log
        today = brussels_day(run.now)
        near = queries.cases_to_warn_of(session, municipality_id, today, run.actor.person_id)
        if not any(warning_due(today, each.due_on, each.warned) for each in near):
            return 0
    with run.step() as unit:
        facts = retention_facts(unit, municipality_id)
        rows = queries.cases_to_warn_of(
            unit.session, municipality_id, unit.today, run.actor.person_id, lock=True
        )
        due = [(row, days) for row in rows if (days := warning_due(unit.today, row.due_on, row.warned))]
        unit.allow(
            Action.SWEEP_RUN,
            facts,
            [about_case(row) for row, _ in due] or about_sweep(municipality_id, facts.standing),
            reason="retentionWarning",
        )
        for row, days in due:
            _send(unit, row, days)
            row.warned = days
        return len(due)


def _send(unit: Work, row: Case, days: int) -> None:
    desk = cases.desk_of(unit.session, row, unit.today)
    notices = [(person, _WARNINGS[days]) for person in desk]
    if row.warned is None:  # once per term is enough of a reminder
        notices += [
            (person, NoticeCode.OWN_FILE_TERM)
            for person in attended_by(unit.session, row)
            if person not in desk
        ]
    for person, code in notices:
        leave_notice(unit, person, code, row.reference, row.municipality_id, row.due_on)
