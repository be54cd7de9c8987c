"""What the database knows of changes to an agenda: who is asked, who sits there, what changed since people were convened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.cases.models import Case, Discussion
from app.directory.models import Exclusion, Person
from app.kernel.database import lean_rows
from app.meetings.models import TABLED, AgendaChange, AgendaItem, Attendance, Invitation, Meeting


def coming(session: Session, agenda_item_id: UUID) -> list[UUID]:
    """Give who is invited to an item, did not refuse and declared no conflict: whom a change of it is told."""
    excluded = exists().where(
        Exclusion.person_id == Invitation.person_id, Exclusion.case_id == Invitation.case_id
    )
    query = select(Invitation.person_id).where(
        Invitation.agenda_item_id == agenda_item_id, Invitation.state.in_(("sent", "accepted")), ~excluded
    )
    return list(session.scalars(query))


def invitations(session: Session, agenda_item_id: UUID) -> Iterable[Invitation]:
    """Give every invitation to an item, locked."""
    query = select(Invitation).filter_by(agenda_item_id=agenda_item_id).order_by(Invitation.id)
    return list(session.scalars(query.with_for_update()))


def tabled(session: Session, case_id: UUID) -> list[AgendaItem]:
    """Give the items of a case that stand on the agenda of a meeting that is not over."""
    query = (
        select(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            AgendaItem.case_id == case_id,
            AgendaItem.state == TABLED,
            Meeting.state.not_in(("closed", "cancelled")),
        )
        .order_by(AgendaItem.meeting_id)
    )
    return list(session.scalars(query))


def in_haste(
    session: Session, meeting_id: UUID, municipality_id: UUID | None, regimes: Iterable[str]
) -> list[Invitation]:
    """Give the invitations of a municipality to a meeting, of some regimes, that stand; locked."""
    query = select(Invitation).where(
        Invitation.meeting_id == meeting_id,
        Invitation.municipality_id == municipality_id,
        Invitation.regime.in_(regimes),
        Invitation.state.in_(("draft", "sent", "accepted", "passedOn", "declined")),
    )
    return list(session.scalars(query.with_for_update()))


def somebody_present(session: Session, agenda_item_id: UUID) -> bool:
    """Tell whether anybody was recorded in the room for an item."""
    query = select(Attendance.person_id).filter_by(agenda_item_id=agenda_item_id, present=True).limit(1)
    return session.scalar(query) is not None


def was_discussed(session: Session, case_id: UUID, meeting_id: UUID) -> bool:
    """Tell whether the meeting record says that a case was discussed there."""
    return session.get(Discussion, {"case_id": case_id, "meeting_id": meeting_id}) is not None


def changes(session: Session, meeting_id: UUID) -> list[Any]:
    """Give (change, who made it) since a meeting was convened, as far as the database shows it, oldest first."""
    return list(
        session.execute(
            select(AgendaChange, Person.name)
            .join(Person, Person.id == AgendaChange.changed_by)
            .where(AgendaChange.meeting_id == meeting_id)
            .order_by(AgendaChange.changed_at, AgendaChange.id)
        )
    )


def asked_regimes(session: Session, meeting_id: UUID) -> list[Any]:
    """Give (municipality id, regime) of those asked to a meeting, to whoever plans it; else nothing."""
    said = "SELECT DISTINCT municipality_id, regime FROM asked_regimes(%(meeting)s)"
    return lean_rows(session, said, meeting=meeting_id)


def forget_urgency(session: Session, meeting_id: UUID) -> None:
    """Have the database take out why people got less notice of the day that a meeting leaves, of all municipalities."""
    session.flush()
    session.execute(select(func.forget_urgency(meeting_id)))
    session.expire_all()


def tell_invited(session: Session, meeting_id: UUID, code: str) -> None:
    """Have the database tell who was asked, of whichever municipality; after a move they are asked again (R31)."""
    session.flush()
    session.execute(select(func.tell_invited(meeting_id, code)))
    session.expire_all()


def attended_by(session: Session, case: Case) -> list[UUID]:
    """Give the persons who were present when the case was discussed (R95)."""
    query = (
        select(Attendance.person_id)
        .join(Person, Person.id == Attendance.person_id)
        .where(
            Attendance.case_id == case.id,
            Attendance.present,
            Person.active,
            ~exists().where(Exclusion.case_id == case.id, Exclusion.person_id == Attendance.person_id),
        )
        .distinct()
    )
    return list(session.scalars(query))
