"""Every route as every member of the cast in every state: the running application answers as `decide` says."""

from __future__ import annotations

from collections import Counter

import pytest
from proving.client import JSON, PAGE
from proving.oracle import Oracle
from proving.scene import Asking
from proving.table import JSON_DOOR, PAGES_DOOR, Line

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


def everything(stage, of, *, pages=False):
    for scene in stage.of(of, pages=pages):
        for who in stage.asking_in(scene):
            yield scene, who


def expected_of_page(k: Asking, line: Line) -> int:
    """Pages send a visitor to sign in and somebody without a current undertaking to confirm one, before all else."""
    if line.open and not k.expected(line.asks(k), None) == 404:
        return k.expected(line.asks(k), None)
    if k.who is None:
        return 303
    if not line.open and not k.oracle.sworn(k.who):
        return 303
    return k.expected(line.asks(k), None)


@pytest.fixture(scope="module")
def oracle(stage, proving_house):
    return Oracle(stage.world, proving_house.now)


@pytest.mark.parametrize("operation", JSON_DOOR)
def test_the_json_door_answers_as_the_rules_decide(operation, stage, undone, oracle, counts):
    line, route = JSON_DOOR[operation], ROUTES[operation]
    wrong: list[str] = []
    seen: Counter[int] = Counter()
    for scene, who in everything(stage, line.of):
        k = Asking(oracle, who, scene)
        wanted = k.expected(line.asks(k), line.then(k) if line.then else None)
        if who is None and not line.open:
            wanted = 401
        answer = undone.call(
            who, JSON, route.method, k.path(route.path), query=line.query(k) if line.query else None,
            body=line.body(k) if line.body else None,
        )  # fmt: skip
        got = classed(answer.status)
        seen[got] += 1
        if got != wanted:
            name = who.name if who else "visitor"
            wrong.append(f"{scene.name} as {name}: {got}, the rules say {wanted} {answer.text[:300]}")
    counts["calls of the JSON door (route x role x state)"] += sum(seen.values())
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong])


@pytest.mark.parametrize("path", PAGES_DOOR)
def test_every_page_answers_as_the_rules_decide(path, stage, undone, oracle, counts):
    line = PAGES_DOOR[path]
    wrong: list[str] = []
    done = 0
    for scene, who in everything(stage, line.of, pages=True):
        k = Asking(oracle, who, scene)
        wanted = expected_of_page(k, line)
        answer = undone.call(who, PAGE, "GET", k.path(path), query=line.query(k) if line.query else None)
        done += 1
        if classed(answer.status) != wanted:
            name = who.name if who else "visitor"
            wrong.append(f"{scene.name} as {name}: {answer.status}, the rules say {wanted}")
    counts["calls of the page door (page x role x state)"] += done
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong])
