"""A table to sit at, for the tests of the consultation."""

from __future__ import annotations

import pytest
from askcraft import Asked
from glasscraft import known_case
from tablecraft import Round


@pytest.fixture
def table(house):
    """The municipal cell of Gemeente C."""
    return Round(house)


@pytest.fixture
def zone(house):
    """The joint cell, once from each municipality's side."""
    return Round(house, "zone", "D"), Round(house, "zone", "E")


@pytest.fixture
def known(table):
    """A case that the police member and the school sat on weeks ago, with a trajectory; break-glass switched on."""
    return known_case(table)


@pytest.fixture
def asked(table):
    """A convened meeting with one case, at which the school is asked a question before it."""
    return Asked(table)
