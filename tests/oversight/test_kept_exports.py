"""A long export is prepared while its reader goes on, waits a day for them alone, and can be fetched in pieces (R106)."""

import stat
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from pagecraft import forms_of, reader, texts_of

from app.kernel.journal.verify import verify_export
from app.oversight import exporting, keeping
from app.oversight.keeping import Kept, Shelf


def _address(page):
    return next(
        (part.split('"')[0] for part in page.text.split('href="') if part.startswith("/journal/exports/")), ""
    )


def _ready(one, seconds=60):
    """Give the address of the first file, once it is ready."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if address := _address(one.get("/journal")):
            return address
        time.sleep(0.2)
    raise AssertionError(texts_of(one.get("/journal").text))


@pytest.fixture
def auditor(house, played):
    return reader(house, "auditor")


def test_it_is_prepared_kept_fetched_in_pieces_and_each_time_logged(house, auditor, tmp_path):
    answer = auditor.send("/journal?outcome=allowed", "/journal/exports", form="csv")
    assert answer.status_code == 200, texts_of(answer.text)
    address = _ready(auditor)
    whole = auditor.get(address)
    assert whole.status_code == 200
    assert whole.headers["content-type"].startswith("text/csv")
    assert whole.headers["content-disposition"].endswith('.csv"')
    path = tmp_path / "export"
    path.write_bytes(whole.content)
    with path.open("rb") as file:
        report = verify_export(file, [house.installation.signer.verifier])
    assert report.chosen["outcome"] == "allowed"
    assert report.count
    pieces = [
        auditor.get(address, headers={"Range": f"bytes={begin}-{end}", "If-Range": whole.headers["etag"]})
        for begin, end in ((0, 99), (100, len(whole.content) - 1))
    ]
    assert [piece.status_code for piece in pieces] == [206, 206]
    assert b"".join(piece.content for piece in pieces) == whole.content
    assert auditor.get(address, headers={"Range": "bytes=99999999-"}).status_code == 416
    lines = house.sql(
        "SELECT outcome, object_id::text FROM journal.entry WHERE action = 'journal.export' ORDER BY id"
    )
    assert [line.outcome for line in lines] == ["allowed"] * 6, "asked for, made, and fetched four times"
    assert [line.object_id for line in lines][-4:] == [address.rsplit("/", 1)[1]] * 4


def test_its_file_is_readable_by_the_server_alone_and_gone_after_a_day(house, auditor):
    auditor.send("/journal", "/journal/exports", form="jsonl")
    address = _ready(auditor)
    shelf = house.installation.settings.data / "exports"
    assert stat.S_IMODE(shelf.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in shelf.iterdir()} == {0o600}
    for who in ("dpo", "zoneAuditorE"):
        other = reader(house, who)
        assert other.get(address).status_code == 404, who
        assert _address(other.get("/journal")) == "", who
    assert reader(house, "mayor").get(address).status_code == 403
    assert auditor.get(f"/journal/exports/{uuid4()}").status_code == 404
    assert auditor.get("/journal/exports/x").status_code == 404
    house.later(hours=25)
    again = reader(house, "auditor")
    assert _address(again.get("/journal")) == ""
    assert again.get(address).status_code == 404
    assert list(shelf.iterdir()) == []


def test_one_at_a_time_and_only_a_form_that_exists(house, auditor, monkeypatch):
    monkeypatch.setattr(exporting, "_make", lambda *_: None)
    answer = auditor.send("/journal", "/journal/exports", form="csv")
    assert "tot nu" in texts_of(answer.text)
    assert auditor.send("/journal", "/journal/exports", form="csv").status_code == 409
    assert auditor.send("/journal", "/journal/exports", form="odt").status_code == 404
    house.later(minutes=11)
    auditor = reader(house, "auditor")
    assert auditor.send("/journal", "/journal/exports", form="csv").status_code == 200, (
        "the first is silent: it stopped"
    )
    assert reader(house, "dpo").get("/journal").status_code == 200
    forms = [form for form in forms_of(auditor.get("/journal").text) if form["action"] == "/journal/exports"]
    assert {form["values"]["form"] for form in forms} == set(exporting.FORMS)


def test_what_goes_wrong_is_said_and_leaves_no_file(house, auditor, monkeypatch):
    def broken(*_, **__):
        raise OSError("no room")

    monkeypatch.setattr(keeping.Shelf, "write", broken)
    auditor.send("/journal", "/journal/exports", form="xlsx")
    until = time.monotonic() + 30
    shelf, who = Shelf(house.installation), house.actor("auditor")
    while time.monotonic() < until and not any(
        k.failed for k in shelf.of(who.person_id, who.municipality_id)
    ):
        time.sleep(0.1)
    (kept,) = shelf.of(who.person_id, who.municipality_id)
    assert kept.failed
    assert kept.stopped(house.now)
    assert not shelf.path(kept).exists()
    assert _address(auditor.get("/journal")) == ""


def test_progress_is_told_and_no_more_than_three_are_kept(house, auditor, monkeypatch):
    monkeypatch.setattr(exporting, "_TOLD_EACH", 1)
    told = []
    note = Shelf.note
    monkeypatch.setattr(Shelf, "note", lambda self, kept: told.append(kept.lines) or note(self, kept))
    shelf, who = Shelf(house.installation), house.actor("auditor")
    for number in range(4):
        house.later(minutes=1)
        began = (house.now - timedelta(hours=1) + timedelta(minutes=number)).isoformat()
        note(
            shelf,
            Kept(
                str(uuid4()),
                str(who.person_id),
                str(who.municipality_id),
                "x",
                "text/csv",
                began,
                began,
                ready=True,
            ),
        )
    auditor.send("/journal", "/journal/exports", form="csv")
    until = time.monotonic() + 60
    while time.monotonic() < until and not any(told):
        time.sleep(0.1)
    assert len(shelf.of(who.person_id, who.municipality_id)) == 3
    assert [lines for lines in told if lines], "how far it is"
    (house.installation.settings.data / "exports" / "broken.json").write_text("{")
    assert len(shelf.of(who.person_id, who.municipality_id)) == 3
