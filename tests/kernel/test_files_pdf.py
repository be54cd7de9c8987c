"""What a PDF may hold and do: pages, pictures, links to click on, a way to its own pages. However it is spelt."""

import base64
import zlib

import filecraft as make
import pytest

from app.kernel.files import pdf_reading
from app.kernel.files.pdf_reading import Found, written_anew
from app.kernel.files.refusing import Reason

FETCHES = b"<< /S /URI /URI (http://example.invalid/who) >>"
WAY = b"<< /S /GoTo /D [3 0 R /Fit] >>"
LINK = b"<< /Type /Annot /Subtype /Link /A " + FETCHES + b" >>"
"""What somebody may click on; further objects of `make.pdf` and `make.bundled` are numbered from 7."""


def read(data):
    """Read and judge it here, without the child; what the child gives is looked at in test_files_pdf_reading.py."""
    return written_anew(data, 1 << 24)


def why(data):
    with pytest.raises(Found) as found:
        read(data)
    return Reason(str(found.value))


def everywhere(said):
    """Give documents in which *said* is an object: in the clear, in a stream of objects, one that nothing leads to."""
    yield make.pdf(LINK, said)
    yield make.bundled(b"/Kept [7 0 R 8 0 R]", LINK, said)
    yield make.bundled(b"", LINK, said)


# What is refused wherever it stands -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", Reason.SCRIPT),
        (b"<< /S /J#61va#53cript /X (x) >>", Reason.SCRIPT),
        (b"<< /S (JavaScript) >>", Reason.SCRIPT),
        (b"<< /OpenAction << /S /Launch /F (cmd.exe) >> >>", Reason.SCRIPT),
        (b"<< /AA << /O << /S /GoToR /D [0 /Fit] /F (\\\\host.invalid\\share) >> >> >>", Reason.EXTERNAL),
        (b"<< /S/SubmitForm/F(http://example.invalid) >>", Reason.SCRIPT),
        (b"<< /S/ImportData/F(x) >>", Reason.SCRIPT),
        (b"<< /S/Rendition/OP 0 >>", Reason.SCRIPT),
        (b"<< /Subtype/RichMedia >>", Reason.SCRIPT),
        (b"<< /Subtype/3D >>", Reason.SCRIPT),
        (b"<< /OnInstantiate 6 0 R >>", Reason.SCRIPT),
        (b"<< /XFA [ (x) ] >>", Reason.SCRIPT),
        (b"<< /XFA(x) >>", Reason.SCRIPT),
        (b"<< /Names << /JavaScript << /Names [] >> >> >>", Reason.SCRIPT),
        (b"<< /Names << /EmbeddedFiles 6 0 R >> >>", Reason.EMBEDDED),
        (b"<< /Type /EmbeddedFile >>", Reason.EMBEDDED),
        (b"<< /Type /Filespec /EF << /F 6 0 R >> >>", Reason.EMBEDDED),
        (b"<< /Collection << >> >>", Reason.EMBEDDED),
        (b"<< /S /GoToE /T << >> >>", Reason.EMBEDDED),
        (b"<< /Subtype /FileAttachment >>", Reason.EMBEDDED),
        (b"<< /Subtype /Movie >>", Reason.EMBEDDED),
        (b"<< /S /Sound >>", Reason.EMBEDDED),
        (b"<< /S /GoToR /F (x) >>", Reason.EXTERNAL),
        (b"<< /S /Thread /F (x) >>", Reason.EXTERNAL),
        (b"<< /FS /URL /F (http://example.invalid/x) >>", Reason.EXTERNAL),
        (b"<< /PresSteps << /NA " + FETCHES + b" >> >>", Reason.EXTERNAL),
        (b"[[<< /A [<< /S /Launch >>] >>]]", Reason.SCRIPT),
    ],
)
def test_a_pdf_that_acts_holds_or_fetches_is_refused(said, reason):
    assert [why(data) for data in everywhere(said)] == [reason] * 3


