"""Rows of the constitution: what has to stand before a case may be tabled (art. 458ter, R1 to R8, R113, R115)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
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
    __table_args__ = (CheckConstraint("recording_basis <> 'null'", name="recording_basis"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    nis_code: Mapped[str | None] = mapped_column(Text, unique=True)
    names: Mapped[dict[str, str]]
    profile: Mapped[str] = mapped_column(Text)
    recording_basis: Mapped[dict[str, str] | None]
    """Act, article, document, sign-off and date on which case data may be recorded (R113)."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class RecordingBasis(Row):
    """A basis proposed for a municipality outside Flanders, and what its data protection officer said of it (R113)."""

    __tablename__ = "recording_basis"
    __table_args__ = (
        Index(
            "uq_recording_basis_open",
            "municipality_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    act: Mapped[str] = mapped_column(Text)
    article: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    dated: Mapped[date]
    state: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
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
    __table_args__ = (
        UniqueConstraint("id", "cell_id", "kind"),
        CheckConstraint("kind IN ('operational', 'strategic', 'tactical')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Agreement(Row):
    """A version of the local cooperation agreement: parties, tables, answers, and the settings they fix (R115)."""

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("cell_id", "number"),
        Index("uq_agreement_draft", "cell_id", unique=True, postgresql_where=text("state = 'draft'")),
        Index("uq_agreement_in_force", "cell_id", unique=True, postgresql_where=text("state = 'adopted'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    number: Mapped[int]
    document: Mapped[str | None] = mapped_column(Text)
    """The decision of the council (or councils), by its reference; of a draft none yet."""
    parties: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """The services that take part, by agency and by the name they signed under."""
    tables: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """kind, name, chair, cadence and members of each table."""
    answers: Mapped[dict[str, str]]
    """To the four questions: register, discuss, record, close."""
    settings: Mapped[dict[str, Any]]
    checklists: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """The questions of a screening and of closing, each with its words; empty in a version from before it fixed them."""
    written: Mapped[str] = mapped_column(Text, server_default="", deferred=True)
    """The whole text as it is signed and printed; empty in a version from before texts were kept."""
    digest: Mapped[str] = mapped_column(Text, server_default="")
    """Of the whole text: what a signature is given to."""
    state: Mapped[str] = mapped_column(Text)
    """draft, adopted (in force), superseded, or discarded without ever having been adopted."""
    adopted_on: Mapped[date | None]
    """The day of the council's decision."""
    adopted_at: Mapped[datetime | None]
    """From when it governs."""
    superseded_at: Mapped[datetime | None]
    adopted_by: Mapped[UUID | None]
    changed_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)


class AgreementSignature(Row):
    """That a party signed a version, as its text was then: a changed text makes it a signature of another text (R1)."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        UniqueConstraint("agreement_id", "municipality_id", "digest"),
        UniqueConstraint("agreement_id", "agency_id", "digest"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipality.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    signed_on: Mapped[date]
    digest: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
