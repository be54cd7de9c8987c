"""How well names are found again: recall and precision on the half of the list that the rules were not made with.

Each name asked for has one right answer, the other writing of the same person, in a population of 4,000 invented
persons with names as frequent as they are here. Whoever else is found counts as wrong, also a namesake, of whom
there are many among the commonest names: without a birth date nobody could tell them apart.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.kernel.names.alike import Dates, alike, compared, spoken

HERE = Path(__file__).parent
POPULATION = 4000
COMMUNITIES = {"flemish": 40, "moroccan": 25, "walloon": 20, "turkish": 15}
LEAST_RECALL, LEAST_PRECISION = 0.9, 0.5


def rows(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs(half, same):
    return [
        (row["written"], row["asked"])
        for row in rows("name_variants.csv")
        if (row["half"], row["same"]) == (half, same)
    ]


@pytest.fixture(scope="module")
def population():
    """Names and birth dates of 4,000 persons, the same ones at every run; a tenth with an unknown birth date."""
    pools = defaultdict(list)
    for row in rows("name_pool.csv"):
        pools[row["community"], row["part"]].append(row["name"])
    chance = random.Random(1991)  # noqa: S311 — the same population at every run

    def drawn(community, part):
        names = pools[community, part]
        return chance.choices(names, [1 / (rank + 3) ** 0.7 for rank in range(len(names))])[0]

    people = []
    for community in chance.choices(list(COMMUNITIES), list(COMMUNITIES.values()), k=POPULATION):
        born = date(1955, 1, 1) + timedelta(days=chance.randrange(365 * 57))
        name = f"{drawn(community, 'given')} {drawn(community, 'family')}"
        people.append((spoken(name), None if chance.random() < 0.1 else born))
    return people


def measured(half, population, *, dated):
    """Give (recall, precision, how many others an answer holds on average)."""
    chance = random.Random(2021)  # noqa: S311 — the same dates at every run
    right = others = 0
    asked = pairs(half, "yes")
    for one, other in asked:
        born = date(1960, 1, 1) + timedelta(days=chance.randrange(365 * 50)) if dated else None
        heard = spoken(other)
        right += alike(spoken(one), heard, compared(born, born))
        others += sum(alike(heard, each, compared(born, theirs)) for each, theirs in population)
    return right / len(asked), right / (right + others), others / len(asked)


@pytest.mark.slow
@pytest.mark.parametrize("dated", [False, True], ids=["name alone", "with birth date"])
def test_variants_are_found_among_thousands_of_others(population, dated, capsys):
    recall, precision, others = measured("held", population, dated=dated)
    near = pairs("held", "no")
    wrong = sum(alike(spoken(a), spoken(b), Dates.UNKNOWN) for a, b in near)
    with capsys.disabled():
        known = "with birth date" if dated else "name alone"
        print(  # noqa: T201 — the figures are what the test is for
            f"\nnames, {known}: recall {recall:.3f}, precision {precision:.3f}, {others:.2f} others an answer;"
            f" {wrong} of {len(near)} near names taken for the same when no birth date is known"
        )
    assert recall >= LEAST_RECALL
    assert precision >= LEAST_PRECISION


def test_the_list_holds_hundreds_of_pairs_and_its_halves_share_no_pair():
    halves = {
        half: {frozenset(p) for same in ("yes", "no") for p in pairs(half, same)} for half in ("tune", "held")
    }
    assert not halves["tune"] & halves["held"]
    for half in halves:
        assert len(pairs(half, "yes")) > 300
        assert len(pairs(half, "no")) > 80
