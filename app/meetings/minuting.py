"""Writing minutes: decisions and agreed assessment per item, laid before who was there, approved by the chair (R66, R67)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.cases.sealing import seal_in
from app.cases.statements import keeps_use_conditions
from app.constitution.agreements import governing
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import agenda_queries, minutes_queries, sight_queries
from app.meetings.addenda import origin_at
from app.meetings.minutes_commands import ApproveMinutes, DraftMinutes, ReviseMinutes, SubmitMinutes
from app.meetings.minutes_reading import NOT_SAT, Texts, item_view, minutes_view, remarks_over, texts_of
from app.meetings.models import TABLED, AgendaItem, Meeting, Minutes, MinutesItem
from app.meetings.signing import (
    digest_of,
    master_of,
    new_salt,
    sign_master,
)
from app.meetings.standing import (
    about_item,
    about_whole,
    item_facts,
    meeting_facts,
    meeting_standing,
    writing_standing,
)
from app.meetings.views import MinutesItemView, MinutesView
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.lifecycle import target
from app.rules.problems import Kind, Problem


@operation(Action.MINUTES_DRAFT)
def draft_minutes(work: Work, command: DraftMinutes) -> MinutesItemView:
    """Write what the table agreed on one item, or rewrite it (If-Match) while the minutes are a draft.

    Written by the desk of the item's municipality or the secretary named for the meeting (R67).
    """
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    if seat is not None and seat.meeting.id != command.meeting_id:
        seat = None
    standing = writing_standing(work, seat)
    writes = standing >= Standing.ATTENDING and seat is not None and seat.item.state == TABLED
    minutes = minutes_queries.minutes(work.session, command.meeting_id, lock=True) if writes else None
    about = about_item(seat.item if seat else None, "minutesItem")
    kept = minutes is not None and keeps_use_conditions(
        work,
        there(seat).item.case_id,
        *(text for text in (command.assessment, command.decisions, command.actions) if text),
    )
    facts = item_facts(
        work,
        seat,
        standing=standing,
        state=minutes.state if minutes else NOT_SAT,
        use_conditions_kept=kept,
    )
    work.allow(Action.MINUTES_DRAFT, facts, about)
    seat, minutes = there(seat), there(minutes)
    item = seat.item
    row = minutes_queries.minutes_item(work.session, item.id)
    if row is not None:
        work.expect(row.version)
    row_id = row.id if row else new_id()
    said = Texts(command.assessment, command.decisions, command.actions, new_salt())
    digest = digest_of(item.id, *said)
    if row is None:
        row = MinutesItem(
            id=row_id,
            minutes_id=minutes.id,
            meeting_id=item.meeting_id,
            agenda_item_id=item.id,
            case_id=item.case_id,
            municipality_id=item.municipality_id,
            **_sealed(work, item, row_id, said),
            digest=digest,
            version=1,
        )
        work.session.add(row)
    else:
        for column, sealed in _sealed(work, item, row_id, said).items():
            setattr(row, column, sealed)
        row.digest = digest
        row.version += 1
    minutes.version += 1
    work.session.flush()
    return item_view(work, item, row, None, minutes, [])


def _sealed(work: Work, item: AgendaItem, row_id: Any, texts: Texts) -> dict[str, Any]:
    return {
        column: seal_in(work, item.case_id, "minutes_item", column, row_id, text) if text else None
        for column, text in texts._asdict().items()
    }


@operation(Action.MINUTES_SUBMIT)
def submit_minutes(work: Work, command: SubmitMinutes) -> MinutesView:
    """Lay the minutes of a closed meeting before those who were there, for the days the agreement gives."""
    meeting, minutes, facts = _whole(work, command.meeting_id)
    work.allow(Action.MINUTES_SUBMIT, facts, about_whole(work, meeting))
    meeting, minutes = there(meeting), there(minutes)
    work.expect(minutes.version)
    days = governing(work.session, meeting.cell_id, meeting.agreement_id)["minutes_remark_days"]
    minutes.state = target(Action.MINUTES_SUBMIT)
    minutes.submitted_at, minutes.remarks_until = work.now, work.now + timedelta(days=days)
    minutes.version += 1
    # Whoever was there and lays it before the others has no remark on it.
    minutes_queries.assent(work.session, meeting.id)
    return minutes_view(work, meeting, minutes, [])


@operation(Action.MINUTES_REVISE)
def revise_minutes(work: Work, command: ReviseMinutes) -> MinutesView:
    """Take submitted minutes back, to work a remark in; remarks stay, and the days begin anew once it is submitted again."""
    meeting, minutes, facts = _whole(work, command.meeting_id)
    work.allow(Action.MINUTES_REVISE, facts, about_whole(work, meeting))
    meeting, minutes = there(meeting), there(minutes)
    work.expect(minutes.version)
    minutes.state = target(Action.MINUTES_REVISE)
    minutes.submitted_at = minutes.remarks_until = None
    minutes.version += 1
    work.session.flush()
    return minutes_view(work, meeting, minutes, [])


def _whole(work: Work, meeting_id: Any, **known: Any) -> tuple[Meeting | None, Minutes | None, Facts]:
    """Give meeting, minutes (locked) and Facts on the minutes as a whole; they move only once the sitting is over."""
    meeting = agenda_queries.meeting(work.session, meeting_id)
    held = meeting_standing(work, meeting) is Standing.FILE
    minutes = minutes_queries.minutes(work.session, meeting_id, lock=True) if held else None
    over = minutes is not None and meeting is not None and meeting.state == "closed"
    state = minutes.state if minutes and over else NOT_SAT
    kept = meeting is not None and over and _keeps_use_conditions(work, meeting)
    said = minutes is not None and remarks_over(work, minutes)
    facts = meeting_facts(work, meeting, state=state, use_conditions_kept=kept, remarks_over=said, **known)
    return meeting, minutes, facts


def _keeps_use_conditions(work: Work, meeting: Meeting) -> bool:
    """Tell whether the items this actor may read kept what was said under use conditions out (R65, R66)."""
    rows = minutes_queries.readable_items(work.session, work.actor, work.now, meeting.id)
    written = [(item, row) for item, row, _ in rows if row is not None]
    work.vault.prepare([item.case_id for item, _ in written])
    return all(keeps_use_conditions(work, item.case_id, *texts_of(work, row).said) for item, row in written)


@operation(Action.MINUTES_APPROVE)
def approve_minutes(work: Work, command: ApproveMinutes) -> MinutesView:
    """Approve the minutes as chair, once remarks had their time: texts are fixed under their digests, extracts open for a while.

    Of two approvals at once one wins; the other finds them approved (409) or changed (412).
    """
    meeting = agenda_queries.meeting(work.session, command.meeting_id)
    chairs = meeting is not None and meeting.chair_id == work.actor.person_id
    meeting, minutes, facts = _whole(work, command.meeting_id, own=chairs)
    work.allow(Action.MINUTES_APPROVE, facts, about_whole(work, meeting))
    meeting, minutes = there(meeting), there(minutes)
    work.expect(minutes.version)
    for item, row, _ in minutes_queries.readable_items(work.session, work.actor, work.now, meeting.id):
        if row is not None and row.digest != digest_of(item.id, *texts_of(work, row)):
            # Written past this door: not what was laid before them.
            problem = Problem(Kind.ILLEGAL_TRANSITION, rule="R67")
            raise work.refuse(Action.MINUTES_APPROVE, problem, about_item(item, "minutesItem", row.id))
    days = governing(work.session, meeting.cell_id, meeting.agreement_id)["extract_days"]
    leaves = master_of(minutes_queries.minutes_digests(work.session, meeting.id))
    minutes.state = target(Action.MINUTES_APPROVE)
    minutes.approved_at, minutes.approved_by = work.now, work.actor.person_id
    minutes.leaves = leaves
    minutes.note = sign_master(leaves, origin_at(work, meeting.id), work.now, work.installation.signer)
    minutes.version += 1
    meeting.extract_until = work.now + timedelta(days=days)
    meeting.version += 1
    work.session.flush()
    return minutes_view(work, meeting, minutes, [])
