"""The explanation says what `decide` says, and names every question that stood in the way."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.rules.actions import Action
from app.rules.explaining import ASKED_OF_THE_REQUEST, explain
from app.rules.facts import VISITOR, Actor, Facts, Standing
from app.rules.policy import ACCESS, POLICY, Outcome, wants_confirmation
from app.rules.roles import Role

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FACTS = Facts(
    now=NOW, today=NOW.date(), standing=Standing.FILE, locks_on=date(2027, 1, 1), due_on=date(2027, 1, 15), window_until=NOW
)  # fmt: skip
MAYOR = Actor(role=Role.MAYOR, second_factor=True, undertaking_until=date(2030, 1, 1))
EVERYTHING = frozenset({"list", "screening", "invitations", "meetings", "file", "closure", "policy"})


def _actors():
    return [
        replace(MAYOR, role=role, clearance_until=date(2030, 1, 1), delegation=EVERYTHING) for role in Role
    ] + [VISITOR]


@pytest.mark.parametrize("action", Action)
def test_it_is_allowed_exactly_where_no_step_fails(action):
    rule = POLICY[action]
    states = [*sorted(rule.states or ()), None, "nothingLikeIt"]
    allowed = 0
    for actor in _actors():
        for standing in Standing:
            for state in states:
                decision, steps = explain(actor, action, replace(FACTS, standing=standing, state=state))
                failed = [step.name for step in steps if step.met is False]
                assert (decision.outcome is Outcome.ALLOW) == (failed == []), (
                    actor.role,
                    standing,
                    state,
                    failed,
                )
                allowed += decision.outcome is Outcome.ALLOW
    assert allowed


def test_every_condition_of_the_row_is_told_with_its_rule():
    _, steps = explain(MAYOR, Action.STATEMENT_OPEN, replace(FACTS, state="monitored"))
    told = {step.name: step.number for step in steps}
    for condition in (*ACCESS, *POLICY[Action.STATEMENT_OPEN].conditions):
        assert told[condition.name] == condition.number
    assert next(step for step in steps if step.name == "ACCESS_REASON").met is None


def test_several_reasons_are_all_told():
    actor = replace(MAYOR, undertaking_until=date(2020, 1, 1), second_factor=False)
    decision, steps = explain(
        actor, Action.CASE_OPEN, replace(FACTS, state="destroyed", locks_on=date(2026, 1, 1))
    )
    assert decision.outcome is not Outcome.ALLOW
    assert {step.name for step in steps if step.met is False} == {
        "SECOND_FACTOR", "UNDERTAKING_CONFIRMED", "NOT_LOCKED", "state",
    }  # fmt: skip


def test_what_is_asked_of_the_request_is_a_condition_of_some_row():
    used = {condition for rule in POLICY.values() for condition in rule.conditions}
    assert used >= ASKED_OF_THE_REQUEST


def test_an_act_that_no_row_knows_is_refused_without_steps():
    decision, steps = explain(MAYOR, "case.steal", FACTS)
    assert (decision.outcome, decision.number, steps) == (Outcome.REFUSE, "R14", [])


def test_the_gravest_acts_want_a_fresh_proof():
    grave = {action for action in Action if wants_confirmation(action)}
    assert grave >= {Action.REGISTRATION_DECIDE, Action.JOURNAL_EXPORT, Action.PASSWORD_CHANGE}
    assert Action.CASE_OPEN not in grave
