"""Every SELECT about the framework statements of services of the French Community (R38)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.directory.models import Agency, Person
from app.meetings.models import Attendance, FrameworkStatement, Invitation

_FRENCH = "frenchCommunity"
_ASKED = ("sent", "accepted", "attended")


def french_guests(session: Session, meeting_id: UUID) -> list[Any]:
    """Give (person, agency name) of those of the French Community asked to a meeting or heard there, to who may know."""
    asked = select(Invitation.person_id).where(
        Invitation.meeting_id == meeting_id, Invitation.regime == _FRENCH, Invitation.state.in_(_ASKED)
    )
    said = select(FrameworkStatement.person_id).filter_by(meeting_id=meeting_id)
    return list(
        session.execute(
            select(Person, Agency.name)
            .join(Agency, Agency.id == Person.agency_id)
            .where(or_(Person.id.in_(asked), Person.id.in_(said)))
            .order_by(Person.name, Person.id)
        )
    )


def unsaid_at_table(session: Session, meeting_id: UUID) -> bool:
    """Tell whether a service of the French Community was noted as present and nobody of it said its framework.

    As far as this actor may know of it: a desk of whom it asked itself, the secretary of all.
    """
    sat = (
        select(Person.agency_id)
        .join(Attendance, Attendance.person_id == Person.id)
        .join(
            Invitation,
            and_(
                Invitation.agenda_item_id == Attendance.agenda_item_id,
                Invitation.person_id == Attendance.person_id,
            ),
        )
        .where(Attendance.meeting_id == meeting_id, Attendance.present, Invitation.regime == _FRENCH)
    )
    said = (
        select(Person.agency_id)
        .join(FrameworkStatement, FrameworkStatement.person_id == Person.id)
        .where(FrameworkStatement.meeting_id == meeting_id)
    )
    return bool(session.scalar(select(sat.except_(said).exists())))


def frameworks(session: Session, meeting_id: UUID) -> list[FrameworkStatement]:
    """Give what was said of frameworks at a meeting, as far as this actor may read it."""
    return list(session.scalars(select(FrameworkStatement).filter_by(meeting_id=meeting_id)))


def framework_of(session: Session, meeting_id: UUID, person_id: UUID) -> FrameworkStatement | None:
    """Give what one person said of the framework of their service at a meeting, locked."""
    found = select(FrameworkStatement).filter_by(meeting_id=meeting_id, person_id=person_id)
    return session.scalars(found.with_for_update()).one_or_none()
