"""What is given out of a PDF, and the child process that reads it: shut in, and gone when it takes too much."""

import io
import subprocess
import sys
import zlib

import filecraft as make
import pikepdf
import pytest
from pikepdf import Dictionary, Name

from app.kernel.files import pdf
from app.kernel.files.inspecting import inspect
from app.kernel.files.refusing import Reason, Refused

HIDDEN = b"Vroeger-Verzonnen"


def why(data):
    with pytest.raises(Refused) as refused:
        inspect("x.pdf", data)
    return refused.value.reason


def opened(data):
    return pikepdf.open(io.BytesIO(inspect("x.pdf", data).content))


def saved(document, **options):
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def letter():
    """Give a letter of two pages with a bookmark, a link, a form field, a picture and properties."""
    document = pikepdf.open(io.BytesIO(make.pdf()))
    document.pages.append(document.pages[0])
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.URI, URI="https://example.invalid/a"),
    )
    looks = document.make_stream(b"0 0 9 9 re f", Subtype=Name.Form, BBox=[0, 0, 9, 9])
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T="naam",
            V="Verzonnen",
            Rect=[0, 0, 9, 9],
            AP=Dictionary(N=looks),
        )
    )
    picture = document.make_stream(
        bytes(12),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=2,
        Height=2,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
    )
    page = document.pages[0].obj
    page.Annots = pikepdf.Array([document.make_indirect(link), field])
    page.Resources.XObject = Dictionary(Im1=picture)
    document.Root.AcroForm = Dictionary(Fields=[field])
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Begin", 1))
    document.docinfo[Name.Title] = "Brief"
    return document


@pytest.mark.parametrize("mode", pikepdf.ObjectStreamMode.__members__)
def test_what_is_given_out_shows_the_same(mode):
    before = letter()
    after = opened(saved(before, object_stream_mode=pikepdf.ObjectStreamMode.__members__[mode]))
    assert len(after.pages) == 2
    for one, other in zip(before.pages, after.pages, strict=True):
        assert one.obj.Contents.read_bytes() == other.obj.Contents.read_bytes()
        assert other.obj.Resources.Font.F1.BaseFont == Name.Helvetica
    link, field = after.pages[0].obj.Annots
    assert str(link.A.URI) == "https://example.invalid/a"
    assert (str(field.V), field.AP.N.read_bytes()) == ("Verzonnen", b"0 0 9 9 re f")
    assert after.pages[0].obj.Resources.XObject.Im1.read_bytes() == bytes(12)
    assert [item.title for item in after.open_outline().root] == ["Begin"]
    assert str(after.docinfo.Title) == "Brief"
    assert not after.check_pdf_syntax()


def test_the_same_document_is_written_the_same_and_what_was_written_stays():
    data = saved(letter())
    once = inspect("x.pdf", data).content
    assert inspect("x.pdf", data).content == once
    twice = inspect("x.pdf", once).content
    assert inspect("x.pdf", twice).content == twice


def test_an_older_revision_is_gone():
    old = make.pdf(b"(" + HIDDEN + b")")
    at = len(old)
    new = b"7 0 obj\n(now)\nendobj\n"
    table = b"xref\n7 1\n%010d 00000 n \n" % at
    first = old.rindex(b"xref\n", 0, old.rindex(b"startxref"))
    end = b"trailer\n<< /Size 8 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (first, at + len(new))
    kept = inspect("x.pdf", old + new + table + end).content
    assert HIDDEN in inspect("x.pdf", old).content
    assert HIDDEN not in kept
    assert b"(now)" in kept


def test_what_nothing_leads_to_is_gone():
    assert b"(" + HIDDEN + b")" in zlib_free(
        make.bundled(b"/Kept 7 0 R", b"(" + HIDDEN + b")", code=bytes, said=b"")
    )
    kept = opened(make.bundled(b"", b"(" + HIDDEN + b")"))
    assert not [each for each in kept.objects if isinstance(each, pikepdf.String)]


def zlib_free(data):
    """Give a document without packed objects, to look into."""
    return saved(opened(data), object_stream_mode=pikepdf.ObjectStreamMode.disable)


