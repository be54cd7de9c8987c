"""Minutes, their items as far as a reader may see them, and the remarks on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.directory.models import Person
from app.meetings.models import (
    TABLED,
    AgendaItem,
    Attendance,
    Meeting,
    Minutes,
    MinutesItem,
    Remark,
)
from app.meetings.sight_queries import extract_open, has_seat, minuted, my, not_excluded, own_file, unlocked
from app.rules.facts import Actor

_ASSENT = text("SELECT assent_to_minutes(:meeting)")
_SUBMITTED = text("SELECT minutes_are_submitted(:minutes)")
_LACKING = text("SELECT assents_lacking(:meeting)")
_DIGESTS = text("SELECT digest FROM minutes_digests(:meeting)")


def minutes(session: Session, meeting_id: UUID, *, lock: bool = False) -> Minutes | None:
    """Give the minutes of a meeting; locked, so that one of two approvals finds them approved."""
    query = select(Minutes).filter_by(meeting_id=meeting_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def states(session: Session, meeting_ids: Collection[UUID]) -> dict[UUID, str]:
    """Give how far the minutes of these meetings are."""
    if not meeting_ids:
        return {}
    query = select(Minutes.meeting_id, Minutes.state).where(Minutes.meeting_id.in_(meeting_ids))
    return {row.meeting_id: row.state for row in session.execute(query)}


def written_items(session: Session, meeting_id: UUID) -> set[UUID]:
    """Give the agenda items of a meeting whose minutes were written, of those the database lets this actor see."""
    return set(session.scalars(select(MinutesItem.agenda_item_id).filter_by(meeting_id=meeting_id)))


def minutes_digests(session: Session, meeting_id: UUID) -> list[bytes]:
    """Give the digests of all that was written of a meeting, of every municipality, to who holds it; no text."""
    return [bytes(row.digest) for row in session.execute(_DIGESTS, {"meeting": meeting_id})]


def assent(session: Session, meeting_id: UUID) -> int:
    """Note the actor's assent to submitted minutes with each item attended; gives on how many. Flushes."""
    session.flush()
    given: int = session.scalar(_ASSENT, {"meeting": meeting_id}) or 0
    return given


def still_submitted(session: Session, minutes_id: UUID) -> bool:
    """Tell whether minutes are submitted still, and keep them so until this transaction ends."""
    return bool(session.scalar(_SUBMITTED, {"minutes": minutes_id}))


def assents_lacking(session: Session, meeting_id: UUID) -> int | None:
    """Give how many who were there, without the chair, did not assent to the text as submitted; None to who does not hold it."""
    lacking: int | None = session.scalar(_LACKING, {"meeting": meeting_id})
    return lacking


def presence(session: Session, actor: Actor, meeting_id: UUID) -> dict[UUID, datetime | None]:
    """Give for each item of a meeting that the actor was there for when they last assented to its minutes."""
    query = select(Attendance.agenda_item_id, Attendance.assented_at).where(
        Attendance.meeting_id == meeting_id, Attendance.person_id == actor.person_id, Attendance.present
    )
    return {row.agenda_item_id: row.assented_at for row in session.execute(query)}


def assented(session: Session, actor: Actor, minutes: Minutes) -> bool | None:
    """Tell whether the actor assented to the text as submitted; None for who was not there, and before it is submitted."""
    since = minutes.submitted_at
    found = presence(session, actor, minutes.meeting_id) if since else {}
    if since is None or not found:
        return None
    return any(at is not None and at >= since for at in found.values())


def minutes_item(session: Session, agenda_item_id: UUID) -> MinutesItem | None:
    """Give the minutes of one item, if the database lets this actor see them."""
    return session.scalars(select(MinutesItem).filter_by(agenda_item_id=agenda_item_id)).one_or_none()


def readable_items(
    session: Session, actor: Actor, now: datetime, meeting_id: UUID, *, file: bool = True
) -> list[Any]:
    """Give (item, minutes item or None, case reference or None) of the items whose minutes this actor may read.

    *file* False: only those the actor attended or takes the minutes of, not the desk's own. Without locked cases.
    """
    allowed = or_(and_(has_seat(actor), minuted(actor, now)), extract_open(actor, now))
    if file:
        allowed = or_(allowed, own_file(actor, AgendaItem.municipality_id))
    return list(
        session.execute(
            select(AgendaItem, MinutesItem, Case.reference)
            .join(Meeting, Meeting.id == AgendaItem.meeting_id)
            .join(Minutes, Minutes.meeting_id == Meeting.id)
            .outerjoin(MinutesItem, MinutesItem.agenda_item_id == AgendaItem.id)
            .outerjoin(Attendance, my(Attendance, actor))
            .outerjoin(Case, Case.id == AgendaItem.case_id)
            .where(
                AgendaItem.meeting_id == meeting_id,
                AgendaItem.state == TABLED,
                allowed,
                not_excluded(actor, AgendaItem.case_id),
                unlocked(AgendaItem.case_id),
            )
            .order_by(AgendaItem.starts_after, AgendaItem.municipality_id, AgendaItem.id)
        )
    )


def locked_since(session: Session, meeting_id: UUID, municipality_id: UUID | None) -> date | None:
    """Give the earliest day on which a case of a municipality on an agenda locks."""
    return session.scalar(
        select(func.min(Case.locks_on))
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .where(AgendaItem.meeting_id == meeting_id, AgendaItem.municipality_id == municipality_id)
    )


def remarks(session: Session, meeting_id: UUID) -> list[Any]:
    """Give (remark, person name) of what the database lets this actor read, oldest first."""
    return list(
        session.execute(
            select(Remark, Person.name)
            .join(Minutes, Minutes.id == Remark.minutes_id)
            .join(Person, Person.id == Remark.person_id)
            .where(Minutes.meeting_id == meeting_id)
            .order_by(Remark.remarked_at, Remark.id)
        )
    )
