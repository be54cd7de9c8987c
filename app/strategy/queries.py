"""Questions of the strategic and the tactical table. What the database shows, it shows to its members alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.constitution.models import CellMunicipality, Municipality
from app.directory.models import Agency, Mandate, Person
from app.directory.office_queries import in_office
from app.kernel.database import Row
from app.rules.facts import Actor
from app.rules.roles import STRATEGISTS
from app.strategy.models import (
    AgendaTopic,
    Goal,
    Measure,
    MeasureEvaluation,
    PolicyAttendance,
    PolicyMeeting,
    PolicyPlan,
    PolicyPlanAdoption,
    Topic,
)

R = TypeVar("R", bound=Row)
_MOST = 200
WAITING = ("open", "onAgenda", "parked")
"""States of a topic that is not treated yet."""


def one(session: Session, kind: type[R], row_id: UUID, *, lock: bool = False) -> R | None:
    """Give one row by its id, if the database lets this actor see it; locked for a change."""
    return session.get(kind, row_id, with_for_update=lock, populate_existing=lock)


# topics ------------------------------------------------------------------------------------------------------


def topics(
    session: Session, cell_id: UUID | None, *, waiting: bool, after: tuple[Any, ...] | None, limit: int
) -> list[Any]:
    """Give (topic, name of who raised it), the newest first."""
    query = (
        select(Topic, Person.name).join(Person, Person.id == Topic.raised_by).where(Topic.cell_id == cell_id)
    )
    if waiting:
        query = query.where(Topic.state.in_(WAITING))
    if after:
        query = query.where(tuple_(Topic.raised_at, Topic.id) < tuple_(*after))
    return list(session.execute(query.order_by(Topic.raised_at.desc(), Topic.id.desc()).limit(limit)))


def meetings_of_topic(session: Session, topic_id: UUID) -> list[Any]:
    """Give (agenda topic, meeting) of a topic, the latest meeting first; what was taken off again is left out."""
    query = (
        select(AgendaTopic, PolicyMeeting)
        .join(PolicyMeeting, PolicyMeeting.id == AgendaTopic.policy_meeting_id)
        .where(AgendaTopic.topic_id == topic_id, AgendaTopic.outcome.is_distinct_from("withdrawn"))
    )
    return list(session.execute(query.order_by(PolicyMeeting.starts_at.desc(), PolicyMeeting.id)))


# meetings ----------------------------------------------------------------------------------------------------


def meetings(
    session: Session,
    cell_id: UUID | None,
    now: datetime,
    *,
    drafts: bool,
    upcoming: bool,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[PolicyMeeting]:
    """Give the meetings of a cell: those still to sit, the next one first, or all, the newest first."""
    query = select(PolicyMeeting).where(PolicyMeeting.cell_id == cell_id)
    if not drafts:
        query = query.where(_told())
    place = tuple_(PolicyMeeting.starts_at, PolicyMeeting.id)
    if upcoming:
        query = query.where(
            or_(PolicyMeeting.state == "inSession", PolicyMeeting.ends_at >= now),
            PolicyMeeting.state.not_in(("closed", "cancelled")),
        )
        query = query.where(place > tuple_(*after)) if after else query
        return list(session.scalars(query.order_by(PolicyMeeting.starts_at, PolicyMeeting.id).limit(limit)))
    query = query.where(place < tuple_(*after)) if after else query
    return list(
        session.scalars(query.order_by(PolicyMeeting.starts_at.desc(), PolicyMeeting.id.desc()).limit(limit))
    )


def _told() -> ColumnElement[bool]:
    """Give the condition under which members know of a meeting: it was convened, be it called off since."""
    return and_(
        PolicyMeeting.state != "draft",
        or_(PolicyMeeting.state != "cancelled", PolicyMeeting.convened_at.is_not(None)),
    )


def coming(session: Session, cell_id: UUID, now: datetime, *, drafts: bool) -> list[PolicyMeeting]:
    """Give the meetings of a cell that are not over, those called off among them, in order."""
    query = select(PolicyMeeting).where(
        PolicyMeeting.cell_id == cell_id, PolicyMeeting.ends_at >= now, PolicyMeeting.state != "closed"
    )
    if not drafts:
        query = query.where(_told())
    return list(session.scalars(query.order_by(PolicyMeeting.starts_at, PolicyMeeting.id).limit(_MOST)))


def busy_members(session: Session, meeting_id: UUID) -> set[UUID]:
    """Give who of a table has another appointment in this house during a meeting that one prepares."""
    return set(session.scalar(select(func.busy_members(meeting_id))) or [])


def roles_clarified_at(session: Session, cell_id: UUID | None) -> datetime | None:
    """Give when a meeting last treated who does what: date and attendance stand in its record (R114)."""
    query = (
        select(func.max(PolicyMeeting.opened_at))
        .join(AgendaTopic, AgendaTopic.policy_meeting_id == PolicyMeeting.id)
        .join(Topic, Topic.id == AgendaTopic.topic_id)
        .where(
            PolicyMeeting.cell_id == cell_id,
            PolicyMeeting.state == "closed",
            AgendaTopic.outcome == "treated",
            Topic.kind == "roleClarification",
        )
    )
    return session.scalar(query)


def agenda(session: Session, meeting_id: UUID, *, lock: bool = False) -> list[Any]:
    """Give (agenda topic, topic) of what stands on an agenda, in order."""
    query = (
        select(AgendaTopic, Topic)
        .join(Topic, Topic.id == AgendaTopic.topic_id)
        .where(AgendaTopic.policy_meeting_id == meeting_id, AgendaTopic.outcome.is_distinct_from("withdrawn"))
        .order_by(AgendaTopic.position, AgendaTopic.id)
    )
    return list(session.execute(query.with_for_update(of=(AgendaTopic, Topic)) if lock else query))


def tabled(session: Session, meeting_id: UUID, topic_id: UUID) -> AgendaTopic | None:
    """Give the place of a topic on an agenda, also of one that was taken off it."""
    return session.scalars(
        select(AgendaTopic).filter_by(policy_meeting_id=meeting_id, topic_id=topic_id)
    ).one_or_none()


def last_position(session: Session, meeting_id: UUID) -> int:
    """Give the last position on an agenda."""
    return session.scalar(select(func.max(AgendaTopic.position)).filter_by(policy_meeting_id=meeting_id)) or 0


def attendance(session: Session, meeting_id: UUID) -> dict[UUID, PolicyAttendance]:
    """Give who was recorded for a meeting, by person."""
    rows = session.scalars(select(PolicyAttendance).filter_by(policy_meeting_id=meeting_id))
    return {row.person_id: row for row in rows}


def members(session: Session, cell_id: UUID | None, today: date, also: set[UUID]) -> list[Any]:
    """Give (id, name, agency name) of who sits at the strategic and tactical table today, and of those named in *also*."""
    seated = select(Mandate.person_id).where(
        Mandate.cell_id == cell_id, Mandate.role.in_(STRATEGISTS), *in_office(today)
    )
    query = (
        select(Person.id, Person.name, Agency.name.label("agency"))
        .join(Agency, Agency.id == Person.agency_id)
        .where(or_(Person.id.in_(also), Person.active & Person.id.in_(seated)))
    )
    return list(session.execute(query.order_by(Person.name, Person.id)))


# the policy plan ---------------------------------------------------------------------------------------------


def plans(session: Session, cell_id: UUID | None) -> list[PolicyPlan]:
    """Give the policy plans of a cell, the latest period first."""
    query = select(PolicyPlan).filter_by(cell_id=cell_id)
    return list(session.scalars(query.order_by(PolicyPlan.starts_on.desc(), PolicyPlan.id)))


def towns(session: Session, cell_id: UUID) -> list[Municipality]:
    """Give the municipalities of a cell: the mayor of each adopts its policy plan (R1)."""
    query = select(Municipality).join(CellMunicipality).where(CellMunicipality.cell_id == cell_id)
    return sorted(session.scalars(query), key=lambda row: (row.names.get("nl", ""), row.id))


def adoptions(session: Session, plan: PolicyPlan) -> dict[UUID, tuple[PolicyPlanAdoption, str]]:
    """Give who adopted a plan as it stands now, with their name, by municipality."""
    query = (
        select(PolicyPlanAdoption, Person.name)
        .join(Person, Person.id == PolicyPlanAdoption.adopted_by)
        .where(PolicyPlanAdoption.policy_plan_id == plan.id, PolicyPlanAdoption.edition == plan.edition)
    )
    return {row.municipality_id: (row, name) for row, name in session.execute(query)}


def goals(session: Session, plan_id: UUID) -> list[Goal]:
    """Give the goals of a plan in their order."""
    return list(
        session.scalars(select(Goal).filter_by(policy_plan_id=plan_id).order_by(Goal.position, Goal.id))
    )


def measures(session: Session, plan_id: UUID) -> list[Any]:
    """Give (measure, plan, name of the account holder, name of the service) of a plan, the first due first."""
    query = _measures().where(Goal.policy_plan_id == plan_id)
    return list(session.execute(query.order_by(Measure.due_on, Measure.id)))


def measure(session: Session, measure_id: UUID) -> Any:
    """Give (measure, plan, name of the account holder, name of the service) of one, or None."""
    return session.execute(_measures().where(Measure.id == measure_id)).one_or_none()


def own_measures(session: Session, actor: Actor, *, after: tuple[Any, ...] | None, limit: int) -> list[Any]:
    """Give (measure, plan, names) of what the actor or the actor's service has still to do in adopted plans."""
    query = _measures().where(
        PolicyPlan.cell_id == actor.cell_id,
        PolicyPlan.state == "adopted",
        Measure.state.in_(("planned", "underWay")),
        or_(Measure.owner_id == actor.person_id, Measure.agency_id == actor.agency_id),
    )
    if after:
        query = query.where(tuple_(Measure.due_on, Measure.id) > tuple_(*after))
    return list(session.execute(query.order_by(Measure.due_on, Measure.id).limit(limit)))


