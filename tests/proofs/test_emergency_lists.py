"""Lists of emergencies: of the cell acted in, and there for who watches even while a case is being destroyed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from proving.client import JSON, PAGE
from proving.marks import marks_in
from proving.oracle import Oracle
from proving.scene import Asking, Scene
from proving.table import JSON_DOOR
from proving.world import World


@pytest.fixture
def elsewhere(proving_house, undone):
    """A case manager of Gemeente C with an emergency there, who follows cases of the joint cell as well."""
    with undone.laying() as conn:
        world = World(conn, proving_house, proving_house.now)
        for name in ("mayor", "coordinator", "dpo"):
            world.of_cast(name)
        here = world.newcomer("Volger", "caseManager", "C", agency="town hall")
        there = world.second_mandate("VolgerElders", here, "caseManager", "zone")
        case = world.file("C", "inTrajectory", here)
        world.plan(case, here)
        glass = world.glass(case, here, timedelta(minutes=20))
        for who in (here, there):
            world.sign_in(who)
        yield world, here, there, glass


LISTS = ((JSON, "/breakGlass"), (PAGE, "/break-glass"), (PAGE, "/"))


@pytest.mark.parametrize(("door", "path"), LISTS)
def test_an_emergency_is_listed_in_its_own_cell_only(door, path, elsewhere, undone):
    world, here, there, glass = elsewhere
    oracle = Oracle(world, world.now)
    for who, shown in ((here, True), (there, False)):
        answer = undone.call(who, door, "GET", path)
        assert answer.status == 200
        said = marks_in(world, answer.text)
        assert (glass.case.reference in said) is shown
        assert all(oracle.may_know(who, mark) for mark in said.values())


def test_an_emergency_is_ended_in_its_own_cell_only(elsewhere, undone):
    _, here, there, glass = elsewhere
    for who, status in ((there, 404), (here, 200)):
        answer = undone.call(who, JSON, "POST", f"/breakGlass/{glass.id}/close", body={})
        assert answer.status == status


def test_a_destruction_that_stopped_halfway_takes_no_list_away(proving_house, undone):
    """Ordered, and its keys gone: until the next sweep its rows are there, and nothing can be read of them (R92)."""
    with undone.laying() as conn:
        world = World(conn, proving_house, proving_house.now)
        watchers = [world.of_cast(name) for name in ("mayor", "coordinator", "dpo")]
        police = world.of_cast("policeMember")
        glass = world.glass(world.file("C", "shredOrdered", police), police)
        for who in (*watchers, police):
            world.sign_in(who)
        proving_house.installation.vault.shred(glass.case.id)
        words = [token for token, mark in world.marks.items() if mark.kind == "glass.text"]
        for who in (*watchers, police):
            for door, path in LISTS:
                answer = undone.call(who, door, "GET", path)
                assert answer.status == 200, (who, path)
                assert glass.case.reference in answer.text
                assert not [w for w in words if w in answer.text]


@pytest.mark.parametrize("days", [30, 13])
@pytest.mark.parametrize("follows", [False, True])
def test_who_has_a_plan_in_sight_hears_what_beats_their_emergency(days, follows, proving_house, undone):
    """By an action of theirs, and as its case manager under another mandate: they know of it, so the lock is told (R90)."""
    with undone.laying() as conn:
        world = World(conn, proving_house, proving_house.now)
        for name in ("mayor", "coordinator", "dpo"):
            world.of_cast(name)
        police = world.newcomer(
            "Wachter", "policeMember", "C", clearance_until=world.now.date() + timedelta(days=30)
        )
        manager = world.second_mandate("WachterVolgt", police, "caseManager", "C")
        other = world.newcomer("Volger", "caseManager", "C", agency="town hall")
        case = world.file("C", "inTrajectory", police, days=days)
        world.plan(case, manager if follows else other)
        act = world.act(case, police)
        world.glass(case, police)
        world.sign_in(police)
        scene = Scene(case.state, case, None, None, act, None, None, uuid4(), uuid4(), "mayor", "mayor")
        line = JSON_DOOR["read_trajectory"]
        wanted = Asking(Oracle(world, world.now), police, scene).at_json(line)
        assert wanted == (200 if days == 30 else 409 if follows else 404)
        answer = undone.call(
            police, JSON, "GET", f"/cases/{case.id}/trajectory", query={"reason": "meetingPreparation"}
        )
        assert answer.status == wanted, answer.text
