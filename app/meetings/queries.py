"""Every SELECT of the consultation, with its own conditions; row-level security stands behind each of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from app.cases.models import Case, Statement
from app.constitution.models import CellMunicipality
from app.directory.models import TEXT_VERSION, Agency, Exclusion, Mandate, Person, Undertaking
from app.kernel.database import Composed, lean_rows
from app.meetings.models import (
    AgendaItem,
    Attendance,
    Briefing,
    Invitation,
    Meeting,
    Minutes,
    MinutesItem,
    Remark,
)
from app.rules.facts import Actor
from app.rules.roles import DESK, TABLE, Role

SECRETARIES = frozenset({Role.SECRETARY, Role.COORDINATOR})
"""Who can be named secretary of a meeting (R67)."""

_SEEN = ("sent", "accepted", "attended")
_ON_AGENDA = ("convened", "inSession", "closed")
_SAT = ("inSession", "closed")
_BEFORE = ("draft", "convened")
FINISHING = timedelta(days=31)
"""How long after the sitting secretary and chair keep its items in sight to finish the minutes, approved or not."""


class Seat(NamedTuple):
    """An item with everything the actor's standing at it follows from."""

    item: AgendaItem
    meeting: Meeting
    invitation: Invitation | None
    present: bool | None
    excluded: bool
    locks_on: date | None
    minutes_state: str | None


class Seated(NamedTuple):
    """What somebody's current mandates in a cell make of them."""

    roles: frozenset[str]
    municipalities: frozenset[UUID]
    """Of the desk mandates."""
    clearance_until: date | None


def meeting(session: Session, meeting_id: UUID, *, lock: bool = False) -> Meeting | None:
    """Give a meeting if the database lets this actor see it; locked, if it lets them change it too.

    Who may see but not change it gets the row all the same, so that the rules can say which of both it is.
    """
    query = select(Meeting).filter_by(id=meeting_id)
    locked = session.scalars(query.with_for_update()).one_or_none() if lock else None
    return locked or session.scalars(query).one_or_none()


class Sheet(NamedTuple):
    """A meeting as its readers need it."""

    id: UUID
    cell_id: UUID
    municipality_id: UUID
    table_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    chair_id: UUID | None
    secretary_id: UUID | None
    state: str
    window_until: datetime
    extract_until: datetime | None
    version: int


_MEETING = f"SELECT {', '.join(Sheet._fields)} FROM meeting WHERE id = %(meeting)s"


def _sheet(session: Session, meeting_id: UUID) -> Sheet | None:
    rows = lean_rows(session, _MEETING, meeting=meeting_id)
    return Sheet(*rows[0]) if rows else None


def seat(session: Session, actor: Actor, agenda_item_id: UUID) -> Seat | None:
    """Give an item with the actor's own place at it, if the database lets this actor see it."""
    excluded = exists().where(Exclusion.person_id == actor.person_id, Exclusion.case_id == AgendaItem.case_id)
    row = session.execute(
        select(AgendaItem, Meeting, Invitation, Attendance.present, excluded, Case.locks_on, Minutes.state)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .outerjoin(Case, Case.id == AgendaItem.case_id)
        .outerjoin(Minutes, Minutes.meeting_id == AgendaItem.meeting_id)
        .outerjoin(Invitation, _my(Invitation, actor))
        .outerjoin(Attendance, _my(Attendance, actor))
        .where(
            AgendaItem.id == agenda_item_id,
            # From the order to destroy it a case is there for nobody, its own desk included (R92).
            Case.shred_ordered_at.is_(None),
            or_(~_own_file(actor, AgendaItem.municipality_id), Case.id.is_not(None)),
        )
    ).one_or_none()
    return Seat(*row) if row else None


def _my(row: type[Invitation | Attendance], actor: Actor) -> ColumnElement[bool]:
    return and_(row.agenda_item_id == AgendaItem.id, row.person_id == actor.person_id)


