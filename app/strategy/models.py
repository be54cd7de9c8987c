"""Rows of the strategic and the tactical table. None of them leads to a person discussed, and none can (R6).

They hang on a cell, its tables and its account holders, and on each other; nothing of a case refers to them. A test
walks the references of the whole schema, both ways (tests/strategy/test_no_link.py).
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row


def _of_the_same_cell(column: str, table: str) -> ForeignKeyConstraint:
    """Give the constraint that what a row hangs on is of its own cell."""
    return ForeignKeyConstraint((column, "cell_id"), (f"{table}.id", f"{table}.cell_id"))


class Topic(Row):
    """What the strategic or tactical table talks about: a trend, policy, the organisation and so on."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("id", "cell_id"), Index(None, "cell_id", "state"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    phenomenon: Mapped[str | None] = mapped_column(Text)
    action_field: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class PolicyMeeting(Row):
    """A meeting of a strategic or tactical table; no table but these two can have one."""

    __tablename__ = "policy_meeting"
    __table_args__ = (
        UniqueConstraint("id", "cell_id"),
        ForeignKeyConstraint(
            ("table_id", "cell_id", "table_kind"),
            ("consultation_table.id", "consultation_table.cell_id", "consultation_table.kind"),
        ),
        CheckConstraint("table_kind IN ('strategic', 'tactical')", name="table_kind"),
        Index(None, "cell_id", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    table_id: Mapped[UUID]
    table_kind: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(Text)
    chair_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text)
    convened_at: Mapped[datetime | None]
    convened_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changed_reason: Mapped[str | None] = mapped_column(Text)
    """Why it was moved or called off last: a code of a closed list."""
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)


class AgendaTopic(Row):
    """A topic on the agenda of one meeting, with what was said and decided on it."""

    __tablename__ = "agenda_topic"
    __table_args__ = (
        _of_the_same_cell("policy_meeting_id", "policy_meeting"),
        _of_the_same_cell("topic_id", "topic"),
        UniqueConstraint("policy_meeting_id", "topic_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    policy_meeting_id: Mapped[UUID]
    topic_id: Mapped[UUID] = mapped_column(index=True)
    position: Mapped[int]
    minutes: Mapped[int]
    notes: Mapped[str | None] = mapped_column(Text)
    decisions: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    """treated, parked or carriedOver once it was minuted; withdrawn when it was taken off the agenda again."""
    version: Mapped[int] = mapped_column(default=1)


class PolicyAttendance(Row):
    """Who was at a meeting of the strategic or tactical table."""

    __tablename__ = "policy_attendance"
    __table_args__ = (_of_the_same_cell("policy_meeting_id", "policy_meeting"),)

    policy_meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    present: Mapped[bool]
    recorded_at: Mapped[datetime]


class PolicyPlan(Row):
    """The policy plan of a cell for one period; every mayor of the cell adopts it."""

    __tablename__ = "policy_plan"
    __table_args__ = (
        UniqueConstraint("id", "cell_id"),
        CheckConstraint("ends_on >= starts_on", name="period"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(Text)
    edition: Mapped[int]
    """Counts every change of the draft, its goals and its measures: mayors adopt one and the same."""
    adopted_on: Mapped[date | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)


class PolicyPlanAdoption(Row):
    """That the mayor of one municipality adopted one edition of a plan. An edition that changed needs another one."""

    __tablename__ = "policy_plan_adoption"
    __table_args__ = (_of_the_same_cell("policy_plan_id", "policy_plan"),)

    policy_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    adopted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    adopted_at: Mapped[datetime]


class Goal(Row):
    """A goal of a policy plan."""

    __tablename__ = "goal"
    __table_args__ = (UniqueConstraint("id", "cell_id"), _of_the_same_cell("policy_plan_id", "policy_plan"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    policy_plan_id: Mapped[UUID] = mapped_column(index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    action_field: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)


class Measure(Row):
    """What will be done for a goal, by whom and by when; its owner is an account holder or a service, one of both."""

    __tablename__ = "measure"
    __table_args__ = (
        UniqueConstraint("id", "cell_id"),
        _of_the_same_cell("goal_id", "goal"),
        CheckConstraint("owner_id IS NOT NULL OR agency_id IS NOT NULL", name="owner"),
        Index(None, "owner_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    goal_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)


class MeasureEvaluation(Row):
    """What was done for a measure and what it brought, on one day; later evaluations stand beside it."""

    __tablename__ = "measure_evaluation"
    __table_args__ = (_of_the_same_cell("measure_id", "measure"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    measure_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(Text)
    done: Mapped[str] = mapped_column(Text)
    brought: Mapped[str] = mapped_column(Text)
    evaluated_on: Mapped[date]
    evaluated_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
