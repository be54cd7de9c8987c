"""Looking through one day of the log for what wants a look: one pass over its lines, remembering little (R105, R106).

Nothing here opens a file or asks the database: a `Day` brings what has to be known of it, and each `Watch` looks for one
sign of `app.rules.signs`. What is remembered grows with readers and files, not with lines.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, Final
from uuid import UUID

from app.cases.likeness import FAMILY_NAME
from app.kernel.clock import BRUSSELS
from app.oversight.digest_day import MEETING_DAYS, Day, Finding, Links, Pair, pattern_of
from app.rules.holidays import is_working_day
from app.rules.signs import DOORS, EXPORTS, ONCE, READS

_AN_HOUR: Final = timedelta(hours=1)
_USUAL_TIMES: Final = 3
_MOST_TIMES: Final = 2
_AT_THE_TABLE: Final = "consultation"
"""The reason that says that the meeting itself is on."""
_FEW: Final = 3
_COMMON: Final = 5
_ALLOWED: Final = "allowed"
_TURNED_AWAY: Final = frozenset({"hidden", "refused"})
_READS: Final = frozenset(action.value for action in READS)
_EXPORTS: Final = frozenset(action.value for action in EXPORTS)


class Watch:
    """Looks for one sign: is shown every line of the day, and then says what it found."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.found: list[Finding] = []

    def see(self, entry: Any) -> None:
        """Look at one line."""

    def findings(self) -> Iterable[Finding]:
        """Give what was found, when the day is over."""
        return self.found

    def show(self, sign: str, entry: Any, *what: object, case_id: UUID | None = None) -> None:
        """Find one line by itself."""
        self.found.append(Finding(sign, pattern_of(sign, *what), entry, entry.at, 1, case_id))


def _is_reading(entry: Any) -> bool:
    return (
        entry.outcome == _ALLOWED
        and entry.action in _READS
        and entry.case_id is not None
        and entry.actor_id is not None
    )


class Single(Watch):
    """What wants a look each time: emergency access, exports of the log, files explained at the console."""

    def see(self, entry: Any) -> None:
        """Look at one line."""
        if entry.outcome == _ALLOWED and entry.action == "breakGlass.open":
            self.show("breakGlass", entry, entry.entry_id)
        elif entry.outcome == _ALLOWED and entry.action in _EXPORTS:
            self.show("export", entry, entry.entry_id)
        elif entry.action == "access.explain":
            self.show("administration", entry, entry.entry_id)


@dataclass(slots=True)
class _Tally:
    """What belongs together: its first line, its last moment, how many requests."""

    first: Any
    last_at: datetime
    traces: set[UUID] = field(default_factory=set)


class Tallied(Watch):
    """Gathers what one person did into one line of the digest."""

    sign = ""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        self.tallies: dict[tuple[object, ...], _Tally] = {}

    def count(self, entry: Any, *what: object) -> _Tally:
        """Count a line to what it belongs to."""
        tally = self.tallies.setdefault(what, _Tally(entry, entry.at))
        tally.last_at = max(tally.last_at, entry.at)
        tally.traces.add(entry.trace_id)
        return tally

    def findings(self) -> Iterator[Finding]:
        """Give one finding for each tally."""
        for what, tally in self.tallies.items():
            yield Finding(
                self.sign, pattern_of(self.sign, *what), tally.first, tally.last_at, len(tally.traces)
            )


class Administration(Tallied):
    """Who hands out accounts asks for a file: nothing of it is for them."""

    sign = "administration"

    def see(self, entry: Any) -> None:
        """Look at one line."""
        if entry.role == "administrator" and entry.action in _READS:
            self.count(entry, entry.actor_id)


class WithoutMandate(Tallied):
    """Somebody whose mandate is over asks for a file, and is turned away."""

    sign = "withoutMandate"

    def see(self, entry: Any) -> None:
        """Look at one line."""
        noun = entry.action.partition(".")[0]
        if entry.actor_id and not entry.role and entry.outcome in _TURNED_AWAY and noun in DOORS:
            self.count(entry, entry.actor_id)


