"""Issuing a sheet: by who drafted it, for whom the law names, as a document and never as a message (R78, R80, R82, R83)."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from feedbackcraft import ISSUED, MARK, TEXT, Sheet
from glasscraft import switch
from pagecraft import reader
from pypdf import PdfReader

import app.main  # noqa: F401 — brings every model with it
from app.kernel.database import Row
from app.retention.sweeping import sweep_all
from app.rules.actions import Action
from app.rules.telling import NEVER_TOLD, NEVER_TOLD_ACTS


@pytest.fixture
def sheet(table):
    """A sheet to which everybody agreed."""
    made = Sheet(table)
    made.all_agree()
    return made


def test_the_drafter_issues_fetches_the_bytes_of_the_register_and_nothing_was_sent(sheet):
    sheet.refused(sheet.fetch(), "R83")
    done = sheet.table.ok(sheet.issue(recipients=["ocad", "stateSecurity", "ocad"]))
    assert (done["state"], done["abilities"]) == ("issued", ["feedbackSheet.fetch"])
    answer = sheet.fetch()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert MARK not in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    digest = hashlib.sha256(answer.content).hexdigest()
    register = sheet.table.ok(sheet.table.get("coordinator", "/transmissions"))["items"]
    assert {(line["recipientType"], line["digest"], line["ground"]) for line in register} == {
        ("ocad", digest, "feedbackSheet"), ("stateSecurity", digest, "feedbackSheet"),
    }  # fmt: skip
    assert {line["objectId"] for line in register} == {sheet.id}
    assert sheet.fetch().content == answer.content
    (line,) = sheet.table.journal("feedbackSheet.issue", "policeMember")
    assert (line.recipients, line.rule) == ("ocad stateSecurity", "R80")
    assert sheet.house.installation.sealer.seal_all(), "a comma would stop the sealing of every later line"
    assert len(sheet.table.journal("feedbackSheet.fetch", "policeMember")) == 2


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_the_document_says_who_what_for_whom_and_on_which_ground(sheet, language):
    sheet.table.ok(sheet.issue(language=language))
    pdf = PdfReader(BytesIO(sheet.fetch().content))
    said = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert MARK in said
    assert "OCAD, dienst analyse (verzonnen)" in said
    assert TEXT in said
    assert "2001" in said
    assert {"nl": "Feedbackfiche", "fr": "Fiche de feed-back", "de": "Feedbackblatt"}[language] in said
    for who in ("School", "Clb", "Coordinator", "PoliceMember"):
        assert f"{who} Verzonnen" not in said, "how many were there, not who"


def test_nothing_is_issued_without_recipient_competence_or_agreement(table):
    sheet = Sheet(table)
    sheet.draft()
    sheet.refused(sheet.issue(), "R80")
    assert sheet.fetch().status_code == 409
    table.ok(sheet.ask())
    sheet.refused(sheet.issue(), "R80")
    for who in sheet.asked:
        table.ok(sheet.answer(who))
    sheet.refused(sheet.issue(competentForArea=False), "R80")
    sheet.refused(sheet.issue(recipients=["ocad", "teatime"]), "R80")
    assert sheet.issue(recipients=[]).status_code == 400
    assert sheet.issue(recipientName="").status_code == 400
    assert sheet.issue(language="en").status_code == 400
    sheet.refused(sheet.issue(match='"1"'), None, 412)
    assert sheet.house.sql("SELECT count(*) FROM transmission") == [(0,)]
    assert sheet.house.sql("SELECT document FROM feedback_sheet") == [(None,)]
    table.ok(sheet.issue())
    sheet.refused(sheet.issue(), "R80")


def test_an_agreement_can_leave_the_supervisors_out(sheet):
    switch(sheet.table, feedback_supervisors=0)
    sheet.refused(sheet.issue(recipients=["policeSupervision"]), "R80")
    switch(sheet.table, feedback_supervisors=1)
    sheet.table.ok(sheet.issue(recipients=["policeSupervision"]))


def test_a_later_agreement_brings_no_service_in_that_the_one_of_the_meeting_left_out(table):
    switch(table, feedback_supervisors=0)
    sheet = Sheet(table)
    switch(table, feedback_supervisors=1)
    sheet.all_agree()
    sheet.refused(sheet.issue(recipients=["policeSupervision"]), "R80")
    page = reader(table.house, "policeMember").get(f"/feedback/{sheet.id}/issue").text
    assert "ocad" in page
    assert "policeSupervision" not in page


def test_nobody_but_the_drafter_issues_or_fetches(sheet):
    for who in ("school", "coordinator", "mayor", "informationOfficer", "zonePolice", "dpo"):
        assert sheet.issue(who).status_code in {403, 404}, who
    sheet.table.ok(sheet.issue())
    for who in ("school", "coordinator", "mayor", "informationOfficer", "zonePolice", "dpo", "auditor"):
        assert sheet.fetch(who).status_code in {403, 404}, who
        assert sheet.read(who).status_code in {403, 404}, who


def test_issuing_and_fetching_want_a_fresh_second_factor(sheet):
    sheet.house.sql("UPDATE session SET confirmed_at = :t", t=sheet.house.now - timedelta(days=1))
    assert sheet.issue().json()["type"].endswith("confirmationRequired")
    sheet.house.sql("UPDATE session SET confirmed_at = '2100-01-01Z'")
    sheet.table.ok(sheet.issue())
    sheet.house.sql("UPDATE session SET confirmed_at = :t", t=sheet.house.now - timedelta(days=1))
    assert sheet.fetch().json()["type"].endswith("confirmationRequired")


def test_a_sheet_nobody_issued_for_a_month_is_out_of_sight(sheet):
    sheet.house.later(days=31, seconds=1)
    assert sheet.read().status_code == 404
    assert sheet.issue().status_code == 404


def test_a_document_is_fetched_for_a_month(sheet):
    sheet.table.ok(sheet.issue())
    sheet.house.later(days=31)
    assert sheet.fetch().status_code == 200
    sheet.house.later(seconds=1)
    assert sheet.fetch().status_code == 404


def test_two_issues_at_once_hand_over_once(sheet):
    client, version = sheet.house.client("policeMember"), sheet.read().headers["etag"]

    def send(_):
        return client.post(
            f"/api/v1{sheet.path}/issue", json=ISSUED, headers={"If-Match": version}
        ).status_code

    with ThreadPoolExecutor(3) as pool:
        found = sorted(pool.map(send, range(3)))
    assert found[0] == 200
    assert set(found[1:]) <= {409, 412}
    assert sheet.house.sql("SELECT count(*) FROM transmission") == [(1,)]


def test_a_sheet_goes_with_its_case_and_the_log_keeps_that_it_was_handed_over(sheet):
    sheet.table.ok(sheet.issue())
    sheet.house.later(days=400)
    sweep_all(sheet.house.installation)
    for table in ("feedback_sheet", "feedback_consent", "transmission", "card_mention", "case_file"):
        assert sheet.house.sql(f"SELECT count(*) FROM {table}") == [(0,)], table
    ((counts,),) = sheet.house.sql("SELECT counts FROM certificate WHERE kind = 'case'")
    assert (counts["feedback_sheet"], counts["feedback_consent"], counts["transmission"]) == (1, 4, 1)
    (line,) = sheet.table.journal("feedbackSheet.issue", "policeMember")
    assert (str(line.case_id), line.recipients) == (sheet.case, "ocad")


def test_the_person_is_told_of_none_of_it():
    ours = {name for name in Row.metadata.tables if name.startswith(("feedback", "card_", "transmission"))}
    assert ours == set(NEVER_TOLD)
    nouns = {
        action.noun
        for action in Action
        if action.noun.lower().startswith(("feedback", "card", "transmission"))
    }
    assert nouns == NEVER_TOLD_ACTS
