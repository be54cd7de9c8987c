"""Meetings and their agendas: what stands on them, in which order, of which municipality."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.cases.models import Case
from app.directory.models import Person
from app.kernel.database import Composed, lean_rows
from app.meetings.models import (
    TABLED,
    AgendaItem,
    Invitation,
    Meeting,
)
from app.meetings.sight_queries import IN_ROOM, not_excluded, own_file, unlocked, visible_items
from app.rules.facts import Actor
from app.rules.roles import Role


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
    convened_at: datetime | None
    window_until: datetime
    extract_until: datetime | None
    agreement_id: UUID | None
    version: int


_MEETING = f"SELECT {', '.join(Sheet._fields)} FROM meeting WHERE id = %(meeting)s"


def _sheet(session: Session, meeting_id: UUID) -> Sheet | None:
    rows = lean_rows(session, _MEETING, meeting=meeting_id)
    return Sheet(*rows[0]) if rows else None


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
            AgendaItem.minutes, AgendaItem.starts_after, AgendaItem.added_at, AgendaItem.version.label("item_version"),
            AgendaItem.question, Case.reference, Case.subject, Case.locks_on,
            Invitation.id.label("invitation_id"), Invitation.state.label("invited"),
            Invitation.version.label("invitation_version"), Invitation.ground_list, Invitation.ground_code,
            Invitation.sent_at, inviter.name.label("invited_by"), IN_ROOM.label("present"),
            *(getattr(Meeting, name).label(f"meeting_{name}") for name in Sheet._fields),
        )
        .join(Case, Case.id == AgendaItem.case_id)
        .outerjoin(inviter, inviter.id == Invitation.sent_by)
        .where(
            AgendaItem.meeting_id == _value("meeting"), AgendaItem.state == TABLED, Case.shred_ordered_at.is_(None)
        )
        .order_by(AgendaItem.starts_after, AgendaItem.position, AgendaItem.municipality_id, AgendaItem.id)
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


def place_taken(session: Session, meeting: Meeting) -> bool:
    """Tell whether another meeting of the cell is planned in the same place at the same time."""
    query = select(Meeting.id).where(
        Meeting.cell_id == meeting.cell_id,
        Meeting.id != meeting.id,
        Meeting.state.in_(("draft", "convened", "inSession")),
        func.lower(Meeting.place) == meeting.place.lower(),
        Meeting.starts_at < meeting.ends_at,
        Meeting.ends_at > meeting.starts_at,
    )
    return session.scalar(query.limit(1)) is not None


def is_tabled(session: Session, meeting_id: UUID, case_id: UUID) -> bool:
    """Tell whether a case is on an agenda already."""
    query = select(AgendaItem.id).filter_by(meeting_id=meeting_id, case_id=case_id, state=TABLED)
    return session.scalar(query) is not None


def own_counts(session: Session, actor: Actor, meeting_ids: list[UUID]) -> dict[UUID, int]:
    """Give per meeting how many items the actor's own municipality has on its agenda, to its desk."""
    rows = session.execute(
        select(AgendaItem.meeting_id, func.count())
        .where(
            AgendaItem.meeting_id.in_(meeting_ids),
            AgendaItem.state == TABLED,
            own_file(actor, AgendaItem.municipality_id),
            not_excluded(actor, AgendaItem.case_id),
        )
        .group_by(AgendaItem.meeting_id)
    )
    return {row.meeting_id: row[1] for row in rows}


