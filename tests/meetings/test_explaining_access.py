"""Why somebody may do something with a case: the answer is that of the doors, and the question is kept (R14, R106)."""

import pytest
from glasscraft import smash

from app.kernel.installing import console_work
from app.oversight.commands import ExplainAccess
from app.oversight.explaining import explain_access
from app.rules.facts import Actor
from app.rules.problems import Problem
from app.rules.roles import Role


@pytest.fixture
def why(house):
    """Ask why; gives what is said under the person's one mandate."""

    def ask(name, action, case):
        (username,) = house.sql("SELECT username FROM person WHERE id = :p", p=house.cast.persons[name])[0]
        with console_work(house.process, Actor(role=Role.ROBOT), now=house.now) as unit:
            said = explain_access(
                unit, ExplainAccess.of(person=username, action=action, case=case), house.installation.sessions
            )
        return said.mandates[0] if said.mandates else None

    return ask


def _no(explained):
    return {step.name for step in explained.steps if step.met is False}


def test_an_invited_participant_may_read_the_item_and_not_the_file(table, why):
    _meeting, item, case = table.tabled("school")
    read = why("school", "agendaItem.read", case)
    assert (read.outcome, read.rule, read.standing, _no(read)) == ("allowed", "R18", "invited", set())
    assert read.rows_shown["agenda_item"] == 1
    assert "listing" not in read.rows_shown
    assert table.get("school", f"/agendaItems/{item}").status_code == 200
    opened = why("school", "case.open", case)
    assert (opened.outcome, _no(opened)) == ("hidden", {"role", "standing"})
    assert table.get("school", f"/cases/{case}", reason="newInformation").status_code == 404


def test_a_briefing_is_explained_to_who_was_invited_and_to_nobody_else(table, why):
    _, _, case = table.tabled("frenchYouth")
    said = why("frenchYouth", "briefing.record", case)
    assert (said.outcome, said.rule, _no(said)) == ("allowed", "R36", set())
    assert {step.name for step in said.steps if step.met is None} >= {"WAS_PRESENT", "HANDLER_BOUND"}
    assert why("frenchHandler", "briefing.record", case).outcome == "hidden"


def test_when_the_window_has_closed_both_locks_are_shut(table, why):
    _, item, case = table.sat("school")
    assert why("school", "statement.create", case).standing == "attending"
    table.house.later(days=1)
    late = why("school", "agendaItem.read", case)
    assert late.outcome == "hidden"
    assert "standing" in _no(late)
    assert "statement" not in late.rows_shown
    assert "agenda_item" not in late.rows_shown
    assert table.get("school", f"/agendaItems/{item}").status_code == 404


def test_an_exclusion_is_named_and_beats_the_file(table, why):
    case = table.case()
    assert why("mayor", "case.open", case).outcome == "allowed"
    table.ok(table.post("mayor", f"/cases/{case}/exclude"))
    said = why("mayor", "case.open", case)
    assert (said.outcome, said.standing, said.rows_shown) == ("hidden", "excluded", {})
    assert "notExcluded" in _no(said)


def test_an_expired_clearance_is_named_with_its_rule(table, why):
    _, _, case = table.tabled("policeMember")
    table.house.sql(
        "UPDATE mandate SET clearance_until = :d WHERE role = 'policeMember'", d=table.house.now.date()
    )
    table.house.later(days=1)
    said = why("policeMember", "agendaItem.read", case)
    assert (said.outcome, said.rule, _no(said)) == ("conflict", "R10", {"CLEARANCE_VALID"})


def test_the_other_municipality_of_a_joint_cell_has_nothing(zone, why):
    ours, _ = zone
    case = ours.case()
    assert why("zoneMayorD", "case.open", case).outcome == "allowed"
    said = why("zoneMayorE", "case.open", case)
    assert (said.outcome, said.standing, said.rows_shown) == ("hidden", "none", {})


def test_the_question_is_in_the_log_and_nobody_but_the_console_asks_it(table, why):
    case = table.case()
    why("school", "case.open", case)
    (line,) = table.journal("access.explain")
    assert (str(line.case_id), line.role, line.channel, line.rule) == (case, "robot", "cli", "R106")
    with pytest.raises(Problem), table.house.work("dpo") as unit:
        explain_access(
            unit,
            ExplainAccess.of(person="mayor", action="case.open", case=case),
            table.house.installation.sessions,
        )


@pytest.mark.parametrize(
    ("person", "action", "case", "name"),
    [
        ("niemand", "case.open", None, "person"),
        ("mayor", "case.open", "C-0000-XXXX", "case"),
        ("mayor", "cell.list", None, "action"),
    ],
)
def test_what_is_not_there_is_said(table, person, action, case, name):
    found = table.case()
    asked = ExplainAccess.of(person=person, action=action, case=case or found)
    with pytest.raises(Problem) as refused, console_work(table.house.process, Actor(role=Role.ROBOT)) as unit:
        explain_access(unit, asked, table.house.installation.sessions)
    assert refused.value.issues[0].name == name


def test_without_a_mandate_today_there_is_nothing_to_explain(table, why):
    case = table.case()
    table.house.sql("UPDATE mandate SET ends_on = :d WHERE person_id = :p", d=table.house.now.date(),
                    p=table.house.cast.persons["school"])  # fmt: skip
    table.house.later(days=1)
    assert why("school", "case.open", case) is None


def test_an_open_break_glass_is_named_as_what_it_is(table, known, why):
    assert why("policeMember", "case.open", known).outcome == "hidden"
    table.ok(smash(table, "policeMember", known), 201)
    said = why("policeMember", "case.open", known)
    assert (said.outcome, said.rule, said.standing, _no(said)) == ("allowed", "R21", "none", set())
    assert "breakGlass" in {step.name for step in said.steps}
    assert said.rows_shown["case_file"] == said.rows_shown["listing"] == 1
    assert why("policeMember", "case.monitor", known).outcome == "hidden"
