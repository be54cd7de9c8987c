"""Pages of the sitting and what follows: one item, who is in the room, what is said, the minutes (R62 to R69)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import commands as cases
from app.cases.pages import stated_reason, statement_options, statement_words
from app.cases.statements import create_statement
from app.directory.choosing import people_of_cell
from app.directory.office_queries import person_name
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, may
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, format_moment, register_codes, to_translate
from app.kernel.work import Work
from app.meetings import agenda_items, minutes_reading, minuting, remarking, sitting
from app.meetings import commands as c
from app.meetings import minutes_commands as m
from app.meetings.models import NEVER_SENT
from app.meetings.pages import AFTERWARDS, item_address, meeting_address, steps_at
from app.meetings.views import AgendaItemView, MinutesView
from app.meetings.wording import absent, when, why
from app.rules.actions import Action
from app.rules.problems import Kind, Problem
from app.rules.roles import DESK, MAYORAL, POLICE, Role

router = APIRouter()
register_codes("option.presence", ["came", "left", "struck"])
_ITEM = "/agenda-items/{agendaItemId}"
_MINUTES = "/meetings/{meetingId}/minutes"


# One item ------------------------------------------------------------------------------------------------


_OPENED_FOR = {
    "draft": "meetingPreparation", "convened": "meetingPreparation", "inSession": "consultation",
    "closed": "minutesAndCorrection", "cancelled": "meetingPreparation",
}  # fmt: skip
"""Why a text that is shut is opened from an item, where its reader was not asked: it goes into the log (R52, R107)."""


def _item(call: PageCall, work: Work) -> Response:
    view = agenda_items.read_agenda_item(work, asked(call, c.ReadAgendaItem))
    standing = view.why.standing
    categories, words = statement_words(call.language)
    return call.show(
        "meetings/item.html",
        view.subject_name or view.reference,
        call.phrase("livcr.purpose"),
        view=view,
        why=why(call, view.why),
        when=when(call, view.letter) if view.letter else "",
        here=item_address(view.agenda_item_id),
        absent=absent(call, view.core_absent),
        categories=categories,
        words=words,
        tones=TONES,
        **_at_the_table(work, view),
        may_speak=_may_speak(work, view),
        may_feed_back=standing == "attending"
        and work.actor.role in POLICE
        and may(work.actor, Action.FEEDBACK_SHEET_DRAFT),
        opened_for=stated_reason(call) or _OPENED_FOR[view.meeting_state],
        may_exclude=standing != "file" and may(work.actor, Action.EXCLUSION_DECLARE),
    )


def _at_the_table(work: Work, view: AgendaItemView) -> dict[str, Any]:
    """Give what the reader may do with those at the table, whether anything at all, and which letters can be printed."""
    keeps, state = view.why.standing == "file", view.meeting_state
    can = {
        "may_record": bool(steps_at(work, view.why.standing, state, Action.ATTENDANCE_RECORD)),
        "may_send": work.actor.role in MAYORAL and state == "convened",
        "may_remove": keeps and may(work.actor, Action.INVITATION_REMOVE),
        "may_withdraw": keeps and may(work.actor, Action.INVITATION_WITHDRAW) and state in {"convened", "inSession"},
    }  # fmt: skip
    asked = {person.invitation_state for person in view.people}
    sent = [each for each in view.people if each.invitation_state not in {None, *NEVER_SENT}]
    return can | {
        "acts_here": can["may_record"]
        or ("draft" in asked and (can["may_send"] or can["may_remove"]))
        or (can["may_withdraw"] and bool(asked & {"sent", "accepted", "passedOn"})),
        "letters": sent if keeps and state != "inSession" else [],
    }


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
    return agenda_items.read_agenda_item(work, wanted)


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
        hidden={"correction": ""},
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
        hidden=("correction",),
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
    view = minutes_reading.read_minutes(work, asked(call, m.ReadMinutes))
    return call.show(
        "meetings/minutes.html",
        call.phrase("Minutes of %(day)s", day=format_date(call.language, view.starts_at)),
        call.phrase("What the table agreed, item by item."),
        view=view,
        here=f"{meeting_address(view.meeting_id)}/minutes",
        meeting=meeting_address(view.meeting_id),
        tones=TONES,
        desk=work.actor.role in DESK,
        may_write=view.state == "draft" and may(work.actor, Action.MINUTES_DRAFT),
        reader=_reader(call, work),
    )


def _reader(call: PageCall, work: Work) -> str:
    """Say who reads, and when: it stands across what they read, so that a copy says whose it is (R68)."""
    name = person_name(work.session, work.actor.person_id) if work.actor.person_id else ""
    return f"{name}, {format_moment(call.language, work.now)}"


page_get(router, _MINUTES, _minutes)


def _minutes_address(call: PageCall, _view: object = None) -> str:
    return f"{meeting_address(call.id('meetingId'))}/minutes{AFTERWARDS}"


def _read_minutes(call: PageCall, work: Work) -> MinutesView:
    wanted = m.ReadMinutes(meetingId=call.id("meetingId"), reason="minutesAndCorrection")
    return minutes_reading.read_minutes(work, wanted)


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
        values={"assessment": item.assessment, "decisions": item.decisions, "actions": item.actions or ""} if item else {},
        title=call.phrase("Minutes of %(reference)s", reference=item.reference) if item and item.reference else "",
        breadcrumb=[(call.phrase("Meeting"), meeting_address(view.meeting_id)), (call.phrase("Minutes"), _minutes_address(call))],
    )  # fmt: skip


page_form(
    router,
    FormRow(
        _MINUTES + "/{agendaItemId}", m.DraftMinutes, Action.MINUTES_DRAFT, minuting.draft_minutes,
        _prepare_draft, _minutes_address,
        title=to_translate("Write the minutes of an item"),
        purpose=to_translate("What the table agreed and decided; not who said what."),
        submit=to_translate("Save"),
        template="meetings/draft.html",
    ),
)  # fmt: skip


def _prepare_remark(call: PageCall, work: Work) -> Prepared:
    view = _read_minutes(call, work)
    wanted = call.id("agendaItemId")
    item = next((each for each in view.items if each.agenda_item_id == wanted), None)
    if item is None or Action.MINUTES_REMARK.value not in item.abilities:
        raise Problem(Kind.ILLEGAL_TRANSITION)
    return Prepared(
        back=_minutes_address(call),
        intro=item.reference or "",
        breadcrumb=[(call.phrase("Minutes"), _minutes_address(call))],
    )


page_form(
    router,
    FormRow(
        _MINUTES + "/{agendaItemId}/remark", m.RemarkMinutes, Action.MINUTES_REMARK, remarking.remark_minutes,
        _prepare_remark, _minutes_address,
        title=to_translate("Make a remark"),
        purpose=to_translate("Who writes the minutes reads your remark before they are approved."),
        submit=to_translate("Send my remark"),
    ),
)  # fmt: skip
page_button(
    router, _MINUTES + "/whole/submit", m.SubmitMinutes, Action.MINUTES_SUBMIT, minuting.submit_minutes,
    _minutes_address,
)  # fmt: skip
page_button(
    router, _MINUTES + "/whole/assent", m.AssentMinutes, Action.MINUTES_ASSENT, remarking.assent_minutes,
    _minutes_address,
)  # fmt: skip
page_button(
    router, _MINUTES + "/whole/revise", m.ReviseMinutes, Action.MINUTES_REVISE, minuting.revise_minutes,
    _minutes_address,
)  # fmt: skip
page_button(
    router, _MINUTES + "/whole/approve", m.ApproveMinutes, Action.MINUTES_APPROVE, minuting.approve_minutes,
    _minutes_address,
)  # fmt: skip
