"""Rows of accountability: the impact assessment of a controller, and what was last exported of its records (R15, R104)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row


class ImpactAssessment(Row):
    """That an impact assessment was made: its date, and where it is kept. The newest date counts; none is changed."""

    __tablename__ = "impact_assessment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    dated: Mapped[date]
    reference: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class RecordExport(Row):
    """What a record said when it was exported, so that the next reader sees what is different now."""

    __tablename__ = "record_export"
    __table_args__ = (CheckConstraint("kind IN ('processingRecord', 'accessCategories')", name="kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    said: Mapped[dict[str, str]]
    """A digest for each entry and each field in it: it tells that something changed, and holds none of the texts."""
    exported_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    exported_at: Mapped[datetime]
