"""How an actor stands to a meeting, an item and its minutes: the first of the two locks (R18, R19, R62, R68).

Written from the rules, not from the database's own functions (open_items, attended_items, extract_items); a
test compares both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from app.cases.statements import AT_THE_TABLE, PRESENT_AT
from app.kernel.journal.store import About
from app.kernel.work import Work
from app.meetings import queries
from app.meetings.models import AgendaItem, Meeting
from app.rules.facts import Actor, Facts, Standing
from app.rules.roles import DESK, TABLE, Role

ALWAYS = datetime.max.replace(tzinfo=UTC)
"""The window of those whom no window binds: the desk on its own file, whoever still has to finish the minutes."""
SEEN = frozenset({"sent", "accepted", "attended"})
"""States of an invitation in which its item is in sight; a refusal takes it out (R31)."""
ON_AGENDA = frozenset({"convened", "inSession", "closed"})
SAT = frozenset({"inSession", "closed"})


class Sitting(Protocol):
    """What standing needs to know of a meeting: a row, or the columns a lean query brought."""

    cell_id: Any
    state: Any
    chair_id: Any
    secretary_id: Any
    window_until: Any
    extract_until: Any


def keeps_file(actor: Actor, municipality_id: UUID) -> bool:
    """Tell whether the actor is the desk of this municipality."""
    return (
        actor.role in DESK and actor.municipality_id is not None and actor.municipality_id == municipality_id
    )


def takes_minutes(actor: Actor, meeting: Sitting) -> bool:
    """Tell whether the actor is the secretary named for this meeting, and the minutes are not yet approved (R67)."""
    return (
        actor.role is Role.SECRETARY
        and meeting.cell_id == actor.cell_id
        and meeting.secretary_id == actor.person_id
        and meeting.state in ON_AGENDA
        and meeting.extract_until is None
    )


def window_for(actor: Actor, meeting: Sitting) -> datetime:
    """Give until when an invited actor may read: the meeting's window; a chair until the minutes are approved."""
    if meeting.chair_id == actor.person_id and meeting.extract_until is None:
        return ALWAYS
    until: datetime = meeting.window_until
    return until


def standing_at(
    actor: Actor,
    now: datetime,
    meeting: Sitting,
    municipality_id: UUID,
    *,
    invited: str | None,
    present: bool | None,
) -> Standing:
    """Give the standing at one item of an actor who is not excluded from its case.

    In: the meeting, whose file the item comes from, the state of the actor's own invitation and their
    recorded presence, both None where there is none.
    """
    if keeps_file(actor, municipality_id):
        return Standing.FILE
    if actor.role not in TABLE or actor.cell_id != meeting.cell_id:
        return Standing.NONE
    if takes_minutes(actor, meeting):
        return Standing.ATTENDING
    open_to_me = now <= window_for(actor, meeting)
    if open_to_me and present and meeting.state in SAT:
        return Standing.ATTENDING
    if open_to_me and invited in SEEN and meeting.state in ON_AGENDA:
        return Standing.INVITED
    return Standing.NONE


def item_standing(work: Work, seat: queries.Seat | None) -> Standing:
    """Give the actor's standing at an item fetched with `queries.seat`; NONE where the database showed none."""
    if seat is None:
        return Standing.NONE
    if seat.excluded:
        return Standing.EXCLUDED
    return standing_at(
        work.actor,
        work.now,
        seat.meeting,
        seat.item.municipality_id,
        invited=seat.invitation.state if seat.invitation else None,
        present=seat.present,
    )


def item_facts(work: Work, seat: queries.Seat | None, **known: Any) -> Facts:
    """Give Facts on one agenda item; its state is the meeting's unless *state* says otherwise."""
    standing = known.pop("standing", None)
    if standing is None:
        standing = item_standing(work, seat)
    if seat is None:
        return work.facts(standing=Standing.NONE)
    free = standing is Standing.FILE or takes_minutes(work.actor, seat.meeting)
    known.setdefault("state", seat.meeting.state)
    known.setdefault("window_until", ALWAYS if free else window_for(work.actor, seat.meeting))
    return work.facts(standing=standing, **known)


def writing_standing(work: Work, seat: queries.Seat | None) -> Standing:
    """Give the standing of somebody who would write the record of an item: its own desk, or the named secretary.

    The desk of another municipality may sit at the item, but keeps no record of it (R4).
    """
    standing = item_standing(work, seat)
    if standing is Standing.ATTENDING and seat is not None and not takes_minutes(work.actor, seat.meeting):
        return Standing.INVITED
    return standing


def meeting_standing(actor: Actor, meeting: Sitting | None) -> Standing:
    """Give the standing on the meeting itself, which holds nothing of any person: desk of the cell, secretary."""
    if meeting is None or actor.cell_id is None or actor.cell_id != meeting.cell_id:
        return Standing.NONE
    if actor.role in DESK:
        return Standing.FILE
    if actor.role is Role.SECRETARY and meeting.secretary_id == actor.person_id:
        return Standing.FILE
    return Standing.NONE


def meeting_facts(work: Work, meeting: Meeting | None, **known: Any) -> Facts:
    """Give Facts on a meeting for those who prepare and hold it; whoever sits at one of its items knows of it."""
    standing = meeting_standing(work.actor, meeting)
    if (
        standing is Standing.NONE
        and meeting is not None
        and queries.sits_at(work.session, work.actor, work.now, meeting.id)
    ):
        standing = Standing.INVITED
    known.setdefault("state", meeting.state if meeting else None)
    return work.facts(standing=standing, **known)


def about_meeting(work: Work, meeting: Meeting | None, municipality_id: UUID | None = None) -> About:
    """Give what a journal line says of a meeting: the controller is the actor's own municipality, if there is one."""
    controller = work.actor.municipality_id or municipality_id or About().controller
    return About(controller, object_type="meeting", object_id=meeting.id if meeting else None)


def about_item(
    item: AgendaItem | Any | None, object_type: str = "agendaItem", object_id: Any = None
) -> About:
    """Give what a journal line says of an item: pseudonymous ids, never a name."""
    if item is None:
        return About(object_type=object_type)
    return About(item.municipality_id, item.case_id, item.subject_id, object_type, object_id or item.id)


def at_the_table(work: Work, agenda_item_id: UUID, case_id: UUID) -> Standing:
    """Give the standing at an item for what is said there of its case; NONE at an item of another case."""
    seat = queries.seat(work.session, work.actor, agenda_item_id)
    if seat is None or seat.item.case_id != case_id:
        return Standing.NONE
    return item_standing(work, seat)


def present_at(work: Work, agenda_item_id: UUID, person_id: UUID) -> bool:
    """Tell whether somebody was recorded present at an item, as far as this actor may know (R62)."""
    row = queries.attendance(work.session, agenda_item_id, person_id)
    return row is not None and row.present


AT_THE_TABLE[:] = [at_the_table]
PRESENT_AT[:] = [present_at]
