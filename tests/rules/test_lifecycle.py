"""States and who moves them: one table for policy, operations and documentation."""

from __future__ import annotations

import pytest

from app.documenting.objects import CONSEQUENCES, STARTS
from app.rules.actions import Action
from app.rules.conditions import BEGUN, Condition
from app.rules.lifecycle import OPEN_CASE, READABLE_CASE, STATES, TRANSITIONS, sources, target
from app.rules.policy import POLICY


@pytest.mark.parametrize("action", TRANSITIONS)
def test_a_transition_goes_from_known_states_to_known_states(action):
    move = TRANSITIONS[action]
    assert move.sources
    assert move.sources | set(move.targets) <= set(STATES[move.noun])


@pytest.mark.parametrize("action", TRANSITIONS)
def test_the_policy_allows_an_action_in_exactly_the_states_it_moves_from(action):
    finishing = BEGUN if Condition.TERM_OVER in POLICY[action].conditions else frozenset()
    assert POLICY[action].states == TRANSITIONS[action].sources | finishing
    assert sources(action) == TRANSITIONS[action].sources


NOT_REACHED = {("invitation", "attended"), ("invitation", "absent"), ("invitation", "noAnswer")}
"""Named by the domain; until an act moves an invitation there (then: app.documenting.objects.CONSEQUENCES)."""


def test_every_state_is_a_beginning_or_can_be_reached():
    reached = {(move.noun, state) for move in TRANSITIONS.values() for state in move.targets} | {
        (noun, after) for noun, _, after, _ in CONSEQUENCES
    }
    every = {(noun, state) for noun, states in STATES.items() for state in states}
    assert every - reached - set(STARTS.items()) == NOT_REACHED


def test_what_follows_from_another_act_is_a_move_between_known_states():
    for noun, before, after, action in CONSEQUENCES:
        assert {before, after} - {""} <= set(STATES[noun])
        assert action in POLICY


def test_every_object_begins_in_a_state_of_its_own():
    assert set(STARTS) == set(STATES)
    for noun, state in STARTS.items():
        assert state in STATES[noun]


def test_from_every_state_of_a_file_there_is_a_way_to_its_end():
    """Nothing about a person can get stuck in a state from which it is never destroyed (R86, R46)."""
    assert TRANSITIONS[Action.CASE_DESTROY].sources == set(STATES["case"]) - {"destroyed"} == READABLE_CASE
    assert TRANSITIONS[Action.REGISTRATION_ERASE].sources == set(STATES["registration"]) - {
        "erased",
        "listed",
    }


def test_what_is_over_stays_over():
    for move in TRANSITIONS.values():
        assert not move.sources & {"destroyed", "erased", "approved", "superseded"}


def test_a_closed_case_is_not_tabled_again():
    assert "closed" not in OPEN_CASE
    assert POLICY[Action.AGENDA_ITEM_ADD].states == OPEN_CASE


def test_a_registration_is_listed_by_a_decision_and_by_nothing_else():
    by = {
        action
        for action, move in TRANSITIONS.items()
        if move.noun == "registration" and "listed" in move.targets
    }
    assert by == {Action.REGISTRATION_DECIDE}


def test_target_is_the_one_state_that_follows_and_an_error_where_there_are_several():
    assert target(Action.MEETING_CONVENE) == "convened"
    with pytest.raises(ValueError, match="too many"):
        target(Action.REGISTRATION_DECIDE)
