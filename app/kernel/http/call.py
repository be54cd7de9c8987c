"""One call through the JSON door: who calls, in which Work, answered once.

Bearer tokens only; cookies are not looked at here. The answer is built before the commit and leaves after it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import Depends, Request
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from starlette.responses import Response

from app.kernel.http.problems import as_problem, related_trace_of, trace_of
from app.kernel.idempotency import KEPT, Answered
from app.kernel.shapes import Command, View, is_known_moment
from app.kernel.work import Installation, Work, finished
from app.rules.facts import VISITOR, Actor
from app.rules.problems import Kind, Problem, invalid

STORY_TIME = "livcr-story-time"
_KEY_MOST = 200
_NO_CONTENT = 204
_NO_MANDATE: Final = UUID(int=0)
_SESSION: Final = "_session"
"""What is done to sessions gives tokens, which nobody repeats: a second request makes new ones."""
_STORIES_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""The journal has no earlier years."""


def is_loopback(request: Request) -> bool:
    """Tell whether both ends of the connection are this machine: the only place where demonstrations live."""
    client, server = request.scope.get("client") or ("",), request.scope.get("server") or ("",)
    return _is_loopback(client[0]) and _is_loopback(server[0])


def address_of(request: Request) -> str:
    """Give the address of who calls, as the server was told it; empty where there is none."""
    return str((request.scope.get("client") or ("",))[0])


@lru_cache(1000)
def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def story_time(request: Request, installation: Installation) -> datetime | None:
    """Give the moment a story plays at: only in a demonstration, only on this machine, else None."""
    said = request.headers.get(STORY_TIME)
    if not said or not installation.demo or not is_loopback(request):
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise invalid("Livcr-Story-Time", "not a moment", "header") from None
    if moment.tzinfo is None:
        raise invalid("Livcr-Story-Time", "not a moment with an offset", "header")
    if moment < _STORIES_FROM or not is_known_moment(moment):
        raise invalid("Livcr-Story-Time", "not a moment from 2020 to 2049", "header")
    return moment.astimezone(UTC)


def expected_version(header: str | None) -> frozenset[int] | None:
    """Read If-Match: the versions the caller would change; empty for `*`; None when absent. Weak tags never match."""
    if header is None:
        return None
    found: set[int] = set()
    for part in header.split(","):
        tag = part.strip()
        if tag == "*":
            return frozenset()
        if tag.startswith('"') and tag.endswith('"') and tag[1:-1].isdecimal():
            found.add(int(tag[1:-1]))
    return frozenset(found or {-1})


