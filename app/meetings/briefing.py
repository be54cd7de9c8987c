"""Briefing before and after: an invited person tells one colleague of their own service what that one has to know (R36).

What is kept is whom, when and on which case: date and case, no word of it. The colleague is bound by the same secrecy
(R16) and gets sight of nothing by this (R18): no standing is ever derived from a briefing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.directory.models import Person
from app.directory.representative_queries import represents
from app.kernel.clock import brussels_day
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import invitation_queries, minutes_queries, sight_queries
from app.meetings.briefing_views import BriefingList, BriefingView, Colleague
from app.meetings.commands import ListBriefing, RecordBriefing
from app.meetings.inviting import FLEMISH, FRENCH_COMMUNITY
from app.meetings.models import Briefing, Invitation
from app.meetings.standing import SAT, SEEN, about_item, item_standing, window_for
from app.rules.actions import Action
from app.rules.facts import NEVER, Facts, Standing
from app.rules.problems import Kind, Problem, invalid

BEFORE = "before"


def _facts(work: Work, row: Invitation | None, seat: sight_queries.Seat | None, **known: bool) -> Facts:
    """Give the Facts on briefing for one's own invitation: while its item, or the extract of it, is in sight (R19, R68).

    Somebody else's invitation is not there, nor one that was declined.
    """
    if row is None or seat is None or row.person_id != work.actor.person_id or row.state not in SEEN:
        return work.facts(standing=Standing.NONE)
    standing = item_standing(work, seat)
    until = window_for(work.actor, seat.meeting)
    extract = _extract_until(work, seat)
    if extract is not None and work.now <= extract:
        until = max(until, extract)
        if standing in {Standing.NONE, Standing.INVITED}:
            standing = Standing.ATTENDING
    return work.facts(
        standing=standing,
        state=seat.meeting.state,
        own=True,
        window_until=until,
        # A locked case is shown to nobody but its desk; who sees the item by its extract sees no date (R90).
        locks_on=seat.locks_on or NEVER,
        briefing_known=_known(work, row, seat.meeting.cell_id),
        **known,
    )


def _known(work: Work, row: Invitation, cell_id: UUID) -> bool:
    """Tell whether a decree knows a briefing by who was asked: elsewhere telling it on is a breach of secrecy (R16, R36).

    In Flanders by the permanent representative of the service; in the French Community by who took part for it.
    """
    if row.regime == FRENCH_COMMUNITY:
        return True
    return row.regime == FLEMISH and represents(work.session, row.person_id, cell_id, work.today)


def _extract_until(work: Work, seat: sight_queries.Seat) -> datetime | None:
    """Give until when somebody who was there may read the minutes of an item; None who was not, or where there are none."""
    if not seat.attended or seat.meeting.cell_id != work.actor.cell_id:
        return None
    minutes = minutes_queries.minutes(work.session, seat.meeting.id)
    if minutes is None or minutes.state == "draft":
        return None
    return seat.meeting.extract_until if minutes.state == "approved" else minutes.remarks_until


def _about(row: Invitation | None, seat: sight_queries.Seat | None, row_id: UUID | None = None) -> About:
    seen = row is not None and seat is not None
    return about_item(seat.item if seen and seat else None, "briefing", row_id)


@operation(Action.BRIEFING_RECORD)
def record_briefing(work: Work, command: RecordBriefing) -> BriefingView:
    """Record that one briefed a colleague on an item of one's own.

    Raises Problem: 404 for an invitation that is not one's own or not in sight; 409 for somebody who cannot be briefed
    (one answer for another service, oneself, no valid undertaking, a declared conflict, somebody not said to be directly
    involved), by who is no representative of a service whose decree knows it, after a discussion one was not at, and for
    what was recorded already; 400 for a day that is not before or after, as said.
    """
    action, row_id = Action.BRIEFING_RECORD, new_id()
    row = invitation_queries.invitation(work.session, command.invitation_id)
    seat = sight_queries.seat(work.session, work.actor, row.agenda_item_id) if row else None
    colleagues = dict(invitation_queries.colleagues(work.session, work.actor, row, work.today)) if row else {}
    before = command.moment == BEFORE
    facts = _facts(
        work,
        row,
        seat,
        was_present=before or (seat is not None and bool(seat.attended) and seat.meeting.state in SAT),
        handler_bound=command.directly_involved and command.handler_id in colleagues,
    )
    about = _about(row, seat, row_id)
    work.allow(action, facts, about, reason=command.moment, recipients=str(command.handler_id))
    row, seat = there(row), there(seat)
    day = brussels_day(seat.meeting.starts_at)
    if command.briefed_on > work.today or (command.briefed_on > day if before else command.briefed_on < day):
        raise invalid("briefedOn", "not before the meeting, after it, or past, as said", kind="invalidPeriod")
    made = Briefing(
        id=row_id,
        invitation_id=row.id,
        agenda_item_id=row.agenda_item_id,
        case_id=row.case_id,
        municipality_id=row.municipality_id,
        representative_id=row.person_id,
        handler_id=command.handler_id,
        moment=command.moment,
        briefed_on=command.briefed_on,
        recorded_at=work.now,
    )
    work.session.add(made)
    try:
        work.session.flush()
    except IntegrityError:
        raise work.refuse(
            action, Problem(Kind.CONFLICT, rule="R36"), about, reason="recordedAlready"
        ) from None
    own = work.session.get_one(Person, row.person_id).name
    return briefing_view(made, own, colleagues[command.handler_id])


@operation(Action.BRIEFING_LIST)
def list_briefing(work: Work, command: ListBriefing) -> BriefingList:
    """Give what one recorded for one's own invitation, and the colleagues who can be briefed: bound, in the same service."""
    row = invitation_queries.invitation(work.session, command.invitation_id)
    seat = sight_queries.seat(work.session, work.actor, row.agenda_item_id) if row else None
    work.allow(Action.BRIEFING_LIST, _facts(work, row, seat), _about(row, seat, row.id if row else None))
    row, seat = there(row), there(seat)
    return BriefingList(
        href=href("invitations", row.id) + "/briefings",
        starts_at=seat.meeting.starts_at,
        ends_at=seat.meeting.ends_at,
        place=seat.meeting.place,
        was_present=bool(seat.attended) and seat.meeting.state in SAT,
        items=[briefing_view(*found) for found in invitation_queries.briefings_for(work.session, row.id)],
        colleagues=[
            Colleague(person_id=person_id, name=name)
            for person_id, name in invitation_queries.colleagues(work.session, work.actor, row, work.today)
        ],
    )


def briefing_view(row: Briefing, representative: str, handler: str) -> BriefingView:
    """Give one briefing: names of those who spoke, and the day."""
    return BriefingView(
        briefing_id=row.id,
        representative_name=representative,
        handler_name=handler,
        moment=row.moment,
        briefed_on=row.briefed_on,
        recorded_at=row.recorded_at,
    )
