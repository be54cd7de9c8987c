"""One call through the JSON door: who calls, in which Work, answered once.

Bearer tokens only; cookies are not looked at here. The answer is built before the commit and leaves after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from starlette.responses import Response

from app.kernel.http.problems import as_problem, related_trace_of, trace_of
from app.kernel.idempotency import Answered
from app.kernel.shapes import Command, View
from app.kernel.work import Installation, Work
from app.rules.facts import VISITOR, Actor
from app.rules.problems import Kind, Problem, invalid

STORY_TIME = "livcr-story-time"
_KEY_MOST = 200
_KEPT = timedelta(days=1)


def is_loopback(request: Request) -> bool:
    """Tell whether both ends of the connection are this machine: the only place where demonstrations live."""
    client, server = request.scope.get("client") or ("",), request.scope.get("server") or ("",)
    return _is_loopback(client[0]) and _is_loopback(server[0])


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
    return moment


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
    def work(self) -> Iterator[Work]:
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
            )
            try:
                self._identify(unit)
                yield unit
                unit.finish()
            except BaseException:
                unit.abandon()
                raise

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

    def answer(
        self,
        operation: Callable[[Work, Any], View | None],
        command: Command,
        *,
        status: int = 200,
        location: str = "",
        allowed_query: frozenset[str] = frozenset(),
        visitors: bool = False,
    ) -> Response:
        """Run an Operation and build its answer.

        In: the operation and its command, the status of success, a template for Location, the query
        parameters the route knows, whether visitors may call. Raises Problem.
        """
        self._check_query(allowed_query)
        try:
            with self.work() as unit:
                if unit.actor.person_id is None and not visitors:
                    raise Problem(Kind.NO_TOKEN)
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
        if key is None or unit.actor.person_id is None:
            return render(operation(unit, command), status, location)
        if not 0 < len(key) <= _KEY_MOST:
            raise invalid("Idempotency-Key", "1 to 200 characters", "header")
        kept = _Kept(unit, key, operation.__name__, command)
        earlier = kept.earlier()
        if earlier is not None:
            return earlier
        response = render(operation(unit, command), status, location)
        kept.keep(response)
        return response


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
    """The first answer to a keyed request, kept for a day."""

    def __init__(self, unit: Work, key: str, name: str, command: Command) -> None:
        self.unit, self.key = unit, key
        self.hash = hashlib.sha256(name.encode() + b"\x00" + command.model_dump_json().encode()).digest()

    def earlier(self) -> Response | None:
        """Give the first answer again, or None when this is the first time. Raises Problem for another request."""
        unit = self.unit
        moment = unit.installation.clock.now()
        mine = {"person_id": unit.actor.person_id, "key": self.key}
        fresh = unit.session.execute(
            insert(Answered)
            .values(**mine, request_hash=self.hash, at=moment)
            .on_conflict_do_update(
                index_elements=["person_id", "key"],
                set_={"request_hash": self.hash, "at": moment, "status": None, "headers": None, "body": None},
                where=Answered.at < moment - _KEPT,
            )
            .returning(Answered.key)
        ).first()
        if fresh:
            return None
        row = unit.session.execute(
            select(Answered.request_hash, Answered.status, Answered.headers, Answered.body).filter_by(**mine)
        ).one()
        if row.request_hash != self.hash or row.status is None:
            raise Problem(Kind.IDEMPOTENCY_CONFLICT)
        unit.repeat()
        body = unit.installation.provider.unwrap(row.body, self._bound()) if row.body else b""
        return Response(body, row.status, row.headers)

    def keep(self, response: Response) -> None:
        """Keep the answer in the same commit, sealed."""
        unit = self.unit
        headers = {k: v for k, v in response.headers.items() if k.lower() != "content-length"}
        unit.session.execute(
            Answered.__table__.update()  # type: ignore[attr-defined]
            .where(Answered.person_id == unit.actor.person_id, Answered.key == self.key)
            .values(
                status=response.status_code,
                headers=headers,
                body=unit.installation.provider.wrap(bytes(response.body), self._bound()),
            )
        )

    def _bound(self) -> bytes:
        return orjson.dumps([str(self.unit.actor.person_id), self.key])


async def _call(request: Request) -> Call:
    return Call(request)


Api = Annotated[Call, Depends(_call)]
"""For a route written by hand."""
