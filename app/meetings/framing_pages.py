"""The page of the fixed agenda item on legal and ethical frameworks (R38)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.directory.choosing import as_choice
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_form, require
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.meetings import commands as c
from app.meetings import framing
from app.meetings.pages import meeting_address
from app.meetings.views import FrameworkList
from app.rules.actions import Action

router = APIRouter()
_ALL = "/meetings/{meetingId}/frameworks"
register_codes("hint", ["stateFramework.text"])


def _address(call: PageCall, _view: object = None) -> str:
    return f"{meeting_address(call.id('meetingId'))}/frameworks"


def _show(call: PageCall, work: Work) -> Response:
    view = framing.list_framework(work, asked(call, c.ListFramework))
    return call.show(
        "meetings/frameworks.html",
        call.phrase("Legal and ethical framework"),
        call.phrase(
            "A service of the French Community says at the start under which rules it sits, and what it may have to report."
        ),
        view=view,
        here=_address(call),
        meeting=meeting_address(view.meeting_id),
    )


page_get(router, _ALL, _show)


def _prepare(call: PageCall, work: Work) -> Prepared:
    view: FrameworkList = framing.list_framework(work, c.ListFramework(meetingId=call.id("meetingId")))
    require(view.abilities, Action.FRAMEWORK_STATE)
    mine = next((each for each in view.items if each.person_id == work.actor.person_id), None)
    return Prepared(
        back=_address(call),
        options={"personId": [as_choice(each) for each in view.items]},
        values={"personId": str(mine.person_id), "text": mine.text} if mine else {},
        breadcrumb=[(call.phrase("Meeting"), meeting_address(view.meeting_id))],
    )


page_form(
    router,
    FormRow(
        _ALL + "/state", c.StateFramework, Action.FRAMEWORK_STATE, framing.state_framework, _prepare, _address,
        title=to_translate("State the framework of a service"),
        purpose=to_translate("About the service and its rules; never about a person."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip
