"""What has to be known of a day before its lines are looked at, and what is found in them (R105, R106)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from app.kernel.clock import brussels_day
from app.rules.settings import setting
from app.rules.signs import BEFORE_DAYS, QUIET_DAYS

_PATTERNS: Final = UUID("5d3c6f2e-0b39-4a5e-9c57-2f8f4b7f53aa")
_AROUND: Final = timedelta(hours=2)
MEETING_DAYS: Final = 14
"""So many days before and after a meeting its files are read for it."""

Pair = tuple[UUID, UUID]
"""A reader and a case."""


def pattern_of(sign: str, *what: object) -> UUID:
    """Give what is the same each time the same thing is seen: the sign, the person, and what else it is about."""
    return uuid5(_PATTERNS, ":".join([sign, *map(str, what)]))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that wants a look, and the line of the log it begins with."""

    sign: str
    pattern: UUID
    entry: Any
    last_at: datetime
    times: int
    case_id: UUID | None = None
    """Of a sign that would tell something of the person discussed by itself: its line goes with the case."""


@dataclass(frozen=True, slots=True)
class Links:
    """What explains that a case was read: spans of days around tasks and dates, and the sittings that had it."""

    spans: tuple[tuple[date, date], ...] = ()
    sittings: tuple[tuple[datetime, datetime], ...] = ()
    follower: UUID | None = None
    """Who follows its trajectory, and reads in it for that."""

    def near(self, day: date, before: int, after: int) -> bool:
        """Tell whether a sitting with this case is from *before* days earlier to *after* days later."""
        return any(-before <= (brussels_day(start) - day).days <= after for start, _ in self.sittings)

    def explain(self, day: date) -> bool:
        """Tell whether anything around this day explains that the file was read."""
        return self.near(day, MEETING_DAYS, MEETING_DAYS) or any(a <= day <= b for a, b in self.spans)

    def on(self, moment: datetime) -> bool:
        """Tell whether a sitting with this case is on at a moment, with the time around it."""
        return any(start - _AROUND <= moment <= end + _AROUND for start, end in self.sittings)


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did with a case on one day: read in it, worked in it."""

    read: bool
    wrote: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What has to be known of a day before its lines are looked at."""

    day: date
    fixed: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[UUID, Links] = field(default_factory=dict)
    """By case; a case that is not there is gone, and what explained its reading went with it."""
    done: Mapping[Pair, Mapping[date, Done]] = field(default_factory=dict)
    likeness: Mapping[Pair, str] = field(default_factory=dict)
    ends_today: frozenset[UUID] = frozenset()
    """Mandates of which it is the last day, where none of the same kind follows."""
    searched: Mapping[tuple[UUID, str], list[date]] = field(default_factory=dict)
    """By person and keyed mark: the days of searches that no signal explains."""
    seen: Mapping[UUID, date] = field(default_factory=dict)
    """The last day on which a pattern was shown before."""

    def counts(self, pattern: UUID, days: Iterable[date]) -> int:
        """Give how many days count for a pattern that came together now; none while it was shown not long ago."""
        last = self.seen.get(pattern)
        if last is not None and (self.day - last).days < QUIET_DAYS:
            return 0
        return len([day for day in days if last is None or day > last])

    def limit(self, name: str) -> int:
        """Give a threshold, as the agreement fixes it."""
        return setting(dict(self.fixed), name)

    def explained(self, reader: UUID, case_id: UUID, day: date) -> bool:
        """Tell whether something explains that somebody read a case on a day."""
        links = self.links.get(case_id)
        return links is None or links.follower == reader or links.explain(day)


def days_back(day: date) -> date:
    """Give the first day of what a day is looked at with."""
    return day - timedelta(days=BEFORE_DAYS - 1)
