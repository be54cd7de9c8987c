"""Pages of signing in by way of a provider of identities: there, back, and out. Sessions of the API do not begin here.

Our session cookie is strict, so a browser that another site sent here keeps it back, also through a redirect. That is
why a page of ours stands between the provider's answer and the first page. A form must not lead to another site
either (`form-action`), so going there is a link, and signing out passes by a page too.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.directory import federation
from app.directory.commands import AcceptSession, RecallSession, ReferSession
from app.directory.pages import PROVIDER_DOOR, SIGNING_IN, signed_in
from app.directory.views import AcceptedView
from app.kernel.http.cookies import Cookie
from app.kernel.http.pages import PAGES, Page, PageCall, local_path, with_query
from app.kernel.http.problems import trace_of
from app.kernel.i18n import register_codes
from app.kernel.identity import new_secret
from app.kernel.openid import BACK_PATH, OpenId, ProviderSilent
from app.rules.problems import Kind, Problem, not_found

router = APIRouter()

REFERRAL: Final = Cookie("livcr_provider", kept=600, samesite="lax")
"""This browser's secret on its way to the provider and back."""
_SAID_MOST: Final = 4000
_WHY: Final = (federation.SILENT, federation.NOT_BELIEVED, federation.NOT_STARTED, federation.NOT_LET_IN)

register_codes("error", _WHY)
for _method, _path in (
    ("GET", PROVIDER_DOOR), ("GET", BACK_PATH), ("GET", PROVIDER_DOOR + "/leave"), ("POST", PROVIDER_DOOR + "/logout"),
):  # fmt: skip
    PAGES.append((_method, _path))


def _provider(call: PageCall) -> OpenId:
    if call.installation.openid is None:
        raise not_found()
    return call.installation.openid


def _said(call: PageCall, problem: Problem) -> Response:
    """Say in one sentence why nobody was signed in, and how to go on. What we were told of somebody is not in it."""
    if problem.why not in _WHY:
        raise problem
    silent = problem.kind is Kind.UNAVAILABLE
    response = call.show(
        "message.html",
        call.phrase("You were not signed in"),
        status=problem.kind.status if silent else Kind.BAD_REQUEST.status,
        happened=call.phrase(f"error.{problem.why}", name=_provider(call).name),
        remedies=[
            call.phrase("Start again from the sign-in page."),
            call.phrase("You can also sign in with your user name and password."),
        ],
        reference=str(trace_of(call.request)),
        action=(call.phrase("To the sign-in page"), "/sign-in"),
    )
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _onward(call: PageCall, title: str, said: str, label: str, href: str) -> Response:
    """Show a stop on the way; *href* is ours, or of the provider's own papers, and never out of the request."""
    response = call.show("directory/onward.html", title, said=said, action=(label, href))
    response.headers["Refresh"] = f"0; url={href}"
    return response


@router.get(PROVIDER_DOOR, include_in_schema=False)
def _refer(call: Page) -> Response:
    return call.answer(lambda: _there(call))


def _there(call: PageCall) -> Response:
    _provider(call)
    if call.request.headers.get("sec-fetch-dest", "document") != "document":
        raise Problem(
            Kind.MISSING_PERMISSION
        )  # a picture on another site: it would use up its readers' tries
    browser = REFERRAL.read(call.request) or new_secret()
    following = call.next("/")
    try:
        with call.work() as unit:
            command = ReferSession(
                following=following if len(following) < _SAID_MOST // 2 else "/",
                browser=browser[:_SAID_MOST],
                language=call.language,
            )
            view = federation.refer_session(unit, command)
    except Problem as problem:
        return _said(call, problem)
    call.set_cookie(REFERRAL, browser[:_SAID_MOST])
    return call.go(view.address)


@router.get(BACK_PATH, include_in_schema=False)
def _accept(call: Page) -> Response:
    return call.answer(lambda: _back(call))


def _back(call: PageCall) -> Response:
    openid = _provider(call)
    said = {name: text[:_SAID_MOST] for name, text in call.request.query_params.items()}
    try:
        with call.work() as unit:
            command = AcceptSession(
                state=said.get("state", ""),
                browser=REFERRAL.read(call.request)[:_SAID_MOST],
                code=said.get("code") or None,
                issuer=said["iss"][:500] if "iss" in said else None,
            )
            view = federation.accept_session(unit, command)
    except Problem as problem:
        return _said(call, problem)
    call.reader = None  # whoever's page it was before
    call.drop_cookie(REFERRAL)
    title, next_page = _whereto(call, view)
    told = call.phrase("%(name)s told us who you are.", name=openid.name)
    return _onward(call, title, told, call.phrase("Continue"), next_page)


def _whereto(call: PageCall, view: AcceptedView) -> tuple[str, str]:
    following = local_path(view.following)
    if view.refresh_token is not None:
        return call.phrase("You are signed in"), signed_in(call, view, "" if following == "/" else following)
    call.set_cookie(SIGNING_IN, str(view.session_id))
    following = "" if following == "/" else following
    return call.phrase("One step more: your code"), with_query("/sign-in/code", next=following)


@router.get(PROVIDER_DOOR + "/leave", include_in_schema=False)
def _leave(call: Page) -> Response:
    return call.answer(lambda: _out(call))


def _out(call: PageCall) -> Response:
    """Go on to sign out at the provider as well; where it has no such page, or is silent, it ends here."""
    openid = _provider(call)
    try:
        href = openid.end_address()
    except ProviderSilent:
        href = ""
    if not href:
        return call.go("/sign-in", done="session.close")
    return _onward(
        call,
        call.phrase("You are signed out here"),
        call.phrase("Now you are taken to %(name)s, to sign out there too.", name=openid.name),
        call.phrase("Sign out at %(name)s", name=openid.name),
        href,
    )


@router.post(PROVIDER_DOOR + "/logout", include_in_schema=False)
def _logout(call: Page) -> Response:
    return call.answer(lambda: _recall(call))


def _recall(call: PageCall) -> Response:
    """Take the provider's word, from server to server, that it signed somebody out (back-channel logout).

    No cookie and no form of ours: the signed token alone counts.
    """
    _provider(call)
    try:
        with call.work() as unit:
            federation.recall_session(unit, RecallSession(logoutToken=call.sent("logout_token")[:_SAID_MOST]))
    except Problem as problem:
        if problem.kind is not Kind.INVALID_TOKEN:
            raise
        return call.finish(
            Response(b'{"error":"invalid_request"}', Kind.BAD_REQUEST.status, media_type="application/json")
        )
    return call.finish(Response(status_code=200))
