"""The legal reference behind each rule is the first that the reference data give it (R8)."""

from __future__ import annotations

import pytest

from app.constitution.reference import load_legal_references, load_rules
from app.rules.actions import Action
from app.rules.legal import LEGAL, legal_basis
from app.rules.policy import POLICY


def test_the_table_is_the_reference_data_in_short():
    assert {f"R{number}": rule.legal for number, rule in load_rules().items() if rule.legal} == LEGAL


def test_every_key_is_a_legal_reference():
    assert {key for keys in LEGAL.values() for key in keys} <= set(load_legal_references())


def test_a_rule_of_local_policy_alone_has_no_legal_basis():
    assert legal_basis("R84") == ""
    assert legal_basis("R86") == "flemishDecree.retention"


FRENCH_ALONE = {
    Action.FRAMEWORK_LIST, Action.FRAMEWORK_STATE,
    Action.INVITATION_NOMINATE, Action.NOMINATION_LIST, Action.NOMINATION_TAKE_BACK,
}  # fmt: skip
"""Acts that the decree of the French Community alone knows."""


@pytest.mark.parametrize(
    ("number", "profile", "regime", "key"),
    [
        ("R31", "flanders", "flemish", "flemishDecree.voluntary"),
        ("R31", "flanders", "frenchCommunity", "frenchDecree.participation"),
        ("R31", "wallonia", "frenchCommunity", "frenchDecree.participation"),
        ("R31", "wallonia", "other", ""),
        ("R86", "wallonia", "municipal", ""),
        ("R14", "wallonia", "municipal", "dpa.specialCategoryAccess"),
        ("R39", "brussels", "municipal", "secrecyDuty"),
        ("R40", "wallonia", "municipal", "livcrAct.list"),
        ("R26", "flanders", "municipal", "frenchDecree.notice"),
        ("R14", "", "", "dpa.specialCategoryAccess"),
        ("R30", "flanders", "flemish", ""),
        ("R999", "flanders", "", ""),
    ],
)
def test_a_decree_is_cited_for_those_it_binds_alone(number, profile, regime, key):
    assert legal_basis(number, profile, regime) == key


def test_no_act_that_anybody_may_do_rests_on_the_decree_of_the_french_community():
    """The line in the log cites the rule of the act: a condition about one service is named where it fails (R8, R105)."""
    cited = {action: legal_basis(rule.number, "flanders", "municipal") for action, rule in POLICY.items()}
    assert {action for action, key in cited.items() if key.startswith("frenchDecree.")} <= FRENCH_ALONE


@pytest.mark.parametrize("number", LEGAL)
def test_the_flemish_decree_is_never_cited_outside_flanders(number):
    for profile in ("wallonia", "brussels", "germanSpeakingCommunity", ""):
        for regime in ("municipal", "police", "other", "frenchCommunity", ""):
            assert not legal_basis(number, profile, regime).startswith("flemishDecree.")
