"""The JSON door as a table: a row names method, path, Operation, Command and View; the rest follows.

Path and query parameters and the body are read off the Command: what stands in braces in the path comes from
there, the rest from the query (GET) or the body. So both doors build the same Command, and the published
document cannot say anything else than the code does.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, create_model
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse, Response

from app.kernel.http.call import Call
from app.kernel.http.papers import download
from app.kernel.printing import Paper
from app.kernel.shapes import Command, View
from app.kernel.work import Work


class ProblemDocument(BaseModel):
    """Problem details (RFC 9457) in the Belgian profile."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    rule: str | None = None
    legalReference: str | None = None  # noqa: N815 — the wire's name
    issues: list[dict[str, str]] | None = None


_PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Problem",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
_BRACES = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A row of the door, kept for the tests that walk every route."""

    method: str
    path: str
    operation: str


ENDPOINTS: list[Endpoint] = []


def endpoint(
    router: APIRouter,
    method: str,
    path: str,
    operation: Callable[[Work, Any], View | Paper | None],
    command: type[Command],
    view: type[View] | None,
    *,
    tag: str,
    summary: str,
    status: int = 200,
    location: str = "",
    visitors: bool = False,
    while_locked: bool = False,
    paper: Collection[str] = (),
) -> None:
    """Add one row: *method* on *path* builds *command*, runs *operation*, answers *view*.

    operationId is the operation's name in lowerCamelCase. *location* is a template for the Location header.
    *while_locked*: what a session that was left idle may still do. *paper*: media types of what the operation prints,
    and gives as a Paper instead of a View; it leaves once its line is committed.
    """
    in_path = set(_BRACES.findall(path))
    fields = {field.alias or to_camel(name): (name, field) for name, field in command.model_fields.items()}
    rest = {wire: pair for wire, pair in fields.items() if wire not in in_path}
    parameters = [_keyword("request", Request)]
    for wire in sorted(in_path):
        name, field = fields[wire]
        parameters.append(_keyword(name, Annotated[field.annotation, PathParameter(alias=wire)]))
    body: type[BaseModel] | None = None
    allowed: frozenset[str] = frozenset()
    if method in {"GET", "DELETE"}:
        allowed = frozenset(rest)
        for wire, (name, field) in rest.items():
            kind = _annotated(field.annotation, *field.metadata, Query(alias=wire))
            parameters.append(
                _keyword(
                    name,
                    kind,
                    inspect.Parameter.empty
                    if field.is_required()
                    else field.get_default(call_default_factory=True),
                )
            )
    elif rest:
        inputs: dict[str, Any] = {
            name: (
                _annotated(field.annotation, *field.metadata) if field.metadata else field.annotation,
                field,
            )
            for name, field in rest.values()
        }
        config = ConfigDict(
            alias_generator=to_camel, validate_by_alias=True, validate_by_name=False, extra="forbid"
        )
        body = create_model(
            f"{command.__name__}Input", __config__=config, __doc__=inspect.getdoc(command), **inputs
        )
        parameters.append(_keyword("body", body))

    def handle(**given: Any) -> Response:
        call = Call(given.pop("request"))
        sent = given.pop("body", None)
        values = {name: getattr(sent, name) for name, _ in rest.values()} if sent is not None else {}
        printed: list[Paper] = []

        def printing(work: Work, asked: Any) -> None:
            made = operation(work, asked)
            if isinstance(made, Paper):
                printed.append(made)

        answered = call.answer(
            printing if paper else cast("Callable[[Work, Any], View | None]", operation),
            command.model_construct(**given, **values),
            status=status,
            location=location,
            allowed_query=allowed,
            visitors=visitors,
            while_locked=while_locked,
        )
        return download(printed[0]) if printed else answered

    handle.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    handle.__name__ = operation.__name__
    router.add_api_route(
        path,
        handle,
        methods=[method],
        operation_id=to_camel(operation.__name__),
        summary=summary,
        tags=[tag],
        status_code=status if view is not None or paper else 204,
        response_class=Response if paper else JSONResponse,
        response_model=view,
        response_model_exclude_none=True,
        responses=_PROBLEM | _papers(paper),
        description=inspect.getdoc(command) or None,
        openapi_extra=None if visitors else {"security": [{"bearer": []}]},
    )
    ENDPOINTS.append(Endpoint(method, path, operation.__name__))


def _papers(media: Collection[str]) -> dict[int | str, dict[str, Any]]:
    if not media:
        return {}
    content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media}
    return {200: {"description": "The document, as a download", "content": content}}


def _annotated(*parts: Any) -> Any:
    """Give `Annotated[...]` of parts only known here."""
    return Annotated[parts]


def _keyword(name: str, kind: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
