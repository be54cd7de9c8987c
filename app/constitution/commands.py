"""What can be asked of the constitution."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.kernel.printing import DocumentFormat, DocumentLanguage
from app.kernel.shapes import Command, Day, Line, Prose

NisCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]


class CreateMunicipality(Command):
    """Add a municipality: controller and partition of its case data (R5, R113)."""

    name_nl: Line
    name_fr: Line | None = None
    name_de: Line | None = None
    nis_code: NisCode | None = None
    profile: Literal["flanders", "wallonia", "brussels", "germanSpeakingCommunity"]


class ProposeRecordingBasis(Command):
    """Propose on what text a municipality outside Flanders may record case data (R113)."""

    municipality_id: UUID
    act: Line
    article: Line
    document: Line
    dated: Day


class SignOffRecordingBasis(Command):
    """Sign a proposed recording basis off, or refuse it, as the data protection officer of the municipality (R113)."""

    recording_basis_id: UUID
    decision: Literal["approve", "refuse"]


class ListRecordingBasis(Command):
    """List the recording bases of one's municipality (an administrator: all)."""


class ListMunicipality(Command):
    """List the municipalities of one's cell (an administrator: all)."""


class CreateCell(Command):
    """Set up a LIVC R for one municipality, or a joint one for several (R1)."""

    kind: Literal["municipal", "zonal"]
    name: Line
    municipality_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=50)]


class ListCell(Command):
    """List one's cell (an administrator: all cells)."""


class CreateTable(Command):
    """Add a table to a cell: operational, strategic or tactical (R3)."""

    cell_id: UUID
    kind: Literal["operational", "strategic", "tactical"]
    name: Line


class ListTable(Command):
    """List the tables of one's cell."""


TableKind = Literal["operational", "strategic", "tactical"]
Chair = Literal["mayor", "delegate", "coordinator", "informationOfficer", "strategicMember"]
Function = Literal[
    "mayor", "delegate", "coordinator", "secretary", "caseManager", "policeMember", "informationOfficer", "participant",
    "strategicMember",
]  # fmt: skip


class TableTerms(Command):
    """What was agreed of one table: its chair, how often it meets, the functions and services that sit there (R3, R13)."""

    kind: TableKind
    name: Line
    chair: Chair = "coordinator"
    cadence_weeks: Annotated[int, Field(ge=1, le=52)] = 13
    functions: Annotated[tuple[Function, ...], Field(max_length=9)] = ()
    agency_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()


class QuestionTerms(Command):
    """A question of a checklist: by its code alone one that everybody has; with words one of the cell's own (R43, R84)."""

    code: Line
    nl: Line | None = None
    fr: Line | None = None
    de: Line | None = None

    @property
    def texts(self) -> dict[str, str]:
        """The words in each language in which the cell put it."""
        return {name: said for name, said in (("nl", self.nl), ("fr", self.fr), ("de", self.de)) if said}


class DraftAgreement(Command):
    """Write the next version of the agreement, or change its draft: what is left out stays as it was (R115).

    The first draft begins as the agreement in force reads. *nationalNumberGround*: the law or authorization under which
    the national number may be used to find somebody again; without one it is refused everywhere, and "-" takes it away.
    """

    cell_id: UUID
    party_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] | None = None
    tables: Annotated[tuple[TableTerms, ...], Field(max_length=3)] | None = None
    answer_register: Prose | None = None
    answer_discuss: Prose | None = None
    answer_record: Prose | None = None
    answer_close: Prose | None = None
    settings: dict[str, int] | None = Field(default=None, max_length=50)
    screening: Annotated[tuple[QuestionTerms, ...], Field(max_length=40)] | None = None
    """What a screening asks, in this order (R43)."""
    closing: Annotated[tuple[QuestionTerms, ...], Field(max_length=40)] | None = None
    """What closing a case asks, in this order (R84)."""
    national_number_ground: Prose | None = None


class SignAgreement(Command):
    """Sign the draft as it stands, as the mayor of one's municipality (R1)."""

    agreement_id: UUID


class DiscardAgreement(Command):
    """Discard the draft: it is never adopted, and another one can be begun (R115)."""

    agreement_id: UUID


class RecordSignatureAgreement(Command):
    """Record that a service signed the draft as it stands: who, in which capacity, on which day."""

    agreement_id: UUID
    agency_id: UUID
    name: Line
    capacity: Line
    signed_on: Day


class AdoptAgreement(Command):
    """Adopt the draft that every mayor signed, under the council's decision; the version before is superseded."""

    agreement_id: UUID
    document: Line
    adopted_on: Day


class ReadAgreement(Command):
    """Read the agreement in force in a cell, with its text and every setting; *on*: as it was in force on that day."""

    cell_id: UUID
    on: Day | None = None


class ListAgreement(Command):
    """List the versions of a cell's agreement, the newest first; the draft is the desk's alone."""

    cell_id: UUID


class CompareAgreement(Command):
    """Read one version, and beside it what it changed in the one before."""

    agreement_id: UUID


class PrintAgreement(Command):
    """Print a version as it reads from its settings, for the council: as PDF or DOCX, in the language asked for."""

    agreement_id: UUID
    language: DocumentLanguage = "nl"
    format: DocumentFormat = "pdf"


class PrintPublicNotice(Command):
    """Print the public notice of a version: how the cell handles data, for everybody (R103)."""

    agreement_id: UUID
    language: DocumentLanguage = "nl"
    format: DocumentFormat = "pdf"


class ReadRefData(Command):
    """Read a code list in its four languages."""

    list_name: Line
