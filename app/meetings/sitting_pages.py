"""Pages of the sitting and what follows: one item, who is in the room, what is said, the minutes (R62 to R69)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import commands as cases
from app.cases.pages import stated_reason, statement_options, statement_words
from app.cases.statements import create_statement
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, may
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import to_translate
from app.kernel.work import Work
from app.meetings import agenda, minuting, sitting
from app.meetings import commands as c
from app.meetings.pages import AFTERWARDS, item_address, meeting_address, people_of_cell, steps_at, why
from app.meetings.views import AgendaItemView, MinutesView
from app.rules.actions import Action
from app.rules.problems import Kind, Problem
from app.rules.roles import DESK, MAYORAL, Role

router = APIRouter()
_ITEM = "/agenda-items/{agendaItemId}"
_MINUTES = "/meetings/{meetingId}/minutes"


# One item ------------------------------------------------------------------------------------------------


_OPENED_FOR = {
    "draft": "meetingPreparation", "convened": "meetingPreparation", "inSession": "consultation",
    "closed": "minutesAndCorrection",
}  # fmt: skip
"""Why a text that is shut is opened from an item, where its reader was not asked: it goes into the log (R52, R107)."""


def _item(call: PageCall, work: Work) -> Response:
    view = agenda.read_agenda_item(work, asked(call, c.ReadAgendaItem))
    standing = view.why.standing
    steps = steps_at(work, standing, view.meeting_state, Action.ATTENDANCE_RECORD)
    categories, words = statement_words(call.language)
    return call.show(
        "meetings/item.html",
        view.subject_name or view.reference,
        call.phrase("livcr.purpose"),
        view=view,
        why=why(call, view.why),
        here=item_address(view.agenda_item_id),
        categories=categories,
        words=words,
        tones=TONES,
        may_record=Action.ATTENDANCE_RECORD.value in steps,
        may_send=work.actor.role in MAYORAL and view.meeting_state == "convened",
        may_speak=_may_speak(work, view),
        opened_for=stated_reason(call) or _OPENED_FOR[view.meeting_state],
        may_exclude=standing != "file" and may(work.actor, Action.EXCLUSION_DECLARE),
    )


def _may_speak(work: Work, view: AgendaItemView) -> bool:
    return (
        may(work.actor, Action.STATEMENT_CREATE)
        and view.why.standing in {"file", "attending"}
        and view.meeting_state == "inSession"
    )


page_get(router, _ITEM, _item)


def _back(call: PageCall, _view: object = None) -> str:
    return item_address(call.id("agendaItemId")) + AFTERWARDS


def _read_item(call: PageCall, work: Work) -> AgendaItemView:
    wanted = c.ReadAgendaItem(agendaItemId=call.id("agendaItemId"), reason="minutesAndCorrection")
    return agenda.read_agenda_item(work, wanted)


page_button(
    router, _ITEM + "/attendance/set", c.RecordAttendance, Action.ATTENDANCE_RECORD, sitting.record_attendance, _back
)  # fmt: skip


def _prepare_attendance(call: PageCall, work: Work) -> Prepared:
    view = _read_item(call, work)
    require(
        steps_at(work, view.why.standing, view.meeting_state, Action.ATTENDANCE_RECORD),
        Action.ATTENDANCE_RECORD,
    )
    return Prepared(
        back=_back(call),
        options={"personId": people_of_cell(work)},
        values={"present": True},
        breadcrumb=[(view.reference, _back(call))],
    )


page_form(
    router,
    FormRow(
        _ITEM + "/attendance", c.RecordAttendance, Action.ATTENDANCE_RECORD, sitting.record_attendance,
        _prepare_attendance, _back,
        title=to_translate("Who is in the room?"),
        purpose=to_translate("Only who is in the room for this item may hear it, and is bound to secrecy about it."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip


def _prepare_statement(call: PageCall, work: Work) -> Prepared:
    view = _read_item(call, work)
    if not _may_speak(work, view):
        raise Problem(Kind.ILLEGAL_TRANSITION)
    options = statement_options(call.language, work.today)
    hidden: dict[str, Any] = {"caseId": view.case_id}
    if view.why.standing == "file" or work.actor.role is Role.SECRETARY:
        options["contributorId"] = people_of_cell(work)
    else:
        hidden["contributorId"] = ""
    return Prepared(
        back=_back(call),
        options=options,
        hidden=hidden,
        values={"contributorId": work.actor.person_id},
        intro=call.phrase(
            "Share only what this meeting needs for its purpose. You decide whether you share anything."
        ),
        breadcrumb=[(view.reference, _back(call))],
    )


page_form(
    router,
    FormRow(
        _ITEM + "/statements/new", cases.CreateStatement, Action.STATEMENT_CREATE, create_statement,
        _prepare_statement, _back,
        title=to_translate("Add a statement"),
        purpose=to_translate("One piece of information, with where it comes from and how it may be used."),
        submit=to_translate("Add to the file"),
        hidden=("caseId",),
    ),
)  # fmt: skip


# Minutes -------------------------------------------------------------------------------------------------


def _minutes(call: PageCall, work: Work) -> Response:
    view = minuting.read_minutes(work, asked(call, c.ReadMinutes))
    return call.show(
        "meetings/minutes.html",
        call.phrase("Minutes"),
        call.phrase("What the table agreed, item by item."),
        view=view,
        here=f"{meeting_address(view.meeting_id)}/minutes",
        meeting=meeting_address(view.meeting_id),
        tones=TONES,
        desk=work.actor.role in DESK,
        may_write=view.state == "draft" and may(work.actor, Action.MINUTES_DRAFT),
        may_remark=_may_remark(work, view),
    )


def _may_remark(work: Work, view: MinutesView) -> bool:
    return (
        view.state == "submitted"
        and may(work.actor, Action.MINUTES_REMARK)
        and work.actor.role not in DESK
        and view.remarks_until is not None
        and work.now <= view.remarks_until
    )


page_get(router, _MINUTES, _minutes)


def _minutes_address(call: PageCall, _view: object = None) -> str:
    return f"{meeting_address(call.id('meetingId'))}/minutes{AFTERWARDS}"


def _read_minutes(call: PageCall, work: Work) -> MinutesView:
    wanted = c.ReadMinutes(meetingId=call.id("meetingId"), reason="minutesAndCorrection")
    return minuting.read_minutes(work, wanted)


def _prepare_draft(call: PageCall, work: Work) -> Prepared:
    view = _read_minutes(call, work)
    if view.state != "draft":
        raise Problem(Kind.ILLEGAL_TRANSITION)
    wanted = call.id("agendaItemId")
    item = next((each for each in view.items if each.agenda_item_id == wanted), None)
    said = _read_item(call, work).statements
    categories, words = statement_words(call.language)
    return Prepared(
        context={
            "kept_out": [each for each in said if each.kept_out_of_minutes], "categories": categories, "words": words,
        },
        back=_minutes_address(call),
        version=item.item_version if item else None,
        values={"assessment": item.assessment, "decisions": item.decisions} if item else {},
        title=call.phrase("Minutes of %(reference)s", reference=item.reference) if item and item.reference else "",
        breadcrumb=[(call.phrase("Meeting"), meeting_address(view.meeting_id)), (call.phrase("Minutes"), _minutes_address(call))],
    )  # fmt: skip


page_form(
    router,
    FormRow(
        _MINUTES + "/{agendaItemId}", c.DraftMinutes, Action.MINUTES_DRAFT, minuting.draft_minutes,
        _prepare_draft, _minutes_address,
        title=to_translate("Write the minutes of an item"),
        purpose=to_translate("What the table agreed and decided; not who said what."),
        submit=to_translate("Save"),
        template="meetings/draft.html",
    ),
)  # fmt: skip


def _prepare_remark(call: PageCall, work: Work) -> Prepared:
    view = _read_minutes(call, work)
    if not _may_remark(work, view):
        raise Problem(Kind.ILLEGAL_TRANSITION)
    wanted = call.id("agendaItemId")
    item = next((each for each in view.items if each.agenda_item_id == wanted), None)
    return Prepared(
        back=_minutes_address(call),
        intro=item.reference or "" if item else "",
        breadcrumb=[(call.phrase("Minutes"), _minutes_address(call))],
    )


page_form(
    router,
    FormRow(
        _MINUTES + "/{agendaItemId}/remark", c.RemarkMinutes, Action.MINUTES_REMARK, minuting.remark_minutes,
        _prepare_remark, _minutes_address,
        title=to_translate("Make a remark"),
        purpose=to_translate("The chair reads your remark before approving the minutes."),
        submit=to_translate("Send my remark"),
    ),
)  # fmt: skip
page_button(
    router, _MINUTES + "/whole/submit", c.SubmitMinutes, Action.MINUTES_SUBMIT, minuting.submit_minutes,
    _minutes_address,
)  # fmt: skip
page_button(
    router, _MINUTES + "/whole/approve", c.ApproveMinutes, Action.MINUTES_APPROVE, minuting.approve_minutes,
    _minutes_address,
)  # fmt: skip
