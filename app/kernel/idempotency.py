"""The same request twice gives the first answer again (REST profile, Idempotency-Key)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row


class Answered(Row):
    """The first answer to a keyed request; kept for a day. Answers hold ids and states; texts are asked for again."""

    __tablename__ = "idempotency"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed under the installation's key."""
    at: Mapped[datetime]
