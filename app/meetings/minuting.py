"""Minutes: decisions and agreed assessment per item, remarks, approval by the chair, reading them (R66 to R68)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import orjson

from app.cases.sealing import open_in, seal_in
from app.cases.statements import keeps_use_conditions
from app.constitution.agreements import settings_of
from app.constitution.cells import PURPOSE
from app.constitution.codes import codes
from app.kernel.i18n import translate
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import queries
from app.meetings.commands import ApproveMinutes, DraftMinutes, ReadMinutes, RemarkMinutes, SubmitMinutes
from app.meetings.models import AgendaItem, Meeting, Minutes, MinutesItem, Remark
from app.meetings.standing import (
    ALWAYS,
    about_item,
    about_meeting,
    about_whole,
    in_sitting,
    item_facts,
    keeps_file,
    meeting_facts,
    meeting_standing,
    writing_standing,
)
from app.meetings.views import MinutesItemView, MinutesView, RemarkView
from app.rules.actions import Action
from app.rules.facts import NEVER, Facts, Standing
from app.rules.lifecycle import target
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem
from app.rules.roles import DESK
from app.rules.settings import setting

_NOT_SAT = "notSat"


def digest_of(agenda_item_id: Any, assessment: str, decisions: str) -> bytes:
    """Give the SHA-256 over the canonical form of an item's text: JSON, keys sorted, UTF-8, no spaces."""
    said = {"agendaItemId": str(agenda_item_id), "assessment": assessment, "decisions": decisions}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


@operation(Action.MINUTES_DRAFT)
def draft_minutes(work: Work, command: DraftMinutes) -> MinutesItemView:
    """Write what the table agreed on one item, or rewrite it (If-Match) while the minutes are a draft.

    Written by the desk of the item's municipality or the secretary named for the meeting (R67).
    """
    seat = queries.seat(work.session, work.actor, command.agenda_item_id)
    if seat is not None and seat.meeting.id != command.meeting_id:
        seat = None
    standing = writing_standing(work, seat)
    writes = standing >= Standing.ATTENDING
    minutes = queries.minutes(work.session, command.meeting_id, lock=True) if writes else None
    about = about_item(seat.item if seat else None, "minutesItem")
    kept = minutes is not None and keeps_use_conditions(
        work, there(seat).item.case_id, command.assessment, command.decisions
    )
    facts = item_facts(
        work,
        seat,
        standing=standing,
        state=minutes.state if minutes else _NOT_SAT,
        use_conditions_kept=kept,
    )
    work.allow(Action.MINUTES_DRAFT, facts, about)
    seat, minutes = there(seat), there(minutes)
    item = seat.item
    row = queries.minutes_item(work.session, item.id)
    if row is not None:
        work.expect(row.version)
    row_id = row.id if row else new_id()
    assessment = seal_in(work, item.case_id, "minutes_item", "assessment", row_id, command.assessment)
    decisions = seal_in(work, item.case_id, "minutes_item", "decisions", row_id, command.decisions)
    digest = digest_of(item.id, command.assessment, command.decisions)
    if row is None:
        row = MinutesItem(
            id=row_id,
            minutes_id=minutes.id,
            meeting_id=item.meeting_id,
            agenda_item_id=item.id,
            case_id=item.case_id,
            municipality_id=item.municipality_id,
            assessment=assessment,
            decisions=decisions,
            digest=digest,
            version=1,
        )
        work.session.add(row)
    else:
        row.assessment, row.decisions, row.digest = assessment, decisions, digest
        row.version += 1
    minutes.version += 1
    work.session.flush()
    return _item_view(work, item, row, None, minutes, [])


@operation(Action.MINUTES_SUBMIT)
def submit_minutes(work: Work, command: SubmitMinutes) -> MinutesView:
    """Lay the minutes of a closed meeting before those who were there, for the days the agreement gives."""
    meeting, minutes, facts = _whole(work, command.meeting_id)
    work.allow(Action.MINUTES_SUBMIT, facts, about_whole(work, meeting))
    meeting, minutes = there(meeting), there(minutes)
    work.expect(minutes.version)
    days = setting(settings_of(work.session, meeting.cell_id), "minutes_remark_days")
    minutes.state = target(Action.MINUTES_SUBMIT)
    minutes.submitted_at, minutes.remarks_until = work.now, work.now + timedelta(days=days)
    minutes.version += 1
    work.session.flush()
    return _view(work, meeting, minutes, [])


