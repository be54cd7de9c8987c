"""Minutes: drafted per item, submitted, remarked on, approved once, read for a while (R66 to R68)."""

import hashlib
from datetime import timedelta
from threading import Barrier, Thread

import orjson
import pytest
from pagecraft import reader, texts_of

SAID = {"assessment": "Schooluitval weegt het zwaarst.", "decisions": "CLB belt de ouders."}


def draft(table, meeting, item, who="coordinator", match=None, **over):
    headers = {"If-Match": match} if match else {}
    return table.house.client(who).post(
        f"/api/v1/meetings/{meeting}/minutes/items",
        json={"agendaItemId": item} | SAID | over,
        headers=headers,
    )


def drafted(table, *guests, **over):
    meeting, item, case = table.sat(*(guests or ("school",)), **over)
    table.ok(draft(table, meeting, item))
    return meeting, item, case


def submitted(table, *guests, **over):
    meeting, item, case = drafted(table, *guests, **over)
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    return meeting, item, case


def test_there_are_no_minutes_before_the_sitting(table):
    meeting, item, _ = table.tabled("school")
    assert draft(table, meeting, item).status_code == 409
    assert table.get("coordinator", f"/meetings/{meeting}/minutes").status_code == 404
    assert table.post("coordinator", f"/meetings/{meeting}/minutes/submit").status_code == 409


def test_the_desk_drafts_and_rewrites_from_the_version_it_has_seen(table):
    meeting, item, case = table.sat("school")
    first = draft(table, meeting, item)
    assert table.ok(first)["assessment"] == SAID["assessment"]
    assert draft(table, meeting, item).status_code == 428
    assert draft(table, meeting, item, match='"7"').status_code == 412
    second = draft(table, meeting, item, match=first.headers["etag"], decisions="CAW neemt over.")
    assert table.ok(second)["decisions"] == "CAW neemt over."
    assert draft(table, meeting, item, match=first.headers["etag"]).status_code == 412
    (row,) = table.house.sql("SELECT assessment, decisions, case_id FROM minutes_item")
    assert b"CAW" not in bytes(row.decisions)
    assert str(row.case_id) == case
    assert len(table.journal("minutes.draft", "coordinator")) == 2


@pytest.mark.parametrize("text", ["assessment", "decisions", "actions"])
def test_no_minutes_name_a_card(table, text):
    meeting, item, _ = table.sat("school")
    answer = draft(table, meeting, item, **{text: "De politie las de informatiekaart voor (verzonnen)."})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R57")
    assert table.house.sql("SELECT 1 FROM minutes_item") == []


def test_participants_and_outsiders_do_not_write(table):
    meeting, item, _ = table.sat("school")
    assert draft(table, meeting, item, "school").status_code == 403
    for who in ("clb", "zoneCoordinatorD", "secretary", "auditor", "administrator", "dpo"):
        assert draft(table, meeting, item, who).status_code == 404, who
    elsewhere = table.plan()
    assert draft(table, elsewhere, item).status_code == 404


def test_the_secretary_named_for_the_meeting_takes_its_minutes_until_they_are_approved(table):
    named = table.person("secretary")
    meeting, item, _ = table.tabled("school", secretaryId=named)
    assert len(table.ok(table.get("secretary", f"/meetings/{meeting}"))["items"]) == 1
    table.house.later(days=20)
    table.ok(table.post("secretary", f"/meetings/{meeting}/open"))
    table.ok(
        table.post("secretary", "/attendances", {"agendaItemId": item, "personId": table.person("school")})
    )
    people = table.ok(table.get("secretary", f"/agendaItems/{item}"))["people"]
    assert people[0]["present"] is True
    table.ok(draft(table, meeting, item, "secretary"))
    table.ok(table.post("secretary", f"/meetings/{meeting}/close"))
    table.house.later(days=3)
    table.ok(draft(table, meeting, item, "secretary", match="*", decisions="Later aangevuld."))
    table.ok(table.post("secretary", f"/meetings/{meeting}/minutes/submit"))
    assert len(table.ok(table.get("secretary", f"/meetings/{meeting}/minutes"))["items"]) == 1
    assert table.approve("secretary", meeting).status_code == 403
    table.ok(table.approve("coordinator", meeting))
    assert table.ok(table.get("secretary", f"/meetings/{meeting}"))["items"] == []
    assert table.ok(table.get("secretary", f"/meetings/{meeting}/minutes"))["items"] == []
    assert table.get("secretary", f"/agendaItems/{item}").status_code == 404


