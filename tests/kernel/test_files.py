"""Which files are taken and which not, by what is in them (issue: wrong types, macros, zip bombs, names with paths)."""

from __future__ import annotations

import struct

import filecraft as make
import pytest

from app.kernel.files.inspecting import KINDS, inspect
from app.kernel.files.refusing import Reason, Refused
from app.kernel.i18n import LANGUAGES, knows, translate


def _why(name, data):
    with pytest.raises(Refused) as refused:
        inspect(name, data)
    return refused.value.reason


# What is taken ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", make.GOOD)
def test_a_good_file_of_each_kind_is_taken(name):
    taken = inspect(name, make.GOOD[name])
    assert name.rpartition(".")[2] in KINDS[taken.kind].extensions
    assert taken.name == name
    if taken.kind not in {"png", "jpeg", "pdf"}:
        assert taken.content == make.GOOD[name]


def test_every_kind_has_a_good_example_here():
    assert {inspect(name, data).kind for name, data in make.GOOD.items()} == set(KINDS)


@pytest.mark.parametrize("name", make.GOOD)
def test_a_file_cut_short_is_never_taken(name):
    data = make.GOOD[name]
    if name.endswith(".txt"):
        pytest.skip("half a text is a text")
    for end in (1, len(data) // 2, len(data) - 3):
        assert isinstance(_why(name, data[:end]), Reason)


@pytest.mark.parametrize("name", make.GOOD)
@pytest.mark.parametrize("extension", ["exe", "pdf.exe", "html", "docm", "", "pdf "])
def test_the_name_has_to_agree_with_the_content(name, extension):
    if extension.strip() == "pdf" and name.endswith(".pdf"):
        return
    assert _why(f"bestand.{extension}", make.GOOD[name]) is Reason.WRONG_EXTENSION


def test_nothing_is_refused_for_being_declared_otherwise_and_nothing_taken_for_it():
    assert _why("brief.pdf", make.png()) is Reason.WRONG_EXTENSION
    assert _why("brief.pdf", b"") is Reason.EMPTY
    assert _why("brief.txt", b" \r\n\t") is Reason.EMPTY


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a\x01\x00", b"MZ\x90\x00\x03", b"\x7fELF\x02\x01", b"Rar!\x1a\x07\x01\x00", b"\x1f\x8b\x08\x00\xff",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"RIFF\x00\x00\xff\xffWEBP", bytes(range(256)),
        "Tekst".encode("utf-16"), "Café".encode("latin-1"),
    ],
)  # fmt: skip
def test_other_kinds_are_not_taken(data):
    assert _why("x.txt", data) in {Reason.NOT_A_KIND, Reason.UNREADABLE_TEXT}


@pytest.mark.parametrize(
    "text",
    [
        "<html><script>alert(1)</script>", "  <!DOCTYPE html>", "<?xml version='1.0'?><svg/>", "<svg onload=x>",
        "#!/bin/sh\nrm", "{\\rtf1 x}", "BEGIN:VCALENDAR\r\nVERSION:2.0", "BEGIN:VCARD\n", "Received: from x\n",
        "MIME-Version: 1.0\n", "%!PS-Adobe", "\ufeff<HTML>",
    ],
)  # fmt: skip
def test_markup_scripts_calendars_and_mail_are_no_plain_text(text):
    assert _why("x.txt", text.encode()) is Reason.NOT_A_KIND


def test_a_text_with_control_characters_is_refused():
    for char in "\x00\x07\x1b\x7f":
        assert _why("x.txt", f"a{char}b".encode()) is Reason.UNREADABLE_TEXT


# Two kinds in one ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["brief.pdf", "nota.txt"])
def test_a_zip_behind_another_file_is_found(name):
    behind = make.zipped({"a.html": b"<script>"})
    assert _why(name, make.GOOD[name] + behind) in {
        Reason.TWO_KINDS,
        Reason.UNREADABLE_TEXT,
        Reason.NOT_A_KIND,
    }


