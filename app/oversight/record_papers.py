"""A record on paper and as a spreadsheet: the same fields in the same order."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from app.constitution.reference import citation
from app.kernel.i18n import format_date, register_codes, translate
from app.kernel.printing import Block, Document, Facts, Heading, Paper, Paragraph, as_pdf
from app.kernel.printing.xlsx import XLSX, Sheet, as_xlsx
from app.oversight.record_shape import Entry, Record, Said

RecordFormat = Literal["pdf", "xlsx"]
RecordLanguage = Literal["nl", "fr", "de", "en"]
MEDIA: Final = {"pdf": "application/pdf", "xlsx": XLSX}
_NAMES: Final = {"processingRecord": "processing-record", "accessCategories": "access-list"}
_BASES: Final = {
    "processingRecord": ("gdpr.processingRecord",),
    "accessCategories": ("dpa.specialCategoryAccess", "dpa.criminalDataAccess"),
}
register_codes("recordNote", _NAMES)
register_codes("recordSheet", _NAMES)


def as_paper(record: Record, made_on: date, kind: RecordFormat) -> Paper:
    """Give a record as a file; its name says which record it is and in which language, and of whom nothing."""
    content = as_pdf(_document(record, made_on)) if kind == "pdf" else _spreadsheet(record, made_on)
    return Paper(content, MEDIA[kind], f"{_NAMES[record.kind]}-{record.language}.{kind}")


def _rows(record: Record, said: tuple[Said, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((each.label(record.language), each.text) for each in said)


def _document(record: Record, made_on: date) -> Document:
    cited = (citation(key, record.language, made_on) for key in _BASES[record.kind])
    note = translate(
        record.language, f"recordNote.{record.kind}", basis="; ".join(each for each in cited if each)
    )
    blocks: list[Block] = [Paragraph(note)]
    for part in record.parts():
        blocks += [Heading(part.name), Facts(_rows(record, part.said))]
    return Document(
        title=record.title,
        language=record.language,
        blocks=tuple(blocks),
        made_on=made_on,
        reference=format_date(record.language, made_on),
    )


def _spreadsheet(record: Record, made_on: date) -> bytes:
    language = record.language

    def named(part: Entry) -> Sheet:
        head = (translate(language, "What"), translate(language, "It says"))
        return Sheet(part.name, head, _rows(record, part.said))

    head = (
        translate(language, "Entry"),
        *(translate(language, f"recordField.{code}") for code in record.head),
    )
    rows = tuple((each.name, *(said.text for said in each.said)) for each in record.entries)
    sheets = (
        named(record.about),
        Sheet(translate(language, f"recordSheet.{record.kind}"), head, rows),
        named(record.general),
    )
    return as_xlsx(record.title, made_on, sheets)
