"""The JSON door of oversight, and the one answer of the house that is a file."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query
from starlette.responses import Response, StreamingResponse

from app.kernel.http.call import Api
from app.kernel.http.routes import ENDPOINTS, Endpoint, endpoint
from app.kernel.journal.exportfile import Format
from app.kernel.shapes import Day, Line
from app.kernel.work import Work
from app.oversight import exporting, reading
from app.oversight.commands import ExportJournal, ListCheckpoint, ListJournal, Outcome
from app.oversight.views import CheckpointPage, EntryPage
from app.rules.actions import Action
from app.rules.problems import Kind, Problem

router = APIRouter()

endpoint(router, "GET", "/journalEntries", reading.list_journal, ListJournal, EntryPage,
         tag="Oversight", summary="List lines of the processing log")  # fmt: skip
endpoint(router, "GET", "/checkpoints", reading.list_checkpoint, ListCheckpoint, CheckpointPage,
         tag="Oversight", summary="List signed checkpoints of the processing log")  # fmt: skip

MEDIA: dict[str, Format] = {"text/csv": "csv", "application/jsonl": "jsonl"}
"""The media types an export can have, the usual one first."""
_KNOWN = frozenset({"from", "to", "caseId", "actorId", "action", "outcome", "reason"})
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The export, with the proof that it is whole",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA},
    },
    "default": {
        "description": "Problem",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
}


def wanted(accept: str | None) -> str:
    """Give the media type that an Accept header prefers; CSV where it does not care. Raises Problem 406."""
    best, found = 0.0, ""
    for part in (accept or "*/*").split(","):
        name, _, parameters = part.strip().lower().partition(";")
        quality = _quality(parameters)
        for media in MEDIA:
            fits = name.strip() in {media, media.split("/")[0] + "/*", "*/*"}
            if fits and quality > best:
                best, found = quality, media
    if not found:
        raise Problem(Kind.NOT_ACCEPTABLE)
    return found


def _quality(parameters: str) -> float:
    for each in parameters.split(";"):
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


@router.get(
    "/journalEntries/export",
    operation_id="exportJournal",
    summary="Export the processing log as a file that proves itself",
    tags=["Oversight"],
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"security": [{"bearer": []}]},
)
def export_journal(
    call: Api,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    from_: Annotated[Day | None, Query(alias="from")] = None,
    to: Day | None = None,
    case_id: Annotated[UUID | None, Query(alias="caseId")] = None,
    actor_id: Annotated[UUID | None, Query(alias="actorId")] = None,
    action: Action | None = None,
    outcome: Outcome | None = None,
    reason: Annotated[Line, Query()] = "supervision",
) -> Response:
    """Export lines of the log of one's municipality, as CSV or as JSON lines, whichever is accepted."""
    media = wanted(accept)
    command = ExportJournal.model_construct(
        from_=from_, to=to, case_id=case_id, actor_id=actor_id, action=action, outcome=outcome, reason=reason
    )
    made: list[exporting.Exported] = []

    def write(work: Work, asked: ExportJournal) -> None:
        made.append(exporting.export_journal(work, asked, MEDIA[media]))

    call.answer(
        write, command, allowed_query=_KNOWN
    )  # committed when it returns; its empty answer is not sent
    (export,) = made
    return StreamingResponse(
        export.chunks(),
        media_type=f"{media}; charset=utf-8",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="journal-{export.export_id}.{MEDIA[media]}"',
            "Vary": "Accept",
        },
    )


ENDPOINTS.append(Endpoint("GET", "/journalEntries/export", "export_journal"))
