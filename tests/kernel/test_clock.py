"""Time as an input: moments are UTC, days are days in Brussels."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.kernel.clock import SetClock, SystemClock, brussels_day


def test_the_machine_s_clock_says_an_aware_moment_in_utc():
    before = datetime.now(UTC)
    said = SystemClock().now()
    assert said.tzinfo is UTC
    assert before <= said <= datetime.now(UTC)


def test_a_set_clock_stands_where_it_was_put_and_answers_in_utc():
    clock = SetClock(datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    clock.moment += timedelta(days=365)
    assert clock.now().date() == date(2027, 3, 2)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 1, 22, 59, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), date(2026, 3, 2)),  # winter: one hour ahead
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),  # summer: two
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), date(2026, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_brussels(moment, day):
    assert brussels_day(moment) == day
