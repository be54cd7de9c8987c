"""Approval waits for the days for remarks, or for the assent of everybody who was there; a remark can be worked in (R67)."""

from datetime import timedelta

import pytest
from lockcraft import meanwhile, reached
from pagecraft import reader, texts_of

SAID = {"assessment": "Zorgnood, geen dreiging.", "decisions": "CLB neemt contact op."}


@pytest.fixture
def laid(table):
    """Minutes that the coordinator, who was there, laid before two others who were; gives (meeting, item)."""
    meeting, item, _ = table.sat("school", "clb", chairId=table.person("mayor"))
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    return meeting, item


def assent(table, meeting, who, match="*"):
    return table.post(who, f"/meetings/{meeting}/minutes/assent", match=match)


def approve(table, meeting, who="mayor"):
    return table.post(who, f"/meetings/{meeting}/minutes/approve")


def minutes(table, meeting, who="coordinator"):
    return table.ok(table.get(who, f"/meetings/{meeting}/minutes"))


def next_step(table, meeting):
    return table.ok(table.get("coordinator", f"/meetings/{meeting}"))["holding"]["nextStep"]


def test_the_chair_does_not_approve_before_the_days_for_remarks_are_over(table, laid):
    meeting, _ = laid
    early = approve(table, meeting)
    assert (early.status_code, early.json()["rule"]) == (409, "R67")
    assert "minutes.approve" not in minutes(table, meeting, "mayor")["abilities"]
    table.house.later(days=7, seconds=-1)
    assert approve(table, meeting).status_code == 409
    table.house.later(seconds=1)
    assert "minutes.approve" in minutes(table, meeting, "mayor")["abilities"]
    assert table.ok(approve(table, meeting))["state"] == "approved"


def test_once_everybody_who_was_there_has_no_remark_the_chair_need_not_wait(table, laid):
    meeting, _ = laid
    assert minutes(table, meeting)["assentsLacking"] == 2, "who laid it before the others has no remark"
    assert next_step(table, meeting) == "remarks"
    assert minutes(table, meeting, "school")["abilities"] == ["minutes.assent"]
    table.ok(assent(table, meeting, "school"))
    shown = minutes(table, meeting, "school")
    assert (shown["assented"], shown["abilities"], shown.get("assentsLacking")) == (True, [], None)
    assert approve(table, meeting).status_code == 409
    table.ok(assent(table, meeting, "clb"))
    assert minutes(table, meeting)["assentsLacking"] == 0
    assert next_step(table, meeting) == "approve"
    table.ok(approve(table, meeting))
    assert len(table.journal("minutes.assent", "school")) == 1


@pytest.mark.parametrize("who", ["participant", "auditor", "zoneMayorD", "secretary", "delegate"])
def test_who_was_not_there_has_nothing_to_assent_to(table, laid, who):
    meeting, _ = laid
    assert assent(table, meeting, who).status_code in {403, 404}
    assert minutes(table, meeting)["assentsLacking"] == 2


def test_assent_is_to_the_text_one_read_and_within_the_days(table, laid):
    meeting, _ = laid
    assert assent(table, meeting, "school", match='"1"').status_code == 412
    table.house.later(days=7, seconds=1)
    assert assent(table, meeting, "school").status_code == 404, "not in sight any more (R68)"


def test_a_remark_is_worked_in_and_the_days_begin_anew(table, laid):
    meeting, item = laid
    for who in ("school", "clb"):
        table.ok(assent(table, meeting, who))
    remark = {"agendaItemId": item, "text": "Het CAW, niet het CLB."}
    table.ok(table.post("clb", f"/meetings/{meeting}/minutes/remark", remark), 201)
    assert minutes(table, meeting)["assentsLacking"] == 1, "who remarks takes the assent back"
    assert minutes(table, meeting, "clb")["assented"] is False
    assert approve(table, meeting).status_code == 409, "not over a remark"
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/revise"))
    taken = minutes(table, meeting)
    assert taken["state"] == "draft"
    assert taken["items"][0]["remarks"][0]["text"] == remark["text"], "it is still there to work in"
    assert table.get("clb", f"/meetings/{meeting}/minutes").status_code == 404, "a draft is not theirs"
    again = {"agendaItemId": item} | SAID | {"decisions": "CAW neemt contact op."}
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", again))
    table.house.later(days=3)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    shown = minutes(table, meeting)
    assert shown["remarksUntil"].startswith((table.house.now + timedelta(days=7)).date().isoformat())
    assert shown["assentsLacking"] == 2, "what they assented to was another text"
    assert approve(table, meeting).status_code == 409


def test_who_writes_the_minutes_takes_them_back_until_they_are_approved(table, laid):
    meeting, _ = laid
    path = f"/meetings/{meeting}/minutes/revise"
    for who, status in (("school", 403), ("mayor", 403), ("participant", 404), ("zoneCoordinatorD", 404)):
        assert table.post(who, path).status_code == status, who
    assert table.post("coordinator", path, match='"1"').status_code == 412
    table.house.later(days=7)
    table.ok(approve(table, meeting))
    assert table.post("coordinator", path).status_code == 409


