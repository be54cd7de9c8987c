"""Who is recorded present has the item in sight, whatever became of the invitation (R62): both locks say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from proving.chance import INVITED
from proving.client import JSON
from proving.oracle import Oracle
from proving.phases import PHASES
from proving.table import REASON
from proving.world import World

from app.rules.facts import Standing


@pytest.mark.parametrize("invited", [*sorted(set(INVITED)), None])
@pytest.mark.parametrize(
    "phase", [PHASES["inSession"], PHASES["justClosed"] | {"starts": timedelta(hours=-5)}]
)
def test_who_was_there_reads_the_item(invited, phase, proving_house, undone, counts):
    with undone.laying() as conn:
        world = World(conn, proving_house, proving_house.now)
        for name in ("mayor", "zoneMayorD", "zoneMayorE"):
            world.of_cast(name)
        who = world.newcomer("Voorzitter", "caseManager", "zone")
        item = world.table(world.sitting("zone", "E", chair=who, **phase), world.file("E", "closed", who))
        if invited:
            world.invite(item, who, invited)
        world.attend(item, who)
        world.sign_in(who)
        assert Oracle(world, proving_house.now).at_item(who, item) is Standing.ATTENDING
        for path, query in ((f"/meetings/{item.sitting.id}", None), (f"/agendaItems/{item.id}", REASON)):
            assert undone.call(who, JSON, "GET", path, query=query).status == 200
            counts["items read by who was there"] += 1
