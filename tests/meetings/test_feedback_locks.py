"""Sheets, answers and the register past every operation: what the database itself takes and shows (R79, R105)."""

from datetime import timedelta

import pytest
from feedbackcraft import TEXT, Sheet
from sqlalchemy import text

from app.kernel.ids import new_id
from app.meetings.feedback_queries import sheets
from app.meetings.feedback_standing import all_shown

EVERYBODY = (
    "mayor", "delegate", "coordinator", "secretary", "caseManager", "policeMember", "informationOfficer", "participant",
    "school", "clb", "strategicMember", "dpo", "auditor", "administrator", "zoneMayorD", "zonePolice", "zoneSchool",
)  # fmt: skip


@pytest.fixture
def sheet(table):
    """A sitting at which police, school, clb and coordinator were in the room."""
    return Sheet(table)


def both(house):
    """For everybody: the sheets that standing in Python gives equal those the database shows; gives how many."""
    seen = 0
    for who in EVERYBODY:
        with house.work(who) as unit:
            unit.repeat()
            stands = {each.row.id for each in all_shown(unit)}
            assert stands == {row.id for row in sheets(unit.session)}, who
            seen += len(stands)
    return seen


def test_both_locks_agree_on_a_sheet_at_every_step(sheet):
    house = sheet.house
    sheet.draft()
    assert both(house) == 1
    sheet.table.ok(sheet.ask())
    assert both(house) == 4
    sheet.exclude("school")
    assert both(house) == 3
    sheet.house.sql("DELETE FROM exclusion")
    for who in sheet.asked:
        sheet.table.ok(sheet.answer(who))
    assert both(house) == 4
    house.later(days=7, seconds=1)
    assert both(house) == 1
    sheet.table.ok(sheet.issue())
    assert both(house) == 1
    house.later(days=31)
    assert both(house) == 1
    house.later(seconds=1)
    assert both(house) == 0


def test_both_locks_agree_on_a_blocked_sheet_an_ended_mandate_and_a_locked_case(sheet):
    house = sheet.house
    sheet.put_to_all()
    sheet.end("clb", ends_on=house.now.date() - timedelta(days=1))
    assert both(house) == 3
    house.sql("UPDATE case_file SET locks_on = :d", d=house.now.date())
    assert both(house) == 0
    house.sql("UPDATE case_file SET locks_on = :d", d=house.now.date() + timedelta(days=90))
    house.sql("UPDATE feedback_sheet SET state = 'blocked'")
    assert both(house) == 1


def test_the_database_shows_everybody_their_own_answer_alone(sheet):
    sheet.put_to_all()
    for who in sheet.asked:
        sheet.table.ok(sheet.answer(who)) if who != "school" else sheet.table.ok(
            sheet.answer(who, agrees=False)
        )
        assert sheet.rows(who)["feedback_consent"] in {0, 1}
    # blocked by now: its drafter has the sheet and one's own row, which says nothing any more
    assert sheet.rows("policeMember") == {
        "card_mention": 0, "feedback_sheet": 1, "feedback_consent": 1, "transmission": 0,
    }  # fmt: skip
    for who in (*sheet.asked, "mayor", "dpo", "auditor", "zonePolice"):
        assert sheet.rows(who) == dict.fromkeys(sheet.rows(who), 0), who


def test_counts_are_told_to_the_drafter_alone(sheet):
    sheet.put_to_all()
    for who, told in (
        ("policeMember", [(4, 1)]),
        ("school", [(None, None)]),
        ("mayor", []),
        ("zonePolice", []),
    ):
        with sheet.house.work(who) as unit:
            unit.repeat()
            found = unit.session.execute(
                text("SELECT asked, answered FROM feedback_paper(:s)"), {"s": sheet.id}
            )
            assert [tuple(row) for row in found] == told, who


@pytest.mark.parametrize("who", ["policeMember", "school", "coordinator", "mayor", "informationOfficer"])
def test_no_statement_answers_for_somebody_or_moves_a_sheet(sheet, who):
    sheet.put_to_all()
    person = sheet.house.cast.persons["clb"]
    for statement in (
        "UPDATE feedback_consent SET agreed = true, answered_at = now()",
        "UPDATE feedback_consent SET agreed = true WHERE person_id = :p",
        (
            "INSERT INTO feedback_consent (sheet_id, person_id, case_id, municipality_id, agreed)"
            " SELECT id, :p, case_id, municipality_id, true FROM feedback_sheet"
        ),
        "DELETE FROM feedback_consent",
        "DELETE FROM feedback_sheet",
        "UPDATE feedback_sheet SET state = 'agreed'",
        "UPDATE feedback_sheet SET state = 'issued'",
        "UPDATE feedback_sheet SET state = 'draft'",
        "UPDATE feedback_sheet SET text = 'other'",
        "UPDATE feedback_sheet SET digest = 'other'",
        "UPDATE feedback_sheet SET drafter_id = :p",
        "UPDATE feedback_sheet SET answer_until = now() + interval '1 year'",
        "SELECT block_feedback(id, 'x') FROM feedback_sheet",
    ):
        values = {"p": person} if ":p" in statement else {}
        assert not sheet.tries(who, statement, **values), statement
    assert sheet.state() == "consensusAsked"
    with sheet.house.work("mayor") as unit:
        unit.repeat()
        assert unit.session.scalar(text("SELECT answer_feedback(:s, true)"), {"s": sheet.id}) is None
        assert unit.session.scalar(text("SELECT ask_feedback_consensus(:s, now())"), {"s": sheet.id}) is None


