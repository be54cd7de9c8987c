"""What the strategic and the tactical table answers: topics, meetings, the policy plan; nothing of any person discussed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, Page, View


class TopicTreated(View):
    """What one meeting made of a topic."""

    policy_meeting_id: UUID
    starts_at: datetime
    table_kind: str
    state: str
    notes: str | None = None
    decisions: str | None = None
    outcome: str | None = None


class TopicView(Document):
    """A topic, and what the meetings made of it."""

    topic_id: UUID
    kind: str
    title: str
    text: str
    phenomenon: str | None = None
    action_field: str | None = None
    state: str
    raised_by: str
    raised_at: datetime
    meetings: list[TopicTreated]


class TopicItem(View):
    """A topic in a list."""

    topic_id: UUID
    href: str
    kind: str
    title: str
    state: str
    raised_by: str
    raised_at: datetime


class TopicPage(Page[TopicItem]):
    """Topics of the cell."""

    abilities: list[str]


class PolicyMeetingItem(View):
    """A meeting of the strategic or tactical table in a list."""

    policy_meeting_id: UUID
    href: str
    table_kind: str
    starts_at: datetime
    ends_at: datetime
    place: str
    state: str


class PolicyMeetingPage(Page[PolicyMeetingItem]):
    """Meetings of the strategic and tactical table."""

    roles_clarified_on: date | None = None
    """The last day on which a meeting treated a topic of the kind roleClarification (R114)."""
    abilities: list[str]


class AgendaTopicView(Document):
    """A topic on an agenda; its version is what `If-Match` takes to write its minutes."""

    agenda_topic_id: UUID
    agenda_topic_version: int
    policy_meeting_id: UUID
    topic_id: UUID
    kind: str
    title: str
    text: str
    position: int
    minutes: int
    notes: str | None = None
    decisions: str | None = None
    outcome: str | None = None


class TableMember(View):
    """Somebody who sits at the strategic or tactical table, and whether they were at the meeting."""

    person_id: UUID
    name: str
    agency_name: str
    present: bool | None = None
    busy: bool | None = None
    """Has another appointment in this house then; told to the desk, before the meeting."""


class PolicyMeetingView(Document):
    """A meeting of the strategic or tactical table with its agenda."""

    policy_meeting_id: UUID
    cell_id: UUID
    table_id: UUID
    table_kind: str
    starts_at: datetime
    ends_at: datetime
    place: str
    chair: str
    state: str
    purpose: str
    """Fixed by law (R2)."""
    convened_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    changed_reason: str | None = None
    """Why it was moved or called off last."""
    topics: list[AgendaTopicView]
    members: list[TableMember]


class AdoptionView(View):
    """Whether one municipality adopted the plan as it stands."""

    municipality_id: UUID
    names: dict[str, str]
    adopted_by: str | None = None
    adopted_at: datetime | None = None


class EvaluationView(View):
    """What was done for a measure and what it brought."""

    state: str
    done: str
    brought: str
    evaluated_on: date
    evaluated_by: str


class MeasureView(Document):
    """A measure; its version is what `If-Match` takes."""

    measure_id: UUID
    measure_version: int
    goal_id: UUID
    policy_plan_id: UUID
    title: str
    text: str | None = None
    owner_id: UUID | None = None
    agency_id: UUID | None = None
    owner: str
    owner_in_office: bool
    """Whether the account holder who owns it still sits at the table today; true for a service."""
    due_on: date
    overdue: bool
    state: str
    evaluations: list[EvaluationView]


class MeasurePage(Page[MeasureView]):
    """One's own measures, or those of one's service, that are not done."""


class GoalView(Document):
    """A goal and its measures; its version is what `If-Match` takes."""

    goal_id: UUID
    goal_version: int
    policy_plan_id: UUID
    position: int
    title: str
    text: str
    action_field: str | None = None
    measures: list[MeasureView]


class ServiceView(View):
    """A service of the cell, which can own a measure."""

    agency_id: UUID
    name: str


class PolicyPlanView(Document):
    """A policy plan: who adopted it, its goals and how far their measures are."""

    policy_plan_id: UUID
    title: str
    text: str
    starts_on: date
    ends_on: date
    state: str
    edition: int
    adopted_on: date | None = None
    adoptions: list[AdoptionView]
    goals: list[GoalView]
    progress: dict[str, int]
    """State of a measure -> how many."""
    members: list[TableMember]
    """Who can own a measure: those who sit at the table today."""
    services: list[ServiceView]


class PolicyPlanItem(View):
    """A policy plan in a list."""

    policy_plan_id: UUID
    href: str
    title: str
    starts_on: date
    ends_on: date
    state: str


class PolicyPlanList(View):
    """The policy plans of the cell, the latest first."""

    href: str = Field(serialization_alias="self")
    items: list[PolicyPlanItem]
    abilities: list[str]
