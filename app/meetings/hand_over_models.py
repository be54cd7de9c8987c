"""A file handed over to another municipality: what is sent is sealed for the receiver, and goes with the sender's case (R84)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed


class HandOver(Row):
    """One hand-over, in the file of the sender. The receiver never reads this row: functions of the database answer it.

    *subject* and *narrative* are the whole package: sealed under a key of the receiver's, in the place in which they will
    stand there, so that nobody of the sender opens them again.
    """

    __tablename__ = "hand_over"
    __table_args__ = (
        of_its_case(),
        Index(
            "uq_hand_over_under_way", "case_id", unique=True,
            postgresql_where=sql_text("state IN ('proposed', 'sent')"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    to_municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text)
    """proposed, sent, received, withdrawn or lapsed."""
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime | None]
    accept_until: Mapped[date | None]
    package_id: Mapped[UUID | None]
    """The registration it becomes at the receiver, under whose key it is sealed."""
    subject: Mapped[Sealed | None]
    narrative: Mapped[Sealed | None]
    received_at: Mapped[datetime | None]
    received_by: Mapped[UUID | None]
    erased_at: Mapped[datetime | None]
    """When the key of a package that nobody accepted was destroyed."""
    version: Mapped[int] = mapped_column(default=1)
