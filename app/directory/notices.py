"""Notices: what somebody is told, as a code and a case reference, never a name (R37, R95).

An Operation leaves them in its own transaction, so that a notice stands exactly when its act does.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from app.constitution.models import CellMunicipality
from app.directory.actors import self_facts
from app.directory.commands import ListNotice, ReadNotice
from app.directory.models import Mandate, Notice
from app.directory.office_queries import in_office
from app.directory.views import NoticePage, NoticeView, ReadNoticesView
from app.kernel.i18n import register_codes, translate
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import GLASS_WATCHERS, STRATEGISTS, TABLE


class NoticeCode(StrEnum):
    """What a notice can say; its text is `notice.<code>` in every language."""

    INVITATION = "invitation"
    INVITATION_WITHDRAWN = "invitationWithdrawn"
    NOMINATED = "nominated"
    """The management of one's service named one to come in its place (R28)."""
    ANSWER_REMINDER = "answerReminder"
    """An invitation waits for an answer and the meeting is near."""
    AGENDA_CHANGED = "agendaChanged"
    ITEM_OFF = "itemOff"
    """An item one was invited to is not on the agenda any more."""
    MEETING_MOVED = "meetingMoved"
    MEETING_CANCELLED = "meetingCancelled"
    CONTRIBUTION_ASKED = "contributionAsked"
    CORRECTION_WAITS = "correctionWaits"
    """The day of a discussion was proposed for correction; the mayor decides (R69)."""
    EXTENSION_WAITS = "extensionWaits"
    """A meeting discussed an extension; the mayor decides (R87)."""
    VALIDATION_NAMED = "validationNamed"
    """A document was attached on one's word that OCAD validated it (R58)."""
    IDENTITY_CORRECTED = "identityCorrected"
    """Somebody of the desk corrected who a file is about; the list is the mayor's (R40, R55)."""
    MINUTES_TO_READ = "minutesToRead"
    MINUTES_CORRECTION_WAITS = "minutesCorrectionWaits"
    """A correction of approved minutes waits for the chair or the mayor (R67)."""
    MINUTES_CORRECTED = "minutesCorrected"
    FEEDBACK_ASKED = "feedbackAsked"
    """The police ask whether one agrees to a feedback sheet (R79)."""
    ACTION_DUE = "actionDue"
    ACTION_OVERDUE = "actionOverdue"
    HAND_OVER_OFFERED = "handOverOffered"
    """Another municipality has a file to hand over (R84)."""
    HAND_OVER_RECEIVED = "handOverReceived"
    CLOSURE_ASKED = "closureAsked"
    """A review was missed: the next meeting says whether the case is closed, or why it is still necessary (R76)."""
    OWN_FILE_TERM = "ownFileTerm"
    OWN_FILE_AFTER_CLOSING = "ownFileAfterClosing"
    """A case was closed: what a participant keeps of it has a term of its own, whatever the mayor chose here (R95)."""
    RETENTION_WARNING_90 = "retentionWarning90"
    RETENTION_WARNING_30 = "retentionWarning30"
    RETENTION_WARNING_15 = "retentionWarning15"
    BREAK_GLASS_OPENED = "breakGlassOpened"
    POLICY_MEETING_CONVENED = "policyMeetingConvened"
    POLICY_MEETING_MOVED = "policyMeetingMoved"
    POLICY_MEETING_CANCELLED = "policyMeetingCancelled"
    REGISTRATION_WAITS = "registrationWaits"
    """Nobody decided on a signal within the days of the agreement (R45)."""


register_codes("notice", [code.value for code in NoticeCode])


WATCHED = frozenset({NoticeCode.BREAK_GLASS_OPENED})
"""What those are told who watch, and sit at no table."""


OF_POLICY = frozenset(
    {
        NoticeCode.POLICY_MEETING_CONVENED,
        NoticeCode.POLICY_MEETING_MOVED,
        NoticeCode.POLICY_MEETING_CANCELLED,
    }
)
"""What those are told who sit at the strategic and the tactical table, where nobody is discussed (R6)."""


