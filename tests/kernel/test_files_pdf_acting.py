"""What a PDF may do by itself: go to one of its own pages. An address is for who clicks on it, not for who opens the file."""

import time
from contextlib import suppress
from hashlib import sha512

import filecraft as make
import pytest

from app.kernel.files.inspecting import inspect
from app.kernel.files.refusing import Reason, Refused

FETCHES = b"<< /S /URI /URI (http://example.invalid/who) >>"
WAY = b"<< /S /GoTo /D [2 0 R /Fit] >>"
LINK = b"<< /Type /Annot /Subtype /Link /A " + FETCHES + b" >>"
"""What somebody may click on; the objects of `make.pdf` are numbered from 4."""


def why(*objects):
    with pytest.raises(Refused) as refused:
        inspect("x.pdf", make.pdf(*objects))
    return refused.value.reason


def is_taken(*objects):
    return inspect("x.pdf", make.pdf(LINK, *objects)).kind == "pdf"


def bundle(*numbered, dictionary=b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode", between=b" "):
    """A stream of objects, each (number, text)."""
    header, body = b"", b""
    for number, each in numbered:
        header += b"%d%s%d " % (number, between, len(body))
        body += each + b"\n"
    return make.packed(header + body, dictionary % (len(numbered), len(header)))


@pytest.mark.parametrize(
    "said",
    [
        b"<< /OpenAction " + FETCHES + b" >>",
        b"<</OpenAction<</S/URI/URI(http://example.invalid)>>>>",
        b"<< /Open#41ction " + FETCHES + b" >>",
        b"<< /OpenAction%why\n" + FETCHES + b" >>",
        b"<< /OpenAction\0" + FETCHES + b" >>",
        b"<< /OpenAction << /S /#55RI /URI (x) >> >>",
        b"<< /OpenAction << /S /GoTo /D [2 0 R /Fit] /Next " + FETCHES + b" >> >>",
        b"<< /OpenAction << /S /GoTo /D [2 0 R /Fit] /Next 9 0 R >> >>",
        b"<< /OpenAction << /S /GoTo /S /URI /URI (x) /D [2 0 R /Fit] >> >>",
        b"<< /OpenAction << /S 9 0 R /URI (x) >> >>",
        b"<< /OpenAction << /S /GoTo /D [2 0 R %] >>\n/Fit] /Next " + FETCHES + b" >> >>",
        b"<< /OpenAction << /S /GoTo /D [2 0 R /Fit] /Ne#78t " + FETCHES + b" >> >>",
        b"<< /OpenAction << /S /Thread /F (http://example.invalid) >> >>",
        b"<< /AA << /O " + FETCHES + b" >> >>",
        b"<< /AA << /C " + WAY + b" /O " + FETCHES + b" >> >>",
        b"<< /A#41 << /PV " + FETCHES + b" >> >>",
        b"<< /AA%why\n<< /O " + FETCHES + b" >> >>",
        b"<< /Kids [<< /AA << /Fo << /S /URI /URI (x) /IsMap true >> >> >>] >>",
    ],
)
def test_what_is_fetched_by_itself_is_refused_wherever_it_stands(said):
    assert why(said) is Reason.EXTERNAL
    assert why(make.packed(b"7 0 " + said)) is Reason.EXTERNAL


@pytest.mark.parametrize("acts", [b"JavaScript", b"Launch", b"SubmitForm", b"ImportData", b"GoToR"])
@pytest.mark.parametrize("begins", [b"<< /OpenAction %s >>", b"<< /AA << /O %s >> >>"])
def test_what_acts_otherwise_is_refused_as_it_is_everywhere(begins, acts):
    assert why(begins % (b"<< /S /%s /F (x) >>" % acts)) in {Reason.SCRIPT, Reason.EXTERNAL}


@pytest.mark.parametrize(
    "said",
    [
        b"<< /OpenAction [2 0 R /XYZ null null 0] >>",
        b"<< /OpenAction[2 0 R/FitH 800]/Lang(nl)>>",
        b"<< /OpenAction " + WAY + b" >>",
        b"<</OpenAction<</Type/Action/S/GoTo/D[2 0 R/Fit]>>>>",
        b"<</OpenAction<</S/GoTo/D(chapter \\(1\\))>>>>",
        b"<< /OpenAction << /D /begin /S /GoTo >> >>",
        b"<< /OpenAction << /S /GoTo /D <62 65> >> >>",
        b"<< /OpenAction << /S /Named /N /FirstPage >> >>",
        b"<< /OpenAction null >>",
        b"<< /AA << /O " + WAY + b" /C << /S /Named /N /NextPage >> >> >>",
        b"<< /AA << >> >>",
        b"<< /Title (/AA and so on) >>",
    ],
)
def test_to_go_to_a_page_of_its_own_is_taken_also_with_links_in_it(said):
    assert is_taken(said)
    assert is_taken(make.packed(b"7 0 " + said))


@pytest.mark.parametrize("way", [WAY, b"[2 0 R /Fit]", b"%first\n<< /D (begin) /S /GoTo >>"])
def test_a_way_that_stands_in_an_object_of_its_own_is_found_and_taken(way):
    assert is_taken(b"<< /OpenAction 6 0 R >>", way)
    assert is_taken(b"<< /OpenAction 70 0 R >>", bundle((69, LINK), (70, way), (71, LINK)))
    assert is_taken(
        bundle((70, way), (71, b"<< /OpenAction 70 0 R >>")), make.packed(b"1 0 0 1 72 720 cm", b"")
    )
    assert is_taken(b"<< /AA 6 0 R >>", b"<< /O 7 0 R /C 7 0 R >>", WAY)


@pytest.mark.parametrize("begins", [b"<< /OpenAction 5 0 R >>", b"<< /AA << /O 5 0 R >> >>"])
def test_what_is_fetched_by_an_object_of_its_own_is_refused(begins):
    assert why(begins, FETCHES) is Reason.EXTERNAL
    assert why(begins, bundle((4, WAY), (5, FETCHES))) is Reason.EXTERNAL
    plain = make.packed(b"5 0 " + FETCHES, b"/Type /ObjStm /N 1 /First 4")
    stored = plain[: plain.index(b"/Length")] + b">>\nstream\n5 0 " + FETCHES + b"\nendstream"
    assert why(begins, WAY, stored) is Reason.EXTERNAL
    assert why(b"<< /AA 5 0 R >>", b"<< /O 6 0 R >>", FETCHES) is Reason.EXTERNAL


@pytest.mark.parametrize(
    "refers", [b"/AA 000000000005 0 R", b"/AA 5%x\n0 R", b"/AA\0005 0 R", b"/OpenAction 05 0 R"]
)
def test_it_is_refused_however_the_number_is_written(refers):
    inside = FETCHES if b"Open" in refers else b"<< /O " + FETCHES + b" >>"
    assert why(b"<< " + refers + b" >>", inside) is Reason.EXTERNAL
    fine = WAY if b"Open" in refers else b"<< /O " + WAY + b" >>"
    again = b"null\nendobj\n000000000005 000 obj\n" + inside
    assert inspect("x.pdf", make.pdf(b"<< " + refers + b" >>", fine)).kind == "pdf"
    assert why(b"<< " + refers + b" >>", fine, again) is Reason.EXTERNAL


@pytest.mark.parametrize(
    "refers", [b"/AA +5 0 R", b"/AA %" + b"x" * 300 + b"\n5 0 R", b"/AA 5 0 %" + b"x" * 300 + b"\nR"]
)
def test_what_may_hide_to_which_object_it_leads_is_refused(refers):
    assert why(b"<< " + refers + b" >>", b"<< /O " + FETCHES + b" >>") is Reason.UNCHECKABLE


def test_one_of_two_objects_with_a_number_is_enough():
    again = b"null\nendobj\n5 0 obj\n" + FETCHES
    assert why(b"<< /OpenAction 5 0 R >>", WAY, again) is Reason.EXTERNAL
    assert why(b"<< /OpenAction 5 0 R >>", WAY, bundle((5, FETCHES))) is Reason.EXTERNAL


@pytest.mark.parametrize(
    "hidden",
    [
        b"5 0%x\nobj",
        b"5%x\n0 obj",
        b"5 0 %6 0 obj\nobj",
        b"5 0" + b" " * 300 + b"obj",
        b"5 %" + b"x" * 300 + b"\n0 obj",
    ],
)
def test_an_object_that_hides_its_number_is_refused_where_it_could_matter(hidden):
    hiding = b"null\nendobj\n" + hidden + b"\n" + FETCHES
    assert why(b"<< /OpenAction 5 0 R >>", WAY, hiding) is Reason.UNCHECKABLE
    assert is_taken(hiding), "nothing here begins by itself"


@pytest.mark.parametrize(
    "dictionary",
    [
        b"/Type /ObjStm /N %d /First 8 0 R /Filter /FlateDecode %%%d",
        b"/Type /ObjStm /N %d /Filter /FlateDecode %%%d",
        b"/Type /ObjStm /N %d /First %d /First 9 /Filter /FlateDecode",
        b"/N %d /First %d /Filter /FlateDecode %%" + b"x" * 3000,
    ],
)
def test_a_bundle_that_does_not_say_where_its_objects_are_is_refused_where_it_could_matter(dictionary):
    other = bundle((5, FETCHES), dictionary=dictionary + b"\n")
    assert why(b"<< /OpenAction 5 0 R >>", WAY, other) is Reason.UNCHECKABLE
    assert is_taken(other)


def test_what_leads_to_an_object_that_is_nowhere_is_refused():
    assert why(b"<< /OpenAction 99 0 R >>") is Reason.UNCHECKABLE
    assert why(b"<< /OpenAction 5 0 R >>", b"6 0 R") is Reason.EXTERNAL


def test_pictures_that_hold_such_letters_by_chance_are_taken():
    noise = b"".join(sha512(b"%d" % n).digest() for n in range(3_000))
    for letters in (b"/AA\x93", b"/AA[", b" obj\x00", b"12 0 obj", b"/AA 1\x80"):
        picture = b"<< /Subtype /Image >>\nstream\n" + noise + letters + noise + b"\nendstream"
        assert is_taken(b"<< /OpenAction 6 0 R >>", WAY, picture), letters


@pytest.mark.parametrize(
    "piece",
    [
        b"/AA%",
        b"/AA 1 ",
        b"/AA<<",
        b"/OpenAction[",
        b"5 0 obj",
        b"\n5 %",
        b"/AA<</O<</S/GoTo",
        b"/AA 12 0 %x\n",
        b"obj ",
        b"1 obj ",
        b"1 1 obj ",
    ],
)
def test_a_pdf_made_to_take_long_does_not(piece):
    stuffed = piece * ((1 << 20) // len(piece))
    begun = time.process_time()
    with suppress(Refused):
        inspect("x.pdf", make.pdf(b"<< /OpenAction 5 0 R >>", WAY, b"(" + stuffed + b")"))
    assert time.process_time() - begun < 8
