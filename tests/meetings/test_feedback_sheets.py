"""A feedback sheet from its draft to the outcome: by the police, with everybody's agreement or not at all (R78, R79, R81)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from feedbackcraft import CONFIRMED, MARK, SHEETS, TEXT, Sheet
from pagecraft import reader

from app.kernel.ids import new_id


@pytest.fixture
def sheet(table):
    """A closed sitting at which police, school, clb and coordinator were in the room."""
    return Sheet(table)


def test_the_police_draft_rewrite_and_ask_and_the_text_is_fixed(sheet):
    made = sheet.draft()
    assert (made["state"], made["own"], made["subjectName"]) == ("draft", True, MARK)
    assert "asked" not in made
    assert made["abilities"] == ["feedbackSheet.askConsensus"]
    again = sheet.draft(text=TEXT + " Aangevuld.")
    assert again["feedbackSheetId"] == made["feedbackSheetId"]
    assert again["digest"] != made["digest"]
    assert sheet.write(match='"1"').status_code == 412
    sheet.refused(sheet.ask(match='"1"'), None, 412)
    asked = sheet.table.ok(sheet.ask())
    assert (asked["state"], asked["asked"], asked["answered"], asked["text"]) == (
        "consensusAsked", 4, 1, TEXT + " Aangevuld.",
    )  # fmt: skip
    sheet.refused(sheet.ask(), "R79")
    (row,) = sheet.house.sql("SELECT * FROM feedback_sheet")
    assert TEXT.encode() not in bytes(row.text)
    assert sheet.house.sql("SELECT count(*) FROM transmission") == [(0,)]


def test_each_confirmation_is_needed_to_draft(sheet):
    sheet.refused(sheet.write(noSecrets=False), "R81")
    sheet.refused(sheet.write(nothingClassified=False), "R56")
    sheet.refused(sheet.write(text="Zo staat het op de informatiekaart (verzonnen)."), "R57")
    assert sheet.write(text="").status_code == 400
    assert sheet.write(text="x" * 5001).status_code == 400
    assert sheet.house.sql("SELECT count(*) FROM feedback_sheet") == [(0,)]


def test_only_a_member_of_the_police_who_was_recorded_present_drafts(table):
    sheet = Sheet(table, "informationOfficer", close=False)
    for who, status in (
        ("school", 404), ("coordinator", 403), ("mayor", 403), ("informationOfficer", 200), ("zonePolice", 404),
        ("dpo", 404), ("auditor", 404), ("administrator", 404),
    ):  # fmt: skip
        assert sheet.write(who).status_code == status, who
    table.ok(table.post("coordinator", "/attendances", {
        "agendaItemId": sheet.item, "personId": table.person("policeMember"), "present": False, "correction": True}))  # fmt: skip
    assert sheet.write().status_code == 403, "invited, and not there"
    assert sheet.write(agendaItemId=str(new_id())).status_code == 404


def test_a_sheet_follows_within_a_month_of_the_sitting(sheet):
    sheet.house.later(days=30)
    sheet.draft()
    sheet.house.later(days=1, hours=3)
    assert sheet.write(agendaItemId=sheet.item).status_code == 404
    sheet.refused(sheet.ask(), "R19")


def test_everybody_present_reads_the_text_and_agrees(sheet):
    sheet.put_to_all()
    for number, who in enumerate(sheet.asked, 1):
        seen = sheet.table.ok(sheet.read(who))
        assert (seen["text"], seen["subjectName"], seen["own"]) == (TEXT, MARK, False)
        assert {"state", "asked", "answered", "blockedBecause", "myAnswer"} & set(seen) == set()
        assert seen["abilities"] == ["feedbackSheet.agree"]
        told = sheet.table.ok(sheet.answer(who))
        assert set(told) == {"feedbackSheetId", "agrees", "answeredAt"}
        mine = sheet.table.ok(sheet.read())
        assert mine["answered"] == number + 1
    assert sheet.state() == "agreed"
    assert sheet.table.ok(sheet.read())["abilities"] == ["feedbackSheet.issue"]


def test_one_no_blocks_and_nobody_learns_whose(sheet):
    sheet.put_to_all()
    sheet.table.ok(sheet.answer("school", agrees=False))
    assert sheet.state() == "consensusAsked", "told with the last answer, not before"
    sheet.table.ok(sheet.answer("clb"))
    sheet.table.ok(sheet.answer("coordinator"))
    mine = sheet.table.ok(sheet.read())
    assert (mine["state"], mine["blockedBecause"], mine["answered"]) == ("blocked", "noConsensus", 4)
    assert mine["abilities"] == []
    assert sheet.house.sql("SELECT DISTINCT agreed FROM feedback_consent") == [(None,)], (
        "the answers are wiped"
    )
    sheet.refused(sheet.issue(), "R80")
    for who in sheet.asked:
        assert sheet.read(who).status_code == 404, "nothing is asked any more"
    lines = sheet.house.sql(
        "SELECT reason, recipients, outcome FROM journal.entry WHERE action = 'feedbackSheet.agree'"
    )
    assert {tuple(line) for line in lines} == {("", "", "allowed")}


def test_an_answer_can_be_changed_until_the_last_one_comes_in(sheet):
    sheet.put_to_all()
    sheet.table.ok(sheet.answer("school", agrees=False))
    assert sheet.table.ok(sheet.read("school"))["myAnswer"] is False
    sheet.table.ok(sheet.answer("clb"))
    sheet.table.ok(sheet.answer("school", agrees=True))
    sheet.table.ok(sheet.answer("coordinator"))
    assert sheet.state() == "agreed"
    sheet.refused(sheet.answer("school", agrees=False), "R79")


def test_a_missing_answer_blocks_when_the_time_is_over(sheet):
    sheet.put_to_all()
    for who in ("school", "clb"):
        sheet.table.ok(sheet.answer(who))
    sheet.house.later(days=7)
    assert sheet.state() == "consensusAsked"
    sheet.house.later(seconds=1)
    assert sheet.state() == "blocked"
    assert sheet.answer("coordinator").status_code == 404
    assert sheet.read("school").status_code == 404
    sheet.refused(sheet.issue(), "R80")


def test_who_is_excluded_or_has_no_mandate_any_more_is_missing(sheet):
    sheet.put_to_all()
    sheet.exclude("school")
    sheet.end("clb", ends_on=sheet.house.now.date() - timedelta(days=1))
    sheet.table.ok(sheet.answer("coordinator"))
    assert sheet.answer("school").status_code == 404
    assert sheet.answer("clb").status_code in {401, 404}
    assert sheet.state() == "consensusAsked"
    sheet.house.later(days=8)
    assert sheet.state() == "blocked"


def test_an_agreement_given_before_somebody_left_stands(sheet):
    sheet.put_to_all()
    for who in sheet.asked:
        sheet.table.ok(sheet.answer(who))
    sheet.exclude("school")
    sheet.end("clb", ends_on=sheet.house.now.date() - timedelta(days=1))
    assert sheet.state() == "agreed"
    assert sheet.table.ok(sheet.issue())["state"] == "issued"


@pytest.mark.parametrize("come", [True, False], ids=["somebody was there too", "somebody was not there"])
@pytest.mark.parametrize("answered", [True, False])
def test_a_corrected_attendance_blocks_what_was_asked(table, come, answered):
    sheet = Sheet(table, "school", "clb", "caseManager", close=False)
    if come:
        table.ok(table.post("coordinator", "/attendances", {
            "agendaItemId": sheet.item, "personId": table.person("clb"), "present": False, "correction": True}))  # fmt: skip
    sheet.put_to_all()
    present = ("school", "caseManager", "coordinator") if come else sheet.asked
    if answered:
        for who in present:
            table.ok(sheet.answer(who))
    recorded = {
        "agendaItemId": sheet.item, "personId": table.person("clb"), "present": come, "correction": not come,
    }  # fmt: skip
    table.ok(table.post("coordinator", "/attendances", recorded))
    mine = table.ok(sheet.read())
    assert (mine["state"], mine["blockedBecause"]) == ("blocked", "attendanceChanged")
    sheet.refused(sheet.issue(), "R80")
    sheet.put_to_all()
    assert table.ok(sheet.read())["asked"] == (5 if come else 4)


def test_who_left_the_room_was_there_and_answers_like_the_others(table):
    sheet = Sheet(table, close=False)
    left = {"agendaItemId": sheet.item, "personId": table.person("clb"), "present": False}
    table.ok(table.post("coordinator", "/attendances", left))
    sheet.put_to_all()
    table.ok(table.post("coordinator", "/attendances", left | {"personId": table.person("school")}))
    table.ok(table.post("coordinator", "/attendances", left | {"present": True}))
    assert sheet.state() == "consensusAsked"
    for who in sheet.asked:
        table.ok(sheet.answer(who))
    assert sheet.state() == "agreed"


def test_saying_again_who_is_present_blocks_nothing(table):
    sheet = Sheet(table, close=False)
    sheet.put_to_all()
    table.attend(sheet.item, "school")
    absent = {"agendaItemId": sheet.item, "personId": table.person("mayor"), "present": False}
    table.ok(table.post("coordinator", "/attendances", absent))
    assert sheet.state() == "consensusAsked"


def test_who_was_not_there_is_not_asked_and_sees_nothing(sheet):
    sheet.put_to_all()
    for who in ("mayor", "delegate", "participant", "secretary", "informationOfficer", "zonePolice"):
        assert sheet.read(who).status_code == 404, who
        assert sheet.answer(who).status_code == 404, who
        assert sheet.table.ok(sheet.table.get(who, SHEETS))["items"] == [], who
    for who in ("dpo", "auditor", "administrator", "strategicMember"):
        assert sheet.read(who).status_code in {403, 404}, who
        assert sheet.table.get(who, SHEETS).status_code == 403, who


def test_the_drafter_agrees_by_asking_and_answers_nothing_more(sheet):
    sheet.put_to_all()
    sheet.refused(sheet.answer("policeMember", agrees=False), "R79")
    assert "feedbackSheet.agree" not in sheet.table.ok(sheet.read())["abilities"]


def test_nobody_agrees_to_another_text(sheet):
    sheet.put_to_all()
    assert sheet.answer("school", digest="0" * 64).status_code == 400
    assert sheet.answer("school", digest="teatime").status_code == 400
    sheet.house.sql("ALTER TABLE feedback_sheet DISABLE TRIGGER feedback_steps")
    sheet.house.sql("UPDATE feedback_sheet SET digest = decode(repeat('00', 32), 'hex')")
    assert sheet.answer("school").status_code == 409


def test_where_nobody_else_was_there_nothing_can_be_asked(table):
    meeting, item, _case = table.tabled("policeMember")
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "policeMember")
    body = {"agendaItemId": item, "text": TEXT} | CONFIRMED
    path = table.ok(table.post("policeMember", SHEETS, body))["self"].removeprefix("/api/v1")
    refused = table.post("policeMember", path + "/askConsensus")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R79")


def test_of_one_discussion_one_sheet_is_under_way(table):
    sheet = Sheet(table, "school", "informationOfficer")
    sheet.put_to_all()
    other = Sheet.__new__(Sheet)
    other.__dict__ |= sheet.__dict__ | {"police": "informationOfficer"}
    other.draft()
    other.refused(other.ask(), "R79")
    again = sheet.table.ok(sheet.write())
    assert again["feedbackSheetId"] != sheet.id, "a new draft, beside what is under way"
    refused = table.post("policeMember", f"{SHEETS}/{again['feedbackSheetId']}/askConsensus")
    assert refused.status_code == 409
    for who in ("school", "informationOfficer", "coordinator"):
        table.ok(sheet.answer(who, agrees=who != "school"))
    assert sheet.state() == "blocked"
    assert table.ok(other.ask())["state"] == "consensusAsked"


@pytest.mark.parametrize("leaves", [
    {"ends_on": "2026-03-22"}, {"clearance_until": "2026-03-22"}, "excluded", "inactive",
], ids=["mandate ended", "clearance ended", "excluded", "account closed"])  # fmt: skip
@pytest.mark.parametrize("agreed", [True, False])
def test_when_the_drafter_leaves_the_sheet_lapses_and_another_drafts_anew(table, leaves, agreed):
    sheet = Sheet(table, "school", "informationOfficer")
    sheet.put_to_all()
    if agreed:
        for who in sheet.asked:
            table.ok(sheet.answer(who))
    sheet.house.later(days=1)
    if leaves == "excluded":
        sheet.exclude("policeMember")
    elif leaves == "inactive":
        sheet.house.sql("UPDATE person SET active = false WHERE id = :p", p=table.person("policeMember"))
    else:
        sheet.end("policeMember", **leaves)
    assert sheet.issue().status_code in {401, 404, 409}
    first, sheet.police = sheet.id, "informationOfficer"
    sheet.put_to_all()
    assert sheet.id != first
    assert sheet.house.sql("SELECT state, blocked_because FROM feedback_sheet WHERE id = :i", i=first) == [
        ("blocked", "lapsed")
    ]


def test_a_clearance_that_ends_stops_every_step(sheet):
    today = sheet.house.now.date()
    for before, step in ((sheet.draft, sheet.ask), (sheet.all_agree, sheet.issue)):
        sheet.end("policeMember", clearance_until=today + timedelta(days=90))
        before()
        sheet.end("policeMember", clearance_until=today - timedelta(days=1))
        for refused in (step(), sheet.read(), sheet.write()):
            sheet.refused(refused, "R10")


def test_the_last_two_answers_at_once_give_one_outcome(table):
    sheet = Sheet(table, "school", "clb", "caseManager", "participant")
    sheet.put_to_all()
    digests = {who: table.ok(sheet.read(who))["digest"] for who in sheet.asked}
    clients = {who: sheet.house.client(who) for who in sheet.asked}

    def send(who):
        body = {"agrees": True, "digest": digests[who]}
        return clients[who].post(f"/api/v1{sheet.path}/agree", json=body).status_code

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(send, sheet.asked)) == [200] * 5
    assert sheet.state() == "agreed"
    assert sheet.house.sql("SELECT version FROM feedback_sheet") == [(3,)]


def test_asking_twice_at_once_asks_once(sheet):
    sheet.draft()
    client = sheet.house.client("policeMember")

    def send(_):
        return client.post(f"/api/v1{sheet.path}/askConsensus", headers={"If-Match": "*"}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [200, 409, 409, 409]
    assert sheet.house.sql("SELECT count(*) FROM feedback_consent") == [(4,)]


def test_drafting_twice_at_once_leaves_one_draft(sheet):
    client = sheet.house.client("policeMember")

    def send(_):
        body = {"agendaItemId": sheet.item, "text": TEXT} | CONFIRMED
        return client.post(f"/api/v1{SHEETS}", json=body, headers={"If-Match": "*"}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) <= {200, 409}
    assert sheet.house.sql("SELECT count(*) FROM feedback_sheet") == [(1,)]


def test_a_case_that_was_closed_meanwhile_stops_the_sheet(sheet):
    sheet.put_to_all()
    sheet.house.sql("UPDATE case_file SET state = 'closed'")
    sheet.refused(sheet.answer("school"), "R78")
    sheet.refused(sheet.write(), "R78")
    sheet.house.sql("UPDATE case_file SET state = 'underDiscussion'")
    for who in sheet.asked:
        sheet.table.ok(sheet.answer(who))
    sheet.house.sql("UPDATE case_file SET state = 'closed'")
    sheet.refused(sheet.issue(), "R78")


@pytest.mark.parametrize(
    "end",
    ["locks_on = '2026-03-22'", "shred_ordered_at = now(), state = 'destroyed', locks_on = '2026-03-22'"],
    ids=["locked", "ordered"],
)
def test_a_locked_case_and_one_that_has_to_go_take_the_sheet_out_of_sight(sheet, end):
    sheet.put_to_all()
    sheet.house.sql(f"UPDATE case_file SET {end}")
    for who in ("policeMember", *sheet.asked):
        assert sheet.read(who).status_code == 404, who
        assert sheet.table.ok(sheet.table.get(who, SHEETS)) == {
            "self": "/api/v1/feedbackSheets",
            "items": [],
            "places": [],
        }
    assert sheet.write().status_code == 404
    assert sheet.issue().status_code == 404


def test_the_list_names_references_alone(sheet):
    sheet.put_to_all()
    mine = sheet.table.ok(sheet.table.get("policeMember", SHEETS))
    assert [(i["own"], i["state"]) for i in mine["items"]] == [(True, "consensusAsked")]
    assert [p["agendaItemId"] for p in mine["places"]] == [sheet.item]
    theirs = sheet.table.ok(sheet.table.get("school", SHEETS))
    assert [(i["own"], i["answered"]) for i in theirs["items"]] == [(False, False)]
    assert theirs["places"] == []
    assert MARK not in str(mine) + str(theirs)
    assert TEXT not in str(mine) + str(theirs)


def test_whoever_is_asked_is_told_so_with_a_reference_alone_and_nobody_who_keeps_out(sheet):
    sheet.table.ok(sheet.table.post("clb", f"/cases/{sheet.case}/exclude"))
    sheet.put_to_all()
    told = sheet.house.sql("SELECT person_id, reference FROM notice WHERE code = 'feedbackAsked'")
    cast = sheet.house.cast.persons
    assert {row.person_id for row in told} == {cast["school"], cast["coordinator"]}
    assert all(row.reference.startswith("C-2026-") for row in told)
    page = reader(sheet.house, "school").get("/notices")
    assert 'href="/feedback"' in page.text
    assert MARK not in page.text


def test_the_page_of_the_item_leads_the_police_there_and_nobody_else(table):
    during = Sheet(table, close=False)
    assert 'href="/feedback"' in reader(table.house, "policeMember").get(f"/agenda-items/{during.item}").text
    shown = reader(table.house, "school").get(f"/agenda-items/{during.item}").text
    assert ">Feedbackfiches<" not in shown.partition("<main")[2]
