"""Printing: one document, two forms, the same words; safe with any text, and readable for everybody."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from app.kernel.printing import (
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
    Signatures,
    as_docx,
    as_pdf,
)

_DAY = date(2026, 11, 22)
_EACH = (
    Heading("Doel"),
    Paragraph("Verzonnen zin."),
    Paragraph("Vet gezegd.", strong=True),
    Facts((("Plaats", "Stadhuis van Verzonnendam"),)),
    Bullets(("eerste punt", "tweede punt")),
    Bullets(("stap een", "stap twee"), numbered=True),
    Grid("Agenda", ("Nr", "Vraag"), (("1", "Wat nu?"), ("2", "En dan?")), (1, 4)),
    Heading("Ondertekening"),
    Signatures((("De burgemeester", "Datum:"),)),
)
_SAID = (
    "Doel", "Verzonnen zin.", "Vet gezegd.", "Plaats", "Stadhuis van Verzonnendam", "eerste punt", "stap twee", "Agenda",
    "Wat nu?", "De burgemeester",
)  # fmt: skip


def _document(*blocks: object, language: str = "nl", **more: str) -> Document:
    return Document("Verslag van de zitting", language, blocks or _EACH, _DAY, **more)  # type: ignore[arg-type]


def _pdf_text(made: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def _docx_text(made: bytes) -> str:
    written = docx.Document(io.BytesIO(made))
    return " ".join("".join(t.text or "" for t in written.element.iter(qn("w:t"))).split())


def test_both_forms_hold_every_word_of_the_document():
    document = _document(banner="LIVC R", reference="2026-0001")
    pdf, word = _pdf_text(as_pdf(document)), _docx_text(as_docx(document))
    for said in _SAID:
        assert said in pdf
        assert said in word
    assert "LIVC R" in pdf
    assert "2026-0001" in pdf


def test_the_same_document_gives_the_same_bytes():
    assert as_pdf(_document()) == as_pdf(_document())
    assert as_docx(_document()) == as_docx(_document())


def test_another_word_gives_other_bytes():
    assert as_pdf(_document()) != as_pdf(_document(Paragraph("Iets anders.")))
    assert as_docx(_document()) != as_docx(_document(Paragraph("Iets anders.")))


@pytest.mark.parametrize(("language", "spoken"), [("nl", "nl-BE"), ("fr", "fr-BE"), ("de", "de-BE")])
def test_a_pdf_is_tagged_and_says_its_language_and_title(language: str, spoken: str):
    reader = PdfReader(io.BytesIO(as_pdf(_document(language=language))))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == spoken
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata is not None
    assert reader.metadata.title == "Verslag van de zitting"
    said = root["/Metadata"].get_object().get_data()
    assert b"pdfuaid:part" in said
    assert b"pdfaid:part" in said


def test_a_docx_says_its_language_and_marks_the_head_of_a_table():
    made = as_docx(_document(language="fr"))
    written = docx.Document(io.BytesIO(made))
    assert written.tables[0].rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert [p.text for p in written.paragraphs if p.style and p.style.name == "Heading 1"] == [
        "Doel",
        "Ondertekening",
    ]
    with ZipFile(io.BytesIO(made)) as parts:
        assert b'w:val="fr-BE"' in parts.read("word/styles.xml")


@pytest.mark.parametrize(
    "said", ["#panic()", "$x^2$", "*vet* _schuin_", "<b>x</b> & y", "= kop", "@verwijzing", r"\u{41}"]
)
def test_nothing_in_a_text_is_read_as_markup(said: str):
    document = _document(Paragraph(said))
    assert said in _pdf_text(as_pdf(document))
    assert said in _docx_text(as_docx(document))


def test_what_no_page_can_hold_is_left_out_and_nothing_breaks():
    document = _document(Paragraph("een\x00 twee\x1b\u202e drie\u00a0!"))
    assert "een twee drie !" in _pdf_text(as_pdf(document)).replace("\u00a0", " ")
    assert "een twee drie !" in _docx_text(as_docx(document)).replace("\u00a0", " ")


@pytest.mark.parametrize("name", ["Εὐκλείδης", "Иван", "مريم", "שרה", "Žofia Łęcka"])
def test_names_in_other_scripts_are_printed(name: str):
    assert as_pdf(_document(Paragraph(name))).startswith(b"%PDF")
    assert name in _docx_text(as_docx(_document(Paragraph(name))))


def test_a_character_without_a_font_is_named_and_not_lost():
    made = _pdf_text(as_pdf(_document(Paragraph("naam 漢字 en 😀"), Paragraph("nog 語"))))
    for named in ("[U+6F22]", "[U+5B57]", "[U+1F600]", "[U+8A9E]"):
        assert named in made


def test_a_title_of_any_length_is_printed_whole():
    title = "Zeer lang " * 60
    document = Document(title.strip(), "nl", (Paragraph("x"),), _DAY)
    assert title.rsplit(maxsplit=1)[-1] in _docx_text(as_docx(document))
    assert as_pdf(document).startswith(b"%PDF")


def test_a_table_goes_on_over_pages_with_its_head():
    rows = tuple((str(n), f"Vraag {n}") for n in range(120))
    reader = PdfReader(io.BytesIO(as_pdf(_document(Grid("Agenda", ("Nr", "Vraag aan tafel"), rows)))))
    assert len(reader.pages) > 2
    for page in reader.pages[:-1]:
        assert "Vraag aan tafel" in page.extract_text()
