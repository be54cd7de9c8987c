"""Rows of the consultation. Access of everyone but the desk follows from these (R18, R19, R62, R68)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed


def _of_its_item() -> ForeignKeyConstraint:
    """Give the constraint that a row carries the case of its own agenda item."""
    return ForeignKeyConstraint(
        ("agenda_item_id", "case_id"), ("agenda_item.id", "agenda_item.case_id"), ondelete="CASCADE"
    )


class Meeting(Row):
    """A sitting of a table. Holds nothing of any person discussed."""

    __tablename__ = "meeting"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    """Of the desk that planned it; in a joint cell the others hold it only with an item of their own (R4)."""
    table_id: Mapped[UUID] = mapped_column(ForeignKey("consultation_table.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(Text)
    chair_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    secretary_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text)
    convened_at: Mapped[datetime | None]
    convened_by: Mapped[UUID | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    window_until: Mapped[datetime]
    """Until when those invited may read its items: a set time after the end (R19)."""
    extract_until: Mapped[datetime | None]
    """Until when those who attended may read their extract of the approved minutes (R68)."""
    created_by: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)


class AgendaItem(Row):
    """A case on the agenda, or a topic. The question put to the table is sealed under the case's key."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        of_its_case(),
        UniqueConstraint("meeting_id", "case_id"),
        UniqueConstraint("id", "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    case_id: Mapped[UUID] = mapped_column(index=True)
    subject_id: Mapped[UUID]
    position: Mapped[int]
    minutes: Mapped[int]
    question: Mapped[Sealed]
    version: Mapped[int] = mapped_column(default=1)


class Invitation(Row):
    """A person invited to one item, on one ground, under one regime (R22 to R36)."""

    __tablename__ = "invitation"
    __table_args__ = (
        of_its_case(),
        _of_its_item(),
        UniqueConstraint("agenda_item_id", "person_id"),
        Index(None, "person_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    regime: Mapped[str] = mapped_column(Text)
    ground_list: Mapped[str] = mapped_column(Text)
    ground_code: Mapped[str] = mapped_column(Text)
    ground_reason: Mapped[Sealed | None]
    urgency_reason: Mapped[Sealed | None]
    state: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    refusal_reason: Mapped[Sealed | None]
    version: Mapped[int] = mapped_column(default=1)


class Briefing(Row):
    """That an invited person briefed a colleague, before or after: whom, when, on which case; no word of it (R36)."""

    __tablename__ = "briefing"
    __table_args__ = (
        of_its_case(),
        _of_its_item(),
        UniqueConstraint("invitation_id", "handler_id", "moment", "briefed_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    agenda_item_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    representative_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    handler_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    moment: Mapped[str] = mapped_column(Text)
    """before or after."""
    briefed_on: Mapped[date]
    recorded_at: Mapped[datetime]


class Attendance(Row):
    """Who was in the room for one item: consensus and secrecy attach to them (R62, R63)."""

    __tablename__ = "attendance"
    __table_args__ = (of_its_case(), _of_its_item())

    agenda_item_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    present: Mapped[bool]
    recorded_at: Mapped[datetime]


class Minutes(Row):
    """One master per meeting; its texts stand per item. Approval fixes it under a digest (R66, R67)."""

    __tablename__ = "minutes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), unique=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    remarks_until: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)


class MinutesItem(Row):
    """What the table agreed on one case: assessment and decisions, not who said what (R66)."""

    __tablename__ = "minutes_item"
    __table_args__ = (of_its_case(), _of_its_item())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), index=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[UUID] = mapped_column(unique=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    assessment: Mapped[Sealed]
    decisions: Mapped[Sealed]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Over the text as written; approval fixes both, from then on neither changes."""
    version: Mapped[int] = mapped_column(default=1)


class Remark(Row):
    """A remark of somebody who was there, within the time the agreement gives (R67)."""

    __tablename__ = "minutes_remark"
    __table_args__ = (of_its_case(), _of_its_item())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), index=True)
    agenda_item_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[Sealed]
    remarked_at: Mapped[datetime]
