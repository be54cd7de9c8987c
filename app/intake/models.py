"""A registration: a signal brought to the mayor or delegate. Not yet a case (R42)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row
from app.kernel.sealed import Sealed


class Registration(Row):
    """One signal. Everything said about a person is sealed under the registration's own key."""

    __tablename__ = "registration"
    __table_args__ = (Index(None, "municipality_id", "state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    reference: Mapped[str] = mapped_column(Text, unique=True)
    subject_id: Mapped[UUID]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None of an anonymous signal: the database lets go of who brought it as the transaction ends (R48)."""
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    anonymous: Mapped[bool]
    received_at: Mapped[datetime]
    received_on: Mapped[date]
    state: Mapped[str] = mapped_column(Text)
    phenomenon: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    """Where the signal comes from, so that a rights request can be split by origin (R53, R99)."""
    subject: Mapped[Sealed | None]
    narrative: Mapped[Sealed | None]
    screening: Mapped[Sealed | None]
    screened_by: Mapped[UUID | None]
    screened_under: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"))
    """The version of the agreement in force when its screening began: it fixes the questions (R43)."""
    answers: Mapped[Sealed | None]
    """To the questions of the screening, by their codes (R43)."""
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    decision_reason: Mapped[Sealed | None]
    decided_by: Mapped[UUID | None]
    decided_on: Mapped[date | None]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    due_on: Mapped[date | None] = mapped_column(index=True)
    ends_by: Mapped[date | None]
    """Of what another municipality handed over: the year from its last discussion there, which a listing here does not
    start anew (R84, R96)."""
    counted_from: Mapped[date | None]
    """The day of that last discussion; of somebody whom nobody discussed there, the day of the listing there."""
    version: Mapped[int] = mapped_column(default=1)


class QueryPace(Row):
    """How often somebody asked for a person since the beginning of an hour of their own."""

    __tablename__ = "subject_query_pace"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[datetime]
    asked: Mapped[int]
