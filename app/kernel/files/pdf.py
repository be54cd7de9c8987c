"""PDF: searched for what acts by itself, wherever it stands, without believing the file's own table of contents.

A reader follows the cross-reference table; a broken one is repaired by searching the file. Two programs may so see two
documents. So we search all bytes, and everything that opens as a packed stream of objects, for the names of
actions: a name can be written in escapes (`#4A` for J), but a reader knows the name alone. What is coded in a way
that would hide objects from this search is refused.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from app.kernel.files.refusing import Reason, Refused

MARK: Final = b"%PDF-"
_END: Final = re.compile(rb"%%EOF\s*\Z")
_TAIL: Final = 1024
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STOP: Final = rb"(?![A-Za-z0-9_.#+-])"
_SPACE: Final = rb"(?:\s|%[^\r\n]*[\r\n])*"
_VALUE: Final = rb"(?:\d+[\s%]|<<)"
_BEFORE: Final = rb"(?:(?<![^\s<>\[\](){}%])|(?<=/S)|(?<=/Type)|(?<=/Subtype))"
"""So that the name is a value, and not a piece of an address that somebody links to."""


def _as_value(names: bytes) -> re.Pattern[bytes]:
    return re.compile(_BEFORE + rb"/(?:" + names + rb")" + _STOP)


def _as_key(names: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"/(?:" + names + rb")" + _SPACE + _VALUE)


_FORBIDDEN: Final = (
    (Reason.ENCRYPTED, _as_key(rb"Encrypt")),
    (Reason.SCRIPT, _as_key(rb"JavaScript|XFA")),
    (Reason.SCRIPT, re.compile(rb"/XFA" + _SPACE + rb"\[")),
    (Reason.SCRIPT, _as_value(rb"JavaScript|Launch|ImportData|SubmitForm|Rendition|RichMedia|GoTo3DView")),
    (Reason.EMBEDDED, _as_key(rb"EmbeddedFiles|EF|Collection")),
    (Reason.EMBEDDED, _as_value(rb"EmbeddedFiles?|GoToE|FileAttachment|Movie|Sound")),
)
_PACKED: Final = re.compile(rb"/(?:ObjStm|XRef|XRefStm)" + _STOP)
_HIDING: Final = re.compile(rb"/(?:LZWDecode|ASCIIHexDecode|ASCII85Decode|RunLengthDecode|Crypt)" + _STOP)
_OBJECT_STREAM: Final = re.compile(rb"/ObjStm" + _STOP)
_PREDICTOR: Final = re.compile(rb"/Predictor\s*(?:[2-9]|1[0-9])")
_OBJECT: Final = re.compile(rb"\d+\s+\d+\s+obj")
_PAIRS: Final = re.compile(rb"\s*\d+\s+\d+\s")
_PEEK: Final = 64
_INFLATED_MOST: Final = 64 << 20
_DICTIONARY: Final = 4096


def check_pdf(data: bytes) -> bytes:
    """Give a PDF as it is. Raises Refused."""
    if not _END.search(data[-_TAIL:]):
        raise Refused(Reason.TWO_KINDS if b"%%EOF" in data else Reason.DAMAGED)
    _search(data)
    plain = _unescaped(data)
    if _PACKED.search(plain) and _HIDING.search(plain):
        raise Refused(Reason.UNCHECKABLE)
    room = _INFLATED_MOST
    for found in _STREAM.finditer(data):
        room -= _search_stream(data, found.start(), found.end(), room)
    return data


def _unescaped(data: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), data) if b"#" in data else data


def _search(data: bytes) -> None:
    for each in {data, _unescaped(data)}:
        for reason, names in _FORBIDDEN:
            if names.search(each):
                raise Refused(reason)


def _search_stream(data: bytes, start: int, begin: int, room: int) -> int:
    """Search one stream if it may hold objects; gives how many bytes came out of it."""
    before = _unescaped(data[max(0, start - _DICTIONARY) : start])
    dictionary = before[max((m.start() for m in _OBJECT.finditer(before)), default=0) :]
    holds_objects = bool(_OBJECT_STREAM.search(dictionary))
    if holds_objects and _PREDICTOR.search(dictionary):
        raise Refused(Reason.UNCHECKABLE)
    opener = zlib.decompressobj()
    window = memoryview(data)[begin:]
    try:
        head = opener.decompress(window[: _PEEK * 16], _PEEK)
    except zlib.error:
        if holds_objects and not _PAIRS.match(data[begin : begin + _PEEK]):
            raise Refused(Reason.UNCHECKABLE) from None
        return 0
    if not holds_objects and not _PAIRS.match(head):
        return 0
    opener = zlib.decompressobj()
    try:
        inside = opener.decompress(window, room + 1)
    except zlib.error:
        raise Refused(Reason.DAMAGED) from None
    if len(inside) > room:
        raise Refused(Reason.BOMB)
    _search(inside)
    return len(inside)
