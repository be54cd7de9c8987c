"""Whoever leaves the mayor's list leaves every agenda to come, and nobody is asked about them any more (R42, R61)."""

import pytest
from lockcraft import reached
from pagecraft import reader, texts_of
from tablecraft import ANSWERED

from app.kernel.ids import new_id

QUESTION = {"question": "Wat weet u?"}


def strike_off(table, case):
    table.ok(table.post("coordinator", f"/cases/{case}/proposeClosure", {"ground": "listedInError"}))
    return table.ok(table.post("mayor", f"/cases/{case}/close", ANSWERED))


def notices(table, who):
    return sorted(row.code for row in table.house.sql(
        "SELECT code FROM notice WHERE person_id = :p", p=table.house.cast.persons[who]))  # fmt: skip


def invitations(table):
    return sorted(row.state for row in table.house.sql("SELECT state FROM invitation"))


def item_state(table, item):
    ((state, reason),) = table.house.sql(
        "SELECT state, put_off_reason FROM agenda_item WHERE id = :i", i=item
    )
    return state, reason


def refused(answer, rule="R61"):
    assert (answer.status_code, answer.json()["rule"]) == (409, rule), answer.text


@pytest.fixture
def gone(table):
    """A convened meeting of which the case was closed past every operation; gives (meeting, item, case, invitations)."""
    case, meeting = table.case(), table.plan()
    item = table.add(meeting, case)
    school = table.invite(item, "school")
    table.convene(meeting)
    clb = table.invite(item, "clb")
    table.house.sql("UPDATE case_file SET state = 'closed'")
    return meeting, item, case, {"school": school, "clb": clb}


def test_a_case_that_is_struck_off_goes_off_its_agendas_and_who_was_asked_is_told(table):
    meeting, item, case = table.tabled("school")
    table.invite(item, "clb")
    assert table.get("school", f"/agendaItems/{item}").status_code == 200
    strike_off(table, case)
    assert item_state(table, item) == ("takenOff", "caseClosed")
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    assert invitations(table) == ["removed", "withdrawn"]
    assert notices(table, "school") == ["invitation", "itemOff"]
    assert notices(table, "clb") == []
    (change,) = [
        each
        for each in table.ok(table.get("mayor", f"/meetings/{meeting}"))["changes"]
        if each["kind"] == "itemTakenOff"
    ]
    assert change["reason"] == "caseClosed"
    lines = table.journal("case.close", "mayor")
    assert {str(line.object_id) for line in lines} == {case, item}
    assert "De casus is afgesloten" in texts_of(reader(table.house, "mayor").get(f"/meetings/{meeting}").text)


def test_a_meeting_of_which_the_case_left_the_list_is_convened_without_it(table):
    case, other, meeting = table.case(), table.case("Ander Verzonnen"), table.plan()
    item, stays = table.add(meeting, case), table.add(meeting, other)
    table.invite(item, "school")
    table.invite(stays, "clb")
    strike_off(table, case)
    assert item_state(table, item) == ("takenOff", "caseClosed")
    table.convene(meeting)
    assert invitations(table) == ["removed", "sent"]
    assert (notices(table, "school"), notices(table, "clb")) == ([], ["invitation"])


def test_what_is_being_discussed_stays_and_who_is_there_can_still_leave(table):
    _, item, case = table.sat("school", "policeMember")
    strike_off(table, case)
    assert item_state(table, item) == ("tabled", None)
    said = {"agendaItemId": item, "personId": table.person("school")}
    table.ok(table.post("coordinator", "/attendances", said | {"present": False}))
    refused(table.post("coordinator", "/attendances", said))


def test_nobody_is_prepared_sent_or_asked_for_a_case_off_the_list(table, gone):
    _, item, _, made = gone
    refused(table.post("coordinator", "/invitations", table.inviting(item, "policeMember")))
    refused(table.post("mayor", f"/invitations/{made['clb']}/send"))
    refused(table.post("mayor", f"/invitations/{made['school']}/contributionRequest", QUESTION))
    assert notices(table, "clb") == []


def test_convening_passes_over_a_case_off_the_list(table):
    case, other, meeting = table.case(), table.case("Ander Verzonnen"), table.plan()
    table.invite(table.add(meeting, case), "school")
    table.invite(table.add(meeting, other), "clb")
    table.house.sql("UPDATE case_file SET state = 'closed' WHERE id = :c", c=case)
    table.convene(meeting)
    assert (notices(table, "school"), notices(table, "clb")) == ([], ["invitation"])


def test_the_database_itself_keeps_a_closed_case_off_the_agenda(table, gone):
    meeting, item, case, made = gone
    house = table.house
    assert (
        reached(house, "mayor", "UPDATE invitation SET state = 'sent' WHERE id = :i", i=made["clb"]) is None
    )
    assert (
        reached(house, "mayor", "UPDATE invitation SET state = 'withdrawn' WHERE id = :i", i=made["school"])
        == 1
    )
    assert (
        reached(house, "mayor", "UPDATE invitation SET state = 'sent' WHERE id = :i", i=made["school"])
        is None
    )
    there = (
        "INSERT INTO attendance (agenda_item_id, person_id, meeting_id, case_id, municipality_id, present, recorded_at)"
        " VALUES (:i, :p, :m, :c, :t, true, now())"
    )
    known = {"i": item, "p": table.person("school"), "m": meeting, "c": case, "t": house.cast.towns["C"]}
    house.sql("UPDATE meeting SET state = 'inSession' WHERE id = :m", m=meeting)
    assert reached(house, "mayor", there, **known) is None
    tabled = (
        "INSERT INTO agenda_item (id, meeting_id, cell_id, municipality_id, case_id, subject_id, position, minutes,"
        " question, state, starts_after, version) SELECT :n, meeting_id, cell_id, municipality_id, case_id, subject_id,"
        " 9, minutes, question, 'postponed', 0, 1 FROM agenda_item WHERE id = :i"
    )
    assert reached(house, "mayor", tabled, n=new_id(), i=item) is None
    house.sql("UPDATE case_file SET state = 'monitored'")
    assert reached(house, "mayor", tabled, n=new_id(), i=item) == 1
    assert reached(house, "mayor", there, **known) == 1
    assert reached(house, "mayor", "UPDATE invitation SET state = 'sent' WHERE id = :i", i=made["clb"]) == 1


def test_in_a_joint_cell_a_case_of_another_town_goes_off_without_its_planner(zone):
    d, e = zone
    joint = d.plan()
    case = e.case("Van E Verzonnen")
    item = e.add(joint, case)
    e.ok(e.post("zoneCoordinatorE", f"/cases/{case}/proposeClosure", {"ground": "deceased"}))
    e.ok(e.post("zoneMayorE", f"/cases/{case}/close", ANSWERED))
    assert item_state(e, item) == ("takenOff", "caseClosed")
