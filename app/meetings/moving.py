"""A meeting that changes: its place, its people, its day; or that is not held (R4, R13, R24, R26, R31).

Until it is convened these are the desk's; afterwards a new day and calling it off are the mayor's, as inviting is. They
belong to the municipality that planned the meeting, and to its chair: another desk of a joint cell only has items on it.
"""

from __future__ import annotations

from datetime import timedelta

from app.cases.sealing import seal_in
from app.constitution.agreements import governing
from app.kernel.clock import brussels_day
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import agenda_queries, change_queries
from app.meetings.agenda import meeting_view
from app.meetings.commands import CancelMeeting, ChangeMeeting, InviteMeeting, MoveMeeting
from app.meetings.inviting import FLEMISH, FRENCH_COMMUNITY, send_prepared
from app.meetings.models import Meeting
from app.meetings.planning import check_chair, check_period, check_secretary
from app.meetings.standing import about_meeting, about_whole, changing_state, meeting_facts, planner_facts
from app.meetings.tracking import track
from app.meetings.views import MeetingView
from app.rules.actions import Action
from app.rules.facts import Facts
from app.rules.lifecycle import target
from app.rules.problems import Kind, Problem, invalid
from app.rules.settings import setting

_NOTICE_OF_REGIME = {
    FRENCH_COMMUNITY: "invitation_notice_days_french", FLEMISH: "invitation_notice_days_flemish",
}  # fmt: skip


@operation(Action.MEETING_CHANGE)
def change_meeting(work: Work, command: ChangeMeeting) -> MeetingView:
    """Change place, chair, secretary or the order of the municipalities (If-Match).

    Once it was closed only chair and secretary, by the mayor, until the minutes are approved: for who left before that.
    Raises Problem 400 for somebody who cannot be it, and for anything else that is to change after the sitting.
    """
    row = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    facts = planner_facts(work, row, state=changing_state(row)) if row else planner_facts(work, row)
    work.allow(Action.MEETING_CHANGE, facts, about_meeting(work, row))
    row = there(row)
    work.expect(row.version)
    if row.state == "closed":
        for name, value, now in (("place", command.place, row.place), ("blocks", command.blocks, row.blocks)):
            if value is not None and value != now:
                raise invalid(name, "only chair and secretary change after the sitting")
    if command.chair_id is not None and command.chair_id != row.chair_id:
        check_chair(work, command.chair_id, row.cell_id)
        row.chair_id = command.chair_id
        track(work, row, "chairChanged")
    if command.secretary_id is not None and command.secretary_id != row.secretary_id:
        check_secretary(work, command.secretary_id, row.cell_id)
        row.secretary_id = command.secretary_id
        track(work, row, "secretaryChanged")
    if command.place is not None and command.place != row.place:
        row.place = command.place
        track(work, row, "placeChanged")
        _tell(work, row, "agendaChanged")
    if command.blocks is not None:
        if not set(command.blocks) <= work.actor.municipalities:
            raise invalid("blocks", "not of this cell", kind="referencedResourceNotFound")
        row.blocks = command.blocks
        agenda_queries.number_agenda(work.session, row.id)
        track(work, row, "blocksOrdered")
    row.version += 1
    work.session.flush()
    return meeting_view(work, row)


