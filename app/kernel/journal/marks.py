"""Marks of a text: a short digest of every four kilobytes, so that a verifier can say where a text was changed.

They prove nothing by themselves (the digest of the whole does); the manifest signs them, so that they point to the place.
"""

from __future__ import annotations

import hashlib
from array import array

from app.kernel.journal.note import to_base64

STRIDE = 4096
LENGTH = 6
"""Bytes of SHA-256 that a mark keeps; eight letters of base64."""
_LETTERS = 8


class Marks:
    """Takes a text chunk by chunk and keeps its marks, and in which line each stretch begins."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest, self._marks, self._lines, self._line = bytearray(), bytearray(), array("Q"), 1

    def update(self, data: bytes) -> None:
        """Take a further chunk."""
        self._rest += data
        if len(self._rest) < STRIDE:
            return
        whole = len(self._rest) // STRIDE * STRIDE
        done = bytes(self._rest[:whole])
        del self._rest[:whole]
        for at in range(0, whole, STRIDE):
            self._mark(done[at : at + STRIDE])

    def _mark(self, stretch: bytes) -> None:
        self._marks += hashlib.sha256(stretch).digest()[:LENGTH]
        self._lines.append(self._line)
        self._line += stretch.count(b"\n")

    def text(self) -> str:
        """Give all marks in base64; nothing comes after it."""
        if self._rest:
            self._mark(bytes(self._rest))
            self._rest.clear()
        return to_base64(bytes(self._marks))

    def difference(self, marks: str) -> tuple[int, int] | None:
        """Give first and last line of the first stretch whose mark is another one than in *marks*; None if none is."""
        ours = self.text()
        for place, begin in enumerate(self._lines):
            at = place * _LETTERS
            if ours[at : at + _LETTERS] != marks[at : at + _LETTERS]:
                following = self._lines[place + 1] if place + 1 < len(self._lines) else self._line
                return begin, max(begin, following)
        return (self._line, self._line) if len(ours) < len(marks) else None
