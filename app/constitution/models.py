"""Rows of the constitution: what has to stand before a case may be tabled (art. 458ter, R1 to R8, R113, R115)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row


class InstallationRow(Row):
    """The one row that says what this database is: a demonstration or the real thing."""

    __tablename__ = "installation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Municipality(Row):
    """The controller and the partition of all case data (R5)."""

    __tablename__ = "municipality"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    nis_code: Mapped[str | None] = mapped_column(Text, unique=True)
    names: Mapped[dict[str, str]]
    profile: Mapped[str] = mapped_column(Text)
    recording_basis: Mapped[dict[str, str] | None]
    """Act, article, document, sign-off and date on which case data may be recorded (R113)."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Cell(Row):
    """One LIVC R: municipal, or joint for several municipalities (zonal, ZIVC R)."""

    __tablename__ = "cell"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class CellMunicipality(Row):
    """A municipality that takes part in a cell (R1)."""

    __tablename__ = "cell_municipality"

    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), primary_key=True, index=True)


class ConsultationTable(Row):
    """A table of a cell: operational (persons), strategic or tactical (topics only, R3, R6)."""

    __tablename__ = "consultation_table"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Agreement(Row):
    """A version of the local cooperation agreement: its answers, and the settings they fix (R115)."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("cell_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    number: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    answers: Mapped[dict[str, str]]
    """To the four questions: register, discuss, record, close."""
    settings: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date]
    adopted_by: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
