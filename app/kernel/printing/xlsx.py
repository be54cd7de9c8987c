"""A table as a spreadsheet: every cell is text, and none begins with a sign that a spreadsheet would calculate."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from app.kernel.printing.blocks import printable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767
_LONGEST_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_NARROW, _WIDE = 24, 48


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, a head, and rows of texts."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def harmless(text: str) -> str:
    """Give a text that no spreadsheet calculates: an apostrophe before what begins with such a sign, however it is saved."""
    said = printable(text)
    return ("'" + said if said.lstrip(" \n").startswith(_CALCULATED) else said)[:_LONGEST_CELL]


def as_xlsx(title: str, made_on: date, sheets: Sequence[Sheet]) -> bytes:
    """Write sheets of text. In: the title and the day, for its properties; no name of anybody goes into them."""
    import xlsxwriter  # type: ignore[import-untyped]  # takes time to load, and few requests write one

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties(
        {"title": harmless(title), "created": datetime.combine(made_on, time(12), UTC).replace(tzinfo=None)}
    )
    strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name.translate(_NOT_IN_NAMES)[:_LONGEST_NAME])
        for at, row in enumerate((sheet.head, *sheet.rows)):
            for column, text in enumerate(row):
                page.write_string(at, column, harmless(text), plain if at else strong)
        page.set_column(0, 0, _NARROW)
        page.set_column(1, max(1, len(sheet.head) - 1), _WIDE)
        page.freeze_panes(1, 1)
    book.close()
    return file.getvalue()