def test_minutes_are_submitted_once_the_sitting_is_over(table):
    meeting, _, _ = drafted(table)
    path = f"/meetings/{meeting}/minutes/submit"
    assert table.post("coordinator", path).status_code == 409
    table.close(meeting)
    assert table.post("school", path).status_code == 403
    assert table.post("clb", path).status_code == 404
    assert table.house.client("coordinator").post("/api/v1" + path).status_code == 428
    assert table.ok(table.post("coordinator", path))["state"] == "submitted"
    assert table.post("coordinator", path).status_code == 409


def test_nothing_is_rewritten_after_submission(table):
    meeting, item, _ = submitted(table)
    assert draft(table, meeting, item, match="*").status_code == 409


def test_those_who_were_there_read_and_remark_within_seven_days(table):
    meeting, item, case = submitted(table, "school", "policeMember")
    seen = table.ok(table.get("school", f"/meetings/{meeting}/minutes"))
    assert [i["decisions"] for i in seen["items"]] == [SAID["decisions"]]
    assert "digest" not in seen["items"][0]
    (line,) = table.journal("minutes.read", "school")
    assert (str(line.case_id), line.object_type) == (case, "minutesItem")
    body = {"agendaItemId": item, "text": "De leerling was vier weken weg."}
    remarked = table.ok(table.post("school", f"/meetings/{meeting}/minutes/remark", body), 201)
    assert remarked["text"] == body["text"]
    desk = table.ok(table.get("coordinator", f"/meetings/{meeting}/minutes"))
    assert [r["personName"] for r in desk["items"][0]["remarks"]] == ["School Verzonnen"]
    other = table.ok(table.get("policeMember", f"/meetings/{meeting}/minutes"))
    assert other["items"][0]["remarks"] == []
    assert table.post("clb", f"/meetings/{meeting}/minutes/remark", body).status_code == 404
    assert table.post("mayor", f"/meetings/{meeting}/minutes/remark", body).status_code == 404
    table.house.later(days=7, seconds=1)
    assert table.post("school", f"/meetings/{meeting}/minutes/remark", body).status_code == 404
    assert table.get("school", f"/meetings/{meeting}/minutes").status_code == 404


def test_whoever_of_the_desk_was_there_remarks_on_the_page_too_and_nobody_else_of_it(table):
    """The coordinator sat at the item, the mayor did not; the answer says to each what they may do with it (R67)."""
    meeting, item, _ = submitted(table, "school")
    path = f"/meetings/{meeting}/minutes"

    def offered(who):
        (read,) = table.ok(table.get(who, path))["items"]
        shown = reader(table.house, who).get(path).text
        assert ("minutes.remark" in read["abilities"]) == (f'href="{path}/{item}/remark"' in shown), who
        return "minutes.remark" in read["abilities"]

    assert {who: offered(who) for who in ("school", "coordinator", "mayor")} == {
        "school": True, "coordinator": True, "mayor": False,
    }  # fmt: skip
    done = reader(table.house, "coordinator").send(f"{path}/{item}/remark", text="De klas, niet de school.")
    assert "De klas, niet de school." in texts_of(done.text)
    assert reader(table.house, "mayor").get(f"{path}/{item}/remark").status_code == 409
    table.house.later(days=7, seconds=1)
    assert not offered("coordinator")


def test_a_draft_is_for_desk_chair_and_secretary_only(table):
    meeting, _, _ = drafted(table)
    assert table.get("school", f"/meetings/{meeting}/minutes").status_code == 404
    assert table.ok(table.get("mayor", f"/meetings/{meeting}/minutes"))["state"] == "draft"


@pytest.mark.parametrize(
    "who", ["clb", "participant", "auditor", "administrator", "dpo", "zoneMayorD", "secretary"]
)
def test_whoever_was_not_there_does_not_learn_of_the_minutes(table, who):
    meeting, _, _ = submitted(table)
    assert table.get(who, f"/meetings/{meeting}/minutes").status_code == 404


