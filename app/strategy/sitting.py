"""A meeting of the strategic or tactical table as it runs: agenda, convening, who is there, notes and decisions (R6, R13)."""

from __future__ import annotations

from uuid import UUID

from app.directory.notices import NoticeCode
from app.directory.office_queries import holds_in
from app.kernel.i18n import to_translate
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.lifecycle import target
from app.rules.problems import Kind, Problem, invalid
from app.rules.roles import STRATEGISTS
from app.strategy import queries
from app.strategy.commands import (
    AddAgendaTopic,
    AttendPolicyMeeting,
    ClosePolicyMeeting,
    ConvenePolicyMeeting,
    MinuteAgendaTopic,
    OpenPolicyMeeting,
    WithdrawAgendaTopic,
)
from app.strategy.models import AgendaTopic, PolicyAttendance, PolicyMeeting, Topic
from app.strategy.moving import tell_members
from app.strategy.planning import agenda_topic_view, policy_meeting_view
from app.strategy.standing import about, hold, lock, meeting_facts
from app.strategy.views import AgendaTopicView, PolicyMeetingView
from app.strategy.wording import nobody_named

_AFTERWARDS = {"treated": "treated", "parked": "parked", "carriedOver": "open"}
"""Outcome at a meeting -> state of the topic once the meeting is closed."""


def _held(work: Work, action: Action, meeting_id: UUID) -> PolicyMeeting:
    """Give a meeting that the rules let this actor change, locked."""
    row = queries.one(work.session, PolicyMeeting, meeting_id)
    work.allow(action, meeting_facts(work, row), about(work, "policyMeeting", row.id if row else None))
    row = there(row)
    hold(work, action, row)
    return row


@operation(Action.POLICY_MEETING_CONVENE)
def convene_policy_meeting(work: Work, command: ConvenePolicyMeeting) -> PolicyMeetingView:
    """Convene a meeting: its members see it from now on. Raises Problem 409 while nothing is on the agenda (R3)."""
    row = _held(work, Action.POLICY_MEETING_CONVENE, command.policy_meeting_id)
    if not queries.agenda(work.session, row.id):
        raise work.refuse(Action.POLICY_MEETING_CONVENE, Problem(Kind.ILLEGAL_TRANSITION, rule="R3"))
    row.state, row.convened_at, row.convened_by = (
        target(Action.POLICY_MEETING_CONVENE),
        work.now,
        work.actor.person_id,
    )
    row.version += 1
    tell_members(work, row, NoticeCode.POLICY_MEETING_CONVENED)
    return policy_meeting_view(work, row)


@operation(Action.POLICY_MEETING_OPEN)
def open_policy_meeting(work: Work, command: OpenPolicyMeeting) -> PolicyMeetingView:
    """Open a meeting that was convened."""
    row = _held(work, Action.POLICY_MEETING_OPEN, command.policy_meeting_id)
    row.state, row.opened_at = target(Action.POLICY_MEETING_OPEN), work.now
    row.version += 1
    return policy_meeting_view(work, row)


@operation(Action.POLICY_MEETING_CLOSE)
def close_policy_meeting(work: Work, command: ClosePolicyMeeting) -> PolicyMeetingView:
    """Close a meeting. Each topic goes where its minutes say; one nobody came to is carried over and waits again."""
    row = _held(work, Action.POLICY_MEETING_CLOSE, command.policy_meeting_id)
    row.state, row.closed_at = target(Action.POLICY_MEETING_CLOSE), work.now
    row.version += 1
    for item, topic in queries.agenda(work.session, row.id, lock=True):
        item.outcome = item.outcome or "carriedOver"
        topic.state = _AFTERWARDS[item.outcome]
        topic.version += 1
    work.session.flush()
    return policy_meeting_view(work, row)


@operation(Action.POLICY_MEETING_ATTEND)
def attend_policy_meeting(work: Work, command: AttendPolicyMeeting) -> PolicyMeetingView:
    """Record who is at the meeting: somebody who sits at the table today. Raises Problem 400 for anybody else."""
    row = queries.one(work.session, PolicyMeeting, command.policy_meeting_id)
    work.allow(
        Action.POLICY_MEETING_ATTEND,
        meeting_facts(work, row),
        about(work, "policyMeeting", row.id if row else None),
    )
    row = there(row)
    lock(work, Action.POLICY_MEETING_ATTEND, row)
    found = queries.attendance(work.session, row.id).get(command.person_id)
    if found is None:
        if not holds_in(work.session, command.person_id, row.cell_id, work.today, STRATEGISTS):
            raise invalid("personId", "nobody who sits at this table", kind="referencedResourceNotFound")
        found = PolicyAttendance(
            policy_meeting_id=row.id, person_id=command.person_id, cell_id=row.cell_id, present=False
        )
        work.session.add(found)
    found.present, found.recorded_at = command.present, work.now
    work.session.flush()
    return policy_meeting_view(work, row)


