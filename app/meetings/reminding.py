"""Reminders the clock leaves: an invitation without an answer, an action that is due, minutes to read (R37, R67, R73).

Each is left once for a thing and a step of it: the notice itself carries a mark of both, so that no restart, second
process or clock that was set back leaves it again. None is a duty to speak: an answer stays free (R31, R64).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.constitution.agreements import settings_of
from app.directory.models import Notice
from app.directory.notices import NoticeCode
from app.kernel.clock import brussels_day
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Installation, Work
from app.kernel.work import work as open_work
from app.meetings import post_queries as queries
from app.meetings.commands import RemindNotice
from app.meetings.post_views import RemindedView
from app.meetings.posting import ROBOT
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.roles import Role
from app.rules.settings import setting


class Due(NamedTuple):
    """One reminder that is due: whom of what, on which step."""

    person_id: UUID
    code: NoticeCode
    occasion: UUID
    municipality_id: UUID
    reference: str = ""
    due_on: date | None = None
    case_id: UUID | None = None
    subject_id: UUID | None = None


@operation(Action.NOTICE_REMIND)
def remind_notice(work: Work, command: RemindNotice) -> RemindedView:
    """Leave every reminder that is due now and was not left before; one line each."""
    del command
    standing = Standing.PART if work.actor.role is Role.ROBOT else Standing.NONE
    left = [
        (due, notice_id)
        for due in _due(work.session, work.now)
        if (notice_id := _leave(work, due)) is not None
    ]
    abouts = [About(d.municipality_id, d.case_id, d.subject_id, "notice", notice_id) for d, notice_id in left]
    work.allow(Action.NOTICE_REMIND, work.facts(standing=standing), abouts, reason="reminder")
    return RemindedView(left=len(left))


def remind_all(installation: Installation, now: datetime | None = None) -> int:
    """Leave the reminders that are due, as the robot, and give how many. Nothing to do leaves no line."""
    moment = now or installation.clock.now()
    with installation.retention_sessions() as session:
        due = [each.occasion for each in _due(session, moment)]
        if set(due) <= queries.left_before(session, due):
            return 0
    with open_work(installation, ROBOT, channel="robot", now=moment, retention=True) as unit:
        return remind_notice(unit, RemindNotice()).left


def _leave(work: Work, due: Due) -> UUID | None:
    """Leave one reminder; None where it was left before, by whichever process."""
    values = {
        "id": new_id(), "person_id": due.person_id, "code": due.code.value, "reference": due.reference,
        "municipality_id": due.municipality_id, "due_on": due.due_on, "created_at": work.now, "occasion": due.occasion,
    }  # fmt: skip
    return work.session.scalar(insert(Notice).values(values).on_conflict_do_nothing().returning(Notice.id))


def _due(session: Session, now: datetime) -> list[Due]:
    fixed: dict[UUID, dict[str, int]] = {}

    def days(cell_id: UUID, name: str) -> int:
        if cell_id not in fixed:
            fixed[cell_id] = settings_of(session, cell_id)
        return setting(fixed[cell_id], name)

    found = [
        Due(
            row.Invitation.person_id,
            NoticeCode.ANSWER_REMINDER,
            _mark(row.Invitation.id, NoticeCode.ANSWER_REMINDER, day),
            row.Invitation.municipality_id,
            row.Case.reference,
            day,
            row.Case.id,
            row.Case.subject_id,
        )
        for row in queries.unanswered(session, now)
        if ((day := brussels_day(row.starts_at)) - brussels_day(now)).days
        <= days(row.cell_id, "answer_reminder_days")
        and row.Invitation.sent_at is not None
        and brussels_day(row.Invitation.sent_at) < brussels_day(now)
    ]
    today = brussels_day(now)
    for row in queries.open_actions(session, today):
        left = (row.ActionRow.due_on - today).days
        if left > days(row.Case.cell_id, "action_reminder_days"):
            continue
        code = NoticeCode.ACTION_DUE if left >= 0 else NoticeCode.ACTION_OVERDUE
        found.append(
            Due(
                row.ActionRow.owner_id,
                code,
                _mark(row.ActionRow.id, code, row.ActionRow.due_on),
                row.ActionRow.municipality_id,
                row.Case.reference,
                row.ActionRow.due_on,
                row.Case.id,
                row.Case.subject_id,
            )
        )
    found += [
        Due(
            row.person_id,
            NoticeCode.MINUTES_TO_READ,
            _mark(row.id, NoticeCode.MINUTES_TO_READ, row.submitted_at.isoformat()),
            row.municipality_id,
        )
        for row in queries.minutes_to_read(session, now)
    ]
    return found


def _mark(thing: UUID, code: NoticeCode, step: object) -> UUID:
    return uuid5(thing, f"{code.value}:{step}")
