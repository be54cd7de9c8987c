"""What comes next with a meeting, for those who prepare and hold it: one sentence on its page and on the first page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.constitution.models import Agreement
from app.directory.office_queries import person_name
from app.kernel.clock import brussels_day
from app.kernel.i18n import register_codes
from app.kernel.work import Work
from app.meetings import agenda_queries, minutes_queries
from app.meetings.agenda_queries import Asked
from app.meetings.minutes_reading import remarks_over
from app.meetings.views import Holding
from app.rules.roles import DESK, MAYORAL


class Step(StrEnum):
    """What is to be done now, each said in a sentence; `Yourself` where the reader is the one who can."""

    TABLE = "table"
    PREPARE = "prepare"
    CONVENE = "convene"
    CONVENE_YOURSELF = "conveneYourself"
    SEND = "send"
    SEND_YOURSELF = "sendYourself"
    WAIT = "wait"
    OPEN = "open"
    HOLD = "hold"
    WRITE = "write"
    REMARKS = "remarks"
    APPROVE = "approve"


register_codes("nextStep", Step)


@dataclass(frozen=True, slots=True)
class Known:
    """What the next step follows from; counts are of the reader's own municipality (R4)."""

    state: str
    mayoral: bool = False
    """Whether the reader is a mayor or a delegate, who alone send invitations (R24)."""
    tabled: int = 0
    prepared: int = 0
    asked: int = 0
    day_came: bool = False
    minutes_state: str | None = None
    remarks_open: bool = False
    """Whether the days for remarks run, and somebody who was there did not assent yet."""


def next_step(known: Known) -> Step | None:
    """Give what is to be done now with a meeting; None where nothing is left to do."""
    match known.state:
        case "draft":
            return _before_convening(known)
        case "convened" if known.prepared:
            return Step.SEND_YOURSELF if known.mayoral else Step.SEND
        case "convened":
            return Step.OPEN if known.day_came else Step.WAIT
        case "inSession":
            return Step.HOLD
        case "closed":
            return _after_closing(known)
        case _:
            return None


def _before_convening(known: Known) -> Step:
    if not known.tabled:
        return Step.TABLE
    if not known.prepared and not known.asked:
        return Step.PREPARE
    return Step.CONVENE_YOURSELF if known.mayoral else Step.CONVENE


def _after_closing(known: Known) -> Step | None:
    if known.minutes_state == "draft":
        return Step.WRITE
    if known.minutes_state == "submitted":
        return Step.REMARKS if known.remarks_open else Step.APPROVE
    return None


def step_of(work: Work, meeting: Any, tabled: int, asked: Asked, minutes: Any = None) -> Step | None:
    """Give the next step with a meeting, to one who holds it."""
    return next_step(
        Known(
            state=meeting.state,
            mayoral=work.actor.role in MAYORAL,
            tabled=tabled,
            prepared=asked.prepared,
            asked=asked.sent,
            day_came=brussels_day(meeting.starts_at) <= work.today,
            minutes_state=minutes.state if minutes else None,
            remarks_open=bool(minutes and minutes.state == "submitted" and not remarks_over(work, minutes)),
        )
    )


def holding(work: Work, meeting: Any, tabled: int) -> Holding:
    """Give what who holds a meeting is told beside its agenda: its people, what comes next, how the answers stand."""
    desk = work.actor.role in DESK
    asked = agenda_queries.own_asked(work.session, work.actor, [meeting.id]).get(meeting.id, Asked())
    minutes = minutes_queries.minutes(work.session, meeting.id) if meeting.state == "closed" else None
    agreement = work.session.get(Agreement, meeting.agreement_id) if meeting.agreement_id else None
    times = agenda_queries.sat_from_to(work.session, meeting.id)
    return Holding(
        chair_name=person_name(work.session, meeting.chair_id),
        secretary_name=person_name(work.session, meeting.secretary_id),
        agreement_number=agreement.number if agreement else None,
        agreement_from=agreement.adopted_at if agreement else None,
        opened_at=times.opened_at,
        closed_at=times.closed_at,
        # A secretary who is not of a desk has no part in what comes before convening.
        next_step=step_of(work, meeting, tabled, asked, minutes)
        if desk or meeting.state != "draft"
        else None,
        remarks_until=minutes.remarks_until if minutes else None,
        prepared=asked.prepared if desk else None,
        sent=asked.sent if desk else None,
        coming=asked.coming if desk else None,
        declined=asked.declined if desk else None,
    )
