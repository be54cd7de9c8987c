"""What the constitution answers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, View


class MunicipalityView(Document):
    """A municipality: names, jurisdiction profile, and whether case data may be recorded (R113)."""

    municipality_id: UUID
    names: dict[str, str]
    nis_code: str | None = None
    profile: str
    recording_basis: bool


class MunicipalityList(View):
    """Municipalities by name."""

    href: str = Field(serialization_alias="self")
    items: list[MunicipalityView]


class RecordingBasisView(Document):
    """A basis on which case data may be recorded, once its state is `signed` (R113)."""

    recording_basis_id: UUID
    municipality_id: UUID
    names: dict[str, str]
    """The municipality's."""
    act: str
    article: str
    document: str
    dated: date
    state: str
    proposed_at: datetime
    decided_at: datetime | None = None
    abilities: list[str]


class RecordingBasisList(View):
    """Recording bases, the newest first."""

    href: str = Field(serialization_alias="self")
    items: list[RecordingBasisView]
    abilities: list[str]


class CellView(Document):
    """A LIVC R and the municipalities that take part in it."""

    cell_id: UUID
    kind: str
    name: str
    municipality_ids: list[UUID]
    purpose: dict[str, str]


class CellList(View):
    """Cells by name."""

    href: str = Field(serialization_alias="self")
    items: list[CellView]


class TableView(Document):
    """A table of a cell."""

    table_id: UUID
    cell_id: UUID
    kind: str
    name: str
    agreed: bool = False
    """Whether the agreement in force has it; without that it has no meeting."""
    chair: str | None = None
    """The function that chairs it, as agreed."""
    cadence_weeks: int | None = None
    functions: list[str] | None = None
    """Who sits there, by function, as agreed."""
    next_starts_at: datetime | None = None
    """When its next meeting falls by the cadence, to the desk; None before its first one."""
    next_ends_at: datetime | None = None


class TableList(View):
    """Tables by name."""

    href: str = Field(serialization_alias="self")
    items: list[TableView]


class SettingView(View):
    """A setting as it applies: its value, its bounds, the rule it serves."""

    name: str
    value: int
    unit: str
    least: int
    most: int
    rule: str
    article: int
    """The number of the article that fixes it."""
    legal_reference: str | None = None


class PartyView(View):
    """A party to the agreement: a municipality or a service, and its signature under this very text, if it gave one."""

    name: str
    municipality_id: UUID | None = None
    agency_id: UUID | None = None
    signed_by: str | None = None
    capacity: str | None = None
    signed_on: date | None = None


class TableTermsView(View):
    """What was agreed of one table."""

    kind: str
    name: str
    chair: str
    cadence_weeks: int
    functions: list[str]
    agencies: list[PartyView]


class ArticleView(View):
    """An article as it reads with the settings of this version, in the reader's language."""

    number: int
    code: str
    title: str
    paragraphs: list[str]
    answer: str | None = None
    """What the cell itself answered, in its own words, where the article is about one of the four questions."""


class QuestionView(View):
    """A question of a checklist, in the reader's language or the first in which the cell put it."""

    code: str
    text: str
    texts: dict[str, str] | None = None
    """A question of the cell's own, in each language in which it put it."""


class AgreementView(Document):
    """A version of the agreement: parties, tables, answers, every setting, and its text."""

    agreement_id: UUID
    cell_id: UUID
    number: int
    state: str
    document: str | None = None
    adopted_on: date | None = None
    in_force_from: datetime | None = None
    in_force_until: datetime | None = None
    digest: str
    parties: list[PartyView]
    tables: list[TableTermsView]
    answers: dict[str, str]
    settings: list[SettingView]
    checklists: dict[str, list[QuestionView]]
    """What a screening asks, and what closing a case asks (R43, R84)."""
    considerations: list[str]
    """The provisions that the version has regard to, as in force on *consideredOn*; part of the text that is signed."""
    considered_on: date
    articles: list[ArticleView]
    lacks: list[str] | None = None
    """Of a draft: what keeps it from being signed, as codes."""


class ChangeView(View):
    """One thing that differs between a version and the one before: a setting, or a part of the text."""

    name: str
    before: str | None = None
    after: str | None = None


class ComparisonView(View):
    """A version, and what it changed."""

    href: str = Field(serialization_alias="self")
    version: int = Field(exclude=True)
    agreement: AgreementView
    former_number: int | None = None
    changes: list[ChangeView]


class AgreementItem(View):
    """A version in a list."""

    agreement_id: UUID
    href: str
    number: int
    state: str
    document: str | None = None
    adopted_on: date | None = None
    in_force_from: datetime | None = None
    in_force_until: datetime | None = None


class AgreementList(View):
    """The versions of a cell's agreement, the newest first."""

    href: str = Field(serialization_alias="self")
    items: list[AgreementItem]


class ConstitutionPart(View):
    """One part of a cell's constitution: what it fixes, whether it stands, and what it is needed for."""

    code: str
    matter: str
    rule: str
    stands: bool
    needed_for: str


class ConstitutionView(View):
    """The checklist of a cell: whether a case may be tabled, and every part."""

    href: str = Field(serialization_alias="self")
    cell_id: UUID
    complete: bool
    parts: list[ConstitutionPart]


class RefDataEntry(View):
    """One code with its labels."""

    code: str
    labels: dict[str, str]
    valid_from: date
    valid_to: date | None = None
    source: str


class RefDataView(View):
    """A code list."""

    href: str = Field(serialization_alias="self")
    name: str
    description: str
    source: str
    items: list[RefDataEntry]