def test_the_chair_alone_approves_and_each_item_gets_its_digest(table):
    meeting, item, _ = submitted(table)
    table.days_for_remarks_over(meeting)
    path = f"/meetings/{meeting}/minutes/approve"
    for who, status in (
        ("mayor", 409),
        ("delegate", 409),
        ("school", 403),
        ("clb", 404),
        ("zoneMayorD", 404),
    ):
        refused = table.post(who, path)
        assert refused.status_code == status, who
        assert status != 409 or refused.json()["rule"] == "R67"
    approved = table.ok(table.post("coordinator", path))
    assert approved["state"] == "approved"
    (shown,) = table.ok(table.get("school", f"/meetings/{meeting}/minutes"))["items"]
    canonical = orjson.dumps(
        {"agendaItemId": item, "salt": shown["salt"]} | SAID, option=orjson.OPT_SORT_KEYS
    )
    assert shown["digest"] == hashlib.sha256(canonical).hexdigest()


def test_a_text_that_was_changed_past_the_door_is_not_approved(table):
    meeting, _, _ = submitted(table)
    table.house.sql("UPDATE minutes_item SET digest = sha256('anders')")
    assert table.approve("coordinator", meeting).status_code == 409


def test_approved_minutes_do_not_change(table):
    meeting, item, _ = submitted(table)
    table.ok(table.approve("coordinator", meeting))
    assert draft(table, meeting, item, match="*").status_code == 409
    assert table.post("coordinator", f"/meetings/{meeting}/minutes/submit").status_code == 409
    assert table.approve("coordinator", meeting).status_code == 409
    with table.house.work("coordinator") as unit:
        changed = unit.session.connection().exec_driver_sql("UPDATE minutes_item SET version = version + 1")
        assert changed.rowcount == 0
        unit.repeat()


def test_the_extract_is_readable_for_fourteen_days(table):
    meeting, _, _ = submitted(table, "school")
    table.house.later(days=10)
    approved = table.ok(table.approve("coordinator", meeting))
    del approved
    table.house.later(days=14)
    seen = table.ok(table.get("school", f"/meetings/{meeting}/minutes"))
    assert seen["items"][0]["assessment"] == SAID["assessment"]
    assert [m["meetingId"] for m in table.ok(table.get("school", "/meetings", when="all"))["items"]] == [
        meeting
    ]
    table.house.later(seconds=1)
    assert table.get("school", f"/meetings/{meeting}/minutes").status_code == 404
    assert table.ok(table.get("school", "/meetings", when="all"))["items"] == []
    refused = table.get("mayor", f"/meetings/{meeting}/minutes")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R107")
    assert table.ok(table.get("mayor", f"/meetings/{meeting}/minutes", reason="supervision"))["items"]
    (line,) = table.journal("minutes.read", "mayor")
    assert line.reason == "supervision"


def test_until_they_are_approved_those_who_write_and_approve_need_no_reason(table):
    meeting, _, _ = drafted(table, secretaryId=table.person("secretary"))
    table.close(meeting)
    table.house.later(days=5)
    for step in ("submit", "approve"):
        for who in ("coordinator", "mayor", "secretary"):
            assert table.ok(table.get(who, f"/meetings/{meeting}/minutes"))["items"], (who, step)
        table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/{step}"))
        table.days_for_remarks_over(meeting)
    assert {x.reason for x in table.journal("minutes.read")} == {""}
    assert table.get("coordinator", f"/meetings/{meeting}/minutes").json()["rule"] == "R107"


def test_the_minutes_of_a_locked_case_are_read_and_written_by_nobody(table):
    meeting, item, case = drafted(table, secretaryId=table.person("secretary"))
    table.house.sql("UPDATE case_file SET locks_on = '2026-03-22' WHERE id = :c", c=case)
    written = draft(table, meeting, item, match="*")
    assert (written.status_code, written.json()["rule"]) == (409, "R90")
    assert draft(table, meeting, item, "secretary", match="*").status_code == 404
    table.close(meeting)
    table.house.sql("UPDATE case_file SET locks_on = '2026-03-22' WHERE id = :c", c=case)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    refused = table.get("coordinator", f"/meetings/{meeting}/minutes", reason="supervision")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R90")
    assert table.get("school", f"/meetings/{meeting}/minutes").status_code == 404
    body = {"agendaItemId": item, "text": "Nog iets."}
    assert table.post("school", f"/meetings/{meeting}/minutes/remark", body).status_code == 404


