"""What the rules foresee and nobody can do yet: rows as the policy's, of which none is in force."""

from __future__ import annotations

import re

import pytest

from app.constitution.reference import load_rules
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.foreseen import FORESEEN
from app.rules.roles import OVERSIGHT, TABLE, Role


@pytest.mark.parametrize("name", FORESEEN)
def test_a_foreseen_act_is_named_like_an_action_and_is_none(name):
    assert re.fullmatch(r"[a-z][A-Za-z]*\.[a-z][A-Za-z]*", name)
    assert name not in set(Action), "its row belongs in the policy now"


@pytest.mark.parametrize("name", FORESEEN)
def test_its_row_rests_on_a_rule_and_names_somebody(name):
    row = FORESEEN[name]
    assert int(row.number.removeprefix("R")) in load_rules()
    assert row.roles
    assert row.states is None or row.states


def test_nobody_without_standing_is_foreseen_to_read_but_what_is_public():
    assert [name for name, row in FORESEEN.items() if row.standing is Standing.NONE] == ["publicNotice.read"]


def test_who_never_sees_a_case_is_foreseen_for_none():
    about_cases = {
        "feedbackSheet",
        "contact",
        "assessment",
        "statement",
        "subject",
        "extract",
        "contributionRequest",
        "briefing",
    }
    for name, row in FORESEEN.items():
        if name.split(".")[0] in about_cases:
            assert row.roles <= TABLE | {Role.ROBOT}, name
            assert not row.roles & (OVERSIGHT | {Role.ADMINISTRATOR, Role.STRATEGIC_MEMBER}), name