def test_a_signature_is_left_out_and_how_it_looks_stays():
    document = letter()
    field = document.Root.AcroForm.Fields[0]
    field.FT = Name.Sig
    field.V = document.make_indirect(Dictionary(Type=Name.Sig, ByteRange=[0, 1, 2, 3], Contents=HIDDEN))
    document.Root.AcroForm.SigFlags = 3
    document.Root.Perms = Dictionary(DocMDP=field.V)
    document.Root.DSS = Dictionary()
    after = opened(saved(document))
    assert not {"/Perms", "/DSS"} & set(after.Root.keys())
    assert "/SigFlags" not in after.Root.AcroForm
    field = after.Root.AcroForm.Fields[0]
    assert "/V" not in field
    assert field.AP.N.read_bytes() == b"0 0 9 9 re f"
    assert not [each for each in after.objects if isinstance(each, Dictionary) and "/ByteRange" in each]


@pytest.mark.parametrize("user", ["", "geheim"])
def test_a_pdf_behind_a_password_is_refused_also_an_empty_one(user):
    assert why(saved(letter(), encryption=pikepdf.Encryption(owner="x", user=user))) is Reason.ENCRYPTED


def test_an_attached_file_and_a_script_made_by_a_program_are_refused():
    document = letter()
    document.attachments["x.txt"] = b"x"
    assert why(saved(document)) is Reason.EMBEDDED
    document = letter()
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    assert why(saved(document)) is Reason.SCRIPT


# The child ------------------------------------------------------------------------------------------------


def test_a_pdf_that_unpacks_to_far_too_much_is_refused():
    """A gigabyte and a half in one stream of objects: more than the child may hold."""
    packer = zlib.compressobj(1)
    block = bytes(1 << 24)

    def bomb(data):
        return packer.compress(data) + b"".join(packer.compress(block) for _ in range(96)) + packer.flush()

    reasons = {
        Reason.UNCHECKABLE,
        Reason.DAMAGED,
    }  # for want of memory qpdf dies, or finds that it cannot read it
    assert why(make.bundled(b"", code=bomb)) in reasons


def test_a_pdf_that_takes_too_much_of_the_processor_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "_SECONDS", 1)
    many = b"".join(b"<< /A %d >> " % number for number in range(1_000_000))
    assert why(make.bundled(b"/Kept [7 0 R]", b"[" + many + b"]")) is Reason.UNCHECKABLE


@pytest.mark.parametrize(
    "piece", [b"%/OpenAction\n", b"%/AA \n", b"%5 0 obj\n", b"stream\n", b"5 0 obj ", b"/AA<<"]
)
def test_a_pdf_made_to_be_slow_to_search_is_nothing_special(piece):
    stuffed = piece * ((1 << 20) // len(piece))
    hidden = piece.startswith(b"%")
    said = b"<< /OpenAction\n" + stuffed + b" [3 0 R /Fit] >>" if hidden else b"(" + stuffed + b")"
    assert inspect("x.pdf", make.pdf(said)).kind == "pdf"


def test_what_grows_when_it_is_written_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "_GROWTH", 0)
    monkeypatch.setattr(pdf, "_ROOM", 100)
    assert why(make.pdf()) is Reason.BOMB


@pytest.mark.parametrize(
    "child",
    [
        "import time; time.sleep(60)",
        "import os; os.abort()",
        "raise SystemExit(1)",
        "print('nonsense')",
        "print('')",
        "import sys; sys.stdout.buffer.write(bytes([255] * 9))",
    ],
)
def test_a_reader_that_hangs_dies_or_says_nothing_sensible_takes_nothing(child, monkeypatch, tmp_path):
    script = tmp_path / "reader.py"
    script.write_text(child)
    monkeypatch.setattr(pdf, "_READER", script)
    monkeypatch.setattr(pdf, "_SECONDS", 1)
    assert why(make.pdf()) is Reason.UNCHECKABLE


def test_a_reader_that_cannot_start_is_told_to_who_runs_the_house(monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(pdf, "_READER", tmp_path / "nowhere.py")
    assert why(make.pdf()) is Reason.UNCHECKABLE
    assert "pikepdf" in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
@pytest.mark.parametrize(
    ("tries", "says"),
    [
        ("bytearray(300 << 20)", "MemoryError"),
        ("open('/etc/hostname')", "OSError"),
        ("__import__('socket').socket()", "OSError"),
        ("__import__('subprocess').run(['true'])", "OSError"),
    ],
)
def test_the_child_has_nothing_to_reach_for(tries, says):
    """Its limits hold for it as for anything in it, also for root."""
    code = (
        "import sys, socket, runpy\n"
        f"shut = runpy.run_path({str(pdf._READER)!r})['_shut_in']\n"
        "shut(200 << 20, 5)\n"
        f"try: said = repr({tries})\n"
        "except Exception as error: said = type(error).__mro__\n"
        "print(said)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], env={}, capture_output=True, check=True, text=True
    )
    assert says in done.stdout
