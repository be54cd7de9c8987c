"""Pages of changing an agenda and a meeting: order, time, putting off, moving, calling off (R13, R26, R61, R69)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.directory.choosing import people_of_cell
from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form, require
from app.kernel.http.pages import PageCall
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.meetings import agenda, agenda_items, changing, moving, planning, withdrawing
from app.meetings import commands as c
from app.meetings.pages import item_address, meeting_address
from app.meetings.views import AgendaItemView, MeetingView
from app.meetings.wording import when
from app.rules.actions import Action
from app.rules.roles import DESK, Role

router = APIRouter()
_ITEM = "/agenda-items/{agendaItemId}"
_ONE = "/meetings/{meetingId}"
register_codes("hint", ["moveMeeting.urgencyReason"])


# Items ---------------------------------------------------------------------------------------------------


def _read(call: PageCall, work: Work, action: Action) -> AgendaItemView:
    wanted = c.ReadAgendaItem(agendaItemId=call.id("agendaItemId"), reason="meetingPreparation")
    view = agenda_items.read_agenda_item(work, wanted)
    require(view.abilities, action)
    return view


def _about(call: PageCall, view: AgendaItemView, **also: Any) -> Prepared:
    return Prepared(
        back=item_address(view.agenda_item_id),
        version=view.version,
        breadcrumb=[
            (call.phrase("Agenda"), meeting_address(view.meeting_id)),
            (view.reference, item_address(view.agenda_item_id)),
        ],
        **also,
    )


def _item(call: PageCall, _view: object = None) -> str:
    return item_address(call.id("agendaItemId"))


def _agenda(_call: PageCall, view: AgendaItemView) -> str:
    return meeting_address(view.meeting_id)


def _prepare_change(call: PageCall, work: Work) -> Prepared:
    view = _read(call, work, Action.AGENDA_ITEM_CHANGE)
    return _about(call, view, values={"minutes": view.minutes, "question": view.question})


page_form(
    router,
    FormRow(
        _ITEM + "/change", c.ChangeAgendaItem, Action.AGENDA_ITEM_CHANGE, changing.change_agenda_item, _prepare_change,
        _agenda,
        title=to_translate("Change the time or the question"),
        purpose=to_translate("Once the meeting is convened, who is invited to this item is told that it changed."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip
page_form(
    router,
    FormRow(
        _ITEM + "/postpone", c.PostponeAgendaItem, Action.AGENDA_ITEM_POSTPONE, changing.postpone_agenda_item,
        lambda call, work: _about(call, _read(call, work, Action.AGENDA_ITEM_POSTPONE)), _item,
        title=to_translate("Put this item off"),
        purpose=to_translate("It does not count as discussed. Who was invited is told, and no longer sees it."),
        submit=to_translate("Put off"),
    ),
)  # fmt: skip
page_form(
    router,
    FormRow(
        _ITEM + "/take-off", c.TakeOffAgendaItem, Action.AGENDA_ITEM_TAKE_OFF, changing.take_off_agenda_item,
        lambda call, work: _about(call, _read(call, work, Action.AGENDA_ITEM_TAKE_OFF)), _agenda,
        title=to_translate("Take this item off the agenda"),
        purpose=to_translate("For a case that should not be on it. Who was invited is told, and no longer sees it."),
        submit=to_translate("Take off the agenda"),
    ),
)  # fmt: skip


register_codes("field", ["carryOverAgendaItem.meetingId"])


def _prepare_carrying(call: PageCall, work: Work) -> Prepared:
    """Offer the meetings still to come after this one."""
    view = _read(call, work, Action.AGENDA_ITEM_CARRY_OVER)
    coming = planning.list_meeting(work, c.ListMeeting(pageSize=100)).items
    later = [
        (str(each.meeting_id), f"{when(call, each)}, {each.place}")
        for each in coming
        if each.state in {"draft", "convened"} and each.starts_at > work.now and each.meeting_id != view.meeting_id
    ]  # fmt: skip
    return _about(
        call,
        view,
        options={"meetingId": later},
        warning="" if later else call.phrase("No later meeting is planned yet: plan one first."),
        context={
            "nothing_to_fill_in": not later,
            "instead": (call.phrase("Plan a meeting"), "/meetings/new"),
        },
    )


page_form(
    router,
    FormRow(
        _ITEM + "/carry-over", c.CarryOverAgendaItem, Action.AGENDA_ITEM_CARRY_OVER, changing.carry_over_agenda_item,
        _prepare_carrying, lambda _, view: item_address(view.agenda_item_id),
        title=to_translate("Carry this item over"),
        purpose=to_translate("To a later meeting, with its question and the same people. The mayor sends the invitations."),
        submit=to_translate("Carry over"),
    ),
)  # fmt: skip
page_button(
    router, _ITEM + "/order", c.OrderAgendaItem, Action.AGENDA_ITEM_ORDER, changing.order_agenda_item, _agenda
)


# Invitations ---------------------------------------------------------------------------------------------


def _of_item(_call: PageCall, view: Any) -> str:
    return item_address(view.agenda_item_id)


page_button(
    router, "/invitations/{invitationId}/withdraw", c.WithdrawInvitation, Action.INVITATION_WITHDRAW,
    withdrawing.withdraw_invitation, _of_item,
)  # fmt: skip
page_button(
    router, "/invitations/{invitationId}/remove", c.RemoveInvitation, Action.INVITATION_REMOVE,
    withdrawing.remove_invitation, _of_item,
)  # fmt: skip


# Meetings ------------------------------------------------------------------------------------------------


def _meeting(call: PageCall, work: Work, action: Action) -> tuple[MeetingView, Prepared]:
    view = agenda.read_meeting(work, c.ReadMeeting(meetingId=call.id("meetingId")))
    require(view.abilities, action)
    back = meeting_address(view.meeting_id)
    return view, Prepared(
        back=back,
        version=view.version,
        intro=f"{when(call, view)}, {view.place}",
        breadcrumb=[(call.phrase("Meetings"), "/meetings"), (call.phrase("Meeting"), back)],
    )


def _back(call: PageCall, _view: object = None) -> str:
    return meeting_address(call.id("meetingId"))


def _prepare_meeting(call: PageCall, work: Work) -> Prepared:
    view, ready = _meeting(call, work, Action.MEETING_CHANGE)
    return Prepared(
        back=ready.back,
        version=ready.version,
        breadcrumb=ready.breadcrumb,
        options={
            "chairId": people_of_cell(work, DESK),
            "secretaryId": people_of_cell(work, frozenset({Role.SECRETARY, Role.COORDINATOR})),
        },
        values={"place": view.place, "chairId": view.chair_id, "secretaryId": view.secretary_id},
        hidden={"blocks": ""},
    )


page_form(
    router,
    FormRow(
        _ONE + "/change", c.ChangeMeeting, Action.MEETING_CHANGE, moving.change_meeting, _prepare_meeting, _back,
        title=to_translate("Change place or people"),
        purpose=to_translate("Who chairs needs a mandate of mayor, delegate or coordinator on the day itself."),
        submit=to_translate("Save"),
        hidden=("blocks",),
    ),
)  # fmt: skip
page_button(router, _ONE + "/blocks", c.ChangeMeeting, Action.MEETING_CHANGE, moving.change_meeting, _back)


def _prepare_move(call: PageCall, work: Work) -> Prepared:
    view, ready = _meeting(call, work, Action.MEETING_MOVE)
    return Prepared(
        back=ready.back,
        version=ready.version,
        intro=ready.intro,
        breadcrumb=ready.breadcrumb,
        values={"startsAt": view.starts_at, "endsAt": view.ends_at},
        hidden={} if view.state == "convened" else {"urgencyReason": ""},
    )


page_form(
    router,
    FormRow(
        _ONE + "/move", c.MoveMeeting, Action.MEETING_MOVE, moving.move_meeting, _prepare_move, _back,
        title=to_translate("Move the meeting"),
        purpose=to_translate("Who was invited is told, and asked again whether they come."),
        submit=to_translate("Move"),
    ),
)  # fmt: skip
page_form(
    router,
    FormRow(
        _ONE + "/cancel", c.CancelMeeting, Action.MEETING_CANCEL, moving.cancel_meeting,
        lambda call, work: _meeting(call, work, Action.MEETING_CANCEL)[1], _back,
        title=to_translate("Call the meeting off"),
        purpose=to_translate("Who was invited is told. Its cases can be carried over to a later meeting."),
        submit=to_translate("Call off"),
        kind="danger",
    ),
)  # fmt: skip
page_button(router, _ONE + "/invite", c.InviteMeeting, Action.MEETING_INVITE, moving.invite_meeting, _back)
