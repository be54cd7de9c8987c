"""Who reads what a file says of health, offences, origin and convictions: as the policy has it, and nothing else (R15)."""

from __future__ import annotations

import pytest

from app.constitution.reference import load_lists
from app.rules.access import READS, SENSITIVE_LABELS, extent_of, reads_of
from app.rules.actions import Action
from app.rules.delegation import PARTS
from app.rules.policy import POLICY
from app.rules.roles import Role


def test_everything_that_opens_what_is_closed_by_default_is_among_it():
    assert {action for action, rule in POLICY.items() if rule.number == "R52"} <= set(READS)
    assert len(READS) == len(set(READS))


@pytest.mark.parametrize(
    ("role", "extent"),
    [
        (Role.MAYOR, "file"),
        (Role.COORDINATOR, "file"),
        (Role.CASE_MANAGER, "trajectory"),
        (Role.SECRETARY, "minutes"),
        (Role.POLICE_MEMBER, "cleared"),
        (Role.INFORMATION_OFFICER, "cleared"),
        (Role.PARTICIPANT, "meeting"),
    ],
)
def test_how_far_a_role_reaches(role, extent):
    assert extent_of(role, reads_of(role)) == extent


@pytest.mark.parametrize(
    "role", [Role.DPO, Role.AUDITOR, Role.ADMINISTRATOR, Role.STRATEGIC_MEMBER, Role.ROBOT]
)
def test_who_never_sees_content_reads_none_of_it(role):
    assert reads_of(role) == ()


def test_a_delegate_reads_what_the_appointment_covers():
    assert reads_of(Role.DELEGATE) == ()
    assert reads_of(Role.DELEGATE, PARTS) == reads_of(Role.MAYOR)
    assert Action.STATEMENT_OPEN not in reads_of(Role.DELEGATE, ["invitations"])
    assert Action.REGISTRATION_READ in reads_of(Role.DELEGATE, ["screening"])


def test_it_is_the_categories_that_are_closed_by_default():
    entries = load_lists()["dataCategories"].entries
    assert {each.code for each in entries if each.sensitive} == set(SENSITIVE_LABELS)
