"""Who among those at the table may know one statement (R18, R65)."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.constitution.codes import codes
from app.rules.audience import (
    CATEGORIES,
    CATEGORY_WITH_REASON,
    SENSITIVE_CATEGORIES,
    Audience,
    keeps_out_of_minutes,
    may_read,
    may_read_by_glass,
    repeats,
)
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


def test_an_emergency_reading_shows_nothing_of_the_desk_and_nothing_sensitive():
    shown = {(a, c) for a, c in product(Audience, CATEGORIES) if may_read_by_glass(a, c)}
    assert shown == {
        (a, c) for a, c in product(Audience, CATEGORIES) if a is not Audience.DESK and c not in {8, 9, 11, 12}
    }


@pytest.mark.parametrize(("audience", "category"), list(product(Audience, CATEGORIES)))
def test_what_goes_into_minutes_is_said_freely_and_neither_sensitive_nor_of_a_security_service(
    audience, category
):
    free = audience is Audience.PRESENT and category not in {8, 9, 11, 12}
    for origin in codes("originTags", date(2026, 3, 2)):
        kept = keeps_out_of_minutes(audience, origin, category)
        assert kept is not (free and origin != "securityServices")


SAID = "Hij slaapt sinds de zomer bij een oom in een verzonnen dorp."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (SAID, True),
        ("De tafel hoorde dat hij slaapt sinds de zomer bij een oom logeert.", True),
        ("HIJ, SLAAPT — sinds\nde zómer... bij een (oom)!", True),
        ("Hij slaapt sinds de zomer bij een", False),
        ("Sinds de zomer slaapt hij bij een oom, zo werd gezegd in een verzonnen dorp.", False),
        ("Een oom vangt hem op.", False),
        ("", False),
    ],
)
def test_eight_words_in_a_row_are_the_statement_itself(text, answer):
    assert repeats(text, SAID) is answer


def test_a_short_statement_counts_as_a_whole_and_a_very_short_one_not_at_all():
    assert repeats("Besproken: hij draagt een mes, zegt men.", "Hij draagt een mes.")
    assert not repeats("Hij draagt soms een mes.", "Hij draagt een mes.")
    assert not repeats("Zo is het.", "Zo is het.")


@given(st.lists(st.sampled_from("abcdefghij"), min_size=8, max_size=20), st.text(), st.text())
def test_whatever_stands_around_it_a_whole_statement_is_found(words, before, after):
    said = " ".join(words)
    assert repeats(f"{before} {said} {after}", said)
