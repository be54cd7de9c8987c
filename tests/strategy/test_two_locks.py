"""Who sits at the strategic table sees it and nothing else; who does not, sees none of it: in Python and in the database (R6)."""

import pytest
from lockcraft import reached
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Row
from app.strategy.models import (
    AgendaTopic,
    Goal,
    Measure,
    MeasureEvaluation,
    PolicyAttendance,
    PolicyMeeting,
    PolicyPlan,
    PolicyPlanAdoption,
    Topic,
)

EVERY = (
    Topic, PolicyMeeting, AgendaTopic, PolicyAttendance, PolicyPlan, PolicyPlanAdoption, Goal, Measure, MeasureEvaluation,
)  # fmt: skip
OPERATIONAL = sorted(
    {t.name for t in Row.metadata.tables.values() if {"case_id", "subject_id"} & set(t.columns.keys())}
    | {"case_file", "registration", "meeting", "minutes", "certificate"}
)
"""Every table of persons discussed, and of the meetings about them."""


def world(strategy):
    """A row in every table, one meeting of which is only a draft."""
    _, _, measure = strategy.running()
    evaluated = {
        "state": "underWay",
        "done": "x",
        "brought": "y",
        "evaluatedOn": "2026-03-01",
        "namesNobody": True,
    }
    strategy.ok(strategy.post("coordinator", f"/measures/{measure}/evaluate", evaluated))
    meeting, _, _ = strategy.convened()
    draft = strategy.meeting()
    strategy.add(draft, strategy.topic())
    strategy.house.later(days=10)
    strategy.step(meeting, "open")
    body = {"personId": strategy.person("strategicMember"), "present": True}
    strategy.ok(strategy.post("coordinator", f"/policyMeetings/{meeting}/attend", body))
    return meeting, draft


def seen(house, who):
    with house.work(who) as unit:
        unit.repeat()
        return {row.__tablename__: len(unit.session.scalars(select(row)).all()) for row in EVERY}


def test_the_database_shows_the_strategic_table_to_those_who_sit_there(strategy):
    world(strategy)
    everything = {
        row.__tablename__: strategy.house.sql(f"SELECT count(*) FROM {row.__tablename__}")[0][0]
        for row in EVERY
    }
    assert min(everything.values()) > 0
    for who in ("mayor", "delegate", "coordinator"):
        assert seen(strategy.house, who) == everything, who
    without_draft = everything | {"policy_meeting": 1, "agenda_topic": 1}
    assert seen(strategy.house, "strategicMember") == without_draft


@pytest.mark.parametrize(
    "who",
    ["participant", "school", "policeMember", "informationOfficer", "secretary", "caseManager", "dpo", "auditor",
     "administrator", "zoneMayorD", "zoneCoordinatorE", "zonePolice"],
)  # fmt: skip
def test_the_database_shows_nothing_of_it_to_anybody_else(strategy, who):
    world(strategy)
    assert set(seen(strategy.house, who).values()) == {0}


def test_without_an_actor_the_database_shows_nothing(strategy):
    world(strategy)
    with strategy.house.installation.sessions() as session:
        for row in EVERY:
            assert session.scalars(select(row)).all() == []


def test_a_strategic_member_sees_no_row_about_a_person_and_no_operational_meeting(strategy, listed_case):
    """Not even how many there are: a count by the database is nothing as well."""
    world(strategy)
    assert strategy.house.sql("SELECT count(*) FROM case_file") == [(1,)]
    with strategy.house.work("strategicMember") as unit:
        unit.repeat()
        assert len(OPERATIONAL) > 20
        for table in OPERATIONAL:
            assert unit.session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
        for function in ("open_items", "attended_items", "extract_items", "tabled_cases", "part_cases", "seat_cells",
                         "desk_municipalities", "own_meetings", "file_municipalities"):  # fmt: skip
            assert unit.session.scalar(text(f"SELECT {function}()")) == [], function


@pytest.mark.parametrize("who", ["strategicMember", "participant", "zoneCoordinatorD"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_meeting SET state = 'closed'",
        "UPDATE agenda_topic SET notes = 'x'",
        "UPDATE policy_attendance SET present = false",
        "UPDATE topic SET title = 'x' WHERE raised_by <> acting_person()",
    ],
)
def test_the_database_lets_nobody_but_the_desk_write_the_record(strategy, who, statement):
    world(strategy)
    with strategy.house.work(who) as unit:
        unit.repeat()
        assert unit.session.execute(text(statement)).rowcount == 0


