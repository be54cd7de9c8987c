"""What a printed document consists of: built once, written as PDF or as DOCX, so that the two say the same (decision 0027).

Texts come translated: the language of a document is chosen for whom it is meant, not by who prints it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 follows the title, and no level is skipped."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a line break in it stays one."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what they stand for: date, place, chair."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, with numbers where the order means something."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a caption and a head that comes back on each page. *widths*: shares of the width, one a column."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign: who, and what was recorded of it (or a line to sign on)."""

    places: tuple[tuple[str, str], ...]


Block: TypeAlias = Heading | Paragraph | Facts | Bullets | Grid | Signatures


@dataclass(frozen=True, slots=True)
class Document:
    """One document. *banner* stands on top of each page, *reference* beside it, *watermark* across it."""

    title: str
    language: str
    blocks: tuple[Block, ...]
    made_on: date
    banner: str = ""
    reference: str = ""
    watermark: str = ""


def printable(value: T) -> T:
    """Give a document, or a part of it, without what no page can hold: control and invisible characters.

    Lines stay lines, and every kind of space a space.
    """
    said: Any = value
    if isinstance(said, str):
        said = "".join(c for c in said if c in "\n\t" or c.isprintable() or unicodedata.category(c) == "Zs")
    elif isinstance(said, tuple):
        said = tuple(printable(each) for each in said)
    elif isinstance(said, Document | Block):
        said = replace(said, **{each.name: printable(getattr(said, each.name)) for each in fields(said)})
    return said  # type: ignore[no-any-return]
