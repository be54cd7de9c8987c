"""Pages of the file: the caseload, one file opened for a reason, its statements, trajectory and end."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import closing, exclusions, opening, statements, trajectories
from app.cases import commands as c
from app.cases.views import ActionView, CaseView
from app.constitution.cells import read_ref_data
from app.constitution.commands import ReadRefData
from app.constitution.labels import choices, label
from app.constitution.reference import load_lists
from app.directory.commands import ListPerson
from app.directory.mandates import list_person
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, menu_line, today_block
from app.kernel.http.pages import Elsewhere, PageCall, page_get, page_post, with_query
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.shapes import Command, Prose
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.audience import Audience
from app.rules.policy import POLICY
from app.rules.problems import invalid, not_found
from app.rules.roles import DESK

router = APIRouter()
_ALL = "/cases"
_ONE = _ALL + "/{caseId}"
_REASON = "reason"

menu_line(30, _ALL, to_translate("Cases"), able(Action.CASE_LIST))
menu_line(40, "/actions", to_translate("My actions"), able(Action.ACTION_LIST))
register_codes("hint", ["category", "origin", "audience", "relevantAndProportionate", "categoryReason"])
register_codes("option.audience", Audience)
register_codes("option.kind", ["fact", "assessment"])
register_codes("option.personInformed", ["informed", "involved", "notYet"])


def _address(case_id: object) -> str:
    return f"{_ALL}/{case_id}"


# The caseload, and opening one file ----------------------------------------------------------------------


def _list(call: PageCall, work: Work) -> Response:
    command = asked(call, c.ListCase)
    page = opening.list_case(work, command)
    return call.show(
        "cases/cases.html",
        call.phrase("Cases"),
        call.phrase("The persons on the list of this municipality, by reference. Names stand in the file only."),
        rows=[(item, label("phenomena", item.phenomenon, call.language)) for item in page.items],
        state=command.state,
        following=page.next,
        tones=TONES,
    )


page_get(router, _ALL, _list)


def _stated_reason(call: PageCall) -> str:
    given = call.request.query_params.get(_REASON, "")
    return given if any(entry.code == given for entry in load_lists()["accessReasons"].entries) else ""


def _open(call: PageCall, work: Work) -> Response:
    if not _stated_reason(call):
        return _ask_reason(call, work)
    view = _file(call, work)
    language = call.language
    return call.show(
        "cases/case.html",
        call.phrase("Case %(reference)s", reference=view.reference),
        view.purpose,
        view=view,
        here=_address(view.case_id),
        query=f"?{_REASON}={_stated_reason(call)}",
        reason=_stated_reason(call),
        reason_label=label("accessReasons", _stated_reason(call), language),
        phenomenon=label("phenomena", view.phenomenon, language),
        closure_ground=label("closureGrounds", view.closure_ground, language),
        categories=statement_words(language)[0],
        words=statement_words(language)[1],
        tones=TONES,
        may_exclude=work.actor.role in POLICY[Action.EXCLUSION_DECLARE].roles,
    )


def _ask_reason(call: PageCall, work: Work) -> Response:
    reasons = read_ref_data(work, ReadRefData(listName="accessReasons")).items
    return call.show(
        "cases/reason.html",
        call.phrase("Why do you open this file?"),
        call.phrase("Your reason goes into the processing log, together with your name and the time."),
        reasons=[(entry.code, entry.labels[call.language]) for entry in reasons],
        here=call.path,
    )


def _file(call: PageCall, work: Work) -> CaseView:
    """Open the file for the reason in the address. Raises Elsewhere when there is none yet."""
    reason = _stated_reason(call)
    if not reason:
        raise Elsewhere(_address(call.id("caseId")))
    return opening.open_case(work, c.OpenCase(caseId=call.id("caseId"), reason=reason))


def _categories(language: str) -> dict[int, str]:
    entries = load_lists()["dataCategories"].entries
    return {entry.number: entry.labels.of(language) for entry in entries if entry.number is not None}


def _words(language: str) -> dict[str, dict[str, str]]:
    lists = {"origin": "originTags", "reliability": "reliabilityGrades", "domain": "lifeDomains"}
    return {
        name: {entry.code: entry.labels.of(language) for entry in load_lists()[list_name].entries}
        for name, list_name in lists.items()
    }


def statement_words(language: str) -> tuple[dict[int, str], dict[str, dict[str, str]]]:
    """Give the words of a statement's codes: categories by number, the other lists by name."""
    return _categories(language), _words(language)


