"""Pages of the policy plan: reading it with its progress, drafting, adopting, and one's own measures (R6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution.labels import choices, label
from app.directory.choosing import as_choice
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.shapes import Command
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import DESK
from app.strategy import commands as c
from app.strategy import measures, plans
from app.strategy.pages import ROOT, nobody, parts, trail
from app.strategy.views import GoalView, MeasureView, PolicyPlanView

router = APIRouter()
_ALL = ROOT + "/plans"
_ONE = _ALL + "/{policyPlanId}"
_GOAL = ROOT + "/goals/{goalId}"
_MEASURE = ROOT + "/measures/{measureId}"
register_codes("hint", ["addMeasure.agencyId", "changeMeasure.agencyId"])


_SHOWN = ("done", "underWay", "planned", "stopped")
"""States of a measure in the order in which progress is shown."""


def plan_address(policy_plan_id: object) -> str:
    """Give the address of a plan's page."""
    return f"{_ALL}/{policy_plan_id}"


def _period(call: PageCall, plan: Any) -> str:
    return f"{format_date(call.language, plan.starts_on)} – {format_date(call.language, plan.ends_on)}"


def _list(call: PageCall, work: Work) -> Response:
    view = plans.list_policy_plan(work, c.ListPolicyPlan())
    return call.show(
        "strategy/plans.html",
        call.phrase("Policy plan"),
        call.phrase("What this cell wants to reach, by which measures, and how far they are."),
        parts=parts(call, _ALL),
        items=[
            {
                "title": item.title,
                "href": plan_address(item.policy_plan_id),
                "note": _period(call, item),
                "state": (call.phrase(f"state.policyPlan.{item.state}"), TONES[item.state]),
            }
            for item in view.items
        ],
        may_draft=Action.POLICY_PLAN_DRAFT.value in view.abilities,
    )


page_get(router, _ALL, _list)


def _prepare_draft(call: PageCall, work: Work) -> Prepared:
    require(plans.list_policy_plan(work, c.ListPolicyPlan()).abilities, Action.POLICY_PLAN_DRAFT)
    return Prepared(
        back=_ALL, warning=nobody(call), breadcrumb=trail(call, (call.phrase("Policy plan"), _ALL))
    )


page_form(
    router,
    FormRow(
        _ALL + "/new", c.DraftPolicyPlan, Action.POLICY_PLAN_DRAFT, plans.draft_policy_plan, _prepare_draft,
        lambda _, view: plan_address(view.policy_plan_id),
        title=to_translate("Begin a policy plan"),
        purpose=to_translate("First its title and period; then the goals and their measures."),
        submit=to_translate("Begin the plan"),
    ),
)  # fmt: skip


def _opened(work: Work, plan_id: UUID) -> PolicyPlanView:
    return plans.read_policy_plan(work, c.ReadPolicyPlan(policyPlanId=plan_id))


def _read(call: PageCall, work: Work) -> Response:
    view = _opened(work, call.id("policyPlanId"))
    counted = [(state, view.progress[state]) for state in _SHOWN]
    return call.show(
        "strategy/plan.html",
        view.title,
        call.phrase("Policy plan for %(period)s", period=_period(call, view)),
        view=view,
        adoptions=[
            (each.names.get(call.language) or next(iter(each.names.values()), ""), each)
            for each in view.adoptions
        ],
        bar=_bar(counted),
        counted=counted,
        total=sum(view.progress.values()),
        here=plan_address(view.policy_plan_id),
        root=ROOT,
        field=lambda code: label("actionFields", code, call.language),
        tones=TONES,
    )


def _bar(counted: list[tuple[str, int]]) -> list[tuple[str, float, float]]:
    """Give the parts of a bar of a hundred wide: state, where it begins, how wide it is."""
    total = sum(count for _, count in counted) or 1
    drawn, begins = [], 0.0
    for state, count in counted:
        width = round(100 * count / total, 2)
        if width:
            drawn.append((state, round(begins, 2), width))
        begins += width
    return drawn


page_get(router, _ONE, _read)


def _back(call: PageCall, _view: object = None) -> str:
    return plan_address(call.id("policyPlanId"))


def _prepare_change(call: PageCall, work: Work) -> Prepared:
    view = _opened(work, call.id("policyPlanId"))
    require(view.abilities, Action.POLICY_PLAN_CHANGE)
    return _of_plan(
        call,
        view,
        {"title": view.title, "text": view.text, "startsOn": view.starts_on, "endsOn": view.ends_on},
        view.version,
    )


def _of_plan(
    call: PageCall, view: PolicyPlanView, values: dict[str, Any], version: int | None, **more: Any
) -> Prepared:
    here = plan_address(view.policy_plan_id)
    return Prepared(
        back=here,
        values=values,
        version=version,
        warning=nobody(call),
        breadcrumb=trail(call, (call.phrase("Policy plan"), _ALL), (view.title, here)),
        **more,
    )