def test_a_locked_case_is_left_out_of_the_minutes_of_the_others(table):
    first, second = table.case("Eerste Verzonnen"), table.case("Tweede Verzonnen")
    meeting = table.plan()
    items = [table.add(meeting, first), table.add(meeting, second)]
    table.convene(meeting)
    table.open(meeting)
    for item in items:
        table.ok(draft(table, meeting, item))
    table.house.sql("UPDATE case_file SET locks_on = '2026-03-02' WHERE id = :c", c=first)
    (only,) = table.ok(table.get("coordinator", f"/meetings/{meeting}/minutes"))["items"]
    assert only["agendaItemId"] == items[1]


def test_the_minutes_state_their_purpose(table):
    meeting, _, _ = drafted(table)
    invitation = table.ok(table.get("school", "/invitations"))["items"][0]
    assert (
        table.ok(table.get("coordinator", f"/meetings/{meeting}/minutes"))["purpose"] == invitation["purpose"]
    )


def test_a_month_after_the_sitting_secretary_and_chair_lose_sight_of_what_was_never_approved(zone):
    d, e = zone
    meeting = d.plan(secretaryId=d.person("zoneSecretary"), chairId=e.person("zoneCoordinatorE"))
    item = d.add(meeting, d.case())
    d.invite(item, "zoneCoordinatorE")
    d.convene(meeting)
    d.house.later(days=20)
    d.open(meeting)
    d.attend(item, "zoneCoordinatorE")
    d.ok(draft(d, meeting, item, "zoneCoordinatorD"))
    d.close(meeting)
    d.house.later(days=31, hours=2)
    for who in ("zoneSecretary", "zoneCoordinatorE"):
        assert d.get(who, f"/agendaItems/{item}").status_code == 200, who
        assert len(d.ok(d.get(who, f"/meetings/{meeting}/minutes"))["items"]) == 1, who
    d.house.later(seconds=1)
    for who in ("zoneSecretary", "zoneCoordinatorE"):
        assert d.get(who, f"/agendaItems/{item}").status_code == 404, who
        assert d.ok(d.get(who, f"/meetings/{meeting}/minutes"))["items"] == [], who
    assert draft(d, meeting, item, "zoneSecretary", match="*").status_code == 404
    assert len(d.ok(d.get("zoneCoordinatorD", f"/meetings/{meeting}/minutes"))["items"]) == 1


def test_each_recipient_sees_only_the_items_attended(table):
    first, second = table.case("Eerste Verzonnen"), table.case("Tweede Verzonnen")
    meeting = table.plan()
    items = [table.add(meeting, first), table.add(meeting, second)]
    table.invite(items[0], "school")
    table.invite(items[1], "clb")
    table.convene(meeting)
    table.open(meeting)
    table.attend(items[0], "school")
    table.attend(items[1], "clb")
    for n, item in enumerate(items):
        table.ok(draft(table, meeting, item, decisions=f"Besluit {n}"))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    for who, text in (("school", "Besluit 0"), ("clb", "Besluit 1")):
        (only,) = table.ok(table.get(who, f"/meetings/{meeting}/minutes"))["items"]
        assert only["decisions"] == text
    body = {"agendaItemId": items[1], "text": "Niet van mij."}
    assert table.post("school", f"/meetings/{meeting}/minutes/remark", body).status_code == 404
    both = table.ok(table.get("coordinator", f"/meetings/{meeting}/minutes"))["items"]
    assert [i["decisions"] for i in both] == ["Besluit 0", "Besluit 1"]
    assert len(table.journal("minutes.read", "coordinator")) == 2


def test_of_two_approvals_at_once_one_wins(table):
    meeting, _, _ = submitted(table)
    table.days_for_remarks_over(meeting)
    client = table.house.client("coordinator")
    tag = client.get(f"/api/v1/meetings/{meeting}/minutes").headers["etag"]
    start, answers = Barrier(2), []

    def approve():
        start.wait()
        answers.append(
            client.post(f"/api/v1/meetings/{meeting}/minutes/approve", headers={"If-Match": tag}).status_code
        )

    threads = [Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in ([200, 409], [200, 412])
    assert len(table.journal("minutes.approve", "coordinator")) == 1
    (row,) = table.house.sql("SELECT extract_until FROM meeting")
    assert row.extract_until == table.house.now + timedelta(days=14)
