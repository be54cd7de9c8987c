"""Answering a refusal: RFC 9457 for programs, a page for people. Nothing of the inside leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.kernel.database import is_there_already
from app.kernel.i18n import format_date, knows, negotiate, translate
from app.kernel.keys.provider import KeyFault
from app.kernel.vault import Shredded
from app.rules.problems import INPUT, INPUT_EXT, Issue, Kind, Problem, not_found

log = logging.getLogger("livcr")

RuleText = Callable[[str, str], tuple[str, str]]
"""(R-number, language) -> what the rule asks, the legal reference in force."""

_STATUS = {
    404: Kind.NOT_FOUND,
    405: Kind.METHOD_NOT_ALLOWED,
    413: Kind.PAYLOAD_TOO_LARGE,
    415: Kind.UNSUPPORTED_MEDIA_TYPE,
}
_INPUT_TYPES = {
    "extra_forbidden": INPUT + "unknownInput",
    "missing": INPUT_EXT + "requiredInput",
}
_TELL_THE_RULE = {Kind.RULE_NOT_MET, Kind.ILLEGAL_TRANSITION, Kind.CONFIRMATION_REQUIRED}
_ISSUES_MOST = 50
_NAME_MOST = 100
_PLACES = {"body": "body", "query": "query", "path": "path", "header": "header"}


def language_of(request: Request) -> str:
    """Give the language to answer in: cookie (pages), else Accept-Language, else Dutch."""
    return negotiate(None, request.cookies.get("livcr_language"), request.headers.get("accept-language"))


def trace_of(request: Request) -> UUID:
    """Give the trace id of this request, made once."""
    state: dict[str, UUID] = request.scope.setdefault("state", {})
    return state.get("trace_id") or state.setdefault("trace_id", uuid4())


def related_trace_of(request: Request) -> UUID | None:
    """Give the caller's own trace id, if it sent a readable one."""
    try:
        return UUID(request.headers["belgov-trace-id"])
    except (KeyError, ValueError):
        return None


def problem_body(problem: Problem, language: str, instance: UUID, rule_text: RuleText) -> dict[str, Any]:
    """Give the RFC 9457 object of a problem in the language negotiated."""
    code = f"problem.{problem.kind.code}"
    body: dict[str, Any] = {
        "type": problem.kind.urn,
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": translate(language, code) if knows(language, code) else problem.kind.title,
        "instance": f"urn:uuid:{instance}",
    }
    if problem.rule and problem.kind in _TELL_THE_RULE:
        body["rule"] = problem.rule
        if problem.kind is Kind.RULE_NOT_MET:
            text, reference = rule_text(problem.rule, language)
            if text:
                body["detail"] = text
            if reference:
                body["legalReference"] = reference
    if problem.issues:
        body["issues"] = [
            {
                "type": issue.type,
                "in": issue.place,
                "name": _name(issue.name),
                "detail": sentence_of(language, issue) or issue.detail,
            }
            for issue in problem.issues[:_ISSUES_MOST]
        ]
    return body


def sentence_of(language: str, issue: Issue) -> str:
    """Say a fault of the input in a language; empty where it is no text of ours."""
    if not knows(language, issue.detail):
        return ""
    values = {
        name: format_date(language, value) if isinstance(value, date) else value
        for name, value in issue.values.items()
    }
    return translate(language, issue.detail, **values)


def _name(said: str) -> str:
    """Give the name of an input as it may be said back: somebody made it up, so it is short and can be written."""
    return said[:_NAME_MOST].encode(errors="replace").decode()


def problem_response(request: Request, problem: Problem) -> Response:
    """Give the JSON answer of a problem."""
    language = language_of(request)
    trace = trace_of(request)
    headers = {"Content-Language": language, "Vary": "Accept-Language", **problem.headers}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.kind.status == Kind.NO_TOKEN.status:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        orjson.dumps(problem_body(problem, language, trace, request.app.state.rule_text)),
        problem.kind.status,
        headers,
        media_type="application/problem+json",
    )


def issues_of(errors: Sequence[Any]) -> tuple[Issue, ...]:
    """Turn validation errors into issues; never the value that was sent."""
    found = []
    for error in errors[:_ISSUES_MOST]:
        place, *path = [str(part) for part in error["loc"]]
        found.append(
            Issue(
                _INPUT_TYPES.get(error["type"], INPUT + "schemaViolation"),
                _PLACES.get(place, "body"),
                ".".join(path) or place,
                error["msg"] if error["type"] != "json_invalid" else "not valid JSON",
            )
        )
    return tuple(found)


def as_problem(fault: Exception) -> Problem:
    """Give the Problem that stands for any fault; what nobody foresaw is 500 and says nothing."""
    problem = _foreseen(fault)
    if problem is None:
        log.error("unforeseen fault: %s", type(fault).__name__, exc_info=_without_values(fault))
        return Problem(Kind.INTERNAL)
    return problem


def _foreseen(fault: Exception) -> Problem | None:
    problem: Problem | None = None
    if isinstance(fault, Problem):
        problem = fault
    elif isinstance(fault, Shredded):
        problem = not_found()  # what was destroyed while it was being asked for is not there
    elif isinstance(fault, RequestValidationError):
        problem = Problem(Kind.BAD_REQUEST, issues=issues_of(fault.errors()))
    elif isinstance(fault, HTTPException):
        kind = _STATUS.get(fault.status_code, Kind.BAD_REQUEST)
        allowed = {k: v for k, v in (fault.headers or {}).items() if k.lower() == "allow"}
        problem = Problem(kind, headers=allowed)
    elif isinstance(fault, KeyFault):
        log.warning("keys cannot be used: %s", fault)
        problem = Problem(Kind.UNAVAILABLE, retry_after=5)
    elif isinstance(fault, PoolTimeout):
        problem = Problem(Kind.UNAVAILABLE, retry_after=2)
    elif isinstance(fault, DBAPIError):
        problem = _of_database(fault)
    elif isinstance(fault, OverflowError):
        problem = Problem(Kind.BAD_REQUEST)
    return problem


def _of_database(fault: DBAPIError) -> Problem | None:
    if _lost(fault):
        log.warning("database unavailable: %s", type(fault.orig).__name__)
        return Problem(Kind.UNAVAILABLE, retry_after=5)
    if isinstance(fault, DataError):  # SQLSTATE class 22, and what the driver itself cannot send
        log.warning("a value that no column holds: %s", type(fault.orig).__name__)
        return Problem(Kind.BAD_REQUEST)
    if is_there_already(fault):
        return Problem(Kind.CONFLICT)  # somebody else made the same thing at the same moment
    return None


def _lost(fault: DBAPIError) -> bool:
    """Tell whether the database went away or made us wait too long, rather than refused what we asked."""
    state = getattr(fault.orig, "sqlstate", None)
    if state is None:
        return fault.connection_invalidated or type(fault).__name__ in {"OperationalError", "InterfaceError"}
    return state[:2] in {"08", "53", "57"} or state in {"55P03", "40001", "40P01"}


def _without_values(fault: Exception) -> Exception:
    if isinstance(fault, DBAPIError):
        fault.hide_parameters = True
        return RuntimeError(type(fault.orig).__name__).with_traceback(fault.__traceback__)
    return fault
