"""What the constitution answers."""

from __future__ import annotations

from datetime import date
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
    legal_reference: str | None = None


class AgreementView(Document):
    """The agreement in force: its four answers and every setting."""

    agreement_id: UUID
    cell_id: UUID
    number: int
    state: str
    document: str
    adopted_on: date
    answers: dict[str, str]
    settings: list[SettingView]


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
