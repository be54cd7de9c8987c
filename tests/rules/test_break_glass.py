"""What an open break-glass adds to the policy: two readings, for four roles, and nothing else (R21, R18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from rules.test_matrix import NOW, ROLES, met, somebody

from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.lifecycle import OPEN_CASE, READABLE_CASE
from app.rules.policy import POLICY, Outcome, decide
from app.rules.roles import BREAKERS, GLASS_WATCHERS, Role
from app.rules.settings import SETTINGS, setting

READINGS = {Action.CASE_OPEN, Action.TRAJECTORY_READ}


def test_it_leads_to_reading_one_file_and_its_trajectory_and_to_no_export():
    assert {action for action in Action if POLICY[action].by_glass} == READINGS
    assert not {action for action in READINGS if action.verb in {"export", "list", "create"}}


@pytest.mark.parametrize("action", Action)
def test_for_everything_else_it_changes_no_answer(action):
    if action in READINGS:
        return
    for role in ROLES:
        for standing in Standing:
            facts = met(action, standing=standing, state="listed")
            assert decide(somebody(role), action, facts) == decide(
                somebody(role), action, replace(facts, broken_glass=True)
            )


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.EXCLUDED])
@pytest.mark.parametrize("action", sorted(READINGS))
def test_the_three_roles_read_by_it_and_nobody_else_reads_more(action, standing):
    for role in ROLES:
        facts = met(action, standing=standing, state="inTrajectory")
        before, by_glass = (
            decide(somebody(role), action, replace(facts, broken_glass=broken)) for broken in (None, True)
        )
        if role in BREAKERS and before.outcome is not Outcome.ALLOW:
            assert (by_glass.outcome, by_glass.number, by_glass.by_glass) == (Outcome.ALLOW, "R21", True), (
                role
            )
        else:
            assert by_glass == before, role
            assert not by_glass.by_glass


def test_a_participant_a_delegate_and_those_who_never_see_a_case_are_not_among_them():
    assert {Role.POLICE_MEMBER, Role.INFORMATION_OFFICER, Role.CASE_MANAGER} == BREAKERS
    assert {Role.COORDINATOR, Role.DPO} == GLASS_WATCHERS
    assert POLICY[Action.BREAK_GLASS_OPEN].roles == BREAKERS
    assert POLICY[Action.BREAK_GLASS_REVIEW].roles == GLASS_WATCHERS


@pytest.mark.parametrize("action", sorted(READINGS))
@pytest.mark.parametrize("role", sorted(BREAKERS))
def test_every_other_condition_holds_as_always(role, action):
    actor = somebody(role)
    facts = met(action, standing=Standing.NONE, state="inTrajectory", broken_glass=True)
    assert decide(actor, action, facts).outcome is Outcome.ALLOW
    excluded = decide(actor, action, replace(facts, standing=Standing.EXCLUDED))
    assert excluded.outcome is Outcome.HIDE
    stops = [
        (replace(actor, second_factor=False), facts, "R20"),
        (replace(actor, undertaking_until=date(2026, 3, 1)), facts, "R16"),
        (actor, replace(facts, locks_on=NOW.date()), "R90"),
        (actor, replace(facts, locks_on=None), "R90"),
        (actor, replace(facts, state="destroyed"), POLICY[action].number),
        (actor, replace(facts, access_reason=None), "R107"),
    ]
    if role in {Role.POLICE_MEMBER, Role.INFORMATION_OFFICER}:
        stops.append((replace(actor, clearance_until=date(2026, 3, 1)), facts, "R10"))
    for who, known, number in stops:
        answer = decide(who, action, known)
        assert (answer.outcome, answer.number) == (Outcome.CONFLICT, number)


def test_one_is_opened_on_a_case_that_is_followed_and_off_is_the_default():
    assert POLICY[Action.BREAK_GLASS_OPEN].states == OPEN_CASE < READABLE_CASE
    assert setting({}, "break_glass") == 0
    row = SETTINGS["break_glass_minutes"]
    assert (row.least, row.default, row.most, row.unit) == (15, 60, 240, "minutes")
