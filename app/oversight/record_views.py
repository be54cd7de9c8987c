"""What the records of a controller answer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from app.kernel.shapes import Document, View


class FieldView(View):
    """One field of a record: its code, what it is called, what it says."""

    code: str
    label: str
    text: str


class RecordEntryView(View):
    """One entry: a processing activity, a category of persons, or what concerns all of them."""

    code: str
    name: str
    fields: list[FieldView]
    actions: list[str]
    """Codes of the acts it covers, as the processing log spells them."""


class DifferenceView(View):
    """Something that is different from what was last exported; without a field, the whole entry came or went."""

    entry: str
    field: str | None = None


class RecordView(Document):
    """A record of a controller as it is today, in one language."""

    title: str
    language: str
    about: RecordEntryView
    items: list[RecordEntryView]
    general: RecordEntryView
    exported_at: datetime | None = None
    """When it was last exported."""
    changes: list[DifferenceView]


class DpiaView(Document):
    """An impact assessment: its date and where it is kept."""

    dpia_id: UUID
    municipality_id: UUID
    dated: date
    reference: str
    recorded_at: datetime


class MissingView(View):
    """A municipality without an impact assessment."""

    municipality_id: UUID
    names: dict[str, str]


class DpiaList(Document):
    """Impact assessments, the newest first, and who has none."""

    items: list[DpiaView]
    missing: list[MissingView]
