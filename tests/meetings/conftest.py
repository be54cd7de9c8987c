"""A table to sit at, for the tests of the consultation."""

from __future__ import annotations

import pytest
from askcraft import Asked
from extensioncraft import file_of, propose, sheet, talk
from glasscraft import known_case
from handcraft import moved_away, propose_it, send_it
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


@pytest.fixture
def discussed(table):
    """A case that one meeting discussed; gives the case and the day."""
    meeting, _, case = table.sat("school")
    table.close(meeting)
    table.house.later(days=1)
    return case, file_of(table).last_discussed_on


@pytest.fixture
def ready(table, discussed):
    """A case whose extension was proposed and discussed; gives (case, the day the person was discussed, the extension)."""
    case, day = discussed
    table.ok(propose(table, case), 201)
    talk(table, case)
    (row,) = sheet(table, case)["items"]
    return case, day, row


@pytest.fixture
def moved(table):
    """A case discussed with the school, of which closing is proposed because the person moved. Gives the case id."""
    return moved_away(table)


@pytest.fixture
def sent(table, moved):
    """Proposed and sent to Gemeente D; gives (case, hand-over)."""
    row = propose_it(table, moved)
    send_it(table, row)
    return moved, row
