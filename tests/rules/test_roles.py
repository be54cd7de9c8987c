"""Separation of duties: whoever reads the log holds nothing that is logged."""

from __future__ import annotations

from itertools import combinations

import pytest

from app.rules.roles import (
    DESK,
    EVERYONE,
    EXCLUDES,
    MUNICIPAL,
    OVERSIGHT,
    PEOPLE,
    POLICE,
    TABLE,
    Role,
    incompatible,
)

SEES_CASES = TABLE


@pytest.mark.parametrize("role", sorted(SEES_CASES))
def test_an_auditor_holds_no_role_that_can_see_a_case(role):
    assert incompatible(Role.AUDITOR, frozenset({role})) == {role}
    assert incompatible(role, frozenset({Role.AUDITOR})) == {Role.AUDITOR}


@pytest.mark.parametrize("role", sorted(SEES_CASES | OVERSIGHT))
def test_an_administrator_sees_no_case_and_no_log(role):
    assert incompatible(Role.ADMINISTRATOR, frozenset({role})) == {role}
    assert incompatible(role, frozenset({Role.ADMINISTRATOR})) == {Role.ADMINISTRATOR}


def test_exclusion_reads_the_same_from_both_sides():
    for one, other in combinations(Role, 2):
        assert bool(incompatible(one, frozenset({other}))) == bool(incompatible(other, frozenset({one}))), (
            one,
            other,
        )


def test_nobody_excludes_themselves():
    for role in Role:
        assert not incompatible(role, frozenset({role}))
        assert role not in EXCLUDES.get(role, frozenset())


def test_one_person_may_be_coordinator_and_secretary():
    assert not incompatible(Role.SECRETARY, frozenset({Role.COORDINATOR, Role.CASE_MANAGER}))
    assert not incompatible(Role.MAYOR, frozenset())


def test_groups_of_roles_are_what_their_names_say():
    assert len(EVERYONE) == 13
    assert {Role.ROBOT} == EVERYONE - PEOPLE
    assert {Role.MAYOR, Role.DELEGATE, Role.COORDINATOR} == DESK
    assert POLICE < TABLE
    assert not TABLE & (OVERSIGHT | {Role.ADMINISTRATOR, Role.STRATEGIC_MEMBER, Role.ROBOT})
    assert DESK | OVERSIGHT == MUNICIPAL
