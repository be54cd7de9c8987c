"""Pages of feedback sheets: one's own, those one is asked about, the document; and the note that a card was mentioned."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution.labels import label
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get, page_post
from app.kernel.http.papers import download
from app.kernel.i18n import format_date, format_moment, register_codes, to_translate
from app.kernel.work import Work
from app.meetings import card_mentions, feedback, feedback_issuing
from app.meetings import feedback_commands as c
from app.meetings.feedback_views import FeedbackPlace, FeedbackSheetItem, FeedbackSheetView
from app.meetings.pages import item_address
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import POLICE

router = APIRouter()
ALL = "/feedback"
_ONE = ALL + "/{feedbackSheetId}"
_BLOCKED = ("noConsensus", "attendanceChanged", "lapsed")

menu_line(8, ALL, to_translate("Feedback sheets"), able(Action.FEEDBACK_SHEET_LIST, POLICE))
register_codes("blockedBecause", _BLOCKED)
register_codes("field", ["draftFeedbackSheet.text"])
register_codes("hint", ["draftFeedbackSheet.text", "noSecrets", "recipientName", "competentForArea"])


def sheet_address(feedback_sheet_id: object) -> str:
    """Give the address of a sheet's page."""
    return f"{ALL}/{feedback_sheet_id}"


def _about(call: PageCall, each: FeedbackSheetItem | FeedbackPlace | FeedbackSheetView) -> str:
    return call.phrase(
        "%(reference)s, meeting of %(day)s",
        reference=each.reference,
        day=format_date(call.language, each.starts_at),
    )


def _line(call: PageCall, each: FeedbackSheetItem) -> dict[str, Any]:
    """Give a sheet as a line: its drafter sees where it stands, others whether they answered."""
    if each.own:
        state = (call.phrase(f"state.feedbackSheet.{each.state}"), TONES[each.state])
    elif each.answered:
        state = (call.phrase("You answered"), "success")
    else:
        state = (call.phrase("You are asked"), "warning")
    until = format_date(call.language, each.answer_until) if each.answer_until else ""
    return {
        "title": _about(call, each),
        "href": sheet_address(each.feedback_sheet_id),
        "note": call.phrase("Answer by %(day)s", day=until)
        if until and each.state == "consensusAsked"
        else "",
        "state": state,
    }


def _list(call: PageCall, work: Work) -> Response:
    view = feedback.list_feedback_sheet(work, asked(call, c.ListFeedbackSheet))
    return call.show(
        "meetings/feedback_list.html",
        call.phrase("Feedback sheets"),
        call.phrase("What the police may pass to the security services, once everybody who was there agreed."),
        mine=[_line(call, each) for each in view.items if each.own],
        asked=[_line(call, each) for each in view.items if not each.own],
        places=[(each, _about(call, each), f"{item_address(each.agenda_item_id)}/feedback") for each in view.places],
        police=work.actor.role in POLICE,
    )  # fmt: skip


page_get(router, ALL, _list)


# Drafting and asking -------------------------------------------------------------------------------------


def _place(call: PageCall, work: Work) -> tuple[FeedbackPlace, FeedbackSheetView | None]:
    """Give the discussion in the address, and one's own draft on it if there is one. Raises Problem 404, 409."""
    listed = feedback.list_feedback_sheet(work, c.ListFeedbackSheet())
    wanted = call.id("agendaItemId")
    place = next((each for each in listed.places if each.agenda_item_id == wanted), None)
    if place is None or not may(work.actor, Action.FEEDBACK_SHEET_DRAFT):
        raise not_found()
    require(place.abilities, Action.FEEDBACK_SHEET_DRAFT)
    for each in listed.items:
        if each.own and each.state == "draft":
            view = feedback.read_feedback_sheet(
                work, c.ReadFeedbackSheet(feedbackSheetId=each.feedback_sheet_id)
            )
            if view.agenda_item_id == wanted:
                return place, view
    return place, None


def _prepare_draft(call: PageCall, work: Work) -> Prepared:
    place, draft = _place(call, work)
    return Prepared(
        back=ALL,
        version=draft.version if draft else None,
        values={"text": draft.text} if draft else {},
        intro=_about(call, place),
        warning=call.phrase(
            "Write how the follow-up goes: what works, what does not, what is needed. Not who said what, and nothing that"
            " somebody told under professional secrecy. Everybody who was there reads your text before it goes out."
        ),
        breadcrumb=[(call.phrase("Feedback sheets"), ALL)],
    )