@pytest.mark.parametrize(
    "key", [b"/F << /FS /URL /F (http://example.invalid) >>", b"/Ref << /F (x) >>", b"/OPI << >>"]
)
def test_a_stream_that_lies_in_another_file_is_refused(key):
    stream = b"<< /Type /XObject /Subtype /Image " + key + b" /Length 1 >>\nstream\nx\nendstream"
    assert why(make.pdf(stream)) is Reason.EXTERNAL


@pytest.mark.parametrize(
    "spelt",
    [
        b"<< /#53 /JavaScript >>",
        b"<< /S\0/JavaScript >>",
        b"<< /S%x\n/JavaScript >>",
        b"<< /S 8 0 R >>",
        b"<< /JavaScript\0 6 0 R >>",
        b"<< /Java#53cript%x\n6 0 R >>",
        b"<< /JS\0(x) >>",
        b"<< /X#46A\0(x) >>",
        b"<< /S#75btype/RichMedia >>",
        b"<< /#53\0%x\n/La#75nch >>",
    ],
)
def test_it_is_refused_however_it_is_spelt(spelt):
    assert why(make.pdf(spelt, b"/JavaScript")) is Reason.SCRIPT
    assert why(make.bundled(b"/Kept 7 0 R", spelt, b"/JavaScript")) is Reason.SCRIPT


def test_the_shortest_way_round_a_search_of_bytes_is_none():
    names = b"/Names << /Dests 7 0 R /JavaScript\0" + b"8 0 R >>"
    tree = b"<< /Names [(a) << /#53/JavaScript/JS(app.alert(2)) >>] >>"
    assert why(make.pdf(b"<< /Names [] >>", tree, root=names)) is Reason.SCRIPT


def _rows(data):
    """Give bytes as a predictor leaves them: a nought before each three."""
    return b"".join(b"\0" + data[at : at + 3].ljust(3) for at in range(0, len(data), 3))


def _twice(data):
    return zlib.compress(zlib.compress(data))


def _hexed(data):
    return zlib.compress(data).hex().encode() + b">"


PACKED = {
    "two filters": {"code": _twice, "said": b"/Filter [/FlateDecode /FlateDecode]"},
    "filters elsewhere": {"code": _twice, "said": b"/Filter 4 0 R", "beside": b"[/FlateDecode /FlateDecode]"},
    "as figures": {"code": _hexed, "said": b"/Filter [/ASCIIHexDecode /FlateDecode]"},
    "as letters": {"code": lambda data: base64.a85encode(data) + b"~>", "said": b"/Filter /ASCII85Decode"},
    "not packed": {"code": bytes, "said": b""},
    "a predictor": {
        "code": lambda data: zlib.compress(_rows(data)),
        "said": b"/Filter /FlateDecode /DecodeParms << /Columns 3 /Predictor%x\n012 >>",
    },
    "a predictor elsewhere": {
        "code": lambda data: zlib.compress(_rows(data)),
        "said": b"/Filter /FlateDecode /DecodeParms 4 0 R",
        "beside": b"<< /Columns 3 /Predictor 12 >>",
    },
    "a comment in front": {
        "code": zlib.compress,
        "said": b"/Filter /FlateDecode /X ( obj)",
    },
    "a long dictionary": {"said": b"/Filter /FlateDecode /X (" + b"x" * 3000 + b")"},
    "a name in escapes": {"said": b"/F#69lter /Flate#44ecode"},
}


@pytest.mark.parametrize("packing", PACKED)
def test_it_is_refused_however_it_is_packed(packing):
    for begins in (b"/OpenAction ", b"/AA << /O "):
        ends = b" >>" if b"AA" in begins else b""
        assert why(make.bundled(begins + FETCHES + ends, **PACKED[packing])) is Reason.EXTERNAL
        script = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
        assert why(make.bundled(begins + script + ends, **PACKED[packing])) is Reason.SCRIPT
        assert read(make.bundled(begins + WAY + ends, **PACKED[packing]))