page_form(
    router,
    FormRow(
        _ONE + "/change", c.ChangePolicyPlan, Action.POLICY_PLAN_CHANGE, plans.change_policy_plan, _prepare_change, _back,
        title=to_translate("Rewrite the plan"),
        purpose=to_translate("Mayors who adopted the draft before have to adopt it again."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip

page_button(
    router, _ONE + "/adopt", c.AdoptPolicyPlan, Action.POLICY_PLAN_ADOPT, plans.adopt_policy_plan, _back
)


# goals -------------------------------------------------------------------------------------------------------


def _fields(call: PageCall, work: Work) -> dict[str, Any]:
    return {"actionField": choices("actionFields", call.language, work.today)}


def _prepare_goal(call: PageCall, work: Work) -> Prepared:
    view = _opened(work, call.id("policyPlanId"))
    require(view.abilities, Action.GOAL_ADD)
    return _of_plan(call, view, {}, None, options=_fields(call, work))


page_form(
    router,
    FormRow(
        _ONE + "/goals/new", c.AddGoal, Action.GOAL_ADD, plans.add_goal, _prepare_goal, _back,
        title=to_translate("Add a goal"),
        purpose=to_translate("What should be different at the end of the period."),
        submit=to_translate("Add the goal"),
    ),
)  # fmt: skip


class _PlanOf(Command):
    """Which plan the goal or measure of an address belongs to."""

    plan: UUID


def _named_plan(call: PageCall, work: Work) -> PolicyPlanView:
    return _opened(work, asked(call, _PlanOf).plan)


def _after(_call: PageCall, view: GoalView | MeasureView) -> str:
    return plan_address(view.policy_plan_id)


def _goal(call: PageCall, work: Work) -> tuple[PolicyPlanView, GoalView]:
    view, wanted = _named_plan(call, work), call.id("goalId")
    for goal in view.goals:
        if goal.goal_id == wanted:
            return view, goal
    raise not_found()


def _prepare_goal_change(call: PageCall, work: Work) -> Prepared:
    view, goal = _goal(call, work)
    require(goal.abilities, Action.GOAL_CHANGE)
    values = {"title": goal.title, "text": goal.text, "actionField": goal.action_field}
    return _of_plan(call, view, values, goal.goal_version, options=_fields(call, work))


page_form(
    router,
    FormRow(
        _GOAL + "/change", c.ChangeGoal, Action.GOAL_CHANGE, plans.change_goal, _prepare_goal_change, _after,
        title=to_translate("Rewrite the goal"),
        purpose=to_translate("What should be different at the end of the period."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip


# measures ----------------------------------------------------------------------------------------------------


def _owners(view: PolicyPlanView, measure: MeasureView | None = None) -> dict[str, Any]:
    people = [as_choice(each) for each in view.members]
    services = [(str(each.agency_id), each.name) for each in view.services]
    if measure and measure.agency_id and str(measure.agency_id) not in dict(services):
        services.append((str(measure.agency_id), measure.owner))
    return {"ownerId": people, "agencyId": services}


def _prepare_measure(call: PageCall, work: Work) -> Prepared:
    view, goal = _goal(call, work)
    require(goal.abilities, Action.MEASURE_ADD)
    return _of_plan(call, view, {"dueOn": view.ends_on}, None, options=_owners(view), intro=goal.title)


page_form(
    router,
    FormRow(
        _GOAL + "/measures/new", c.AddMeasure, Action.MEASURE_ADD, measures.add_measure, _prepare_measure, _after,
        title=to_translate("Add a measure"),
        purpose=to_translate("What is done for this goal, by whom and by when. The owner is a person or a service."),
        submit=to_translate("Add the measure"),
    ),
)  # fmt: skip


def _measure(call: PageCall, work: Work) -> tuple[PolicyPlanView, MeasureView]:
    view, wanted = _named_plan(call, work), call.id("measureId")
    for goal in view.goals:
        for measure in goal.measures:
            if measure.measure_id == wanted:
                return view, measure
    raise not_found()


def _prepare_measure_change(call: PageCall, work: Work) -> Prepared:
    view, measure = _measure(call, work)
    require(measure.abilities, Action.MEASURE_CHANGE)
    values = {
        "title": measure.title,
        "text": measure.text,
        "ownerId": measure.owner_id,
        "agencyId": measure.agency_id,
        "dueOn": measure.due_on,
    }
    intro = (
        ""
        if measure.owner_in_office
        else call.phrase(
            "%(name)s does not sit at this table any more. Choose another owner.", name=measure.owner
        )
    )
    return _of_plan(call, view, values, measure.measure_version, options=_owners(view, measure), intro=intro)


page_form(
    router,
    FormRow(
        _MEASURE + "/change", c.ChangeMeasure, Action.MEASURE_CHANGE, measures.change_measure, _prepare_measure_change,
        _after,
        title=to_translate("Rewrite the measure"),
        purpose=to_translate("What is done for this goal, by whom and by when. The owner is a person or a service."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip


def _prepare_evaluation(call: PageCall, work: Work) -> Prepared:
    view, measure = _measure(call, work)
    require(measure.abilities, Action.MEASURE_EVALUATE)
    return _of_plan(call, view, {"evaluatedOn": work.today}, measure.measure_version, intro=measure.title)


page_form(
    router,
    FormRow(
        _MEASURE + "/evaluate", c.EvaluateMeasure, Action.MEASURE_EVALUATE, measures.evaluate_measure,
        _prepare_evaluation, _after,
        title=to_translate("How did this measure go?"),
        purpose=to_translate("What was done, and what it brought. Earlier evaluations stay readable."),
        submit=to_translate("Save the evaluation"),
    ),
)  # fmt: skip


@today_block(42, able(Action.MEASURE_LIST))
def _own_measures(call: PageCall, work: Work) -> Block | None:
    """Show the measures that the reader, or the reader's service, has still to do."""
    items = measures.list_measure(work, c.ListMeasure(pageSize=5)).items
    if not items and work.actor.role in DESK:
        return None
    return Block(
        call.phrase("My measures"),
        [
            {
                "title": item.title,
                "href": f"{ROOT}/measures/{item.measure_id}/evaluate?plan={item.policy_plan_id}",
                "note": call.phrase("due on %(day)s", day=format_date(call.language, item.due_on)),
                "state": (call.phrase("Overdue"), "danger")
                if item.overdue
                else (call.phrase(f"state.measure.{item.state}"), TONES[item.state]),
            }
            for item in items
        ],
        link=(call.phrase("To the policy plan"), _ALL),
        empty=call.phrase("You have no measure to do."),
    )