def _whole(work: Work, meeting_id: Any, **known: Any) -> tuple[Meeting | None, Minutes | None, Facts]:
    """Give meeting, minutes (locked) and Facts on the minutes as a whole; they move only once the sitting is over."""
    meeting = queries.meeting(work.session, meeting_id)
    held = meeting_standing(work, meeting) is Standing.FILE
    minutes = queries.minutes(work.session, meeting_id, lock=True) if held else None
    over = minutes is not None and meeting is not None and meeting.state == "closed"
    state = minutes.state if minutes and over else _NOT_SAT
    kept = meeting is not None and over and _keeps_use_conditions(work, meeting)
    facts = meeting_facts(work, meeting, state=state, use_conditions_kept=kept, **known)
    return meeting, minutes, facts


def _keeps_use_conditions(work: Work, meeting: Meeting) -> bool:
    """Tell whether the items this actor may read kept what was said under use conditions out (R65, R66)."""
    rows = queries.readable_items(work.session, work.actor, work.now, meeting.id)
    written = [(item, row) for item, row, _ in rows if row is not None]
    work.vault.prepare([item.case_id for item, _ in written])
    return all(keeps_use_conditions(work, item.case_id, *_texts(work, row)) for item, row in written)


@operation(Action.MINUTES_REMARK)
def remark_minutes(work: Work, command: RemarkMinutes) -> RemarkView:
    """Remark on one item of submitted minutes, as somebody who was there, within the days given."""
    rows = queries.readable_items(work.session, work.actor, work.now, command.meeting_id, file=False)
    item = next((i for i, _, _ in rows if i.id == command.agenda_item_id), None)
    minutes = queries.minutes(work.session, command.meeting_id) if item else None
    row_id = new_id()
    facts = work.facts(
        standing=Standing.ATTENDING if item else Standing.NONE,
        state=minutes.state if minutes else None,
        window_until=minutes.remarks_until if minutes else None,
    )
    work.allow(Action.MINUTES_REMARK, facts, about_item(item, "minutesRemark", row_id))
    item, minutes = there(item), there(minutes)
    row = Remark(
        id=row_id,
        minutes_id=minutes.id,
        agenda_item_id=item.id,
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        person_id=there(work.actor.person_id),
        text=seal_in(work, item.case_id, "minutes_remark", "text", row_id, command.text),
        remarked_at=work.now,
    )
    work.session.add(row)
    return RemarkView(
        remark_id=row.id,
        agenda_item_id=item.id,
        person_id=row.person_id,
        text=command.text,
        remarked_at=row.remarked_at,
    )


@operation(Action.MINUTES_APPROVE)
def approve_minutes(work: Work, command: ApproveMinutes) -> MinutesView:
    """Approve the minutes as chair: each item is fixed under the digest of its text, extracts open for a while.

    Of two approvals at once one wins; the other finds them approved (409) or changed (412).
    """
    meeting = queries.meeting(work.session, command.meeting_id)
    chairs = meeting is not None and meeting.chair_id == work.actor.person_id
    meeting, minutes, facts = _whole(work, command.meeting_id, own=chairs)
    work.allow(Action.MINUTES_APPROVE, facts, about_whole(work, meeting))
    meeting, minutes = there(meeting), there(minutes)
    work.expect(minutes.version)
    for item, row, _ in queries.readable_items(work.session, work.actor, work.now, meeting.id):
        if row is not None and row.digest != digest_of(item.id, *_texts(work, row)):
            problem = Problem(
                Kind.ILLEGAL_TRANSITION, rule="R67"
            )  # written past this door: not what was laid before them
            raise work.refuse(Action.MINUTES_APPROVE, problem, about_item(item, "minutesItem", row.id))
    days = setting(settings_of(work.session, meeting.cell_id), "extract_days")
    minutes.state = target(Action.MINUTES_APPROVE)
    minutes.approved_at, minutes.approved_by = work.now, work.actor.person_id
    minutes.version += 1
    meeting.extract_until = work.now + timedelta(days=days)
    meeting.version += 1
    work.session.flush()
    return _view(work, meeting, minutes, [])


def _texts(work: Work, row: MinutesItem) -> tuple[str, str]:
    assessment = open_in(work, row.case_id, "minutes_item", "assessment", row.id, row.assessment)
    decisions = open_in(work, row.case_id, "minutes_item", "decisions", row.id, row.decisions)
    return there(assessment), there(decisions)


