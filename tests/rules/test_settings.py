"""What an agreement can fix: never more than the law, and the defaults the rules name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.constitution.reference import default_settings, load_legal_references, load_rules
from app.rules.settings import SETTINGS, faults, setting

LAWFUL = {
    # setting -> the widest values the law leaves: from, to
    "case_term_days": (1, 365),
    "contact_term_days": (1, 365),
    "invitation_notice_days_french": (14, None),
}
"""[LAW] bounds, written down here once more: a setting may be stricter, never wider (R86, R26)."""

CEILINGS = {
    "registration_limit_days": 90,
    "not_listed_days": 30,
    "undertaking_renewal_days": 365,
    "review_months": 6,
}
"""Terms that rules.md gives as most (R45, R46, R17, R76)."""


@pytest.mark.parametrize("name", SETTINGS)
def test_a_default_lies_within_its_bounds(name):
    row = SETTINGS[name]
    assert row.least <= row.default <= row.most
    assert row.unit in {"minutes", "hours", "days", "months", "count", "yesno"}
    assert row.unit != "yesno" or (row.least, row.most) == (0, 1)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_stands_on_a_rule_that_exists_and_law_on_a_reference(name):
    assert int(SETTINGS[name].number.removeprefix("R")) in load_rules()
    assert not SETTINGS[name].law or SETTINGS[name].law in load_legal_references()


def test_a_lawful_bound_is_never_wider_than_the_law():
    assert {name for name, row in SETTINGS.items() if row.law} == set(LAWFUL)
    for name, (least, most) in LAWFUL.items():
        assert SETTINGS[name].least >= least
        assert most is None or SETTINGS[name].most <= most
    for name, most in CEILINGS.items():
        assert SETTINGS[name].most <= most


def test_defaults_are_those_of_the_rules_where_both_name_them():
    told = default_settings()
    both = set(told) & set(SETTINGS)
    assert both
    assert {name for name in both if SETTINGS[name].default != told[name]} == set()


@pytest.mark.parametrize("name", SETTINGS)
@given(value=st.integers(-10_000, 10_000))
def test_whatever_an_agreement_says_the_value_in_force_is_lawful(name, value):
    row = SETTINGS[name]
    used = setting({name: value}, name)
    assert row.least <= used <= row.most
    assert used == value or not row.least <= value <= row.most


def test_an_agreement_that_says_nothing_gets_the_default():
    assert {name: setting({}, name) for name in SETTINGS} == {
        name: row.default for name, row in SETTINGS.items()
    }


def test_faults_name_each_unlawful_and_each_unknown_value():
    assert faults({"case_term_days": 366, "participant_window_hours": 2, "teatime": 4}) == {
        "case_term_days": "must be from 30 to 365 (R86)",
        "teatime": "unknown setting",
    }
    assert faults({}) == {}
