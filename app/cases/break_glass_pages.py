"""Pages of emergency access: opening it, what is open or waits for review, ending and reviewing it (R21)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import breaking_glass
from app.cases import commands as c
from app.cases.pages import case_address
from app.cases.views import BreakGlassView
from app.constitution.agreements import settings_of
from app.constitution.labels import choices, label
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_moment, register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import BREAKERS, GLASS_WATCHERS
from app.rules.settings import setting

router = APIRouter()
_ALL = "/break-glass"
_ONE = _ALL + "/{breakGlassId}"
REASON = "acuteDanger"
"""Why a file is opened that an emergency leads to, in the words of the processing log."""

menu_line(35, _ALL, to_translate("Emergency access"), able(Action.BREAK_GLASS_LIST, GLASS_WATCHERS))
register_codes("option.outcome", ["justified", "notJustified"])
register_codes("hint", ["reference", "explanation"])
register_codes("field", ["reviewBreakGlass.note"])
_TONES = {**TONES, "ended": "warning"}
"""An emergency that is over is not done with: somebody has to review it."""


def _file(view: BreakGlassView) -> str:
    return f"{case_address(view.case_id)}?reason={REASON}"


def _minutes(work: Work) -> int:
    """Give how long an emergency reading lasts in this cell; 0 where there is none."""
    fixed = settings_of(work.session, work.actor.cell_id)
    return setting(fixed, "break_glass_minutes") if setting(fixed, "break_glass") else 0


def _list(call: PageCall, work: Work) -> Response:
    command = asked(call, c.ListBreakGlass)
    found = breaking_glass.list_break_glass(work, command)
    return call.show(
        "cases/break_glass.html",
        call.phrase("Emergency access"),
        call.phrase("Files that were read in an emergency, and what was found of it afterwards."),
        rows=[(item, label("breakGlassReasons", item.reason, call.language), _file(item)) for item in found.items],
        state=command.state,
        tones=_TONES,
        may_open=may(work.actor, Action.BREAK_GLASS_OPEN) and _minutes(work) > 0,
    )  # fmt: skip


page_get(router, _ALL, _list)


def _prepare_open(call: PageCall, work: Work) -> Prepared:
    breaking_glass.list_break_glass(work, c.ListBreakGlass())
    minutes = _minutes(work)
    if not may(work.actor, Action.BREAK_GLASS_OPEN) or not minutes:
        raise not_found()
    return Prepared(
        back=_ALL,
        options={"reason": choices("breakGlassReasons", call.language, work.today)},
        breadcrumb=[(call.phrase("Emergency access"), _ALL)],
        warning=call.phrase(
            "You can read this one file for %(count)s minutes, and change nothing. Coordinator and data protection officer"
            " are told at once. One of them reviews it afterwards and may ask you about it.",
            count=minutes,
        ),
        intro=call.phrase(
            "Call the coordinator first if you still can: that is faster, and needs none of this."
        ),
    )


page_form(
    router,
    FormRow(
        _ALL + "/new", c.OpenBreakGlass, Action.BREAK_GLASS_OPEN, breaking_glass.open_break_glass, _prepare_open,
        lambda _, view: _file(view),
        title=to_translate("Read a file in an emergency"),
        purpose=to_translate("For immediate danger only, when the desk of the municipality cannot be reached in time."),
        submit=to_translate("Open the file now"),
        kind="danger",
    ),
)  # fmt: skip

page_button(
    router, _ONE + "/close", c.CloseBreakGlass, Action.BREAK_GLASS_CLOSE, breaking_glass.close_break_glass,
    lambda *_: _ALL,
)  # fmt: skip


def _prepare_review(call: PageCall, work: Work) -> Prepared:
    wanted = call.id("breakGlassId")
    found = breaking_glass.list_break_glass(work, c.ListBreakGlass()).items
    view = next((each for each in found if each.break_glass_id == wanted), None)
    if view is None:
        raise not_found()
    require(view.abilities, Action.BREAK_GLASS_REVIEW)
    return Prepared(
        back=_ALL,
        version=view.version,
        breadcrumb=[(call.phrase("Emergency access"), _ALL)],
        intro=call.phrase(
            "%(name)s read %(reference)s on %(moment)s. Reason: %(reason)s. In their own words: %(explanation)s",
            name=view.person_name or "–",
            reference=view.reference,
            moment=format_moment(call.language, view.opened_at),
            reason=label("breakGlassReasons", view.reason, call.language),
            explanation=view.explanation or "–",
        ),
    )


page_form(
    router,
    FormRow(
        _ONE + "/review", c.ReviewBreakGlass, Action.BREAK_GLASS_REVIEW, breaking_glass.review_break_glass,
        _prepare_review, lambda *_: _ALL,
        title=to_translate("Review an emergency reading"),
        purpose=to_translate("Was there an emergency, and was this file needed? Your answer is kept with the reading."),
        submit=to_translate("Save the review"),
    ),
)  # fmt: skip


@today_block(5, able(Action.BREAK_GLASS_LIST))
def _emergencies(call: PageCall, work: Work) -> Block | None:
    """Show what waits for review until it is reviewed, and to whoever opened one until when it lasts."""
    items = breaking_glass.list_break_glass(work, c.ListBreakGlass()).items
    offered = work.actor.role in BREAKERS and _minutes(work) > 0
    if not items and not offered:
        return None
    return Block(
        call.phrase("Emergency access"),
        [_line(call, item) for item in items],
        link=(call.phrase("Read a file in an emergency"), _ALL + "/new")
        if offered
        else (call.phrase("All emergency readings"), _ALL + "?state=all"),
        empty=call.phrase("For immediate danger only, when the desk of the municipality cannot be reached in time."),
    )  # fmt: skip


def _line(call: PageCall, item: BreakGlassView) -> dict[str, object]:
    href = _ALL
    if Action.BREAK_GLASS_REVIEW.value in item.abilities:
        href = f"{_ALL}/{item.break_glass_id}/review"
    elif item.own and item.state == breaking_glass.OPEN:
        href = _file(item)
    return {
        "title": item.reference,
        "href": href,
        "note": f"{item.person_name or ''}, {format_moment(call.language, item.opened_at)}",
        "state": (call.phrase(f"state.breakGlass.{item.state}"), _TONES[item.state]),
    }
