"""PDF: searched for what acts by itself, wherever it stands, without believing the file's own table of contents.

A reader follows the cross-reference table; a broken one is repaired by searching the file. Two programs may so see two
documents. So we search all bytes, and everything that opens as a packed stream of objects, for the names of
actions: a name can be written in escapes (`#4A` for J), but a reader knows the name alone. What is coded in a way
that would hide objects from this search is refused, and so is what would take long to look at: the search reads
every byte a few times and no more.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from app.kernel.files.pdf_acting import UNKNOWN, Acting, spelt
from app.kernel.files.refusing import Reason, Refused

MARK: Final = b"%PDF-"
_END: Final = re.compile(rb"%%EOF\s*\Z")
_TAIL: Final = 1024
_STREAM: Final = re.compile(rb"stream\r?\n")
_NOT_A_STREAM: Final = b"end"


_ANY_VALUE: Final = re.compile(rb"\s{0,100}+(?:\d|<<|\[|%|\s)")
_PLAIN_VALUE: Final = re.compile(rb"\s{0,100}+(?:\d{1,10}+\s|<<)")
_KEYS: Final = (
    (Reason.ENCRYPTED, spelt("Encrypt"), _ANY_VALUE),
    (Reason.SCRIPT, spelt("JavaScript", "XFA"), _ANY_VALUE),
    (Reason.EMBEDDED, spelt("EmbeddedFiles", "Collection"), _ANY_VALUE),
    (Reason.EMBEDDED, spelt("EF"), _PLAIN_VALUE),  # so short a name stands in packed pictures by chance
)
"""Names that count where a value follows them."""
_VALUES: Final = (
    (
        Reason.SCRIPT,
        spelt("JavaScript", "Launch", "ImportData", "SubmitForm", "Rendition", "RichMedia", "GoTo3DView"),
    ),
    (
        Reason.EXTERNAL,
        spelt("GoToR"),
    ),  # opened by itself, it shows who opens it, and their password's hash, to a server
    (Reason.EMBEDDED, spelt("EmbeddedFile", "EmbeddedFiles", "GoToE", "FileAttachment", "Movie", "Sound")),
)
"""Names that count where they are a value, and not a piece of an address that somebody links to."""
_BEFORE_VALUE: Final = b" \t\r\n\f\0<>[](){}%"
_KEYS_BEFORE: Final = (b"/S", b"/Type", b"/Subtype")
_PACKED: Final = spelt("ObjStm", "XRef", "XRefStm")
_HIDING: Final = spelt("LZWDecode", "ASCIIHexDecode", "ASCII85Decode", "RunLengthDecode", "Crypt")
_OBJECT_STREAM: Final = spelt("ObjStm")
_FIRST: Final = spelt("First")
_NUMBER: Final = re.compile(rb"\s{0,20}+(\d{1,10}+)(?!\s{0,20}+\d)")
_PREDICTOR: Final = re.compile(spelt("Predictor").pattern + rb"\s{0,20}+(?:[2-9]|1[0-9])")
_PAIRS: Final = re.compile(rb"\s{0,20}+\d{1,10}+\s{1,20}+\d{1,10}+\s")
_PEEK: Final = 64
_INFLATED_MOST: Final = 64 << 20
_STREAMS_MOST: Final = 10_000
_UNENDED_MOST: Final = 20
_DICTIONARY: Final = 2048
_BLOCK: Final = 1 << 14


def check_pdf(data: bytes) -> bytes:
    """Give a PDF as it is. Raises Refused."""
    if not _END.search(data[-_TAIL:]):
        raise Refused(Reason.TWO_KINDS if b"%%EOF" in data else Reason.DAMAGED)
    _search(data)
    if _PACKED.search(data) and _HIDING.search(data):
        raise Refused(Reason.UNCHECKABLE)
    acting = Acting()
    acting.look(data)
    for text, _ in _packed(data):
        _search(text)
        acting.look(text)
    while acting.more():
        acting.objects(data)
        for text, first in _packed(data):
            if first is not None:
                acting.packed(text, first)
    return data


def _packed(data: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Give what each stream unpacks to that may hold objects, and where they begin in it; None: it holds none."""
    streams = _Streams(data)
    for found in _STREAM.finditer(data):
        if data[max(0, found.start() - 3) : found.start()] != _NOT_A_STREAM:
            yield from streams.unpacked(found.start(), found.end())


