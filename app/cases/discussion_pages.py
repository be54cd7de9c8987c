"""Pages of the days on which a person was discussed, and of correcting one by two roles (R69, R96)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import commands as c
from app.cases import discussions
from app.cases.pages import CASES, ONE_CASE, ask_reason, back_to_file, case_address, stated_reason
from app.cases.views import DiscussionList
from app.kernel.http.form_pages import FormRow, Prepared, page_form, require
from app.kernel.http.pages import Elsewhere, PageCall, page_get
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action

router = APIRouter()
_DAYS = ONE_CASE + "/discussions"

register_codes("option.kind", ["earlier", "notDiscussed"])
register_codes("state.correction", ["proposed", "approved", "refused"])
register_codes("hint", ["proposeDiscussion.reasonText", "proposeDiscussion.correctedOn", "endsAtOnce"])
register_codes("field", ["proposeDiscussion.kind"])


def _address(call: PageCall, _view: object = None) -> str:
    return f"{case_address(call.id('caseId'))}/discussions?reason=minutesAndCorrection"


def _read(call: PageCall, work: Work) -> DiscussionList:
    reason = stated_reason(call)
    if not reason:
        raise Elsewhere(f"{case_address(call.id('caseId'))}/discussions")
    return discussions.list_discussion(work, c.ListDiscussion(caseId=call.id("caseId"), reason=reason))


def _days(call: PageCall, work: Work) -> Response:
    if not stated_reason(call):
        return ask_reason(call, work)
    view = _read(call, work)
    return call.show(
        "cases/discussions.html",
        call.phrase("When this person was discussed"),
        call.phrase("The year after which the file goes runs from the last of these days."),
        view=view,
        here=f"{case_address(view.case_id)}/discussions",
        back=back_to_file(call),
        days={item.meeting_id: format_date(call.language, item.discussed_on) for item in view.items},
        may_decide=Action.DISCUSSION_DECIDE.value in view.abilities
        and any(each.state == discussions.PROPOSED and not each.own for each in view.corrections),
    )


page_get(router, _DAYS, _days)


def _about(call: PageCall, view: DiscussionList) -> list[tuple[str, str]]:
    return [
        (call.phrase("Cases"), CASES),
        (view.reference, back_to_file(call)),
        (call.phrase("Discussed"), _address(call)),
    ]


def _prepare_proposal(call: PageCall, work: Work) -> Prepared:
    view = _read(call, work)
    require(view.abilities, Action.DISCUSSION_PROPOSE)
    return Prepared(
        back=_address(call),
        options={
            "meetingId": [
                (str(each.meeting_id), format_date(call.language, each.discussed_on)) for each in view.items
            ]
        },
        breadcrumb=_about(call, view),
    )


def _prepare_decision(call: PageCall, work: Work) -> Prepared:
    view = _read(call, work)
    require(view.abilities, Action.DISCUSSION_DECIDE)
    waiting = [each for each in view.corrections if each.state == discussions.PROPOSED and not each.own]
    return Prepared(
        back=_address(call),
        options={
            "correctionId": [
                (
                    str(each.correction_id),
                    call.phrase(
                        "%(day)s: %(kind)s. %(reason)s After approval the data go on %(due)s.",
                        day=format_date(call.language, each.corrected_on) if each.corrected_on else "",
                        kind=call.phrase(f"option.kind.{each.kind}"),
                        reason=each.reason_text,
                        due=format_date(call.language, each.due_on_after) if each.due_on_after else "",
                    ).removeprefix(": "),
                )
                for each in waiting
            ]
        },
        breadcrumb=_about(call, view),
    )


page_form(
    router,
    FormRow(
        _DAYS + "/correct", c.ProposeDiscussion, Action.DISCUSSION_PROPOSE, discussions.propose_discussion,
        _prepare_proposal, _address,
        title=to_translate("Propose to correct a day"),
        purpose=to_translate(
            "The record of a meeting sets the day. If it is wrong, say so with reasons; the mayor decides. The end of the"
            " term can only come nearer."
        ),
        submit=to_translate("Propose"),
    ),
)  # fmt: skip
page_form(
    router,
    FormRow(
        _DAYS + "/decide", c.DecideDiscussion, Action.DISCUSSION_DECIDE, discussions.decide_discussion,
        _prepare_decision, _address,
        title=to_translate("Decide on a correction"),
        purpose=to_translate("Somebody else proposed it. If you approve it, the end of the term is counted anew."),
        submit=to_translate("Decide"),
    ),
)  # fmt: skip
