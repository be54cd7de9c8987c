"""Who is in the room for an item comes and goes: what each hears, and what stays theirs (R62, R63, R68)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lockcraft import meanwhile
from pagecraft import forms_of, reader, texts_of
from sqlalchemy.exc import DBAPIError

SAID = {"assessment": "Zorg op school.", "decisions": "CLB belt."}


def record(table, item, name, who="coordinator", **said):
    return table.post(who, "/attendances", {"agendaItemId": item, "personId": table.person(name)} | said)


def say(table, item, case, text):
    body = {
        "caseId": case, "agendaItemId": item, "category": 5, "origin": "livcParticipant", "kind": "fact", "text": text,
        "relevantAndProportionate": True, "nothingClassified": True,
    }  # fmt: skip
    table.ok(table.post("school", "/statements", body), 201)
    table.house.later(minutes=1)


def heard(table, item, who):
    return {each["text"] for each in table.ok(table.get(who, f"/agendaItems/{item}"))["statements"]}


def test_who_left_hears_nothing_more_and_hears_again_after_coming_back(table):
    _, item, case = table.sat("school", "clb")
    say(table, item, case, "eerst")
    assert heard(table, item, "clb") == {"eerst"}
    left = table.ok(record(table, item, "clb", present=False))
    assert left["present"] is False
    assert left["leftAt"]
    say(table, item, case, "daarna")
    assert heard(table, item, "clb") == set()
    assert table.ok(table.get("clb", f"/agendaItems/{item}"))["why"]["standing"] == "invited"
    assert "leftAt" not in table.ok(record(table, item, "clb"))
    assert heard(table, item, "clb") == {"eerst", "daarna"}


def test_the_database_says_the_same_of_who_left(table):
    _, item, case = table.sat("school", "clb")
    say(table, item, case, "eerst")
    table.ok(record(table, item, "clb", present=False))
    found = {}
    for who in ("school", "clb"):
        with table.house.work(who) as unit:
            bare = unit.session.connection().exec_driver_sql("SELECT count(*) FROM statement")
            found[who] = bare.scalar_one()
            unit.repeat()
    assert found == {"school": 1, "clb": 0}


def test_who_left_was_there_and_reads_the_extract(table):
    meeting, item, _ = table.sat("school", "clb")
    table.ok(record(table, item, "clb", present=False))
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    states = {str(r.person_id): r.state for r in table.house.sql("SELECT person_id, state FROM invitation")}
    assert states[table.person("clb")] == "attended"
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    assert len(table.ok(table.get("clb", f"/meetings/{meeting}/minutes"))["items"]) == 1


def test_who_was_put_on_the_record_by_mistake_was_never_there(table):
    meeting, item, _ = table.sat("school", "clb")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    struck = table.ok(record(table, item, "clb", present=False, correction=True))
    assert struck["present"] is False
    assert "leftAt" not in struck
    table.close(meeting)
    states = {str(r.person_id): r.state for r in table.house.sql("SELECT person_id, state FROM invitation")}
    assert states[table.person("clb")] == "noAnswer"
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    assert table.get("clb", f"/meetings/{meeting}/minutes").status_code == 404


def test_an_item_that_two_services_heard_counts_though_one_left_early(table):
    meeting, item, _ = table.sat("school")
    table.ok(record(table, item, "school", present=False))
    table.close(meeting)
    assert len(table.house.sql("SELECT 1 FROM discussion")) == 1


def test_every_move_is_kept_and_shown_to_who_keeps_the_record(table):
    _, item, _ = table.sat("school", "clb")
    for said in ({"present": False}, {"present": False}, {}, {}, {"present": False, "correction": True}):
        table.house.later(minutes=5)
        table.ok(record(table, item, "clb", **said))
    people = table.ok(table.get("coordinator", f"/agendaItems/{item}"))["people"]
    mine = next(each for each in people if each["personId"] == table.person("clb"))
    assert [move["kind"] for move in mine["moves"]] == ["came", "left", "came", "struck"]
    for each in table.ok(table.get("school", f"/agendaItems/{item}"))["people"]:
        assert "moves" not in each
    lines = table.house.sql("SELECT DISTINCT recorded_by FROM attendance_move")
    assert {str(row.recorded_by) for row in lines} == {table.person("coordinator")}


def test_nothing_is_taken_back_from_the_moves(table):
    _, item, _ = table.sat("school")
    table.ok(record(table, item, "school", present=False))
    with table.house.work("coordinator") as unit:
        for statement in ("UPDATE attendance_move SET kind = 'came'", "DELETE FROM attendance_move"):
            with pytest.raises(DBAPIError, match="permission denied"), unit.session.begin_nested():
                unit.session.connection().exec_driver_sql(statement)
        unit.repeat()


def test_a_police_member_whose_clearance_ends_in_the_night_is_let_out_and_not_in_again(table):
    """A sitting that runs past midnight: the clearance holds to the end of its day, not of the meeting (R10)."""
    starts = (table.house.now + timedelta(days=20)).replace(hour=21)
    _, item, _ = table.tabled(
        "policeMember",
        "school",
        startsAt=starts.isoformat(),
        endsAt=(starts + timedelta(hours=4)).isoformat(),
    )
    table.house.later(days=20)
    table.house.later(hours=(starts - table.house.now).total_seconds() / 3600)
    (meeting,) = table.house.sql("SELECT id FROM meeting")
    table.open(str(meeting.id))
    table.attend(item, "policeMember", "school", "coordinator")
    table.house.sql(
        "UPDATE mandate SET clearance_until = :d WHERE person_id::text = :p",
        d=table.house.now.date(), p=table.person("policeMember"),
    )  # fmt: skip
    assert table.get("policeMember", f"/agendaItems/{item}").status_code == 200
    table.house.later(hours=3)
    refused = table.get("policeMember", f"/agendaItems/{item}")
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R10"
    assert table.ok(record(table, item, "policeMember", present=False))["leftAt"]
    again = record(table, item, "policeMember")
    assert again.status_code == 409
    assert again.json()["rule"] == "R10"


def test_the_page_offers_to_leave_to_come_back_and_to_mend_a_mistake(table):
    _, item, _ = table.sat("school", "clb")
    desk = reader(table.house, "coordinator")
    path = f"/agenda-items/{item}"
    table.house.later(minutes=5)  # who comes and goes in one moment came and went in no order
    desk.client.post(
        path + "/attendance/set",
        data=_form(desk, path) | {"personId": table.person("clb"), "present": "false"},
    )
    shown = texts_of(desk.get(path).text)
    assert "Was hier, is weg" in shown
    assert "Per vergissing opgetekend" in shown


def _form(desk, path):
    forms = [f for f in forms_of(desk.get(path).text) if f["action"].endswith("/attendance/set")]
    return {name: value for name, value in forms[0]["values"].items() if name == "csrfToken"}


def test_who_is_noted_while_somebody_closes_the_sitting_is_refused_and_it_is_no_fault_of_the_server(table):
    meeting, item, _ = table.sat("school")
    body = {"agendaItemId": item, "personId": table.person("mayor")}
    closing = "UPDATE meeting SET state = 'closed' WHERE id = :m"
    answer = meanwhile(
        table.house, closing, lambda: table.post("coordinator", "/attendances", body), m=meeting
    )
    assert (answer.status_code, answer.json()["rule"]) == (409, "R62")
