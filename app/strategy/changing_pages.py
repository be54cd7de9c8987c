"""Pages on which a meeting on policy is moved, called off, or fetched on paper (R3)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.kernel.http.form_pages import FormRow, Prepared, asked, page_form, require
from app.kernel.http.pages import PageCall, page_get
from app.kernel.http.papers import download
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.strategy import commands as c
from app.strategy import moving, planning, printing
from app.strategy.meeting_pages import ALL, ONE, meeting_address, when
from app.strategy.pages import trail
from app.strategy.views import PolicyMeetingView

router = APIRouter()
register_codes("option.reason", ["tooFewCome", "chairAway", "placeAway", "nothingToDiscuss", "otherReason"])


def _prepare_move(call: PageCall, work: Work) -> Prepared:
    view = _opened(call, work, Action.POLICY_MEETING_MOVE)
    return _prepared(call, view, startsAt=view.starts_at, endsAt=view.ends_at, place=view.place)


def _prepare_cancel(call: PageCall, work: Work) -> Prepared:
    return _prepared(call, _opened(call, work, Action.POLICY_MEETING_CANCEL))


def _opened(call: PageCall, work: Work, action: Action) -> PolicyMeetingView:
    view = planning.read_policy_meeting(work, asked(call, c.ReadPolicyMeeting))
    require(view.abilities, action)
    return view


def _prepared(call: PageCall, view: PolicyMeetingView, **values: Any) -> Prepared:
    back = meeting_address(view.policy_meeting_id)
    return Prepared(
        back=back,
        version=view.version,
        values=values,
        breadcrumb=trail(call, (call.phrase("Meetings on policy"), ALL), (when(call, view), back)),
    )


def _after(_call: PageCall, view: PolicyMeetingView) -> str:
    return meeting_address(view.policy_meeting_id)


page_form(
    router,
    FormRow(
        ONE + "/move", c.MovePolicyMeeting, Action.POLICY_MEETING_MOVE, moving.move_policy_meeting, _prepare_move, _after,
        title=to_translate("Move the meeting"),
        purpose=to_translate("Who sits at this table is told, once the meeting was convened."),
        submit=to_translate("Move"),
    ),
)  # fmt: skip
page_form(
    router,
    FormRow(
        ONE + "/cancel", c.CancelPolicyMeeting, Action.POLICY_MEETING_CANCEL, moving.cancel_policy_meeting,
        _prepare_cancel, _after,
        title=to_translate("Call the meeting off"),
        purpose=to_translate("Who sits at this table is told. Its topics wait again."),
        submit=to_translate("Call off"),
        kind="danger",
    ),
)  # fmt: skip


def _paper(call: PageCall, work: Work) -> Response:
    return call.finish(download(printing.print_policy_meeting(work, asked(call, c.PrintPolicyMeeting))))


page_get(router, ONE + "/document", _paper)