page_get(router, _ONE, _open)


def _back(call: PageCall, _view: object = None) -> str:
    return with_query(_address(call.id("caseId")), reason=_stated_reason(call))


def _about(call: PageCall, view: CaseView, **also: Any) -> Prepared:
    return Prepared(
        back=_back(call),
        version=view.version,
        breadcrumb=[(call.phrase("Cases"), _ALL), (view.reference, _back(call))],
        **also,
    )


# Statements ----------------------------------------------------------------------------------------------


def statement_options(language: str, day: date) -> dict[str, list[tuple[str, str]]]:
    """Give the choices of a statement's codes."""
    return {
        "category": [(str(number), f"{number}. {text}") for number, text in _categories(language).items()],
        "origin": choices("originTags", language, day),
        "reliability": choices("reliabilityGrades", language, day),
    }


def _prepare_statement(call: PageCall, work: Work) -> Prepared:
    view = _file(call, work)
    require(view.abilities, Action.STATEMENT_CREATE)
    people = list_person(work, ListPerson()).items
    options = statement_options(call.language, work.today)
    options["contributorId"] = [(str(p.person_id), f"{p.name}, {p.agency_name}") for p in people]
    return _about(
        call, view, options=options, values={"contributorId": work.actor.person_id}, hidden={"agendaItemId": ""}
    )


page_form(
    router,
    FormRow(
        _ONE + "/statements/new", c.CreateStatement, Action.STATEMENT_CREATE, statements.create_statement,
        _prepare_statement, _back,
        title=to_translate("Add a statement"),
        purpose=to_translate("One piece of information, with where it comes from and how it may be used."),
        submit=to_translate("Add to the file"),
        hidden=("agendaItemId",),
    ),
)  # fmt: skip


def _open_statement(call: PageCall, work: Work) -> Response:
    view = statements.open_statement(
        work, c.OpenStatement(statementId=call.id("statementId"), reason=call.sent(_REASON))
    )
    return call.show(
        "cases/statement.html",
        call.phrase("Statement"),
        call.phrase("A sensitive category: each opening stands in the processing log."),
        view=view,
        category=_categories(call.language).get(view.category, ""),
        words=_words(call.language),
        back=call.next("/"),
    )


page_post(router, "/statements/{statementId}", _open_statement)


# Trajectory and actions ----------------------------------------------------------------------------------


class PlanTrajectory(Command):
    """The form of a trajectory: an aim per life domain, each optional, at least one."""

    case_id: UUID
    case_manager_id: UUID
    person_informed: Literal["informed", "involved", "notYet"]
    aim_work: Prose | None = None
    aim_school: Prose | None = None
    aim_housing: Prose | None = None
    aim_family: Prose | None = None
    aim_health: Prose | None = None
    aim_social_network: Prose | None = None
    aim_meaning: Prose | None = None


_DOMAINS = {
    "aim_work": "work", "aim_school": "school", "aim_housing": "housing", "aim_family": "family",
    "aim_health": "health", "aim_social_network": "socialNetwork", "aim_meaning": "meaning",
}  # fmt: skip


def _start_trajectory(work: Work, plan: PlanTrajectory) -> Any:
    aims = {code: getattr(plan, name) for name, code in _DOMAINS.items() if getattr(plan, name)}
    if not aims:
        raise invalid("aimWork", "error.missing", kind="requiredInput")
    command = c.StartTrajectory(
        caseId=plan.case_id, caseManagerId=plan.case_manager_id, aims=aims, personInformed=plan.person_informed
    )
    return trajectories.start_trajectory(work, command)


def _people(work: Work, *roles: str) -> list[tuple[str, str]]:
    people = list_person(work, ListPerson()).items
    return [
        (str(p.person_id), f"{p.name}, {p.agency_name}")
        for p in people
        if not roles or set(roles) & set(p.roles or [])
    ]


def _prepare_trajectory(call: PageCall, work: Work) -> Prepared:
    view = _file(call, work)
    require(view.abilities, Action.TRAJECTORY_START)
    return _about(call, view, options={"caseManagerId": _people(work, "caseManager")})


page_form(
    router,
    FormRow(
        _ONE + "/trajectory/start", PlanTrajectory, Action.TRAJECTORY_START, _start_trajectory,
        _prepare_trajectory, _back,
        title=to_translate("Start a trajectory"),
        purpose=to_translate("An individual plan: who follows it, and an aim for at least one part of life."),
        submit=to_translate("Start the trajectory"),
    ),
)  # fmt: skip