def test_the_database_lets_nobody_adopt_for_a_mayor_and_nobody_evaluate_for_another(strategy):
    plan, _, measure = strategy.running()
    cast = strategy.house.cast
    values = {"p": plan, "m": measure, "t": cast.towns["C"], "c": cast.cells["C"], "w": cast.persons["mayor"]}
    for who, statement in (
        ("coordinator", "INSERT INTO policy_plan_adoption VALUES (:p, :t, 99, :c, acting_person(), now())"),
        ("coordinator", "INSERT INTO policy_plan_adoption VALUES (:p, :t, 99, :c, :w, now())"),
        ("zoneMayorD", "INSERT INTO policy_plan_adoption VALUES (:p, :t, 99, :c, acting_person(), now())"),
        ("strategicMember", ("INSERT INTO measure_evaluation VALUES (gen_random_uuid(), :c, :m, 'done', 'x', 'y',"
                            " '2026-03-01', :w, now())")),
        ("strategicMember", ("INSERT INTO policy_meeting (id, cell_id, table_id, table_kind, starts_at, ends_at, place,"
                            " chair_id, state, created_by, version) SELECT gen_random_uuid(), cell_id, id, 'strategic', now(),"
                            " now(), 'x', :w, 'draft', :w, 1 FROM consultation_table LIMIT 1")),
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="row-level security"), strategy.house.work(who) as unit:
            unit.repeat()
            unit.session.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})


def test_the_database_takes_no_plan_for_adopted_that_not_every_mayor_adopted(strategy):
    plan = strategy.plan()
    strategy.measure(strategy.goal(plan))
    adopt = "UPDATE policy_plan SET state = 'adopted', adopted_on = '2026-03-02' WHERE id = CAST(:p AS uuid)"
    for who in ("strategicMember", "coordinator", "mayor"):
        assert reached(strategy.house, who, adopt, p=plan) is None, who
    ahead = """
        INSERT INTO policy_plan_adoption SELECT id, CAST(:t AS uuid), edition + 1, cell_id, acting_person(), now()
        FROM policy_plan WHERE id = CAST(:p AS uuid)
    """
    town = str(strategy.house.cast.towns["C"])
    assert reached(strategy.house, "mayor", ahead, p=plan, t=town) is None, "no edition that is not there"
    assert reached(strategy.house, "mayor", ahead.replace("edition + 1", "edition"), p=plan, t=town) == 1
    assert reached(strategy.house, "mayor", adopt, p=plan) == 1


@pytest.mark.parametrize(
    ("draft", "statement"),
    [
        (True, "UPDATE policy_plan SET title = 'x'"),
        (True, "UPDATE policy_plan SET edition = edition - 1"),
        (True, "UPDATE policy_plan SET adopted_on = '2026-03-02'"),
        (True, "UPDATE measure SET state = 'done'"),
        (False, "UPDATE policy_plan SET title = 'x', edition = edition + 1"),
        (False, "UPDATE policy_plan SET state = 'draft', adopted_on = NULL"),
        (False, "UPDATE policy_plan SET ends_on = '2030-01-01'"),
        (False, "UPDATE goal SET title = 'x'"),
        (False, "UPDATE measure SET state = 'done'"),
        (False, "UPDATE measure SET goal_id = goal_id"),
        (False, "UPDATE policy_plan SET cell_id = cell_id"),
    ],
)
def test_the_database_keeps_a_plan_as_it_was_adopted_and_a_draft_by_its_editions(strategy, draft, statement):
    if draft:
        strategy.measure(strategy.goal(strategy.plan()))
    else:
        strategy.running()
    for who in ("strategicMember", "coordinator", "mayor"):
        assert not reached(strategy.house, who, statement), who


def test_the_database_takes_no_goal_into_a_plan_that_was_adopted_and_no_plan_that_begins_adopted(strategy):
    _, _, measure = strategy.running()
    for statement in (
        "INSERT INTO goal SELECT gen_random_uuid(), cell_id, policy_plan_id, 9, 'x', 'x', NULL, 1 FROM goal",
        """INSERT INTO policy_plan SELECT gen_random_uuid(), cell_id, 'x', 'x', starts_on, ends_on, 'adopted', 1, adopted_on,
            created_by, 1 FROM policy_plan""",
        """INSERT INTO measure SELECT gen_random_uuid(), cell_id, goal_id, 'x', NULL, owner_id, agency_id, due_on, 'done', 1
            FROM measure""",
    ):
        assert reached(strategy.house, "strategicMember", statement) is None, statement
    done = {"state": "done", "done": "x", "brought": "y", "evaluatedOn": "2026-03-01", "namesNobody": True}
    strategy.ok(strategy.post("strategicMember", f"/measures/{measure}/evaluate", done))
    assert reached(strategy.house, "coordinator", "UPDATE measure SET title = 'x'") is None, (
        "what is done stays"
    )


def test_nothing_is_deleted_by_the_application(strategy):
    world(strategy)
    for row in EVERY:
        with pytest.raises(DBAPIError, match="permission denied"), strategy.house.work("mayor") as unit:
            unit.repeat()
            unit.session.execute(text(f"DELETE FROM {row.__tablename__}"))
