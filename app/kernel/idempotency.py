"""The same request twice is carried out once (REST profile, Idempotency-Key; docs/decisions/0015)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row

KEPT: Final = timedelta(days=1)


class Answered(Row):
    """How a keyed request was answered the first time, and where its result is; never what the answer said.

    A key belongs to one person under one mandate; it serves for a day.
    """

    __tablename__ = "idempotency"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    mandate_id: Mapped[UUID] = mapped_column(primary_key=True)
    """All zeros for who has none."""
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """Of what was asked, under the installation's key."""
    status: Mapped[int | None]
    location: Mapped[str | None] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(Text)
    href: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
