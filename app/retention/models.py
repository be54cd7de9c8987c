"""What stays after destruction: a certificate with counts and no personal data (R93)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row


class Certificate(Row):
    """Evidence that a file was destroyed on time."""

    __tablename__ = "certificate"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    listed_on: Mapped[date]
    last_discussed_on: Mapped[date | None]
    due_on: Mapped[date]
    destroyed_at: Mapped[datetime]
    ground: Mapped[str] = mapped_column(Text)
    executor: Mapped[str] = mapped_column(Text)
    counts: Mapped[dict[str, int]]
    digest: Mapped[str] = mapped_column(Text)
    """SHA-256 over the certificate's other fields in canonical form."""
