"""How the time of a meeting runs: what is planned of it, by whom, and what came late (R4, R61)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.cases.sealing import subject_of
from app.constitution.models import Municipality
from app.kernel.clock import brussels_day
from app.kernel.work import Work
from app.meetings import agenda_queries, change_queries, sight_queries
from app.meetings.models import TABLED
from app.meetings.views import AgendaBlock
from app.rules.facts import age_on

CHILD = 12
"""Under this age, a service of the French Community is told why a child has to be discussed (R29)."""
OVERDUE = timedelta(hours=12)
"""How long after its planned end a meeting that is still open counts as forgotten."""


def minutes_available(meeting: Any) -> int:
    """Give how many minutes a meeting lasts as planned."""
    return int((meeting.ends_at - meeting.starts_at) / timedelta(minutes=1))


def agenda_blocks(work: Work, meeting: Any) -> list[AgendaBlock]:
    """Give how the time of a meeting is divided among municipalities, to who holds it; else nothing."""
    return [
        AgendaBlock(
            municipality_id=block.municipality_id,
            name=_name(work.session.get_one(Municipality, block.municipality_id).names, work.actor.language),
            minutes=block.minutes,
        )
        for block in agenda_queries.agenda_blocks(work.session, meeting.id)
    ]


def _name(names: dict[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()))


def is_child(work: Work, case: Any, meeting: Any) -> bool:
    """Tell whether the person of a case is known to be under twelve on the day of a meeting (R29)."""
    born = subject_of(work, case)[1]
    return born is not None and age_on(date.fromisoformat(born), brussels_day(meeting.starts_at)) < CHILD


def is_late(meeting: Any, item: Any) -> bool:
    """Tell whether an item came on the agenda after the meeting was convened."""
    return bool(meeting.convened_at and item.added_at and item.added_at > meeting.convened_at)


def is_overdue(now: datetime, meeting: Any) -> bool:
    """Tell whether a meeting should have been closed by now, or opened: it is over as planned, by half a day."""
    return meeting.state in {"convened", "inSession"} and now > meeting.ends_at + OVERDUE


def left_over(work: Work, seat: sight_queries.Seat) -> str:
    """Give what became of an item at its meeting: its own state, the meeting's, or that it was never discussed there."""
    if seat.item.state != TABLED:
        return seat.item.state
    if seat.meeting.state != "closed":
        return seat.meeting.state
    discussed = change_queries.was_discussed(work.session, seat.item.case_id, seat.meeting.id)
    return "closed" if discussed else "notDiscussed"
