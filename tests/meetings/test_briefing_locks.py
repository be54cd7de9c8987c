"""Briefings past every operation: what the database itself takes, shows and keeps shut (R18, R36)."""

from datetime import timedelta

import pytest
from briefcraft import Story
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kernel.ids import new_id


@pytest.fixture
def briefed(table):
    """A convened meeting to which a representative is invited, who has one colleague: French youth aid."""
    return Story(table)


INSERT = text(
    "INSERT INTO briefing (id, invitation_id, agenda_item_id, case_id, municipality_id, representative_id, handler_id,"
    " moment, briefed_on, recorded_at) VALUES (:id, :invitation, :item, :case, :town, :who, :handler, :moment, :day, now())"
)


def written(story, actor, **over):
    """Insert past every operation as somebody; gives whether the database took it."""
    person = story.house.cast.persons
    row = {
        "id": new_id(), "invitation": story.invitation, "item": story.item, "case": story.case,
        "town": story.house.cast.towns["C"], "who": person[actor], "handler": person["frenchHandler"], "moment": "before",
        "day": story.house.now.date(),
    }  # fmt: skip
    try:
        with story.house.work(actor) as unit:
            unit.repeat()
            unit.session.execute(INSERT, row | over)
    except ProgrammingError as fault:
        if "row-level security" not in str(fault):
            raise
        return False
    return True


def test_the_database_takes_a_briefing_from_the_invited_person_alone(briefed):
    person, house = briefed.house.cast.persons, briefed.house
    for who in ("school", "frenchHandler", "mayor", "coordinator", "policeMember", "zoneMayorD", "auditor"):
        assert not written(briefed, who, who=person["frenchYouth"], handler=person["frenchHandler"]), who
        assert not written(briefed, who), who
    for over in (
        {"handler": person["school"]}, {"handler": person["frenchYouth"]}, {"moment": "after"}, {"moment": "during"},
        {"day": house.now.date() + timedelta(days=1)}, {"invitation": briefed.own("school")},
    ):  # fmt: skip
        assert not written(briefed, "frenchYouth", **over), over
    for statement, back in (
        ("UPDATE undertaking SET valid_until = '2026-03-01' WHERE person_id = :p",
         "UPDATE undertaking SET valid_until = '2050-01-01' WHERE person_id = :p"),
        ("UPDATE person SET active = false WHERE id = :p", "UPDATE person SET active = true WHERE id = :p"),
        (f"INSERT INTO exclusion SELECT :p, id, municipality_id, now() FROM case_file WHERE id = '{briefed.case}'",
         "DELETE FROM exclusion WHERE person_id = :p"),
    ):  # fmt: skip
        house.sql(statement, p=person["frenchHandler"])
        assert not written(briefed, "frenchYouth"), statement
        house.sql(back, p=person["frenchHandler"])
    assert written(briefed, "frenchYouth")
    for statement in ("UPDATE briefing SET moment = 'after'", "DELETE FROM briefing"):
        with pytest.raises(Exception, match="permission denied"), house.work("frenchYouth") as unit:
            unit.repeat()
            unit.session.execute(text(statement))


def test_the_database_closes_with_the_window_and_tells_nobody_who_could_be_briefed(briefed):
    handler = briefed.house.cast.persons["frenchHandler"]
    briefed.sit("frenchYouth")
    briefed.table.close(briefed.meeting)
    assert written(briefed, "frenchYouth", moment="after")
    briefed.house.later(days=1)
    assert not written(briefed, "frenchYouth", moment="after")
    for who in ("frenchYouth", "school", "mayor", "auditor"):
        with briefed.house.work(who) as unit:
            unit.repeat()
            asked = text("SELECT may_be_briefed(:i, :h)")
            assert unit.session.scalar(asked, {"i": briefed.item, "h": handler}) is False, who
    with briefed.house.installation.sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM briefing")) == 0


def test_the_database_takes_no_briefing_of_the_police(table):
    police = Story(table, "policeMember", "informationOfficer")
    assert not written(police, "policeMember", handler=table.house.cast.persons["informationOfficer"])


def test_the_database_takes_a_briefing_of_a_flemish_service_by_its_representative(table):
    school = Story(table, "school", "zoneSchool")
    colleague = table.house.cast.persons["zoneSchool"]
    assert not written(school, "school", handler=colleague)
    school.represents()
    assert written(school, "school", handler=colleague)
    table.house.sql("UPDATE representative SET starts_on = '2026-02-01', ends_on = '2026-03-01'")
    assert not written(school, "school", handler=colleague, moment="before", day=table.house.now.date())
