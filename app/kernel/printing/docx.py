"""A document as DOCX, for those who edit it: real headings, lists and table heads, and the same words as the PDF."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.kernel.printing.blocks import (
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
    Signatures,
    printable,
)

if TYPE_CHECKING:
    from docx.document import Document as Written

_LONGEST_TITLE = 255
"""Of the properties of a DOCX."""
_LANGUAGES = {"nl": "nl-BE", "fr": "fr-BE", "de": "de-BE", "en": "en-GB"}


def as_docx(document: Document) -> bytes:
    """Write a document as DOCX, the same bytes for the same document."""
    import docx

    document = printable(document)
    written = docx.Document()
    properties = written.core_properties
    properties.title = document.title[:_LONGEST_TITLE]
    properties.author = properties.last_modified_by = "LIVC R"
    properties.language = _LANGUAGES[document.language]
    properties.created = properties.modified = datetime.combine(document.made_on, time(12))
    _speak(written, _LANGUAGES[document.language])
    section = written.sections[0]
    section.header.paragraphs[0].text = "\t".join(
        part for part in (document.banner, document.watermark, document.reference) if part
    )
    section.footer.paragraphs[0].text = document.title
    written.add_heading(document.title, level=0)
    for block in document.blocks:
        _write(written, block, "\u00a0:" if document.language == "fr" else ":")
    file = io.BytesIO()
    written.save(file)
    return _undated(file, document)


def _undated(file: io.BytesIO, document: Document) -> bytes:
    """Pack the parts anew with the document's own day: what was handed over can be told by its digest."""
    made_on = (document.made_on.year, document.made_on.month, document.made_on.day, 12, 0, 0)
    packed = io.BytesIO()
    with ZipFile(file) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as anew:
        for name in sorted(parts.namelist()):
            anew.writestr(ZipInfo(name, made_on), parts.read(name), ZIP_DEFLATED)
    return packed.getvalue()


def _speak(written: Written, language: str) -> None:
    """Say in which language the text is, for screen readers and spelling; and repeat nothing of the template's own."""
    from docx.oxml.ns import qn

    for style in written.styles.element.iter(qn("w:lang")):
        for script in ("w:val", "w:eastAsia"):
            style.set(qn(script), language)


def _write(written: Written, block: Block, colon: str) -> None:
    if isinstance(block, Heading):
        written.add_heading(block.text, level=block.level)
    elif isinstance(block, Paragraph):
        run = written.add_paragraph().add_run(block.text)
        run.bold = block.strong or None
    elif isinstance(block, Facts):
        for name, said in block.rows:
            paragraph = written.add_paragraph()
            paragraph.add_run(f"{name}{colon} ").bold = True
            paragraph.add_run(said)
    elif isinstance(block, Bullets):
        for item in block.items:
            written.add_paragraph(item, style="List Number" if block.numbered else "List Bullet")
    elif isinstance(block, Grid):
        _table(written, block)
    elif isinstance(block, Signatures):
        for who, said in block.places:
            written.add_paragraph().add_run(who).bold = True
            written.add_paragraph(said)


def _table(written: Written, grid: Grid) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    written.add_paragraph().add_run(grid.caption).bold = True
    table = written.add_table(rows=1, cols=len(grid.head), style="Table Grid")
    head: Any = table.rows[0]
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 — the library has no other way to mark a head
    for cell, text in zip(head.cells, grid.head, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for row in grid.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
