"""Pictures, written anew with what makes the picture and nothing else.

A photograph says where and when it was taken, with which telephone, and often whose that is; behind its end there may
be anything at all. Refusing those would refuse nearly every photograph, so what is not the picture is left out: of
a JPEG all but the coding tables, the scans, the colour information and how to turn it; of a PNG all but the chunks
that draw. Nothing is decoded here: the dimensions are read, and too large a picture is refused.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from app.kernel.files.refusing import Reason, Refused

PNG_MARK: Final = b"\x89PNG\r\n\x1a\n"
JPEG_MARK: Final = b"\xff\xd8\xff"
_SIDE_MOST: Final = 20_000
_PIXELS_MOST: Final = 64_000_000

_DRAWING: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
)
_CRITICAL: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_UPPER: Final = 0x20
_HEADER: Final = 13

_EOI, _SOS = 0xD9, 0xDA
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended, progressive. No reader of documents needs the others."""
_TABLES: Final = frozenset({0xC4, 0xDB, 0xDD})
_APPLICATION: Final = frozenset(range(0xE0, 0xF0)) | {0xFE}
"""Of applications, and remarks: left out but for how colours are meant."""
_JFIF: Final = (0xE0, b"JFIF\0", 14)
_ADOBE: Final = (0xEE, b"Adobe", 12)
"""Marker, name, length without anything added."""
_ORIENTATION: Final = 0x0112
_TURNS: Final = range(2, 9)


def clean_png(data: bytes) -> bytes:
    """Give a PNG with the chunks that draw. Raises Refused."""
    kept, at, seen = bytearray(PNG_MARK), len(PNG_MARK), set[bytes]()
    while b"IEND" not in seen:
        if at + 12 > len(data):
            raise Refused(Reason.DAMAGED)
        (length,) = struct.unpack_from(">I", data, at)
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(
            data[end - 4 : end], "big"
        ):
            raise Refused(Reason.DAMAGED)
        if name not in _CRITICAL and not name[0] & _UPPER:
            raise Refused(Reason.UNCHECKABLE)
        if (not seen) != (name == b"IHDR"):
            raise Refused(Reason.DAMAGED)
        if name == b"IHDR":
            if length != _HEADER:
                raise Refused(Reason.DAMAGED)
            _measure(*struct.unpack_from(">II", data, at + 8))
        if name in _DRAWING:
            kept += data[at:end]
        seen.add(name)
        at = end
    if b"IDAT" not in seen:
        raise Refused(Reason.DAMAGED)
    return bytes(kept)


def clean_jpeg(data: bytes) -> bytes:
    """Give a JPEG with its tables, scans and colour information, and how to turn it. Raises Refused."""
    kept, at, turn, framed = bytearray(data[:2]), 2, 0, False
    marker, at = _marker(data, at)
    while marker != _EOI:
        end = _segment_end(data, at)
        body = data[at + 2 : end]
        stays = True
        if marker in _FRAMES:
            framed = _framed(body, framed=framed)
        elif marker == _SOS and framed:
            end = _scan_end(data, end)
        elif marker in _APPLICATION:
            turn = turn or _turn(marker, body)
            stays = _is_colour(marker, body)
        elif marker not in _TABLES:
            raise Refused(Reason.UNCHECKABLE)
        if stays:
            kept += bytes((0xFF, marker)) + data[at:end]
        marker, at = _marker(data, end)
    if not framed:
        raise Refused(Reason.DAMAGED)
    kept[2:2] = _turned(turn)
    return bytes(kept) + bytes((0xFF, _EOI))


def _segment_end(data: bytes, at: int) -> int:
    end = at + int.from_bytes(data[at : at + 2], "big")
    if at + 2 > len(data) or not at + 2 <= end <= len(data):
        raise Refused(Reason.DAMAGED)
    return end


def _measure(width: int, height: int) -> None:
    if not (0 < width <= _SIDE_MOST and 0 < height <= _SIDE_MOST and width * height <= _PIXELS_MOST):
        raise Refused(Reason.DIMENSIONS)


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Give the marker at a place, over fill bytes, and where its segment begins."""
    if data[at : at + 1] != b"\xff":
        raise Refused(Reason.DAMAGED)
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data):
        raise Refused(Reason.DAMAGED)
    return data[at], at + 1


def _framed(body: bytes, *, framed: bool) -> bool:
    if framed or len(body) < 6:  # noqa: PLR2004 — precision, height, width, components
        raise Refused(Reason.DAMAGED)
    height, width = struct.unpack_from(">HH", body, 1)
    _measure(width, height)
    return True


def _scan_end(data: bytes, at: int) -> int:
    """Give where the coded data of a scan ends: at the next marker that is no restart and no stuffed byte."""
    while (at := data.find(b"\xff", at)) != -1 and at + 1 < len(data):
        following = data[at + 1]
        if following == 0 or 0xD0 <= following <= 0xD7:  # noqa: PLR2004 — stuffed; restart markers
            at += 2
        elif following == 0xFF:  # noqa: PLR2004 — fill
            at += 1
        else:
            return at
    raise Refused(Reason.DAMAGED)


def _is_colour(marker: int, body: bytes) -> bool:
    """Tell whether an application's segment says how colours are meant: JFIF without a preview, Adobe."""
    if marker == _JFIF[0]:
        return body.startswith(_JFIF[1]) and len(body) == _JFIF[2] and body.endswith(b"\0\0")
    return marker == _ADOBE[0] and body.startswith(_ADOBE[1]) and len(body) == _ADOBE[2]


def _turn(marker: int, body: bytes) -> int:
    """Give how a photograph has to be turned (2 to 8), 0 where nothing is said."""
    if marker != 0xE1 or body[:6] != b"Exif\0\0":  # noqa: PLR2004 — APP1
        return 0
    tiff = body[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    try:
        (first,) = struct.unpack_from(f"{order or '>'}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order or '>'}H", tiff, first)
        for number in range(min(count, 200) if order else 0):
            tag, kind, many, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if (tag, kind, many) == (_ORIENTATION, 3, 1):
                return value if value in _TURNS else 0
    except struct.error:
        return 0
    return 0


def _turned(turn: int) -> bytes:
    """Give the smallest segment that says how to turn a picture; nothing where it stands upright."""
    if not turn:
        return b""
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turn, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
