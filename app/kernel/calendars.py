"""Writing a calendar as RFC 5545 wants it: moments in UTC, so that every device shows them in its own time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

_OFTEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. *uid* and *sequence*: the same entry, and which version of it."""

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    status: str
    """CONFIRMED, TENTATIVE or CANCELLED."""


def as_calendar(name: str, language: str, entries: Iterable[Entry]) -> bytes:
    """Give the calendar as text/calendar, in the order of the entries."""
    calendar = Calendar()
    calendar.add("prodid", f"-//LIVC R//LIVC R//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _OFTEN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for each in entries:
        event = Event()
        event.add("uid", each.uid)
        event.add("sequence", each.sequence)
        event.add("dtstamp", each.changed_at.astimezone(UTC))
        event.add("dtstart", each.starts_at.astimezone(UTC))
        event.add("dtend", each.ends_at.astimezone(UTC))
        event.add("summary", each.title)
        event.add("status", each.status)
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
