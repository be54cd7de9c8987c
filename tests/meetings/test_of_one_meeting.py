"""Past every operation: what hangs on an item is of its own meeting, and a meeting's people and day are its planner's (R4)."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

REFUSED = {"42501", "23503"}


def tried(table, who, statement, **values):
    """Give how many rows a statement reached as somebody, or the database's refusal; nothing of it stays."""
    with table.house.work(who) as unit:
        try:
            with unit.session.begin_nested() as point:
                found = unit.session.execute(text(statement), values).rowcount
                point.rollback()
        except DBAPIError as fault:
            found = fault.orig.sqlstate
        unit.repeat()
    return found


@pytest.mark.parametrize(
    "change",
    [
        "secretary_id = :p",
        "chair_id = :p",
        "place = 'elders'",
        "ends_at = ends_at + interval '1 hour'",
        "blocks = '{}'",
    ],
)
def test_a_desk_with_an_item_on_a_joint_meeting_changes_neither_its_people_nor_its_day(zone, change):
    d, e = zone
    meeting = d.plan()
    e.add(meeting, e.case("Nog Iemand Verzonnen"))
    values = {"m": meeting} | ({"p": e.person("zoneCoordinatorE")} if ":p" in change else {})
    statement = f"UPDATE meeting SET {change} WHERE id = :m"
    assert tried(d, "zoneCoordinatorE", statement, **values) == "42501"
    assert tried(d, "zoneCoordinatorD", statement, **values) == 1


def test_an_invitation_stays_with_its_person_its_item_and_its_meeting(table):
    meeting, item, _ = table.tabled("school")
    later = table.plan()
    for who in ("school", "coordinator", "mayor"):
        for change in ("meeting_id = :x", "person_id = :p"):
            values = {"x": later} if ":x" in change else {"p": table.person("clb")}
            got = tried(
                table, who, f"UPDATE invitation SET {change} WHERE agenda_item_id = :i", i=item, **values
            )
            assert got in REFUSED | {0}, (who, change)
    assert table.house.sql("SELECT DISTINCT meeting_id::text FROM invitation") == [(meeting,)]


def test_no_text_gets_under_the_signature_of_another_meeting(table):
    meeting, item, _ = table.sat("school")
    said = {"agendaItemId": item, "assessment": "Verzonnen.", "decisions": "Verzonnen."}
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", said))
    other = table.plan()
    got = tried(table, "coordinator", "UPDATE minutes_item SET meeting_id = :x", x=other)
    assert got in REFUSED


def test_who_sits_there_no_more_is_not_told_that_a_sheet_asks_them(table):
    from feedbackcraft import Sheet

    sheet = Sheet(table)
    table.house.sql(
        "UPDATE mandate SET ends_on = :d WHERE person_id = :p", d=table.house.now.date().replace(day=1),
        p=table.house.cast.persons["clb"],
    )  # fmt: skip
    sheet.put_to_all()
    told = {
        row.person_id for row in table.house.sql("SELECT person_id FROM notice WHERE code = 'feedbackAsked'")
    }
    assert table.house.cast.persons["school"] in told
    assert table.house.cast.persons["clb"] not in told