def _measures() -> Any:
    return (
        select(Measure, PolicyPlan, Person.name, Agency.name)
        .join(Goal, Goal.id == Measure.goal_id)
        .join(PolicyPlan, PolicyPlan.id == Goal.policy_plan_id)
        .outerjoin(Person, Person.id == Measure.owner_id)
        .outerjoin(Agency, Agency.id == Measure.agency_id)
    )


def evaluations(session: Session, measure_ids: list[UUID]) -> dict[UUID, list[Any]]:
    """Give (evaluation, name of who evaluated) of measures, the latest first, by measure."""
    query = (
        select(MeasureEvaluation, Person.name)
        .join(Person, Person.id == MeasureEvaluation.evaluated_by)
        .where(MeasureEvaluation.measure_id.in_(measure_ids))
        .order_by(MeasureEvaluation.evaluated_on.desc(), MeasureEvaluation.recorded_at.desc())
    )
    found: dict[UUID, list[Any]] = {}
    for row, name in session.execute(query):
        found.setdefault(row.measure_id, []).append((row, name))
    return found


def services(session: Session, cell_id: UUID | None, today: date) -> list[Any]:
    """Give (id, name) of the services that take part in a cell today: those can own a measure."""
    taking_part = (
        select(Person.agency_id)
        .join(Mandate, Mandate.person_id == Person.id)
        .where(Mandate.cell_id == cell_id, Person.active, *in_office(today))
    )
    query = select(Agency.id, Agency.name).where(Agency.id.in_(taking_part))
    return list(session.execute(query.order_by(Agency.name, Agency.id)))
