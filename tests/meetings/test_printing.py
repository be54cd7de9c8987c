"""The consultation on paper: for whom, with what in it, and what never is (R27, R37, R66 to R68)."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from app.constitution.reference import citation

NAME = "Zorgeloos Verzonnen"
SAID = {
    "assessment": "Schooluitval weegt het zwaarst.",
    "decisions": "CLB belt de ouders.",
    "actions": "CLB: vrijdag.",
}


def _text(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith("attachment;")
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


@pytest.fixture
def approved(table):
    meeting, item, case = table.sat("school")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))
    return meeting, item, case


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ("Agenda van", "Voorzitter", "Vertrouwelijk")),
        ("fr", ("Ordre du jour du", "Présidence", "Confidentiel")),
        ("de", ("Tagesordnung vom", "Vorsitz", "Vertraulich")),
    ],
)
def test_the_agenda_is_printed_in_the_language_of_those_it_is_for(table, language, words):
    meeting, _, _ = table.tabled("school")
    said = _text(table.get("coordinator", f"/meetings/{meeting}/document", language=language))
    for word in (*words, NAME, "Wat is nodig?", "Raadzaal"):
        assert word in said
    assert len(table.journal("meeting.print", "coordinator")) == 1
    assert table.journal("agendaItem.read", "coordinator")


def test_the_agenda_is_printed_by_who_holds_the_meeting_and_by_nobody_else(table):
    meeting, _, _ = table.tabled("school")
    path = f"/meetings/{meeting}/document"
    for who, status in (("mayor", 200), ("school", 403), ("clb", 404), ("auditor", 404), ("zoneMayorD", 404)):
        assert table.get(who, path).status_code == status, who
    assert table.house.client().get("/api/v1" + path).status_code == 401
    assert table.get("coordinator", path, language="en").status_code == 400
    assert table.get("coordinator", path, size="a3").status_code == 400


def test_after_the_sitting_the_printed_agenda_names_nobody_without_a_reason(table):
    meeting, _, _ = table.sat("school")
    table.close(meeting)
    table.house.later(days=2)
    path = f"/meetings/{meeting}/document"
    assert NAME not in _text(table.get("coordinator", path))
    assert NAME in _text(table.get("coordinator", path, reason="minutesAndCorrection"))


def test_a_letter_of_invitation_names_who_was_asked_and_comes_and_no_draft_nor_refusal(table):
    _, item, _ = table.tabled("school", "clb", "policeMember")

    def letter():
        (row,) = table.house.sql(
            "SELECT id FROM invitation WHERE person_id = :p", p=table.house.cast.persons["school"]
        )
        said = _text(table.get("coordinator", f"/invitations/{row.id}/document"))
        return {name for name in ("school", "clb", "police", "ocmw") if f"{name} (invented)" in said}

    def own(name):
        return table.ok(table.get(name, "/invitations"))["items"][0]["invitationId"]

    assert letter() == {"school", "clb", "police"}
    draft = table.invite(item, "participant")
    assert letter() == {"school", "clb", "police"}, "nobody sent it"
    table.ok(table.post("coordinator", f"/invitations/{draft}/remove"))
    table.ok(table.post("mayor", f"/invitations/{own('policeMember')}/withdraw"))
    said = {"answer": "declined", "reason": "Geen tijd, verzonnen."}
    table.ok(table.post("clb", f"/invitations/{own('clb')}/answer", said))
    assert letter() == {"school"}
    table.ok(table.post("school", f"/invitations/{own('school')}/answer", said))
    assert letter() == {"school"}, "who was written to is told of oneself"


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_a_letter_of_invitation_holds_what_the_decree_wants_and_no_name(table, language):
    _, _, case = table.tabled("school", "policeMember")
    (row,) = table.house.sql("SELECT id FROM invitation WHERE person_id::text = :p", p=table.person("school"))
    said = _text(table.get("coordinator", f"/invitations/{row.id}/document", language=language))
    reference = table.house.sql("SELECT reference FROM case_file")[0].reference
    for word in ("Raadzaal", reference):
        assert word in said
    assert "Zorgeloos" not in said
    assert "Wat is nodig?" not in said
    assert NAME not in said
    line = table.journal("invitation.print", "coordinator")[-1]
    assert str(line.case_id) == case


def test_a_letter_is_for_the_desk_that_sent_it_and_not_before_it_was_sent(table):
    case, meeting = table.case(), table.plan()
    item = table.add(meeting, case)
    draft = table.invite(item, "school")
    path = f"/invitations/{draft}/document"
    assert table.get("coordinator", path).status_code == 409
    table.convene(meeting)
    assert table.get("coordinator", path).status_code == 200
    for who in ("school", "clb", "policeMember", "zoneMayorD", "auditor", "administrator", "secretary"):
        assert table.get(who, path).status_code == 404, who


def test_the_letter_to_a_service_of_the_french_community_says_what_its_own_decree_says(table):
    from app.kernel.printing import Words
    from app.meetings.printing import _free

    said = {regime: _free(Words("nl"), regime) for regime in ("frenchCommunity", "flemish", "municipal")}
    assert "begeleidt" in said["frenchCommunity"]
    assert "redenen" in said["flemish"]
    assert len(set(said.values())) == 3


def test_the_desk_prints_approved_minutes_for_a_reason(table, approved):
    meeting, _, _ = approved
    table.house.later(days=2)
    path = f"/meetings/{meeting}/minutes/document"
    assert table.get("coordinator", path).status_code == 409
    said = _text(table.get("coordinator", path, reason="minutesAndCorrection"))
    for word in (*SAID.values(), "Verslag van", "livcr"):
        assert word in said
    assert len(table.journal("minutes.print", "coordinator")) == 1


def test_minutes_that_are_not_approved_are_not_printed(table):
    meeting, item, _ = table.sat("school")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    assert table.get("coordinator", f"/meetings/{meeting}/minutes/document").status_code == 409


def test_an_extract_stays_on_the_screen_unless_the_agreement_says_otherwise(table, approved):
    meeting, _, _ = approved
    path = f"/meetings/{meeting}/minutes/document"
    refused = table.get("school", path)
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R68"
    assert "minutes.print" not in table.ok(table.get("school", f"/meetings/{meeting}/minutes"))["abilities"]
    table.house.sql("UPDATE agreement SET settings = settings || '{\"extract_download\": 1}'")
    said = _text(table.get("school", path))
    assert SAID["decisions"] in said
    assert "Uittreksel" in said
    table.house.later(days=15)
    assert table.get("school", path).status_code == 404
    assert table.get("clb", path).status_code == 404


def test_only_a_service_that_a_decree_lets_keep_a_file_takes_an_extract_along(table):
    """The agreement gives nobody a ground: police, municipal staff and the French Community read on screen (R54, R113)."""
    others = ("policeMember", "caseManager", "frenchYouth")
    meeting, item, _ = table.tabled("school", *others)
    (asked,) = table.ok(table.get("frenchYouth", "/invitations"))["items"]
    said = {"answer": "accepted", "careRelation": True}
    table.ok(table.post("frenchYouth", f"/invitations/{asked['invitationId']}/answer", said))
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school", *others, "coordinator")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))
    table.house.sql("UPDATE agreement SET settings = settings || '{\"extract_download\": 1}'")
    path = f"/meetings/{meeting}/minutes/document"
    for who in others:
        assert SAID["decisions"] in str(table.ok(table.get(who, f"/meetings/{meeting}/minutes"))), who
        assert "minutes.print" not in table.ok(table.get(who, f"/meetings/{meeting}/minutes"))["abilities"]
        refused = table.get(who, path)
        assert (refused.status_code, refused.json()["rule"]) == (409, "R113"), who
        assert (
            citation("livcrAct.noProcessing", "nl", table.house.now.date())
            in refused.json()["legalReference"]
        )
    assert table.house.sql("SELECT 1 FROM transmission") == []
    assert "minutes.print" in table.ok(table.get("school", f"/meetings/{meeting}/minutes"))["abilities"]
    assert SAID["decisions"] in _text(table.get("school", path))
    assert "behalve het afschrift dat het systeem u" in _text(
        table.get("school", "/undertakings/current/document")
    )


def test_a_printed_extract_says_across_the_page_who_printed_it(table, approved):
    meeting, _, _ = approved
    table.house.later(days=2)
    name = table.house.sql("SELECT name FROM person WHERE id::text = :p", p=table.person("coordinator"))[
        0
    ].name
    said = _text(
        table.get("coordinator", f"/meetings/{meeting}/minutes/document", reason="minutesAndCorrection")
    )
    assert name in said


def test_the_undertaking_is_printed_by_anybody_for_themselves(table):
    said = _text(table.get("school", "/undertakings/current/document", language="fr"))
    assert "secret" in said.lower()
    assert "Date et signature" in said
    assert table.house.client().get("/api/v1/undertakings/current/document").status_code == 401