def _search(data: bytes) -> None:
    """Search bytes for names that act, hold or shut. Raises Refused."""
    for reason, names, value in _KEYS:
        if any(value.match(data, found.end()) for found in names.finditer(data)):
            raise Refused(reason)
    for reason, names in _VALUES:
        if any(_is_value(data, found.start()) for found in names.finditer(data)):
            raise Refused(reason)


def _is_value(data: bytes, at: int) -> bool:
    return at == 0 or data[at - 1] in _BEFORE_VALUE or data[max(0, at - 8) : at].endswith(_KEYS_BEFORE)


def _first(dictionary: bytes, *, whole: bool) -> int | None:
    """Give where the objects of a stream begin; None for a stream that plainly holds none. *whole*: nothing is cut off."""
    said = [found.end() for found in _FIRST.finditer(dictionary)]
    if whole and not said and not _OBJECT_STREAM.search(dictionary):
        return None
    number = _NUMBER.match(dictionary, said[0]) if whole and len(said) == 1 else None
    return int(number[1]) if number else UNKNOWN


class _Streams:
    """Unpacks the streams of one file that may hold objects, with an eye on how much they come to together."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._view = memoryview(data)
        self._ends = [found.start() for found in re.finditer(b"endstream", data)]
        self._room = _INFLATED_MOST
        self._seen = 0
        self._unended = 0

    def unpacked(self, start: int, begin: int) -> Iterator[tuple[bytes, int | None]]:
        """Give the text of one stream, if it may hold objects. Raises Refused."""
        self._seen += 1
        if self._seen > _STREAMS_MOST:
            raise Refused(Reason.UNCHECKABLE)
        before = self._data[max(0, start - _DICTIONARY) : start]
        dictionary = before[max(0, before.rfind(b" obj")) :]
        holds_objects = bool(_OBJECT_STREAM.search(dictionary))
        if holds_objects and _PREDICTOR.search(dictionary):
            raise Refused(Reason.UNCHECKABLE)
        first = _first(dictionary, whole=b" obj" in before)
        try:
            head = zlib.decompressobj().decompress(self._view[begin : begin + 16 * _PEEK], _PEEK)
        except zlib.error:
            if holds_objects and not _PAIRS.match(self._data, begin):
                raise Refused(Reason.UNCHECKABLE) from None
            if first is not None and _PAIRS.match(self._data, begin):
                yield self._as_it_is(begin), first
            return
        if holds_objects or _PAIRS.match(head):
            yield self._inflated(begin), first

    def _as_it_is(self, begin: int) -> bytes:
        """Give a stream that is not packed, to where it says it ends."""
        number = bisect_left(self._ends, begin)
        end = self._ends[number] if number < len(self._ends) else len(self._data)
        self._room -= end - begin
        if self._room < 0:
            raise Refused(Reason.BOMB)
        return self._data[begin:end]

    def _inflated(self, begin: int) -> bytes:
        """Unpack a stream to where it says it ends; on to the end of the file where that is not where the packing ends."""
        number = bisect_left(self._ends, begin)  # looked for once: ten thousand streams may share one end
        end = self._ends[number] if number < len(self._ends) else len(self._data)
        for until in (end, len(self._data)):
            inside, opener = bytearray(), zlib.decompressobj()
            for at in range(begin, until, _BLOCK):  # what stands behind the stream is copied by the opener
                try:
                    piece = self._view[at : min(at + _BLOCK, until)]
                    inside += opener.decompress(piece, self._room + 1 - len(inside))
                except zlib.error:
                    raise Refused(Reason.DAMAGED) from None
                if len(inside) > self._room:
                    raise Refused(Reason.BOMB)
                if opener.eof:
                    break
            if opener.eof:
                break
            self._unended += 1
            if self._unended > _UNENDED_MOST:
                raise Refused(Reason.UNCHECKABLE)
        self._room -= len(inside)
        return bytes(inside)