page_form(
    router,
    FormRow(
        "/agenda-items/{agendaItemId}/feedback", c.DraftFeedbackSheet, Action.FEEDBACK_SHEET_DRAFT,
        feedback.draft_feedback_sheet, _prepare_draft, lambda _, view: sheet_address(view.feedback_sheet_id),
        title=to_translate("Write a feedback sheet"),
        purpose=to_translate("An evaluation of the follow-up of one person, for the services that the law names."),
        submit=to_translate("Save the draft"),
    ),
)  # fmt: skip


def _show(call: PageCall, work: Work) -> Response:
    view = feedback.read_feedback_sheet(work, asked(call, c.ReadFeedbackSheet))
    return call.show(
        "meetings/feedback.html",
        call.phrase("Feedback sheet"),
        _about(call, view),
        view=view,
        here=sheet_address(view.feedback_sheet_id),
        edit=f"{item_address(view.agenda_item_id)}/feedback",
        tones=TONES,
        possible=[
            label(feedback_issuing.LIST, code, call.language)
            for code in feedback_issuing.recipients_of(work, view.feedback_sheet_id)
        ],
        register=may(work.actor, Action.TRANSMISSION_LIST),
        reader=f"{call.reader.name if call.reader else ''}, {format_moment(call.language, work.now)}",
    )


page_get(router, _ONE, _show)


def _back(call: PageCall, _view: object = None) -> str:
    return sheet_address(call.id("feedbackSheetId"))


page_button(
    router, _ONE + "/ask", c.AskConsensusFeedbackSheet, Action.FEEDBACK_SHEET_ASK_CONSENSUS,
    feedback.ask_consensus_feedback_sheet, _back,
)  # fmt: skip
# The last answer takes the sheet out of sight of those asked, or not: from here everybody goes to the first page.
page_button(
    router, _ONE + "/answer", c.AgreeFeedbackSheet, Action.FEEDBACK_SHEET_AGREE, feedback.agree_feedback_sheet,
    lambda *_: "/",
)  # fmt: skip


# Issuing -------------------------------------------------------------------------------------------------


def _prepare_issue(call: PageCall, work: Work) -> Prepared:
    view = feedback.read_feedback_sheet(work, c.ReadFeedbackSheet(feedbackSheetId=call.id("feedbackSheetId")))
    require(view.abilities, Action.FEEDBACK_SHEET_ISSUE)
    offered = feedback_issuing.recipients_of(work, view.feedback_sheet_id)
    return Prepared(
        back=_back(call),
        version=view.version,
        options={
            "recipients": [(code, label(feedback_issuing.LIST, code, call.language)) for code in offered],
        },
        values={"language": call.language if call.language != "en" else "nl"},
        intro=_about(call, view),
        warning=call.phrase(
            "Nothing is sent: you fetch the document and hand it over yourself. For whom it is and a digest of it go into"
            " the register. The person concerned is not told."
        ),
        breadcrumb=[(call.phrase("Feedback sheets"), ALL), (call.phrase("Feedback sheet"), _back(call))],
    )


page_form(
    router,
    FormRow(
        _ONE + "/issue", c.IssueFeedbackSheet, Action.FEEDBACK_SHEET_ISSUE, feedback_issuing.issue_feedback_sheet,
        _prepare_issue, _back,
        title=to_translate("Make the document"),
        purpose=to_translate("Choose the services it is for: only those that are competent for the area."),
        submit=to_translate("Make the document"),
    ),
)  # fmt: skip


def _fetch(call: PageCall, work: Work) -> Response:
    wanted = c.FetchFeedbackSheet(feedbackSheetId=call.id("feedbackSheetId"))
    return call.finish(download(feedback_issuing.fetch_feedback_sheet(work, wanted)))


page_post(router, _ONE + "/document", _fetch)


# A card was mentioned ------------------------------------------------------------------------------------

page_button(
    router, "/agenda-items/{agendaItemId}/card-mention", c.RecordCardMention, Action.CARD_MENTION_RECORD,
    card_mentions.record_card_mention, lambda call, _: call.next(ALL),
)  # fmt: skip


@today_block(3, able(Action.FEEDBACK_SHEET_LIST))
def _sheets(call: PageCall, work: Work) -> Block | None:
    """Show what one is asked, and to the police where their own sheets stand; nothing where there is nothing."""
    view = feedback.list_feedback_sheet(work, c.ListFeedbackSheet())
    waiting = [
        each
        for each in view.items
        if (each.own and each.state not in {"issued", "blocked"}) or each.answered is False
    ]
    if not waiting:
        return None
    waiting.sort(key=lambda each: each.own)
    return Block(
        call.phrase("Feedback sheets"),
        [_line(call, each) for each in waiting],
        link=(call.phrase("All feedback sheets"), ALL),
    )
