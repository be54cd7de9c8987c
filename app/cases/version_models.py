"""What stood in a file before it was corrected: kept for the desk until the case is destroyed (R55, R65)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed


class StatementVersion(Row):
    """A statement as it stood until it was corrected or withdrawn, who did that, when and why.

    Its text keeps the sealed bytes, and so the place, that it had in the statement: the database compares them, and lets no
    statement change of which this version is not kept.
    """

    __tablename__ = "statement_version"
    __table_args__ = (of_its_case(), UniqueConstraint("statement_id", "version"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"))
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    version: Mapped[int]
    category: Mapped[int]
    origin: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    reliability: Mapped[str | None] = mapped_column(Text)
    stated_on: Mapped[date]
    text: Mapped[Sealed]
    category_reason: Mapped[Sealed | None]
    replaced_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    replaced_at: Mapped[datetime]
    reason: Mapped[Sealed | None]
    """Why it was corrected; None of one that was withdrawn, for which a ground is enough."""


class SubjectVersion(Row):
    """Who a file was said to be about until that was corrected, by whom, when and why. Its bytes as in the case."""

    __tablename__ = "subject_version"
    __table_args__ = (of_its_case(), UniqueConstraint("case_id", "version"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    version: Mapped[int]
    """Of the case."""
    subject: Mapped[Sealed]
    replaced_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    replaced_at: Mapped[datetime]
    reason: Mapped[Sealed]
