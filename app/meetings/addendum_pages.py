"""Pages on which approved minutes are corrected: writing a correction, and deciding on one (R67)."""

from __future__ import annotations

from fastapi import APIRouter

from app.kernel.http.form_pages import FormRow, Prepared, page_form, require
from app.kernel.http.pages import PageCall
from app.kernel.i18n import to_translate
from app.kernel.work import Work
from app.meetings import addenda, minutes_reading
from app.meetings import minutes_commands as m
from app.meetings.pages import AFTERWARDS, meeting_address
from app.meetings.views import MinutesItemView
from app.rules.actions import Action
from app.rules.problems import not_found

router = APIRouter()
_ITEM = "/meetings/{meetingId}/minutes/{agendaItemId}"


def _back(call: PageCall, _view: object = None) -> str:
    return f"{meeting_address(call.id('meetingId'))}/minutes{AFTERWARDS}"


def _item(call: PageCall, work: Work, action: Action) -> MinutesItemView:
    wanted = m.ReadMinutes(meetingId=call.id("meetingId"), reason="minutesAndCorrection")
    items = minutes_reading.read_minutes(work, wanted).items
    found = next((each for each in items if each.agenda_item_id == call.id("agendaItemId")), None)
    if found is None:
        raise not_found()
    require(found.abilities, action)
    return found


def _about(call: PageCall) -> list[tuple[str, str]]:
    meeting = meeting_address(call.id("meetingId"))
    return [(call.phrase("Meeting"), meeting), (call.phrase("Minutes"), _back(call))]


def _prepare_correction(call: PageCall, work: Work) -> Prepared:
    item = _item(call, work, Action.MINUTES_CORRECT)
    return Prepared(
        back=_back(call), intro=item.reference or "", breadcrumb=_about(call), context={"approved": item}
    )


def _prepare_decision(call: PageCall, work: Work) -> Prepared:
    item = _item(call, work, Action.MINUTES_DECIDE_CORRECTION)
    waits = next(each for each in item.addenda if each.state == addenda.PROPOSED)
    return Prepared(
        back=_back(call),
        intro=item.reference or "",
        breadcrumb=_about(call),
        hidden={"addendumId": str(waits.addendum_id)},
        options={
            "decision": [
                (each, call.phrase(f"option.decision.{each}"))
                for each in (("refuse",) if waits.own else ("approve", "refuse"))
            ]
        },
        warning=call.phrase("You wrote this one: you can take it back, somebody else approves it.")
        if waits.own
        else "",
        context={"approved": item, "waits": waits},
    )


page_form(
    router,
    FormRow(
        _ITEM + "/correct", m.CorrectMinutes, Action.MINUTES_CORRECT, addenda.correct_minutes,
        _prepare_correction, _back,
        title=to_translate("Correct approved minutes"),
        purpose=to_translate(
            "What was approved stays as it is. Your correction comes beside it once the chair or the mayor agreed; you cannot"
            " approve it yourself."
        ),
        submit=to_translate("Propose the correction"),
        template="meetings/addendum.html",
    ),
)  # fmt: skip
page_form(
    router,
    FormRow(
        _ITEM + "/decide", m.DecideCorrectionMinutes, Action.MINUTES_DECIDE_CORRECTION,
        addenda.decide_correction_minutes, _prepare_decision, _back,
        title=to_translate("Decide on a correction of the minutes"),
        purpose=to_translate("Somebody else wrote it. An approved correction is signed, and who was there is told of it."),
        submit=to_translate("Decide"),
        hidden=("addendumId",),
        template="meetings/addendum.html",
    ),
)  # fmt: skip
