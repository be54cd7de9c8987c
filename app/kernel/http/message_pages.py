"""A refusal as a page: what happened, what to do now, and nothing of the inside."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from app.kernel.http.form_pages import reason_of, rule_of
from app.kernel.http.pages import PageCall, local_path
from app.kernel.http.problems import as_problem, trace_of
from app.kernel.i18n import to_translate
from app.rules.problems import Kind, Problem

_TITLES = {
    401: to_translate("You are not signed in"),
    403: to_translate("You cannot do this"),
    404: to_translate("There is nothing here for you"),
    409: to_translate("This is not possible now"),
    412: to_translate("This has changed in the meantime"),
    429: to_translate("Wait a moment"),
    500: to_translate("Something went wrong on our side"),
    503: to_translate("The system is not available for a moment"),
}
_USUAL = to_translate("This could not be read")
_REMEDIES = {
    403: (
        to_translate("Go back and load the page again: perhaps it had been open for too long."),
        to_translate("Ask your coordinator if you think that you should be able to do this."),
    ),
    404: (
        to_translate("Check the address."),
        to_translate(
            "What you may see follows the agenda: an item comes into view when you are invited for it, and goes "
            "out of view after the meeting."
        ),
    ),
    409: (to_translate("Go back and look at how things stand now."),),
    429: (to_translate("Wait a minute, then try again."),),
    500: (to_translate("Try again in a moment. Nothing was changed."),),
    503: (to_translate("Try again in a moment. What you saved before is safe."),),
}
_USUALLY = (to_translate("Go back, load the page again and try once more."),)


def problem_page(request: Request, fault: Exception) -> Response:
    """Give the page of a refusal, in the reader's language and with their menu where we know who reads."""
    problem = as_problem(fault)
    call = getattr(request.state, "page", None)
    if call is None:  # no route of ours: the frame still knows its reader
        call = PageCall(request, [])
        call.recall()
    status = problem.kind.status
    response: Response = call.show(
        "message.html",
        call.phrase(_TITLES.get(status, _USUAL)),
        status=status,
        happened=_happened(call, problem),
        rule=rule_of(request.app.state.rule_text, call.language, problem),
        typed=call.typed if problem.why != "formNotOurs" or _ours(request) else [],
        remedies=[call.phrase(each) for each in _REMEDIES.get(status, _USUALLY)],
        reference=str(trace_of(request)),
        action=(call.phrase("To the first page"), "/"),
        back=_came_from(request),
        tone="danger" if status >= Kind.INTERNAL.status else "warning",
    )
    response.headers.update(problem.headers)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _ours(request: Request) -> bool:
    """Say whether the browser itself says that a page of this site sent the form: only then is its text shown."""
    return request.headers.get("sec-fetch-site") == "same-origin"


def _came_from(request: Request) -> str:
    """Give the page of ours that sent the reader here; empty where that is another site or this very page."""
    said = urlsplit(request.headers.get("referer", ""))
    here = request.url
    if said.netloc != here.netloc or (said.path == here.path and request.method == "GET"):
        return ""
    back = local_path(said.path + (f"?{said.query}" if said.query else ""))
    return "" if back == "/" else back  # the first page is offered already


def _happened(call: PageCall, problem: Problem) -> str:
    if problem.why == "formNotOurs":
        return call.phrase("This form was not sent from a page that you have open here. Nothing was changed.")
    return reason_of(call.request.app.state.rule_text, call.language, problem)
