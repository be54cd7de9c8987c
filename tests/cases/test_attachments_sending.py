"""Sending a document: through the page form, over a connection that breaks, when there is no place (R51, R56, R107)."""

from __future__ import annotations

import asyncio
import re
from uuid import uuid4

import filecraft as make
import pytest
from pagecraft import forms_of, reader, texts_of

from app.kernel.http import uploads
from app.kernel.i18n import LANGUAGES

API = "/api/v1"
NAME = "brief.pdf"
SAID = {
    "description": "Brief van de school (verzonnen)", "category": "5", "origin": "municipality",
    "relevantAndProportionate": "true", "nothingClassified": "true",
}  # fmt: skip
REASON = "?reason=meetingPreparation"


def _page(case_id, rest=""):
    return f"/cases/{case_id}/attachments{rest}{REASON}"


def _send(one, case_id, file=(NAME, make.pdf()), **over):  # noqa: B008 — bytes
    page = one.get(_page(case_id, "/new"))
    assert page.status_code == 200, texts_of(page.text)
    form = next(each for each in forms_of(page.text) if each["action"].startswith("/cases/"))
    values = {k: v for k, v in (form["values"] | SAID | over).items() if v is not None and k != "file"}
    files = {"file": (*file, "application/pdf")} if file else {"file": ("", b"")}
    return one.client.post(form["action"], data=values, files=files)


def _count(house):
    return [house.sql(f"SELECT count(*) FROM {table}")[0][0] for table in ("attachment", "attachment_part")]


def _adds(house):
    return house.sql("SELECT outcome FROM journal.entry WHERE action = 'attachment.add' ORDER BY id")


# The pages ----------------------------------------------------------------------------------------------


def test_a_document_is_sent_listed_fetched_and_taken_out_without_a_script(house, case_id):
    one = reader(house, "coordinator")
    file = one.get(f"/cases/{case_id}{REASON}")
    assert f'href="{_page(case_id)}"' in file.text
    listed = _send(one, case_id)
    assert listed.url.path == f"/cases/{case_id}/attachments"
    said = texts_of(listed.text)
    for text in (
        "Het document staat in het dossier.",
        "Brief van de school (verzonnen)",
        NAME,
        "Coordinator Verzonnen",
    ):
        assert text in said
    download, remove = (f for f in forms_of(listed.text) if f["action"].startswith("/attachments/"))
    got = one.client.post(download["action"], data=download["values"])
    assert got.status_code == 200
    assert got.content == make.kept(NAME, make.pdf())
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "no-store"
    gone = one.client.post(remove["action"], data=remove["values"] | {"ground": "notNecessary"})
    assert gone.url.path == f"/cases/{case_id}/attachments"
    assert "uit het dossier verwijderd" in texts_of(gone.text)
    assert NAME not in gone.text
    assert _count(house) == [1, 0]


def test_the_pages_ask_for_the_reason_first(house, case_id):
    one = reader(house, "mayor")
    for rest in ("", "/new"):
        answer = one.get(f"/cases/{case_id}/attachments{rest}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case_id}")


def test_a_sensitive_document_shows_no_name_on_the_page(house, case_id):
    one = reader(house, "mayor")
    listed = _send(one, case_id, category="9")
    assert listed.status_code == 200
    assert NAME not in listed.text
    assert "Brief van de school" not in listed.text
    assert "Gevoelig" in texts_of(listed.text)


@pytest.mark.parametrize(
    ("file", "over", "word"),
    [
        (("x.docx", make.docx(**{"word/vbaProject.bin": b"x"})), {}, "macro"),
        (("x.exe", b"MZ\xff\xfe"), {}, "niet aanvaard"),
        (None, {}, "Kies één bestand"),
        ((NAME, make.pdf()), {"description": ""}, "Wat is dit document"),
        ((NAME, make.pdf()), {"nothingClassified": None}, "R56"),
        (("x.txt", b"x" * (11 << 20)), {}, "groter dan 10"),
        (("x.txt", b"x" * ((10 << 20) + 1)), {}, "groter dan 10"),
    ],
)
def test_a_refusal_is_told_in_the_form_with_what_was_written(house, case_id, file, over, word):
    one = reader(house, "coordinator")
    answer = _send(one, case_id, file, **over)
    assert answer.status_code in {400, 409, 413}
    assert word in texts_of(answer.text)
    assert 'role="alert"' in answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    if "description" not in over:
        assert SAID["description"] in answer.text
    assert _count(house) == [0, 0]


def test_the_form_names_its_field_its_limits_and_its_warnings_in_every_language(house, case_id):
    one = reader(house, "mayor")
    for language in LANGUAGES:
        one.get(f"/language/{language}?next=/")
        page = one.get(_page(case_id, "/new")).text
        (field,) = re.findall(r'<input type="file"[^>]*>', page)
        assert 'id="f-file"' in field
        assert 'aria-describedby="f-file-hint"' in field
        assert '<label for="f-file">' in page
        assert page.index('name="csrfToken"', page.index("multipart")) < page.index('type="file"'), (
            "the file comes last"
        )
        assert "10 MB" in page
        assert "T.E.R." in page
        assert not re.search(r"\b(fileKind|refusal|removalGround)\.[a-z]", texts_of(page))


