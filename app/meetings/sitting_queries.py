"""What is recorded while a meeting sits: who is in the room, and what is said."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.cases.models import Statement
from app.directory.models import Agency, Mandate, Person
from app.directory.office_queries import in_office
from app.meetings.models import (
    Attendance,
    AttendanceMove,
    Meeting,
)


def moves(session: Session, agenda_item_id: UUID) -> list[AttendanceMove]:
    """Give who came and left at an item, in order, to who keeps its record."""
    return list(
        session.scalars(
            select(AttendanceMove)
            .filter_by(agenda_item_id=agenda_item_id)
            .order_by(AttendanceMove.moved_at, AttendanceMove.id)
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


def functions_noted(session: Session, meeting_id: UUID, today: date) -> list[Any]:
    """Give (item, its municipality, role, municipality of the mandate) of everybody noted as present at a meeting.

    A row without a role for who holds no mandate any more, so that an item is known to be discussed all the same.
    """
    return list(
        session.execute(
            select(
                Attendance.agenda_item_id,
                Attendance.municipality_id,
                Mandate.role,
                Mandate.municipality_id.label("mandated_by"),
            )
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .outerjoin(
                Mandate,
                and_(
                    Mandate.person_id == Attendance.person_id,
                    Mandate.cell_id == Meeting.cell_id,
                    *in_office(today),
                ),
            )
            .where(Attendance.meeting_id == meeting_id, Attendance.present)
        )
    )


def still_sits(session: Session, meeting_id: UUID) -> bool:
    """Tell whether a meeting is in session still, and keep it so until this transaction ends."""
    query = select(Meeting.id).filter_by(id=meeting_id, state="inSession").with_for_update(read=True)
    return session.scalar(query) is not None


def attendance(session: Session, agenda_item_id: UUID, person_id: UUID) -> Attendance | None:
    """Give somebody's attendance at an item."""
    return session.scalars(
        select(Attendance).filter_by(agenda_item_id=agenda_item_id, person_id=person_id)
    ).one_or_none()