class LastDay(Tallied):
    """Somebody reads in files on the last day of their mandate."""

    sign = "lastDay"

    def see(self, entry: Any) -> None:
        """Look at one line."""
        if entry.mandate_id in self.day.ends_today and _is_reading(entry):
            self.count(entry, entry.actor_id, entry.mandate_id)


class OutOfHours(Tallied):
    """Somebody reads in a file at night, at a week-end or on a public holiday, and no meeting is near that has it."""

    sign = "outOfHours"

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        self.opens = time(day.limit("digest_opening_hour"))
        self.closes = day.limit("digest_closing_hour")
        self.works = is_working_day(day.day)

    def see(self, entry: Any) -> None:
        """Look at one line."""
        if not _is_reading(entry) or entry.break_glass:
            return
        local = entry.at.astimezone(BRUSSELS)
        if self.works and local.time() >= self.opens and local.hour < self.closes:
            return
        links = self.day.links.get(entry.case_id, Links())
        if not links.near(self.day.day, 1, 3) and not links.on(entry.at):
            self.count(entry, entry.actor_id)


class Names(Watch):
    """The reader bears a name of the person the file is about: once for the two of them."""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        # Who bears the family name of many files bears a name that is common here, or was made up for all.
        files = Counter(reader for (reader, _), kind in day.likeness.items() if kind == FAMILY_NAME)
        self.common = {reader for reader, count in files.items() if count > _COMMON}
        self.told: set[UUID] = set()

    def see(self, entry: Any) -> None:
        """Look at one line."""
        if entry.outcome != _ALLOWED or entry.case_id is None or entry.actor_id is None:
            return
        kind = self.day.likeness.get((entry.actor_id, entry.case_id))
        if kind is None or (kind == FAMILY_NAME and entry.actor_id in self.common):
            return
        pattern = pattern_of(kind, entry.actor_id, entry.case_id)
        if pattern not in self.day.seen and pattern not in self.told:
            self.told.add(pattern)
            self.found.append(Finding(kind, pattern, entry, entry.at, 1, entry.case_id))


class NoLink(Watch):
    """Somebody comes back to a file on several days, and nothing around it explains why."""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        self.readings: dict[Pair, _Tally] = {}

    def see(self, entry: Any) -> None:
        """Look at one line."""
        if not _is_reading(entry) or entry.break_glass:
            return
        pair = (entry.actor_id, entry.case_id)
        links = self.day.links.get(entry.case_id)
        if entry.reason == _AT_THE_TABLE and links is not None and not links.near(self.day.day, 1, 1):
            self.show("noLink", entry, entry.actor_id, entry.case_id)
        if self._unexplained(pair, self.day.day):
            tally = self.readings.setdefault(pair, _Tally(entry, entry.at))
            tally.last_at = max(tally.last_at, entry.at)

    def findings(self) -> Iterator[Finding]:
        """Give the pairs that came together on enough days; of one reader no more than a few, and then all in one."""
        told = {each.pattern: each for each in self.found}
        yield from told.values()
        by_reader: dict[UUID, list[Finding]] = {}
        for pair, tally in self.readings.items():
            pattern = pattern_of("noLink", *pair)
            days = [day for day in self.day.done.get(pair, {}) if self._unexplained(pair, day)]
            count = self.day.counts(pattern, days)
            if pattern not in told and count >= self.day.limit("digest_unlinked_days"):
                found = Finding("noLink", pattern, tally.first, tally.last_at, count)
                by_reader.setdefault(pair[0], []).append(found)
        for reader, many in by_reader.items():
            together = pattern_of("noLink", reader)
            if not self.day.counts(together, [self.day.day]):
                continue  # all of it was shown not long ago
            if len(many) <= _FEW:
                yield from many
            else:
                last_at = max(each.last_at for each in many)
                yield Finding("noLink", together, many[0].entry, last_at, len(many))

    def _unexplained(self, pair: Pair, day: date) -> bool:
        done = self.day.done.get(pair, {}).get(day)
        return done is not None and done.read and not done.wrote and not self.day.explained(*pair, day)


