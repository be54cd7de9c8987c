"""What a PDF does by itself: on being opened (`/OpenAction`), or when a page or field is shown, entered, left (`/AA`).

To go to a page of the same document is all it may do. An address that a reader clicks on is fine; one that is fetched
because the document was opened tells a server who reads it, and when. So we take what is plainly a way within the
document, in the few shapes that programs write, and nothing else. Where an action stands in another object, every object
of that number has to be such a way, for two programs may hold different ones for the true one.
"""

from __future__ import annotations

import re
from typing import Final

from app.kernel.files.refusing import Reason, Refused


def spelt(*names: str) -> re.Pattern[bytes]:
    """Give a pattern of whole names, each of whose characters may be written as an escape."""
    each = ("".join(f"(?:{c}|#{_hex(ord(c))})" for c in name) for name in names)
    return re.compile(f"/(?:{'|'.join(each)})(?![A-Za-z0-9_.#+-])".encode())


def _hex(code: int) -> str:
    return "".join(f"[{d}{d.lower()}]" if d.isalpha() else d for d in f"{code:02X}")


_APART: Final = r"(?:[\0\t\n\f\r ]|%[^\r\n]{0,200}+[\r\n])"
"""White space, or a comment that is not so long that looking past it costs time."""
_GAP: Final = _APART + "*+"
_END: Final = r"(?=[\0\t\n\f\r ()<>\[\]{}/%])"
_NAME: Final = r"/[A-Za-z0-9_.+-]{1,100}+" + _END
_REST: Final = rf"{_APART}++\d++{_APART}++R(?![A-Za-z0-9])"
_REF: Final = rf"(?P<ref>\d++){_REST}"
_ARRAY: Final = r"\[[^\[\]<>(){}%]*+\]"
_WORDS: Final = r"\((?:[^()\\]|\\.)*+\)|<[0-9A-Fa-f\0\t\n\f\r ]*+>"
_PLACE: Final = rf"(?:{_ARRAY}|{_WORDS}|{_NAME}|\d++{_REST})"
_ENTRY: Final = (
    rf"{_GAP}/(?:Type{_GAP}/Action{_END}|S{_GAP}/(?:GoTo|Named){_END}|N{_GAP}{_NAME}|S?D{_GAP}{_PLACE})"
)
_WAY: Final = f"(?:<<(?:{_ENTRY})*+{_GAP}>>|null(?![A-Za-z0-9])|{_ARRAY})"
"""A way within the document: a place in it, or an action that goes to one or turns the page."""


def _pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(text.encode(), re.DOTALL)


_OPENS: Final = spelt("OpenAction")
_EVENTS: Final = spelt("AA")
_IS_WAY: Final = _pattern(_GAP + _WAY)
_IS_WAY_OR_REF: Final = _pattern(f"{_GAP}(?:{_REF}|{_WAY})")
_IS_LIST_OR_REF: Final = _pattern(
    rf"{_GAP}(?:{_REF}|(?P<list><<)|(?P<odd>%|[+-]\d|\d++{_GAP}(?:\d++{_GAP})?+%))"
)
"""So short a name as AA stands in packed pictures by chance: it counts before a value, or what may hide one."""
_LIST: Final = _pattern(f"{_GAP}<<")
_EVENT: Final = _pattern(f"{_GAP}{_NAME}{_GAP}(?:{_REF}|{_WAY})")
_LIST_ENDS: Final = _pattern(f"{_GAP}>>")

_OBJECT: Final = _pattern("(?<![A-Za-z])obj(?![A-Za-z])")
_NUMBERED: Final = _pattern(r"[\0\t\f ]*+\d++[\0\t\f ]++(\d++)")
_PERHAPS_NUMBERED: Final = _pattern(r"[\0\t\f ]*+\d*+[\0\t\f ]*+(?:[\r\n]|\Z)")
"""Read backwards. The number may also stand on the line before, in front of a comment."""
_BEFORE: Final = 64
_OBJECTS_MOST: Final = 1_000_000
_HEADER: Final = _pattern(r"[\d\0\t\n\f\r ]*+")
_HEADER_MOST: Final = 1 << 20
UNKNOWN: Final = -1
"""Where the objects of a stream begin whose dictionary does not plainly say so."""