@pytest.mark.parametrize("opens", [b"stream \n", b"stream\r", b"stream\t\r\n", b"stream\0\n"])
def test_a_stream_that_opens_oddly_hides_nothing(opens):
    assert why(make.bundled(b"/OpenAction " + FETCHES, opens=opens)) in {
        Reason.EXTERNAL,
        Reason.UNCHECKABLE,
        Reason.DAMAGED,
    }


@pytest.mark.parametrize("kind", [b"/ObjStm", b"/XRef"])
def test_a_bundle_that_is_kept_as_if_it_were_a_picture_is_refused(kind):
    stream = make.packed(b"7 0 << /S /JavaScript >>", b"/Type %s /N 1 /First 4 /Filter /FlateDecode" % kind)
    assert why(make.pdf(stream)) is Reason.UNCHECKABLE


# What happens by itself -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        b"<< /OpenAction " + FETCHES + b" >>",
        b"<</OpenAction<</S/URI/URI(http://example.invalid)>>>>",
        b"<< /Open#41ction " + FETCHES + b" >>",
        b"<< /OpenAction%why\n" + FETCHES + b" >>",
        b"<< /OpenAction\0" + FETCHES + b" >>",
        b"<< /OpenAction << /S /#55RI /URI (x) >> >>",
        b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /Next " + FETCHES + b" >> >>",
        b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [" + WAY + FETCHES + b"] >> >>",
        b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /Ne#78t " + FETCHES + b" >> >>",
        b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /URI (x) >> >>",
        b"<< /OpenAction << /S /GoTo /D [" + FETCHES + b" /Fit] >> >>",
        b"<< /OpenAction [3 0 R /XYZ " + FETCHES + b"] >>",
        b"<< /OpenAction << /S 9 0 R /URI (x) >> >>",
        b"<< /OpenAction << /S /Thread >> >>",
        b"<< /OpenAction << /S /Named /N /Print >> >>",
        b"<< /OpenAction << >> >>",
        b"<< /OpenAction 1 >>",
        b"<< /AA << /O " + FETCHES + b" >> >>",
        b"<< /AA << /C " + WAY + b" /O " + FETCHES + b" >> >>",
        b"<< /A#41 << /PV " + FETCHES + b" >> >>",
        b"<< /AA%why\n<< /O " + FETCHES + b" >> >>",
        b"<< /AA [" + FETCHES + b"] >>",
        b"<< /Kids [<< /AA << /Fo << /S /URI /URI (x) /IsMap true >> >> >>] >>",
        b"<< /AA << /a#e9 " + FETCHES + b" >> >>",
    ],
)
def test_what_is_fetched_by_itself_is_refused_wherever_it_stands(said):
    assert [why(data) for data in everywhere(said)] == [Reason.EXTERNAL] * 3


@pytest.mark.parametrize("acts", [b"JavaScript", b"Launch", b"SubmitForm", b"ImportData", b"GoToR"])
@pytest.mark.parametrize("begins", [b"<< /OpenAction %s >>", b"<< /AA << /O %s >> >>"])
def test_what_acts_otherwise_is_refused_as_it_is_everywhere(begins, acts):
    reason = Reason.EXTERNAL if acts == b"GoToR" else Reason.SCRIPT
    assert why(make.pdf(begins % (b"<< /S /%s /F (x) >>" % acts))) is reason


@pytest.mark.parametrize(
    "said",
    [
        b"<< /OpenAction [3 0 R /XYZ null null 0] >>",
        b"<< /OpenAction[3 0 R/FitH 800]/Lang(nl)>>",
        b"<< /OpenAction [0 /Fit] >>",
        b"<< /OpenAction " + WAY + b" >>",
        b"<</OpenAction<</Type/Action/S/GoTo/D[3 0 R/Fit]>>>>",
        b"<</OpenAction<</S/GoTo/D(chapter \\(1\\))>>>>",
        b"<< /OpenAction << /D /begin /S /GoTo >> >>",
        b"<< /OpenAction << /S /GoTo /D <62 65> >> >>",
        b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [] >> >>",
        b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /Next " + WAY + b" >> >>",
        b"<< /OpenAction << /S /Named /N /FirstPage >> >>",
        b"<< /OpenAction null >>",
        b"<< /OpenAction 99 0 R >>",
        b"<< /AA << /O " + WAY + b" /C << /S /Named /N /NextPage >> >> >>",
        b"<< /AA << >> >>",
        b"<< /Title (/AA and so on, /S /JavaScript) >>",
        b"<< /Font << /AA 3 0 R /JS 3 0 R /EF 3 0 R >> /RoleMap << /S /Sound >> >>",
        b"<< /a#e9#ff 3 0 R /#fe /#fd >>",
    ],
)
def test_to_go_to_a_page_of_its_own_is_taken_also_with_links_in_it(said):
    for data in everywhere(said):
        assert read(data).startswith(b"%PDF-1.7")


