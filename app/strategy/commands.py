"""What can be asked of the strategic and the tactical table."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.printing import DocumentLanguage
from app.kernel.shapes import Command, Day, Line, Moment, Prose

_PageSize = Annotated[int, Field(ge=1, le=100)]
ChangeReason = Literal["tooFewCome", "chairAway", "placeAway", "nothingToDiscuss", "otherReason"]
TopicKind = Literal["trend", "policy", "organisation", "goodPractice", "training", "roleClarification"]


class CreateTopic(Command):
    """Raise a topic for the strategic or tactical table; no person is named in it (R6)."""

    kind: TopicKind
    title: Line
    text: Prose
    phenomenon: Line | None = None
    action_field: Line | None = None
    names_nobody: bool = False


class ListTopic(Command):
    """List the topics of one's cell, newest first."""

    state: Literal["waiting", "all"] = "waiting"
    """waiting: not treated yet."""
    cursor: str | None = None
    page_size: _PageSize = 25


class ReadTopic(Command):
    """Read a topic, and what the meetings made of it."""

    topic_id: UUID


class ChangeTopic(Command):
    """Rewrite a topic: who raised it, or the desk (If-Match)."""

    topic_id: UUID
    kind: TopicKind
    title: Line
    text: Prose
    phenomenon: Line | None = None
    action_field: Line | None = None
    names_nobody: bool = False


class CloseTopic(Command):
    """Close a topic without a meeting, or put it aside for later."""

    topic_id: UUID
    outcome: Literal["treated", "parked"]


class PlanPolicyMeeting(Command):
    """Plan a meeting of the strategic or tactical table: when, where, who chairs (R3, R13)."""

    table_id: UUID
    starts_at: Moment
    ends_at: Moment
    place: Line
    chair_id: UUID


class ListPolicyMeeting(Command):
    """List the meetings of the strategic and tactical table: coming ones first, or all, newest first."""

    when: Literal["upcoming", "all"] = "upcoming"
    cursor: str | None = None
    page_size: _PageSize = 25


class ReadPolicyMeeting(Command):
    """Read a meeting: its agenda of topics, who was there, what was noted and decided."""

    policy_meeting_id: UUID


class ConvenePolicyMeeting(Command):
    """Convene: from here the members of the table see the meeting and its agenda."""

    policy_meeting_id: UUID


class MovePolicyMeeting(Command):
    """Move a meeting that has not begun to another time, or another place with it (If-Match)."""

    policy_meeting_id: UUID
    starts_at: Moment
    ends_at: Moment
    place: Line | None = None
    reason: ChangeReason


class CancelPolicyMeeting(Command):
    """Call a meeting off that has not begun; its topics wait again (If-Match)."""

    policy_meeting_id: UUID
    reason: ChangeReason


class PrintPolicyMeeting(Command):
    """Print the agenda of a meeting, or its minutes, in the language of those it is for."""

    policy_meeting_id: UUID
    part: Literal["agenda", "minutes"] = "agenda"
    language: DocumentLanguage = "nl"


class OpenPolicyMeeting(Command):
    """Open the meeting."""

    policy_meeting_id: UUID


class ClosePolicyMeeting(Command):
    """Close the meeting; a topic without an outcome is carried over."""

    policy_meeting_id: UUID


class AttendPolicyMeeting(Command):
    """Record that somebody is, or is not, at the meeting."""

    policy_meeting_id: UUID
    person_id: UUID
    present: bool = True


class AddAgendaTopic(Command):
    """Put a topic on the agenda of a meeting."""

    policy_meeting_id: UUID
    topic_id: UUID
    minutes: Annotated[int, Field(ge=1, le=240)] = 20


class WithdrawAgendaTopic(Command):
    """Take a topic off the agenda before the meeting opens; it waits again."""

    agenda_topic_id: UUID


class MinuteAgendaTopic(Command):
    """Write what was said and decided on a topic, and what becomes of it (If-Match)."""

    agenda_topic_id: UUID
    notes: Prose
    decisions: Prose | None = None
    outcome: Literal["treated", "carriedOver", "parked"]
    names_nobody: bool = False


class DraftPolicyPlan(Command):
    """Begin a policy plan for a period; every mayor of the cell adopts it later."""

    title: Line
    text: Prose
    starts_on: Day
    ends_on: Day
    names_nobody: bool = False


class ListPolicyPlan(Command):
    """List the policy plans of one's cell."""


class ReadPolicyPlan(Command):
    """Read a policy plan: goals, measures and how far they are."""

    policy_plan_id: UUID


class ChangePolicyPlan(Command):
    """Rewrite the title, text or period of a draft (If-Match)."""

    policy_plan_id: UUID
    title: Line
    text: Prose
    starts_on: Day
    ends_on: Day
    names_nobody: bool = False


class AdoptPolicyPlan(Command):
    """Adopt a plan as the mayor of one's municipality; it is adopted once every mayor of the cell did (If-Match)."""

    policy_plan_id: UUID


class AddGoal(Command):
    """Add a goal to a draft plan."""

    policy_plan_id: UUID
    title: Line
    text: Prose
    action_field: Line | None = None
    names_nobody: bool = False


class ChangeGoal(Command):
    """Rewrite a goal of a draft plan (If-Match)."""

    goal_id: UUID
    title: Line
    text: Prose
    action_field: Line | None = None
    names_nobody: bool = False


class AddMeasure(Command):
    """Add a measure to a goal, with an account holder or a service as its owner, and a day."""

    goal_id: UUID
    title: Line
    text: Prose | None = None
    owner_id: UUID | None = None
    agency_id: UUID | None = None
    due_on: Day
    names_nobody: bool = False


class ChangeMeasure(Command):
    """Rewrite a measure, or give it another owner or day (If-Match)."""

    measure_id: UUID
    title: Line
    text: Prose | None = None
    owner_id: UUID | None = None
    agency_id: UUID | None = None
    due_on: Day
    names_nobody: bool = False


class EvaluateMeasure(Command):
    """Say what was done for a measure and what it brought: its owner, or the desk (If-Match)."""

    measure_id: UUID
    state: Literal["underWay", "done", "stopped"]
    done: Prose
    brought: Prose
    evaluated_on: Day
    names_nobody: bool = False


class ListMeasure(Command):
    """List the measures that one owns, oneself or through one's service, in running plans; the first due first."""

    cursor: str | None = None
    page_size: _PageSize = 25
