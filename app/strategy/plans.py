"""The policy plan and its goals: drafted at the strategic table, adopted by every mayor of the cell (R1, R6)."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from app.constitution.codes import checked
from app.constitution.standing import cell_facts
from app.kernel.i18n import to_translate
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.lifecycle import STATES
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.strategy import queries
from app.strategy.commands import (
    AddGoal,
    AdoptPolicyPlan,
    ChangeGoal,
    ChangePolicyPlan,
    DraftPolicyPlan,
    ListPolicyPlan,
    ReadPolicyPlan,
)
from app.strategy.measures import measure_view
from app.strategy.models import Goal, PolicyPlan, PolicyPlanAdoption
from app.strategy.standing import about, another_edition, hold, lock, strategy_facts
from app.strategy.views import (
    AdoptionView,
    GoalView,
    MeasureView,
    PolicyPlanItem,
    PolicyPlanList,
    PolicyPlanView,
    ServiceView,
    TableMember,
)
from app.strategy.wording import nobody_named


def _write(row: PolicyPlan, command: DraftPolicyPlan | ChangePolicyPlan) -> None:
    if command.ends_on <= command.starts_on:
        raise invalid("endsOn", to_translate("the period ends after it begins"), kind="invalidPeriod")
    row.title, row.text = command.title, command.text
    row.starts_on, row.ends_on = command.starts_on, command.ends_on


def _nobody(command: DraftPolicyPlan | ChangePolicyPlan | AddGoal | ChangeGoal) -> bool:
    return nobody_named([command.title, command.text], confirmed=command.names_nobody)


@operation(Action.POLICY_PLAN_DRAFT)
def draft_policy_plan(work: Work, command: DraftPolicyPlan) -> PolicyPlanView:
    """Begin a policy plan. Raises Problem: 400 for a period that ends before it begins, 409 for a text on a person."""
    row_id = new_id()
    facts = cell_facts(work, work.actor.cell_id, nobody_named=_nobody(command))
    work.allow(Action.POLICY_PLAN_DRAFT, facts, about(work, "policyPlan", row_id))
    row = PolicyPlan(
        id=row_id,
        cell_id=there(work.actor.cell_id),
        state="draft",
        edition=1,
        created_by=there(work.actor.person_id),
        version=1,
    )
    _write(row, command)
    work.session.add(row)
    work.session.flush()
    return policy_plan_view(work, row)


@operation(Action.POLICY_PLAN_LIST)
def list_policy_plan(work: Work, command: ListPolicyPlan) -> PolicyPlanList:
    """Give the policy plans of one's cell, the latest period first."""
    del command
    facts = cell_facts(work, work.actor.cell_id)
    work.allow(Action.POLICY_PLAN_LIST, facts, about(work, "policyPlan"))
    return PolicyPlanList(
        href=href("policyPlans"),
        items=[
            PolicyPlanItem(
                policy_plan_id=row.id,
                href=href("policyPlans", row.id),
                title=row.title,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                state=row.state,
            )
            for row in queries.plans(work.session, work.actor.cell_id)
        ],
        abilities=abilities(
            work.actor,
            cell_facts(work, work.actor.cell_id, nobody_named=True),
            Action.POLICY_PLAN_DRAFT,
        ),
    )


@operation(Action.POLICY_PLAN_READ)
def read_policy_plan(work: Work, command: ReadPolicyPlan) -> PolicyPlanView:
    """Give a plan with its goals, measures and evaluations."""
    row = queries.one(work.session, PolicyPlan, command.policy_plan_id)
    work.allow(
        Action.POLICY_PLAN_READ, strategy_facts(work, row), about(work, "policyPlan", row.id if row else None)
    )
    return policy_plan_view(work, there(row))


@operation(Action.POLICY_PLAN_CHANGE)
def change_policy_plan(work: Work, command: ChangePolicyPlan) -> PolicyPlanView:
    """Rewrite a draft. A mayor who adopted it before has to look again: the edition is another one."""
    row = _plan(work, Action.POLICY_PLAN_CHANGE, command.policy_plan_id, nobody=_nobody(command))
    work.expect(row.version)
    _write(row, command)
    another_edition(row)
    return policy_plan_view(work, row)


@operation(Action.POLICY_PLAN_ADOPT)
def adopt_policy_plan(work: Work, command: AdoptPolicyPlan) -> PolicyPlanView:
    """Adopt a plan for one's own municipality; with the last mayor of the cell it is adopted (R1).

    Raises Problem: 409 for one that this municipality adopted as it stands, or without any goal; 412 when the draft
    is another one than the mayor read.
    """
    row = _plan(work, Action.POLICY_PLAN_ADOPT, command.policy_plan_id)
    work.expect(row.version)
    town = there(work.actor.municipality_id)
    adopted = queries.adoptions(work.session, row)
    if town in adopted:
        raise work.refuse(Action.POLICY_PLAN_ADOPT, Problem(Kind.CONFLICT, rule="R1"))
    if not queries.goals(work.session, row.id):
        raise work.refuse(Action.POLICY_PLAN_ADOPT, Problem(Kind.ILLEGAL_TRANSITION, rule="R6"))
    work.session.add(
        PolicyPlanAdoption(
            policy_plan_id=row.id,
            municipality_id=town,
            edition=row.edition,
            cell_id=row.cell_id,
            adopted_by=there(work.actor.person_id),
            adopted_at=work.now,
        )
    )
    work.session.flush()  # the database asks for every mayor's adoption before it takes the plan for adopted
    if {each.id for each in queries.towns(work.session, row.cell_id)} <= {*adopted, town}:
        row.state, row.adopted_on = "adopted", work.today
    row.version += 1
    work.session.flush()
    return policy_plan_view(work, row)


