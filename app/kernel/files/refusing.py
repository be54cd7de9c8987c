"""Why a file is not taken: a closed list of codes. No text of the file, nor its name, is ever part of a reason."""

from __future__ import annotations

from enum import StrEnum

from app.kernel.i18n import register_codes


class Reason(StrEnum):
    """The reasons; each has a sentence in four languages that says what to do instead."""

    MISSING = "missing"
    EMPTY = "empty"
    NOT_A_KIND = "notAKind"
    """None of the kinds that are taken, or not wholly one of them."""
    WRONG_EXTENSION = "wrongExtension"
    DAMAGED = "damaged"
    TWO_KINDS = "twoKinds"
    """One kind and something else as well: what a reader sees depends on the program."""
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    SCRIPT = "script"
    EMBEDDED = "embedded"
    EXTERNAL = "external"
    NESTED = "nested"
    BOMB = "bomb"
    PATHS = "paths"
    DIMENSIONS = "dimensions"
    UNREADABLE_TEXT = "unreadableText"
    UNCHECKABLE = "uncheckable"


register_codes("refusal", Reason)


class Refused(Exception):  # noqa: N818 — a fact about the file
    """A file is not taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
