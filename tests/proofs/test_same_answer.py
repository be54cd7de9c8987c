"""What is not there and what is not for you: one answer, byte for byte, and no difference in time that tells."""

from __future__ import annotations

import random
import re
import time
from statistics import median

import pytest
from proving.client import JSON, PAGE, Caller, swiftly
from proving.oracle import Oracle
from proving.scene import Asking
from proving.table import JSON_DOOR, PAGES_DOOR

from app.kernel.http.routes import ENDPOINTS

ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TRACES = {"belgov-trace-id"}


@pytest.fixture(scope="module")
def oracle(stage, proving_house):
    return Oracle(stage.world, proving_house.now)


def told(answer):
    """Give all that an answer tells but its own trace, and but the ids that the caller said in the address.

    The trace of a problem is in `instance`; a page repeats its address in the links to other languages. Ids that the
    caller did not say may not stand here at all, so that all of them can be put out of the way alike.
    """
    headers = {name: said for name, said in answer.headers.items() if name not in TRACES}
    return answer.status, headers, ID.sub(b"(id)", answer.body)


def asked(undone, k, door, method, template, line):
    query, body = (part(k) if part else None for part in (line.query, line.body))
    return undone.call(k.who, door, method, k.path(template), query=query, body=body)


ABSENT = {"use_recovery": 401}
"""How it is said of a name that nobody has, or that has no recovery: as of a wrong code."""
ROUTES = [(JSON, e.method, e.path, JSON_DOOR[e.operation], e.operation) for e in ENDPOINTS]
ROUTES += [(PAGE, "GET", path, line, path) for path, line in PAGES_DOOR.items()]
ROUTES = [route for route in ROUTES if route[3].of != "once"]
"""Every route that asks for one thing by its id, in the address or in the body."""


@pytest.mark.parametrize(("door", "method", "path", "line", "name"), ROUTES, ids=[r[4] for r in ROUTES])
def test_not_there_and_not_for_you_are_one_answer(
    door, method, path, line, name, stage, undone, oracle, counts
):
    wrong, pairs = [], 0
    strangers = ("zoneMayorD", "zoneSchool", "strategicMember", "auditor", "administrator", "clb", "excludedCoordinator",
                 "excludedGuest", "formerCoordinator", "nobody", "coordinator")  # fmt: skip
    scenes = [s for s in stage.of(line.of, pages=True) if s.case.town == "C"][-8:] + stage.of(line.of)[-1:]
    for who in (stage.world.people[n] for n in strangers):
        absent = None
        for scene in scenes:
            k = Asking(oracle, who, scene)
            if k.expected(line.asks(k), None) != ABSENT.get(name, 404):
                continue
            absent = absent or asked(
                undone, Asking(oracle, who, scene, strange=True), door, method, path, line
            )
            hidden = asked(undone, k, door, method, path, line)
            pairs += 1
            if told(hidden) != told(absent):
                wrong.append(f"{name} as {who.name} in {scene.name}:\n{told(hidden)}\n{told(absent)}")
    counts["pairs of 'not for you' and 'not there', the same byte for byte"] += pairs
    assert pairs
    assert not wrong, "\n".join(wrong)


# -- time ---------------------------------------------------------------------------------------------------

PAIRS = 200


def tells(differences, noise):
    """Tell whether paired differences lie so far from nothing that an answer's time shows what exists.

    In: for each pair, the time of the one minus that of the other (their order drawn by lot); the same for pairs in
    which both asked alike. Out: whether the median of the first lies outside the middle half of the second.

    The bar is the run's own noise, so no machine is too slow or too busy. A false alarm needs 100 of 200 draws beyond
    a mark that one draw in four passes on either side: less than 1e-12 by the binomial law if that mark were known
    exactly, and with the mark itself measured from 200 draws (each sixteenth it could be off costs 8e-5 at most) less
    than 1e-4, whatever the noise looks like. One request more or less tells a watcher less than the noise does.
    """
    return abs(median(differences)) > median(abs(each) for each in noise)


def clocked(act):
    begin = time.perf_counter_ns()
    act()
    return time.perf_counter_ns() - begin


def measured(one, other, pairs=PAIRS):
    """Give paired differences of two acts, and of one act with itself, all interleaved in an order drawn by lot."""
    lot, differences, noise = random.Random(4711), [], []  # noqa: S311 — no secret
    for _ in range(pairs):
        times = {}
        order = [("one", one), ("other", other), ("again", other)]
        lot.shuffle(order)
        for name, act in order:
            times[name] = clocked(act)
        differences.append(times["one"] - times["other"])
        noise.append(times["again"] - times["other"])
    return differences, noise


def test_the_measure_finds_what_it_is_for_and_nothing_else():
    lot = random.Random(7)  # noqa: S311 — no secret

    def noisy(shift=0.0):
        return shift + lot.lognormvariate(0, 1) * (20 if lot.random() < 0.02 else 1)

    alarms = 0
    for _ in range(300):
        null = [noisy() - noisy() for _ in range(PAIRS)]
        alarms += tells([noisy() - noisy() for _ in range(PAIRS)], null)
        assert tells([noisy(3.0) - noisy() for _ in range(PAIRS)], null)
    assert alarms == 0


TIMED = ("open_case", "read_agenda_item", "answer_invitation")
"""By the file, by the agenda, by one's own: without `app.kernel.http.holding`, each of these told."""


@pytest.fixture(scope="module")
def caller(stage, proving_house):
    """The application as it runs, commits and all."""
    made = Caller(proving_house.app)
    with swiftly():
        yield made
    made.close()


@pytest.mark.parametrize("operation", TIMED)
def test_no_time_an_answer_takes_shows_that_something_exists(operation, stage, caller, oracle, counts):
    line, route = JSON_DOOR[operation], next(e for e in ENDPOINTS if e.operation == operation)
    (scene,) = [s for s in stage.by_phase if s.name == "inTrajectory" and s.case.town == "C"]
    who = stage.world.people["zoneMayorD"]

    def asking(*, strange):
        k = Asking(oracle, who, scene, strange=strange)
        query, body = (part(k) if part else None for part in (line.query, line.body))
        # Before the clock runs: to look an id up takes the proof longer than to make one up.
        path = k.path(route.path)
        return lambda: caller.call(who, JSON, route.method, path, query=query, body=body)

    exists, absent = asking(strange=False), asking(strange=True)
    for act in (exists, absent) * 10:  # plans and caches are made
        assert act().status == 404
    differences, noise = measured(exists, absent)
    counts["pairs of requests timed"] += PAIRS
    counts[f"  {operation}: median difference, and the noise (microseconds)"] = (
        f"{median(differences) / 1e3:.0f}, {median(abs(n) for n in noise) / 1e3:.0f}"  # type: ignore[assignment]
    )
    assert not tells(differences, noise), (median(differences), median(abs(n) for n in noise))