def test_an_agreed_sheet_moves_to_issued_alone_and_only_as_long_as_all_agreed(sheet):
    sheet.all_agree()
    for change in (
        "state = 'draft'",
        "state = 'consensusAsked'",
        "text = 'other'",
        "state = 'issued', text = 'other'",
    ):
        assert not sheet.tries("policeMember", f"UPDATE feedback_sheet SET {change}"), change
    sheet.house.sql(
        "UPDATE feedback_consent SET agreed = false WHERE person_id = :p", p=sheet.house.cast.persons["clb"]
    )
    assert not sheet.tries("policeMember", "UPDATE feedback_sheet SET state = 'issued'")
    sheet.refused(sheet.issue(), "R79")
    sheet.house.sql("UPDATE feedback_consent SET agreed = true")
    sheet.house.sql("ALTER TABLE attendance DISABLE TRIGGER USER")
    sheet.house.sql(
        "UPDATE attendance SET present = false WHERE person_id = :p", p=sheet.house.cast.persons["clb"]
    )
    sheet.refused(sheet.issue(), "R79")
    sheet.house.sql("UPDATE attendance SET present = true")
    sheet.table.ok(sheet.issue())


INSERT = (
    "INSERT INTO feedback_sheet (id, agenda_item_id, meeting_id, cell_id, case_id, municipality_id, drafter_id, state, text,"
    " digest, drafted_at, moved_at, version) SELECT :id, a.id, a.meeting_id, a.cell_id, a.case_id, a.municipality_id, :who,"
    " :state, 'x', 'x', now(), now(), 1 FROM agenda_item a WHERE a.id = :item"
)


def test_the_database_takes_a_draft_from_police_who_were_there_alone(sheet):
    person = sheet.house.cast.persons
    for who in ("school", "coordinator", "mayor", "informationOfficer", "zonePolice"):
        for drafter in (who, "policeMember"):
            values = {"id": new_id(), "item": sheet.item, "who": person[drafter], "state": "draft"}
            assert not sheet.tries(who, INSERT, **values), (who, drafter)
    for state in ("agreed", "issued", "consensusAsked"):
        values = {"id": new_id(), "item": sheet.item, "who": person["policeMember"], "state": state}
        assert not sheet.tries("policeMember", INSERT, **values), state
    assert sheet.tries(
        "policeMember", INSERT, id=new_id(), item=sheet.item, who=person["policeMember"], state="draft"
    )


LINE = (
    "INSERT INTO transmission (id, case_id, municipality_id, ground, sender_id, mandate_id, recipient_type, recipient_name,"
    " sent_at, digest, object_type) VALUES (:id, :case, :town, 'courtOrder', :who, :mandate, 'court', 'x', now(), 'x',"
    " 'document')"
)


def test_the_register_is_written_once_by_who_hands_over_and_shown_to_desk_and_oversight(sheet):
    cast = sheet.house.cast

    def line(who, /, **over):
        values = {
            "id": new_id(), "case": sheet.case, "town": cast.towns["C"], "who": cast.persons[who],
            "mandate": cast.mandates[who],
        } | over  # fmt: skip
        return sheet.tries(who, LINE, **values)

    for who in (
        "school",
        "dpo",
        "auditor",
        "administrator",
        "zoneMayorD",
        "zonePolice",
        "informationOfficer",
    ):
        assert not line(who), who
    assert not line("mayor", who=cast.persons["coordinator"])
    assert not line("mayor", mandate=cast.mandates["coordinator"])
    assert not line("mayor", town=cast.towns["D"])
    assert line("mayor")
    assert line("policeMember")
    for statement in ("UPDATE transmission SET digest = 'y'", "DELETE FROM transmission"):
        for who in ("mayor", "policeMember", "dpo"):
            assert not sheet.tries(who, statement), (who, statement)
    for who in EVERYBODY:
        shown = who in {"mayor", "delegate", "coordinator", "dpo", "auditor"}
        assert sheet.rows(who)["transmission"] == (2 if shown else 0), who
    sheet.exclude("coordinator")
    assert sheet.rows("coordinator")["transmission"] == 0


def test_nobody_signed_in_means_nothing_at_all(sheet):
    sheet.all_agree()
    sheet.table.ok(sheet.issue())
    with sheet.house.installation.sessions() as session:
        for name in ("feedback_sheet", "feedback_consent", "transmission", "card_mention"):
            assert session.scalar(text(f"SELECT count(*) FROM {name}")) == 0, name
        assert session.execute(text("SELECT * FROM feedback_places()")).all() == []
    assert TEXT.encode() not in bytes(sheet.house.sql("SELECT document FROM feedback_sheet")[0][0])