@operation(Action.MEETING_MOVE)
def move_meeting(work: Work, command: MoveMeeting) -> MeetingView:
    """Move a meeting to another time: who was asked is told and asked again, and the notice starts anew (If-Match).

    A reason of urgency was given for the day that is left, and goes with it: it waives no notice of the new one (R26).

    Raises Problem: 409 when a service gets less notice than the decree of the French Community (R26) or the agreement
    (R30) wants and no urgency is stated, and for anybody but mayor or delegate once it is convened; 400 for a time that
    is past or no time.
    """
    row = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    about = about_whole(work, row)
    work.allow(Action.MEETING_MOVE, _moving_facts(work, row, command), about)
    row = there(row)
    work.expect(row.version)
    check_period(work, command.starts_at, command.ends_at)
    if command.starts_at <= work.now:
        raise invalid("startsAt", "this moment is in the past", kind="invalidPeriod")
    hours = governing(work.session, row.cell_id, row.agreement_id)["participant_window_hours"]
    row.starts_at, row.ends_at = command.starts_at, command.ends_at
    row.window_until = command.ends_at + timedelta(hours=hours)
    row.version += 1
    change_queries.forget_urgency(work.session, row.id)
    if command.urgency_reason is not None:
        _state_urgency(work, row, command.urgency_reason)
    _tell(work, row, "meetingMoved")
    track(work, row, "meetingMoved")
    work.session.flush()
    return meeting_view(work, row)


def _moving_facts(work: Work, row: Meeting | None, command: MoveMeeting) -> Facts:
    """Give the Facts on a move: the longest notice that anybody asked, without a reason for haste, is owed anew.

    A reason given for the day that is left is none for the new one; only the mayor who moves gives one, for those whom
    their own municipality asked.
    """
    days = (brussels_day(command.starts_at) - work.today).days
    fixed = governing(work.session, row.cell_id, row.agreement_id) if row else {}
    owed = dict.fromkeys(_NOTICE_OF_REGIME, 0)
    for asked in change_queries.asked_regimes(work.session, row.id) if row else []:
        said = command.urgency_reason is not None and asked.municipality_id == work.actor.municipality_id
        if asked.regime in owed and not said:
            owed[asked.regime] = setting(fixed, _NOTICE_OF_REGIME[asked.regime])
    return planner_facts(
        work,
        row,
        notice_days=max(days, 0),
        notice_required=owed[FRENCH_COMMUNITY],
        notice_agreed=owed[FLEMISH],
    )


def _state_urgency(work: Work, row: Meeting, reason: str) -> None:
    """Keep with each invitation that has a notice why it gets less, under the key of its case."""
    own = work.actor.municipality_id
    for asked in change_queries.in_haste(work.session, row.id, own, _NOTICE_OF_REGIME):
        asked.urgency_reason = seal_in(work, asked.case_id, "invitation", "urgency_reason", asked.id, reason)


@operation(Action.MEETING_CANCEL)
def cancel_meeting(work: Work, command: CancelMeeting) -> MeetingView:
    """Call a meeting off: its items go out of everybody's sight but their desks', and who was asked is told (If-Match)."""
    row = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    work.allow(Action.MEETING_CANCEL, planner_facts(work, row), about_whole(work, row), reason=command.reason)
    row = there(row)
    work.expect(row.version)
    row.state = target(Action.MEETING_CANCEL)
    row.version += 1
    _tell(work, row, "meetingCancelled")
    track(work, row, "meetingCancelled", reason=command.reason)
    work.session.flush()
    return meeting_view(work, row)


@operation(Action.MEETING_INVITE)
def invite_meeting(work: Work, command: InviteMeeting) -> MeetingView:
    """Send what was prepared for a meeting that is convened already: for late items, or by a second mayor (R24).

    Each under its own decision; when one may not be sent, nothing is. Raises Problem 409 when there is none.
    """
    row = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    about = about_meeting(work, row)
    work.allow(Action.MEETING_INVITE, meeting_facts(work, row), about)
    row = there(row)
    work.expect(row.version)
    items = send_prepared(work, row)
    if not items:
        raise work.refuse(Action.MEETING_INVITE, Problem(Kind.ILLEGAL_TRANSITION, rule="R24"), about)
    for item in items:
        track(work, row, "invitationAdded", item)
    row.version += 1
    work.session.flush()
    return meeting_view(work, row)


def _tell(work: Work, row: Meeting, code: str) -> None:
    """Have the database tell who was asked, of whichever municipality; after a move they are asked again (R31)."""
    if row.convened_at is not None:
        change_queries.tell_invited(work.session, row.id, code)
