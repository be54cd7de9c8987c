"""Time as an input: one clock object, so that ten years can pass in a test.

Stored moments are UTC; days are calendar days in Brussels, where the terms of the law run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it was put: for tests, simulations and the demonstration's stories."""

    moment: datetime

    def now(self) -> datetime:
        """Give the moment this clock was set to, in UTC."""
        return self.moment.astimezone(UTC)


def brussels_day(moment: datetime) -> date:
    """Give the calendar day in Brussels to which *moment* belongs."""
    return moment.astimezone(BRUSSELS).date()
