"""Who sees which item of a consultation, until when: every condition of it, with its own; row-level security stands behind."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.directory.models import Exclusion, Representative
from app.directory.representative_queries import named_on
from app.kernel.clock import brussels_day
from app.meetings.models import (
    TABLED,
    AgendaItem,
    Attendance,
    Invitation,
    Meeting,
    Minutes,
)
from app.rules.facts import Actor
from app.rules.legal import FRENCH_COMMUNITY
from app.rules.roles import DESK, TABLE, Role

SECRETARIES = frozenset({Role.SECRETARY, Role.COORDINATOR})
"""Who can be named secretary of a meeting (R67)."""

_SEEN = ("sent", "accepted", "attended")

_ON_AGENDA = ("convened", "inSession", "closed")

_SAT = ("inSession", "closed")

_BEFORE = ("draft", "convened")

FINISHING = timedelta(days=31)
"""How long after the sitting secretary and chair keep its items in sight to finish the minutes, approved or not."""

IN_ROOM = and_(Attendance.present.is_(True), Attendance.left_at.is_(None))
"""Somebody is at the table of an item now (R62)."""


class Seat(NamedTuple):
    """An item with everything the actor's standing at it follows from."""

    item: AgendaItem
    meeting: Meeting
    invitation: Invitation | None
    present: bool | None
    """Is in the room."""
    excluded: bool
    locks_on: date | None
    minutes_state: str | None
    attended: bool | None = None
    """Was there, be it that they left."""
    case_state: str | None = None


def seat(session: Session, actor: Actor, agenda_item_id: UUID) -> Seat | None:
    """Give an item with the actor's own place at it, if the database lets this actor see it."""
    excluded = exists().where(Exclusion.person_id == actor.person_id, Exclusion.case_id == AgendaItem.case_id)
    row = session.execute(
        select(
            AgendaItem,
            Meeting,
            Invitation,
            IN_ROOM,
            excluded,
            Case.locks_on,
            Minutes.state,
            Attendance.present,
            Case.state,
        )
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .outerjoin(Case, Case.id == AgendaItem.case_id)
        .outerjoin(Minutes, Minutes.meeting_id == AgendaItem.meeting_id)
        .outerjoin(Invitation, my(Invitation, actor))
        .outerjoin(Attendance, my(Attendance, actor))
        .where(
            AgendaItem.id == agenda_item_id,
            # From the order to destroy it a case is there for nobody, its own desk included (R92).
            Case.shred_ordered_at.is_(None),
            or_(~own_file(actor, AgendaItem.municipality_id), Case.id.is_not(None)),
        )
    ).one_or_none()
    return Seat(*row) if row else None


def my(row: type[Invitation | Attendance], actor: Actor) -> ColumnElement[bool]:
    return and_(row.agenda_item_id == AgendaItem.id, row.person_id == actor.person_id)


def not_excluded(actor: Actor, column: Any) -> ColumnElement[bool]:
    return column.not_in(select(Exclusion.case_id).filter_by(person_id=actor.person_id))  # type: ignore[no-any-return]


def own_file(actor: Actor, column: Any) -> ColumnElement[bool]:
    held = actor.municipality_id if actor.role in DESK else None
    return column == held if held is not None else ~true()


