"""The measures of a policy plan: who does what by when, and what it brought (R6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from app.constitution.standing import cell_facts
from app.directory.office_queries import holds_in
from app.kernel.i18n import to_translate
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.roles import STRATEGISTS
from app.strategy import queries
from app.strategy.commands import AddMeasure, ChangeMeasure, EvaluateMeasure, ListMeasure
from app.strategy.models import Goal, Measure, MeasureEvaluation, PolicyPlan
from app.strategy.standing import about, another_edition, hold, lock, strategy_facts
from app.strategy.views import EvaluationView, MeasurePage, MeasureView
from app.strategy.wording import nobody_named

_UNDONE = ("planned", "underWay")


@operation(Action.MEASURE_ADD)
def add_measure(work: Work, command: AddMeasure) -> MeasureView:
    """Add a measure to a goal of a draft or of a running plan.

    Raises Problem 400: without an owner or with two, with one who does not sit at the table today, with a service
    that takes no part in the cell, with a day outside the period of the plan.
    """
    goal = queries.one(work.session, Goal, command.goal_id)
    plan = queries.one(work.session, PolicyPlan, goal.policy_plan_id) if goal else None
    row_id = new_id()
    facts = strategy_facts(work, plan, state=plan.state if plan else None, nobody_named=_nobody(command))
    work.allow(Action.MEASURE_ADD, facts, about(work, "measure", row_id))
    goal, plan = there(goal), there(plan)
    lock(work, Action.MEASURE_ADD, plan)
    row = Measure(id=row_id, cell_id=goal.cell_id, goal_id=goal.id, state="planned", version=1)
    _write(work, row, command, plan)
    work.session.add(row)
    another_edition(plan)
    work.session.flush()
    return _one(work, row.id)


@operation(Action.MEASURE_CHANGE)
def change_measure(work: Work, command: ChangeMeasure) -> MeasureView:
    """Rewrite a measure that is not done, or give it another owner or day. Raises Problem as `add_measure`, and 412."""
    found = queries.measure(work.session, command.measure_id)
    row = found[0] if found else None
    facts = measure_facts(work, row, nobody_named=_nobody(command))
    work.allow(Action.MEASURE_CHANGE, facts, about(work, "measure", row.id if row else None))
    row = there(row)
    plan = found[1]
    lock(work, Action.MEASURE_CHANGE, plan)
    hold(work, Action.MEASURE_CHANGE, row)
    _write(work, row, command, plan)
    row.version += 1
    another_edition(plan)
    work.session.flush()
    return _one(work, row.id)


@operation(Action.MEASURE_EVALUATE)
def evaluate_measure(work: Work, command: EvaluateMeasure) -> MeasureView:
    """Say what was done for a measure of a running plan and what it brought; earlier evaluations stay.

    Raises Problem: 409 to who neither owns it nor is of the desk, and while the plan is a draft; 400 for a day that is
    still to come; 412 when somebody else evaluated first.
    """
    found = queries.measure(work.session, command.measure_id)
    row, plan = (found[0], found[1]) if found else (None, None)
    told = nobody_named([command.done, command.brought], confirmed=command.names_nobody)
    lines = about(work, "measure", row.id if row else None)
    work.allow(Action.MEASURE_EVALUATE, measure_facts(work, row, nobody_named=told), lines)
    row, plan = there(row), there(plan)
    if plan.state != "adopted":
        raise work.refuse(Action.MEASURE_EVALUATE, Problem(Kind.ILLEGAL_TRANSITION, rule="R6"))
    hold(work, Action.MEASURE_EVALUATE, row)
    if command.evaluated_on > work.today:
        raise invalid("evaluatedOn", "in the future", kind="invalidPeriod")
    work.session.add(
        MeasureEvaluation(
            id=new_id(),
            cell_id=row.cell_id,
            measure_id=row.id,
            state=command.state,
            done=command.done,
            brought=command.brought,
            evaluated_on=command.evaluated_on,
            evaluated_by=there(work.actor.person_id),
            recorded_at=work.now,
        )
    )
    work.session.flush()  # the database takes another state with the evaluation that says so
    row.state = command.state
    row.version += 1
    work.session.flush()
    return _one(work, row.id)


@operation(Action.MEASURE_LIST)
def list_measure(work: Work, command: ListMeasure) -> MeasurePage:
    """Give what the actor, or the actor's service, has still to do; the first due first."""
    work.allow(Action.MEASURE_LIST, cell_facts(work, work.actor.cell_id), about(work, "measure"))
    rows = queries.own_measures(
        work.session,
        work.actor,
        after=position(command.cursor, date.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
    told = queries.evaluations(work.session, [row[0].id for row in shown])
    last = shown[-1][0] if len(rows) > len(shown) else None
    return MeasurePage(
        href=href("measures"),
        items=[measure_view(work, row, told.get(row[0].id, [])) for row in shown],
        next=cursor(last.due_on.isoformat(), last.id) if last else None,
        page_size=command.page_size,
    )


def _nobody(command: AddMeasure | ChangeMeasure) -> bool:
    return nobody_named([command.title, command.text], confirmed=command.names_nobody)


def _write(work: Work, row: Measure, command: AddMeasure | ChangeMeasure, plan: PolicyPlan) -> None:
    if (command.owner_id is None) == (command.agency_id is None):
        raise invalid("ownerId", to_translate("one owner: a person or a service, not both"))
    owner, agency = command.owner_id, command.agency_id
    if owner is not None and not holds_in(work.session, owner, plan.cell_id, work.today, STRATEGISTS):
        raise invalid("ownerId", "nobody who sits at this table", kind="referencedResourceNotFound")
    known = {each.id for each in queries.services(work.session, plan.cell_id, work.today)}
    if agency is not None and agency not in known | {row.agency_id}:
        raise invalid("agencyId", "no service of this cell", kind="referencedResourceNotFound")
    if not plan.starts_on <= command.due_on <= plan.ends_on:
        raise invalid(
            "dueOn", to_translate("the day lies within the period of the plan"), kind="invalidPeriod"
        )
    row.title, row.text = command.title, command.text
    row.owner_id, row.agency_id, row.due_on = owner, agency, command.due_on


def measure_facts(work: Work, row: Measure | None, **known: Any) -> Facts:
    """Give Facts on a measure: its own is who owns it, whose service owns it, or the desk."""
    facts = strategy_facts(work, row, state=row.state if row else None, **known)
    actor = work.actor
    own = row is not None and (
        row.owner_id == actor.person_id or (row.agency_id is not None and row.agency_id == actor.agency_id)
    )
    return replace(facts, own=own or facts.standing is Standing.FILE)


def _one(work: Work, measure_id: UUID) -> MeasureView:
    found = there(queries.measure(work.session, measure_id))
    return measure_view(work, found, queries.evaluations(work.session, [measure_id]).get(measure_id, []))


def measure_view(work: Work, found: Any, told: list[Any]) -> MeasureView:
    """Give a measure as its reader sees it. In: the row with its plan and the names of its owner; its evaluations."""
    row, plan, owner, agency = found
    steps = (Action.MEASURE_CHANGE, *((Action.MEASURE_EVALUATE,) if plan.state == "adopted" else ()))
    seated = row.owner_id is None or holds_in(
        work.session, row.owner_id, row.cell_id, work.today, STRATEGISTS
    )
    return MeasureView(
        version=row.version,
        href=href("measures", row.id),
        measure_id=row.id,
        measure_version=row.version,
        goal_id=row.goal_id,
        policy_plan_id=plan.id,
        title=row.title,
        text=row.text,
        owner_id=row.owner_id,
        agency_id=row.agency_id,
        owner=owner or agency or "",
        owner_in_office=seated,
        due_on=row.due_on,
        overdue=row.state in _UNDONE and row.due_on < work.today,
        state=row.state,
        evaluations=[
            EvaluationView(
                state=each.state,
                done=each.done,
                brought=each.brought,
                evaluated_on=each.evaluated_on,
                evaluated_by=name,
            )
            for each, name in told
        ],
        abilities=abilities(work.actor, measure_facts(work, row, nobody_named=True), *steps),
    )
