"""One actor, one transaction, one commit: a change and its journal line live or die together (ADR 0002, R105)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.directory.models import Agency
from app.kernel.ids import NIL, new_id
from app.kernel.journal.store import About
from app.kernel.work import Undecided, Work, problem_of, there, work
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.facts import VISITOR, Standing
from app.rules.policy import Decision, Outcome
from app.rules.problems import Kind, Problem, not_found

A_READ = Action.REF_DATA_READ


def journal(house):
    return house.sql("SELECT * FROM journal.entry WHERE channel = 'test' ORDER BY id")


def agencies(house):
    return {row.name for row in house.sql("SELECT name FROM agency WHERE name LIKE 'Kernel%'")}


def an_agency(unit, name="Kernel (invented)"):
    return Agency(
        id=new_id(), name=name, regime="other", ground_list="groundsGeneral", ground_code="municipalStaff",
        created_at=unit.now, version=1,
    )  # fmt: skip


def allowed(unit, about=None, **more):
    unit.allow(A_READ, unit.facts(standing=Standing.NONE), about, **more)


def test_a_change_and_its_line_are_committed_together(house):
    with house.work("mayor") as unit:
        about = About(house.cast.towns["C"], uuid4(), uuid4(), "case", uuid4())
        allowed(unit, about, reason="meetingPreparation", recipients="coordinator")
        unit.session.add(an_agency(unit))
        assert journal(house) == []
    (line,) = journal(house)
    assert agencies(house) == {"Kernel (invented)"}
    assert (line.action, line.outcome, line.rule) == ("refData.read", "allowed", "R111")
    assert (line.controller, line.case_id, line.subject_id, line.object_type, line.object_id) == (
        about.controller, about.case_id, about.subject_id, "case", about.object_id,
    )  # fmt: skip
    assert (line.reason, line.recipients, line.processing) == ("meetingPreparation", "coordinator", "refData")
    assert (line.actor_id, line.mandate_id) == (house.cast.persons["mayor"], house.cast.mandates["mayor"])
    assert (line.role, line.agency_id) == ("mayor", house.cast.agencies["town hall"])
    assert (line.at, line.year, line.trace_id) == (house.now, 2026, unit.trace_id)


def test_one_line_per_person_concerned_and_one_about_nobody_for_an_empty_list(house):
    with house.work("mayor") as unit:
        allowed(unit, [About(subject_id=uuid4()), About(subject_id=uuid4())])
        allowed(unit, [])
        allowed(unit)
    lines = journal(house)
    assert [line.subject_id is not None for line in lines] == [True, True, False, False]
    assert lines[-1].controller == NIL


def test_a_work_without_a_decision_is_undone(house):
    with pytest.raises(Undecided), house.work("mayor") as unit:
        unit.session.add(an_agency(unit))
        unit.session.flush()
    assert agencies(house) == set()
    assert journal(house) == []


def test_a_refusal_undoes_everything_and_leaves_its_own_line_alone(house):
    with pytest.raises(Problem) as refused, house.work("participant") as unit:
        allowed(unit)
        unit.session.add(an_agency(unit))
        unit.session.flush()
        unit.allow(Action.AGENCY_CREATE, unit.facts(standing=Standing.PART), About(object_type="agency"))
    assert refused.value.kind is Kind.MISSING_PERMISSION
    assert agencies(house) == set()
    (line,) = journal(house)
    assert (line.action, line.outcome, line.rule, line.object_type) == (
        "agency.create",
        "refused",
        "R22",
        "agency",
    )


def test_a_fault_undoes_everything_and_leaves_nothing(house):
    with pytest.raises(ZeroDivisionError), house.work("mayor") as unit:
        allowed(unit)
        unit.session.add(an_agency(unit))
        raise ZeroDivisionError
    assert (agencies(house), journal(house)) == (set(), [])


def test_a_fault_in_the_very_commit_leaves_neither_change_nor_line(house):
    with pytest.raises(IntegrityError), house.work("mayor") as unit:
        allowed(unit)
        unit.session.add(an_agency(unit))
        unit.session.add(an_agency(unit, name=None))
    assert (agencies(house), journal(house)) == (set(), [])


@pytest.mark.parametrize("flushed", [True, False], ids=["by the act", "in the very commit"])
def test_what_the_database_refuses_because_it_is_there_already_leaves_the_line_of_that_refusal(
    house, flushed
):
    """Two at once: the second was allowed, changes nothing, and the log says that it was refused (R105)."""
    with house.work("mayor") as unit:
        allowed(unit)
        unit.session.add(first := an_agency(unit))
        first_id = first.id
    about = About(house.cast.towns["C"], uuid4(), uuid4(), "case", uuid4())
    with pytest.raises(IntegrityError), house.work("mayor") as unit:
        allowed(unit, about)
        again = an_agency(unit, "Kernel twice (invented)")
        again.id = first_id
        unit.session.add(again)
        if flushed:
            unit.session.flush()
    assert agencies(house) == {"Kernel (invented)"}
    _, line = journal(house)
    assert (line.action, line.outcome, line.reason, line.case_id) == (
        "refData.read", "conflict", "conflict", about.case_id,
    )  # fmt: skip


def test_what_is_there_already_before_anything_was_decided_leaves_no_line(house):
    with pytest.raises(IntegrityError), house.work("mayor") as unit:
        unit.session.add_all([first := an_agency(unit), again := an_agency(unit)])
        again.id = first.id
        unit.session.flush()
    assert journal(house) == []


def test_what_comes_after_the_commit_runs_then_and_only_then(house):
    done = []
    with house.work("mayor") as unit:
        allowed(unit)
        unit.after_commit.append(lambda: done.append(len(journal(house))))
    assert done == [1]
    with pytest.raises(Problem), house.work("participant") as unit:
        unit.after_commit.append(lambda: done.append("never"))
        unit.allow(Action.AGENCY_CREATE, unit.facts(standing=Standing.PART))
    assert done == [1]


def test_what_a_refusal_has_to_leave_behind_is_written_with_its_line(house):
    def count(session):
        session.add(an_agency(unit, "Kernel failure (invented)"))

    with pytest.raises(Problem), house.work("mayor") as unit:
        unit.after_undo.append(count)
        raise unit.refuse(Action.SESSION_OPEN, Problem(Kind.MISSING_PERMISSION), About(object_type="session"))
    assert agencies(house) == {"Kernel failure (invented)"}
    (line,) = journal(house)
    assert (line.action, line.outcome, line.object_type) == ("session.open", "refused", "session")
    with pytest.raises(ZeroDivisionError), house.work("mayor") as unit:
        unit.after_undo.append(count)
        raise ZeroDivisionError
    assert len(agencies(house)) == 1


def test_a_refusal_the_rules_cannot_see_is_a_conflict_where_it_is_one(house):
    for problem, outcome in (
        (Problem(Kind.RULE_NOT_MET, rule="R115"), "conflict"),
        (Problem(Kind.PRECONDITION_FAILED), "refused"),
    ):
        with pytest.raises(Problem), house.work("mayor") as unit:
            raise unit.refuse(Action.CASE_CLOSE, problem)
        line = journal(house)[-1]
        assert (line.outcome, line.rule) == (outcome, problem.rule)


@pytest.mark.parametrize(
    ("expected", "kind"),
    [
        (frozenset(), None),
        (frozenset({3, 7}), None),
        (None, Kind.PRECONDITION_REQUIRED),
        (frozenset({6}), Kind.PRECONDITION_FAILED),
    ],
)
def test_a_change_goes_through_only_from_the_version_the_caller_has_seen(house, expected, kind):
    def change():
        with house.work("mayor") as unit:
            unit.expected = expected
            allowed(unit)
            unit.expect(7)

    if kind is None:
        change()
    else:
        with pytest.raises(Problem) as refused:
            change()
        assert refused.value.kind is kind
    assert [line.outcome for line in journal(house)] == (["allowed"] if kind is None else ["refused"])


def test_giving_a_first_answer_again_is_a_decision_with_its_own_line(house):
    with house.work("mayor") as unit:
        unit.repeat()
    (line,) = journal(house)
    assert (line.action, line.reason, line.object_type) == ("session.read", "repeatedAnswer", "session")


def test_the_database_knows_who_acts_and_forgets_it_with_the_transaction(house):
    asked = text("SELECT current_setting('livcr.actor', true), current_setting('livcr.mandate', true)")
    with house.work("mayor") as unit:
        allowed(unit)
        before = unit.session.execute(asked).one()
        assert tuple(before) == (str(house.cast.persons["mayor"]), str(house.cast.mandates["mayor"]))
        unit.act_as(VISITOR)
        assert tuple(unit.session.execute(asked).one()) == ("", "")
        unit.act_as(house.actor("coordinator"))
        unit.act_as(house.actor("coordinator"))
        assert unit.session.execute(asked).one()[0] == str(house.cast.persons["coordinator"])
    with house.installation.sessions() as session:
        assert (session.execute(asked).one()[0] or "") == ""


def test_the_moment_is_the_clock_s_unless_a_story_says_otherwise(house):
    with house.work("mayor") as unit:
        allowed(unit)
        assert unit.now == house.now
        assert unit.today == date(2026, 3, 2)
    story = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    with house.work("mayor", now=story) as unit:
        allowed(unit)
        facts = unit.facts(standing=Standing.NONE)
        assert (facts.now, facts.today) == (story, date(2026, 1, 1))
    assert journal(house)[-1].year == 2026


def test_a_work_in_the_end_s_name_uses_the_connection_of_retention(house):
    with work(house.installation, VISITOR, channel="test", retention=True) as unit:
        allowed(unit)
        assert unit.session.scalar(text("SELECT current_user")) == "livcr_retention"
    assert len(journal(house)) == 1


def test_traces_are_kept_and_made_when_missing(house):
    trace, related = uuid4(), uuid4()
    with house.installation.sessions() as session:
        unit = Work(
            house.installation, session, VISITOR, channel="test", trace_id=trace, related_trace_id=related
        )
        allowed(unit)
        unit.finish()
        unit.abandon()
    (line,) = journal(house)
    assert (line.trace_id, line.related_trace_id, line.actor_id, line.role) == (trace, related, None, "")


def test_a_row_the_rules_let_through_is_there():
    assert there("row") == "row"
    with pytest.raises(Undecided):
        there(None)


@pytest.mark.parametrize(
    ("decision", "kind", "rule"),
    [
        (Decision(Outcome.HIDE, "R14"), Kind.NOT_FOUND, ""),
        (Decision(Outcome.REFUSE, "R14"), Kind.MISSING_PERMISSION, ""),
        (Decision(Outcome.CONFLICT, "R85"), Kind.ILLEGAL_TRANSITION, "R85"),
        (Decision(Outcome.CONFLICT, "R90", Condition.NOT_LOCKED), Kind.RULE_NOT_MET, "R90"),
    ],
)
def test_a_no_is_said_as_the_rules_said_it_and_no_more(decision, kind, rule):
    problem = problem_of(decision)
    assert (problem.kind, problem.rule) == (kind, rule)


def test_hidden_and_missing_are_the_same_answer():
    hidden, missing = problem_of(Decision(Outcome.HIDE, "R14")), not_found()
    assert (hidden.kind, hidden.rule, hidden.issues, hidden.headers) == (
        missing.kind, missing.rule, missing.issues, missing.headers,
    )  # fmt: skip
