"""Pages of the file: the caseload, one file opened for a reason, its statements, trajectory and end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import closing, exclusions, opening, statements, trajectories
from app.cases import commands as c
from app.cases.views import CaseView, WaitView
from app.constitution.cells import read_ref_data
from app.constitution.commands import ReadRefData
from app.constitution.labels import choices, label
from app.constitution.reference import load_lists
from app.directory.choosing import people_of_cell
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import Elsewhere, PageCall, page_get, page_post, with_query
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.audience import ORIGINS_KEPT_OUT, Audience
from app.rules.lifecycle import STRIKE_OFF
from app.rules.roles import DESK, Role

router = APIRouter()
CASES = "/cases"
ONE_CASE = CASES + "/{caseId}"
_REASON = "reason"

menu_line(30, CASES, to_translate("Cases"), able(Action.CASE_LIST))
register_codes(
    "hint", ["dataUntil", "category", "origin", "audience", "relevantAndProportionate", "categoryReason"]
)
register_codes("option.audience", Audience)
register_codes("option.kind", ["fact", "assessment"])
register_codes("hint", ["statedOn"])
register_codes("error", ["whyCategory"])


def case_address(case_id: object) -> str:
    """Give the address of a file."""
    return f"{CASES}/{case_id}"


AGENDA_DAYS: list[Callable[[Work, list[UUID]], dict[UUID, datetime]]] = []
"""(work, case ids) -> when each is on an agenda to come, if it is; filled by the consultation, a room above."""


def agenda_days(work: Work, case_ids: list[UUID]) -> dict[UUID, datetime]:
    """Give for which meeting to come each of these cases of one's own desk is on the agenda."""
    return AGENDA_DAYS[0](work, case_ids) if AGENDA_DAYS and case_ids else {}


# The caseload, and opening one file ----------------------------------------------------------------------


def _list(call: PageCall, work: Work) -> Response:
    command = asked(call, c.ListCase)
    page = opening.list_case(work, command)
    return call.show(
        "cases/cases.html",
        call.phrase("Cases"),
        call.phrase(
            "The persons on the list of this municipality, by reference. Names stand in the file only."
        ),
        rows=[(item, label("phenomena", item.phenomenon, call.language)) for item in page.items],
        state=command.state,
        following=page.next,
        tones=TONES,
    )


page_get(router, CASES, _list)


def stated_reason(call: PageCall) -> str:
    """Give the reason in the address for which a file is opened; empty where there is none that is known (R107)."""
    given = call.request.query_params.get(_REASON, "")
    return given if any(entry.code == given for entry in load_lists()["accessReasons"].entries) else ""


def _open(call: PageCall, work: Work) -> Response:
    if not stated_reason(call):
        return ask_reason(call, work)
    view = opened_file(call, work)
    language = call.language
    return call.show(
        "cases/case.html",
        call.phrase("Case %(reference)s", reference=view.reference),
        view.purpose,
        view=view,
        here=case_address(view.case_id),
        query=f"?{_REASON}={stated_reason(call)}",
        reason=stated_reason(call),
        reason_label=label("accessReasons", stated_reason(call), language),
        phenomenon=label("phenomena", view.phenomenon, language),
        closure_ground=label("closureGrounds", view.closure_ground, language),
        categories=statement_words(language)[0],
        words=statement_words(language)[1],
        tones=TONES,
        may_exclude=may(work.actor, Action.EXCLUSION_DECLARE),
        waiting=places_of(call, view.waits, view.case_id),
        today=work.today,
        grounds={entry.code: entry.labels.of(language) for entry in load_lists()["closureGrounds"].entries},
    )


def places_of(call: PageCall, waits: Sequence[WaitView], case_id: UUID) -> list[tuple[str, str | None]]:
    """Give what waits with the page where it is done, for the reason at hand."""
    at = {"extension": f"{case_address(case_id)}/extension", "handOver": "/hand-overs"}
    reason = stated_reason(call)
    return [(each.text, with_query(at[each.about], reason=reason) if each.about else None) for each in waits]


def ask_reason(call: PageCall, work: Work) -> Response:
    """Ask why the page at hand is opened; the answer comes back in its address (R107)."""
    reasons = read_ref_data(work, ReadRefData(listName="accessReasons")).items
    return call.show(
        "cases/reason.html",
        call.phrase("Why do you open this file?"),
        call.phrase("Your reason goes into the processing log, together with your name and the time."),
        reasons=[(entry.code, entry.labels[call.language]) for entry in reasons],
        here=call.path,
    )


def opened_file(call: PageCall, work: Work) -> CaseView:
    """Open the file for the reason in the address. Raises Elsewhere when there is none yet."""
    reason = stated_reason(call)
    if not reason:
        raise Elsewhere(case_address(call.id("caseId")))
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


page_get(router, ONE_CASE, _open)


def back_to_file(call: PageCall, _view: object = None) -> str:
    """Give the address of the file at hand, with the reason it was opened for."""
    return with_query(case_address(call.id("caseId")), reason=stated_reason(call))


