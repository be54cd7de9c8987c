"""Who among those at the table may know one statement (R18, R65)."""

from __future__ import annotations

from itertools import product

import pytest

from app.rules.audience import CATEGORIES, CATEGORY_WITH_REASON, SENSITIVE_CATEGORIES, Audience, may_read
from app.rules.facts import Standing

READS = {
    # (standing, audience) -> somebody else's statement is readable
    (Standing.FILE, Audience.PRESENT): True,
    (Standing.FILE, Audience.NOT_IN_MINUTES): True,
    (Standing.FILE, Audience.DESK): True,
    (Standing.ATTENDING, Audience.PRESENT): True,
    (Standing.ATTENDING, Audience.NOT_IN_MINUTES): True,
    (Standing.ATTENDING, Audience.DESK): False,
}


@pytest.mark.parametrize(("standing", "audience"), list(product(Standing, Audience)))
def test_a_statement_of_somebody_else(standing, audience):
    assert may_read(standing, audience, own=False) is READS.get((standing, audience), False)


@pytest.mark.parametrize(("standing", "audience"), list(product(Standing, Audience)))
def test_ones_own_statement_stays_readable_unless_one_is_excluded(standing, audience):
    assert may_read(standing, audience, own=True) is (standing is not Standing.EXCLUDED)


def test_the_categories_are_those_of_the_decree():
    assert list(CATEGORIES) == list(range(1, 15))
    assert {8, 9, 11, 12} == SENSITIVE_CATEGORIES
    assert CATEGORY_WITH_REASON == 14
