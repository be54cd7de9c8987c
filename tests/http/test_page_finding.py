"""The page for finding a person, and what the desk reads at a registration; who must not see it, sees none of it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from pagecraft import forms_of, reader, texts_of

from app.intake import finding

sys.path.insert(0, str(Path(__file__).parent))

from test_page_journey import SECRET_NAME, _ok, bring_and_list

REFERENCE = r"[AC]-2026-[0-9A-Z-]+"


@pytest.fixture
def known(house):
    """Somebody with a case, of whom a second signal came in: the case, that signal, its receipt, its submitter, the mayor."""
    submitter, mayor, case = bring_and_list(house)
    sent = submitter.send(
        "/registrations/new",
        subjectName=SECRET_NAME,
        narrative="Nog een verzonnen verhaal.",
        phenomenon="sects",
        urgency="normal",
        nothingClassified="true",
    )
    return case, _ok(sent).url.path, _ok(sent), submitter, mayor


def test_the_desk_searches_by_form_and_reads_how_each_was_found(house, known):
    case, signal, _, _, one = known
    page = _ok(one.get("/find"))
    assert "Gemeente C" in texts_of(page.text)
    assert 'name="name"' in page.text
    answer = _ok(one.send("/find", "/find", name=SECRET_NAME.upper()))
    assert answer.url.path == "/find"
    assert not answer.url.query, "what was asked stands in no address"
    assert f'href="/cases/{case}"' in answer.text
    assert f'href="{signal}"' in answer.text
    assert texts_of(answer.text).count("de naam klinkt gelijk") == 2
    assert answer.headers["cache-control"] == "no-store"
    nobody = _ok(one.send("/find", "/find", name="Nemo Onbekendman"))
    assert "Niemand gevonden" in nobody.text


def test_a_refused_search_keeps_what_was_typed_and_says_what_is_missing(house, known, monkeypatch):
    one = known[-1]
    refused = one.send("/find", "/find", name="Onbekendman")
    assert refused.status_code == 400
    assert "Geef een voornaam en een familienaam" in refused.text
    assert 'value="Onbekendman"' in refused.text
    assert one.send("/find", "/find", name="Nemo Onbekendman", reason="").status_code == 400
    monkeypatch.setattr(finding, "AN_HOUR", 1)
    _ok(one.send("/find", "/find", name="Nemo Onbekendman"))
    paused = one.send("/find", "/find", name="Nemo Onbekendman")
    assert paused.status_code == 429
    assert "keer gezocht" in paused.text


def test_the_number_is_asked_for_only_where_a_ground_for_it_is_on_record(house, known):
    _, signal, _, _, one = known
    for path in ("/find", signal + "/screen"):
        (form,) = [f for f in forms_of(_ok(one.get(path)).text) if f["action"].startswith(path)]
        assert form["values"]["nationalNumber"] == ""
        assert 'id="f-nationalNumber"' not in one.get(path).text
    house.sql(
        "UPDATE agreement SET answers = answers || jsonb_build_object('nationalNumber', 'Machtiging (verzonnen)')"
    )
    for path in ("/find", signal + "/screen"):
        assert 'id="f-nationalNumber"' in one.get(path).text
    assert "Machtiging (verzonnen)" in one.get("/agreement").text


def test_the_mayor_sees_at_a_signal_who_is_known_already_and_its_submitter_does_not(house, known):
    case, signal, sent, submitter, mayor = known
    for path in (signal, signal + "/screen"):
        page = _ok(mayor.get(path))
        assert "Hier al gekend?" in page.text
        assert f'href="/cases/{case}"' in page.text
    _ok(mayor.send(signal + "/screen", "/screen"))
    assert f'href="/cases/{case}"' in _ok(mayor.get(signal + "/decide")).text
    for page in (sent, _ok(submitter.get(signal))):
        assert "gekend" not in texts_of(page.text)
        assert case not in page.text


def test_the_page_a_submitter_gets_is_the_same_whether_somebody_is_known_or_not(house, known):
    _, _, of_known, submitter, _ = known
    of_unknown = _ok(
        submitter.send(
            "/registrations/new", subjectName="Nemo Onbekendman", narrative="Verzonnen.", phenomenon="sects",
            urgency="normal", nothingClassified="true",
        )
    )  # fmt: skip

    def plain(page):
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", page.text)
        return re.sub(REFERENCE, "", re.sub(r'name="csrfToken" value="[^"]+"', "", text))

    assert plain(of_known) == plain(of_unknown)


def test_the_page_and_its_menu_line_are_for_the_desk_alone(house, known):
    for name in ("clb", "school", "policeMember", "secretary", "strategicMember", "dpo", "auditor"):
        one = reader(house, name)
        assert 'href="/find"' not in one.get("/").text, name
        assert one.get("/find").status_code == 403, name
    assert 'href="/find"' in reader(house, "coordinator").get("/").text


def test_a_search_that_no_page_of_ours_sent_is_refused(house, known):
    one = known[-1]
    (form,) = [f for f in forms_of(one.get("/find").text) if f["action"] == "/find"]
    values = form["values"] | {"name": SECRET_NAME, "csrfToken": "x"}
    answer = one.client.post("/find", data=values)
    assert answer.status_code == 403
    assert not house.sql("SELECT 1 FROM journal.entry WHERE action = 'subject.query'")
