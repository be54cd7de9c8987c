"""The JSON door of attachments. A file is sent as a part of a form, as a browser sends it, and comes back as its bytes.

In JSON it would have to be base64: a third larger, and wholly in memory, decoded twice, before its size is known. A form of
parts is counted as it comes; and both doors build the same Command from it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.cases import attachments
from app.cases import commands as c
from app.cases import views as v
from app.kernel.http.call import Call
from app.kernel.http.limits import COUNT_THEMSELVES
from app.kernel.http.problems import issues_of
from app.kernel.http.routes import ENDPOINTS, Endpoint, endpoint
from app.kernel.http.uploads import FILE, Upload, is_multipart, received
from app.kernel.shapes import BASE, Command
from app.kernel.work import Work
from app.rules.problems import Kind, Problem, invalid

router = APIRouter()
_PATH = "/attachments"
_ONE = _PATH + "/{attachmentId}"
_TAG = "Cases"
_PROBLEM = {
    "description": "Problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
COUNT_THEMSELVES.add(("POST", BASE + _PATH))


def _body() -> dict[str, Any]:
    """Describe what is sent, from the Command itself."""
    described = c.DescribeAttachment.model_json_schema(by_alias=True)
    properties = {
        name: {k: said for k, said in node.items() if k != "title"}
        for name, node in described["properties"].items()
    } | {FILE: {"type": "string", "format": "binary"}}
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _plain(node) for name, node in properties.items()},
        "required": [*described["required"], FILE],
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    """Say a property without null: what is not said is not sent."""
    kept = [each for each in node.get("anyOf", ()) if each.get("type") != "null"]
    rest = {k: said for k, said in node.items() if k not in {"anyOf", "default"}}
    return {**rest, **kept[0]} if kept else rest


async def _sent(request: Request) -> AsyncIterator[tuple[Call, Upload]]:
    call = Call(request)
    person = await run_in_threadpool(call.recall)
    if person is not None and not is_multipart(request):
        yield call, Upload(fault=Problem(Kind.UNSUPPORTED_MEDIA_TYPE))
        return
    async with received(request, person, call.installation.settings.attachment_bytes) as upload:
        yield call, upload


def made_of(upload: Upload) -> c.AddAttachment:
    """Build the Command out of what was sent. Raises Problem 400."""
    fields = dict(upload.fields)
    if len(fields) < len(upload.fields):
        raise invalid("body", "a field is sent twice")
    for name in ("fileName", FILE):
        if name in fields:
            raise invalid(name, "unknown field", kind="unknownInput")
    if upload.content is None:
        raise invalid(FILE, "refusal.missing", kind="requiredInput")
    try:
        said = c.DescribeAttachment.model_validate(fields)
    except ValidationError as refusal:
        errors = [{**each, "loc": ("body", *each["loc"])} for each in refusal.errors(include_input=False)]
        raise Problem(Kind.BAD_REQUEST, issues=issues_of(errors)) from None
    return with_file(said, upload)


def with_file(said: c.DescribeAttachment, upload: Upload) -> c.AddAttachment:
    """Join what is said of a document and the document."""
    return c.AddAttachment.model_construct(
        **{name: getattr(said, name) for name in c.DescribeAttachment.model_fields},
        file_name=upload.file_name,
        file=upload.content or b"",
    )


@router.post(
    _PATH,
    operation_id="addAttachment",
    summary="Put a document into the file",
    tags=[_TAG],
    status_code=201,
    response_model=v.AttachmentView,
    response_model_exclude_none=True,
    responses={"default": _PROBLEM},
    openapi_extra={"security": [{"bearer": []}], "requestBody": _body()},
)
def add_attachment(sent: Annotated[tuple[Call, Upload], Depends(_sent)]) -> Response:
    """Put one document into the file: PDF, PNG, JPEG, plain text, DOCX, XLSX or ODT. Send the file as the last part."""
    call, upload = sent

    def refuse(work: Work, _: Any) -> None:
        attachments.refuse_upload(work, upload.fault or Problem(Kind.BAD_REQUEST))

    if upload.fault is not None:
        return call.answer(refuse, Command())
    return call.answer(
        attachments.add_attachment, made_of(upload), status=201, location=f"{BASE}{_ONE}/content"
    )


ENDPOINTS.append(Endpoint("POST", _PATH, "add_attachment"))
endpoint(
    router, "GET", "/cases/{caseId}/attachments", attachments.list_attachment, c.ListAttachment, v.AttachmentList,
    tag=_TAG, summary="List the documents of a case",
)  # fmt: skip
endpoint(
    router, "POST", _ONE + "/remove", attachments.remove_attachment, c.RemoveAttachment, v.AttachmentView,
    tag=_TAG, summary="Take a document out of the file",
)  # fmt: skip
endpoint(
    router, "GET", _ONE + "/content", attachments.read_attachment, c.ReadAttachment, None,
    tag=_TAG, summary="Fetch a document of a case", paper=["application/octet-stream"],
)  # fmt: skip
