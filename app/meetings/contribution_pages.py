"""Pages of the contribution round: the questions to oneself, and the desk's board of who answered (R18, R64)."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from app.cases.pages import statement_options, statement_words
from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.shapes import FileText, Line
from app.kernel.work import Work
from app.meetings import contributing
from app.meetings import contribution_commands as c
from app.meetings.contribution_views import ContributionBoard, ContributionRequestView
from app.meetings.pages import AFTERWARDS, item_address
from app.rules.actions import Action
from app.rules.problems import Kind, Problem, not_found

router = APIRouter()
_HOME: Final = "/contributions"
_ONE: Final = _HOME + "/{contributionRequestId}"
_BOARD: Final = "/agenda-items/{agendaItemId}/contributions"
register_codes("hint", ["sendContributionRequest.question"])
register_codes("field", ["sendContributionRequest.question"])


class ShareContribution(c.AnswerContributionRequest):
    """Answer with a contribution: as the whole answer, but nothing that it needs can be left out."""

    category: Annotated[int, Field(ge=1, le=14)]
    origin: Line
    kind: Literal["fact", "assessment"]
    text: FileText


def _questions(call: PageCall, work: Work) -> Response:
    categories, words = statement_words(call.language)
    return call.show(
        "meetings/contributions.html",
        call.phrase("Questions to me before a meeting"),
        call.phrase("You decide whether you share anything. Having nothing to share is an answer too."),
        items=contributing.list_contribution_request(work, c.ListContributionRequest()).items,
        categories=categories,
        words=words,
        tones=TONES,
    )


page_get(router, _HOME, _questions)


def _asked(call: PageCall, work: Work) -> ContributionRequestView:
    wanted = call.id("contributionRequestId")
    items = contributing.list_contribution_request(work, c.ListContributionRequest()).items
    found = next((each for each in items if each.contribution_request_id == wanted), None)
    if found is None:
        raise not_found()
    return found


def _prepare_answer(call: PageCall, work: Work) -> Prepared:
    view = _asked(call, work)
    require(view.abilities, Action.CONTRIBUTION_REQUEST_ANSWER)
    return Prepared(
        back=_HOME,
        options=statement_options(call.language, work.today),
        hidden={"nothingToShare": ""},
        version=view.version,
        intro=view.question,
        warning=call.phrase(
            "Nobody reads it before the meeting. There, those at the item do, under the conditions you set. If you take part"
            " no longer, or the meeting does not open it, it is deleted unread."
        ),
        breadcrumb=[(call.phrase("Questions to me before a meeting"), _HOME)],
    )


page_form(
    router,
    FormRow(
        _ONE + "/answer", ShareContribution, Action.CONTRIBUTION_REQUEST_ANSWER,
        contributing.answer_contribution_request, _prepare_answer, lambda *_: _HOME,
        title=to_translate("Share something for the meeting"),
        purpose=to_translate("Share only what this meeting needs for its purpose. You can take it back until it begins."),
        submit=to_translate("Share"),
        hidden=("nothingToShare",),
    ),
)  # fmt: skip
page_button(
    router, _ONE + "/nothing", c.AnswerContributionRequest, Action.CONTRIBUTION_REQUEST_ANSWER,
    contributing.answer_contribution_request, lambda *_: _HOME,
)  # fmt: skip
page_button(
    router, _ONE + "/withdraw", c.WithdrawContributionRequest, Action.CONTRIBUTION_REQUEST_WITHDRAW,
    contributing.withdraw_contribution_request, lambda *_: _HOME,
)  # fmt: skip


# The desk ------------------------------------------------------------------------------------------------


def _board_of(work: Work, item: UUID) -> ContributionBoard:
    return contributing.read_contribution_board(work, c.ReadContributionBoard(agendaItemId=item))


def _at(agenda_item_id: UUID) -> str:
    return f"/agenda-items/{agenda_item_id}/contributions"


def _board(call: PageCall, work: Work) -> Response:
    view = _board_of(work, call.id("agendaItemId"))
    return call.show(
        "meetings/contribution_board.html",
        call.phrase("Questions before the meeting"),
        call.phrase("Who was asked and who answered. What they wrote opens in the meeting, at this item."),
        view=view,
        here=_at(view.agenda_item_id),
        item=item_address(view.agenda_item_id),
        tones=TONES,
        breadcrumb=[(call.phrase("Agenda item"), f"{item_address(view.agenda_item_id)}{AFTERWARDS}")],
    )


page_get(router, _BOARD, _board)


def _prepare_question(call: PageCall, work: Work) -> Prepared:
    try:
        item = UUID(call.request.query_params.get("item", ""))
    except ValueError:
        raise not_found() from None
    view = _board_of(work, item)
    wanted = call.id("invitationId")
    found = next((each for each in view.items if each.invitation_id == wanted and each.state is None), None)
    if found is None:
        raise not_found()
    if not view.may_ask:
        raise Problem(Kind.ILLEGAL_TRANSITION)
    here = _at(view.agenda_item_id)
    return Prepared(
        back=here, intro=found.person_name, breadcrumb=[(call.phrase("Questions before the meeting"), here)]
    )


page_form(
    router,
    FormRow(
        "/invitations/{invitationId}/question", c.SendContributionRequest, Action.CONTRIBUTION_REQUEST_SEND,
        contributing.send_contribution_request, _prepare_question, lambda _, view: _at(view.agenda_item_id),
        title=to_translate("Ask a question before the meeting"),
        purpose=to_translate("One question to one invited person. Nobody has to answer it."),
        submit=to_translate("Ask"),
    ),
)  # fmt: skip
page_button(
    router, _BOARD + "/open", c.OpenContributionRequest, Action.CONTRIBUTION_REQUEST_OPEN,
    contributing.open_contribution_request, lambda call, _: item_address(call.id("agendaItemId")),
)  # fmt: skip


@today_block(6, able(Action.CONTRIBUTION_REQUEST_LIST))
def _waiting(call: PageCall, work: Work) -> Block | None:
    """Show the questions that were not answered; nothing says that they have to be."""
    items = contributing.list_contribution_request(work, c.ListContributionRequest()).items
    asked = [each for each in items if Action.CONTRIBUTION_REQUEST_ANSWER.value in each.abilities]
    if not asked:
        return None
    return Block(
        call.phrase("Questions to me before a meeting"),
        [
            {
                "title": call.phrase(
                    "Meeting on %(day)s", day=format_date(call.language, each.starts_at.date())
                ),
                "href": _HOME,
            }
            for each in asked
        ],
        link=(call.phrase("All questions to me"), _HOME),
    )
