"""Files for tests, built by hand: good ones of every kind, and pieces to spoil them with."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from app.kernel.files.inspecting import inspect

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


def pdf(*objects, head=b"%PDF-1.7\n", tail=b"", root=b"", trailer=b""):
    """Give a PDF of one page with further *objects* from number 7 on, each the bytes between `obj` and `endobj`.

    All of them can be reached. *root* and *trailer* are further entries of the catalogue and the trailer.
    """
    reached = b" ".join(b"%d 0 R" % number for number in range(6, 7 + len(objects)))
    written = [
        b"<< /Type /Catalog /Pages 2 0 R /Kept [" + reached + b"] " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length 40 >>\nstream\nBT /F1 12 Tf 20 100 Td (Verzonnen) Tj ET \nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"(" + MARK + b")",
        *objects,
    ]
    body, places = head, []
    for number, each in enumerate(written, 1):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, b"".join(places))
    said = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1,
        trailer,
        len(body),
    )
    return body + table + said + tail


def bundled(
    root, *objects, code=zlib.compress, said=b"/Filter /FlateDecode", opens=b"stream\n", beside=b"null"
):
    """Give a PDF whose catalogue (number 1, with more entries *root*) lies in a stream of objects, with *objects* from 7 on.

    *code* packs that stream, *said* says how in its dictionary, *opens* is what opens it; *beside* is object 4, in the clear.
    """
    inside = {1: b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>", **dict(enumerate(objects, 7))}
    header, texts = b"", b""
    for number, each in inside.items():
        header += b"%d %d " % (number, len(texts))
        texts += each + b"\n"
    coded = code(header + texts)
    plain = {
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
        4: beside,
        5: b"<< /Type /ObjStm /N %d /First %d /Length %d %s >>\n%s%s\nendstream"
        % (len(inside), len(header), len(coded), said, opens, coded),
    }
    body, rows = b"%PDF-1.7\n", {0: bytes(6)}
    for number, each in plain.items():
        rows[number] = b"\1" + len(body).to_bytes(4, "big") + b"\0"
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    for place, number in enumerate(inside):
        rows[number] = b"\2" + (5).to_bytes(4, "big") + bytes([place])
    rows[6] = b"\1" + len(body).to_bytes(4, "big") + b"\0"
    table = b"".join(row for _, row in sorted(rows.items()))
    said = b"/Type /XRef /Size %d /W [1 4 1] /Root 1 0 R /Length %d" % (len(rows), len(table))
    end = b"6 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        said,
        table,
        len(body),
    )
    return body + end


def packed(content, dictionary=b"/Filter /FlateDecode"):
    """Give the object of a packed stream."""
    data = zlib.compress(content)
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def kept(name, data):
    """Give what is kept of a good file."""
    return inspect(name, data).content


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