@operation(Action.GOAL_ADD)
def add_goal(work: Work, command: AddGoal) -> GoalView:
    """Add a goal to a draft plan."""
    plan = _plan(work, Action.GOAL_ADD, command.policy_plan_id, nobody=_nobody(command))
    row = Goal(
        id=new_id(),
        cell_id=plan.cell_id,
        policy_plan_id=plan.id,
        position=len(queries.goals(work.session, plan.id)) + 1,
        title=command.title,
        text=command.text,
        action_field=_field(work, command),
        version=1,
    )
    work.session.add(row)
    another_edition(plan)
    work.session.flush()
    return _goal_view(work, plan, row, [])


@operation(Action.GOAL_CHANGE)
def change_goal(work: Work, command: ChangeGoal) -> GoalView:
    """Rewrite a goal of a draft plan. Raises Problem 412 when somebody else did so first."""
    row = queries.one(work.session, Goal, command.goal_id)
    plan = _plan(work, Action.GOAL_CHANGE, row.policy_plan_id if row else None, nobody=_nobody(command))
    row = there(row)
    hold(work, Action.GOAL_CHANGE, row)
    row.title, row.text, row.action_field = command.title, command.text, _field(work, command)
    row.version += 1
    another_edition(plan)
    return _goal_view(work, plan, row, [])


def _field(work: Work, command: AddGoal | ChangeGoal) -> str | None:
    if not command.action_field:
        return None
    return checked("actionFields", command.action_field, work.today, "actionField")


def _plan(work: Work, action: Action, plan_id: UUID | None, *, nobody: bool | None = None) -> PolicyPlan:
    """Give a plan that the rules let this actor change, locked. Raises Problem 409 when it was adopted meanwhile."""
    row = queries.one(work.session, PolicyPlan, plan_id) if plan_id else None
    facts = strategy_facts(work, row, state=row.state if row else None, nobody_named=nobody)
    work.allow(action, facts, about(work, "policyPlan", row.id if row else None))
    row = there(row)
    lock(work, action, row)
    return row


def policy_plan_view(work: Work, row: PolicyPlan) -> PolicyPlanView:
    """Give a plan as its reader sees it."""
    found = queries.measures(work.session, row.id)
    told = queries.evaluations(work.session, [measure.id for measure, *_ in found])
    measures = [measure_view(work, each, told.get(each[0].id, [])) for each in found]
    adopted = queries.adoptions(work.session, row)
    facts = strategy_facts(work, row, state=row.state, nobody_named=True)
    can = abilities(work.actor, facts, Action.POLICY_PLAN_CHANGE, Action.POLICY_PLAN_ADOPT, Action.GOAL_ADD)
    if work.actor.municipality_id in adopted:
        can = [each for each in can if each != Action.POLICY_PLAN_ADOPT.value]
    counted = Counter(measure.state for measure in measures)
    return PolicyPlanView(
        version=row.version,
        href=href("policyPlans", row.id),
        policy_plan_id=row.id,
        title=row.title,
        text=row.text,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=row.state,
        edition=row.edition,
        adopted_on=row.adopted_on,
        adoptions=[
            AdoptionView(
                municipality_id=town.id,
                names=town.names,
                adopted_by=adopted[town.id][1] if town.id in adopted else None,
                adopted_at=adopted[town.id][0].adopted_at if town.id in adopted else None,
            )
            for town in queries.towns(work.session, row.cell_id)
        ],
        goals=[
            _goal_view(work, row, goal, [each for each in measures if each.goal_id == goal.id])
            for goal in queries.goals(work.session, row.id)
        ],
        members=[
            TableMember(person_id=each.id, name=each.name, agency_name=each.agency)
            for each in queries.members(work.session, row.cell_id, work.today, set())
        ],
        services=[
            ServiceView(agency_id=each.id, name=each.name)
            for each in queries.services(work.session, row.cell_id, work.today)
        ],
        progress={state: counted.get(state, 0) for state in STATES["measure"]},
        abilities=can,
    )


def _goal_view(work: Work, plan: PolicyPlan, row: Goal, measures: list[MeasureView]) -> GoalView:
    facts = strategy_facts(work, row, state=plan.state, nobody_named=True)
    return GoalView(
        version=row.version,
        href=href("goals", row.id),
        goal_id=row.id,
        goal_version=row.version,
        policy_plan_id=plan.id,
        position=row.position,
        title=row.title,
        text=row.text,
        action_field=row.action_field,
        measures=measures,
        abilities=abilities(work.actor, facts, Action.GOAL_CHANGE, Action.MEASURE_ADD),
    )
