"""Rows of an extension: why a file is kept for more than a year, for how long, and that it was looked at anew (R87, R89)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed


class Extension(Row):
    """A proposal to keep the data of a person longer, and the decision on it.

    The desk proposes; the record of a meeting says that it was discussed; only a function of the database grants it.
    """

    __tablename__ = "extension"
    __table_args__ = (
        of_its_case(),
        UniqueConstraint("id", "case_id"),
        Index(
            "uq_extension_open", "case_id", unique=True,
            postgresql_where=text("state IN ('proposed', 'discussed')"),
        ),
        Index("uq_extension_decided", "case_id", unique=True, postgresql_where=text("state = 'decided'")),
        CheckConstraint(
            "(until_on IS NOT NULL) = (linked_to_prevention IS TRUE)", name="granted_for_prevention"
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(Text)
    """A code of extensionGrounds: the objective elements that the decree names."""
    reasons: Mapped[Sealed]
    asked_until: Mapped[date]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    """The meeting that discussed it, as its record says."""
    discussed_on: Mapped[date | None]
    decision: Mapped[Sealed | None]
    """The reasons of who decided."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    linked_to_prevention: Mapped[bool | None]
    """That it serves to prevent terrorism or violent radicalisation, as who granted it confirmed (R87); none before that."""
    until_on: Mapped[date | None]
    """The last day to which the decision can keep the file, while reviews carry it on."""
    version: Mapped[int] = mapped_column(default=1)


class ExtensionReview(Row):
    """That somebody looked at an extension anew, and what they found (R89)."""

    __tablename__ = "extension_review"
    __table_args__ = (
        of_its_case(),
        ForeignKeyConstraint(
            ("extension_id", "case_id"), ("extension.id", "extension.case_id"), ondelete="CASCADE"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    extension_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    outcome: Mapped[str] = mapped_column(Text)
    """goesOn or ends."""
    reasons: Mapped[Sealed]
    reviewed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime]
