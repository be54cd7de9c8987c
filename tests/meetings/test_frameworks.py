"""A service of the French Community says its legal and ethical framework at the start of the meeting (R38)."""

from __future__ import annotations

import pytest
from lockcraft import reached
from pagecraft import reader, texts_of

from app.kernel.printing import Grid, Words
from app.meetings.agenda import read_meeting
from app.meetings.commands import ReadMeeting
from app.meetings.printing import agenda_document

SAID = "Verzonnen: beroepsgeheim van de dienst; wij melden alleen acuut gevaar."


@pytest.fixture
def sitting(table):
    """A sitting to which a service of the French Community and a school are asked; gives (meeting, item)."""
    meeting, item, _ = table.tabled("frenchYouth", "school")
    table.house.later(days=20)
    table.open(meeting)
    return meeting, item


def state(table, meeting, who, text=SAID, **said):
    return table.post(who, f"/meetings/{meeting}/frameworks", {"text": text} | said)


def said_to(table, meeting, who):
    return [
        (each["personId"], each.get("text"))
        for each in table.ok(table.get(who, f"/meetings/{meeting}/frameworks"))["items"]
    ]


def test_the_agenda_begins_with_it_where_such_a_service_is_asked(table, sitting):
    meeting, _ = sitting
    assert table.ok(table.get("coordinator", f"/meetings/{meeting}"))["framework"] is True
    assert table.ok(table.get("frenchYouth", f"/meetings/{meeting}"))["framework"] is True
    assert "framework" not in table.ok(table.get("school", f"/meetings/{meeting}"))


def test_the_service_says_it_itself_or_who_takes_the_minutes_writes_it_down(table, sitting):
    meeting, _ = sitting
    guest = table.person("frenchYouth")
    assert said_to(table, meeting, "coordinator") == [(guest, None)]
    table.ok(state(table, meeting, "frenchYouth"))
    assert said_to(table, meeting, "coordinator") == [(guest, SAID)]
    table.ok(state(table, meeting, "coordinator", "Verbeterd, verzonnen.", personId=guest))
    assert said_to(table, meeting, "frenchYouth") == [(guest, "Verbeterd, verzonnen.")]
    (row,) = table.house.sql("SELECT version, recorded_by FROM framework_statement")
    assert (row.version, str(row.recorded_by)) == (2, table.person("coordinator"))
    assert len(table.journal("framework.state", "coordinator")) == 1


def test_a_guest_of_another_regime_learns_nothing_and_says_nothing_for_others(table, sitting):
    meeting, _ = sitting
    table.ok(state(table, meeting, "frenchYouth"))
    assert said_to(table, meeting, "school") == []
    assert state(table, meeting, "school").status_code == 400
    refused = state(table, meeting, "school", personId=table.person("frenchYouth"))
    assert refused.status_code == 409
    for who in ("clb", "zoneMayorD", "auditor"):
        assert table.get(who, f"/meetings/{meeting}/frameworks").status_code == 404, who
        assert state(table, meeting, who).status_code == 404, who


def test_it_is_said_during_the_sitting_and_of_whom_it_is_owed(table, sitting):
    meeting, _ = sitting
    for guest in ("school", "clb"):
        assert state(table, meeting, "coordinator", personId=table.person(guest)).status_code == 400
    assert state(table, meeting, "coordinator").status_code == 400
    table.ok(state(table, meeting, "frenchYouth"))
    table.close(meeting)
    assert (
        state(table, meeting, "frenchYouth").status_code == 404
    )  # gave no answer, so nothing is in sight any more
    assert said_to(table, meeting, "coordinator") == [(table.person("frenchYouth"), SAID)]
    assert state(table, meeting, "coordinator", personId=table.person("frenchYouth")).status_code == 409


def test_the_database_says_the_same(table, sitting):
    meeting, _ = sitting
    table.ok(state(table, meeting, "frenchYouth"))
    found = {}
    for who in ("frenchYouth", "coordinator", "school", "clb", "zoneMayorD", "administrator"):
        with table.house.work(who) as unit:
            counted = unit.session.connection().exec_driver_sql("SELECT count(*) FROM framework_statement")
            found[who] = counted.scalar_one()
            unit.repeat()
    assert found == {
        "frenchYouth": 1, "coordinator": 1, "school": 0, "clb": 0, "zoneMayorD": 0, "administrator": 0,
    }  # fmt: skip