def _number(digits: bytes) -> int:
    """Give a number however it is written: with noughts in front, or far too long."""
    return int(digits.lstrip(b"0")[:12] or b"0")


class Acting:
    """Gathers what one file does by itself, out of all the texts it is made of."""

    def __init__(self) -> None:
        self._wanted: set[tuple[int, bool]] = set()
        """Objects by number, and whether a list of events is expected there or one action."""
        self._seen: set[tuple[int, bool]] = set()
        self._now: set[tuple[int, bool]] = set()
        self._missing: set[int] = set()

    def look(self, text: bytes) -> None:
        """Look for what begins by itself. Raises Refused for what is not plainly a way within the document."""
        for found in _OPENS.finditer(text):
            self._follow(_IS_WAY_OR_REF.match(text, found.end()))
        for found in _EVENTS.finditer(text):
            said = _IS_LIST_OR_REF.match(text, found.end())
            if said is not None and said["odd"]:
                raise Refused(Reason.UNCHECKABLE)
            if said is not None and said["ref"]:
                self._wanted.add((_number(said["ref"]), True))
            elif said is not None:
                self._list(text, said.start("list"))

    def _follow(self, said: re.Match[bytes] | None) -> None:
        if said is None:
            raise Refused(Reason.EXTERNAL)
        if said["ref"]:
            self._wanted.add((_number(said["ref"]), False))

    def _list(self, text: bytes, at: int) -> None:
        """Follow each event of a list."""
        said = _LIST.match(text, at)
        while said is not None:
            at = said.end()
            said = _EVENT.match(text, at)
            if said is not None:
                self._follow(said)
        if _LIST_ENDS.match(text, at) is None:
            raise Refused(Reason.EXTERNAL)

    def more(self) -> bool:
        """Tell whether there are objects still to be looked at, in all the texts once more.

        Raises Refused when one of those asked for before was nowhere: what we do not find, another program may.
        """
        if self._missing:
            raise Refused(Reason.UNCHECKABLE)
        self._now = self._wanted - self._seen
        self._seen |= self._now
        self._missing = {number for number, _ in self._now}
        return bool(self._now)

    def objects(self, data: bytes) -> None:
        """Look at the objects that stand in the file itself. Raises Refused."""
        for count, found in enumerate(_OBJECT.finditer(data)):
            if count > _OBJECTS_MOST:
                raise Refused(Reason.UNCHECKABLE)
            backwards = data[max(0, found.start() - _BEFORE) : found.start()][::-1]
            numbered = _NUMBERED.match(backwards)
            if numbered is not None:
                self._judge(_number(numbered[1][::-1]), data, found.end())
            elif _PERHAPS_NUMBERED.match(backwards):
                raise Refused(Reason.UNCHECKABLE)

    def packed(self, text: bytes, first: int) -> None:
        """Look at the objects of a stream of objects that begin at *first*. Raises Refused."""
        header = text[:first] if 0 <= first < min(_HEADER_MOST, len(text)) else b"?"
        if not _HEADER.fullmatch(header):
            raise Refused(Reason.UNCHECKABLE)
        said = header.replace(b"\0", b" ").split()
        for number, offset in zip(said[::2], said[1::2], strict=False):
            self._judge(_number(number), text, first + _number(offset))

    def _judge(self, number: int, text: bytes, at: int) -> None:
        for listed in (True, False):
            if (number, listed) not in self._now:
                continue
            self._missing.discard(number)
            if listed:
                self._list(text, at)
            elif _IS_WAY.match(text, at) is None:
                raise Refused(Reason.EXTERNAL)
