"""When a file has to be gone, in words of its own: of the law, and nothing of the application (R69, R86 to R91, R96)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

LOCK = timedelta(days=14)


def in_years(day: date, years: int) -> date:
    """The same day of a later year; the day before where there is none: never longer than the law's term."""
    later = day.year + years
    return date(later, 2, 28) if (day.month, day.day) == (2, 29) and later % 4 else day.replace(year=later)


@dataclass
class Life:
    """One file as the model has it."""

    id: UUID
    reference: str
    town: str
    started: date
    """From when its year runs: the listing, then the last day of discussion."""
    due: date
    days: dict[UUID, date] = field(default_factory=dict)
    """Meeting -> the day on which it discussed the person."""
    until: date | None = None
    """The last day that a decision granted."""
    carried: date | None = None
    """To when that decision, or its last review, keeps the file."""
    granted_on: date | None = None
    met: UUID | None = None
    """The meeting that discussed the extension."""
    waits: str = ""
    """Of an extension: proposed, or discussed."""
    extension: UUID | None = None
    closed: bool = False
    leaving: bool = False
    """On its way to another municipality: nothing else happens to it here."""
    asked: date | None = None
    """Until when an extension was asked."""
    grave: bool = False
    """Serious indications: of such somebody asks for an extension."""

    def year_ends(self) -> date:
        return in_years(self.started, 1)

    def discussed(self, meeting: UUID, day: date) -> None:
        self.days[meeting] = day
        if len(self.days) == 1 or day >= self.started:
            self.started = day
            kept = min(self.carried, in_years(day, 5)) if self.carried else day
            self.due = max(self.year_ends(), kept)

    def granted(self, until: date, today: date) -> None:
        self.until, self.granted_on = until, today
        self.carried = min(until, in_years(today, 1))
        self.due = max(min(self.due, self.year_ends()), self.carried)

    def goes_on(self, today: date) -> bool:
        """Tell whether a review can carry it on: nobody closed it, brought its end nearer or let its day pass."""
        held = self.carried is not None and today < self.carried <= self.due
        return held and not self.closed and bool(self.days)

    def reviewed(self, today: date) -> None:
        assert self.until
        assert self.carried
        self.carried = min(self.until, in_years(self.started, 5), max(self.carried, in_years(today, 1)))
        self.due = max(self.due, self.carried)

    def let_go(self, today: date) -> None:
        self.due = min(self.due, max(self.year_ends(), today + LOCK))
        self.carried = self.due if self.due > self.year_ends() else None
        self.until = self.granted_on = None

    def corrected(self, meeting: UUID, day: date | None, listed: date) -> None:
        del self.days[meeting]
        if day is not None:
            self.days[meeting] = day
        self.started = max(self.days.values(), default=listed)
        in_time = self.granted_on is not None and self.granted_on < self.year_ends()
        struck = day is None and meeting == self.met
        kept = (
            min(self.carried, in_years(self.started, 5))
            if self.carried and in_time and not struck
            else self.started
        )
        last = max(self.year_ends(), kept)
        self.due = min(self.due, last)
        if self.carried:
            self.carried = min(self.carried, last)
        if struck:
            self.until = self.granted_on = None
            self.waits = "" if self.waits == "discussed" else self.waits
