"""Pages of the individual plan: the trajectory, its actions, and one's own actions (R71 to R73)."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import commands as c
from app.cases import trajectories
from app.cases.pages import (
    ONE_CASE,
    about_file,
    ask_reason,
    back_to_file,
    case_address,
    opened_file,
    stated_reason,
    statement_words,
)
from app.cases.views import ActionView, TrajectoryView
from app.constitution.labels import choices, label
from app.directory.choosing import people_of_cell
from app.kernel.http.form_pages import FormRow, Prepared, page_form, require
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import Elsewhere, PageCall, page_get, with_query
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.shapes import Command, FileText
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import invalid, not_found
from app.rules.roles import DESK, TABLE, Role

router = APIRouter()

menu_line(40, "/actions", to_translate("My actions"), able(Action.ACTION_LIST))
register_codes("option.personInformed", ["informed", "involved", "notYet"])


class PlanTrajectory(Command):
    """The form of a trajectory: an aim per life domain, each optional, at least one."""

    case_id: UUID
    case_manager_id: UUID
    person_informed: Literal["informed", "involved", "notYet"]
    aim_work: FileText | None = None
    aim_school: FileText | None = None
    aim_housing: FileText | None = None
    aim_family: FileText | None = None
    aim_health: FileText | None = None
    aim_social_network: FileText | None = None
    aim_meaning: FileText | None = None


_DOMAINS = {
    "aim_work": "work", "aim_school": "school", "aim_housing": "housing", "aim_family": "family",
    "aim_health": "health", "aim_social_network": "socialNetwork", "aim_meaning": "meaning",
}  # fmt: skip


def _start_trajectory(work: Work, plan: PlanTrajectory) -> Any:
    aims = {code: getattr(plan, name) for name, code in _DOMAINS.items() if getattr(plan, name)}
    if not aims:
        raise invalid("aimWork", "error.missing", kind="requiredInput")
    command = c.StartTrajectory(
        caseId=plan.case_id,
        caseManagerId=plan.case_manager_id,
        aims=aims,
        personInformed=plan.person_informed,
    )
    return trajectories.start_trajectory(work, command)


def _prepare_trajectory(call: PageCall, work: Work) -> Prepared:
    view = opened_file(call, work)
    require(view.abilities, Action.TRAJECTORY_START)
    return about_file(call, view, options={"caseManagerId": people_of_cell(work, {Role.CASE_MANAGER})})


page_form(
    router,
    FormRow(
        ONE_CASE + "/trajectory/start", PlanTrajectory, Action.TRAJECTORY_START, _start_trajectory,
        _prepare_trajectory, back_to_file,
        title=to_translate("Start a trajectory"),
        purpose=to_translate("An individual plan: who follows it, and an aim for at least one part of life."),
        submit=to_translate("Start the trajectory"),
    ),
)  # fmt: skip


def _read(call: PageCall, work: Work, case_id: UUID) -> TrajectoryView:
    """Read a trajectory for the reason in the address. Raises Elsewhere, to where the desk is asked for one (R107)."""
    if _must_say_why(call, work):
        raise Elsewhere(f"{case_address(case_id)}/trajectory")
    return trajectories.read_trajectory(
        work, c.ReadTrajectory(caseId=case_id, reason=stated_reason(call) or None)
    )


def _must_say_why(call: PageCall, work: Work) -> bool:
    return work.actor.role in DESK and not stated_reason(call)


def _address(call: PageCall, case_id: object) -> str:
    return with_query(f"{case_address(case_id)}/trajectory", reason=stated_reason(call))


def _trajectory(call: PageCall, work: Work) -> Response:
    if _must_say_why(call, work):
        return ask_reason(call, work)
    view = _read(call, work, call.id("caseId"))
    return call.show(
        "cases/trajectory.html",
        call.phrase("Trajectory of %(reference)s", reference=view.case_reference),
        call.phrase("The individual plan and what was agreed."),
        view=view,
        words=statement_words(call.language)[1],
        tones=TONES,
        file=back_to_file(call) if work.actor.role in DESK else "",
        reason=stated_reason(call),
        reason_label=label("accessReasons", stated_reason(call), call.language),
        today=work.today,
    )


page_get(router, ONE_CASE + "/trajectory", _trajectory)


def _prepare_action(call: PageCall, work: Work) -> Prepared:
    view = _read(call, work, call.id("caseId"))
    require(view.abilities, Action.ACTION_ASSIGN)
    here = _address(call, view.case_id)
    # Only the desk may list the members of the cell; a case manager takes the action upon themselves.
    known = may(work.actor, Action.PERSON_LIST)
    name = call.reader.name if call.reader else ""
    return Prepared(
        back=here,
        breadcrumb=[(call.phrase("Trajectory of %(reference)s", reference=view.case_reference), here)],
        options={
            "ownerId": people_of_cell(work, TABLE) if known else [(str(work.actor.person_id), name)],
            "lifeDomain": choices("lifeDomains", call.language, work.today),
        },
    )


page_form(
    router,
    FormRow(
        ONE_CASE + "/actions/new", c.AssignAction, Action.ACTION_ASSIGN, trajectories.assign_action, _prepare_action,
        lambda call, _: _address(call, call.id("caseId")),
        title=to_translate("Assign an action"),
        purpose=to_translate("Who does what, and by when. The owner sees this action and nothing else of the file."),
        submit=to_translate("Assign"),
    ),
)  # fmt: skip


def _actions(call: PageCall, work: Work) -> Response:
    return call.show(
        "cases/actions.html",
        call.phrase("My actions"),
        call.phrase("What you agreed to do. Say here what came of it."),
        items=trajectories.list_action(work, c.ListAction()).items,
        words=statement_words(call.language)[1],
        today=work.today,
    )


page_get(router, "/actions", _actions)


def _one_action(call: PageCall, work: Work) -> ActionView:
    """Find an action among one's own, or in the trajectory that the address names."""
    wanted, case = call.id("actionId"), call.request.query_params.get("case")
    if case is None:
        found = trajectories.list_action(work, c.ListAction()).items
    else:
        try:
            case_id = UUID(case)
        except ValueError:
            raise not_found() from None
        found = _read(call, work, case_id).actions
    for action in found:
        if action.action_id == wanted:
            return action
    raise not_found()


