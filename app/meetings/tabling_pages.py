"""Pages of making an agenda: the proposals as one checklist, and what the mayor looks at before convening (R22 to R30, R61)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import Response

from app.cases import extensions
from app.cases.closing_pages import effect_on_the_date, end_after_discussion
from app.cases.extension_commands import ReadExtension
from app.cases.pages import about_file, opened_file, stated_reason
from app.constitution.labels import label
from app.directory.choosing import people_by_agency
from app.kernel.clock import brussels_day
from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form, reason_of, require, rule_of
from app.kernel.http.frames import TONES, Block, able, announces, may, today_block
from app.kernel.http.pages import PageCall, page_get, page_send
from app.kernel.http.problems import as_problem
from app.kernel.i18n import format_date, format_time, knows, register_codes, to_translate, translate_many
from app.kernel.work import Work
from app.meetings import commands as c
from app.meetings import convening, leaving_off, planning, proposing, reviewing, tabling
from app.meetings.pages import item_address, meeting_address
from app.meetings.proposal_views import Proposal, ReviewItem
from app.meetings.standing import BEFORE
from app.meetings.views import MeetingItem
from app.meetings.wording import when
from app.rules.actions import Action
from app.rules.problems import Issue, Kind, Problem
from app.rules.roles import MAYORAL

router = APIRouter()
register_codes("option.purpose", ["person", "extension", "both"])
register_codes("field", ["addAgendaItem.meetingId"])
_TABLE = "/meetings/{meetingId}/table"
_REVIEW = "/meetings/{meetingId}/review"
_SAID_HERE = {Kind.BAD_REQUEST, Kind.RULE_NOT_MET, Kind.ILLEGAL_TRANSITION, Kind.CONFLICT}
_STRONG = frozenset(proposing.MINUTES) - {"actionOpen"}
"""Reasons for which a case is ticked beforehand."""


# The checklist -------------------------------------------------------------------------------------------


def _checklist(call: PageCall, work: Work) -> Response:
    return _shown(call, work, {}, 200)


def _shown(call: PageCall, work: Work, errors: Mapping[str, str], status: int) -> Response:
    """Show the proposals, as proposed or as they were filled in. *errors*: by case id, or "" for all."""
    page = proposing.list_agenda_proposal(work, c.ListAgendaProposal(meetingId=call.id("meetingId")))
    everybody = people_by_agency(work)
    here = meeting_address(page.meeting_id)
    return call.show(
        "meetings/table.html",
        call.phrase("Proposals for the agenda"),
        call.phrase("Cases that ask to be discussed, by reference, each with why. Take what fits; you can change all of it."),
        status=status,
        rows=[_row(call, item, everybody, sent=call.is_post, error=errors.get(str(item.case_id), "")) for item in page.items],
        error=errors.get("", ""),
        meeting=here,
        here=f"{here}/table",
    )  # fmt: skip


def _row(
    call: PageCall,
    item: Proposal,
    everybody: list[tuple[str, list[tuple[str, str]]]],
    *,
    sent: bool,
    error: str,
) -> dict[str, Any]:
    """Give one proposal as the template shows it: its own values, or those that were sent."""
    key = str(item.case_id)
    proposed = {str(each.person_id) for each in item.people}
    chosen = {text for name, text in call.items if name == f"people-{key}"} if sent else proposed
    return {
        "key": key,
        "reference": item.reference,
        "error": error,
        "asked": any(each.code == "closureAsked" for each in item.reasons) and not item.left_off,
        "left": bool(item.left_off),
        "why_left": call.sent(f"left-{key}") if sent else "",
        "purpose": "extension" if item.reasons[0].code == "extensionProposed" else "",
        "taken": ("take", key) in call.items if sent else _ticked(item),
        "reasons": [
            (call.phrase(f"proposal.{each.code}"), format_date(call.language, each.day) if each.day else "")
            for each in item.reasons
        ],
        "question": call.sent(f"question-{key}") if sent else item.question,
        "minutes": call.sent(f"minutes-{key}") if sent else item.minutes,
        "people": [
            (str(each.person_id), each.name, each.agency_name, label(each.ground_list, each.ground_code, call.language),
             str(each.person_id) in chosen, bool(each.busy))
            for each in item.people
        ],
        "others": [
            (agency, [(value, name, value in chosen) for value, name in members if value not in proposed])
            for agency, members in everybody
            if any(value not in proposed for value, _ in members)
        ],
    }  # fmt: skip


def _ticked(item: Proposal) -> bool:
    return bool(_STRONG & {each.code for each in item.reasons}) and not item.left_off


def _send(call: PageCall) -> Response:
    taken = [text for name, text in call.items if name == "take" and text]
    try:
        with call.work() as unit:
            call.admit(unit)
            command, errors = _asked(call, taken)
            if command is None:
                return _shown(call, unit, errors, Kind.BAD_REQUEST.status)
            if command.entries:
                tabling.table_meeting(unit, command)
            for key, why in _left_off(call, taken).items():
                said = {"caseId": key, "meetingId": call.id("meetingId"), "reasonText": why}
                leaving_off.leave_off_case(unit, c.LeaveOffCase.model_validate(said))
            return call.go(
                meeting_address(call.id("meetingId")),
                done=(Action.MEETING_TABLE if command.entries else Action.CASE_LEAVE_OFF).value,
            )
    except Exception as fault:
        problem = as_problem(fault) if isinstance(fault, Problem) else None
        if problem is None or problem.kind not in _SAID_HERE:
            raise
        with call.work() as unit:
            call.admit(unit)
            return _shown(call, unit, _told(call, problem, taken), problem.kind.status)


def _asked(call: PageCall, taken: list[str]) -> tuple[c.TableMeeting | None, dict[str, str]]:
    """Build the Command of what was ticked; or say by case what cannot be read."""
    left = _left_off(call, taken)
    silent = [key for key, why in left.items() if not why]
    if silent:
        return None, dict.fromkeys(silent, call.phrase("Tick this case, or say why it is left off again."))
    if not taken and left:
        return c.TableMeeting.model_construct(meeting_id=call.id("meetingId"), entries=[]), {}
    if not taken:
        return None, {"": call.phrase("Tick at least one case.")}
    entries = [
        {
            "caseId": key,
            "question": call.sent(f"question-{key}"),
            "minutes": call.sent(f"minutes-{key}").strip(),
            "purpose": call.sent(f"purpose-{key}") or None,
            "people": [{"personId": text} for name, text in call.items if name == f"people-{key}"],
        }
        for key in taken
    ]
    try:
        return c.TableMeeting.model_validate({"meetingId": call.id("meetingId"), "entries": entries}), {}
    except ValidationError as fault:
        errors: dict[str, str] = {}
        for detail in fault.errors(include_url=False, include_input=False):
            place = [str(part) for part in detail["loc"]]
            key = taken[int(place[1])] if place[:1] == ["entries"] and len(place) > 1 else ""
            errors[key] = call.phrase(
                "Write a question of at most 5000 characters, and the time as a number from 1 to 240."
            )
        return None, errors


def _left_off(call: PageCall, taken: list[str]) -> dict[str, str]:
    """Give why each case whose review was missed is not taken, as it was filled in (R76)."""
    asked = {
        name.removeprefix("left-"): text.strip() for name, text in call.items if name.startswith("left-")
    }
    return {key: why for key, why in asked.items() if key not in taken}


def _told(call: PageCall, problem: Problem, taken: list[str]) -> dict[str, str]:
    """Say a refusal at the case it names, in words."""
    issue = problem.issues[0] if problem.issues else None
    place = issue.name.split(".") if issue else []
    key = (
        taken[int(place[1])]
        if len(place) > 1 and place[0] == "entries" and int(place[1]) < len(taken)
        else ""
    )
    rule_text = call.request.app.state.rule_text
    cited = rule_of(rule_text, call.language, problem)
    said = reason_of(rule_text, call.language, problem) + (f" ({cited.partition(':')[0]})" if cited else "")
    if issue is not None and problem.kind is Kind.BAD_REQUEST:
        said = _words(call, issue)
    if place[2:3] == ["people"]:
        who = call.phrase("Somebody you ticked cannot be invited for this case.")
        said = f"{who} {said}"
    return {key: said}


def _words(call: PageCall, issue: Issue) -> str:
    return call.phrase(issue.detail) if knows(call.language, issue.detail) else call.phrase("error.invalid")


announces(Action.MEETING_TABLE, Action.CASE_LEAVE_OFF)
page_get(router, _TABLE, _checklist)
page_send(router, _TABLE, _send)


# One case, from its file ---------------------------------------------------------------------------------


def _coming(call: PageCall, work: Work) -> tuple[Any, Prepared, date | None]:
    """Give the file, the form with the meetings to come, and the day of the first of them."""
    view = opened_file(call, work)
    require(view.abilities, Action.AGENDA_ITEM_ADD)
    rows = planning.list_meeting(work, c.ListMeeting(pageSize=100)).items
    coming = [each for each in rows if each.state in BEFORE]
    ready = about_file(
        call,
        view,
        options={
            "meetingId": [(str(each.meeting_id), f"{when(call, each)}, {each.place}") for each in coming]
        },
        warning="" if coming else call.phrase("No meeting is planned yet: plan one first."),
        context={"nothing_to_fill_in": not coming},
    )
    return view, ready, min((brussels_day(each.starts_at) for each in coming), default=None)


def _prepare_case(call: PageCall, work: Work) -> Prepared:
    view, ready, day = _coming(call, work)
    said = effect_on_the_date(call, work, view, day) if day else ""
    return replace(ready, intro=said, hidden={"purpose": ""})


page_form(
    router,
    FormRow(
        "/cases/{caseId}/agenda", c.AddAgendaItem, Action.AGENDA_ITEM_ADD, tabling.add_agenda_item, _prepare_case,
        lambda _, view: item_address(view.agenda_item_id),
        title=to_translate("Put on an agenda"),
        purpose=to_translate("Who is invited for this case sees the name and your question."),
        submit=to_translate("Put on the agenda"),
        hidden=("purpose",),
    ),
)  # fmt: skip


def _prepare_extension(call: PageCall, work: Work) -> Prepared:
    view, ready, day = _coming(call, work)
    sheet = extensions.read_extension(
        work, ReadExtension(caseId=call.id("caseId"), reason=stated_reason(call))
    )
    if not any(each.state == "proposed" for each in sheet.items):
        raise Problem(Kind.ILLEGAL_TRANSITION, rule="R87", logged=True)
    kinds = _kinds(call, work, view, day) if day else []
    return replace(
        ready, options={**ready.options, "purpose": kinds}, values={**ready.values, "purpose": "extension"}
    )


def _kinds(call: PageCall, work: Work, view: Any, day: date) -> list[tuple[str, str]]:
    """Give what can be discussed, each with what it does to the end of the data: an extension alone moves nothing (R88)."""
    moved = call.phrase(
        "Discussed on %(day)s, the data go on %(later)s at the latest.",
        day=format_date(call.language, day),
        later=format_date(call.language, end_after_discussion(work, view, day)),
    )
    kept = call.phrase("The data still go on %(due)s.", due=format_date(call.language, view.due_on))
    said = {"both": moved, "extension": kept}
    return [(code, f"{call.phrase(f'option.purpose.{code}')}. {said[code]}") for code in said]


page_form(
    router,
    FormRow(
        "/cases/{caseId}/extension/agenda", c.AddAgendaItem, Action.AGENDA_ITEM_ADD, tabling.add_agenda_item,
        _prepare_extension, lambda _, view: item_address(view.agenda_item_id),
        title=to_translate("Have the extension discussed"),
        purpose=to_translate("Nobody can decide on an extension before a meeting discussed it. Choose the meeting."),
        submit=to_translate("Put on the agenda"),
    ),
)  # fmt: skip


# Before convening ----------------------------------------------------------------------------------------


def _review(call: PageCall, work: Work) -> Response:
    view = reviewing.review_meeting(work, c.ReviewMeeting(meetingId=call.id("meetingId")))
    planned = sum(block.minutes for block in view.blocks)
    return call.show(
        "meetings/review.html",
        call.phrase("Who will be invited"),
        call.phrase("Each case with its people and the ground on which they are asked. Nothing was sent for what is prepared.")
        if any(person.state == "draft" for item in view.items for person in item.people)
        else call.phrase("Each case with its people and the ground on which they are asked."),
        view=view,
        when=when(call, view),
        planned=planned,
        problems=[call.phrase(f"obstacle.{code}") for code in view.problems],
        rows=[_item(call, item) for item in view.items],
        hindered=any(person.problems for item in view.items for person in item.people),
        here=meeting_address(view.meeting_id),
        tones=TONES,
    )  # fmt: skip


GROUND_REASON = to_translate("Why this ground")
URGENCY_REASON = to_translate("Why it is urgent")
CHILD_REASON = to_translate("Why a child under twelve is discussed")


def _item(call: PageCall, item: ReviewItem) -> dict[str, Any]:
    return {
        "reference": item.reference,
        "question": item.question,
        "href": item_address(item.agenda_item_id),
        "time": format_time(call.language, item.starts_at),
        "minutes": item.minutes,
        "late": item.late,
        "people": [
            {
                "name": person.name,
                "agency": person.agency_name,
                "ground": label(person.ground_list, person.ground_code, call.language),
                "state": person.state,
                "busy": person.busy,
                "problems": [call.phrase(f"obstacle.{code}") for code in person.problems],
                "reasons": [
                    (call.phrase(said), text)
                    for said, text in (
                        (GROUND_REASON, person.ground_reason),
                        (URGENCY_REASON, person.urgency_reason),
                        (CHILD_REASON, person.child_reason),
                    )
                    if text
                ],
            }
            for person in item.people
        ],
    }


page_get(router, _REVIEW, _review)
page_button(
    router, "/meetings/{meetingId}/convene", c.ConveneMeeting, Action.MEETING_CONVENE, convening.convene_meeting,
    lambda call, _: meeting_address(call.id("meetingId")),
)  # fmt: skip


# Today ---------------------------------------------------------------------------------------------------


@today_block(3, able(Action.MEETING_CONVENE, MAYORAL))
def _to_convene(call: PageCall, work: Work) -> Block | None:
    """Show the mayor the meetings that wait to be convened: nobody else can."""
    if not may(work.actor, Action.MEETING_LIST):
        return None
    coming = planning.list_meeting(work, c.ListMeeting(pageSize=100)).items
    drafts = [item for item in coming if item.state == "draft" and item.own_items]
    late = [item for item in coming if item.state == "convened" and item.waiting]
    if not drafts and not late:
        return None
    return Block(
        call.phrase("Invitations that wait for you"),
        [_waiting(call, item) for item in (*late, *drafts)],
        purpose=call.phrase("Only you can send them. You see first who is invited for which case."),
    )


def _waiting(call: PageCall, item: MeetingItem) -> dict[str, Any]:
    if item.state == "convened":
        note = translate_many(
            call.language,
            "%(num)s invitation prepared after the meeting was convened",
            "%(num)s invitations prepared after the meeting was convened",
            item.waiting or 0,
        )
        step = call.phrase("Check and send")
    else:
        note = translate_many(
            call.language,
            "%(num)s case of your municipality on the agenda",
            "%(num)s cases of your municipality on the agenda",
            item.own_items or 0,
        )
        step = call.phrase("Check and convene")
    return {
        "title": when(call, item),
        "href": f"{meeting_address(item.meeting_id)}/review",
        "note": note,
        "state": (step, "warning"),
    }
