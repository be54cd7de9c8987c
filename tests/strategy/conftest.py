"""The strategic table of the municipal cell, and of the joint one."""

from __future__ import annotations

import pytest
from strategycraft import Strategy
from tablecraft import Round


@pytest.fixture
def strategy(house):
    """The strategic table of the municipal cell."""
    return Strategy(house)


@pytest.fixture
def joint(house):
    """That of the joint cell, once from each municipality's side."""
    return Strategy(house, "zone", "D"), Strategy(house, "zone", "E")


@pytest.fixture
def listed_case(house):
    """A person on the list of the municipality and an operational meeting; gives (case id, meeting id)."""
    table = Round(house)
    return table.case(), table.plan()
