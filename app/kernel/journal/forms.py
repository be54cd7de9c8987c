"""The forms of an export, in one table: how an entry is written as a line and read back, and what holds the proof.

Writer and verifier know nothing of a form but its row here. A form is added by a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.kernel.journal import workbook
from app.kernel.journal.lines import CSV_ROW, Row, csv_line, json_line, read_csv_lines, read_json_lines
from app.kernel.journal.standards import (
    fhir_line,
    fhir_unwrapped,
    fhir_wrapped,
    logboek_line,
    read_fhir,
    read_logboek,
)

Format = Literal["csv", "jsonl", "xlsx", "logboek", "fhir"]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an export."""

    media: str
    """Its media type."""
    ending: str
    """How the name of its file ends."""
    beginning: bytes
    """How its text begins: by it a verifier tells the form."""
    line_end: bytes
    marks: tuple[bytes, ...]
    """How the lines begin that are no entries, and follow them."""
    write: Callable[[str, int, bytes], bytes] | None
    """Gives the line of an entry (tree, number, leaf), with its end; a workbook writes its rows itself."""
    read: Callable[[Sequence[bytes]], Iterator[Row]]
    """Reads lines of entries, without their ends; raises Malformed for what `write` would not have written."""
    wrap: Callable[[str], str]
    """Gives the line, without its end, that carries a line of the proof."""
    unwrap: Callable[[bytes], bytes]
    """Gives back what was wrapped; raises ValueError for any other line."""
    header_first: bool = True
    """Whether the header precedes the entries."""


def _unwrapped(before: bytes, after: bytes = b"") -> Callable[[bytes], bytes]:
    def unwrap(line: bytes) -> bytes:
        if not line.startswith(before) or not line.endswith(after):
            raise ValueError
        return line[len(before) : len(line) - len(after)]

    return unwrap


FORMS: dict[Format, Form] = {
    "csv": Form(
        "text/csv", "csv", CSV_ROW, b"\r\n", (b"#",), csv_line, read_csv_lines,
        lambda text: f"# {text}", _unwrapped(b"# "), header_first=False,
    ),
    "jsonl": Form(
        "application/jsonl", "jsonl", b'{"type":"header"', b"\n", (b'{"type":"gaps"', b'{"type":"seal"'), json_line,
        read_json_lines, str, bytes,
    ),
    "xlsx": Form(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", workbook.PART, b"\n",
        (b"</sheetData>",), None, workbook.read_rows, workbook.proof_row, workbook.proof_text, header_first=False,
    ),
    "logboek": Form(
        "application/vnd.livcr.logboek+jsonl", "logboek.jsonl", b'{"proof":', b"\n", (b'{"proof":',), logboek_line,
        read_logboek, lambda text: f'{{"proof":{text}}}', _unwrapped(b'{"proof":', b"}"),
    ),
    "fhir": Form(
        "application/fhir+ndjson", "fhir.ndjson", b'{"resourceType":"Binary"', b"\n", (b'{"resourceType":"Binary"',),
        fhir_line, read_fhir, fhir_wrapped, fhir_unwrapped,
    ),
}  # fmt: skip
"""Every form, the usual one first."""