def _prepare_complete(call: PageCall, work: Work) -> Prepared:
    action = _one_action(call, work)
    require(action.abilities, Action.ACTION_COMPLETE)
    return Prepared(back=_after_action(call), version=action.version, intro=action.text)


def _after_action(call: PageCall, _view: object = None) -> str:
    case = call.request.query_params.get("case")
    return _address(call, case) if case else "/actions"


page_form(
    router,
    FormRow(
        "/actions/{actionId}/complete", c.CompleteAction, Action.ACTION_COMPLETE, trajectories.complete_action,
        _prepare_complete, _after_action,
        title=to_translate("What came of this action?"),
        purpose=to_translate("Say shortly what was done, or why it was not."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip


@today_block(40, able(Action.ACTION_LIST))
def _own_actions(call: PageCall, work: Work) -> Block | None:
    """Show what the reader agreed to do."""
    items = trajectories.list_action(work, c.ListAction()).items
    if not items and work.actor.role in DESK:
        return None
    return Block(
        call.phrase("My actions"),
        [
            {
                "title": action.case_reference,
                "href": f"/actions/{action.action_id}/complete",
                "note": call.phrase("due on %(day)s", day=format_date(call.language, action.due_on)),
                "state": (call.phrase("Overdue"), "danger") if action.due_on < work.today else None,
            }
            for action in items
        ],
        link=(call.phrase("All my actions"), "/actions"),
        empty=call.phrase("You have no open action."),
    )
