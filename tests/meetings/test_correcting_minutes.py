"""Approved minutes are corrected beside what was approved, by two people, and never changed (R67)."""

from __future__ import annotations

import copy
from threading import Barrier, Thread

import pytest
from pagecraft import reader, texts_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.meetings.signing import faults_of_extract

SAID = {
    "assessment": "Schooluitval weegt het zwaarst.",
    "decisions": "CLB belt de ouders.",
    "actions": "CLB, vrijdag.",
}
WRONG = "Niet het CLB maar de school belt de ouders."


@pytest.fixture
def approved(table):
    """Approved minutes of one case, where school and clb were; gives (meeting, item, case)."""
    meeting, item, case = table.sat("school", "clb")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))
    return meeting, item, case


def write(table, approved, who="coordinator", said=WRONG):
    meeting, item, _ = approved
    return table.post(who, f"/meetings/{meeting}/minutes/corrections", {"agendaItemId": item, "text": said})


def decide(table, approved, addendum, who="mayor", decision="approve"):
    meeting, item, _ = approved
    said = {"agendaItemId": item, "addendumId": addendum, "decision": decision}
    return table.post(who, f"/meetings/{meeting}/minutes/corrections/decide", said)


def read(table, approved, who, **query):
    (item,) = table.ok(table.get(who, f"/meetings/{approved[0]}/minutes", **query))["items"]
    return item


def test_a_correction_stands_beside_what_was_approved_once_somebody_else_agreed(table, approved):
    written = table.ok(write(table, approved), 201)
    assert (written["state"], written.get("note")) == ("proposed", None)
    waiting = read(table, approved, "mayor", reason="minutesAndCorrection")
    assert waiting["addenda"][0]["text"] == WRONG
    assert waiting["abilities"] == ["minutes.decideCorrection"]
    assert read(table, approved, "school")["addenda"] == []
    decided = table.ok(decide(table, approved, written["addendumId"]))
    assert decided["state"] == "approved"
    assert not {"text", "salt"} & decided.keys(), "it is read with the minutes, with a reason"
    for who in ("school", "clb", "coordinator"):
        shown = read(table, approved, who, reason="minutesAndCorrection")
        assert {name: shown[name] for name in SAID} == SAID, "what was approved stays"
        assert [(each["text"], each["proven"]) for each in shown["addenda"]] == [(WRONG, True)]
    assert "writtenBy" not in read(table, approved, "school")["addenda"][0]
    (row,) = table.house.sql("SELECT text FROM minutes_addendum")
    assert b"school" not in bytes(row.text)


def test_who_wrote_it_does_not_decide_and_nobody_else_than_chair_and_mayor_does(table, approved):
    written = table.ok(write(table, approved), 201)["addendumId"]
    refused = decide(table, approved, written, "coordinator")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R67")
    by_mayor = table.ok(write(table, approved, "mayor"), 400)
    assert by_mayor["issues"][0]["name"] == "agendaItemId", "one waits already"
    table.ok(decide(table, approved, written, decision="refuse"))
    own = table.ok(write(table, approved, "mayor"), 201)["addendumId"]
    assert decide(table, approved, own, "mayor").status_code == 409
    table.ok(decide(table, approved, own, "coordinator"))  # who chaired
    states = [
        each["state"] for each in read(table, approved, "mayor", reason="minutesAndCorrection")["addenda"]
    ]
    assert sorted(states) == ["approved", "refused"]
    assert [each["state"] for each in read(table, approved, "school")["addenda"]] == ["approved"]


@pytest.mark.parametrize(
    "who", ["school", "clb", "policeMember", "secretary", "zoneMayorD", "auditor", "administrator", "dpo"]
)
def test_nobody_but_the_desk_writes_or_decides(table, approved, who):
    assert write(table, approved, who).status_code in {403, 404}
    written = table.ok(write(table, approved), 201)["addendumId"]
    assert decide(table, approved, written, who).status_code in {403, 404}


def test_who_wrote_a_correction_takes_it_back_and_nobody_waits_for_ever(table, approved):
    written = table.ok(write(table, approved, "mayor"), 201)["addendumId"]
    assert decide(table, approved, written, "mayor").status_code == 409
    assert table.ok(decide(table, approved, written, "mayor", "refuse"))["state"] == "refused"
    table.ok(write(table, approved, "mayor"), 201)