class Within(Watch):
    """Counts what is different within any hour, by person, and remembers the most there was."""

    sign = ""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        self.recent: dict[UUID, deque[tuple[datetime, object, Any]]] = {}
        self.most: dict[UUID, tuple[int, Any, datetime]] = {}

    def count(self, entry: Any, what: object) -> None:
        """Count a line, unless the same was counted within the hour."""
        window = self.recent.setdefault(entry.actor_id, deque())
        while window and window[0][0] < entry.at - _AN_HOUR:
            window.popleft()
        if all(each != what for _, each, _ in window):
            window.append((entry.at, what, entry))
        if len(window) > self.most.get(entry.actor_id, (0, None, None))[0]:
            self.most[entry.actor_id] = len(window), window[0][2], entry.at

    def least(self, reader: UUID) -> float:
        """Give from how many on it wants a look."""
        raise NotImplementedError

    def findings(self) -> Iterator[Finding]:
        """Give whoever came to as many within an hour."""
        for reader, (times, first, last_at) in self.most.items():
            if times >= self.least(reader):
                yield Finding(self.sign, pattern_of(self.sign, reader), first, last_at, times)


class Burst(Within):
    """Somebody opens many different files within an hour, more than is usual for them, and no meeting explains it."""

    sign = "burst"

    def see(self, entry: Any) -> None:
        """Look at one line."""
        if not _is_reading(entry) or entry.break_glass:
            return
        links = self.day.links.get(entry.case_id)
        if links is None or not links.near(self.day.day, MEETING_DAYS, MEETING_DAYS):
            self.count(entry, entry.case_id)

    def least(self, reader: UUID) -> float:
        """Give what the agreement says, or more, up to twice that, for whoever opens many on a usual day with any."""
        a_day: dict[date, int] = {}
        for (who, _), days in self.day.done.items():
            if who == reader:
                for day, done in days.items():
                    if done.read and day < self.day.day:
                        a_day[day] = a_day.get(day, 0) + 1
        usual = median(a_day.values()) if a_day else 0
        limit = self.day.limit("digest_burst_files")
        return max(limit, min(_USUAL_TIMES * usual, _MOST_TIMES * limit))


class Doors(Within):
    """Somebody is turned away again and again within an hour where persons discussed are."""

    sign = "doors"

    def see(self, entry: Any) -> None:
        """Look at one line."""
        noun = entry.action.partition(".")[0]
        if entry.outcome in _TURNED_AWAY and entry.actor_id is not None and noun in DOORS:
            self.count(entry, entry.trace_id)

    def least(self, reader: UUID) -> float:
        """Give what the agreement says."""
        del reader
        return self.day.limit("digest_refusals")


class Searches(Watch):
    """Somebody looks for the same name on several days, and no signal explains why."""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        self.last: dict[UUID, Any] = {}

    def see(self, entry: Any) -> None:
        """Look at one line."""
        if entry.action == "subject.query" and entry.outcome == _ALLOWED and entry.actor_id:
            self.last[entry.actor_id] = entry

    def findings(self) -> Iterator[Finding]:
        """Give who asked for one name on enough days since it was last shown."""
        for (reader, mark), days in self.day.searched.items():
            pattern = pattern_of("searches", reader, mark)
            entry = self.last.get(reader)
            count = self.day.counts(pattern, days)
            if entry is not None and self.day.day in days and count >= self.day.limit("digest_searches"):
                yield Finding("searches", pattern, entry, entry.at, count)


WATCHES: Final = (
    Single, Administration, Names, WithoutMandate, LastDay, Doors, Searches, Burst, OutOfHours, NoLink,
)  # fmt: skip


def look(day: Day, entries: Iterable[Any]) -> list[Finding]:
    """Look through the lines of a day, in the order in which they were written; give what wants a look.

    In: what is known of the day, and its lines, which are read once. Out: each pattern once.
    """
    watches = [watch(day) for watch in WATCHES]
    for entry in entries:
        for watch in watches:
            watch.see(entry)
    found = {finding.pattern: finding for watch in watches for finding in watch.findings()}
    return [each for each in found.values() if each.sign not in ONCE or each.pattern not in day.seen]
