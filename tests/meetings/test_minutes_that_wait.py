"""Minutes that nobody approved yet are on the first page of who writes, remarks on or approves them (R67)."""

from __future__ import annotations

from pagecraft import reader, texts_of

SAID = {"assessment": "Schooluitval weegt het zwaarst.", "decisions": "CLB belt de ouders."}


def waits(table, who):
    return [
        (item["meetingId"], item["minutesState"])
        for item in table.ok(table.get(who, "/meetings", when="minutesWait"))["items"]
    ]


def test_from_the_end_of_the_sitting_until_approval_the_minutes_wait_on_the_first_page(table):
    meeting, item, _ = table.sat("school")
    assert waits(table, "coordinator") == [], "it still sits"
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    assert f"/meetings/{meeting}/minutes" not in reader(table.house, "school").get("/").text, (
        "a draft is not theirs"
    )
    assert waits(table, "coordinator") == waits(table, "mayor") == [(meeting, "draft")]
    desk = reader(table.house, "coordinator")
    assert f"/meetings/{meeting}/minutes" in desk.get("/").text
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    assert waits(table, "school") == [(meeting, "submitted")]
    assert waits(table, "clb") == waits(table, "zoneMayorD") == []
    page = desk.get(f"/meetings/{meeting}/minutes?reason=minutesAndCorrection").text
    assert "/whole/approve" not in page, "nobody approves before the days are over"
    assert "Wie dat nog niet zei: 1." in texts_of(page)
    table.house.later(days=8)
    page = desk.get(f"/meetings/{meeting}/minutes?reason=minutesAndCorrection").text
    assert "Opmerkingen zijn nog mogelijk tot" not in page
    table.ok(table.approve("coordinator", meeting))
    assert waits(table, "coordinator") == waits(table, "school") == []
    assert f"/meetings/{meeting}/minutes" not in desk.get("/").text


def test_the_secretary_whose_part_is_over_is_told_so_and_not_that_nothing_was_written(table):
    meeting, item, _ = table.tabled("school", secretaryId=table.person("secretary"))
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school")
    table.ok(table.post("secretary", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))
    shown = reader(table.house, "secretary").get(f"/meetings/{meeting}/minutes")
    assert shown.status_code == 200
    assert "Hier is voor u niets te lezen" in texts_of(shown.text)
    assert "Er is nog niets geschreven" not in texts_of(shown.text)