def test_what_was_written_past_the_door_is_not_signed(table, approved):
    """The digest is of another text than the mayor reads: nothing is signed under it."""
    written = table.ok(write(table, approved), 201)["addendumId"]
    table.house.sql("UPDATE minutes_addendum SET digest = sha256('anders')")
    refused = decide(table, approved, written)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R67")
    assert table.house.sql("SELECT note FROM minutes_addendum") == [(None,)]


def test_nothing_is_corrected_before_it_is_approved_or_where_nothing_was_written(table):
    meeting, item, _ = table.sat("school")
    assert write(table, (meeting, item, None)).status_code == 409
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))
    assert write(table, (meeting, item, None)).status_code == 409, "no minutes of this item"
    other = table.plan()
    assert write(table, (other, item, None)).status_code == 404, "not of that meeting"


def test_a_correction_that_does_not_wait_is_not_decided_on(table, approved):
    assert decide(table, approved, approved[0]).status_code == 400
    written = table.ok(write(table, approved), 201)["addendumId"]
    table.ok(decide(table, approved, written))
    assert decide(table, approved, written, decision="refuse").status_code == 400


def test_who_decides_and_who_was_there_are_told_and_nobody_who_keeps_out(table, approved):
    _, _, case = approved
    table.ok(table.post("clb", f"/cases/{case}/exclude"))
    written = table.ok(write(table, approved), 201)["addendumId"]
    cast = table.house.cast.persons
    asked = table.house.sql("SELECT person_id FROM notice WHERE code = 'minutesCorrectionWaits'")
    assert cast["mayor"] in {row.person_id for row in asked}
    assert cast["coordinator"] not in {row.person_id for row in asked}, "who wrote it knows"
    table.ok(decide(table, approved, written))
    told = {
        row.person_id
        for row in table.house.sql("SELECT person_id FROM notice WHERE code = 'minutesCorrected'")
    }
    assert cast["school"] in told
    assert cast["clb"] not in told


def test_a_correction_opens_nothing_that_had_closed(table, approved):
    table.house.later(days=20)
    written = table.ok(write(table, approved), 201)["addendumId"]
    table.ok(decide(table, approved, written))
    assert table.get("school", f"/meetings/{approved[0]}/minutes").status_code in {403, 404, 409}
    assert not table.house.sql("SELECT FROM notice WHERE code = 'minutesCorrected'")


def test_an_extract_proves_its_corrections_and_a_changed_one_is_found_out(table, approved):
    written = table.ok(write(table, approved), 201)["addendumId"]
    table.ok(decide(table, approved, written))
    whole = table.ok(table.get("school", f"/meetings/{approved[0]}/minutes"))
    verifiers = [table.house.installation.signer.verifier]
    assert faults_of_extract(whole, verifiers) == []
    for name, value in {
        "text": "Anders.",
        "salt": "00" * 16,
        "note": whole["note"],
        "addendumId": approved[0],
        "state": "x",
    }.items():
        changed = copy.deepcopy(whole)
        changed["items"][0]["addenda"][0][name] = value
        expected = [] if name == "state" else ["item 1: a correction of it is not what was approved"]
        assert faults_of_extract(changed, verifiers) == expected, name
    for broken in ("niets", [3], [{}], {"a": 1}):
        changed = copy.deepcopy(whole)
        changed["items"][0]["addenda"] = broken
        assert faults_of_extract(changed, verifiers)


def test_the_printed_minutes_hold_approved_corrections_alone(table, approved):
    from io import BytesIO

    from pypdf import PdfReader

    def printed():
        answer = table.get(
            "coordinator",
            f"/meetings/{approved[0]}/minutes/document",
            reason="minutesAndCorrection",
            language="nl",
        )
        assert answer.status_code == 200, answer.text
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)

    written = table.ok(write(table, approved), 201)["addendumId"]
    assert "maar de school" not in printed()
    table.ok(decide(table, approved, written))
    assert "maar de school" in printed().replace("\n", " ")


