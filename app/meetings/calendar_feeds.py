"""One's own meetings in one's own calendar: fetched by a secret address, which its owner opens and closes (R37).

The address opens nothing but this: when, and a title that is the same for every meeting. No place, no agenda, no case.
It shows what its owner may know at that moment under that mandate; with the mandate, the account or the secrecy
undertaking it ends. A phone fetches every hour or oftener, so the log has one line a day for each address, not one a
fetch: more would hide everything else in it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from app.directory import limiting
from app.directory.actors import actor_under, self_facts
from app.directory.models import Person
from app.kernel.calendars import Entry, as_calendar
from app.kernel.i18n import register_codes, translate
from app.kernel.identity import new_secret, secret_hash
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import calendar_queries as queries
from app.meetings.calendar_views import CalendarFile, CalendarList, CalendarView
from app.meetings.commands import CloseCalendar, ListCalendar, OpenCalendar, ReadCalendar
from app.meetings.models import CalendarFeed, Meeting
from app.rules.actions import Action
from app.rules.facts import Actor
from app.rules.problems import not_found
from app.rules.roles import POLICE, STRATEGISTS, TABLE

register_codes("calendar", ["name", "title"])
_STATUS: Final = {"draft": "TENTATIVE", "cancelled": "CANCELLED"}


class Appointment(NamedTuple):
    """A meeting in somebody's calendar: when it is, and no word more."""

    id: UUID
    version: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    status: str
    """CONFIRMED, TENTATIVE or CANCELLED."""


ALSO_IN_CALENDAR: list[Callable[[Work, Actor], list[Appointment]]] = []
"""Other features' appointments of an owner, as that owner may know them; each is asked for every fetch."""


def _about(feed_id: UUID | None = None) -> About:
    return About(object_type="calendar", object_id=feed_id)


@operation(Action.CALENDAR_OPEN)
def open_calendar(work: Work, command: OpenCalendar) -> CalendarView:
    """Make a secret address for one's meetings under the mandate at hand, said once; one made before stops working."""
    del command
    feed_id = new_id()
    work.allow(Action.CALENDAR_OPEN, self_facts(work), _about(feed_id))
    mandate_id = there(work.actor.mandate_id)
    before = queries.open_feed(work.session, mandate_id)
    if before is not None:
        before.closed_at = work.now
        work.session.flush()
    token = new_secret()
    row = CalendarFeed(
        id=feed_id,
        person_id=there(work.actor.person_id),
        mandate_id=mandate_id,
        token_hash=secret_hash(token),
        opened_at=work.now,
    )
    work.session.add(row)
    view = _view(work, row)
    view.address = f"{work.installation.settings.public_origin}/calendar/{token}.ics"
    return view


@operation(Action.CALENDAR_CLOSE)
def close_calendar(work: Work, command: CloseCalendar) -> CalendarView:
    """Have an address of one's own stop working. Raises Problem 404 for one that is not there, or not one's own."""
    row = (
        queries.own_feed(work.session, there(work.actor.person_id), command.calendar_id)
        if work.actor.person_id
        else None
    )
    if row is None:
        raise work.refuse(Action.CALENDAR_CLOSE, not_found(), _about())
    work.allow(Action.CALENDAR_CLOSE, self_facts(work), _about(row.id))
    row.closed_at = work.now
    return _view(work, row)


@operation(Action.CALENDAR_LIST)
def list_calendar(work: Work, command: ListCalendar) -> CalendarList:
    """Give one's own addresses that work, without what is secret of them."""
    del command
    work.allow(Action.CALENDAR_LIST, self_facts(work), _about())
    rows = queries.own_feeds(work.session, there(work.actor.person_id))
    return CalendarList(href=href("calendars"), items=[_view(work, row) for row in rows])


def _view(work: Work, row: CalendarFeed) -> CalendarView:
    return CalendarView(
        href=href("calendars", row.id),
        calendar_id=row.id,
        mandate_id=row.mandate_id,
        present=row.mandate_id == work.actor.mandate_id,
        opened_at=row.opened_at,
        fetched_on=row.fetched_on,
    )


@operation(Action.CALENDAR_READ)
def read_calendar(work: Work, command: ReadCalendar) -> CalendarFile:
    """Give the calendar behind an address, as its owner may know it now.

    Raises Problem: 404 alike for an address that never was, was closed, or whose owner may not come in; 429 for too many.
    """
    found = queries.feed_for(work.session, secret_hash(command.token.get_secret_value()))
    owner = actor_under(work, found.person_id, found.mandate_id) if found else None
    if found is None or owner is None or not _may_come_in(work, owner):
        limiting.admit_stray(work, Action.CALENDAR_READ)
        raise work.refuse(Action.CALENDAR_READ, not_found(), _about())
    limiting.admit_fetch(work, found.id)
    work.act_as(owner)
    first_today = found.fetched_on != work.today
    work.allow(Action.CALENDAR_READ, self_facts(work), _about(found.id), line=first_today)
    if first_today:
        queries.note_fetch(work.session, found.id, work.today)
    person = there(work.session.get(Person, owner.person_id))
    title = translate(person.language, "calendar.title")
    own = [
        _appointment(meeting, cancelled=cancelled)
        for meeting, cancelled in queries.meetings(work.session, owner, work.now)
    ]
    further = [each for more in ALSO_IN_CALENDAR for each in more(work, owner)]
    entries = [
        _entry(person.id, each, title)
        for each in sorted([*own, *further], key=lambda each: (each.starts_at, each.id))
    ]
    content = as_calendar(translate(person.language, "calendar.name"), person.language, entries)
    return CalendarFile(content=content.decode())


def _may_come_in(work: Work, owner: Actor) -> bool:
    """Tell what getting in asks for, but the second factor that an address cannot give."""
    if (
        owner.role not in TABLE | STRATEGISTS
        or owner.undertaking_until is None
        or owner.undertaking_until < work.today
    ):
        return False
    if owner.demo and not (work.installation.demo and work.loopback):
        return False
    cleared = owner.clearance_until is not None and owner.clearance_until >= work.today
    return owner.role not in POLICE or cleared


def _appointment(meeting: Meeting, *, cancelled: bool) -> Appointment:
    return Appointment(
        id=meeting.id,
        version=meeting.version,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        changed_at=meeting.convened_at or meeting.starts_at,
        status="CANCELLED" if cancelled else _STATUS.get(meeting.state, "CONFIRMED"),
    )


def _entry(person_id: UUID, each: Appointment, title: str) -> Entry:
    return Entry(
        # Stable for this person, and worth nothing beside somebody else's calendar.
        uid=f"{uuid5(person_id, str(each.id))}@livcr",
        sequence=each.version,
        title=title,
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        changed_at=each.changed_at,
        status=each.status,
    )
