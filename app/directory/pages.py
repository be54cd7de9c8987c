"""Pages for getting in: signing in, the secrecy undertaking, the mandate to act under; and "today"."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.directory import demonstration, federation, sessions, signing_in, undertakings
from app.directory.commands import (
    ChallengeSession,
    CloseSession,
    ConfirmSession,
    ConfirmUndertaking,
    ListMandate,
    ListPerson,
    ListRepresentative,
    OpenSession,
    PrintUndertaking,
    ReadSession,
    ReadUndertaking,
    SwitchSession,
)
from app.directory.mandates import list_mandate, list_person
from app.directory.proving_pages import code_form, takes_passkeys
from app.directory.representatives import list_representative
from app.directory.views import ChallengeView, SessionView
from app.kernel.http.cookies import DEVICE, FORM, SESSION, Cookie
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form
from app.kernel.http.form_reading import WHOLE_FORM, parse_form
from app.kernel.http.forms import form_of, register_form
from app.kernel.http.frames import Block, able, announces, may, menu_line, today_block, today_for
from app.kernel.http.pages import (
    PAGES,
    Page,
    PageCall,
    local_path,
    page_get,
    page_post,
    with_query,
)
from app.kernel.http.papers import download
from app.kernel.i18n import format_date, register_codes, supported, to_translate
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import Kind, Problem

router = APIRouter()

SIGNING_IN: Final = Cookie("livcr_signing_in", kept=600)
"""Which sign-in waits for its code; worth nothing without the code."""
_DOOR: Final = "/sign-in"
PROVIDER_DOOR: Final = "/sign-in/provider"
_SAY_BEFORE: Final = timedelta(days=30)

register_form(OpenSession)
register_codes("hint", ["code"])
register_codes("error", ["wrongNameOrPassword", "wrongCode"])
register_codes("undertaking", ["text"])
register_codes("livcr", ["purpose"])
announces(Action.SESSION_CLOSE)

menu_line(0, "/", to_translate("Today"), able(Action.SESSION_READ))
menu_line(80, "/members", to_translate("Members and mandates"), able(Action.PERSON_LIST))


# Signing in ----------------------------------------------------------------------------------------------


def _visitors(method: str, path: str) -> None:
    PAGES.append((method, path))


@router.get(_DOOR, include_in_schema=False)
def _sign_in_page(call: Page) -> Response:
    return call.answer(lambda: _door(call, {}, {}, 200))


def _door(call: PageCall, values: dict[str, object], errors: dict[str, str], status: int) -> Response:
    call.form_token()
    return call.show(
        "directory/sign_in.html",
        call.phrase("Sign in"),
        call.phrase("For the members of the local integrated security cell."),
        status=status,
        form=form_of(OpenSession, call.language, values, errors),
        action=with_query(_DOOR, next=call.next("")),
        ended=call.request.query_params.get("ended", ""),
        persons=demonstration.persons(call),
        provider=call.installation.openid,
        provider_address=with_query(PROVIDER_DOOR, next=call.next("")),
        passkeys=takes_passkeys(call),
        passkey_action=with_query(_DOOR + "/passkey", next=call.next("")),
    )


@router.post(_DOOR, include_in_schema=False)
def _sign_in(call: Page) -> Response:
    return call.answer(lambda: _open(call))


def _open(call: PageCall) -> Response:
    call.check_form(call.form_secret)
    command, values, errors = parse_form(OpenSession, call.items, call.language)
    if command is None:
        return _door(call, dict(values), errors, Kind.BAD_REQUEST.status)
    try:
        with call.work() as unit:
            view = signing_in.open_session(unit, command)
    except Problem as problem:
        if problem.kind is not Kind.INVALID_TOKEN:
            raise  # too many tries: a page that says how long to wait
        wrong = {WHOLE_FORM: call.phrase("error.wrongNameOrPassword")}
        return _door(call, dict(values), wrong, Kind.BAD_REQUEST.status)
    call.set_cookie(SIGNING_IN, str(view.session_id))
    return call.go(with_query(_DOOR + "/code", next=call.next("")))


def _waiting(call: PageCall) -> UUID | None:
    try:
        return UUID(SIGNING_IN.read(call.request))
    except ValueError:
        return None


@router.get(_DOOR + "/code", include_in_schema=False)
def _code_page(call: Page) -> Response:
    return call.answer(lambda: _code_door(call, {}, 200))


def _code_door(call: PageCall, errors: dict[str, str], status: int) -> Response:
    waiting = _waiting(call)
    if waiting is None:
        return call.go(with_query(_DOOR, next=call.next("")))
    call.form_token()
    return call.show(
        "directory/code.html",
        call.phrase("Enter your code"),
        call.phrase("The second step of signing in."),
        status=status,
        form=code_form(call, errors),
        action=with_query(_DOOR + "/code", next=call.next("")),
        demo_code=demonstration.one_time_code(call, waiting),
        passkey=_challenge(call, waiting),
    )


def _challenge(call: PageCall, waiting: UUID | None) -> ChallengeView | None:
    """Give what a passkey has to sign for a sign-in; None where this site has none, or the sign-in is over."""
    if not takes_passkeys(call):
        return None
    try:
        with call.work() as unit:
            return signing_in.challenge_session(unit, ChallengeSession(sessionId=waiting))
    except Problem as problem:
        if problem.kind is Kind.NOT_FOUND:
            return None
        raise


@router.post(_DOOR + "/passkey", include_in_schema=False)
def _with_passkey(call: Page) -> Response:
    return call.answer(lambda: _passkey_door(call))


def _passkey_door(call: PageCall) -> Response:
    """Begin a sign-in with a passkey alone, and show the page from which the browser asks for it."""
    call.check_form(call.form_secret)
    challenge = _challenge(call, None)
    if challenge is None:
        return call.go(with_query(_DOOR, next=call.next("")))
    call.set_cookie(SIGNING_IN, str(challenge.session_id))
    return call.show(
        "directory/passkey.html",
        call.phrase("Sign in with a passkey"),
        call.phrase("Your device asks for your fingerprint, your face or your PIN."),
        action=with_query(_DOOR + "/code", next=call.next("")),
        passkey=challenge,
    )


@router.post(_DOOR + "/code", include_in_schema=False)
def _confirm_code(call: Page) -> Response:
    return call.answer(lambda: _confirm(call))


def _confirm(call: PageCall) -> Response:
    call.check_form(call.form_secret)
    waiting = _waiting(call)
    items = [(name, text) for name, text in call.items if name in {"code", "passkey"}]
    command, _, errors = parse_form(
        ConfirmSession, [*items, ("sessionId", str(waiting or ""))], call.language
    )
    if waiting is None:
        return call.go(with_query(_DOOR, ended="code", next=call.next("")))
    if command is None:
        return _code_door(call, errors, Kind.BAD_REQUEST.status)
    try:
        with call.work() as unit:
            view = signing_in.confirm_session(unit, command)
    except Problem as problem:
        if problem.kind is Kind.NOT_FOUND:  # too late, or too many wrong codes
            return call.go(with_query(_DOOR, ended="code", next=call.next("")))
        if problem.kind is not Kind.INVALID_TOKEN:
            raise
        return _code_door(call, {"code": call.phrase("error.wrongCode")}, Kind.BAD_REQUEST.status)
    return call.go(signed_in(call, view, call.next("")))


def signed_in(call: PageCall, view: SessionView, following: str) -> str:
    """Hand out the cookie of a session that was opened, and give where its reader goes: first to choose a role."""
    call.set_cookie(SESSION, there(view.refresh_token))
    if view.device:
        call.set_cookie(DEVICE, view.device)
    call.drop_cookie(SIGNING_IN)
    call.drop_cookie(FORM)
    call.choose_language(view.language or call.language)
    several = len(view.mandates or []) > 1
    return with_query("/mandate", next=following) if several else following or "/"


for _method in ("GET", "POST"):
    _visitors(_method, _DOOR)
    _visitors(_method, _DOOR + "/code")
_visitors("POST", _DOOR + "/passkey")


def _sign_out(call: PageCall, work: Work) -> Response:
    onward = federation.began_at_provider(work)
    sessions.close_session(work, CloseSession(sessionId=there(work.actor.session_id)))
    call.drop_cookie(SESSION)
    response = call.go(PROVIDER_DOOR + "/leave" if onward else _DOOR, done=Action.SESSION_CLOSE.value)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


page_post(router, "/sign-out", _sign_out, before_access=True, while_locked=True)


@router.get("/language/{code}", include_in_schema=False)  # noqa: FAST003 — read off the call
def _language(call: Page) -> Response:
    """Keep another language in this browser, and show the same page again."""
    chosen = supported(call.request.path_params["code"])
    if chosen is not None:
        call.choose_language(chosen)
    return call.go(local_path(call.request.query_params.get("next")))


_visitors("GET", "/language/{code}")


# Before the first access ---------------------------------------------------------------------------------


def _prepare_undertaking(call: PageCall, work: Work) -> Prepared:
    del call
    view = undertakings.read_undertaking(work, ReadUndertaking())
    return Prepared(
        back="",
        hidden={"textVersion": view.text_version},
        context={"text": view.text.split("\n\n"), "valid_until": view.valid_until},
    )


page_form(
    router,
    FormRow(
        "/undertaking", ConfirmUndertaking, Action.UNDERTAKING_CONFIRM, undertakings.confirm_undertaking,
        _prepare_undertaking, lambda call, _: call.next(),
        title=to_translate("Your duty of secrecy"),
        purpose=to_translate("Read this before you see anything. You confirm it once a year."),
        submit=to_translate("I confirm"),
        template="directory/undertaking.html",
        hidden=("textVersion",),
    ),
    before_access=True,
)  # fmt: skip


def _choose_mandate(call: PageCall, work: Work) -> Response:
    view = sessions.read_session(work, ReadSession(sessionId=there(work.actor.session_id)))
    return call.show(
        "directory/mandate.html",
        call.phrase("In which role do you act?"),
        call.phrase("You act in one role at a time. The processing log names it."),
        view=view,
        following=call.next(""),
    )


page_get(router, "/mandate", _choose_mandate, before_access=True)
page_button(
    router, "/mandate", SwitchSession, Action.SESSION_SWITCH, sessions.switch_session,
    lambda call, _: call.next(), before_access=True,
)  # fmt: skip


# Today, and who takes part -------------------------------------------------------------------------------


def _today(call: PageCall, work: Work) -> Response:
    sessions.read_session(work, ReadSession(sessionId=there(work.actor.session_id)))
    blocks = [block for build in today_for(work.actor) if (block := build(call, work)) is not None]
    return call.show(
        "directory/today.html",
        call.phrase("Today"),
        call.phrase("What is asked of you now, and where to find the rest."),
        blocks=blocks,
        has_mandate=work.actor.role is not None,
    )


page_get(router, "/", _today)


page_get(
    router,
    "/undertaking/document",
    lambda call, work: call.finish(
        download(undertakings.print_undertaking(work, asked(call, PrintUndertaking)))
    ),
    before_access=True,
)


@today_block(5, lambda actor: actor.undertaking_until is not None)
def _undertaking_ends(call: PageCall, work: Work) -> Block | None:
    """Say in time that the duty of secrecy has to be confirmed again (R17)."""
    until = there(work.actor.undertaking_until)
    if until - work.today > _SAY_BEFORE:
        return None
    return Block(
        call.phrase("Your duty of secrecy"),
        empty=call.phrase("Your confirmation holds until %(day)s.", day=format_date(call.language, until)),
        link=(call.phrase("Confirm it again"), "/undertaking"),
    )


def _members(call: PageCall, work: Work) -> Response:
    may_see_mandates = may(work.actor, Action.MANDATE_LIST)
    return call.show(
        "directory/members.html",
        call.phrase("Members and mandates"),
        call.phrase("Who takes part, in which role and until when."),
        persons=list_person(work, ListPerson()).items,
        mandates=list_mandate(work, ListMandate()).items if may_see_mandates else [],
        may_name=may(work.actor, Action.REPRESENTATIVE_NAME),
        may_change=may(work.actor, Action.PERSON_CHANGE),
        representatives=list_representative(work, ListRepresentative()).items
        if may(work.actor, Action.REPRESENTATIVE_LIST)
        else [],
    )


page_get(router, "/members", _members)