class Call:
    """A request to the JSON door, not yet identified."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.installation: Installation = request.app.state.installation
        self.loopback = is_loopback(request)

    @contextmanager
    def work(self, *, while_locked: bool = False) -> Iterator[Work]:
        """Open the Work of this call: identified, one transaction, committed at the end or undone."""
        request = self.request
        with self.installation.sessions() as session:
            unit = Work(
                self.installation,
                session,
                VISITOR,
                channel="api",
                now=story_time(request, self.installation),
                trace_id=trace_of(request),
                related_trace_id=related_trace_of(request),
                expected=expected_version(request.headers.get("if-match")),
                loopback=self.loopback,
                while_locked=while_locked,
                address=address_of(request),
            )
            with finished(unit):
                self._identify(unit)
                yield unit

    def _identify(self, unit: Work) -> None:
        scheme, _, token = self.request.headers.get("authorization", "").partition(" ")
        if not scheme:
            return
        if scheme.lower() != "bearer" or not token:
            raise Problem(Kind.INVALID_TOKEN)
        claims = self.installation.tokens.read(token.strip())
        unit.act_as(
            Actor(person_id=claims.person_id, session_id=claims.session_id, mandate_id=claims.mandate_id)
        )
        unit.act_as(self.installation.recognise(unit, claims))

    def recall(self) -> UUID | None:
        """Find out who calls, before much is read of what they send: nothing is decided and nothing kept.

        None where nobody does, or where who calls is refused; the call itself says so again.
        """
        with suppress(Exception), self.installation.sessions() as session:
            unit = Work(self.installation, session, VISITOR, channel="api", loopback=self.loopback)
            try:
                self._identify(unit)
                return unit.actor.person_id
            finally:
                session.rollback()
        return None

    def answer(
        self,
        operation: Callable[[Work, Any], View | None],
        command: Command,
        *,
        status: int = 200,
        location: str = "",
        allowed_query: frozenset[str] = frozenset(),
        visitors: bool = False,
        while_locked: bool = False,
    ) -> Response:
        """Run an Operation and build its answer.

        In: the operation and its command, the status of success, a template for Location, the query
        parameters the route knows, whether visitors may call, and whether a session may that was left idle. Raises
        Problem.
        """
        self._check_query(allowed_query)
        try:
            with self.work(while_locked=while_locked) as unit:
                _admit(unit, visitors=visitors)
                return self._answer_once(unit, operation, command, status, location)
        except Problem:
            raise
        except Exception as fault:  # noqa: BLE001 — every fault becomes a Problem that says nothing of the inside
            raise as_problem(fault) from None

    def _check_query(self, allowed: frozenset[str]) -> None:
        for name in self.request.query_params:
            if name not in allowed:
                raise invalid(name, "unknown query parameter", "query", "unknownInput")

    def _answer_once(
        self,
        unit: Work,
        operation: Callable[[Work, Any], View | None],
        command: Command,
        status: int,
        location: str,
    ) -> Response:
        key = self.request.headers.get("idempotency-key") if self.request.method == "POST" else None
        if key is None or unit.actor.person_id is None or operation.__name__.endswith(_SESSION):
            return render(operation(unit, command), status, location)
        if not 0 < len(key) <= _KEY_MOST:
            raise invalid("Idempotency-Key", "1 to 200 characters", "header")
        kept = _Kept(unit, key, operation.__name__, command)
        earlier = kept.earlier()
        if earlier is not None:
            return earlier
        view = operation(unit, command)
        response = render(view, status, location)
        kept.keep(response, view)
        return response


def _admit(unit: Work, *, visitors: bool) -> None:
    if unit.actor.person_id is None and not visitors:
        raise Problem(Kind.NO_TOKEN)


def render(view: View | None, status: int, location: str) -> Response:
    """Give the HTTP answer of a View: JSON without nulls, its ETag, its Location."""
    if view is None:
        return Response(status_code=204)
    headers = {"Cache-Control": "no-store"}
    version = getattr(view, "version", None)
    if version is not None:
        headers["ETag"] = f'"{version}"'
    if location:
        headers["Location"] = location.format_map(_Ids(view))
    return Response(view.wire_bytes(), status, headers, media_type="application/json")


class _Ids(dict[str, Any]):
    """Fills `{caseId}` in a Location from the View's own field of that wire name."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view

    def __missing__(self, wire_name: str) -> Any:
        for name, field in type(self._view).model_fields.items():
            if (field.alias or name) == wire_name:
                return getattr(self._view, name)
        raise KeyError(wire_name)


class _Kept:
    """What is known of a keyed request: what it asked, as a mark, and where its result is (docs/decisions/0015)."""

    def __init__(self, unit: Work, key: str, name: str, command: Command) -> None:
        self.unit = unit
        actor = unit.actor
        self.mine = {"person_id": actor.person_id, "mandate_id": actor.mandate_id or _NO_MANDATE, "key": key}
        asked = json.dumps([name, command.model_dump()], default=_plain, sort_keys=True).encode()
        self.hash = unit.installation.provider.mark(asked, b"request")

    def earlier(self) -> Response | None:
        """Say again how the first request was answered, or None when this is the first. Raises Problem for another request."""
        unit = self.unit
        moment = unit.installation.clock.now()
        afresh = {"request_hash": self.hash, "at": moment}
        fresh = unit.session.execute(
            insert(Answered)
            .values(**self.mine, **afresh)
            .on_conflict_do_update(
                index_elements=list(self.mine),
                set_=afresh | dict.fromkeys(("status", "location", "etag", "href")),
                where=Answered.at < moment - KEPT,
            )
            .returning(Answered.key)
        ).first()
        if fresh:
            return None
        row = unit.session.execute(
            select(
                Answered.request_hash, Answered.status, Answered.location, Answered.etag, Answered.href
            ).filter_by(**self.mine)
        ).one()
        if row.request_hash != self.hash or row.status is None:
            raise Problem(Kind.IDEMPOTENCY_CONFLICT)
        unit.repeat()
        if row.status == _NO_CONTENT:
            return Response(status_code=row.status)
        headers = {"Cache-Control": "no-store", "ETag": row.etag, "Location": row.location}
        where = row.location or row.href
        return Response(
            orjson.dumps({"self": where} if where else {}),
            row.status,
            {name: said for name, said in headers.items() if said},
            media_type="application/json",
        )

    def keep(self, response: Response, view: View | None) -> None:
        """Keep in the same commit where the result is."""
        self.unit.session.execute(
            update(Answered)
            .filter_by(**self.mine)
            .values(
                status=response.status_code,
                location=response.headers.get("location"),
                etag=response.headers.get("etag"),
                href=getattr(view, "href", None),
            )
        )


def _plain(value: Any) -> Any:
    """Give what stands for a value in a mark: secrets count as what they are, sets in one order."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, bytes):
        return sha256(value).hexdigest()
    return str(value)


async def _call(request: Request) -> Call:
    return Call(request)


Api = Annotated[Call, Depends(_call)]
"""For a route written by hand."""
