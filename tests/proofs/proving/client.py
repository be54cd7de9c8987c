"""Calling the running application in-process, each call in a transaction that is undone.

The database's superuser holds the connection and takes the application's role for the length of a call, so that
grants and row-level security bind as ever; afterwards, in the same transaction, the proof looks at what the call
has left behind, and takes it back.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlencode

import orjson
from appcraft import app_around
from sqlalchemy import Connection, event, text

from app.kernel.database import APP, RETENTION, engine_for, say_who, session_factory
from app.kernel.vault import Vault

from .things import TOKEN_OF_FORMS, Somebody

JSON, PAGE = "api", "page"
API = "/api/v1"


class Upload(dict[str, Any]):
    """A body that is sent as a form of parts, with a file behind its fields."""

    FILE = ("brief.txt", b"Een brief (verzonnen).")
    BOUNDARY = "proof-of-need-to-know"

    def __or__(self, more: Any) -> Upload:
        return Upload(dict(self) | dict(more))

    def encoded(self, *first: tuple[str, Any]) -> bytes:
        """Write the fields, *first* before the others, and the file as the last part."""
        name, content = self.FILE
        written = [
            f'--{self.BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{said}\r\n'.encode()
            for n, said in [*first, *self.items()]
        ]
        head = f'--{self.BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        return b"".join([*written, head.encode(), content, f"\r\n--{self.BOUNDARY}--\r\n".encode()])


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        return orjson.loads(self.body)


class Caller:
    """Calls an ASGI application without a network, and without a thread for each call."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.loop = asyncio.new_event_loop()
        self.on_start: Callable[[dict[str, Any]], None] | None = None
        """Called when the answer begins to leave."""

    def close(self) -> None:
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def raw(self, method: str, target: str, headers: dict[str, str], body: bytes = b"", peer: str = "127.0.0.1"
    ) -> Answer:  # fmt: skip
        """Send a request as it stands: *target* is path and query as written on the wire, *peer* who is connected."""
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(),
            "root_path": "", "headers": [(n.lower().encode(), v.encode()) for n, v in headers.items()],
            "client": (peer, 50000), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        return self.loop.run_until_complete(self._run(scope, body))

    async def _run(self, scope: dict[str, Any], body: bytes) -> Answer:
        incoming = [{"type": "http.request", "body": body, "more_body": False}]
        start: dict[str, Any] = {}
        pieces: list[bytes] = []

        async def receive() -> dict[str, Any]:
            if not incoming:
                await asyncio.Event().wait()  # nobody hangs up
            return incoming.pop()

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                if self.on_start:
                    self.on_start(message)
            else:
                pieces.append(message.get("body", b""))

        try:
            await self.app(scope, receive, send)
        except Exception:  # the framework hands a fault on after it has answered 500; a server would log it
            if not start:
                raise
        headers = {n.decode(): v.decode() for n, v in start["headers"]}
        return Answer(start["status"], headers, b"".join(pieces))

    def call(self, who: Somebody | None, door: str, method: str, path: str, *, query: dict[str, Any] | None = None,
             body: Any = None, peer: str = "127.0.0.1", **headers: str) -> Answer:  # fmt: skip
        """Call one door as somebody, or as a visitor. A header that is None is left out."""
        said: dict[str, Any] = {"host": "127.0.0.1", "if-match": "*"}
        target = (API if door == JSON else "") + path + (f"?{urlencode(query)}" if query else "")
        sent = b""
        if door == JSON:
            if who is not None:
                said["authorization"] = f"Bearer {who.token}"
            if method == "POST":
                said["content-type"], sent = (
                    "application/json",
                    orjson.dumps(body if body is not None else {}),
                )
        else:
            if who is not None:
                said["cookie"] = f"livcr_session={who.cookie}; livcr_language=nl"
            if method == "POST":
                said["content-type"] = "application/x-www-form-urlencoded"
                sent = urlencode({"csrfToken": TOKEN_OF_FORMS, "etag": "*"} | (body or {})).encode()
        if method == "POST" and isinstance(body, Upload):
            said["content-type"] = f"multipart/form-data; boundary={body.BOUNDARY}"
            sent = body.encoded(*([("csrfToken", TOKEN_OF_FORMS)] if door == PAGE else []))
        said |= {n.replace("_", "-").lower(): v for n, v in headers.items()}
        return self.raw(method, target, {n: v for n, v in said.items() if v is not None}, sent, peer)


