"""Pages on which somebody who is signed in proves again who they are: the lock, and the step before a grave act.

What was typed in a form travels along unseen and is offered again afterwards: nothing is lost by a lock. The address
to return to is one of ours, and what travels along comes with the token of the session, so no other site can plant it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter
from starlette.responses import Response

from app.directory import demonstration, sessions, signing_in
from app.directory.commands import ChallengeSession, ConfirmSession, ReadSession, UnlockSession
from app.directory.views import ChallengeView, SessionView
from app.kernel.http.cookies import SESSION
from app.kernel.http.form_reading import WHOLE_FORM, parse_form
from app.kernel.http.forms import Form, form_of, register_form
from app.kernel.http.pages import PAGES, Elsewhere, Page, PageCall, with_query
from app.kernel.i18n import register_codes
from app.kernel.passkeys import site_of
from app.kernel.work import Work, there
from app.rules.problems import Kind, Problem

router = APIRouter()
_LOCK: Final = "/lock"
_CONFIRM: Final = "/confirm"
_FIELDS_MOST: Final = 500
_UNSEEN: Final = {"sessionId": "", "mandateId": "", "passkey": ""}

register_form(ConfirmSession, hidden=tuple(_UNSEEN))
register_form(UnlockSession, hidden=("sessionId",))
register_codes("error", ["wrongPassword", "wrongPasskey"])


def code_form(call: PageCall, errors: dict[str, str], id_prefix: str = "f") -> Form:
    """Give the form that asks for a code: here it is not one of two ways, but what this form is for."""
    form = form_of(ConfirmSession, call.language, {}, errors, hidden=_UNSEEN, id_prefix=id_prefix)
    return replace(form, fields=tuple(replace(each, required=True) for each in form.fields))


def takes_passkeys(call: PageCall) -> bool:
    """Tell whether a browser at this address can use a passkey of this site."""
    site = site_of(call.installation.settings)
    if site.origin:
        return call.request.url.hostname == site.domain
    return call.loopback and call.request.url.hostname == site.domain


def passkey_address(call: PageCall) -> str:
    """Give the address at which a browser can use a passkey of this site."""
    site = site_of(call.installation.settings)
    return site.origin or str(call.request.url.replace(hostname=site.domain, path="", query=""))


def ask_proof(call: PageCall, locked: bool) -> Response:
    """Send the reader to the page that asks for proof; what a form said goes along."""
    path = _LOCK if locked else _CONFIRM
    if not call.is_post:
        return call.go(with_query(path, next=call.return_path()))
    kept = urlencode([(name, text) for name, text in call.items if name != "csrfToken"])
    status = Kind.SESSION_LOCKED.status if locked else Kind.CONFIRMATION_REQUIRED.status

    def build() -> Response:
        with call.work() as unit:
            call.admit(unit, before_access=True, while_locked=True)
            return _show(call, unit, {}, status, following=call.here(), kept=kept)

    return call.answer(build)


def _show(
    call: PageCall, unit: Work, errors: dict[str, str], status: int, *, following: str, kept: str
) -> Response:
    """Show what can be given as proof: a code, a passkey where there is one, and to unlock also the password."""
    locked = there(call.reader).locked
    sessions.read_session(unit, ReadSession(sessionId=there(unit.actor.session_id)))
    challenge = _challenge(call, unit)
    action = with_query(_LOCK if locked else _CONFIRM, next=following)
    return call.show(
        "directory/proof.html",
        call.phrase("This session is locked") if locked else call.phrase("Confirm that it is you"),
        _why_locked(call, kept)
        if locked
        else call.phrase("What you are about to do is grave. Give your second factor once more."),
        status=status,
        action=action,
        kept=kept,
        password=_carrying(_password_form(call, errors), kept) if locked else None,
        code=_carrying(code_form(call, errors if not locked or "code" in errors else {}, "g"), kept),
        passkey=challenge,
        demo_code=demonstration.code_of(call, there(unit.actor.person_id)),
    )


def _why_locked(call: PageCall, kept: str) -> str:
    if kept:
        return call.phrase("You did not use it for a while. What you had typed is kept.")
    return call.phrase("You did not use it for a while.")


def _carrying(form: Form, kept: str) -> Form:
    return replace(form, hidden=(("kept", kept),) if kept else ())


def _password_form(call: PageCall, errors: dict[str, str]) -> Form:
    mine = {name: text for name, text in errors.items() if name != "code"}
    return form_of(UnlockSession, call.language, {}, mine, hidden={"sessionId": ""})


def _challenge(call: PageCall, unit: Work) -> ChallengeView | None:
    if not takes_passkeys(call):
        return None
    view = signing_in.challenge_session(unit, ChallengeSession(sessionId=unit.actor.session_id))
    return view if view.own_passkeys else None


def _asked(call: PageCall) -> Response:
    with call.work() as unit:
        call.admit(unit, before_access=True, while_locked=True)
        reader = there(call.reader)
        if not reader.locked and (call.path == _LOCK or unit.actor.recently_confirmed):
            raise Elsewhere(call.next())
        if reader.locked and call.path == _CONFIRM:
            raise Elsewhere(with_query(_LOCK, next=call.next("")))
        return _show(call, unit, {}, 200, following=call.next(), kept="")


def _given(call: PageCall) -> Response:
    """Take the proof, and go on: to the page that was asked for, or to what was typed before."""
    kept = call.sent("kept")
    try:
        with call.work() as unit:
            call.admit(unit, before_access=True, while_locked=True)
            if not any(call.sent(name) for name in ("password", "passkey", "code")):
                return _without_proof(call, unit, kept)
            view, errors = _prove(call, unit)
            if view is None:
                return _show(call, unit, errors, Kind.BAD_REQUEST.status, following=call.next(), kept=kept)
    except Problem as problem:
        if problem.kind is not Kind.INVALID_TOKEN:
            raise
        return _wrong(call, kept)
    if view.refresh_token:
        call.set_cookie(SESSION, view.refresh_token)
    call.reader = replace(there(call.reader), locked=False)
    return _go_on(call, kept)


def _without_proof(call: PageCall, unit: Work, kept: str) -> Response:
    """Take what a page that was left alone brings along: keep it behind the lock, or give it back where none is."""
    if there(call.reader).locked:
        return _show(call, unit, {}, 200, following=call.next(), kept=kept)
    if call.path == _LOCK:
        sessions.read_session(unit, ReadSession(sessionId=there(unit.actor.session_id)))
        return _go_on(call, kept)
    errors = {"code": call.phrase("error.missing")}
    return _show(call, unit, errors, Kind.BAD_REQUEST.status, following=call.next(), kept=kept)


def _go_on(call: PageCall, kept: str) -> Response:
    """Go to the page that was asked for, or give back what was typed, to be sent now."""
    if not kept:
        return call.go(call.next())
    return call.show(
        "directory/kept.html",
        call.phrase("What you had typed is still here"),
        call.phrase("Send it now, or go back to the page and begin again."),
        action=call.next(),
        fields=parse_qsl(kept, keep_blank_values=True, max_num_fields=_FIELDS_MOST),
    )


def _prove(call: PageCall, unit: Work) -> tuple[SessionView | None, dict[str, str]]:
    """Run the Operation of what was given: the password (of a locked session only), a passkey or a code."""
    names = ("password",) if call.sent("password") and there(call.reader).locked else ("passkey", "code")
    items = [(name, text) for name, text in call.items if name in names and text]
    items.append(("sessionId", str(unit.actor.session_id)))
    if names == ("password",):
        unlock, _, errors = parse_form(UnlockSession, items, call.language)
        return (sessions.unlock_session(unit, unlock), {}) if unlock else (None, errors)
    confirm, _, errors = parse_form(ConfirmSession, items, call.language)
    return (signing_in.confirm_session(unit, confirm), {}) if confirm else (None, errors)


def _wrong(call: PageCall, kept: str) -> Response:
    """Say that the proof was wrong; after the fifth the session is over, and the reader signs in again."""
    with call.work() as unit:
        if call.reader is None:
            raise Elsewhere(with_query("/sign-in", ended="tries", next=call.next("")))
        errors = {"code": call.phrase("error.wrongCode")}
        if call.sent("passkey"):
            errors = {WHOLE_FORM: call.phrase("error.wrongPasskey")}
        elif call.sent("password") and call.reader.locked:
            errors = {"password": call.phrase("error.wrongPassword")}
        return _show(call, unit, errors, Kind.BAD_REQUEST.status, following=call.next(), kept=kept)


def _ask(call: Page) -> Response:
    return call.answer(lambda: _asked(call))


def _take(call: Page) -> Response:
    return call.answer(lambda: _given(call))


for _path in (_LOCK, _CONFIRM):
    router.add_api_route(_path, _ask, methods=["GET"], include_in_schema=False)
    router.add_api_route(_path, _take, methods=["POST"], include_in_schema=False)
    PAGES.extend([("GET", _path), ("POST", _path)])
