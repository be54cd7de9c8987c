"""Who is asked to an item, who can be, and whom they speak with beforehand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from app.cases.models import Case
from app.directory.models import TEXT_VERSION, Agency, Exclusion, Mandate, Person, Undertaking
from app.directory.office_queries import in_office
from app.meetings.models import (
    NEVER_SENT,
    TABLED,
    AgendaItem,
    Attendance,
    Briefing,
    Invitation,
    Meeting,
    Minutes,
)
from app.meetings.sight_queries import IN_ROOM, can_brief, in_sight, not_excluded, unlocked
from app.rules.facts import Actor
from app.rules.lifecycle import OPEN_CASE
from app.rules.roles import DESK

_COMING = ("sent", "accepted", "attended", "noAnswer", "absent")


class Seated(NamedTuple):
    """What somebody's current mandates in a cell make of them."""

    roles: frozenset[str]
    municipalities: frozenset[UUID]
    """Of the desk mandates."""
    clearance_until: date | None


def people(session: Session, agenda_item_id: UUID) -> list[Any]:
    """Give (person, agency name, invitation, present) of those the database lets this actor know at an item."""
    involved = (
        select(Invitation.person_id)
        .where(Invitation.agenda_item_id == agenda_item_id, Invitation.state != "removed")
        .union(select(Attendance.person_id).filter_by(agenda_item_id=agenda_item_id))
    )
    return list(
        session.execute(
            select(Person, Agency.name, Invitation, IN_ROOM)
            .join(Agency, Agency.id == Person.agency_id)
            .outerjoin(
                Invitation,
                and_(
                    Invitation.person_id == Person.id,
                    Invitation.agenda_item_id == agenda_item_id,
                    Invitation.state != "removed",
                ),
            )
            .outerjoin(
                Attendance,
                and_(Attendance.person_id == Person.id, Attendance.agenda_item_id == agenda_item_id),
            )
            .where(Person.id.in_(involved))
            .order_by(Person.name, Person.id)
        )
    )


def services_asked(session: Session, agenda_item_id: UUID) -> set[str]:
    """Give the services invited to an item that did not refuse, as an invitation to it names them (R27)."""
    query = (
        select(Agency.name)
        .join(Person, Person.agency_id == Agency.id)
        .join(Invitation, Invitation.person_id == Person.id)
        .where(Invitation.agenda_item_id == agenda_item_id, Invitation.state.in_(_COMING))
    )
    return set(session.scalars(query))


def services_told(session: Session, agenda_item_id: UUID) -> list[str]:
    """Give the services invited to an item to whoever is invited there too: services, never persons (R27).

    The database says it, for the invitations of others are in nobody's sight.
    """
    return sorted(session.scalars(select(func.services_told(agenda_item_id))))


def invitation(session: Session, invitation_id: UUID, *, lock: bool = True) -> Invitation | None:
    """Give an invitation if the database lets this actor see it; locked, and then change it, unless told otherwise."""
    query = select(Invitation).filter_by(id=invitation_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def asked_items(session: Session) -> set[UUID]:
    """Give the items still on an agenda to which this actor was asked, whatever they answered.

    The database says it, for who refused does not see the item.
    """
    return set(session.scalar(select(func.asked_items())) or [])


def invited(session: Session, agenda_item_id: UUID, person_id: UUID) -> Invitation | None:
    """Give somebody's invitation to an item."""
    return session.scalars(
        select(Invitation).filter_by(agenda_item_id=agenda_item_id, person_id=person_id)
    ).one_or_none()


def prepared(session: Session, meeting_id: UUID, municipality_id: UUID | None) -> list[Any]:
    """Give (invitation, item, case, person) of what one municipality prepared for a meeting, and may send.

    Not of cases that are locked or off the mayor's list (R61), of items off the agenda, nor to somebody who declared a
    conflict since.
    """
    excluded = exists().where(
        Exclusion.person_id == Invitation.person_id, Exclusion.case_id == Invitation.case_id
    )
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
                AgendaItem.state == TABLED,
                Case.state.in_(OPEN_CASE),
                ~excluded,
                unlocked(Invitation.case_id),
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
        select(Invitation, Meeting, AgendaItem.subject_id, Case.reference, can_brief(actor, now))
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .outerjoin(Attendance, and_(
            Attendance.agenda_item_id == Invitation.agenda_item_id, Attendance.person_id == Invitation.person_id,
        ))
        .outerjoin(AgendaItem, and_(AgendaItem.id == Invitation.agenda_item_id, in_sight(actor, now)))
        .outerjoin(Case, Case.id == AgendaItem.case_id)
        .where(
            Invitation.person_id == actor.person_id,
            Invitation.state.not_in(NEVER_SENT),
            Meeting.cell_id == actor.cell_id,
            not_excluded(actor, Invitation.case_id),
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
        .where(Mandate.person_id == person_id, Mandate.cell_id == cell_id, Person.active, *in_office(today))
    ).all()
    return Seated(
        frozenset(row.role for row in rows),
        frozenset(row.municipality_id for row in rows if row.role in DESK and row.municipality_id),
        max((row.clearance_until for row in rows if row.clearance_until), default=None),
    )


def _bound(today: date) -> ColumnElement[bool]:
    return exists().where(
        Undertaking.person_id == Person.id,
        Undertaking.text_version == TEXT_VERSION,
        Undertaking.valid_until >= today,
    )


def is_bound(session: Session, person_id: UUID, today: date) -> bool:
    """Tell whether somebody confirmed the secrecy text in force, and not too long ago (R16, R17)."""
    return session.scalar(select(Person.id).where(Person.id == person_id, _bound(today))) is not None


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
    return [
        tuple(found)
        for found in session.execute(
            select(Person.id, Person.name)
            .where(
                Person.agency_id == actor.agency_id,
                Person.id != actor.person_id,
                Person.active,
                _bound(today),
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
