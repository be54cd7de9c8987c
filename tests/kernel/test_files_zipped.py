"""Documents that are zips, and zips that are traps: macros, embedded files, fetching, bombs, paths."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile

import filecraft as make
import pytest

from app.kernel.files import zips
from app.kernel.files.inspecting import inspect
from app.kernel.files.refusing import Reason, Refused


def _why(name, data):
    with pytest.raises(Refused) as refused:
        inspect(name, data)
    return refused.value.reason


# Documents that are zips --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}, Reason.MACROS),
        ({"word/anything.xml": b"<x/>", "[Content_Types].xml": make.content_types(
            "application/vnd.ms-word.document.macroEnabled.main+xml")}, Reason.MACROS),
        ({"[Content_Types].xml": make.content_types(make._WORD, "application/vnd.ms-office.vbaProject")}, Reason.MACROS),
        ({"word/_rels/document.xml.rels": make.relations(("attachedTemplate", "https://example.invalid/x.dotm",
            ' TargetMode="External"'))}, Reason.EXTERNAL),
        ({"word/_rels/document.xml.rels": make.relations(("image", "https://example.invalid/x.png",
            ' TargetMode="Ext&#101;rnal"'))}, Reason.EXTERNAL),
        ({"word/_rels/document.xml.rels": make.relations(("hyperlink", "file:///c:/x", ' TargetMode="External"'))},
            Reason.EXTERNAL),
        ({"word/_rels/document.xml.rels": make.relations(("image", "//example.invalid/x.png", ""))}, Reason.EXTERNAL),
        ({"word/_rels/document.xml.rels": make.relations(("oleObject", "embeddings/o.bin", ""))}, Reason.EMBEDDED),
        ({"word/_rels/document.xml.rels": make.relations(("aFChunk", "a.html", ""))}, Reason.EMBEDDED),
        ({"word/embeddings/oleObject1.bin": b"x"}, Reason.EMBEDDED),
        ({"word/activeX/activeX1.xml": b"<x/>"}, Reason.EMBEDDED),
        ({"word/media/x.svg": b"<svg/>"}, Reason.EMBEDDED),
        ({"word/media/x.png": b"MZ\x90"}, Reason.EMBEDDED),
        ({"word/media/x.zip": b"PK"}, Reason.NESTED),
        ({"word/media/x.png": make.zipped({"a": b"b"})}, Reason.NESTED),
        ({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}, Reason.EXTERNAL),
        ({"word/document.xml": '<?xml version="1.0" encoding="UTF-16"?><x/>'.encode("utf-16")}, Reason.UNCHECKABLE),
        ({"word/document.xml": b"<x>"}, Reason.DAMAGED),
        ({"word/document.xml": b'<d xmlns:w="u"><w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\\\x</w:instrText></d>'},
            Reason.EXTERNAL),
        ({"word/document.xml": b'<d xmlns:w="u"><w:fldSimple w:instr="INCLUDETEXT \\\\x"/></d>'}, Reason.EXTERNAL),
        ({"word/document.xml": b"<d><object/></d>"}, Reason.EMBEDDED),
        ({"customUI/customUI.xml": b"<x/>"}, Reason.MACROS),
    ],
)  # fmt: skip
def test_a_word_document_that_runs_holds_or_fetches_is_refused(parts, reason):
    assert _why("x.docx", make.docx(**parts)) is reason


def test_a_part_of_empty_elements_takes_no_memory_for_each():
    part = b"<d>" + b"".join(b'<a b="%x"/>' % n for n in range(200_000)) + b"<instrText/></d>"
    tracemalloc.start()
    try:
        assert inspect("x.docx", make.docx(**{"word/document.xml": part})).kind == "docx"
        assert tracemalloc.get_traced_memory()[1] < 10 * len(part)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("formula", [b"|" * 200_000, b"|" + b" " * 200_000, b"|'" * 100_000])
def test_a_long_formula_is_looked_at_in_no_time(formula):
    part = b"<s><f>" + formula + b"</f></s>"
    began = time.monotonic()
    assert inspect("x.xlsx", make.xlsx(**{"xl/worksheets/sheet1.xml": part})).kind == "xlsx"
    assert time.monotonic() - began < 5
    part = b"<s><f>" + formula + b"cmd|'/c calc'!A0</f></s>"
    assert _why("x.xlsx", make.xlsx(**{"xl/worksheets/sheet1.xml": part})) is Reason.EXTERNAL


def test_elements_in_one_another_without_end_are_refused():
    deep = b"<d>" * 400 + b"</d>" * 400
    assert inspect("x.docx", make.docx(**{"word/document.xml": deep})).kind == "docx"
    deeper = b"<d>" * 100_000 + b"</d>" * 100_000
    assert _why("x.docx", make.docx(**{"word/document.xml": deeper})) is Reason.BOMB


def test_a_word_document_may_link_to_the_web_and_show_pictures():
    link = make.relations(
        ("hyperlink", "https://example.invalid/", ' TargetMode="External"'), ("image", "media/a.png", "")
    )
    parts = {"word/_rels/document.xml.rels": link, "word/media/a.png": make.png()}
    assert inspect("x.docx", make.docx(**parts)).kind == "docx"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"xl/macrosheets/sheet1.xml": b"<x/>"}, Reason.MACROS),
        ({"xl/_rels/workbook.xml.rels": make.relations(("externalLink", "externalLinks/e.xml", ""))}, Reason.EMBEDDED),
        ({"xl/worksheets/sheet1.xml": b"<s><f>cmd|'/c calc'!A0</f></s>"}, Reason.EXTERNAL),
        ({"xl/worksheets/sheet1.xml": b'<s><f>WEBSERVICE("http://x")</f></s>'}, Reason.EXTERNAL),
        ({"xl/worksheets/sheet1.xml": b'<s><f>_xlfn.IMAGE("http://x")</f></s>'}, Reason.EXTERNAL),
        ({"xl/connections.bin": b"x"}, Reason.EMBEDDED),
    ],
)  # fmt: skip
def test_a_workbook_that_runs_or_fetches_is_refused(parts, reason):
    assert _why("x.xlsx", make.xlsx(**parts)) is reason


_O = b'<o xmlns:o="u" xmlns:d="u" xmlns:xlink="u">%s</o>'


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"Basic/Standard/Module1.xml": b"<x/>"}, Reason.MACROS),
        ({"Scripts/python/a.py": b"x"}, Reason.MACROS),
        ({"content.xml": _O % b'<o:event-listener xlink:href="vnd.sun.star.script:x"/>'}, Reason.MACROS),
        ({"content.xml": _O % b"<d:object-ole/>"}, Reason.EMBEDDED),
        ({"Object 1/content.xml": b"<x/>"}, Reason.EMBEDDED),
        ({"content.xml": _O % b'<d:image xlink:href="https://example.invalid/x.png"/>'}, Reason.EXTERNAL),
        ({"content.xml": _O % b'<d:image xlink:href="../../x.png"/>'}, Reason.EXTERNAL),
        ({"content.xml": _O % b'<o:a xlink:href="javascript:x"/>'}, Reason.EXTERNAL),
        ({"content.xml": _O % b"<o:dde-connection/>"}, Reason.EXTERNAL),
        ({"META-INF/manifest.xml": _O % b"<o:encryption-data/>"}, Reason.ENCRYPTED),
        ({"mimetype": b"application/vnd.oasis.opendocument.presentation"}, Reason.NOT_A_KIND),
    ],
)  # fmt: skip
def test_an_open_document_that_runs_holds_or_fetches_is_refused(parts, reason):
    assert _why("x.odt", make.odt(**parts)) is reason


def test_a_zip_that_is_no_document_is_not_taken():
    assert _why("x.docx", make.zipped({"a.txt": b"x"})) is Reason.NOT_A_KIND
    assert _why("x.docx", make.docx("application/pdf")) is Reason.NOT_A_KIND
    assert _why("x.docx", make.zipped({})) is Reason.UNREADABLE_TEXT


# Bombs and paths ----------------------------------------------------------------------------------------


def test_an_entry_that_unpacks_to_hundreds_of_times_its_size_is_a_bomb():
    data = make.docx(**{"word/document.xml": b" " * (3 << 20)})
    assert len(data) < 10_000
    assert _why("x.docx", data) is Reason.BOMB


def test_entries_that_are_too_much_together_are_a_bomb(monkeypatch):
    monkeypatch.setattr(zips, "TOTAL_MOST", 10_000)
    parts = {f"word/p{n}.xml": b"<x>%s</x>" % bytes([97 + n]) * 90 for n in range(20)}
    assert inspect("x.docx", make.docx()).kind == "docx"
    assert _why("x.docx", make.docx(**parts)) is Reason.BOMB
    assert _why("x.docx", make.docx(**{f"word/p{n}.xml": b"" for n in range(2001)})) is Reason.BOMB


def test_a_size_that_lies_is_found():
    data = make.docx(**{"word/document.xml": b"<x>" + b" " * 5000 + b"</x>"})
    real, false = struct.pack("<I", 5007), struct.pack("<I", 10)
    assert data.count(real) == 2
    assert _why("x.docx", data.replace(real, false)) in {Reason.BOMB, Reason.DAMAGED}


def test_entries_that_lie_over_each_other_are_a_bomb():
    good = make.docx()
    directory = good.index(b"PK\x01\x02")
    second = good.index(b"PK\x01\x02", directory + 4)
    over = good[: second + 42] + struct.pack("<I", 0) + good[second + 46 :]
    assert _why("x.docx", over) in {Reason.BOMB, Reason.DAMAGED}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.xml",
        "/etc/passwd.xml",
        "word/../../x.xml",
        "c:\\x.xml",
        "word\\x.xml",
        "a//b.xml",
        "a/./b.xml",
        "x" * 300,
    ],
)
def test_parts_with_paths_are_refused(name):
    if "\\" in name:
        data = make.docx(**{name.replace("\\", "/"): b"<x/>"}).replace(
            name.replace("\\", "/").encode(), name.encode()
        )
    else:
        data = make.docx(**{name: b"<x/>"})
    assert _why("x.docx", data) is Reason.PATHS


def test_a_part_that_is_a_link_or_stands_twice_is_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", make.content_types())
        link = zipfile.ZipInfo("word/x.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert _why("x.docx", made.getvalue()) is Reason.PATHS
    twice = make.zipped(
        [("[Content_Types].xml", make.content_types()), ("word/A.xml", b"<x/>"), ("word/a.xml", b"<y/>")]
    )
    assert _why("x.docx", twice) is Reason.PATHS


def test_a_shut_zip_is_refused():
    good = make.docx()
    shut = good.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    assert shut != good
    assert _why("x.docx", shut) is Reason.ENCRYPTED
