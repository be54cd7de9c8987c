"""The JSON door of feedback sheets, of mentions of a card and of the register of what leaves the house."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.kernel.http.call import Api
from app.kernel.http.papers import download
from app.kernel.http.routes import ENDPOINTS, Endpoint, endpoint
from app.kernel.printing import Paper
from app.kernel.work import Work
from app.meetings import card_mentions, feedback, feedback_issuing, transmissions
from app.meetings import feedback_commands as c
from app.meetings import feedback_views as v

router = APIRouter()
_ALL = "/feedbackSheets"
_ONE = _ALL + "/{feedbackSheetId}"
_TAG = "Meetings"

endpoint(router, "POST", "/cardMentions", card_mentions.record_card_mention, c.RecordCardMention, v.CardMentionView,
         tag=_TAG, summary="Note that an information card was mentioned", status=201)  # fmt: skip
endpoint(router, "POST", _ALL, feedback.draft_feedback_sheet, c.DraftFeedbackSheet, v.FeedbackSheetView,
         tag=_TAG, summary="Write one's feedback sheet on a discussion")  # fmt: skip
endpoint(router, "GET", _ALL, feedback.list_feedback_sheet, c.ListFeedbackSheet, v.FeedbackSheetList,
         tag=_TAG, summary="List one's sheets, and those one is asked about")  # fmt: skip
endpoint(router, "GET", _ONE, feedback.read_feedback_sheet, c.ReadFeedbackSheet, v.FeedbackSheetView,
         tag=_TAG, summary="Read a feedback sheet")  # fmt: skip
endpoint(router, "POST", _ONE + "/askConsensus", feedback.ask_consensus_feedback_sheet, c.AskConsensusFeedbackSheet,
         v.FeedbackSheetView, tag=_TAG, summary="Ask everybody who was there whether they agree")  # fmt: skip
endpoint(router, "POST", _ONE + "/agree", feedback.agree_feedback_sheet, c.AgreeFeedbackSheet, v.FeedbackAnswerView,
         tag=_TAG, summary="Say whether one agrees to a sheet")  # fmt: skip
endpoint(router, "POST", _ONE + "/issue", feedback_issuing.issue_feedback_sheet, c.IssueFeedbackSheet,
         v.FeedbackSheetView, tag=_TAG, summary="Make the document of a sheet, to hand it over")  # fmt: skip
endpoint(router, "POST", "/transmissions", transmissions.record_transmission, c.RecordTransmission, v.TransmissionView,
         tag=_TAG, summary="Record that something of a case left the house", status=201)  # fmt: skip
endpoint(router, "GET", "/transmissions", transmissions.list_transmission, c.ListTransmission, v.TransmissionPage,
         tag=_TAG, summary="List what left one's municipality")  # fmt: skip


@router.get(
    _ONE + "/document",
    operation_id="fetchFeedbackSheet",
    summary="Fetch the document of an issued sheet",
    tags=[_TAG],
    response_class=Response,
    responses={
        200: {
            "description": "The document, as a download",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        "default": {
            "description": "Problem",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        },
    },
    openapi_extra={"security": [{"bearer": []}]},
)
def fetch_feedback_sheet(feedbackSheetId: UUID, call: Api) -> Response:  # noqa: N803 — the wire's name
    """Fetch the very bytes whose digest stands in the register; each time is logged."""
    fetched: list[Paper] = []

    def fetch(work: Work, asked: c.FetchFeedbackSheet) -> None:
        fetched.append(feedback_issuing.fetch_feedback_sheet(work, asked))

    call.answer(fetch, c.FetchFeedbackSheet.model_construct(feedback_sheet_id=feedbackSheetId))
    return download(fetched[0])


ENDPOINTS.append(Endpoint("GET", _ONE + "/document", "fetch_feedback_sheet"))
