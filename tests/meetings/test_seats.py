"""The people at an item, in one table: who, how it stands, when they came and left, and what can be done (R62)."""

from __future__ import annotations

import re

from pagecraft import reader, texts_of


def seats(table, who, item):
    """The table of people on the page of an item: its columns and its rows, and the whole text of the page."""
    page = reader(table.house, who).get(f"/agenda-items/{item}?reason=minutesAndCorrection")
    assert page.status_code == 200
    (part,) = re.findall(r'<div class="seats">(.*?)</table>', page.text, re.DOTALL) or [""]
    columns = [
        texts_of(each).strip() for each in re.findall(r"<th role=.columnheader.*?</th>", part, re.DOTALL)
    ]
    rows = {}
    for row in re.findall(r"<tr role=.row.>.*?</tr>", part.partition("<tbody")[2], re.DOTALL):
        cells = [texts_of(each).strip() for each in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        rows[cells[0].split(" Verzonnen")[0]] = cells[1:]
    return columns, rows, texts_of(page.text)


def test_before_the_meeting_the_letters_stand_apart_and_there_is_no_empty_column(table):
    _, item, _ = table.tabled("school", "clb")
    columns, rows, text = seats(table, "coordinator", item)
    assert columns == ["Wie", "Stand"]
    assert len(rows) == 2
    assert "Brieven om af te drukken (PDF)" in text
    columns, rows, _ = seats(table, "mayor", item)
    assert columns == ["Wie", "Stand", "Stappen"]
    assert all(row[1] == "Uitnodiging intrekken" for row in rows.values())


def test_in_the_sitting_each_row_says_who_is_in_the_room_since_when_and_no_letters(table):
    _, item, _ = table.sat("school", "clb")
    table.house.later(minutes=5)
    table.ok(
        table.post(
            "coordinator",
            "/attendances",
            {"agendaItemId": item, "personId": table.person("clb"), "present": False},
        )
    )
    columns, rows, text = seats(table, "coordinator", item)
    assert columns == ["Wie", "Stand", "Kwam en ging", "Stappen"]
    assert all(len(row) == 3 for row in rows.values())
    assert sorted(row[0] for row in rows.values()) == ["In de zaal", "In de zaal", "Was hier, is weg"]
    assert all("kwam binnen" in row[1] for row in rows.values())
    assert "Brieven om af te drukken (PDF)" not in text


def test_after_the_meeting_nobody_is_in_the_room_any_more(table):
    meeting, item, _ = table.sat("school")
    table.close(meeting)
    _, rows, text = seats(table, "coordinator", item)
    assert {row[0] for row in rows.values()} == {"Was aanwezig"}
    assert "In de zaal" not in text