def test_a_form_with_a_file_needs_the_token_too(house, case_id):
    one = reader(house, "mayor")
    for token in ({}, {"csrfToken": "guessed"}):
        answer = one.client.post(
            _page(case_id, "/new"), data=SAID | token, files={"file": (NAME, make.pdf())}
        )
        assert answer.status_code == 403
    assert _count(house) == [0, 0]
    stranger = reader(house, "participant")
    token = forms_of(stranger.get("/").text)[-1]["values"]["csrfToken"]
    answer = stranger.client.post(
        _page(case_id, "/new"), data=SAID | {"csrfToken": token}, files={"file": (NAME, make.pdf())}
    )
    assert answer.status_code == 404


# The wire -----------------------------------------------------------------------------------------------

HEAD = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'


def _body(case_id, content):
    fields = SAID | {"caseId": str(case_id)}
    parts = [HEAD % (name.encode(), b"") + value.encode() + b"\r\n" for name, value in fields.items()]
    return b"".join(parts) + HEAD % (b"file", b'; filename="x.txt"') + content + b"\r\n--b--\r\n"


def _ask(house, name, pieces, *, breaks):
    """Send *pieces* as one request, straight to the application; give the status, None when there was no answer."""
    token = house.client(name).headers["authorization"].encode()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/api/v1/attachments", "raw_path": b"/api/v1/attachments", "query_string": b"", "root_path": "",
        "headers": [(b"authorization", token), (b"content-type", b"multipart/form-data; boundary=b")],
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append(
        {"type": "http.disconnect"} if breaks else {"type": "http.request", "body": b"", "more_body": False}
    )
    sent = []

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(house.app(scope, receive, send))
    return next((each["status"] for each in sent if each["type"] == "http.response.start"), None)


def test_a_connection_that_breaks_off_leaves_nothing(house, case_id):
    body = _body(case_id, b"a" * 200_000)
    for cut in (10, len(body) // 2, len(body) - 4):
        pieces = [body[at : min(at + 50_000, cut)] for at in range(0, cut, 50_000)]
        assert _ask(house, "coordinator", pieces, breaks=True) in {None, 400}
        assert _count(house) == [0, 0]
    assert uploads._places._taken.total() == 0, "the place is free again"
    assert _ask(house, "coordinator", [body], breaks=False) == 201
    assert _count(house) == [1, 1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--\r\n",
        b"nonsense",
        b"--b\r\n\r\nx\r\n--b--\r\n",
        HEAD % (b"file", b'; filename="x.txt"') + b"cut off",
    ],
)
def test_a_form_that_is_no_form_is_a_400(house, body):
    assert _ask(house, "coordinator", [body], breaks=False) == 400
    assert _count(house) == [0, 0]


def test_two_files_or_too_many_fields_are_refused(house, case_id):
    client = house.client("mayor")
    two = [("file", (NAME, make.pdf())), ("file", (NAME, make.pdf()))]
    assert client.post(API + "/attachments", data=SAID | {"caseId": case_id}, files=two).status_code == 400
    many = {f"f{n}": "x" for n in range(40)}
    one = {"file": (NAME, make.pdf())}
    assert client.post(API + "/attachments", data=many, files=one).status_code == 400
    long = SAID | {"caseId": case_id, "description": "x" * 30_000}
    assert client.post(API + "/attachments", data=long, files=one).status_code == 400
    assert _count(house) == [0, 0]
    assert {row[0] for row in _adds(house)} == {"refused"}


def test_whoever_finds_no_place_is_asked_to_come_back(house, case_id):
    person = house.cast.persons["coordinator"]
    taken = [uploads._places.take(person) for _ in range(3)]
    try:
        assert taken == [True, True, False], "one person does not take every place"
        answer = house.client("coordinator").post(
            API + "/attachments", data=SAID | {"caseId": case_id}, files={"file": (NAME, make.pdf())}
        )
        assert answer.status_code == 429
        assert answer.headers["retry-after"]
        others = [uuid4() for _ in range(20)]
        got = [each for each in others if uploads._places.take(each)]
        assert len(got) == uploads._PLACES - 2
        for each in got:
            uploads._places.leave(each)
    finally:
        for _ in range(2):
            uploads._places.leave(person)
    assert uploads._places._taken.total() == 0


def test_no_file_touches_the_disk_in_the_clear(house, case_id, monkeypatch):
    import tempfile

    rolled = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", lambda _: rolled.append(1))
    body = _body(case_id, b"a" * (5 << 20))
    assert (
        _ask(house, "coordinator", [body[at : at + 65536] for at in range(0, len(body), 65536)], breaks=False)
        == 201
    )
    assert rolled == []