@contextmanager
def swiftly() -> Iterator[None]:
    """Spare what thousands of calls need not pay for: hops to other threads, and collecting again what stays."""
    patience = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    with mock.patch("anyio.to_thread.run_sync", _at_once):
        yield
    gc.set_threshold(*patience)
    gc.unfreeze()


async def _at_once(act: Callable[..., Any], *args: Any, **_options: Any) -> Any:
    """Run a route where it stands: one caller needs no pool of threads, and every hop to one costs."""
    return act(*args)


class _Unshredding:
    """Stands where the keys' destroyer stands: what is undone afterwards must not lose its keys for good."""

    def begin(self) -> Any:
        raise PermissionError("calls that are undone destroy no keys")


class Undone:
    """The application on one connection, each call of it taken back."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.engine = engine_for(house.process.addresses.main, pool=1)
        app_sessions, retention_sessions = session_factory(self.engine), session_factory(self.engine)
        self.conn: Connection = self.engine.connect()
        for factory in (app_sessions, retention_sessions):
            factory.configure(bind=self.conn, join_transaction_mode="create_savepoint")

        @event.listens_for(retention_sessions, "after_begin")
        def _take_role(session: Any, transaction: Any, connection: Connection) -> None:
            connection.exec_driver_sql(f"SET LOCAL ROLE {RETENTION}")

        @event.listens_for(retention_sessions, "after_transaction_end")
        def _give_back(session: Any, transaction: Any) -> None:
            if transaction.parent is None and self.conn.in_transaction():  # not at the end of a mere flush
                self.conn.exec_driver_sql(f"SET LOCAL ROLE {APP}")

        inside: list[Any] = []

        @event.listens_for(app_sessions, "after_begin")
        def _enter(session: Any, transaction: Any, connection: Connection) -> None:
            if session not in inside:
                inside.append(session)

        @event.listens_for(app_sessions, "after_transaction_end")
        def _leave(session: Any, transaction: Any) -> None:
            """Say again who acts in the transaction around: here both are one connection's, elsewhere they are not."""
            if transaction.parent is not None or session not in inside:
                return
            inside.remove(session)
            if inside and self.conn.in_transaction():
                info = inside[-1].info
                say_who(self.conn, info.get("actor"), info.get("mandate"), info.get("now"))

        before = house.installation
        keys, provider = house.process.databases.keys, before.vault._provider
        vault = Vault(keys, provider, _Unshredding())  # type: ignore[arg-type]
        self.installation = replace(
            before, sessions=app_sessions, retention_sessions=retention_sessions, vault=vault
        )
        self.caller = Caller(app_around(self.installation, beat=0))

    def close(self) -> None:
        self.caller.close()
        self.conn.close()
        self.engine.dispose()

    @contextmanager
    def laying(self) -> Iterator[Connection]:
        """Lay rows as superuser that every call inside this block finds, and that are gone after it."""
        with self.conn.begin() as whole:
            yield self.conn
            whole.rollback()

    def call(self, *asked: Any, after: Callable[[Connection], Any] | None = None, **said: Any) -> Answer:
        """Call as `Caller.call`; *after* looks, as superuser, at what the call has left, before it is taken back."""
        return self.taken_back(lambda: self.caller.call(*asked, **said), after)

    def taken_back(self, act: Callable[[], Answer], after: Callable[[Connection], Any] | None = None) -> Answer:  # fmt: skip
        transaction = self.conn.begin_nested() if self.conn.in_transaction() else self.conn.begin()
        try:
            self.conn.exec_driver_sql(f"SET LOCAL ROLE {APP}")
            answer = act()
            if after:
                self.conn.exec_driver_sql("RESET ROLE")
                after(self.conn)
            return answer
        finally:
            transaction.rollback()


def fingerprint(conn: Connection) -> dict[str, Any]:
    """Give a mark of every row of every table of the house, but of what any request may leave: log, sign-ins, tries."""
    tables = conn.execute(
        text(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r'"
            " AND c.relname NOT IN ('session', 'sign_in_pause', 'try_limit', 'alembic_version') ORDER BY 1"
        )
    ).scalars()
    parts = [
        f"SELECT '{t}', count(*), coalesce(sum(hashtext(x::text)::bigint), 0) FROM {t} x" for t in tables
    ]
    return {r[0]: (r[1], r[2]) for r in conn.execute(text(" UNION ALL ".join(parts)))}
