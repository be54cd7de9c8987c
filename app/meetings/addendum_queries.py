"""What is asked of the database about corrections of approved minutes (R67)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import any_, literal, or_, select
from sqlalchemy.orm import Session

from app.directory.models import Exclusion, Mandate, Person
from app.directory.office_queries import in_office
from app.meetings.addendum_models import MinutesAddendum
from app.meetings.models import AgendaItem, Attendance, Meeting
from app.rules.delegation import MEETINGS
from app.rules.roles import DESK, Role


def addenda(session: Session, item_ids: Sequence[UUID]) -> list[tuple[MinutesAddendum, str]]:
    """Give (correction, who wrote it) of these items, oldest first, as far as the database shows them."""
    if not item_ids:
        return []
    return [
        (found[0], found[1])
        for found in session.execute(
            select(MinutesAddendum, Person.name)
            .join(Person, Person.id == MinutesAddendum.written_by)
            .where(MinutesAddendum.agenda_item_id.in_(item_ids))
            .order_by(MinutesAddendum.written_at, MinutesAddendum.id)
        )
    ]


def waiting(session: Session, agenda_item_id: UUID) -> MinutesAddendum | None:
    """Give the correction of an item that waits for a decision, locked; None where none does."""
    return session.scalars(
        select(MinutesAddendum).filter_by(agenda_item_id=agenda_item_id, state="proposed").with_for_update()
    ).one_or_none()


def deciders(session: Session, meeting: Meeting, item: AgendaItem, today: date) -> set[UUID]:
    """Give who can decide on a correction: the chair, if of that desk, and the mayor and delegates in office.

    Without those who keep out of the case.
    """
    return set(
        session.scalars(
            select(Mandate.person_id)
            .join(Person, Person.id == Mandate.person_id)
            .where(
                Mandate.municipality_id == item.municipality_id,
                *in_office(today),
                or_(
                    Mandate.role == Role.MAYOR.value,
                    (Mandate.role == Role.DELEGATE.value) & (literal(MEETINGS) == any_(Mandate.scope)),
                    (Mandate.person_id == meeting.chair_id) & Mandate.role.in_(DESK),
                ),
                Person.active,
                Mandate.person_id.not_in(
                    select(Exclusion.person_id).where(Exclusion.case_id == item.case_id)
                ),
            )
        )
    )


def readers(session: Session, item: AgendaItem, now: datetime) -> list[UUID]:
    """Give who was there for an item and may still read its minutes (R68), without those who keep out of the case."""
    return list(
        session.scalars(
            select(Attendance.person_id)
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .where(
                Attendance.agenda_item_id == item.id,
                Attendance.present,
                Meeting.extract_until >= now,
                Attendance.person_id.not_in(
                    select(Exclusion.person_id).where(Exclusion.case_id == item.case_id)
                ),
            )
        )
    )
