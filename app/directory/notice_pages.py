"""The page of one's own notices, and their block on the page "today" (R37, R95)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.directory import notices
from app.directory.commands import ListNotice, ReadNotice
from app.directory.notices import NoticeCode as N
from app.directory.views import NoticeView
from app.kernel.clock import brussels_day
from app.kernel.http.form_pages import asked, page_button
from app.kernel.http.frames import Block, able, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date
from app.kernel.work import Work
from app.rules.actions import Action

router = APIRouter()
_HOME: Final = "/notices"
_FEW: Final = 5

_WHERE: Final = {
    N.INVITATION: "/invitations", N.INVITATION_WITHDRAWN: "/invitations", N.NOMINATED: "/invitations",
    N.ANSWER_REMINDER: "/invitations",
    N.AGENDA_CHANGED: "/invitations", N.ITEM_OFF: "/invitations", N.CORRECTION_WAITS: "/cases",
    N.EXTENSION_WAITS: "/extensions", N.IDENTITY_CORRECTED: "/cases",
    N.MEETING_MOVED: "/invitations", N.MEETING_CANCELLED: "/invitations",
    N.CONTRIBUTION_ASKED: "/contributions", N.MINUTES_TO_READ: "/meetings?when=all",
    N.MINUTES_CORRECTION_WAITS: "/meetings?when=all", N.MINUTES_CORRECTED: "/meetings?when=all", N.FEEDBACK_ASKED: "/feedback",
    N.ACTION_DUE: "/actions", N.ACTION_OVERDUE: "/actions",
    N.RETENTION_WARNING_90: "/retention", N.RETENTION_WARNING_30: "/retention", N.RETENTION_WARNING_15: "/retention",
    N.POLICY_MEETING_CONVENED: "/strategy/meetings", N.POLICY_MEETING_MOVED: "/strategy/meetings",
    N.POLICY_MEETING_CANCELLED: "/strategy/meetings?when=all",
    N.BREAK_GLASS_OPENED: "/break-glass", N.REGISTRATION_WAITS: "/registrations",
}  # fmt: skip
"""Where what a notice tells of can be seen."""


def _where(item: NoticeView) -> str:
    return {code.value: path for code, path in _WHERE.items()}.get(item.code, "")


def _notices(call: PageCall, work: Work) -> Response:
    command = asked(call, ListNotice)
    page = notices.list_notice(work, command)
    return call.show(
        "directory/notices.html",
        call.phrase("My notices"),
        call.phrase(
            "What you were told, the newest first. An e-mail about it says no more than what stands here."
        ),
        items=[(item, _where(item)) for item in page.items],
        unread=any(item.read_at is None for item in page.items),
        following=page.next,
    )


page_get(router, _HOME, _notices)
page_button(router, _HOME + "/read", ReadNotice, Action.NOTICE_READ, notices.read_notice, lambda *_: _HOME)


@today_block(3, able(Action.NOTICE_LIST))
def _unread(call: PageCall, work: Work) -> Block | None:
    """Show the newest notices that were not marked as read."""
    items = notices.list_notice(work, ListNotice(unread=True, pageSize=_FEW)).items
    if not items:
        return None
    return Block(
        call.phrase("My notices"),
        [
            {
                "title": item.text,
                "href": _where(item) or _HOME,
                "note": ", ".join(
                    part
                    for part in (item.reference, format_date(call.language, brussels_day(item.created_at)))
                    if part
                ),
            }
            for item in items
        ],
        link=(call.phrase("All my notices"), _HOME),
    )
