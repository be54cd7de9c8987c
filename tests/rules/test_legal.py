"""The legal reference behind each rule is the first that the reference data give it (R8)."""

from __future__ import annotations

from app.constitution.reference import load_legal_references, load_rules
from app.rules.legal import LEGAL, legal_basis


def test_the_table_is_the_reference_data_in_short():
    assert {f"R{number}": rule.legal[0] for number, rule in load_rules().items() if rule.legal} == LEGAL


def test_every_key_is_a_legal_reference():
    assert set(LEGAL.values()) <= set(load_legal_references())


def test_a_rule_of_local_policy_alone_has_no_legal_basis():
    assert legal_basis("R84") == ""
    assert legal_basis("R86") == "flemishDecree.retention"