def _not_excluded(actor: Actor, column: Any) -> ColumnElement[bool]:
    return column.not_in(select(Exclusion.case_id).filter_by(person_id=actor.person_id))  # type: ignore[no-any-return]


def _own_file(actor: Actor, column: Any) -> ColumnElement[bool]:
    held = actor.municipality_id if actor.role in DESK else None
    return column == held if held is not None else ~true()


def _minuted(actor: Actor, now: datetime) -> ColumnElement[bool]:
    if actor.role is not Role.SECRETARY:
        return ~true()
    return and_(
        Meeting.secretary_id == actor.person_id,
        Meeting.state.in_(_ON_AGENDA),
        Meeting.extract_until.is_(None),
        Meeting.ends_at + FINISHING >= now,
    )


def _unlocked(column: Any) -> ColumnElement[bool]:
    """Leave locked cases out of every list; asked of the database, for not every reader sees the case's row (R90)."""
    return ~func.is_locked(column)


def _seated(actor: Actor) -> ColumnElement[bool]:
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


def _briefs(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Give the condition under which one can brief for one's own invitation: item or extract in sight (R36)."""
    return and_(
        _seated(actor),
        Invitation.state.in_(_SEEN),
        Meeting.state.in_(_ON_AGENDA),
        or_(_window(actor, now), _minuted(actor, now), func.coalesce(_extract(actor, now), false())),
        _unlocked(Invitation.case_id),
    )


def in_sight(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Give the condition under which an item joined with Meeting and the actor's own rows is in this actor's sight."""
    window = _window(actor, now)
    invited = and_(Invitation.state.in_(_SEEN), Meeting.state.in_(_ON_AGENDA))
    attended = and_(Attendance.present.is_(True), Meeting.state.in_(_SAT))
    return and_(
        or_(
            _own_file(actor, AgendaItem.municipality_id),
            and_(_seated(actor), or_(_minuted(actor, now), and_(window, or_(invited, attended)))),
        ),
        _not_excluded(actor, AgendaItem.case_id),
        _unlocked(AgendaItem.case_id),
    )


def visible_items(actor: Actor, now: datetime, *columns: Any) -> Select[Any]:
    """Give the query of the items this actor may see; *columns* to select, by default the ids."""
    return (
        select(*(columns or (AgendaItem.id,)))
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .outerjoin(Invitation, _my(Invitation, actor))
        .outerjoin(Attendance, _my(Attendance, actor))
        .where(in_sight(actor, now))
    )


def sits_at(session: Session, actor: Actor, now: datetime, meeting_id: UUID) -> bool:
    """Tell whether any item of a meeting is in this actor's sight."""
    query = visible_items(actor, now).where(AgendaItem.meeting_id == meeting_id).limit(1)
    return session.scalar(query) is not None


def meeting_with_agenda(
    session: Session, actor: Actor, now: datetime, meeting_id: UUID
) -> tuple[Sheet | None, list[Any]]:
    """Give a meeting, if the database lets this actor see it, and what stands on its agenda for them.

    One question to the database, unless nothing does: then a second one for the meeting itself.
    """
    query = _agenda(actor.role, actor.municipality_id is not None, actor.cell_id is not None)
    items = query.rows(
        session,
        person=actor.person_id,
        municipality=actor.municipality_id,
        cell=actor.cell_id,
        now=now,
        meeting=meeting_id,
    )
    return (Sheet(*items[0][-len(Sheet._fields) :]) if items else _sheet(session, meeting_id)), items


@cache
def _agenda(role: Role | None, municipal: bool, seated: bool) -> Composed:
    """Compose the query of `meeting_with_agenda` for those who act alike; who it is and when are values."""
    anybody = Actor(
        person_id=_value("person"),
        role=role,
        municipality_id=_value("municipality") if municipal else None,
        cell_id=_value("cell") if seated else None,
    )
    inviter = aliased(Person)
    return Composed(
        visible_items(
            anybody,
            _value("now"),
            AgendaItem.id, AgendaItem.case_id, AgendaItem.municipality_id, AgendaItem.subject_id,
            AgendaItem.minutes, AgendaItem.question, Case.reference, Case.subject, Case.locks_on,
            Invitation.id.label("invitation_id"), Invitation.state.label("invited"),
            Invitation.version.label("invitation_version"), Invitation.ground_list, Invitation.ground_code,
            Invitation.sent_at, inviter.name.label("invited_by"), Attendance.present,
            *(getattr(Meeting, name).label(f"meeting_{name}") for name in Sheet._fields),
        )
        .join(Case, Case.id == AgendaItem.case_id)
        .outerjoin(inviter, inviter.id == Invitation.sent_by)
        .where(AgendaItem.meeting_id == _value("meeting"), Case.shred_ordered_at.is_(None))
        .order_by(AgendaItem.position, AgendaItem.municipality_id, AgendaItem.id)
    )  # fmt: skip


def _value(name: str) -> Any:
    """Stand in for a value that is known only when the query is asked."""
    return bindparam(name, None)


def last_position(session: Session, meeting_id: UUID, municipality_id: UUID) -> int:
    """Give the last position a municipality's items take on an agenda; 0 while there is none."""
    return (
        session.scalar(
            select(func.max(AgendaItem.position)).filter_by(
                meeting_id=meeting_id, municipality_id=municipality_id
            )
        )
        or 0
    )


def is_tabled(session: Session, meeting_id: UUID, case_id: UUID) -> bool:
    """Tell whether a case is on an agenda already."""
    return session.scalar(select(AgendaItem.id).filter_by(meeting_id=meeting_id, case_id=case_id)) is not None


def has_item(session: Session, meeting_id: UUID, municipality_id: UUID) -> bool:
    """Tell whether a municipality has an item on an agenda, of those the database lets this actor know."""
    query = select(AgendaItem.id).filter_by(meeting_id=meeting_id, municipality_id=municipality_id).limit(1)
    return session.scalar(query) is not None


def municipalities_at(session: Session, meeting_id: UUID) -> list[UUID]:
    """Give the municipalities with an item on a meeting, as the database tells whoever holds it; else none."""
    return sorted(session.scalar(select(func.meeting_municipalities(meeting_id))) or [])


def own_items(session: Session, meeting_id: UUID, municipality_id: UUID | None) -> list[AgendaItem]:
    """Give the items of one municipality on an agenda."""
    return list(
        session.scalars(select(AgendaItem).filter_by(meeting_id=meeting_id, municipality_id=municipality_id))
    )


def visible_meetings(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    upcoming: bool,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[Meeting]:
    """Give the meetings that concern this actor: those held, those with an item in sight.

    To the desks of the cell also those that have yet to sit: each can table its own cases there.
    """
    shown = visible_items(actor, now, AgendaItem.meeting_id)
    mine = or_(Meeting.id.in_(shown), Meeting.id.in_(_extracts(actor, now)))
    if actor.role in DESK:
        own = exists().where(
            AgendaItem.meeting_id == Meeting.id, AgendaItem.municipality_id == actor.municipality_id
        )
        chairs = Meeting.chair_id == actor.person_id
        mine = or_(
            Meeting.municipality_id == actor.municipality_id, Meeting.state.in_(_BEFORE), chairs, own, mine
        )
    if actor.role in SECRETARIES:
        mine = or_(mine, Meeting.secretary_id == actor.person_id)
    query = select(Meeting).where(_seated(actor), mine)
    place = tuple_(Meeting.starts_at, Meeting.id)
    if upcoming:
        query = query.where(Meeting.state != "closed", Meeting.window_until >= now)
        query = query.where(place > tuple_(*after)) if after else query
        return list(session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(limit)))
    query = query.where(place < tuple_(*after)) if after else query
    return list(session.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(limit)))


def people(session: Session, agenda_item_id: UUID) -> list[Any]:
    """Give (person, agency name, invitation, present) of those the database lets this actor know at an item."""
    involved = (
        select(Invitation.person_id)
        .filter_by(agenda_item_id=agenda_item_id)
        .union(select(Attendance.person_id).filter_by(agenda_item_id=agenda_item_id))
    )
    return list(
        session.execute(
            select(Person, Agency.name, Invitation, Attendance.present)
            .join(Agency, Agency.id == Person.agency_id)
            .outerjoin(
                Invitation,
                and_(Invitation.person_id == Person.id, Invitation.agenda_item_id == agenda_item_id),
            )
            .outerjoin(
                Attendance,
                and_(Attendance.person_id == Person.id, Attendance.agenda_item_id == agenda_item_id),
            )
            .where(Person.id.in_(involved))
            .order_by(Person.name, Person.id)
        )
    )


def statements_at(session: Session, agenda_item_id: UUID) -> list[Any]:
    """Give (statement, contributor name, agency name) of what was said at an item, oldest first."""
    return list(
        session.execute(
            select(Statement, Person.name, Agency.name)
            .outerjoin(Person, Person.id == Statement.contributor_id)
            .outerjoin(Agency, Agency.id == Statement.agency_id)
            .where(Statement.agenda_item_id == agenda_item_id)
            .order_by(Statement.created_at, Statement.id)
        )
    )


def invitation(session: Session, invitation_id: UUID) -> Invitation | None:
    """Give an invitation, locked, if the database lets this actor see it."""
    return session.scalars(select(Invitation).filter_by(id=invitation_id).with_for_update()).one_or_none()


def invited(session: Session, agenda_item_id: UUID, person_id: UUID) -> Invitation | None:
    """Give somebody's invitation to an item."""
    return session.scalars(
        select(Invitation).filter_by(agenda_item_id=agenda_item_id, person_id=person_id)
    ).one_or_none()


def prepared(session: Session, meeting_id: UUID, municipality_id: UUID | None) -> list[Any]:
    """Give (invitation, item, case, person) of what one municipality prepared for a meeting; not of locked cases."""
    return list(
        session.execute(
            select(Invitation, AgendaItem, Case, Person)
            .join(AgendaItem, AgendaItem.id == Invitation.agenda_item_id)
            .join(Case, Case.id == AgendaItem.case_id)
            .join(Person, Person.id == Invitation.person_id)
            .where(
                Invitation.meeting_id == meeting_id,
                Invitation.municipality_id == municipality_id,
                Invitation.state == "draft",
                _unlocked(Invitation.case_id),
            )
            .order_by(AgendaItem.position, Person.name, Invitation.id)
            .with_for_update(of=Invitation)
        )
    )


def my_invitations(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    upcoming: bool,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[Any]:
    """Give (invitation, meeting, subject id, case reference, whether one can brief) of one's own.

    Subject and reference only while the item is in sight.
    """
    query = (
        select(Invitation, Meeting, AgendaItem.subject_id, Case.reference, _briefs(actor, now))
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .outerjoin(Attendance, and_(
            Attendance.agenda_item_id == Invitation.agenda_item_id, Attendance.person_id == Invitation.person_id,
        ))
        .outerjoin(AgendaItem, and_(AgendaItem.id == Invitation.agenda_item_id, in_sight(actor, now)))
        .outerjoin(Case, Case.id == AgendaItem.case_id)
        .where(
            Invitation.person_id == actor.person_id,
            Invitation.state != "draft",
            Meeting.cell_id == actor.cell_id,
            _not_excluded(actor, Invitation.case_id),
        )
    )  # fmt: skip
    place = tuple_(Meeting.starts_at, Invitation.id)
    if upcoming:
        query = query.where(Meeting.state.in_(("convened", "inSession")), Meeting.window_until >= now)
        query = query.where(place > tuple_(*after)) if after else query
        return list(session.execute(query.order_by(Meeting.starts_at, Invitation.id).limit(limit)))
    query = query.where(place < tuple_(*after)) if after else query
    return list(session.execute(query.order_by(Meeting.starts_at.desc(), Invitation.id.desc()).limit(limit)))


def seated(session: Session, person_id: UUID, cell_id: UUID, today: date) -> Seated:
    """Give what somebody's current mandates in a cell make of them; no roles when there is none."""
    rows = session.execute(
        select(Mandate.role, Mandate.municipality_id, Mandate.clearance_until)
        .join(Person, Person.id == Mandate.person_id)
        .where(Mandate.person_id == person_id, Mandate.cell_id == cell_id, Person.active, *_current(today))
    ).all()
    return Seated(
        frozenset(row.role for row in rows),
        frozenset(row.municipality_id for row in rows if row.role in DESK and row.municipality_id),
        max((row.clearance_until for row in rows if row.clearance_until), default=None),
    )


def _current(today: date) -> tuple[ColumnElement[bool], ...]:
    return Mandate.starts_on <= today, or_(Mandate.ends_on.is_(None), Mandate.ends_on >= today)


def mandated_roles(session: Session, cell_id: UUID | None, today: date) -> dict[str, date | None]:
    """Give the roles of a cell's current mandates, each with the latest end of a clearance among them."""
    rows = session.execute(
        select(Mandate.role, func.max(Mandate.clearance_until))
        .where(Mandate.cell_id == cell_id, *_current(today))
        .group_by(Mandate.role)
    )
    return {row.role: row[1] for row in rows}


def every_mayor(session: Session, cell_id: UUID | None, today: date) -> bool:
    """Tell whether each municipality of a cell has its mayor on record today (R1)."""
    mayor = exists().where(
        Mandate.cell_id == cell_id,
        Mandate.municipality_id == CellMunicipality.municipality_id,
        Mandate.role == Role.MAYOR.value,
        *_current(today),
    )
    without = (
        select(CellMunicipality.municipality_id).where(CellMunicipality.cell_id == cell_id, ~mayor).limit(1)
    )
    return session.scalar(without) is None


def is_municipal(session: Session, person_id: UUID) -> bool:
    """Tell whether somebody works for a municipality."""
    regime = select(Agency.regime).join(Person, Person.agency_id == Agency.id).where(Person.id == person_id)
    return session.scalar(regime) == "municipal"


def is_excluded(session: Session, person_id: UUID, case_id: UUID) -> bool:
    """Tell whether somebody declared a conflict or kinship on a case."""
    return (
        session.scalar(select(Exclusion.case_id).filter_by(person_id=person_id, case_id=case_id)) is not None
    )


def colleagues(session: Session, actor: Actor, row: Invitation, today: date) -> list[Any]:
    """Give (person id, name) of those whom an invited person can brief on an item in their own sight (R36).

    Colleagues of the same agency who confirmed the secrecy text in force; the database leaves out who declared a
    conflict, and knows nobody where the item is out of sight.
    """
    bound = exists().where(
        Undertaking.person_id == Person.id,
        Undertaking.text_version == TEXT_VERSION,
        Undertaking.valid_until >= today,
    )
    return [
        tuple(found)
        for found in session.execute(
            select(Person.id, Person.name)
            .where(
                Person.agency_id == actor.agency_id,
                Person.id != actor.person_id,
                Person.active,
                bound,
                func.may_be_briefed(row.agenda_item_id, Person.id),
            )
            .order_by(Person.name, Person.id)
        )
    ]


def _briefings() -> Select[Briefing, str, str]:
    speaks, hears = aliased(Person), aliased(Person)
    return (
        select(Briefing, speaks.name, hears.name)
        .join(speaks, speaks.id == Briefing.representative_id)
        .join(hears, hears.id == Briefing.handler_id)
        .order_by(Briefing.briefed_on, Briefing.moment.desc(), Briefing.recorded_at, Briefing.id)
    )


def briefings_for(session: Session, invitation_id: UUID) -> list[Any]:
    """Give (briefing, who briefed, who was briefed) of one invitation, as far as the database shows them."""
    return [tuple(found) for found in session.execute(_briefings().filter_by(invitation_id=invitation_id))]


def briefings_at(session: Session, agenda_item_id: UUID, municipality_id: UUID | None) -> list[Any]:
    """Give (briefing, who briefed, who was briefed) at an item of one's own municipality."""
    query = _briefings().where(
        Briefing.agenda_item_id == agenda_item_id, Briefing.municipality_id == municipality_id
    )
    return [tuple(found) for found in session.execute(query)]


def attendance(session: Session, agenda_item_id: UUID, person_id: UUID) -> Attendance | None:
    """Give somebody's attendance at an item."""
    return session.scalars(
        select(Attendance).filter_by(agenda_item_id=agenda_item_id, person_id=person_id)
    ).one_or_none()


def minutes(session: Session, meeting_id: UUID, *, lock: bool = False) -> Minutes | None:
    """Give the minutes of a meeting; locked, so that one of two approvals finds them approved."""
    query = select(Minutes).filter_by(meeting_id=meeting_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def minutes_item(session: Session, agenda_item_id: UUID) -> MinutesItem | None:
    """Give the minutes of one item, if the database lets this actor see them."""
    return session.scalars(select(MinutesItem).filter_by(agenda_item_id=agenda_item_id)).one_or_none()


def _extract(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Give the condition under which somebody who was there may read the minutes (R68)."""
    chair = Meeting.chair_id == actor.person_id
    return and_(
        _seated(actor),
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
            _extract(actor, now),
            _not_excluded(actor, Attendance.case_id),
            _unlocked(Attendance.case_id),
        )
    )


def readable_items(
    session: Session, actor: Actor, now: datetime, meeting_id: UUID, *, file: bool = True
) -> list[Any]:
    """Give (item, minutes item or None, case reference or None) of the items whose minutes this actor may read.

    *file* False: only those the actor attended or takes the minutes of, not the desk's own. Without locked cases.
    """
    allowed = or_(and_(_seated(actor), _minuted(actor, now)), _extract(actor, now))
    if file:
        allowed = or_(allowed, _own_file(actor, AgendaItem.municipality_id))
    return list(
        session.execute(
            select(AgendaItem, MinutesItem, Case.reference)
            .join(Meeting, Meeting.id == AgendaItem.meeting_id)
            .join(Minutes, Minutes.meeting_id == Meeting.id)
            .outerjoin(MinutesItem, MinutesItem.agenda_item_id == AgendaItem.id)
            .outerjoin(Attendance, _my(Attendance, actor))
            .outerjoin(Case, Case.id == AgendaItem.case_id)
            .where(
                AgendaItem.meeting_id == meeting_id,
                allowed,
                _not_excluded(actor, AgendaItem.case_id),
                _unlocked(AgendaItem.case_id),
            )
            .order_by(AgendaItem.position, AgendaItem.municipality_id, AgendaItem.id)
        )
    )


def locked_since(session: Session, meeting_id: UUID, municipality_id: UUID | None) -> date | None:
    """Give the earliest day on which a case of a municipality on an agenda locks."""
    return session.scalar(
        select(func.min(Case.locks_on))
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .where(AgendaItem.meeting_id == meeting_id, AgendaItem.municipality_id == municipality_id)
    )


def remarks(session: Session, meeting_id: UUID) -> list[Any]:
    """Give (remark, person name) of what the database lets this actor read, oldest first."""
    return list(
        session.execute(
            select(Remark, Person.name)
            .join(Minutes, Minutes.id == Remark.minutes_id)
            .join(Person, Person.id == Remark.person_id)
            .where(Minutes.meeting_id == meeting_id)
            .order_by(Remark.remarked_at, Remark.id)
        )
    )
