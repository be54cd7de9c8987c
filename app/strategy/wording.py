"""Texts of a table at which nobody is discussed: what cannot be one is told by its form alone (R6).

Only marks that mean a person wherever they stand are refused: a reference of a case or registration, an identifier
as it stands in an address, a national number. The mayor's list is never asked: whether a name is refused would tell
who is on it to people who may not know (docs/decisions/0029).
"""

from __future__ import annotations

import re
from typing import Final

from app.kernel.names.national_number import national_number

_HYPHEN = r"\s*[-–—‑]\s*"
_REFERENCE: Final = re.compile(rf"\b[ac]{_HYPHEN}\d{{4}}{_HYPHEN}[0-9a-z]{{5}}\b", re.IGNORECASE)
_IDENTIFIER: Final = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_ELEVEN_DIGITS: Final = re.compile(r"(?<!\d)\d{2}[ ./-]?\d{2}[ ./-]?\d{2}[ ./-]?\d{3}[ ./-]?\d{2}(?!\d)")


def marks_somebody(text: str) -> bool:
    """Tell whether a text holds the reference or identifier of a case or registration, or a national number."""
    if _REFERENCE.search(text) or _IDENTIFIER.search(text):
        return True
    return any(_is_number(found[0]) for found in _ELEVEN_DIGITS.finditer(text))


def _is_number(digits: str) -> bool:
    try:
        national_number(digits)
    except ValueError:
        return False
    return True


def nobody_named(texts: list[str | None], *, confirmed: bool) -> bool:
    """Tell whether the writer confirmed that nobody is named, and no text holds a mark of somebody."""
    return confirmed and not any(marks_somebody(text) for text in texts if text)
