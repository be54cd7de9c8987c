"""How an actor stands to a meeting, an item and its minutes: the first of the two locks (R18, R19, R62, R68).

Written from the rules, not from the database's own functions (open_items, attended_items, extract_items); a
test compares both.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from app.cases.statements import AT_THE_TABLE, PRESENT_AT
from app.kernel.journal.store import About
from app.kernel.work import Work
from app.meetings import agenda_queries, sight_queries, sitting_queries
from app.meetings.models import TABLED, AgendaItem, Meeting
from app.rules.facts import Actor, Facts, Standing
from app.rules.lifecycle import OPEN_CASE
from app.rules.roles import DESK, TABLE, Role

ALWAYS = datetime.max.replace(tzinfo=UTC)
"""The window of those whom no window binds: the desk on its own file. After the sitting it needs a reason (R107)."""
SEEN = frozenset({"sent", "accepted", "attended"})
"""States of an invitation in which its item is in sight; a refusal takes it out (R31)."""
ON_AGENDA = frozenset({"convened", "inSession", "closed"})
SAT = frozenset({"inSession", "closed"})
BEFORE = frozenset({"draft", "convened"})


Sitting: TypeAlias = Meeting | agenda_queries.Sheet
"""A meeting: its row, or the columns that a lean query brought."""


def keeps_file(actor: Actor, municipality_id: UUID) -> bool:
    """Tell whether the actor is the desk of this municipality."""
    return (
        actor.role in DESK and actor.municipality_id is not None and actor.municipality_id == municipality_id
    )


def takes_minutes(actor: Actor, meeting: Sitting) -> bool:
    """Tell whether the actor is the secretary named for this meeting, and the minutes are not yet approved (R67).

    How long: `window_for`.
    """
    return (
        actor.role is Role.SECRETARY
        and meeting.cell_id == actor.cell_id
        and meeting.secretary_id == actor.person_id
        and meeting.state in ON_AGENDA
        and meeting.extract_until is None
    )


def window_for(actor: Actor, meeting: Sitting) -> datetime:
    """Give until when an actor may read who does not keep the file: until the meeting's window ends.

    Chair and secretary until the minutes are approved, but no longer than a month after the sitting.
    """
    until: datetime = meeting.window_until
    chairs = meeting.chair_id == actor.person_id and meeting.extract_until is None
    if chairs or takes_minutes(actor, meeting):
        until = max(until, meeting.ends_at + sight_queries.FINISHING)
    return until


def in_sitting(now: datetime, meeting: Sitting) -> bool:
    """Tell whether the desk reads its items without a reason: while the meeting is prepared and held (R107)."""
    until: datetime = meeting.window_until
    return now <= until


def standing_at(
    actor: Actor,
    now: datetime,
    meeting: Sitting,
    municipality_id: UUID,
    *,
    invited: str | None,
    present: bool | None,
    minutes_state: str | None = None,
    tabled: bool = True,
) -> Standing:
    """Give the standing at one item of an actor who is not excluded from its case.

    In: the meeting, whose file the item comes from, the state of the actor's own invitation, their recorded
    presence and the state of the minutes, each None where there is none, and whether it is on the agenda still: what
    was put off or taken off is its desk's alone.

    The secretary writes the record, for others too, during the sitting and while its minutes are a draft; before and
    after, the secretary only reads.
    """
    if keeps_file(actor, municipality_id):
        return Standing.FILE
    if not tabled or actor.role not in TABLE or actor.cell_id != meeting.cell_id:
        return Standing.NONE
    taking = Standing.NONE
    if takes_minutes(actor, meeting) and now <= meeting.ends_at + sight_queries.FINISHING:
        writing = meeting.state == "inSession" or (meeting.state == "closed" and minutes_state == "draft")
        taking = Standing.ATTENDING if writing else Standing.INVITED
    chairs = meeting.chair_id == actor.person_id
    if now > (window_for(actor, meeting) if chairs else meeting.window_until):
        return taking
    if present and meeting.state in SAT:
        return Standing.ATTENDING
    if invited in SEEN and meeting.state in ON_AGENDA:
        return max(taking, Standing.INVITED)
    return taking


def item_standing(work: Work, seat: sight_queries.Seat | None) -> Standing:
    """Give the actor's standing at an item fetched with `sight_queries.seat`; NONE where the database showed none."""
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
        minutes_state=seat.minutes_state,
        tabled=seat.item.state == TABLED,
    )


def item_facts(work: Work, seat: sight_queries.Seat | None, **known: Any) -> Facts:
    """Give Facts on one agenda item; its state is the meeting's, its own once it was put off, unless *state* says it."""
    standing = known.pop("standing", None)
    if standing is None:
        standing = item_standing(work, seat)
    if seat is None:
        return work.facts(standing=Standing.NONE)
    keeps = standing is Standing.FILE
    known.setdefault("state", seat.meeting.state if seat.item.state == TABLED else seat.item.state)
    known.setdefault("still_listed", seat.case_state in OPEN_CASE)
    known.setdefault("window_until", ALWAYS if keeps else window_for(work.actor, seat.meeting))
    if not keeps or in_sitting(work.now, seat.meeting):
        known["access_reason"] = True  # it is the meeting itself that is the reason
    return work.facts(standing=standing, locks_on=seat.locks_on, **known)