def test_what_is_only_called_like_an_action_is_not_looked_past():
    """An object that is a font's name in one place and what acts in another is judged as what acts."""
    acts = b"<< /JS (x) >>"
    assert why(make.pdf(b"<< /Font 8 0 R /Next 8 0 R >>", acts)) is Reason.SCRIPT
    assert why(make.pdf(b"<< /Font << /F1 8 0 R >> >>", acts)) is Reason.SCRIPT


@pytest.mark.parametrize(
    "begins", [b"<< /OpenAction 8 0 R >>", b"<< /AA << /O 8 0 R >> >>", b"<< /AA 9 0 R >>"]
)
def test_it_counts_the_same_in_an_object_of_its_own(begins):
    for inside, event in ((FETCHES, b"<< /O 8 0 R >>"), (WAY, b"<< /O 8 0 R /C 8 0 R >>")):
        for data in (make.pdf(begins, inside, event), make.bundled(b"/X 7 0 R", begins, inside, event)):
            if inside is WAY:
                assert read(data)
            else:
                assert why(data) is Reason.EXTERNAL


def test_actions_that_follow_one_another_for_ever_are_refused():
    assert why(make.pdf(b"<< /OpenAction 8 0 R >>", WAY.replace(b">>", b"/Next 8 0 R >>"))) is Reason.EXTERNAL


def test_an_address_that_holds_the_name_of_an_action_is_no_action():
    for path in (b"JavaScript", b"Launch", b"Collection", b"Sound/x", b"EmbeddedFile"):
        assert read(make.pdf(b"<< /S /URI /URI (https://example.invalid/" + path + b") >>"))


# What is not whole ----------------------------------------------------------------------------------------


def test_what_a_reader_would_have_to_mend_is_refused():
    good = make.pdf()
    damaged = (
        good.replace(b"startxref\n", b"startxref\n1"),
        good.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [     ] /Count 0"),
    )
    odd = (
        good.replace(b"/Length 40", b"/Length 30"),
        good.replace(b"/Size 7", b"/Size 9"),
        make.pdf(b"<< /A 1 /A 2 >>"),
        make.pdf(b"<< /A 1 >> more"),
        make.pdf(b"[" * 2000 + b"]" * 2000),
    )
    assert [why(each) for each in damaged] == [Reason.DAMAGED] * 2
    assert [why(each) for each in odd] == [Reason.UNCHECKABLE] * 5


@pytest.mark.parametrize("how", [b"6 0 R", b"<< /Filter /Standard /V 9 >>", b"<</Filter/Adobe.PubSec/V 4>>"])
def test_a_pdf_that_says_it_is_shut_is_refused(how):
    assert why(make.pdf(trailer=b"/Encrypt " + how)) is Reason.ENCRYPTED
    assert why(make.pdf(trailer=b"/Encrypt\0" + how)) is Reason.ENCRYPTED


def test_every_reason_that_is_given_is_one_of_ours():
    given = {
        value for name, value in vars(pdf_reading).items() if name[1:].isupper() and isinstance(value, str)
    }
    given -= {pdf_reading._AT_OPENING, pdf_reading._AT_EVENTS}
    assert {Reason(code) for code in given} >= {Reason.SCRIPT, Reason.EMBEDDED, Reason.EXTERNAL, Reason.BOMB}
