"""What the forms of a file say beforehand: what a choice does, what a step stops, and what a hint belongs to."""

from __future__ import annotations

import html
import re

from extensioncraft import GROUND, decide, file_of, propose
from pagecraft import forms_of, reader, texts_of

from app.cases.commands import CorrectStatement, CorrectSubject, CreateStatement, WithdrawStatement
from app.intake.commands import DecideRegistration
from app.intake.pages import AnswerScreening
from app.kernel.http.form_pages import typed_of
from app.kernel.http.forms import form_of, registered_forms
from app.kernel.http.questions import questions_of
from app.kernel.i18n import format_date, translate
from app.rules.retention import years_after

WHY = "?reason=minutesAndCorrection"


def page_of(table, who, path):
    table.house.later(minutes=1)  # a code opens one sign-in
    page = reader(table.house, who).get(path + WHY)
    assert page.status_code == 200, texts_of(page.text)[-300:]
    return html.unescape(page.text)


def test_each_choice_of_what_is_discussed_says_what_it_does_to_the_end(table, discussed):
    case, day = discussed
    table.ok(propose(table, case), 201)
    table.plan()
    page = page_of(table, "coordinator", f"/cases/{case}/extension/agenda")
    shown = texts_of(page)
    due = format_date("nl", file_of(table).due_on)
    assert f"Alleen de verlenging. De gegevens verdwijnen nog steeds op {due}." in shown
    assert "De persoon en de verlenging. Na een bespreking op" in shown
    assert "Na een bespreking op een vergadering op" not in shown, (
        "not promised above a choice that denies it"
    )
    assert "Besproken op" not in shown, "the meeting is still to come"
    assert "Wat wordt besproken (niet verplicht)" not in shown, "a radio that is chosen is not left out"
    assert day < file_of(table).due_on


def test_a_case_put_on_an_agenda_is_not_asked_for_the_purpose(table, discussed):
    case, day = discussed
    meeting = table.plan()
    page = page_of(table, "coordinator", f"/cases/{case}/agenda")
    assert 'name="purpose" value=""' in page
    assert "Alleen de verlenging" not in page
    assert "Vergadering" in texts_of(page.partition("<form class=")[2])
    assert format_date("nl", years_after(day, 1)) in texts_of(page)
    table.house.later(minutes=1)
    said = {"meetingId": meeting, "question": "Wat is nodig?", "minutes": "10"}
    reader(table.house, "coordinator").send(f"/cases/{case}/agenda{WHY}", **said)
    assert table.house.sql("SELECT purpose FROM agenda_item WHERE meeting_id = :m", m=meeting) == [
        ("person",)
    ]


def test_a_step_that_changes_where_a_case_stands_is_asked_first(table, discussed):
    case, _ = discussed
    page = page_of(table, "coordinator", f"/cases/{case}")
    assert 'data-confirm="De persoon wordt gevolgd tot de volgende herziening' in page
    table.house.sql("UPDATE case_file SET state = 'closureProposed', closure_ground = 'regularCare'")
    page = page_of(table, "mayor", f"/cases/{case}")
    assert 'data-confirm="Het voorstel om af te sluiten vervalt' in page
    table.house.sql("UPDATE case_file SET state = 'underDiscussion', closure_ground = NULL")
    table.ok(propose(table, case), 201)
    assert 'data-confirm="Het voorstel vervalt' in page_of(table, "coordinator", f"/cases/{case}/extension")


def test_a_hint_belongs_to_its_own_form():
    def hint(command, name):
        return form_of(command, "nl")[name].hint

    assert "Tot de beslissing" not in hint(CorrectSubject, "subjectName")
    assert "Zonder datum" in hint(CreateStatement, "statedOn")
    assert "Zonder datum" not in hint(CorrectStatement, "statedOn")
    assert "bij de beslissing" in hint(DecideRegistration, "indications")
    asked = {info.alias: "?" for info in AnswerScreening.model_fields.values() if info.alias}
    assert "los van de bron" in form_of(AnswerScreening, "nl", labels=asked)["indications"].hint
    assert hint(WithdrawStatement, "ground").startswith("Kies")


def test_oversight_is_told_what_a_rule_refused_and_not_what_was_typed_wrongly(table, ready):
    case, _, row = ready
    meeting = table.plan()
    wrong = {"meetingId": meeting, "caseId": case, "question": "?", "minutes": 5, "purpose": "extension"}
    assert table.post("coordinator", "/agendaItems", wrong).status_code == 400
    assert decide(table, row, who="coordinator").status_code == 403
    lines = table.house.sql("SELECT action, rule FROM journal.entry WHERE outcome = 'refused'")
    assert {("agendaItem.add", ""), ("extension.decide", "R87")} <= {tuple(line) for line in lines}
    assert table.get("school", f"/cases/{case}", reason="newInformation").status_code == 404
    table.house.later(minutes=1)
    block = texts_of(reader(table.house, "dpo").get("/").text).partition("Laatste weigeringen")[2]
    assert translate("nl", "action.case.open") in block, (
        "who asks for a case that is not for them is no slip of the pen"
    )
    assert translate("nl", "action.agendaItem.add") not in block
    assert translate("nl", "action.extension.decide") in block
    assert f"{translate('nl', 'role.coordinator')} · Casus {case[:8]} · R87" in block


def form_sent(table, who, path, **said):
    table.house.later(minutes=1)
    answer = reader(table.house, who).send(path + WHY, **said)
    return answer, html.unescape(answer.text)


def test_a_refusal_of_the_law_stands_at_the_field_where_it_is_mended(table, discussed):
    case, day = discussed
    path = f"/cases/{case}/extension/propose"
    said = {"ground": GROUND, "reasons": "Verzonnen redenen.", "nothingClassified": "true"}
    answer, page = form_sent(table, "coordinator", path, until=day.isoformat(), **said)
    after, most = years_after(day, 1), years_after(day, 5)
    words = f"Kies een dag na {format_date('nl', after)} en uiterlijk {format_date('nl', most)}."
    assert answer.status_code == 409
    assert re.search(r'id="f-until-error">.*?' + re.escape(words), page, re.DOTALL)
    assert "Dit is nodig" not in page
    assert re.search(r"<details class=\"rule small\"><summary>De regel</summary><p>R87; ", page)
    (line,) = table.house.sql(
        "SELECT rule, outcome FROM journal.entry WHERE action = 'extension.propose' AND outcome <> 'allowed'"
    )
    assert tuple(line) == ("R87", "conflict"), "it is refused by its rule, and in the log, as before"
    (issue,) = propose(table, case, until=day.isoformat()).json()["issues"]
    assert (issue["name"], issue["detail"]) == ("until", words)


def test_a_grant_without_the_link_says_so_at_its_box(table, ready):
    _, _, row = ready
    refused = decide(table, row, linkedToPrevention=False)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R87")
    assert [each["name"] for each in refused.json()["issues"]] == ["linkedToPrevention"]


def test_age_and_category_are_asked_where_they_are_weighed(table):
    born = table.house.now.date().replace(year=table.house.now.year - 10)
    signal = {
        "subjectName": "Zorgeloos Verzonnen", "birthDate": born.isoformat(), "narrative": "Verzonnen.",
        "phenomenon": "rightWingExtremism", "urgency": "normal", "nothingClassified": True,
        "municipalityId": str(table.house.cast.towns["C"]),
    }  # fmt: skip
    brought = table.post("school", "/registrations", signal)
    path = brought.json()["self"].removeprefix("/api/v1")
    table.ok(table.post("mayor", f"{path}/screen", {}))
    said = {"outcome": "listed", "indications": "Verzonnen.", "bestInterestNote": "Verzonnen."}
    refused = table.post("mayor", f"{path}/decide", said)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R50")
    assert [(each["name"], each["detail"]) for each in refused.json()["issues"]] == [
        ("exceptionalReasons", "Vul dit in: de persoon is jonger dan 12.")
    ]
    fact = {
        "caseId": table.case(), "category": 14, "origin": "municipality", "kind": "fact", "text": "Verzonnen.",
        "relevantAndProportionate": True, "nothingClassified": True,
    }  # fmt: skip
    refused = table.post("coordinator", "/statements", fact)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R51")
    assert [each["name"] for each in refused.json()["issues"]] == ["categoryReason"]


def test_what_was_typed_is_shown_where_the_form_cannot_come_back(table, discussed):
    case, _ = discussed
    browser = reader(table.house, "coordinator")
    page = browser.get(f"/cases/{case}/statements/new{WHY}")
    (form,) = [each for each in forms_of(page.text) if "statements" in each["action"]]
    table.house.sql("UPDATE case_file SET locks_on = :d", d=table.house.now.date())
    said = {"category": "5", "origin": "municipality", "kind": "fact", "text": "Lange <b>verzonnen</b> tekst.",
            "relevantAndProportionate": "true", "nothingClassified": "true"}  # fmt: skip
    answer = browser.client.post(form["action"], data=form["values"] | said)
    assert answer.status_code == 409
    assert "Wat u schreef, werd niet bewaard" in answer.text
    assert '<p class="prose typed">Lange &lt;b&gt;verzonnen&lt;/b&gt; tekst.' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    foreign = form["values"] | said | {"csrfToken": "verzonnen"}
    answer = browser.client.post(form["action"], data=foreign)
    assert answer.status_code == 403
    assert "Lange" not in answer.text, "what another site sent is not shown"
    answer = browser.client.post(form["action"], data=foreign, headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, "Lange" in answer.text) == (403, True)


def test_a_code_or_password_is_never_among_what_was_typed():
    for command in registered_forms():
        values = {question.name: "geheim" for question in questions_of(command) if question.is_secret}
        assert typed_of(command, "nl", values) == [], command


def test_closing_says_when_the_data_go(table, discussed):
    case, _ = discussed
    ((meeting,),) = table.house.sql("SELECT DISTINCT meeting_id FROM discussion")
    table.house.sql(
        "UPDATE case_file SET state = 'closureProposed', closure_ground = 'noIndications', closure_meeting_id = :m",
        m=meeting,
    )
    shown = texts_of(page_of(table, "mayor", f"/cases/{case}/close"))
    assert f"De gegevens worden uiterlijk op {format_date('nl', file_of(table).due_on)} vernietigd." in shown
