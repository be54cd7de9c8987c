"""What a mayor can delegate: an appointment covers the parts it names and nothing else (R9)."""

from __future__ import annotations

import pytest

from app.rules.actions import Action
from app.rules.delegation import FILE, LIST, MEETINGS, PARTS, part_of, within
from app.rules.policy import POLICY
from app.rules.roles import Role

DELEGATES = [a for a in Action if Role.DELEGATE in POLICY[a].roles and not POLICY[a].before_access]


@pytest.mark.parametrize("action", DELEGATES)
def test_an_appointment_for_everything_covers_all_that_a_delegate_can_do(action):
    assert within(action, frozenset(PARTS))


@pytest.mark.parametrize("action", DELEGATES)
def test_an_act_is_covered_by_its_own_part_and_by_no_other(action):
    part = part_of(action)
    for named in PARTS:
        assert within(action, frozenset({named})) is (part is None or part == named)


@pytest.mark.parametrize("scope", [None, frozenset(), frozenset({"all"}), frozenset({"teatime"})])
def test_an_appointment_without_a_known_part_covers_nothing(scope):
    assert not any(within(action, scope) for action in Action)


def test_what_the_law_gives_the_mayor_belongs_to_a_part_that_has_to_be_named():
    for action in (
        Action.REGISTRATION_SCREEN, Action.REGISTRATION_DECIDE, Action.CASE_OPEN, Action.CASE_CLOSE, Action.MEETING_CONVENE,
        Action.INVITATION_SEND, Action.STATEMENT_CREATE, Action.STATEMENT_OPEN, Action.MINUTES_READ,
    ):  # fmt: skip
        assert part_of(action) in PARTS


def test_deciding_on_the_list_is_a_part_of_its_own():
    assert {a for a in Action if part_of(a) == LIST} == {
        Action.REGISTRATION_DECIDE,
        Action.CASE_RELIST,
    }
    assert part_of(Action.CASE_OPEN) == part_of(Action.ACTION_ASSIGN) == FILE
    assert part_of(Action.MINUTES_APPROVE) == MEETINGS


def test_what_somebody_does_for_themselves_needs_no_part():
    assert (
        part_of(Action.REGISTRATION_SUBMIT)
        is part_of(Action.INVITATION_ANSWER)
        is part_of(Action.CELL_LIST)
        is None
    )
