"""The days on which a person was discussed, and correcting one by two roles (R69, R96).

The record of the meeting sets the day. Where that record was wrong, the coordinator proposes and the mayor decides; a
correction only ever brings the end of the term nearer: nothing but a meeting makes it later.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from app.cases import extension_queries, queries
from app.cases.commands import DecideDiscussion, ListDiscussion, ProposeDiscussion
from app.cases.discussion_queries import correct, corrections, days, ends_by
from app.cases.models import Case, DiscussionCorrection
from app.cases.sealing import open_in, seal_in
from app.cases.standing import about_case, case_facts
from app.cases.views import CorrectionView, DiscussionList, DiscussionView
from app.constitution.agreements import settings_of
from app.constitution.codes import codes
from app.directory.notices import NoticeCode, leave_notice
from app.directory.office_queries import person_name
from app.kernel.clock import brussels_day
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.lifecycle import READABLE_CASE
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.retention import case_due_on, months_after
from app.rules.roles import Role
from app.rules.settings import setting

EARLIER, NOT_DISCUSSED = "earlier", "notDiscussed"
PROPOSED, REFUSED = "proposed", "refused"
_TABLE = "discussion_correction"


@operation(Action.DISCUSSION_LIST)
def list_discussion(work: Work, command: ListDiscussion) -> DiscussionList:
    """Give the days on which the person was discussed, with what was corrected and what waits for a decision (R96)."""
    case = queries.case(work.session, command.case_id)
    known = command.reason in codes("accessReasons", work.today)
    work.allow(
        Action.DISCUSSION_LIST,
        case_facts(work, case, access_reason=known),
        about_case(case),
        reason=(command.reason or "") if known else "",
    )
    return _list(work, there(case))


@operation(Action.DISCUSSION_PROPOSE)
def propose_discussion(work: Work, command: ProposeDiscussion) -> DiscussionList:
    """Propose to correct one day: it was earlier, or the person was not discussed there at all. With reasons.

    Raises Problem 400 for a meeting that did not discuss the person, for a day that is not earlier, and where a
    correction of that day waits already.
    """
    case = queries.case(work.session, command.case_id, lock=True)
    row_id = new_id()
    work.allow(Action.DISCUSSION_PROPOSE, case_facts(work, case), about_case(case, _TABLE, row_id))
    case = there(case)
    held = next((d for d in days(work.session, case.id) if d.meeting_id == command.meeting_id), None)
    if held is None:
        raise invalid("meetingId", "did not discuss this person", kind="referencedResourceNotFound")
    if (command.kind == EARLIER) != (command.corrected_on is not None):
        raise invalid("correctedOn", "error.missing" if command.kind == EARLIER else "error.unexpected")
    if command.corrected_on is not None and not case.listed_on <= command.corrected_on < held.discussed_on:
        raise invalid(
            "correctedOn", "from the day of listing to before the day recorded", kind="invalidPeriod"
        )
    if any(
        c.state == PROPOSED and c.meeting_id == held.meeting_id for c in corrections(work.session, case.id)
    ):
        raise invalid("meetingId", "a correction of this day waits already")
    work.session.add(
        DiscussionCorrection(
            id=row_id,
            case_id=case.id,
            meeting_id=held.meeting_id,
            municipality_id=case.municipality_id,
            kind=command.kind,
            corrected_on=command.corrected_on,
            reason=seal_in(work, case.id, _TABLE, "reason", row_id, command.reason_text),
            state=PROPOSED,
            proposed_by=work.actor.person_id,
            proposed_at=work.now,
            version=1,
        )
    )
    for person_id in queries.desk_of(work.session, case, work.today, {Role.MAYOR}):
        leave_notice(work, person_id, NoticeCode.CORRECTION_WAITS, case.reference, case.municipality_id)
    work.session.flush()
    return _list(work, case)


@operation(Action.DISCUSSION_DECIDE)
def decide_discussion(work: Work, command: DecideDiscussion) -> DiscussionList:
    """Decide on a proposed correction, as the mayor and as somebody else than who proposed it (R69).

    Raises Problem 400 for a correction that does not wait, and where the term is over by the corrected day and nobody
    said that the data may go at once: the next sweep destroys them (R86), and what is destroyed does not come back.
    Raises 409 to who proposed it and where the database refuses.
    """
    case = queries.case(work.session, command.case_id, lock=True)
    rows = corrections(work.session, case.id) if case else []
    row = next((c for c in rows if c.id == command.correction_id and c.state == PROPOSED), None)
    about = about_case(case, _TABLE, row.id if row else None)
    facts = case_facts(
        work, case, proposed_by_actor=row is not None and row.proposed_by == work.actor.person_id
    )
    work.allow(Action.DISCUSSION_DECIDE, facts, about)
    case = there(case)
    if row is None:
        raise invalid("correctionId", "no such correction waits", kind="referencedResourceNotFound")
    if command.decision == "refuse":
        row.state, row.decided_by, row.decided_at = REFUSED, work.actor.person_id, work.now
        row.version += 1
        work.session.flush()
        return _list(work, case)
    due = _due_after(work, case, row)
    if due <= work.today and not command.ends_at_once:
        raise invalid("endsAtOnce", "the term is over then", kind="requiredInput")
    fixed = settings_of(work.session, case.cell_id)
    last = _last_after(work, row)
    done = correct(
        work.session,
        row.id,
        due,
        max(setting(fixed, "retention_lock_days"), (case.due_on - case.locks_on).days),
        months_after(last or case.listed_on, setting(fixed, "review_months")),
    )
    if not done:
        raise work.refuse(Action.DISCUSSION_DECIDE, Problem(Kind.ILLEGAL_TRANSITION, rule="R69"), about)
    work.session.expire_all()
    return _list(work, there(queries.case(work.session, command.case_id)))


def _last_after(work: Work, row: DiscussionCorrection) -> date | None:
    """Give the last day of discussion as it will be once *row* is approved; None: never discussed."""
    others = [d.discussed_on for d in days(work.session, row.case_id) if d.meeting_id != row.meeting_id]
    if row.corrected_on is not None:
        others.append(row.corrected_on)
    return max(others, default=None)


def _due_after(work: Work, case: Case, row: DiscussionCorrection) -> date:
    """Give the day on which the data will have to be gone once *row* is approved: never later than now (R86)."""
    fixed = settings_of(work.session, case.cell_id)
    started = _last_after(work, row) or case.counted_from or case.listed_on
    kept = extension_queries.holding(work.session, case.id)
    decided = brussels_day(kept.decided_at) if kept and kept.decided_at else None
    # What was decided once the true term was over was not decided in time (R91).
    in_time = decided is not None and decided < case_due_on(started, fixed)
    # Nor does it hold without the meeting that was to discuss it first (R87).
    if kept is not None and row.kind == NOT_DISCUSSED and kept.meeting_id == row.meeting_id:
        in_time = False
    due: date = min(case.due_on, case_due_on(started, fixed, case.extended_until if in_time else None))
    if (
        _last_after(work, row) is None
    ):  # of a file that came from another municipality, the end that came with it
        due = min(due, ends_by(work.session, case) or due)
    return due


def _list(work: Work, case: Case) -> DiscussionList:
    rows = corrections(work.session, case.id)
    return DiscussionList(
        version=case.version,
        href=href(f"cases/{case.id}/discussions"),
        case_id=case.id,
        reference=case.reference,
        due_on=case.due_on,
        items=[
            DiscussionView(meeting_id=d.meeting_id, discussed_on=d.discussed_on)
            for d in days(work.session, case.id)
        ],
        corrections=[_correction(work, case, row) for row in rows],
        abilities=abilities(
            work.actor,
            case_facts(work, case, proposed_by_actor=False),
            Action.DISCUSSION_PROPOSE,
            Action.DISCUSSION_DECIDE,
        )
        if case.state in READABLE_CASE
        else [],
    )


def _correction(work: Work, case: Case, row: DiscussionCorrection) -> CorrectionView:
    said: Any = open_in(work, case.id, _TABLE, "reason", row.id, row.reason)
    due = _due_after(work, case, row) if row.state == PROPOSED else None
    return CorrectionView(
        correction_id=row.id,
        meeting_id=row.meeting_id,
        kind=row.kind,
        corrected_on=row.corrected_on,
        reason_text=said,
        state=row.state,
        proposed_by=person_name(work.session, row.proposed_by),
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        due_on_after=due,
        ends_at_once=due <= work.today if due else None,
        own=row.proposed_by == work.actor.person_id,
    )