@operation(Action.MINUTES_READ)
def read_minutes(work: Work, command: ReadMinutes) -> MinutesView:
    """Give the minutes: to the desk its own items, to others the items attended; one journal line for each.

    Raises Problem 409: to the desk without a reason of the pick-list, once the minutes are approved and the sitting
    is over (R107), and once every case that the desk could read there is locked (R90).
    """
    meeting = queries.meeting(work.session, command.meeting_id)
    minutes = queries.minutes(work.session, command.meeting_id) if meeting else None
    rows = queries.readable_items(work.session, work.actor, work.now, command.meeting_id) if minutes else []
    standing = Standing.NONE
    if minutes is not None:
        standing = max(meeting_standing(work, meeting), Standing.ATTENDING if rows else Standing.NONE)
    until = _readable_until(work, meeting, minutes)
    known = command.reason in codes("accessReasons", work.today)
    free = not _is_filed(work, meeting, minutes, rows)
    locks_on: date | None = NEVER
    if meeting is not None and not rows and work.actor.role in DESK:
        locks_on = queries.locked_since(work.session, meeting.id, work.actor.municipality_id) or NEVER
    about = [about_item(i, "minutesItem", m.id) for i, m, _ in rows if m is not None]
    work.allow(
        Action.MINUTES_READ,
        work.facts(
            standing=standing,
            state=minutes.state if minutes else None,
            window_until=until,
            access_reason=free or known,
            locks_on=locks_on,
        ),
        about or about_meeting(work, meeting),
        reason=(command.reason or "") if known and not free else "",
    )
    return _view(work, there(meeting), there(minutes), rows)


def _is_filed(work: Work, meeting: Meeting | None, minutes: Minutes | None, rows: Iterable[Any]) -> bool:
    """Tell whether what the desk would read is part of its file: approved, and the sitting over (R107)."""
    if meeting is None or minutes is None or minutes.state != "approved" or in_sitting(work.now, meeting):
        return False
    return any(keeps_file(work.actor, item.municipality_id) for item, _, _ in rows)


def _readable_until(work: Work, meeting: Meeting | None, minutes: Minutes | None) -> Any:
    """Give until when this actor may read: who holds the meeting as long as its items are in sight, others as R68 says."""
    if meeting is None or minutes is None:
        return None
    if meeting_standing(work, meeting) is Standing.FILE:
        return ALWAYS
    return meeting.extract_until if minutes.state == "approved" else minutes.remarks_until


def _view(work: Work, meeting: Meeting, minutes: Minutes, rows: Iterable[Any]) -> MinutesView:
    written = [(item, row, reference) for item, row, reference in rows if row is not None]
    work.vault.prepare([row.case_id for _, row, _ in written])
    remarks = queries.remarks(work.session, meeting.id) if written else []
    over = meeting.state == "closed"
    facts = meeting_facts(
        work,
        meeting,
        state=minutes.state if over else _NOT_SAT,
        own=meeting.chair_id == work.actor.person_id,
        use_conditions_kept=True,
    )
    until = _readable_until(work, meeting, minutes)
    return MinutesView(
        version=minutes.version,
        href=href(f"meetings/{meeting.id}/minutes"),
        meeting_id=meeting.id,
        purpose=translate(work.actor.language, PURPOSE),
        state=minutes.state,
        submitted_at=minutes.submitted_at,
        remarks_until=minutes.remarks_until,
        approved_at=minutes.approved_at,
        readable_until=None if until == ALWAYS else until,
        items=[_item_view(work, item, row, reference, minutes, remarks) for item, row, reference in written],
        abilities=abilities(work.actor, facts, Action.MINUTES_SUBMIT, Action.MINUTES_APPROVE),
    )


def _item_view(
    work: Work,
    item: AgendaItem,
    row: MinutesItem,
    reference: str | None,
    minutes: Minutes,
    remarks: Iterable[Any],
) -> MinutesItemView:
    assessment, decisions = _texts(work, row)
    return MinutesItemView(
        version=row.version,
        href=href(f"meetings/{item.meeting_id}/minutes"),
        minutes_item_id=row.id,
        agenda_item_id=item.id,
        case_id=item.case_id,
        reference=reference,
        item_version=row.version,
        assessment=assessment,
        decisions=decisions,
        digest=row.digest.hex() if row.digest and minutes.state == "approved" else None,
        remarks=[
            RemarkView(
                remark_id=remark.id,
                agenda_item_id=item.id,
                person_id=remark.person_id,
                person_name=name,
                text=there(open_in(work, item.case_id, "minutes_remark", "text", remark.id, remark.text)),
                remarked_at=remark.remarked_at,
            )
            for remark, name in remarks
            if remark.agenda_item_id == item.id
        ],
    )
