"""One spelling through the whole house."""

from __future__ import annotations

import re

import pytest

from app.rules.actions import Action


@pytest.mark.parametrize("action", Action)
def test_an_action_is_a_noun_and_a_verb(action):
    assert re.fullmatch(r"[a-z][A-Za-z]*\.[a-z][A-Za-z]*", action.value)
    assert f"{action.noun}.{action.verb}" == action.value
    assert action.name == re.sub(r"(?<!^)(?=[A-Z])", "_", action.value).replace(".", "_").upper()


def test_names_of_operation_and_command_follow_from_the_action():
    assert Action.AGENDA_ITEM_ADD.operation_name == "add_agenda_item"
    assert Action.AGENDA_ITEM_ADD.command_name == "AddAgendaItem"
    assert Action.CASE_PROPOSE_CLOSURE.operation_name == "propose_closure_case"
    assert Action.CASE_PROPOSE_CLOSURE.command_name == "ProposeClosureCase"


def test_no_two_actions_share_a_name():
    assert len({a.operation_name for a in Action}) == len({a.command_name for a in Action}) == len(Action)
