"""What waits for the post and how far it has come, and what to remind of; asked as the retention role alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from app.cases.models import ActionRow, Case
from app.directory.models import Exclusion, MailAddress, Notice, Person
from app.directory.notices import NoticeCode, may_be_told
from app.kernel.clock import brussels_day
from app.kernel.mailing import Fault
from app.meetings.models import TABLED, AgendaItem, Attendance, Invitation, Meeting, Minutes

WAITING, SENT, UNDELIVERABLE, LEFT_OUT = "waiting", "sent", "undeliverable", "leftOut"
_PEOPLE_MOST = 200
_NOTICES_MOST = 50
_ADDRESS = func.coalesce(MailAddress.address, Person.email)


def _is_ripe(now: datetime) -> ColumnElement[bool]:
    return or_(Notice.next_try_at.is_(None), Notice.next_try_at <= now)


def ripe(session: Session, now: datetime) -> list[UUID]:
    """Give whom something has to be sent to now, who waited longest first."""
    query = (
        select(Notice.person_id)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(MailAddress, MailAddress.person_id == Person.id)
        .where(Notice.post_state == WAITING, _is_ripe(now), _ADDRESS.is_not(None))
        .group_by(Notice.person_id)
        .order_by(func.min(Notice.created_at), Notice.person_id)
    )
    return list(session.scalars(query.limit(_PEOPLE_MOST)))


def leave_out(session: Session, now: datetime, too_old: datetime) -> None:
    """Leave out of the post what was read already, is too old, or is not for its reader to know any more."""
    today = brussels_day(now)
    in_office = may_be_told(Notice.person_id, Notice.code, Notice.municipality_id, today)
    active = exists().where(Person.id == Notice.person_id, Person.active)
    of_ending_case = exists().where(Case.reference == Notice.reference, Case.shred_ordered_at.is_not(None))
    excluded = (
        select(Exclusion.case_id)
        .join(Case, Case.id == Exclusion.case_id)
        .where(Exclusion.person_id == Notice.person_id, Case.reference == Notice.reference)
        .exists()
    )
    session.execute(
        update(Notice)
        .where(
            Notice.post_state == WAITING,
            or_(
                Notice.read_at.is_not(None),
                Notice.created_at < too_old,
                ~active,
                ~in_office,
                of_ending_case,
                excluded,
            ),
        )
        .values(post_state=LEFT_OUT, mail_id=None, next_try_at=None)
        .execution_options(synchronize_session=False)
    )


def fixed_letters(session: Session, person_id: UUID, now: datetime) -> list[UUID]:
    """Give the letters of a person that were fixed before and never known to be sent."""
    query = select(Notice.mail_id).where(
        Notice.person_id == person_id,
        Notice.post_state == WAITING,
        Notice.mail_id.is_not(None),
        _is_ripe(now),
    )
    return [each for each in session.scalars(query.distinct()) if each is not None]


def fix_letter(session: Session, person_id: UUID, now: datetime, mail_id: UUID) -> int:
    """Put all that waits for a person into one letter, if any of it is due now; give how much."""
    loose = and_(Notice.person_id == person_id, Notice.post_state == WAITING, Notice.mail_id.is_(None))
    if session.scalar(select(Notice.id).where(loose, _is_ripe(now)).limit(1)) is None:
        return 0
    some = select(Notice.id).where(loose).order_by(Notice.created_at, Notice.id).limit(_NOTICES_MOST)
    put = session.scalars(
        update(Notice).where(Notice.id.in_(some)).values(mail_id=mail_id).returning(Notice.id)
    )
    return len(put.all())


def letter(session: Session, mail_id: UUID) -> list[Any]:
    """Give what stands in a letter, oldest first, locked: with its reader's language and address, and whose case it is."""
    locked = (
        select(Notice.id)
        .where(Notice.mail_id == mail_id, Notice.post_state == WAITING)
        .with_for_update(skip_locked=True)
        .cte("locked")
    )
    return list(
        session.execute(
            select(
                Notice.id,
                Notice.person_id,
                Notice.code,
                Notice.reference,
                Notice.municipality_id,
                Person.language,
                _ADDRESS.label("address"),
                Case.id.label("case_id"),
                Case.subject_id,
            )
            .join(locked, locked.c.id == Notice.id)
            .join(Person, Person.id == Notice.person_id)
            .outerjoin(MailAddress, MailAddress.person_id == Person.id)
            .outerjoin(
                Case, and_(Case.reference == Notice.reference, Case.municipality_id == Notice.municipality_id)
            )
            .order_by(Notice.created_at, Notice.id)
        )
    )


