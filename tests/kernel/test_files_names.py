"""Names of files: harmless on every system on the way in, whole and as a download on the way out."""

from __future__ import annotations

import pytest

from app.kernel.files.names import clean_name, disposition, extension_of

# Names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\brief.pdf", "brief.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com1.x.pdf", "_com1.x.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie_ x.pdf"),
        ('a"b<c>|d?*.pdf', "a_b_c__d__.pdf"),
        (" ... .pdf", "document.pdf"),
        (".pdf", "document.pdf"),
        ("\uff0fetc\uff0fpasswd.pdf", "_etc_passwd.pdf"),
        ("Cafe\u0301 d'e\u0301te\u0301.PDF", "Café d'été.pdf"),
        ("naam. . .pdf", "naam.pdf"),
        ("\u200b\ufeff.pdf", "document.pdf"),
    ],
)
def test_a_name_becomes_harmless(raw, clean):
    assert clean_name(raw, "pdf") == clean


def test_a_name_is_short_enough_for_every_system():
    for raw in ("x" * 5000 + ".pdf", "日" * 5000 + ".pdf", "e\u0301" * 400 + ".pdf"):
        name = clean_name(raw, "pdf")
        assert len(name) <= 120
        assert len(name.encode()) <= 200
        assert name.endswith(".pdf")
        assert clean_name(name, "pdf") == name


def test_the_extension_is_that_of_the_last_part():
    assert extension_of("a.pdf/b.TXT") == "txt"
    assert extension_of("a.txt\\pdf") == ""
    assert extension_of(".pdf") == extension_of("pdf") == ""
    assert extension_of("a.p\u200bdf") == "pdf"


def test_a_name_in_a_header_says_itself_twice_and_nothing_else():
    said = disposition("Café \u65e5 'x'(1).pdf")
    assert (
        said
        == "attachment; filename=\"Cafe _x_(1).pdf\"; filename*=UTF-8''Caf%C3%A9%20%E6%97%A5%20%27x%27%281%29.pdf"
    )
    assert disposition("日.pdf").startswith('attachment; filename=".pdf"') is False
    assert said.isascii()