def about_file(call: PageCall, view: CaseView, **also: Any) -> Prepared:
    """Prepare a form that belongs to an opened file."""
    return Prepared(
        back=back_to_file(call),
        version=view.version,
        breadcrumb=[(call.phrase("Cases"), CASES), (view.reference, back_to_file(call))],
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


def source_options(call: PageCall, work: Work) -> dict[str, list[tuple[str, str]]]:
    """Give the choices of what an item says of itself outside the table: nothing of security services (R57)."""
    options = statement_options(call.language, work.today)
    return {
        "category": options["category"],
        "origin": [option for option in options["origin"] if option[0] not in ORIGINS_KEPT_OUT],
        "contributorId": people_of_cell(work),
    }


def _prepare_statement(call: PageCall, work: Work) -> Prepared:
    view = opened_file(call, work)
    require(view.abilities, Action.STATEMENT_CREATE)
    options = statement_options(call.language, work.today)
    # What the security services know is said at the table, not here (R57).
    options["origin"] = [option for option in options["origin"] if option[0] not in ORIGINS_KEPT_OUT]
    # Others are quoted at the table; here only who works for the municipality (R18).
    options["contributorId"] = people_of_cell(work, DESK | {Role.SECRETARY, Role.CASE_MANAGER})
    return about_file(
        call,
        view,
        options=options,
        values={"contributorId": work.actor.person_id},
        hidden={"agendaItemId": ""},
    )


page_form(
    router,
    FormRow(
        ONE_CASE + "/statements/new", c.CreateStatement, Action.STATEMENT_CREATE, statements.create_statement,
        _prepare_statement, back_to_file,
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


# Steps of the file ---------------------------------------------------------------------------------------


def _prepare_closure(call: PageCall, work: Work) -> Prepared:
    view = opened_file(call, work)
    require(view.abilities, Action.CASE_PROPOSE_CLOSURE)
    return about_file(
        call,
        view,
        options={
            "meetingId": [
                (str(d.meeting_id), format_date(call.language, d.discussed_on)) for d in view.discussions
            ],
            "ground": [
                (code, text)
                for code, text in choices("closureGrounds", call.language, work.today)
                if view.discussions or code in STRIKE_OFF
            ],
        },
        values={"meetingId": str(view.discussions[0].meeting_id)} if view.discussions else {},
    )


page_form(
    router,
    FormRow(
        ONE_CASE + "/closure/propose", c.ProposeClosureCase, Action.CASE_PROPOSE_CLOSURE, closing.propose_closure_case,
        _prepare_closure, back_to_file,
        title=to_translate("Propose to close this case"),
        purpose=to_translate(
            "A case can be closed after a meeting discussed it; without one, only of somebody who has died or was listed"
            " in error. The mayor decides, or the delegate where the agreement allows it."
        ),
        submit=to_translate("Propose"),
    ),
)  # fmt: skip


page_button(
    router,
    ONE_CASE + "/keep-open",
    c.KeepOpenCase,
    Action.CASE_KEEP_OPEN,
    closing.keep_open_case,
    back_to_file,
)
page_button(
    router, ONE_CASE + "/monitor", c.MonitorCase, Action.CASE_MONITOR, trajectories.monitor_case, back_to_file
)
page_button(
    router, ONE_CASE + "/exclude", exclusions.DeclareExclusion, Action.EXCLUSION_DECLARE,
    exclusions.declare_exclusion, lambda *_: "/",
)  # fmt: skip


# Today ---------------------------------------------------------------------------------------------------


@today_block(30, able(Action.CASE_LIST))
def _files(call: PageCall, work: Work) -> Block:
    """Show files that ask for something: a closure to decide, a review that is due, a lock that has come, a late action."""
    items = []
    listed = opening.list_case(work, c.ListCase(pageSize=100)).items
    days = agenda_days(work, [item.case_id for item in listed])
    for item in listed:
        due = item.review_on is not None and item.review_on <= work.today
        fresh = item.state == "listed" and item.last_discussed_on is None
        if (
            item.state != "closureProposed"
            and not due
            and not item.locked
            and not fresh
            and not item.closure_asked
            and item.late_since is None
        ):
            continue
        note = call.phrase("to be destroyed on %(day)s", day=format_date(call.language, item.due_on))
        if item.late_since is not None:
            day = format_date(call.language, item.late_since)
            note = call.phrase("an action should have been done by %(day)s", day=day)
        if fresh:
            day = format_date(call.language, item.listed_on)
            note = call.phrase("new on the list since %(day)s, not discussed yet", day=day)
        if item.review_on is not None and due:
            note = call.phrase("review due since %(day)s", day=format_date(call.language, item.review_on))
        if item.closure_asked:
            note = call.phrase("review missed: close it, or say why it is still necessary")
        if item.state == "closureProposed":
            note = call.phrase("the mayor decides on closing it")
        if item.case_id in days:
            note = call.phrase("on the agenda of %(day)s", day=format_date(call.language, days[item.case_id]))
        items.append(
            {
                "title": item.reference,
                "href": case_address(item.case_id),
                "note": note,
                "state": (call.phrase(f"state.case.{item.state}"), TONES[item.state]),
            }
        )
    return Block(
        call.phrase("Files that ask for a step"),
        items,
        link=(call.phrase("All cases"), CASES),
        empty=call.phrase("No file asks for anything now."),
    )
