"""Real PostgreSQL, a template database built once, a clone per test that commits."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio.from_thread
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.util import LRUCache

sys.path.insert(0, str(Path(__file__).parent))

import cast as cast_module
from appcraft import app_around

from app.directory.actors import recognise
from app.directory.models import SignIn
from app.kernel.clock import SetClock
from app.kernel.identity import Claims
from app.kernel.ids import new_id
from app.kernel.installing import (
    Addresses,
    Process,
    assemble,
    databases_running,
    mark,
    migrate,
)
from app.kernel.migrating import admin_engine, ensure_database
from app.kernel.settings import Settings
from app.kernel.work import Work, work

_ROOM = 4 << 30
"""Bytes that two clusters and the databases of the tests that run at one time can take, with much to spare."""


@dataclass(frozen=True)
class Server:
    """The database servers of this test run."""

    addresses: Addresses
    settings: Settings


def _named(url: str, name: str) -> str:
    head, _, tail = url.partition("?")
    return head.rpartition("/")[0] + "/" + name + ("?" + tail if tail else "")


def _memory() -> Path | None:
    """Give a folder in memory with room for the clusters: a database a test is seven times faster there than on disk."""
    folder = Path("/dev/shm")  # noqa: S108 — a folder of our own is made in it
    if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= _ROOM:
        return folder
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Have the folders of the tests in memory as well, where there is room and nobody said another place."""
    if (folder := _memory()) is not None and config.option.basetemp is None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the files with the longest tests first, so that no worker begins one when the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """One event loop for every test client of this run: by itself, each request starts and ends one of its own."""
    with anyio.from_thread.start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Both database servers: embedded in a folder of this run, or the real one that the environment names."""
    home = Path(tempfile.mkdtemp(prefix="livcr-test-", dir=_memory()))
    settings = Settings(LIVCR_DATA=home, data=home)
    try:
        with databases_running(settings) as addresses:
            yield Server(addresses, settings)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Have all engines of this run share what SQLAlchemy compiled: by itself, each test's new engine begins anew.

    What is compiled depends on the dialect, of which every engine has one of its own, all of them alike here.
    """
    ours: Any = PGDialect_psycopg
    engine: Any = Engine
    compiled: LRUCache[Any, Any] = LRUCache(2000)
    engine._compiled_cache = property(lambda _: compiled, lambda _, _own: None)
    ours.__eq__ = lambda self, other: type(self) is type(other)
    ours.__hash__ = lambda self: hash(type(self))
    yield
    del ours.__eq__, ours.__hash__, engine._compiled_cache


