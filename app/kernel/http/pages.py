"""One call through the page door: a cookie says who calls, a token in each form says that the form is ours.

Bearer tokens and JSON are not looked at here, cookies not at the other door: what a browser sends by itself
opens nothing there, and what a program holds opens nothing here. Story time does not exist for pages.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.kernel.http.call import address_of, expected_version, is_loopback
from app.kernel.http.cookies import DEVICE, FORM, LANGUAGE, SESSION, Cookie
from app.kernel.http.frames import DONE, Frame, Reader, frame
from app.kernel.http.problems import as_problem, related_trace_of, trace_of
from app.kernel.http.uploads import Upload, is_multipart, received
from app.kernel.i18n import LANGUAGES, negotiate, translate
from app.kernel.identity import new_secret, secret_hash
from app.kernel.rendering import render
from app.kernel.work import Installation, Work, finished
from app.rules.facts import VISITOR
from app.rules.problems import Kind, Problem, not_found

_DEVICE_MOST: Final = 200
_BODY_MOST: Final = 1_000_000
_FIELDS_MOST: Final = 500

RecognisePage = Callable[[Work, bytes], Reader | None]
"""Turns the hash of a page cookie into a Reader and has the Work act as them; set by the composition root."""


class Elsewhere(Exception):  # noqa: N818 — not an error: the answer is another page
    """The reader has to be on another page first."""

    def __init__(self, href: str) -> None:
        super().__init__(href)
        self.href = href


class Proof(Exception):  # noqa: N818 — not an error: the answer is a question
    """The reader has to prove again who they are, because the session is locked or the act is grave."""

    def __init__(self, *, locked: bool) -> None:
        super().__init__()
        self.locked = locked


AskProof = Callable[["PageCall", bool], Response]
"""Gives the page that asks for proof, with what was typed kept in it; in: the call, whether the session is locked."""


def local_path(path: str | None) -> str:
    """Give *path* if it is an address of this site, else the first page: nobody is sent away from here by a link."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/"
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc and "\\" not in path else "/"


def with_query(href: str, **values: str) -> str:
    """Give an address with query parameters added; those without a value are left out."""
    said = {name: value for name, value in values.items() if value}
    return f"{href}{'&' if '?' in href else '?'}{urlencode(said)}" if said else href


