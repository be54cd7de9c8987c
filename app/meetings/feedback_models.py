"""Rows of what the police member does with a discussion: mentions of a card, feedback sheets, and what leaves the house.

Like everything of a case they go with it (R92); of a hand-over the line in the processing log stays (decision 0032).
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed
from app.meetings.models import of_its_item


class CardMention(Row):
    """That an information card was mentioned at an item: the day and the meeting, and no word of it (R57, R59)."""

    __tablename__ = "card_mention"
    __table_args__ = (of_its_case(), of_its_item(), UniqueConstraint("agenda_item_id", "person_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agenda_item_id: Mapped[UUID]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    mentioned_on: Mapped[date]


class FeedbackSheet(Row):
    """An evaluation of the follow-up, for services that the law names, once everybody who was there agreed (R78 to R83)."""

    __tablename__ = "feedback_sheet"
    __table_args__ = (
        of_its_case(),
        of_its_item(),
        UniqueConstraint("id", "case_id"),
        Index("uq_feedback_sheet_draft", "agenda_item_id", "drafter_id", unique=True, postgresql_where=text("state = 'draft'")),
        Index(
            "uq_feedback_sheet_under_way", "agenda_item_id", unique=True,
            postgresql_where=text("state IN ('consensusAsked', 'agreed')"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agenda_item_id: Mapped[UUID]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    drafter_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text)
    text: Mapped[Sealed]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Over the text; fixed with it when the consensus is asked."""
    document: Mapped[Sealed | None]
    """The exact bytes that are handed over, made at the issue."""
    drafted_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    answer_until: Mapped[datetime | None]
    blocked_because: Mapped[str | None] = mapped_column(Text)
    issued_at: Mapped[datetime | None]
    moved_at: Mapped[datetime]
    """When it last took a step: a month later it is out of its drafter's sight too."""
    version: Mapped[int] = mapped_column(default=1)


class FeedbackConsent(Row):
    """One person's answer to one sheet. Everybody sees their own alone; of a blocked sheet the answers are wiped (R79)."""

    __tablename__ = "feedback_consent"
    __table_args__ = (
        of_its_case(),
        ForeignKeyConstraint(
            ("sheet_id", "case_id"), ("feedback_sheet.id", "feedback_sheet.case_id"), ondelete="CASCADE"
        ),
    )

    sheet_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    agreed: Mapped[bool | None]
    answered_at: Mapped[datetime | None]


class Transmission(Row):
    """That something left the house: on which ground, by whom, to whom, when, and the digest of the exact bytes (R105)."""

    __tablename__ = "transmission"
    __table_args__ = (of_its_case(), Index(None, "municipality_id", "sent_at", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    ground: Mapped[str] = mapped_column(Text)
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    recipient_type: Mapped[str] = mapped_column(Text)
    recipient_name: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    object_type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[UUID | None]
