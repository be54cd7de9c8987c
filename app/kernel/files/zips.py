"""Opening a zip that somebody handed over: counted, measured and laid out before anything in it is believed.

What the table of contents says of sizes is a claim; it is refused when the claim is too much, and what comes out is
counted against it. One file from the first byte to the last: no room before, between or behind for another.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from app.kernel.files.refusing import Reason, Refused

MARK: Final = b"PK\x03\x04"
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_LOCAL: Final = 30
_GAP_MOST: Final = 1024
"""Between two entries stands at most an extra field and what follows the data of an entry."""
_ENTRIES_MOST: Final = 2000
_NAME_MOST: Final = 200
TOTAL_MOST: Final = 64 << 20
_RATIO_MOST: Final = 200
_RATIO_FROM: Final = 1 << 20
"""Smaller entries may be as repetitive as they like."""
_BLOCK: Final = 1 << 16
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_NAME: Final = re.compile(r"(?!/)[^\\:\x00-\x1f\x7f]+")
_ARCHIVES: Final = (MARK, _END, b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF")
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")
"""Programs, and the compound files that macros and old documents live in."""


class Zipped:
    """A zip whose lay-out was found in order. What it holds is still to be looked at."""

    def __init__(self, data: bytes) -> None:
        """Lay it out. Raises Refused."""
        if data[-_END_SIZE : -_END_SIZE + 4] != _END or data[-2:] != b"\0\0":
            raise Refused(Reason.TWO_KINDS if _END in data else Reason.DAMAGED)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
            raise Refused(Reason.DAMAGED) from None
        self._entries = self._zip.infolist()
        self._check(len(data))
        self.names = [entry.filename for entry in self._entries if not entry.is_dir()]

    def _check(self, size: int) -> None:
        entries = self._entries
        if not 0 < len(entries) <= _ENTRIES_MOST or sum(each.file_size for each in entries) > TOTAL_MOST:
            raise Refused(Reason.BOMB)
        for each in entries:
            _check_entry(each)
        if len({each.filename.casefold() for each in entries}) < len(entries):
            raise Refused(Reason.PATHS)
        at = 0
        for each in sorted(entries, key=lambda entry: entry.header_offset):
            if not at <= each.header_offset <= at + _GAP_MOST * (at > 0):
                raise Refused(Reason.BOMB if each.header_offset < at else Reason.TWO_KINDS)
            at = each.header_offset + _LOCAL + len(each.orig_filename.encode()) + each.compress_size
        if not at <= self._zip.start_dir <= at + _GAP_MOST or self._zip.start_dir > size:
            raise Refused(Reason.TWO_KINDS)

    def open_all(self) -> Iterator[tuple[str, bytes]]:
        """Give every file with its bytes, one after the other. Raises Refused for one that is not what it says it is."""
        for each in self._entries:
            if not each.is_dir():
                content = self._read(each)
                if content.startswith(_ARCHIVES):
                    raise Refused(Reason.NESTED)
                if content.startswith(_PROGRAMS):
                    raise Refused(Reason.EMBEDDED)
                yield each.filename, content

    def open_one(self, name: str) -> bytes:
        """Give one file. Raises Refused when it is not there."""
        try:
            return self._read(self._zip.getinfo(name))
        except KeyError:
            raise Refused(Reason.NOT_A_KIND) from None

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        content = bytearray()
        try:
            with self._zip.open(entry) as file:
                while block := file.read(_BLOCK):
                    content += block
                    if len(content) > entry.file_size:
                        raise Refused(Reason.BOMB)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
            raise Refused(Reason.DAMAGED) from None
        if len(content) != entry.file_size:
            raise Refused(Reason.DAMAGED)
        return bytes(content)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = name.removesuffix("/").split("/")
    if len(name) > _NAME_MOST or not _NAME.fullmatch(name) or {"", ".", ".."} & set(parts):
        raise Refused(Reason.PATHS)
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Refused(Reason.PATHS)
    if entry.flag_bits & _ENCRYPTED:
        raise Refused(Reason.ENCRYPTED)
    if entry.compress_type not in _METHODS:
        raise Refused(Reason.UNCHECKABLE)
    if entry.file_size > _RATIO_FROM and entry.file_size > _RATIO_MOST * max(entry.compress_size, 1):
        raise Refused(Reason.BOMB)