class PageCall:
    """A request to the page door, not yet identified."""

    def __init__(self, request: Request, items: list[tuple[str, str]]) -> None:
        self.request = request
        self.items = items
        """The fields of the form that was sent, in their order."""
        self.installation: Installation = request.app.state.installation
        self.loopback = is_loopback(request)
        self.reader: Reader | None = None
        self.ended = False
        """Whether a session cookie was sent that opens nothing any more."""
        self._cookies: list[Callable[[Response], None]] = []
        self.typed: list[tuple[str, str]] = getattr(getattr(request.state, "page", None), "typed", [])
        """Running texts of the form that was sent, with their labels: shown again where the form itself cannot be."""
        self.form_secret = FORM.read(request)
        request.state.page = self

    @property
    def language(self) -> str:
        """The language of this page: what the reader chose in this browser, else their own, else the browser's."""
        cookie = LANGUAGE.read(self.request)
        own = self.reader.actor.language if self.reader and cookie not in LANGUAGES else None
        return negotiate(own, cookie, self.request.headers.get("accept-language"))

    @property
    def path(self) -> str:
        """The address of this page without its query."""
        return self.request.url.path

    def phrase(self, msgid: str, /, **values: object) -> str:
        """Give a message in the language of this page."""
        return translate(self.language, msgid, **values)

    def id(self, name: str) -> UUID:
        """Give an id out of the address. Raises Problem 404 for what cannot be one."""
        try:
            return UUID(self.request.path_params[name])
        except ValueError:
            raise not_found() from None

    def here(self, **changed: str) -> str:
        """Give the address of this page with its query, without what was just done, and with *changed* instead."""
        kept = {name: value for name, value in self.request.query_params.items() if name != DONE}
        return with_query(self.path, **(kept | changed))

    def next(self, otherwise: str = "/") -> str:
        """Give the page the reader was on their way to, if that is one of ours."""
        wanted = self.request.query_params.get("next")
        return local_path(wanted) if wanted else otherwise

    def sent(self, name: str) -> str:
        """Give one field of the form; empty when it was not sent."""
        return next((text for each, text in self.items if each == name), "")

    # Who calls ------------------------------------------------------------------------------------------

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open a Work for this call: identified, one transaction, committed at the end or undone."""
        with self.installation.sessions() as session:
            unit = Work(
                self.installation,
                session,
                VISITOR,
                channel="page",
                trace_id=trace_of(self.request),
                related_trace_id=related_trace_of(self.request),
                expected=expected_version(self.sent("etag") or None) if self.is_post else frozenset(),
                loopback=self.loopback,
                address=address_of(self.request),
                device=DEVICE.read(self.request)[:_DEVICE_MOST],
            )
            with finished(unit):
                self._identify(unit)
                yield unit

    @property
    def is_post(self) -> bool:
        """Whether something is asked to change."""
        return self.request.method == "POST"

    def _identify(self, unit: Work) -> None:
        secret = SESSION.read(self.request)
        if not secret:
            return
        recognise: RecognisePage = self.request.app.state.recognise_page
        self.reader = recognise(unit, secret_hash(secret))
        self.ended = self.reader is None
        if self.reader is not None:
            # What an Operation writes in words, it writes in the language of the page.
            unit.act_as(replace(self.reader.actor, language=self.language))

    def recall(self) -> None:
        """Find out who reads, for the frame alone: nothing is decided and nothing kept, and a fault is no matter."""
        with suppress(Exception), self.installation.sessions() as session:
            unit = Work(self.installation, session, VISITOR, channel="page", loopback=self.loopback)
            try:
                self._identify(unit)
            finally:
                session.rollback()

    def admit(self, unit: Work, *, before_access: bool = False, while_locked: bool = False) -> None:
        """Let somebody in who is signed in, under a mandate, with a current undertaking; and forms that are ours.

        Raises Elsewhere for who has a step to do first, Proof where the session is locked, Problem for a form that
        did not come from our page. *before_access* is for those steps themselves, *while_locked* for unlocking.
        """
        if self.reader is None:
            raise Elsewhere(
                with_query("/sign-in", ended="yes" if self.ended else "", next=self.return_path())
            )
        if self.is_post:
            self.check_form(self.reader.csrf_token)
        if self.reader.locked and not while_locked:
            raise Proof(locked=True)
        until = unit.actor.undertaking_until
        if not before_access and (until is None or until < unit.today):
            raise Elsewhere(with_query("/undertaking", next=self.return_path()))

    def return_path(self) -> str:
        """Give where to come back to after a step on the way; empty for the first page, or after a form was sent."""
        if self.is_post or self.path == "/":
            return ""
        return self.here()

    def check_form(self, token: str) -> None:
        """Refuse a form that another site sent, or that was made for another session. Raises Problem 403."""
        site = self.request.headers.get("sec-fetch-site", "same-origin")
        given = self.sent("csrfToken")
        if (
            site not in {"same-origin", "none"}
            or not token
            or not hmac.compare_digest(given.encode(), token.encode())
        ):
            raise Problem(Kind.MISSING_PERMISSION, why="formNotOurs")

    def form_token(self) -> str:
        """Give the token of the forms before there is a session, and set its cookie if need be."""
        if not self.form_secret:
            self.form_secret = new_secret()
            self.set_cookie(FORM, self.form_secret)
        return self.form_secret

    # What leaves ----------------------------------------------------------------------------------------

    def set_cookie(self, cookie: Cookie, value: str) -> None:
        """Send a cookie with the answer."""
        self._cookies.append(lambda response: cookie.put(self.request, response, value))

    def drop_cookie(self, cookie: Cookie) -> None:
        """Have the browser forget a cookie."""
        self.set_cookie(cookie, "")

    def choose_language(self, language: str) -> None:
        """Keep a language in this browser."""
        self.set_cookie(LANGUAGE, language)

    def frame(self, title: str, purpose: str = "") -> Frame:
        """Give the frame of the page at hand."""
        return frame(
            self.reader,
            self.language,
            self.path,
            title=title,
            purpose=purpose,
            done=self.request.query_params.get(DONE, ""),
            demo=self.installation.demo,
            csrf_token=self.form_secret,
            idle_seconds=self.installation.settings.idle_minutes * 60,
        )

    def show(
        self, template: str, title: str, purpose: str = "", /, *, status: int = 200, **context: Any
    ) -> Response:
        """Give a page. *title* and *purpose* are texts in its language."""
        body = render(self.language, template, page=self.frame(title, purpose), **context)
        response = Response(body, status, media_type="text/html")
        response.headers["Content-Language"] = self.language
        response.headers["Vary"] = "Cookie, Accept-Language"
        return self.finish(response)

    def go(self, href: str, *, done: str = "") -> Response:
        """Send the reader on with GET, to a page that says once what was done."""
        return self.finish(RedirectResponse(with_query(href, **{DONE: done}), 303))

    def finish(self, response: Response) -> Response:
        """Put the cookies on an answer, and keep it out of every cache."""
        for put in self._cookies:
            put(response)
        self._cookies.clear()
        response.headers["Cache-Control"] = "no-store"
        return response

    def answer(self, build: Callable[[], Response]) -> Response:
        """Run *build*; a step to do first becomes a redirect, any other fault a Problem that says nothing of the inside."""
        try:
            return build()
        except Elsewhere as step:
            if self.ended:
                self.request.app.state.note_refusal(
                    self.request, Problem(Kind.INVALID_TOKEN, why="sessionUnknown")
                )
            return self.go(step.href)
        except Proof as wanted:
            return self._ask(locked=wanted.locked)
        except Problem as problem:
            if problem.kind is Kind.CONFIRMATION_REQUIRED and self.reader is not None:
                return self._ask(locked=False)
            raise
        except Exception as fault:  # noqa: BLE001 — every fault becomes a Problem
            raise as_problem(fault) from None

    def _ask(self, *, locked: bool) -> Response:
        ask: AskProof = self.request.app.state.ask_proof
        return ask(self, locked)


async def _page(request: Request) -> PageCall:
    return PageCall(request, await _fields(request) if request.method == "POST" else [])


async def _fields(request: Request) -> list[tuple[str, str]]:
    """Read a form. Raises Problem: 415 for anything but a plain form, 413 for one that is too large."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem(Kind.UNSUPPORTED_MEDIA_TYPE)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _BODY_MOST:
            raise Problem(Kind.PAYLOAD_TOO_LARGE)
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS_MOST)
    except ValueError:  # not percent-encoded, or more fields than any form of ours has
        raise Problem(Kind.BAD_REQUEST) from None


