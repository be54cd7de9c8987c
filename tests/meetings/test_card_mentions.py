"""That a card was mentioned: a note of the police, where the cell chose so, and for nobody else (R57, R59)."""

from datetime import timedelta

import pytest
from feedbackcraft import Sheet
from glasscraft import switch
from sqlalchemy import text

from app.kernel.ids import new_id


@pytest.fixture
def sitting(table):
    """A sitting under way at which police and school are in the room, in a cell that has mentions noted."""
    switch(table, card_mention_note=1)
    return Sheet(table, "school", close=False)


def note(sitting, who="policeMember", **over):
    return sitting.table.post(who, "/cardMentions", {"agendaItemId": sitting.item} | over)


def test_what_is_kept_is_the_day_and_the_meeting(sitting):
    made = sitting.table.ok(note(sitting), 201)
    assert set(made) == {"cardMentionId", "agendaItemId", "meetingId", "mentionedOn"}
    (row,) = sitting.house.sql("SELECT * FROM card_mention")
    assert set(row._fields) == {
        "id", "agenda_item_id", "meeting_id", "case_id", "municipality_id", "person_id", "mentioned_on",
    }  # fmt: skip
    assert sitting.table.ok(note(sitting), 201)["cardMentionId"] == made["cardMentionId"], (
        "said again, it is one"
    )
    assert note(sitting, text="Inhoud").status_code == 400, "no text of it can come along"
    (first, _) = sitting.table.journal("cardMention.record", "policeMember")
    assert (first.rule, first.reason) == ("R57", "")


def test_without_the_choice_of_the_cell_nothing_is_noted(table):
    sitting = Sheet(table, "school", close=False)
    sitting.refused(note(sitting), "R59")


def test_the_agreement_of_the_sitting_and_the_one_in_force_both_have_it_noted(table):
    """What nobody knew when they were asked is not brought in later; what is given up is given up at once (R115)."""
    sitting = Sheet(table, "school", close=False)
    switch(table, card_mention_note=1)
    sitting.refused(note(sitting), "R59")
    assert "cardMention.record" not in str(table.ok(table.get("policeMember", "/feedbackSheets"))["places"])
    assert not sitting.tries("policeMember", NOTE, **noted(sitting)), "the database asks for both as well"
    later = Sheet(table, "school", close=False)
    assert "cardMention.record" in str(table.ok(table.get("policeMember", "/feedbackSheets"))["places"])
    assert later.tries("policeMember", NOTE, **noted(later))
    switch(table, card_mention_note=0)
    third = Sheet(table, "school", close=False)
    later.refused(note(later, "policeMember"), "R59")
    assert not third.tries("policeMember", NOTE, **noted(third))


NOTE = """
    INSERT INTO card_mention (id, agenda_item_id, meeting_id, case_id, municipality_id, person_id, mentioned_on)
    VALUES (gen_random_uuid(), CAST(:i AS uuid), CAST(:m AS uuid), CAST(:c AS uuid), CAST(:t AS uuid), acting_person(),
        present_day())
"""


def noted(sitting):
    towns = sitting.house.cast.towns
    return {"i": sitting.item, "m": sitting.meeting, "c": sitting.case, "t": str(towns["C"])}


def test_only_police_who_are_there_note_it_and_only_while_it_sits(sitting):
    for who, status in (
        ("school", 404),
        ("coordinator", 403),
        ("mayor", 403),
        ("informationOfficer", 404),
        ("zonePolice", 404),
    ):
        assert note(sitting, who).status_code in {status, 403}, who
    assert note(sitting, agendaItemId=str(new_id())).status_code == 404
    sitting.end("policeMember", clearance_until=sitting.house.now.date() - timedelta(days=1))
    sitting.refused(note(sitting), "R10")
    sitting.end("policeMember", clearance_until=sitting.house.now.date() + timedelta(days=90))
    sitting.table.close(sitting.meeting)
    sitting.refused(note(sitting), "R57")
    assert sitting.house.sql("SELECT count(*) FROM card_mention") == [(0,)]


def test_nobody_is_shown_the_note_but_who_made_it(sitting):
    table = sitting.table
    made = table.ok(note(sitting), 201)
    body = {"agendaItemId": sitting.item, "assessment": "Zorg", "decisions": "Doorgaan"}
    table.ok(table.post("coordinator", f"/meetings/{sitting.meeting}/minutes/items", body))
    table.close(sitting.meeting)
    table.ok(table.post("coordinator", f"/meetings/{sitting.meeting}/minutes/submit"))
    for who in ("coordinator", "mayor", "school", "policeMember"):
        for path in (
            f"/agendaItems/{sitting.item}?reason=minutesAndCorrection", f"/meetings/{sitting.meeting}",
            f"/meetings/{sitting.meeting}/minutes?reason=minutesAndCorrection",
            f"/cases/{sitting.case}?reason=meetingPreparation",
        ):  # fmt: skip
            said = sitting.house.client(who).get(f"/api/v1{path}").text
            assert made["cardMentionId"] not in said, (who, path)
            assert "mention" not in said.lower(), (who, path)
    for who in ("coordinator", "mayor", "school", "informationOfficer", "dpo", "auditor", "zonePolice"):
        assert sitting.rows(who)["card_mention"] == 0, who
    (place,) = table.ok(table.get("policeMember", "/feedbackSheets"))["places"]
    assert place["cardMentionedOn"] == made["mentionedOn"]
    sitting.house.later(days=32)
    assert sitting.rows("policeMember")["card_mention"] == 0


def test_the_database_too_takes_it_from_police_in_a_sitting_of_a_cell_that_chose_so(sitting):
    statement = (
        "INSERT INTO card_mention (id, agenda_item_id, meeting_id, case_id, municipality_id, person_id, mentioned_on)"
        " VALUES (:id, :item, :meeting, :case, :town, :who, present_day())"
    )

    def tries(who, **over):
        values = {
            "id": new_id(), "item": sitting.item, "meeting": sitting.meeting, "case": sitting.case,
            "town": sitting.house.cast.towns["C"], "who": sitting.house.cast.persons[who],
        } | over  # fmt: skip
        return sitting.tries(who, statement, **values)

    for who in ("school", "coordinator", "mayor", "informationOfficer"):
        assert not tries(who), who
    switch(sitting.table, card_mention_note=0)
    assert not tries("policeMember")
    switch(sitting.table, card_mention_note=1)
    assert tries("policeMember")
    assert not sitting.tries("policeMember", "UPDATE card_mention SET mentioned_on = '2026-01-01'")
    with sitting.house.work("policeMember") as unit:
        unit.repeat()
        assert unit.session.scalar(text("SELECT count(*) FROM card_mention")) == 1