def _trajectory(call: PageCall, work: Work) -> Response:
    view = trajectories.read_trajectory(work, asked(call, c.ReadTrajectory))
    return call.show(
        "cases/trajectory.html",
        call.phrase("Trajectory of %(reference)s", reference=view.case_reference),
        call.phrase("The individual plan and what was agreed."),
        view=view,
        words=_words(call.language),
        tones=TONES,
        desk=work.actor.role in DESK,
    )


page_get(router, _ONE + "/trajectory", _trajectory)


def _prepare_action(call: PageCall, work: Work) -> Prepared:
    view = trajectories.read_trajectory(work, c.ReadTrajectory(caseId=call.id("caseId")))
    require(view.abilities, Action.ACTION_ASSIGN)
    here = f"{_address(view.case_id)}/trajectory"
    # Only the desk may list the members of the cell; a case manager takes the action upon themselves.
    known = work.actor.role in POLICY[Action.PERSON_LIST].roles
    name = call.reader.name if call.reader else ""
    return Prepared(
        back=here,
        breadcrumb=[(call.phrase("Trajectory of %(reference)s", reference=view.case_reference), here)],
        options={
            "ownerId": _people(work) if known else [(str(work.actor.person_id), name)],
            "lifeDomain": choices("lifeDomains", call.language, work.today),
        },
    )


page_form(
    router,
    FormRow(
        _ONE + "/actions/new", c.AssignAction, Action.ACTION_ASSIGN, trajectories.assign_action, _prepare_action,
        lambda call, _: f"{_address(call.id('caseId'))}/trajectory",
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
        words=_words(call.language),
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
        found = trajectories.read_trajectory(work, c.ReadTrajectory(caseId=case_id)).actions
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
    return f"{_ALL}/{case}/trajectory" if case else "/actions"


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


# Steps of the file ---------------------------------------------------------------------------------------


def _prepare_closure(call: PageCall, work: Work) -> Prepared:
    view = _file(call, work)
    require(view.abilities, Action.CASE_PROPOSE_CLOSURE)
    return _about(
        call,
        view,
        options={
            "meetingId": [
                (str(d.meeting_id), format_date(call.language, d.discussed_on)) for d in view.discussions
            ],
            "ground": choices("closureGrounds", call.language, work.today),
        },
    )


page_form(
    router,
    FormRow(
        _ONE + "/closure/propose", c.ProposeClosureCase, Action.CASE_PROPOSE_CLOSURE, closing.propose_closure_case,
        _prepare_closure, _back,
        title=to_translate("Propose to close this case"),
        purpose=to_translate("A case can be closed after a meeting discussed it. The mayor decides."),
        submit=to_translate("Propose"),
    ),
)  # fmt: skip

page_button(router, _ONE + "/close", c.CloseCase, Action.CASE_CLOSE, closing.close_case, _back)
page_button(router, _ONE + "/monitor", c.MonitorCase, Action.CASE_MONITOR, trajectories.monitor_case, _back)
page_button(
    router, _ONE + "/exclude", exclusions.DeclareExclusion, Action.EXCLUSION_DECLARE,
    exclusions.declare_exclusion, lambda call, _: "/",
)  # fmt: skip


# Today ---------------------------------------------------------------------------------------------------


@today_block(30, able(Action.CASE_LIST))
def _files(call: PageCall, work: Work) -> Block:
    """Show files that ask for something: a closure to decide, a review that is due, a lock that has come."""
    items = []
    for item in opening.list_case(work, c.ListCase(pageSize=100)).items:
        due = item.review_on is not None and item.review_on <= work.today
        if item.state != "closureProposed" and not due and not item.locked:
            continue
        note = call.phrase("to be destroyed on %(day)s", day=format_date(call.language, item.due_on))
        if item.review_on is not None and due:
            note = call.phrase("review due since %(day)s", day=format_date(call.language, item.review_on))
        items.append(
            {
                "title": item.reference,
                "href": _address(item.case_id),
                "note": note,
                "state": (call.phrase(f"state.case.{item.state}"), TONES[item.state]),
            }
        )
    return Block(
        call.phrase("Files that ask for a step"),
        items,
        link=(call.phrase("All cases"), _ALL),
        empty=call.phrase("No file asks for anything now."),
    )


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