def minuted(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return and_(AgendaItem.state == TABLED, _minuting(actor, now))


def _minuting(actor: Actor, now: datetime) -> ColumnElement[bool]:
    if actor.role is not Role.SECRETARY:
        return ~true()
    return and_(
        Meeting.secretary_id == actor.person_id,
        Meeting.state.in_(_ON_AGENDA),
        Meeting.extract_until.is_(None),
        Meeting.ends_at + FINISHING >= now,
    )


def unlocked(column: Any) -> ColumnElement[bool]:
    """Leave locked cases out of every list; asked of the database, for not every reader sees the case's row (R90)."""
    return ~func.is_locked(column)


def has_seat(actor: Actor) -> ColumnElement[bool]:
    seated = actor.role in TABLE and actor.cell_id is not None
    return Meeting.cell_id == actor.cell_id if seated else ~true()


def _window(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Give the condition that a meeting's window is open, a chair's until the minutes are approved (R19)."""
    return or_(
        Meeting.window_until >= now,
        and_(
            Meeting.chair_id == actor.person_id,
            Meeting.extract_until.is_(None),
            Meeting.ends_at + FINISHING >= now,
        ),
    )


def can_brief(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Give the condition under which one can brief for one's own invitation: item or extract in sight (R36).

    Where a decree knows it: in Flanders the permanent representative, in the French Community who was asked.
    """
    represents = exists().where(
        Representative.person_id == Invitation.person_id,
        Representative.agency_id == actor.agency_id,
        Representative.cell_id == Meeting.cell_id,
        *named_on(brussels_day(now)),
    )
    known = or_(Invitation.regime == FRENCH_COMMUNITY, and_(Invitation.regime == "flemish", represents))
    return and_(
        known,
        has_seat(actor),
        Invitation.state.in_(_SEEN),
        Meeting.state.in_(_ON_AGENDA),
        or_(_window(actor, now), _minuting(actor, now), func.coalesce(extract_open(actor, now), false())),
        unlocked(Invitation.case_id),
    )


def in_sight(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Give the condition under which an item joined with Meeting and the actor's own rows is in this actor's sight.

    What was put off or taken off is in its own desk's alone.
    """
    window = _window(actor, now)
    invited = and_(Invitation.state.in_(_SEEN), Meeting.state.in_(_ON_AGENDA))
    attended = and_(IN_ROOM, Meeting.state.in_(_SAT))
    return and_(
        or_(
            own_file(actor, AgendaItem.municipality_id),
            and_(
                has_seat(actor),
                AgendaItem.state == TABLED,
                or_(_minuting(actor, now), and_(window, or_(invited, attended))),
            ),
        ),
        not_excluded(actor, AgendaItem.case_id),
        unlocked(AgendaItem.case_id),
    )


def visible_items(actor: Actor, now: datetime, *columns: Any) -> Select[Any]:
    """Give the query of the items this actor may see; *columns* to select, by default the ids."""
    return (
        select(*(columns or (AgendaItem.id,)))
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .outerjoin(Invitation, my(Invitation, actor))
        .outerjoin(Attendance, my(Attendance, actor))
        .where(in_sight(actor, now))
    )


def sits_at(session: Session, actor: Actor, now: datetime, meeting_id: UUID) -> bool:
    """Tell whether any item of a meeting is in this actor's sight."""
    query = visible_items(actor, now).where(AgendaItem.meeting_id == meeting_id).limit(1)
    return session.scalar(query) is not None


def visible_meetings(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    when: str,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[Meeting]:
    """Give the meetings that concern this actor: those held, those with an item in sight.

    *when*: upcoming; minutesWait, held and with minutes that nobody approved yet; or all.

    To the desks of the cell also those that have yet to sit: each can table its own cases there.
    """
    shown = visible_items(actor, now, AgendaItem.meeting_id)
    mine = or_(Meeting.id.in_(shown), Meeting.id.in_(_extracts(actor, now)))
    if actor.role in DESK:
        own = exists().where(
            AgendaItem.meeting_id == Meeting.id,
            AgendaItem.municipality_id == actor.municipality_id,
            AgendaItem.state == TABLED,
        )
        chairs = Meeting.chair_id == actor.person_id
        mine = or_(
            Meeting.municipality_id == actor.municipality_id, Meeting.state.in_(_BEFORE), chairs, own, mine
        )
    if actor.role in SECRETARIES:
        mine = or_(mine, Meeting.secretary_id == actor.person_id)
    query = select(Meeting).where(has_seat(actor), mine)
    place = tuple_(Meeting.starts_at, Meeting.id)
    if when == "minutesWait":
        query = query.where(Meeting.state == "closed", Meeting.extract_until.is_(None))
    if when == "upcoming":
        open_still = Meeting.state.in_(("convened", "inSession")) if actor.role in DESK else false()
        query = query.where(Meeting.state != "closed", or_(Meeting.window_until >= now, open_still))
        query = query.where(place > tuple_(*after)) if after else query
        return list(session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(limit)))
    query = query.where(place < tuple_(*after)) if after else query
    return list(session.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(limit)))


def extract_open(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Give the condition under which somebody who was there may read the minutes (R68)."""
    chair = Meeting.chair_id == actor.person_id
    return and_(
        has_seat(actor),
        Attendance.present.is_(True),
        or_(
            and_(Minutes.state == "submitted", Minutes.remarks_until >= now),
            and_(Minutes.state == "approved", Meeting.extract_until >= now),
            and_(chair, Minutes.state != "approved", Meeting.ends_at + FINISHING >= now),
        ),
    )


def _extracts(actor: Actor, now: datetime) -> Select[Any]:
    return (
        select(Attendance.meeting_id)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .join(Minutes, Minutes.meeting_id == Meeting.id)
        .where(
            Attendance.person_id == actor.person_id,
            extract_open(actor, now),
            not_excluded(actor, Attendance.case_id),
            unlocked(Attendance.case_id),
        )
    )
