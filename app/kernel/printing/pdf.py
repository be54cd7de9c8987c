"""A document as PDF: tagged, PDF/UA-1 and PDF/A-2a as far as the compiler checks it, the same bytes for the same day."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson

from app.kernel.printing.blocks import Block, Document, Grid, printable

if TYPE_CHECKING:
    from typst import PDFStandard

_HERE = Path(__file__).parent
_LAYOUT = _HERE / "document.typ"
_STANDARDS: list[PDFStandard] = ["a-2a", "ua-1"]
_NO_FONT = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
"""How the compiler says that a script is in none of its fonts; the standards allow no empty box instead."""
_LATIN_ENDS = 0x250
_TRIES = 40


def as_pdf(document: Document) -> bytes:
    """Write a document as PDF. Reads nothing but its own layout and fonts; nothing in a text is read as markup."""
    import typst  # takes time and memory to load, and few requests print

    data = orjson.dumps(_data(printable(document))).decode()
    for _ in range(_TRIES):
        try:
            made = typst.Compiler(_LAYOUT, root=_HERE, ignore_system_fonts=True).compile(
                format="pdf",
                sys_inputs={"data": data},
                pdf_standards=_STANDARDS,
                timestamp=datetime.combine(document.made_on, time(12), UTC),
            )
        except typst.TypstError as fault:
            data = _without(data, _NO_FONT.findall(fault.message)) or _plain(data)
        else:
            return cast("bytes", made)
    raise RuntimeError("the document cannot be set")


def _without(data: str, undisplayed: list[str]) -> str:
    """Name the characters that no font here has, so that nothing is left out without a word; empty if none is told."""
    for character in sorted({each for stretch in undisplayed for each in stretch}):
        data = data.replace(character, _named(character))
    return data if undisplayed else ""


def _plain(data: str) -> str:
    return "".join(c if ord(c) < _LATIN_ENDS else _named(c) for c in data)


def _named(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _data(document: Document) -> dict[str, Any]:
    day = document.made_on
    return {
        "title": document.title,
        "language": document.language,
        "made_on": [day.year, day.month, day.day],
        "banner": document.banner,
        "reference": document.reference,
        "watermark": document.watermark,
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    said = asdict(block)
    if isinstance(block, Grid):
        said["widths"] = block.widths or (1,) * len(block.head)
    return {"kind": type(block).__name__.lower(), **said}