def may_be_told(person: Any, code: Any, municipality: Any, today: date) -> ColumnElement[bool]:
    """Give the condition under which somebody is told: a mandate of today, at the table of that municipality's cell.

    Whoever has another one, elsewhere or of another kind, is not in office for this (R9, R37).
    """
    cells = select(CellMunicipality.cell_id).where(CellMunicipality.municipality_id == municipality)
    return (
        exists()
        .where(
            Mandate.person_id == person,
            *in_office(today),
            or_(Mandate.cell_id.in_(cells), Mandate.municipality_id == municipality),
            or_(
                and_(Mandate.role.in_(TABLE), code.not_in(OF_POLICY)),
                and_(Mandate.role.in_(STRATEGISTS), code.in_(OF_POLICY)),
                and_(Mandate.role.in_(GLASS_WATCHERS), code.in_(WATCHED)),
            ),
        )
        .correlate_except(Mandate)
    )


def leave_notice(
    work: Work,
    person_id: UUID,
    code: NoticeCode,
    reference: str,
    municipality_id: UUID,
    due_on: date | None = None,
) -> None:
    """Leave a notice for one person in the transaction of the act it tells of; to who sits there no more, none.

    *reference*: of the case it is about; empty where it is about none. Nothing else is said.
    """
    if not work.session.scalar(
        select(may_be_told(person_id, literal(code.value), municipality_id, work.today))
    ):
        return
    work.session.add(
        Notice(
            id=new_id(),
            person_id=person_id,
            code=code.value,
            reference=reference,
            municipality_id=municipality_id,
            due_on=due_on,
            created_at=work.now,
        )
    )


def _about(row: Notice) -> About:
    return About(row.municipality_id, object_type="notice", object_id=row.id)


@operation(Action.NOTICE_LIST)
def list_notice(work: Work, command: ListNotice) -> NoticePage:
    """Give one's own notices, the newest first; unread ones alone where that is asked."""
    after = position(command.cursor, datetime.fromisoformat, UUID)
    rows: list[Notice] = []
    if work.actor.person_id is not None:
        rows = _own(work.session, work.actor.person_id, after, command.page_size + 1, unread=command.unread)
    shown = rows[: command.page_size]
    work.allow(Action.NOTICE_LIST, self_facts(work), [_about(row) for row in shown])
    last = shown[-1] if len(rows) > command.page_size else None
    return NoticePage(
        href=href("notices"),
        items=[_view(work, row) for row in shown],
        next=cursor(last.created_at.isoformat(), last.id) if last else None,
        page_size=command.page_size,
    )


def _view(work: Work, row: Notice) -> NoticeView:
    return NoticeView(
        notice_id=row.id,
        code=row.code,
        text=translate(work.actor.language, f"notice.{row.code}"),
        reference=row.reference or None,
        due_on=row.due_on,
        created_at=row.created_at,
        read_at=row.read_at,
    )


@operation(Action.NOTICE_READ)
def read_notice(work: Work, command: ReadNotice) -> ReadNoticesView:
    """Mark one notice of one's own as read, or all of them. Raises Problem 404 for one that is not one's own."""
    about = About(object_type="notice", object_id=command.notice_id)
    work.allow(Action.NOTICE_READ, self_facts(work), about)
    mine = Notice.person_id == there(work.actor.person_id)
    if command.notice_id is not None:
        mine = and_(mine, Notice.id == command.notice_id)
        if work.session.scalar(select(Notice.id).where(mine)) is None:
            raise work.refuse(Action.NOTICE_READ, not_found(), About(object_type="notice"))
    marked = work.session.scalars(
        update(Notice).where(mine, Notice.read_at.is_(None)).values(read_at=work.now).returning(Notice.id)
    )
    return ReadNoticesView(marked=len(marked.all()))


def _own(
    session: Session, person_id: UUID, after: tuple[datetime, UUID] | None, limit: int, *, unread: bool
) -> list[Notice]:
    query = select(Notice).where(Notice.person_id == person_id)
    if unread:
        query = query.where(Notice.read_at.is_(None))
    if after is not None:
        query = query.where(_older(*after))
    return list(session.scalars(query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(limit)))


def _older(moment: datetime, notice_id: UUID) -> ColumnElement[bool]:
    same = and_(Notice.created_at == moment, Notice.id < notice_id)
    return or_(Notice.created_at < moment, same)
