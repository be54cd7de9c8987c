"""Whose calendar an address is, and which meetings stand in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, text, update
from sqlalchemy.orm import Session

from app.meetings.models import CalendarFeed, Invitation, Meeting
from app.meetings.sight_queries import visible_meetings
from app.rules.facts import Actor

_MOST = 200


def open_feed(session: Session, mandate_id: UUID) -> CalendarFeed | None:
    """Give the address that works for a mandate, locked."""
    query = select(CalendarFeed).filter_by(mandate_id=mandate_id, closed_at=None)
    return session.scalars(query.with_for_update()).one_or_none()


def own_feed(session: Session, person_id: UUID, feed_id: UUID) -> CalendarFeed | None:
    """Give one address of a person that works, locked."""
    query = select(CalendarFeed).filter_by(id=feed_id, person_id=person_id, closed_at=None)
    return session.scalars(query.with_for_update()).one_or_none()


def own_feeds(session: Session, person_id: UUID) -> list[CalendarFeed]:
    """Give the addresses of a person that work, oldest first."""
    query = select(CalendarFeed).filter_by(person_id=person_id, closed_at=None)
    return list(session.scalars(query.order_by(CalendarFeed.opened_at, CalendarFeed.id)))


def feed_for(session: Session, token_hash: bytes) -> Any:
    """Give (id, person_id, mandate_id, fetched_on) of an address that works, to who has not signed in; else None."""
    return session.execute(text("SELECT * FROM calendar_for(:t)"), {"t": token_hash}).first()


def note_fetch(session: Session, feed_id: UUID, today: date) -> None:
    """Note on which day an address was fetched last."""
    session.execute(update(CalendarFeed).where(CalendarFeed.id == feed_id).values(fetched_on=today))


def meetings(session: Session, actor: Actor, now: datetime) -> list[tuple[Meeting, bool]]:
    """Give the coming meetings that concern an actor, and whether each is off for them: cancelled, or not theirs any more."""
    shown = visible_meetings(session, actor, now, when="upcoming", after=None, limit=_MOST)
    called_off = (
        select(Meeting)
        .join(Invitation, Invitation.meeting_id == Meeting.id)
        .where(
            Invitation.person_id == actor.person_id,
            Meeting.cell_id == actor.cell_id,
            Meeting.window_until >= now,
            or_(
                and_(Meeting.state == "cancelled", Invitation.sent_at.is_not(None)),
                and_(
                    Meeting.state != "closed",
                    Invitation.state == "withdrawn",
                    Invitation.sent_at.is_not(None),
                ),
            ),
        )
        .distinct()
        .limit(_MOST)
    )
    known = {meeting.id for meeting in shown}
    off = [meeting for meeting in session.scalars(called_off) if meeting.id not in known]
    both = [(meeting, False) for meeting in shown] + [(meeting, True) for meeting in off]
    return sorted(both, key=lambda pair: (pair[0].starts_at, pair[0].id))