def mark_sent(session: Session, notice_ids: Sequence[UUID]) -> None:
    """Mark what stood in a letter as sent."""
    _change(session, Notice.id.in_(notice_ids), post_state=SENT, next_try_at=None, fault=None)


def give_up(session: Session, fault: Fault, which: ColumnElement[bool]) -> int:
    """Mark what cannot be delivered; give how much."""
    return _change(session, which, post_state=UNDELIVERABLE, next_try_at=None, fault=fault.value)


def put_off(
    session: Session, now: datetime, pauses: Sequence[timedelta], fault: Fault, which: ColumnElement[bool]
) -> None:
    """Put off what is due now, each time for longer."""
    later = case(
        {number: now + pause for number, pause in enumerate(pauses[:-1])},
        value=Notice.attempts,
        else_=now + pauses[-1],
    )
    _change(
        session,
        and_(which, _is_ripe(now)),
        attempts=Notice.attempts + 1,
        next_try_at=later,
        fault=fault.value,
    )


def loosen(session: Session, which: ColumnElement[bool]) -> None:
    """Take a letter apart that was not sent: what stood in it may go into another one."""
    _change(session, which, mail_id=None)


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> int:
    done = session.scalars(
        update(Notice)
        .where(which, Notice.post_state == WAITING)
        .values(**values)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())


# What can be reminded of --------------------------------------------------------------------------------


def _for_its_reader(person: Any, code: NoticeCode, today: date) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions under which somebody may still be told of a case, in office and not excluded."""
    in_office = may_be_told(person, literal(code.value), Case.municipality_id, today)
    excluded = exists().where(Exclusion.person_id == person, Exclusion.case_id == Case.id)
    return in_office, ~excluded, Case.shred_ordered_at.is_(None)


def unanswered(session: Session, now: datetime) -> list[Any]:
    """Give (Invitation, Case, starts_at, cell_id) of the invitations to a coming meeting that wait for an answer."""
    query = (
        select(Invitation, Case, Meeting.starts_at, Meeting.cell_id)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .join(Case, Case.id == Invitation.case_id)
        .join(AgendaItem, and_(AgendaItem.id == Invitation.agenda_item_id, AgendaItem.state == TABLED))
        .where(Invitation.state == "sent", Meeting.state == "convened", Meeting.starts_at > now)
        .where(*_for_its_reader(Invitation.person_id, NoticeCode.ANSWER_REMINDER, brussels_day(now)))
        .where(Case.locks_on > brussels_day(now))
    )
    return list(session.execute(query.order_by(Invitation.id)))


def open_actions(session: Session, today: date) -> list[Any]:
    """Give (ActionRow, Case) of every open action whose owner may still know of it."""
    query = (
        select(ActionRow, Case)
        .join(Case, Case.id == ActionRow.case_id)
        .where(ActionRow.state == "open")
        .where(*_for_its_reader(ActionRow.owner_id, NoticeCode.ACTION_DUE, today))
    )
    return list(session.execute(query.order_by(ActionRow.id)))


def minutes_to_read(session: Session, now: datetime) -> list[Any]:
    """Give (id, submitted_at, person_id, municipality_id) of minutes out for remarks: a row for each who was there.

    Of an item that they may still read.
    """
    query = (
        select(Minutes.id, Minutes.submitted_at, Attendance.person_id, Meeting.municipality_id)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .join(Attendance, Attendance.meeting_id == Minutes.meeting_id)
        .join(Case, Case.id == Attendance.case_id)
        .where(Minutes.state == "submitted", Minutes.remarks_until > now, Attendance.present)
        .where(*_for_its_reader(Attendance.person_id, NoticeCode.MINUTES_TO_READ, brussels_day(now)))
        .where(Case.locks_on > brussels_day(now))
        .distinct()
    )
    return list(session.execute(query.order_by(Minutes.id, Attendance.person_id)))


def left_before(session: Session, occasions: Sequence[UUID]) -> set[UUID]:
    """Give which of these reminders were left before."""
    found = session.scalars(select(Notice.occasion).where(Notice.occasion.in_(occasions)))
    return {each for each in found if each is not None}
