"""Pages of the end: what ends when and why, the sweep, the certificates (R86 to R93)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter
from starlette.responses import Response

from app.kernel.http.form_pages import asked, page_button
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.ids import NIL
from app.kernel.work import Work
from app.retention import calendar, certificates, looking, sweeping
from app.retention.commands import ListCertificate, ListRetention, PreviewSweep, RunSweep
from app.retention.views import EndingView
from app.rules.actions import Action
from app.rules.retention import SCHEDULE

router = APIRouter()
_ALL = "/retention"

menu_line(50, _ALL, to_translate("Retention calendar"), able(Action.RETENTION_LIST))
menu_line(55, "/certificates", to_translate("Certificates of destruction"), able(Action.CERTIFICATE_LIST))
register_codes("term", [term.data for term in SCHEDULE])
register_codes("termStart", ["listing", "lastDiscussion", *calendar.STARTS])
register_codes("nearer", ["handedOver", "cameWithIt", "decided"])
register_codes("sweepAct", ["destroy", "erase", "warn"])
register_codes("fileKind", ["case", "registration", "contact"])


DESTROYED_ROWS = (
    "action_item", "agenda_change", "agenda_item", "assessment", "attachment", "attachment_part", "attendance",
    "attendance_move", "break_glass", "briefing", "card_mention", "case_file", "closure_answer", "contact",
    "contribution", "contribution_request", "discussion", "discussion_correction", "exclusion", "extension",
    "extension_review", "feedback_consent", "feedback_sheet", "hand_over", "invitation", "listing", "minutes_addendum",
    "minutes_item", "minutes_remark", "registration", "relisting", "review_deferral", "statement", "statement_version",
    "subject_mark", "subject_version", "trajectory", "transmission",
)  # fmt: skip
"""What a certificate counts, by table; a test holds it to the tables that carry a case."""
register_codes("destroyedRow", DESTROYED_ROWS)


def cursor_of(following: str | None) -> str:
    """Give the cursor out of the address of the next part."""
    return parse_qs(urlsplit(following).query).get("cursor", [""])[0] if following else ""


def _address(item: EndingView) -> str:
    if not item.abilities:
        return ""
    return f"/cases/{item.case_id}" if item.case_id else f"/registrations/{item.registration_id}"


def _calendar(call: PageCall, work: Work) -> Response:
    command = asked(call, ListRetention)
    page = calendar.list_retention(work, command)
    return call.show(
        "retention/calendar.html",
        call.phrase("Retention calendar"),
        call.phrase("What will be destroyed on which day, and why on that day. References only, no names."),
        rows=[(item, _address(item)) for item in page.items],
        unfinished=page.unfinished,
        days=command.days,
        following=cursor_of(page.next),
        may_sweep=may(work.actor, Action.SWEEP_PREVIEW),
        may_extend=may(work.actor, Action.EXTENSION_LIST),
        tones=TONES,
    )


page_get(router, _ALL, _calendar)


def _preview(call: PageCall, work: Work) -> Response:
    command = PreviewSweep(
        municipalityId=work.actor.municipality_id or NIL
    )  # none: there is nothing to sweep
    return call.show(
        "retention/sweep.html",
        call.phrase("What a sweep would do today"),
        call.phrase("A sweep runs by itself every day. Here you see what it would do now, and can run it."),
        view=looking.preview_sweep(work, command),
        may_run=may(work.actor, Action.SWEEP_RUN),
    )


page_get(router, _ALL + "/sweep", _preview)
page_button(
    router, _ALL + "/sweep", RunSweep, Action.SWEEP_RUN, sweeping.run_sweep, lambda *_: _ALL + "/sweep"
)


def _certificates(call: PageCall, work: Work) -> Response:
    page = certificates.list_certificate(work, asked(call, ListCertificate))
    return call.show(
        "retention/certificates.html",
        call.phrase("Certificates of destruction"),
        call.phrase("Evidence that files were destroyed in time. Nothing of any person stands here."),
        items=page.items,
        following=cursor_of(page.next),
    )


page_get(router, "/certificates", _certificates)


@today_block(50, able(Action.RETENTION_LIST))
def _ending(call: PageCall, work: Work) -> Block:
    """Show what is destroyed within ninety days; first of all, what was ordered to go and is still there."""
    page = calendar.list_retention(work, ListRetention(days=90, pageSize=5))
    hanging = {
        "title": call.phrase(
            "Ordered to be destroyed, and not finished yet: %(number)s", number=page.unfinished
        ),
        "href": _ALL + "/sweep" if may(work.actor, Action.SWEEP_PREVIEW) else "",
        "note": call.phrase("Look whether the next sweep finishes it; if not, somebody has to be asked."),
        "state": (call.phrase("not finished"), "danger"),
    }
    return Block(
        call.phrase("Destroyed within 90 days"),
        [hanging] * bool(page.unfinished)
        + [
            {
                "title": item.reference,
                "href": _address(item),
                "note": call.phrase(
                    "to be destroyed on %(day)s", day=format_date(call.language, item.due_on)
                ),
                "state": (call.phrase("locked"), "danger") if item.locked else None,
            }
            for item in page.items
        ],
        link=(call.phrase("Retention calendar"), _ALL),
        empty=call.phrase("Nothing is destroyed in the next 90 days."),
    )
