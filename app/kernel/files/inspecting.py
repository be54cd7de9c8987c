"""What kind a file is, by what is in it, and whether it is taken.

Neither the name nor what the sender declares decides: the content does, and the name has to agree. A kind is read
from the first byte to the last, so a guess from the beginning of a file, as detectors of types make it, would not do.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Final

from app.kernel.files import documents, images, pdf, texts, zips
from app.kernel.files.names import clean_name, extension_of
from app.kernel.files.refusing import Reason, Refused


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken: how it is declared on the way out, which extensions agree with it (the usual one first)."""

    media_type: str
    extensions: tuple[str, ...]


KINDS: Final[dict[str, FileKind]] = {
    "pdf": FileKind("application/pdf", ("pdf",)),
    "png": FileKind("image/png", ("png",)),
    "jpeg": FileKind("image/jpeg", ("jpg", "jpeg")),
    "text": FileKind("text/plain; charset=utf-8", ("txt",)),
    "docx": FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "odt": FileKind(documents.ODT, ("odt",)),
}
"""Everything that is taken. Calendars and mail are not: they carry other files and other people's addresses."""

_MARKUP: Final = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php")
_HEAD: Final = 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it may be kept."""

    kind: str
    name: str
    content: bytes


def inspect(raw_name: str, data: bytes) -> Taken:
    """Give a file as it may be kept: its kind, a harmless name, its content (pictures and PDF written anew).

    Raises Refused with the one reason found first.
    """
    if not data:
        raise Refused(Reason.EMPTY)
    kind, content = _read(data)
    extension = extension_of(raw_name)
    if extension not in KINDS[kind].extensions:
        raise Refused(Reason.WRONG_EXTENSION)
    return Taken(kind, clean_name(raw_name, extension), content)


def _read(data: bytes) -> tuple[str, bytes]:
    if data.startswith(zips.MARK):
        return documents.check_document(data), data
    if data.startswith(images.PNG_MARK):
        kind, content = "png", images.clean_png(data)
    elif data.startswith(images.JPEG_MARK):
        kind, content = "jpeg", images.clean_jpeg(data)
    elif data.startswith(pdf.MARK):
        if _is_something_else_too(
            "pdf", data
        ):  # a picture is taken out of what is around it; a PDF has nothing around it
            raise Refused(Reason.TWO_KINDS)
        kind, content = "pdf", pdf.check_pdf(data)
    else:
        kind, content = "text", texts.check_text(data)
    if _is_something_else_too(kind, content):
        raise Refused(Reason.TWO_KINDS)
    return kind, content


def _is_something_else_too(kind: str, content: bytes) -> bool:
    """Tell whether another program would see another file: a zip is found by its end, a PDF near its beginning."""
    head = content[:_HEAD].lower()
    others = list(_MARKUP if kind == "pdf" else (*_MARKUP, pdf.MARK.lower()))
    if kind == "text":
        others = [pdf.MARK.lower()]
    return zipfile.is_zipfile(io.BytesIO(content)) or any(mark in head for mark in others)