# the agenda --------------------------------------------------------------------------------------------------


@operation(Action.AGENDA_TOPIC_ADD)
def add_agenda_topic(work: Work, command: AddAgendaTopic) -> AgendaTopicView:
    """Put a topic on the agenda of a meeting that has not begun.

    Raises Problem: 404 for a meeting that is not there for the actor, 400 for a topic of another cell, or one that is
    treated or stands on an agenda already.
    """
    meeting = queries.one(work.session, PolicyMeeting, command.policy_meeting_id)
    row_id = new_id()
    work.allow(Action.AGENDA_TOPIC_ADD, meeting_facts(work, meeting), about(work, "agendaTopic", row_id))
    meeting = there(meeting)
    lock(work, Action.AGENDA_TOPIC_ADD, meeting)
    topic = queries.one(work.session, Topic, command.topic_id, lock=True)
    if topic is None or topic.cell_id != meeting.cell_id:
        raise invalid("topicId", "no such topic", kind="referencedResourceNotFound")
    if topic.state not in {"open", "parked"}:
        raise invalid("topicId", to_translate("this topic is treated, or stands on an agenda already"))
    last = queries.last_position(work.session, meeting.id)
    item = queries.tabled(work.session, meeting.id, topic.id)
    if item is None:
        item = AgendaTopic(
            id=row_id, cell_id=meeting.cell_id, policy_meeting_id=meeting.id, topic_id=topic.id, version=0
        )
        work.session.add(item)
    item.position, item.minutes, item.outcome = last + 1, command.minutes, None
    item.version += 1
    topic.state = "onAgenda"
    topic.version += 1
    work.session.flush()
    return agenda_topic_view(work, meeting, item, topic)


@operation(Action.AGENDA_TOPIC_WITHDRAW)
def withdraw_agenda_topic(work: Work, command: WithdrawAgendaTopic) -> AgendaTopicView:
    """Take a topic off the agenda of a meeting that has not begun: it waits again."""
    action = Action.AGENDA_TOPIC_WITHDRAW
    item, meeting = _on_agenda(work, action, command.agenda_topic_id)
    topic = there(queries.one(work.session, Topic, item.topic_id, lock=True))
    item.outcome = "withdrawn"
    item.version += 1
    topic.state = "open"
    topic.version += 1
    return agenda_topic_view(work, meeting, item, topic)


@operation(Action.AGENDA_TOPIC_MINUTE)
def minute_agenda_topic(work: Work, command: MinuteAgendaTopic) -> AgendaTopicView:
    """Write, or rewrite, the notes and decisions on a topic. Raises Problem: 412 when somebody else wrote first.

    Once the meeting is closed the topic follows its outcome at once, unless it is on another agenda by then.
    """
    told = nobody_named([command.notes, command.decisions], confirmed=command.names_nobody)
    item, meeting = _on_agenda(work, Action.AGENDA_TOPIC_MINUTE, command.agenda_topic_id, nobody_named=told)
    topic = there(queries.one(work.session, Topic, item.topic_id, lock=True))
    before = item.outcome
    item.notes, item.decisions, item.outcome = command.notes, command.decisions, command.outcome
    item.version += 1
    if meeting.state == "closed" and before and topic.state == _AFTERWARDS[before]:
        topic.state = _AFTERWARDS[command.outcome]
        topic.version += 1
    return agenda_topic_view(work, meeting, item, topic)


def _on_agenda(
    work: Work, action: Action, agenda_topic_id: UUID, **known: bool
) -> tuple[AgendaTopic, PolicyMeeting]:
    """Give a topic on an agenda, locked, and its meeting; one that was taken off is there no more."""
    item = queries.one(work.session, AgendaTopic, agenda_topic_id)
    if item is not None and item.outcome == "withdrawn":
        item = None
    meeting = queries.one(work.session, PolicyMeeting, item.policy_meeting_id) if item else None
    work.allow(
        action, meeting_facts(work, meeting, **known), about(work, "agendaTopic", item.id if item else None)
    )
    item, meeting = there(item), there(meeting)
    lock(work, action, meeting)
    work.session.refresh(item, with_for_update=True)
    work.expect(item.version)
    return item, meeting
