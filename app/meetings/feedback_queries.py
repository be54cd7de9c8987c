"""Every SELECT of feedback sheets and of the register of what leaves the house; row-level security stands behind each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, cast, func, select, tuple_
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.directory.models import Person
from app.kernel.database import lean_rows
from app.meetings.feedback_models import CardMention, FeedbackConsent, FeedbackSheet, Transmission


def places(session: Session) -> list[Any]:
    """Give the discussions that a member of the police was recorded present at in the last month, newest first."""
    return lean_rows(session, "SELECT * FROM feedback_places() ORDER BY starts_at DESC, agenda_item_id")


def place(session: Session, agenda_item_id: UUID) -> Any | None:
    """Give one of `places` by its item."""
    return next((each for each in places(session) if each.agenda_item_id == agenda_item_id), None)


def place_of_case(session: Session, case_id: UUID) -> Any | None:
    """Give the newest of `places` at which a case was discussed."""
    return next((each for each in places(session) if each.case_id == case_id), None)


def my_mentions(session: Session, person_id: UUID | None) -> dict[UUID, CardMention]:
    """Give one's own mentions of a card, by item."""
    rows = session.scalars(select(CardMention).filter_by(person_id=person_id))
    return {row.agenda_item_id: row for row in rows}


def sheet(session: Session, feedback_sheet_id: UUID, *, lock: bool = False) -> FeedbackSheet | None:
    """Give a sheet if the database lets this actor see it; locked, if it lets them change it too."""
    query = select(FeedbackSheet).filter_by(id=feedback_sheet_id)
    locked = session.scalars(query.with_for_update()).one_or_none() if lock else None
    return locked or session.scalars(query).one_or_none()


def sheets(session: Session) -> list[FeedbackSheet]:
    """Give the sheets in this actor's sight, the latest step first."""
    return list(
        session.scalars(select(FeedbackSheet).order_by(FeedbackSheet.moved_at.desc(), FeedbackSheet.id))
    )


def my_draft(session: Session, agenda_item_id: UUID, person_id: UUID | None) -> FeedbackSheet | None:
    """Give one's own draft on a discussion."""
    query = select(FeedbackSheet).filter_by(
        agenda_item_id=agenda_item_id, drafter_id=person_id, state="draft"
    )
    return session.scalars(query.with_for_update()).one_or_none()


def paper(session: Session, feedback_sheet_id: UUID) -> Any | None:
    """Give what a sheet is about, and to its drafter how many were asked and have answered."""
    rows = lean_rows(session, "SELECT * FROM feedback_paper(%(sheet)s)", sheet=feedback_sheet_id)
    return rows[0] if rows else None


def my_consent(session: Session, feedback_sheet_id: UUID, person_id: UUID | None) -> FeedbackConsent | None:
    """Give one's own answer to a sheet, or that it is asked."""
    query = select(FeedbackConsent).filter_by(sheet_id=feedback_sheet_id, person_id=person_id)
    return session.scalars(query).one_or_none()


def everybody_agreed(session: Session, feedback_sheet_id: UUID) -> bool:
    """Tell whether everybody recorded present, and nobody else, was asked and said yes."""
    return bool(session.scalar(select(func.feedback_consensus(feedback_sheet_id))))


def ask_consensus(session: Session, feedback_sheet_id: UUID, until: datetime) -> int | None:
    """Fix a draft and ask everybody; None where it is not one's own draft any more."""
    session.flush()
    return session.scalar(select(func.ask_feedback_consensus(feedback_sheet_id, until)))


def answer(session: Session, feedback_sheet_id: UUID, *, agrees: bool) -> str | None:
    """Keep one's answer and give the state that follows; None where nothing is asked any more."""
    return session.scalar(select(func.answer_feedback(feedback_sheet_id, agrees)))


def transmissions(
    session: Session,
    municipality_id: UUID | None,
    *,
    ground: str | None,
    first: date | None,
    last: date | None,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[Any]:
    """Give (transmission, sender's name, case reference or None) of one municipality, newest first."""
    query = (
        select(Transmission, Person.name, Case.reference)
        .join(Person, Person.id == Transmission.sender_id)
        .outerjoin(Case, Case.id == Transmission.case_id)
        .where(Transmission.municipality_id == municipality_id)
    )
    day = cast(func.timezone("Europe/Brussels", Transmission.sent_at), Date)
    if ground:
        query = query.where(Transmission.ground == ground)
    if first:
        query = query.where(day >= first)
    if last:
        query = query.where(day <= last)
    if after is not None:
        query = query.where(tuple_(Transmission.sent_at, Transmission.id) < tuple_(*after))
    return list(
        session.execute(query.order_by(Transmission.sent_at.desc(), Transmission.id.desc()).limit(limit))
    )
