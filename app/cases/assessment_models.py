"""The row of an assessment: what speaks for and against, at one moment (R74). Nothing in it counts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed


class Assessment(Row):
    """Risk and protective factors side by side, sealed as one text; written once, and kept until the case goes."""

    __tablename__ = "assessment"
    __table_args__ = (of_its_case(),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))
    """The meeting whose discussion it weighs; None: written between two meetings."""
    body: Mapped[Sealed]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