def writing_standing(work: Work, seat: sight_queries.Seat | None) -> Standing:
    """Give the standing of somebody who would write the record of an item: its own desk, or the named secretary.

    The desk of another municipality may sit at the item, but keeps no record of it (R4).
    """
    standing = item_standing(work, seat)
    if standing is Standing.ATTENDING and seat is not None and not takes_minutes(work.actor, seat.meeting):
        return Standing.INVITED
    return standing


def meeting_standing(work: Work, meeting: Sitting | None) -> Standing:
    """Give the standing on the meeting itself, which holds nothing of any person.

    FILE for whoever holds it: the desk that planned it or has an item on it, its chair, its secretary. The other
    desks of a joint cell know when and where it is until it sits, so that they can table their own cases; and a desk
    whose items were all put off, which was there they stood (R4).
    """
    actor = work.actor
    if meeting is None or actor.cell_id is None or actor.cell_id != meeting.cell_id:
        return Standing.NONE
    if actor.role in sight_queries.SECRETARIES and meeting.secretary_id == actor.person_id:
        return Standing.FILE
    if actor.role not in DESK or actor.municipality_id is None:
        return Standing.NONE
    if meeting.municipality_id == actor.municipality_id or meeting.chair_id == actor.person_id:
        return Standing.FILE
    own = agenda_queries.states_of_items(work.session, meeting.id, actor.municipality_id)
    if TABLED in own:
        return Standing.FILE
    return Standing.INVITED if own or meeting.state in BEFORE else Standing.NONE


def meeting_facts(work: Work, meeting: Meeting | None, **known: Any) -> Facts:
    """Give Facts on a meeting for those who prepare and hold it; whoever sits at one of its items knows of it."""
    standing = meeting_standing(work, meeting)
    if (
        standing is Standing.NONE
        and meeting is not None
        and sight_queries.sits_at(work.session, work.actor, work.now, meeting.id)
    ):
        standing = Standing.INVITED
    known.setdefault("state", meeting.state if meeting else None)
    return work.facts(standing=standing, **known)


def planner_facts(work: Work, meeting: Meeting | None, **known: Any) -> Facts:
    """Give Facts on a meeting for those who decide on its day and its people: the desk that planned it, and its chair.

    Another desk of a joint cell, which only has items on it, knows of the meeting and no more (R4).
    """
    facts = meeting_facts(work, meeting, **known)
    if meeting is None or facts.standing is not Standing.FILE:
        return facts
    plans = work.actor.municipality_id == meeting.municipality_id or meeting.chair_id == work.actor.person_id
    return facts if plans else replace(facts, standing=Standing.INVITED)


def changing_state(meeting: Sitting) -> str:
    """Give the state that counts for changing who chairs and writes: the meeting's, until its minutes were approved."""
    state: str = meeting.state
    return state if meeting.extract_until is None else "approved"


def about_meeting(work: Work, meeting: Sitting | None, municipality_id: UUID | None = None) -> About:
    """Give what a journal line says of a meeting: the controller is the actor's own municipality, if there is one."""
    controller = work.actor.municipality_id or municipality_id or About().controller
    return About(controller, object_type="meeting", object_id=meeting.id if meeting else None)


def about_whole(work: Work, meeting: Sitting | None) -> list[About]:
    """Give what the journal says of a step with the meeting as a whole: one line for each municipality tabling there."""
    tabling = agenda_queries.municipalities_at(work.session, meeting.id) if meeting else []
    lines = [About(each, object_type="meeting", object_id=meeting.id) for each in tabling if meeting]
    return lines or [about_meeting(work, meeting)]


def about_item(
    item: AgendaItem | Any | None, object_type: str = "agendaItem", object_id: Any = None
) -> About:
    """Give what a journal line says of an item: pseudonymous ids, never a name."""
    if item is None:
        return About(object_type=object_type)
    return About(item.municipality_id, item.case_id, item.subject_id, object_type, object_id or item.id)


def at_the_table(work: Work, agenda_item_id: UUID, case_id: UUID) -> Standing:
    """Give the standing at an item for what is said there of its case; NONE at an item of another case."""
    seat = sight_queries.seat(work.session, work.actor, agenda_item_id)
    if seat is None or seat.item.case_id != case_id:
        return Standing.NONE
    return item_standing(work, seat)


def present_at(work: Work, agenda_item_id: UUID, person_id: UUID) -> bool:
    """Tell whether somebody was recorded present at an item, as far as this actor may know (R62)."""
    row = sitting_queries.attendance(work.session, agenda_item_id, person_id)
    return row is not None and row.present


AT_THE_TABLE[:] = [at_the_table]
PRESENT_AT[:] = [present_at]
