"""Pages of an extension: why a file is kept for more than a year, who decided it, and looking at it anew (R87 to R91)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import extension_commands as c
from app.cases import extensions
from app.cases.extension_views import ExtensionSheet, WatchedExtension
from app.cases.pages import CASES, ONE_CASE, ask_reason, case_address, places_of, stated_reason
from app.constitution.labels import choices, label
from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, may, today_block
from app.kernel.http.pages import Elsewhere, PageCall, page_get, with_query
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.retention import WARNING_DAYS

router = APIRouter()
_HERE = ONE_CASE + "/extension"
_ONE = ONE_CASE + "/extensions/{extensionId}"
_ALL = "/extensions"

register_codes("option.decision", ["grant", "refuse"])
register_codes("option.outcome", ["goesOn", "ends"])
register_codes("error", ["untilWithin", "noLink"])
register_codes("hint", ["until", "linkedToPrevention", "proposeExtension.reasons", "reviewExtension.reasons"])


def _address(call: PageCall, _view: object = None) -> str:
    return with_query(f"{case_address(call.id('caseId'))}/extension", reason=stated_reason(call))


def _read(call: PageCall, work: Work) -> ExtensionSheet:
    reason = stated_reason(call)
    if not reason:
        raise Elsewhere(f"{case_address(call.id('caseId'))}/extension")
    return extensions.read_extension(work, c.ReadExtension(caseId=call.id("caseId"), reason=reason))


def _show(call: PageCall, work: Work) -> Response:
    if not stated_reason(call):
        return ask_reason(call, work)
    view = _read(call, work)
    return call.show(
        "cases/extension.html",
        call.phrase("Keeping this file for more than a year"),
        call.phrase("Only with serious indications, after a discussion, and by a decision with reasons."),
        view=view,
        grounds={each.ground: label("extensionGrounds", each.ground, call.language) for each in view.items},
        here=case_address(view.case_id),
        query=with_query("", reason=stated_reason(call)),
        tones=TONES,
        today=work.today,
        waiting=places_of(call, view.waits, view.case_id),
        may_read="case.open" if may(work.actor, Action.CASE_LIST) and not view.locked else "",
    )


page_get(router, _HERE, _show)


def _about(call: PageCall, view: ExtensionSheet) -> list[tuple[str, str]]:
    return [
        (call.phrase("Cases"), CASES),
        (view.reference, with_query(case_address(view.case_id), reason=stated_reason(call))),
        (call.phrase("Kept longer"), _address(call)),
    ]


def _prepare_proposal(call: PageCall, work: Work) -> Prepared:
    view = _read(call, work)
    require(view.abilities, Action.EXTENSION_PROPOSE)
    return Prepared(
        back=_address(call),
        options={"ground": choices("extensionGrounds", call.language, work.today)},
        version=view.version,
        intro=call.phrase(
            "Without an extension the data go on %(due)s; with one, on %(limit)s at the latest.",
            due=format_date(call.language, view.term_ends_on),
            limit=format_date(call.language, there(view.limit_on)),
        ),
        breadcrumb=_about(call, view),
    )


def _prepare(call: PageCall, work: Work, action: Action) -> tuple[ExtensionSheet, Any]:
    view = _read(call, work)
    wanted = call.id("extensionId")
    row = next((each for each in view.items if each.extension_id == wanted), None)
    require(row.abilities if row else [], action)
    return view, row


def _prepare_decision(call: PageCall, work: Work) -> Prepared:
    view, row = _prepare(call, work, Action.EXTENSION_DECIDE)
    return Prepared(
        back=_address(call),
        values={"until": row.asked_until},
        version=view.version,
        intro=call.phrase(
            "Proposed on the ground: %(ground)s. Discussed on %(day)s. Without your decision the data go on %(due)s.",
            ground=label("extensionGrounds", row.ground, call.language) or "",
            day=format_date(call.language, row.discussed_on),
            due=format_date(call.language, view.due_on),
        ),
        breadcrumb=_about(call, view),
    )


def _prepare_review(call: PageCall, work: Work) -> Prepared:
    view, row = _prepare(call, work, Action.EXTENSION_REVIEW)
    return Prepared(
        back=_address(call),
        version=view.version,
        intro=call.phrase(
            "Decided until %(until)s at the latest. Without a review the data go on %(due)s.",
            until=format_date(call.language, row.until_on),
            due=format_date(call.language, view.due_on),
        ),
        breadcrumb=_about(call, view),
    )


page_form(
    router,
    FormRow(
        _HERE + "/propose", c.ProposeExtension, Action.EXTENSION_PROPOSE, extensions.propose_extension,
        _prepare_proposal, _address,
        title=to_translate("Propose to keep the file longer"),
        purpose=to_translate(
            "The law allows it for serious indications alone, on an objective ground that bears on preventing terrorism or"
            " violent radicalisation. A meeting discusses it first; then the mayor decides."
        ),
        submit=to_translate("Propose"),
    ),
)  # fmt: skip
page_form(
    router,
    FormRow(
        _ONE + "/decide", c.DecideExtension, Action.EXTENSION_DECIDE, extensions.decide_extension,
        _prepare_decision, _address,
        title=to_translate("Decide on the extension"),
        purpose=to_translate(
            "You decide, with your own reasons in writing. What you grant is looked at anew every year: without a review it"
            " ends, and the data go."
        ),
        submit=to_translate("Decide"),
    ),
)  # fmt: skip
page_form(
    router,
    FormRow(
        _ONE + "/review", c.ReviewExtension, Action.EXTENSION_REVIEW, extensions.review_extension,
        _prepare_review, _address,
        title=to_translate("Look at the extension anew"),
        purpose=to_translate(
            "Do the reasons still hold? If they do not, the file is shut now and its data go within a few weeks."
        ),
        submit=to_translate("Record the review"),
    ),
)  # fmt: skip
page_button(
    router, _ONE + "/withdraw", c.WithdrawExtension, Action.EXTENSION_WITHDRAW, extensions.withdraw_extension, _address
)  # fmt: skip


# What waits and what holds, over all files --------------------------------------------------------------------


def _where(work: Work, item: WatchedExtension) -> str:
    return f"{case_address(item.case_id)}/extension" if may(work.actor, Action.CASE_LIST) else ""


def _list(call: PageCall, work: Work) -> Response:
    page = extensions.list_extension(work, c.ListExtension())
    return call.show(
        "cases/extensions.html",
        call.phrase("Files kept for more than a year"),
        call.phrase(
            "What was proposed, what a meeting discussed, and what holds. References only, no names."
        ),
        rows=[(item, _where(work, item)) for item in page.items],
        grounds={each.ground: label("extensionGrounds", each.ground, call.language) for each in page.items},
        tones=TONES,
    )


page_get(router, _ALL, _list)


@today_block(20, able(Action.EXTENSION_LIST))
def _waiting(call: PageCall, work: Work) -> Block | None:
    """Show extensions that ask for a step: to be discussed, to be decided, to be looked at anew."""
    items = []
    for each in extensions.list_extension(work, c.ListExtension()).items:
        near = (each.due_on - work.today).days <= max(WARNING_DAYS)
        if each.state == "decided" and not near:
            continue
        said = {
            "proposed": to_translate("to be discussed in a meeting before %(day)s"),
            "discussed": to_translate("the mayor decides before %(day)s"),
            "decided": to_translate("to be looked at anew before %(day)s"),
        }[each.state]
        day = each.locks_on if each.state == "proposed" else each.due_on
        items.append(
            {
                "title": each.reference,
                "href": _where(work, each),
                "note": call.phrase(said, day=format_date(call.language, day)),
                "state": (call.phrase(f"state.extension.{each.state}"), TONES[each.state]),
            }
        )
    if not items:
        return None
    return Block(
        call.phrase("Keeping a file longer"),
        items,
        link=(call.phrase("Files kept for more than a year"), _ALL),
    )