def test_a_zip_whose_end_hides_in_a_pdf_is_found():
    hidden = make.zipped({"a.html": b"<script>"})
    end = hidden.rindex(b"PK\x05\x06")
    tail = b"\n%%EOF\n"
    comment = hidden[: end + 20] + struct.pack("<H", len(tail)) + tail
    assert _why("x.pdf", make.pdf()[:-7] + comment) is Reason.TWO_KINDS


def test_something_behind_the_end_of_a_pdf_is_found_and_something_before_it_too():
    assert _why("x.pdf", make.pdf(tail=b"MZ" * 600)) is Reason.TWO_KINDS
    assert _why("x.txt", b"GIF89a;" + make.pdf()) is Reason.TWO_KINDS
    assert _why("x.pdf", make.pdf(head=b"%PDF-1.4\n%<script>alert(1)</script>\n")) is Reason.TWO_KINDS


def test_something_before_between_or_behind_a_zip_is_found():
    good = make.docx()
    assert _why("x.docx", good + b"MZ program") is Reason.TWO_KINDS
    start = struct.unpack_from("<I", good, good.rindex(b"PK\x05\x06") + 16)[0]
    stuffed = good[:start] + bytes(5000) + good[start:]
    end = stuffed.rindex(b"PK\x05\x06")
    stuffed = stuffed[: end + 16] + struct.pack("<I", start + 5000) + stuffed[end + 20 :]
    assert _why("x.docx", stuffed) is Reason.TWO_KINDS


# Pictures -----------------------------------------------------------------------------------------------


def test_a_photograph_loses_place_and_remarks_and_keeps_how_to_turn_it():
    xmp = make.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + make.MARK)
    remark = make.segment(0xFE, make.MARK)
    data = make.jpeg(8, 8, make.exif(), xmp, remark, behind=make.zipped({"a": make.MARK}))
    taken = inspect("IMG_0001.JPG", data)
    assert taken.name == "IMG_0001.jpg"
    for gone in (b"50.8503", make.MARK, b"adobe", b"PK\x03\x04"):
        assert gone not in taken.content
    assert taken.content.count(b"Exif") == 1
    again = inspect("x.jpeg", taken.content)
    assert again.content == taken.content, "cleaning twice changes nothing more"
    assert inspect("x.jpg", make.jpeg(8, 8, make.exif(turn=1))).content == make.jpeg(), (
        "upright needs no word"
    )


def test_a_picture_loses_its_texts_and_what_stands_behind_it():
    data = make.png(3, 2, (b"tEXt", make.MARK), (b"eXIf", make.MARK), (b"iTXt", make.MARK), behind=make.MARK)
    assert inspect("x.png", data).content == make.png()


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (20_001, 1), (9_000, 9_000), (2**31, 2**31)])
def test_a_picture_of_impossible_size_is_refused(size):
    assert _why("x.png", make.png(*size)) is Reason.DIMENSIONS
    if max(size) < 2**16:
        assert _why("x.jpg", make.jpeg(*size)) is Reason.DIMENSIONS


def test_a_spoiled_picture_is_refused():
    good = make.png()
    assert _why("x.png", good.replace(b"IDAT", b"IDAX")) is Reason.DAMAGED
    assert _why("x.png", make.png(3, 2, (b"CHNK", b"x"))) is Reason.UNCHECKABLE
    assert _why("x.png", make.png(3, 2, (b"IHDR", b"x"))) is Reason.DAMAGED
    assert _why("x.jpg", make.jpeg(8, 8, make.segment(0xC9, b"x"))) is Reason.UNCHECKABLE
    assert _why("x.jpg", b"\xff\xd8\xff\xd9") is Reason.DAMAGED


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_says_what_to_do_in_every_language(language):
    for reason in Reason:
        assert knows(language, f"refusal.{reason}")
        assert make.MARK.decode() not in translate(language, f"refusal.{reason}")