def coming_days(session: Session, actor: Actor, case_ids: list[UUID]) -> dict[UUID, datetime]:
    """Give for which meeting to come each of these cases is on the agenda, of the actor's own municipality."""
    query = (
        select(AgendaItem.case_id, func.min(Meeting.starts_at))
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            AgendaItem.case_id.in_(case_ids),
            AgendaItem.state == TABLED,
            Meeting.state.in_(("draft", "convened", "inSession")),
            own_file(actor, AgendaItem.municipality_id),
            not_excluded(actor, AgendaItem.case_id),
        )
        .group_by(AgendaItem.case_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def put_off_items(session: Session, actor: Actor, meeting_id: UUID) -> list[Any]:
    """Give (item, case reference) of the actor's own municipality's items that are no longer on an agenda."""
    query = (
        select(AgendaItem, Case.reference)
        .join(Case, Case.id == AgendaItem.case_id)
        .where(
            AgendaItem.meeting_id == meeting_id,
            AgendaItem.state != TABLED,
            own_file(actor, AgendaItem.municipality_id),
            not_excluded(actor, AgendaItem.case_id),
            unlocked(AgendaItem.case_id),
        )
    )
    return list(session.execute(query.order_by(AgendaItem.position, AgendaItem.id)))


class Asked(NamedTuple):
    """How many invitations of one municipality to a meeting are prepared, sent, and answered with yes or no."""

    prepared: int = 0
    sent: int = 0
    coming: int = 0
    declined: int = 0


_DECLINED = ("declined", "mustDecline")
_SENT = ("sent", "accepted", *_DECLINED, "attended", "absent", "noAnswer")


def own_asked(session: Session, actor: Actor, meeting_ids: list[UUID]) -> dict[UUID, Asked]:
    """Give per meeting how the invitations of the actor's own municipality stand, to its desk."""
    state = Invitation.state
    rows = session.execute(
        select(
            Invitation.meeting_id,
            func.count().filter(state == "draft"),
            func.count().filter(state.in_(_SENT)),
            func.count().filter(state.in_(("accepted", "attended"))),
            func.count().filter(state.in_(_DECLINED)),
        )
        .join(AgendaItem, AgendaItem.id == Invitation.agenda_item_id)
        .where(
            Invitation.meeting_id.in_(meeting_ids),
            AgendaItem.state == TABLED,
            own_file(actor, Invitation.municipality_id),
            not_excluded(actor, Invitation.case_id),
            unlocked(Invitation.case_id),
        )
        .group_by(Invitation.meeting_id)
    )
    return {meeting_id: Asked(*counts) for meeting_id, *counts in rows}


def sat_from_to(session: Session, meeting_id: UUID) -> Any:
    """Give when a meeting was opened and closed (opened_at, closed_at), each None where it was not."""
    return session.execute(select(Meeting.opened_at, Meeting.closed_at).filter_by(id=meeting_id)).one()


def number_agenda(session: Session, meeting_id: UUID) -> None:
    """Have the database count when each item of a meeting begins, those of other municipalities too (R4)."""
    session.flush()
    session.execute(select(func.number_agenda(meeting_id)))


def agenda_blocks(session: Session, meeting_id: UUID) -> list[Any]:
    """Give (municipality id, minutes) of a whole agenda in its order, to whoever holds the meeting; else nothing."""
    said = "SELECT municipality_id, minutes FROM agenda_blocks(%(meeting)s)"
    return lean_rows(session, said, meeting=meeting_id)


def states_of_items(session: Session, meeting_id: UUID, municipality_id: UUID) -> set[str]:
    """Give in which states a municipality has items at a meeting, of those the database lets this actor know."""
    query = select(AgendaItem.state).filter_by(meeting_id=meeting_id, municipality_id=municipality_id)
    return set(session.scalars(query.distinct()))


def municipalities_at(session: Session, meeting_id: UUID) -> list[UUID]:
    """Give the municipalities with an item on a meeting, as the database tells whoever holds it; else none."""
    return sorted(session.scalar(select(func.meeting_municipalities(meeting_id))) or [])


def own_items(session: Session, meeting_id: UUID, municipality_id: UUID | None) -> list[AgendaItem]:
    """Give the items of one municipality on an agenda, in their order."""
    query = select(AgendaItem).filter_by(meeting_id=meeting_id, municipality_id=municipality_id, state=TABLED)
    return list(session.scalars(query.order_by(AgendaItem.position, AgendaItem.id)))
