"""A meeting on policy that changes its day, or is not held (R3, R6).

Its desk decides, as on everything of this table. Whoever sits there is told once it was convened: by a code, without a word
of what is on the agenda.
"""

from __future__ import annotations

from app.directory.notices import NoticeCode, leave_notice
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings.planning import check_period
from app.rules.actions import Action
from app.rules.lifecycle import target
from app.strategy import queries
from app.strategy.commands import CancelPolicyMeeting, MovePolicyMeeting
from app.strategy.models import PolicyMeeting
from app.strategy.planning import policy_meeting_view
from app.strategy.standing import about, hold, meeting_facts
from app.strategy.views import PolicyMeetingView
from app.strategy.wording import nobody_named


@operation(Action.POLICY_MEETING_MOVE)
def move_policy_meeting(work: Work, command: MovePolicyMeeting) -> PolicyMeetingView:
    """Move a meeting that has not begun to another time, or another place with it, and say why (If-Match).

    Raises Problem: 404 for one that is not there, 409 once it began or for a place that holds the mark of a case (R6), 400
    for a time that cannot be.
    """
    action = Action.POLICY_MEETING_MOVE
    row = queries.one(work.session, PolicyMeeting, command.policy_meeting_id)
    told = nobody_named([command.place or ""], confirmed=True)
    work.allow(
        action,
        meeting_facts(work, row, nobody_named=told),
        about(work, "policyMeeting", row.id if row else None),
        reason=command.reason,
    )
    row = there(row)
    hold(work, action, row)
    check_period(work, command.starts_at, command.ends_at)
    row.starts_at, row.ends_at, row.changed_reason = command.starts_at, command.ends_at, command.reason
    row.place = command.place or row.place
    row.version += 1
    tell_members(work, row, NoticeCode.POLICY_MEETING_MOVED)
    return policy_meeting_view(work, row)


@operation(Action.POLICY_MEETING_CANCEL)
def cancel_policy_meeting(work: Work, command: CancelPolicyMeeting) -> PolicyMeetingView:
    """Call off a meeting that has not begun, and say why: its topics wait again (If-Match)."""
    action = Action.POLICY_MEETING_CANCEL
    row = queries.one(work.session, PolicyMeeting, command.policy_meeting_id)
    work.allow(
        action,
        meeting_facts(work, row),
        about(work, "policyMeeting", row.id if row else None),
        reason=command.reason,
    )
    row = there(row)
    hold(work, action, row)
    row.state, row.changed_reason = target(action), command.reason
    row.version += 1
    for item, topic in queries.agenda(work.session, row.id, lock=True):
        item.outcome, topic.state = "carriedOver", "open"
        topic.version += 1
    tell_members(work, row, NoticeCode.POLICY_MEETING_CANCELLED)
    work.session.flush()
    return policy_meeting_view(work, row)


def tell_members(work: Work, row: PolicyMeeting, code: NoticeCode) -> None:
    """Tell who sits at the table today, but who does it: of a meeting that was convened alone, and no more than that."""
    if row.convened_at is None:
        return
    municipality = there(work.actor.municipality_id)
    for person in queries.members(work.session, row.cell_id, work.today, set()):
        if person.id != work.actor.person_id:
            leave_notice(work, person.id, code, "", municipality)
