"""One's own calendar address: the page about it in the account, and the door that a phone fetches it by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.kernel.http.call import address_of
from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form
from app.kernel.http.pages import PAGES, Page, PageCall, page_get
from app.kernel.http.problems import trace_of
from app.kernel.i18n import to_translate
from app.kernel.work import Work, finished
from app.meetings import calendar_feeds as feeds
from app.meetings.calendar_views import CalendarView
from app.meetings.commands import CloseCalendar, ListCalendar, OpenCalendar, ReadCalendar
from app.rules.actions import Action
from app.rules.facts import VISITOR

router = APIRouter()
_HOME: Final = "/account/calendar"
_DOOR: Final = "/calendar/{token}.ics"


def _calendar(call: PageCall, work: Work) -> Response:
    return call.show(
        "meetings/calendar.html",
        call.phrase("Meetings in your own calendar"),
        call.phrase("Your phone or computer can fetch when you have a meeting. Nothing else goes along."),
        items=feeds.list_calendar(work, ListCalendar()).items,
        breadcrumb=[(call.phrase("Your account"), "/account")],
    )


page_get(router, _HOME, _calendar)


def _prepare(call: PageCall, work: Work) -> Prepared:
    present = [each for each in feeds.list_calendar(work, ListCalendar()).items if each.present]
    return Prepared(
        back=_HOME,
        warning=call.phrase("The address you made before will stop working.") if present else "",
        breadcrumb=[
            (call.phrase("Your account"), "/account"),
            (call.phrase("Meetings in your own calendar"), _HOME),
        ],
    )


def _shown_once(call: PageCall, view: CalendarView) -> Response:
    address = view.address or ""
    if address.startswith("/"):
        address = str(call.request.url.replace(path=address, query=""))
    return call.show(
        "meetings/calendar_address.html",
        call.phrase("Your calendar address"),
        call.phrase("It is shown only now. Copy it into your phone or computer."),
        address=address,
    )


page_form(
    router,
    FormRow(
        _HOME + "/new", OpenCalendar, Action.CALENDAR_OPEN, feeds.open_calendar, _prepare, lambda *_: _HOME,
        title=to_translate("Make a calendar address"),
        purpose=to_translate("For your meetings in the role you act in now. Who has the address sees when you have a meeting."),
        submit=to_translate("Make the address"),
        show=_shown_once,
    ),
)  # fmt: skip
page_button(
    router,
    _HOME + "/{calendarId}/close",
    CloseCalendar,
    Action.CALENDAR_CLOSE,
    feeds.close_calendar,
    lambda *_: _HOME,
)


@contextmanager
def _visiting(call: PageCall) -> Iterator[Work]:
    """Open a Work for nobody: the address says whose calendar it is, and a cookie that came along says nothing."""
    with call.installation.sessions() as session:
        unit = Work(
            call.installation,
            session,
            VISITOR,
            channel="calendar",
            trace_id=trace_of(call.request),
            loopback=call.loopback,
            address=address_of(call.request),
        )
        with finished(unit):
            yield unit


def _fetched(call: PageCall) -> Response:
    with _visiting(call) as unit:
        view = feeds.read_calendar(unit, ReadCalendar(token=call.request.path_params["token"]))
    response = Response(view.content, media_type="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="livcr.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.get(_DOOR, include_in_schema=False)
def _fetch(call: Page) -> Response:
    return call.answer(lambda: _fetched(call))


PAGES.append(("GET", _DOOR))