def test_of_two_who_write_at_once_one_is_told_that_one_waits(table, approved):
    start, answers = Barrier(2), []

    def one(who):
        start.wait()
        answers.append(write(table, approved, who).status_code)

    threads = [Thread(target=one, args=(who,)) for who in ("coordinator", "mayor")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in ([201, 400], [201, 409])


def test_the_database_lets_nobody_decide_on_their_own_or_change_what_was_decided(table, approved):
    said = text(
        "UPDATE minutes_addendum SET state = 'approved', note = 'x', decided_by = acting_person(), version = 2"
    )

    def tried(who):
        with table.house.work(who) as unit:
            try:
                with unit.session.begin_nested() as point:
                    found = unit.session.execute(said).rowcount
                    point.rollback()
            except DBAPIError as fault:
                found = fault.orig.sqlstate
            unit.repeat()
        return found

    written = table.ok(write(table, approved), 201)["addendumId"]
    assert {who: tried(who) for who in ("coordinator", "school", "mayor", "zoneMayorD", "auditor")} == {
        "coordinator": "42501", "school": 0, "mayor": 1, "zoneMayorD": 0, "auditor": 0,
    }  # fmt: skip
    table.ok(decide(table, approved, written))
    assert {tried(who) for who in ("coordinator", "mayor")} == {0}


def test_a_chair_who_left_is_replaced_by_the_mayor_until_the_minutes_are_approved(table):
    meeting, item, _ = table.sat("school")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    chair = {"chairId": table.person("mayor")}
    refused = table.post("coordinator", f"/meetings/{meeting}/change", chair)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R13")
    assert "meeting.change" in table.ok(table.get("mayor", f"/meetings/{meeting}"))["abilities"]
    assert table.post("mayor", f"/meetings/{meeting}/change", chair | {"place": "Elders"}).status_code == 400
    assert table.approve("mayor", meeting).status_code == 409
    table.ok(table.post("mayor", f"/meetings/{meeting}/change", chair))
    assert table.approve("coordinator", meeting).status_code == 409
    table.ok(table.approve("mayor", meeting))
    assert "meeting.change" not in table.ok(table.get("mayor", f"/meetings/{meeting}"))["abilities"]
    assert (
        table.post(
            "mayor", f"/meetings/{meeting}/change", {"chairId": table.person("coordinator")}
        ).status_code
        == 409
    )


def test_a_correction_goes_from_page_to_page(table, approved):
    meeting, item, _ = approved
    address = f"/meetings/{meeting}/minutes"
    desk, mayor, school = (reader(table.house, who) for who in ("coordinator", "mayor", "school"))
    assert f"{address}/{item}/correct" in desk.get(f"{address}?reason=minutesAndCorrection").text
    form = desk.get(f"{address}/{item}/correct")
    assert SAID["decisions"] in form.text, "what was approved stands before one's eyes"
    sent = desk.send(f"{address}/{item}/correct", text=WRONG)
    assert "wacht op de voorzitter of de burgemeester" in texts_of(sent.text)
    assert 'value="approve"' not in desk.get(f"{address}/{item}/decide").text, "not for who wrote it"
    assert desk.get(f"{address}/{item}/correct").status_code == 409, "one waits"
    assert WRONG not in texts_of(school.get(address).text)
    assert WRONG in texts_of(mayor.get(f"{address}/{item}/decide").text)
    decided = mayor.send(f"{address}/{item}/decide", decision="approve")
    assert "en ondertekend" in texts_of(decided.text)
    assert WRONG in texts_of(school.get(address).text)
    assert school.get(f"{address}/{item}/correct").status_code in {403, 404, 409}


def test_rewriting_an_item_on_the_page_keeps_its_agreed_actions(table):
    meeting, item, _ = table.sat("school")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    desk = reader(table.house, "coordinator")
    desk.send(f"/meetings/{meeting}/minutes/{item}", decisions="Anders beslist.")
    (shown,) = table.ok(table.get("coordinator", f"/meetings/{meeting}/minutes"))["items"]
    assert (shown["decisions"], shown["actions"]) == ("Anders beslist.", SAID["actions"])