def test_the_chairs_own_assent_is_the_approval(table):
    meeting, item, _ = table.sat("school")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(assent(table, meeting, "school"))
    table.ok(approve(table, meeting, "coordinator"))


def test_nobody_assents_for_somebody_else_whatever_the_operations_do(table, laid):
    meeting, _ = laid
    house = table.house
    other = house.cast.persons["participant"]
    assert reached(
        house,
        "coordinator",
        "UPDATE attendance SET recorded_at = recorded_at WHERE meeting_id = :m",
        m=meeting,
    )
    assert (
        reached(
            house, "coordinator", "UPDATE attendance SET assented_at = now() WHERE meeting_id = :m", m=meeting
        )
        is None
    )
    row = (
        "INSERT INTO attendance (agenda_item_id, person_id, meeting_id, case_id, municipality_id, present, recorded_at,"
        " assented_at) SELECT agenda_item_id, :p, meeting_id, case_id, municipality_id, true, now(), {at}"
        " FROM attendance WHERE meeting_id = :m LIMIT 1"
    )
    assert reached(house, "coordinator", row.format(at="now()"), m=meeting, p=other) is None
    assert reached(house, "coordinator", row.format(at="NULL"), m=meeting, p=other) is None, (
        "after the sitting"
    )
    house.sql("UPDATE meeting SET state = 'inSession'")
    assert reached(house, "coordinator", row.format(at="now()"), m=meeting, p=other) is None
    assert reached(house, "coordinator", row.format(at="NULL"), m=meeting, p=other) == 1
    house.sql("UPDATE meeting SET state = 'closed'")
    for who in ("secretary", "zoneCoordinatorD"):
        with house.work(who) as unit:
            unit.repeat()
            assert unit.session.connection().exec_driver_sql(
                f"SELECT assents_lacking('{meeting}'), assent_to_minutes('{meeting}')"
            ).one() == (None, 0)


def test_the_pages_lead_there(table, laid):
    meeting, _ = laid
    address = f"/meetings/{meeting}/minutes"
    school, desk = reader(table.house, "school"), reader(table.house, "coordinator")
    assert "Wie dat nog niet zei: 2." in texts_of(desk.get(address).text)
    done = school.send(address, "/whole/assent")
    assert done.status_code == 200
    assert "U zei dat u geen opmerkingen hebt." in texts_of(done.text)
    assert "/whole/assent" not in done.text
    taken = desk.send(address, "/whole/revise")
    assert taken.status_code == 200
    assert "/whole/submit" in taken.text


def test_a_remark_does_not_land_on_minutes_approved_at_the_same_moment(table, laid):
    meeting, item = laid
    said = {"agendaItemId": item, "text": "Toch iets."}
    approving = "UPDATE minutes SET state = 'approved' WHERE meeting_id = :m"
    path = f"/meetings/{meeting}/minutes/remark"
    answer = meanwhile(table.house, approving, lambda: table.post("clb", path, said), m=meeting)
    assert (answer.status_code, answer.json()["rule"]) == (409, "R67")
    assert table.house.sql("SELECT 1 FROM minutes_remark") == []


STEPS = (
    "state = 'approved', approved_by = acting_person(), approved_at = moment(), note = 'x', leaves = 'x'",
    "state = 'approved'",
    "remarks_until = '2099-01-01'",
    "submitted_at = submitted_at - interval '1 hour'",
    "state = 'draft'",
)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["mayor", "coordinator"])
def test_the_database_lets_nobody_skip_a_step(table, laid, who, step):
    meeting, _ = laid
    said = f"UPDATE minutes SET {step} WHERE meeting_id = :m"
    assert reached(table.house, who, said, m=meeting) is None


def test_the_database_lets_the_chair_alone_approve_in_time_and_signed(table, laid):
    meeting, _ = laid
    table.house.later(days=7)
    signed = f"UPDATE minutes SET {STEPS[0]} WHERE meeting_id = :m"
    assert reached(table.house, "coordinator", signed, m=meeting) is None
    assert (
        reached(table.house, "mayor", f"UPDATE minutes SET {STEPS[1]} WHERE meeting_id = :m", m=meeting)
        is None
    )
    assert reached(table.house, "mayor", signed, m=meeting) == 1


def test_what_was_laid_before_others_is_not_rewritten(table, laid):
    meeting, _ = laid
    rewrite = "UPDATE minutes_item SET digest = sha256('anders') WHERE meeting_id = :m"
    assert reached(table.house, "coordinator", rewrite, m=meeting) == 0
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/revise"))
    assert reached(table.house, "coordinator", rewrite, m=meeting) == 1


def test_minutes_approved_without_a_signature_are_said_not_to_match(table, laid):
    meeting, _ = laid
    table.house.sql(
        "UPDATE minutes SET state = 'approved', approved_at = submitted_at WHERE meeting_id = :m", m=meeting
    )
    (item,) = minutes(table, meeting, "coordinator")["items"]
    assert item["proven"] is False
