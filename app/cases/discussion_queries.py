"""Every SELECT about the days of discussion and their corrections (R69, R96)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cases.models import Case, Discussion, DiscussionCorrection

_CORRECT = text("SELECT correct_discussion(:correction, :due, :lock, :review)")


def days(session: Session, case_id: UUID) -> list[Discussion]:
    """Give the days on which a person was discussed, latest first."""
    found = select(Discussion).filter_by(case_id=case_id).order_by(Discussion.discussed_on.desc())
    return list(session.scalars(found))


def corrections(session: Session, case_id: UUID) -> list[DiscussionCorrection]:
    """Give what was proposed about these days, in order."""
    found = select(DiscussionCorrection).filter_by(case_id=case_id)
    return list(session.scalars(found.order_by(DiscussionCorrection.proposed_at)))


def correct(session: Session, correction_id: UUID, due_on: date, lock_days: int, review_on: date) -> bool:
    """Let the database change the dates of a case: for a mayor who is somebody else than who proposed it.

    False, and nothing changed, for anybody else and once it waits no longer.
    """
    known = {"correction": correction_id, "due": due_on, "lock": lock_days, "review": review_on}
    return bool(session.scalar(_CORRECT, known))


def ends_by(session: Session, case: Case) -> date | None:
    """Give the day by which a file that another municipality handed over has to be gone; None for any other (R86)."""
    query = text("SELECT ends_by FROM registration WHERE id = :registration")
    found: date | None = session.scalar(query, {"registration": case.registration_id})
    return found