class Databases:
    """Makes and drops databases on the run's servers."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.maintenance = [
            admin_engine(_named(url, "postgres")).execution_options(isolation_level="AUTOCOMMIT").connect()
            for url in (server.addresses.main, server.addresses.keys)
        ]

    def pair(self, name: str) -> Addresses:
        """Give the addresses of a pair of databases by name."""
        return Addresses(
            _named(self.server.addresses.main, name), _named(self.server.addresses.keys, name + "_keys")
        )

    def create(self, name: str, template: str | None = None) -> Addresses:
        """Make a pair of databases, empty or as copies of a template pair."""
        for conn, suffix in zip(self.maintenance, ("", "_keys"), strict=True):
            source = f' TEMPLATE "{template}{suffix}"' if template else ""
            conn.execute(text(f'CREATE DATABASE "{name}{suffix}"{source}'))
        return self.pair(name)

    def drop(self, name: str) -> None:
        """Drop a pair of databases, whoever is still connected."""
        for conn, suffix in zip(self.maintenance, ("", "_keys"), strict=True):
            conn.execute(text(f'DROP DATABASE IF EXISTS "{name}{suffix}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def databases(server: Server) -> Iterator[Databases]:
    """The maker of databases."""
    made = Databases(server)
    yield made
    for conn in made.maintenance:
        conn.close()
        conn.engine.dispose()


@dataclass
class Template:
    """The template pair and the cast in it."""

    name: str
    cast: cast_module.Cast


@pytest.fixture(scope="session")
def template(databases: Databases) -> Iterator[Template]:
    """A migrated pair of databases with the cast."""
    name = f"livcr_tpl_{os.getpid()}_{uuid4().hex[:6]}"
    addresses = databases.create(name)
    migrate(addresses)
    mark(addresses, "demo")
    process = assemble(addresses, databases.server.settings, recognise)
    made = cast_module.build(process)
    process.databases.dispose()
    yield Template(name, pickle.loads(pickle.dumps(made)))  # noqa: S301 — our own object, copied
    databases.drop(name)


class House:
    """A process on a clone of the template, with the cast, a clock to set, and clients that act as anybody."""

    def __init__(self, process: Process, cast: cast_module.Cast) -> None:
        self.process = process
        self.cast = cast
        self.installation = process.installation
        self.app = app_around(self.installation)
        self._clients: dict[str, TestClient] = {}

    @property
    def now(self) -> datetime:
        """The story's moment: what `at` was last told."""
        return self.installation.clock.now()

    def at(self, moment: datetime) -> None:
        """Set the clock of everything, sessions included."""
        clock = self.installation.clock
        assert isinstance(clock, SetClock)
        clock.moment = moment

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.at(self.now + timedelta(**by))

    def actor(self, name: str) -> Any:
        """Give a cast member as an Actor."""
        return cast_module.actor(self.process, self.cast, name, self.now)

    def work(self, name: str, **options: Any) -> Any:
        """Open a Work as a cast member."""
        return work(self.installation, self.actor(name), channel="test", **options)

    def token(self, name: str) -> str:
        """Give a bearer token of a cast member, with a session that lasts for this test."""
        session_id = new_id()
        with self.installation.sessions() as session:
            session.info["actor"] = self.cast.persons[name]
            session.add(
                SignIn(
                    id=session_id,
                    person_id=self.cast.persons[name],
                    mandate_id=self.cast.mandates[name],
                    channel="api",
                    state="active",
                    opened_at=self.now,
                    # As if just used and just confirmed, whatever the clock of the test is set to.
                    seen_at=datetime(2100, 1, 1, tzinfo=UTC),
                    confirmed_at=datetime(2100, 1, 1, tzinfo=UTC),
                    expires_at=datetime(2100, 1, 1, tzinfo=UTC),
                )
            )
            session.commit()
        return self.installation.tokens.issue(
            Claims(self.cast.persons[name], session_id, self.cast.mandates[name]), 60
        )

    def client(self, name: str | None = None) -> TestClient:
        """Give an HTTP client that acts as a cast member, or as a visitor."""
        key = name or ""
        if key not in self._clients:
            headers = {"Authorization": f"Bearer {self.token(name)}"} if name else {}
            self._clients[key] = TestClient(
                self.app, base_url="http://127.0.0.1", headers=headers, raise_server_exceptions=False,
                client=("127.0.0.1", 50000),
            )  # fmt: skip
        return self._clients[key]

    def sql(self, query: str, **values: Any) -> list[Any]:
        """Ask the main database as its superuser, past every lock: for checks from outside."""
        with admin_engine(self.process.addresses.main).begin() as conn:
            result = conn.execute(text(query), values)
            return list(result) if result.returns_rows else []


@pytest.fixture
def house(databases: Databases, template: Template, tmp_path: Path) -> Iterator[House]:
    """A House on databases of its own, where commits are real, with wrapping keys that it may rotate."""
    name = f"livcr_t_{uuid4().hex[:10]}"
    addresses = databases.create(name, template.name)
    home = tmp_path / "house"
    shutil.copytree(databases.server.settings.secrets, home / "secrets")
    settings = databases.server.settings.model_copy(update={"data": home})
    process = assemble(addresses, settings, recognise, SetClock(cast_module.NOW))
    try:
        yield House(process, copy.deepcopy(template.cast))
    finally:
        process.databases.dispose()
        databases.drop(name)


__all__ = ["Callable", "Work", "ensure_database"]
