"""Rows of corrections of approved minutes (R67)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed
from app.meetings.models import of_its_item, of_its_meeting, of_its_minutes


class MinutesAddendum(Row):
    """A correction of an item of approved minutes: it stands beside what was approved, which stays as it was (R67)."""

    __tablename__ = "minutes_addendum"
    __table_args__ = (
        of_its_case(),
        of_its_item(),
        of_its_meeting(),
        of_its_minutes(),
        Index(
            "uq_minutes_addendum_open",
            "agenda_item_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), index=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    text: Mapped[Sealed]
    salt: Mapped[Sealed]
    """As of an item: hashed along with the text, and gone with it (R92)."""
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    """The signature over the digest, once approved."""
    version: Mapped[int] = mapped_column(default=1)