Page = Annotated[PageCall, Depends(_page)]

Build = Callable[[PageCall, Work], Response]

PAGES: list[tuple[str, str]] = []
"""Method and path of every page, for the tests that walk them all."""


def page_get(
    router: APIRouter, path: str, build: Build, *, before_access: bool = False, while_locked: bool = False
) -> None:
    """Add a page: *build* runs its Operations in one Work and gives the answer."""
    _add(router, "GET", path, build, before_access=before_access, while_locked=while_locked)


def page_send(router: APIRouter, path: str, send: Callable[[PageCall], Response]) -> None:
    """Add what a form of a feature's own sends: *send* opens its own Works, so that it can show the form again."""

    def handle(call: Page) -> Response:
        return call.answer(lambda: send(call))

    router.add_api_route(path, handle, methods=["POST"], include_in_schema=False)
    PAGES.append(("POST", path))


def page_upload(router: APIRouter, path: str, send: Callable[[PageCall, Upload], Response]) -> None:
    """Add a form that sends a file; *send* opens its own Work. Who sends is known before the file is read.

    A plain form gets through as well, without a file.
    """

    async def read(request: Request) -> AsyncIterator[tuple[PageCall, Upload]]:
        if not is_multipart(request):
            yield PageCall(request, await _fields(request)), Upload()
            return
        call = PageCall(request, [])
        await run_in_threadpool(call.recall)
        person = call.reader.actor.person_id if call.reader else None
        call.reader = None
        most = call.installation.settings.attachment_bytes
        async with received(request, person, most) as upload:
            call.items = upload.fields
            yield call, upload

    # Said as a default: an annotation would be looked up among the names of this module, where `read` is not.
    def handle(sent: tuple[PageCall, Upload] = Depends(read)) -> Response:
        return sent[0].answer(lambda: send(*sent))

    router.add_api_route(path, handle, methods=["POST"], include_in_schema=False)
    PAGES.append(("POST", path))


def page_post(
    router: APIRouter, path: str, build: Build, *, before_access: bool = False, while_locked: bool = False
) -> None:
    """Add a form without questions (one button), or one that answers in its own way."""
    _add(router, "POST", path, build, before_access=before_access, while_locked=while_locked)


def _add(
    router: APIRouter, method: str, path: str, build: Build, *, before_access: bool, while_locked: bool
) -> None:
    def handle(call: Page) -> Response:
        def run() -> Response:
            with call.work() as unit:
                call.admit(unit, before_access=before_access, while_locked=while_locked)
                return build(call, unit)

        return call.answer(run)

    router.add_api_route(path, handle, methods=[method], include_in_schema=False)
    PAGES.append((method, path))
