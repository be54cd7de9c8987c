"""Every route as every member of the cast in every state: the running application answers as `decide` says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from proving.client import JSON, PAGE
from proving.oracle import Oracle
from proving.scene import Asking
from proving.table import JSON_DOOR, PAGES_DOOR

from app.kernel.http.pages import PAGES
from app.kernel.http.routes import ENDPOINTS

ROUTES = {e.operation: e for e in ENDPOINTS}
READABLE = {path for method, path in PAGES if method == "GET"}


def classed(status: int) -> int:
    """Count every success as 200."""
    return 200 if 200 <= status < 300 else status


def test_every_route_of_both_doors_has_its_line():
    assert set(JSON_DOOR) == set(ROUTES), set(JSON_DOOR) ^ set(ROUTES)
    assert set(PAGES_DOOR) == READABLE, set(PAGES_DOOR) ^ READABLE


@pytest.fixture(scope="module")
def oracle(stage, proving_house):
    return Oracle(stage.world, proving_house.now)


def called(stage, pair, scenes, ask):
    """Call in every scene as everybody there; gives how many calls, and what went wrong. One thread a connection."""

    def some(number):
        return [
            ask(pair[number], scene, who) for scene in scenes[number::2] for who in stage.asking_in(scene)
        ]

    with ThreadPoolExecutor(2) as threads:
        found = [each for part in threads.map(some, (0, 1)) for each in part]
    return len(found), [wrong for wrong in found if wrong]


def verdict(scene, who, answer, wanted):
    got = classed(answer.status)
    name = who.name if who else "visitor"
    return (
        None
        if got == wanted
        else f"{scene.name} as {name}: {got}, the rules say {wanted} {answer.text[:200]}"
    )


@pytest.mark.parametrize("operation", JSON_DOOR)
def test_the_json_door_answers_as_the_rules_decide(operation, stage, pair, oracle, counts):
    line, route = JSON_DOOR[operation], ROUTES[operation]

    def ask(undone, scene, who):
        k = Asking(oracle, who, scene)
        wanted = k.at_json(line)
        query, body = (part(k) if part else None for part in (line.query, line.body))
        answer = undone.call(who, JSON, route.method, k.path(route.path), query=query, body=body)
        return verdict(scene, who, answer, wanted)

    done, wrong = called(stage, pair, stage.of(line.of), ask)
    counts["calls of the JSON door (route x role x state), each as the rules decide"] += done
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong])


@pytest.mark.parametrize("path", PAGES_DOOR)
def test_every_page_answers_as_the_rules_decide(path, stage, pair, oracle, counts):
    line = PAGES_DOOR[path]

    def ask(undone, scene, who):
        k = Asking(oracle, who, scene)
        query = line.query(k) if line.query else None
        answer = undone.call(who, PAGE, "GET", k.path(path), query=query)
        return verdict(scene, who, answer, k.at_page(line))

    done, wrong = called(stage, pair, stage.of(line.of, pages=True), ask)
    counts["calls of the page door (page x role x state), each as the rules decide"] += done
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong])