def test_a_desk_reads_those_of_the_people_it_asked_itself_and_the_secretary_all(zone):
    d, e = zone
    joint = d.plan(secretaryId=d.person("zoneSecretary"))
    at_d, at_e = d.add(joint, d.case()), e.add(joint, e.case())
    d.house.sql(
        "UPDATE person SET agency_id = (SELECT agency_id FROM person WHERE id = :f), manages_service = true WHERE id = :p",
        f=d.person("frenchYouth"), p=d.person("zoneSchool"),
    )  # fmt: skip
    guest = d.person("zoneSchool")
    d.invite(at_d, "zoneSchool")
    e.invite(at_e, "zonePolice")
    d.convene(joint)
    e.ok(e.post("zoneMayorE", f"/meetings/{joint}/invite"))
    d.house.later(days=20)
    d.open(joint)
    d.ok(state(d, joint, "zoneSchool"))
    for who in ("zoneCoordinatorD", "zoneMayorD", "zoneSecretary", "zoneSchool"):
        assert said_to(d, joint, who) == [(guest, SAID)], who
    for who in ("zoneCoordinatorE", "zoneMayorE", "zonePolice"):
        assert said_to(e, joint, who) == [], who
        assert state(e, joint, who, "Overschreven.", personId=guest).status_code in {400, 409}, who
    assert "framework" not in e.ok(e.get("zoneCoordinatorE", f"/meetings/{joint}"))
    over = "UPDATE framework_statement SET text = 'Overschreven.', recorded_by = :p"
    for who, found in (("zoneCoordinatorE", 0), ("zonePolice", 0), ("zoneSecretary", 1)):
        assert reached(d.house, who, over, p=d.house.cast.persons[who]) == found, who
    assert "Van" not in d.house.sql("SELECT text FROM framework_statement")[0].text


def test_the_database_takes_a_statement_of_nobody_who_was_not_asked(table, sitting):
    meeting, _ = sitting
    add = (
        "INSERT INTO framework_statement (id, meeting_id, cell_id, person_id, text, stated_at, recorded_by, version)"
        " VALUES (gen_random_uuid(), :m, :c, :p, 'Verzonnen.', now(), :me, 1)"
    )
    people, cell = table.house.cast.persons, table.house.cast.cells["C"]
    for who, of, done in (
        ("clb", "clb", None),
        ("coordinator", "clb", None),
        ("coordinator", "frenchYouth", 1),
    ):
        assert reached(table.house, who, add, m=meeting, c=cell, p=people[of], me=people[who]) == done, (
            who,
            of,
        )


def test_the_page_shows_who_has_not_said_it_yet(table, sitting):
    meeting, _ = sitting
    desk = reader(table.house, "coordinator")
    assert "juridisch en ethisch kader" in texts_of(desk.get(f"/meetings/{meeting}").text).lower()
    assert "Nog niet gezegd" in texts_of(desk.get(f"/meetings/{meeting}/frameworks").text)
    guest = reader(table.house, "frenchYouth")
    done = guest.send(
        f"/meetings/{meeting}/frameworks/state", text=SAID, personId=table.person("frenchYouth")
    )
    assert SAID in texts_of(done.text)


def comes(table):
    """The service accepted the invitation before the sitting."""
    accepted = "UPDATE invitation SET state = 'accepted' WHERE person_id = :p"
    table.house.sql(accepted, p=table.person("frenchYouth"))


def unsaid(table, meeting, who="coordinator"):
    return table.ok(table.get(who, f"/meetings/{meeting}")).get("frameworkUnsaid")


def test_who_holds_the_meeting_is_told_that_it_was_not_said_though_such_a_service_sits_there(table, sitting):
    meeting, item = sitting
    assert unsaid(table, meeting) is None, "it is only asked"
    comes(table)
    table.attend(item, "frenchYouth", "school")
    assert unsaid(table, meeting) is True
    assert unsaid(table, meeting, "frenchYouth") is None
    assert unsaid(table, meeting, "school") is None
    desk = reader(table.house, "coordinator")
    line = "is niet vastgelegd"
    page = desk.get(f"/meetings/{meeting}").text
    assert page.count(line) == 2, "in a soft line, and in the question before closing"
    table.ok(state(table, meeting, "frenchYouth"))
    assert unsaid(table, meeting) is None
    assert line not in desk.get(f"/meetings/{meeting}").text


def test_a_sitting_closes_all_the_same_and_its_page_keeps_saying_it(table, sitting):
    meeting, item = sitting
    comes(table)
    table.attend(item, "frenchYouth", "school")
    table.close(meeting)
    assert unsaid(table, meeting) is True
    assert "is niet vastgelegd" in texts_of(
        reader(table.house, "coordinator").get(f"/meetings/{meeting}").text
    )


def test_the_printed_agenda_begins_with_it_too(table, sitting):
    meeting, _ = sitting
    rows = printed(table, meeting)
    assert rows[0][0] == "–"
    assert "juridisch en ethisch kader" in rows[0][1].lower()
    assert rows[1][0] == "1"


def test_without_such_a_service_the_printed_agenda_begins_with_its_first_item(table):
    meeting, _, _ = table.tabled("school")
    assert [row[0] for row in printed(table, meeting)] == ["1"]


def printed(table, meeting):
    """The lines of the agenda as it is printed."""
    with table.house.work("coordinator") as unit:
        view = read_meeting(unit, ReadMeeting(meetingId=meeting))
        document = agenda_document(unit, view, Words("nl"))
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    return grid.rows
