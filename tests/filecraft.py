"""Files for tests, built by hand: good ones of every kind, and pieces to spoil them with."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

MARK = b"Zorgwekkende-Inhoud-Verzonnen"
"""Stands in the files, so that a test can look where it has gone."""


def png(width=3, height=2, *extra, behind=b""):
    """Give a PNG; *extra* are (name, data) of further chunks."""
    rows = zlib.compress(bytes(min(height, 10) * (1 + 3 * min(width, 10))))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", rows), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body + behind


def segment(marker, data):
    """Give one segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def exif(turn=6, place=b"50.8503 N 4.3517 E"):
    """Give the segment of a telephone: how to turn the picture, and where it was taken."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, turn, 0)
    return segment(0xE1, b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4) + place)


def jpeg(width=8, height=8, *extra, scan=b"\x12\xff\x00\x34\xff\xd0\x56", behind=b""):
    """Give a JPEG in lay-out; nobody decodes it."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    parts = [
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        *extra,
        segment(0xDB, bytes(65)),
        segment(0xC0, frame),
    ]
    parts += [segment(0xC4, bytes(20)), segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"), scan, b"\xff\xd9", behind]
    return b"\xff\xd8" + b"".join(parts)


def pdf(*objects, head=b"%PDF-1.7\n", tail=b""):
    """Give a PDF with further *objects*, each the bytes between `obj` and `endobj`."""
    written = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"(" + MARK + b")",
        *objects,
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(written, 1))
    return head + body + b"trailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n" + tail


def packed(content, dictionary=b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"):
    """Give the object of a packed stream."""
    data = zlib.compress(content)
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(data), data)


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def content_types(main=_WORD, *more):
    """Give the list of parts of an office document."""
    parts = "".join(
        f'<Override PartName="/part{n}" ContentType="{kind}"/>' for n, kind in enumerate((main, *more))
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="urn:types">{parts}</Types>'.encode()


def relations(*each):
    """Give a part of relations: each is (type, target, mode)."""
    lines = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS}{kind}" Target="{target}"{mode}/>'
        for n, (kind, target, mode) in enumerate(each)
    )
    return f'<Relationships xmlns="urn:relations">{lines}</Relationships>'.encode()


def zipped(parts, **options):
    """Give a zip of (name, content) pairs or of a mapping."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, content, **options)
    return made.getvalue()


def docx(main=_WORD, **parts):
    """Give a Word document; *parts* replace or add parts (`None` leaves one out) under their names."""
    body = b'<w:document xmlns:w="urn:w"><w:body><w:p><w:t>' + MARK + b"</w:t></w:p></w:body></w:document>"
    kept = {
        "[Content_Types].xml": content_types(main),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", "")),
        "word/document.xml": body,
    }
    return zipped({name: each for name, each in (kept | parts).items() if each is not None})


def xlsx(**parts):
    """Give an Excel workbook."""
    sheet = b'<worksheet xmlns="urn:x"><row><c><v>1</v></c><c><f>SUM(A1:A2)</f></c></row></worksheet>'
    return docx(_EXCEL, **({"word/document.xml": None, "xl/worksheets/sheet1.xml": sheet} | parts))


def odt(**parts):
    """Give a text of OpenDocument."""
    content = (
        b'<office:document-content xmlns:office="urn:o" xmlns:text="urn:t" xmlns:xlink="urn:x"><office:scripts/>'
        b"<text:p>"
        + MARK
        + b'</text:p><text:a xlink:href="https://example.invalid/">x</text:a></office:document-content>'
    )
    kept = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": content,
        "META-INF/manifest.xml": b'<manifest:manifest xmlns:manifest="urn:m"/>',
    }
    return zipped({name: each for name, each in (kept | parts).items() if each is not None})


GOOD = {
    "brief.pdf": pdf(),
    "plan.png": png(),
    "foto.jpg": jpeg(),
    "nota.txt": "Gewone tekst, geen é te veel.\r\n".encode() + MARK,
    "verslag.docx": docx(),
    "lijst.xlsx": xlsx(),
    "brief.odt": odt(),
}
