"""Putting one process together: databases (embedded or real), keys, vault, clock, sealer. Used by the composition roots."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from app.kernel.clock import Clock, SystemClock
from app.kernel.database import (
    APP,
    KEEPER,
    RETENTION,
    SEALER,
    Databases,
    engine_for,
    planned_once,
    session_factory,
)
from app.kernel.dumping import dump
from app.kernel.embedded import Cluster
from app.kernel.identity import Claims, Tokens
from app.kernel.ids import new_id
from app.kernel.journal.sealer import Sealer, load_signer
from app.kernel.keys.choosing import choose, settle
from app.kernel.keys.keeper import Keeper
from app.kernel.migrating import admin_engine, ensure_database, run, upgrade, url_for
from app.kernel.settings import Settings
from app.kernel.vault import Vault
from app.kernel.work import Installation, Work, work
from app.rules.facts import Actor

if TYPE_CHECKING:
    from app.kernel.openid import OpenId

log = logging.getLogger("livcr")

MAIN_DATABASE, KEYS_DATABASE = "livcr", "livcr_keys"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the two databases are, as the role that administers them."""

    main: str
    keys: str


@contextmanager
def databases_running(settings: Settings) -> Iterator[Addresses]:
    """Have both databases running: the embedded ones unless the environment names real ones."""
    with contextlib.ExitStack() as stack:
        main, keys = settings.database_url, settings.keys_database_url
        if not main:
            cluster = stack.enter_context(Cluster(settings.data / "main", settings.postgres))
            main = cluster.url(cluster.superuser, MAIN_DATABASE)
            ensure_database(main, cluster.url(cluster.superuser, "postgres"))
        if not keys:
            cluster = stack.enter_context(Cluster(settings.data / "keys", settings.postgres))
            keys = cluster.url(cluster.superuser, KEYS_DATABASE)
            ensure_database(keys, cluster.url(cluster.superuser, "postgres"))
        yield Addresses(main, keys)


def migrate(addresses: Addresses) -> None:
    """Bring both databases to their heads."""
    upgrade(addresses.main, "main")
    upgrade(addresses.keys, "keys")


def mark(addresses: Addresses, kind: str) -> str:
    """Say what a new database is (`demo` or `production`); an existing mark stays. Gives the kind in force."""
    with admin_engine(addresses.main).begin() as conn:
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext('livcr installation'))"))
        found = conn.scalar(text("SELECT kind FROM installation"))
        if found is None:
            conn.execute(
                text("INSERT INTO installation (id, kind, created_at) VALUES (:id, :kind, now())"),
                {"id": new_id(), "kind": kind},
            )
            found = kind
        return str(found)


def connect(addresses: Addresses, settings: Settings) -> Databases:
    """Give this process's connections, each under the role that may do what it is for."""
    return Databases(
        app=engine_for(url_for(addresses.main, APP), pool=settings.pool),
        keys=planned_once(engine_for(url_for(addresses.keys, APP), pool=max(2, settings.pool // 2))),
        retention=engine_for(url_for(addresses.main, RETENTION), pool=2),
        sealer=engine_for(url_for(addresses.main, SEALER), pool=2),
        keys_retention=engine_for(url_for(addresses.keys, RETENTION), pool=2),
        keys_keeper=engine_for(url_for(addresses.keys, KEEPER), pool=2),
    )


@dataclass(slots=True)
class Process:
    """One running process: its installation, its connections and its sealer."""

    installation: Installation
    databases: Databases
    sealer: Sealer
    addresses: Addresses


def assemble(
    addresses: Addresses,
    settings: Settings,
    recognise: Callable[[Work, Claims], Actor],
    clock: Clock | None = None,
) -> Process:
    """Put the parts together for migrated databases. Raises KeyFault when the wrapping key does not fit them."""
    databases = connect(addresses, settings)
    with contextlib.ExitStack() as undo:
        undo.callback(databases.dispose)
        with databases.app.connect() as conn:
            row = conn.execute(text("SELECT id, kind FROM installation")).one()
        signer = load_signer(settings.secrets / "journal.key", f"livcr-{row.id.hex[:12]}")
        sealer = Sealer(databases.sealer, signer, row.id.hex[:12])
        provider = choose(settings)
        own = settle(databases.keys_keeper, provider, lambda: _in_use(databases))
        installation = Installation(
            settings=settings,
            sessions=session_factory(databases.app),
            retention_sessions=session_factory(databases.retention),
            vault=Vault(databases.keys, provider, databases.keys_retention),
            tokens=Tokens(settings.secrets / "tokens.key"),
            clock=clock or SystemClock(),
            provider=own,
            keeper=Keeper(databases.keys_keeper, provider, _copier(addresses, settings)),
            sealer=sealer,
            signer=signer,
            installation_id=row.id,
            recognise=recognise,
            demo=row.kind == "demo",
            openid=_openid(settings),
        )
        undo.pop_all()  # all is well: the connections stay
    return Process(installation, databases, sealer, addresses)


def _openid(settings: Settings) -> OpenId | None:
    if not settings.oidc_issuer:
        return None
    from app.kernel.openid import OpenId

    return OpenId(settings)


def _in_use(databases: Databases) -> bool:
    """Tell whether anything was ever done here, by the journal: then something was sealed."""
    with databases.sealer.connect() as conn:
        return bool(conn.scalar(text("SELECT EXISTS (SELECT FROM journal.entry)")))


def _copier(addresses: Addresses, settings: Settings) -> Callable[[str], None] | None:
    """Give what writes a copy of the key store into the folder that the settings name, if they name one."""
    folder = settings.key_copies
    if folder is None:
        return None

    def copy(key_id: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        dump(addresses.keys, folder / f"livcr-keys-under-{key_id}.dump")

    return copy


@contextmanager
def console_work(process: Process, actor: Actor, *, now: datetime | None = None) -> Iterator[Work]:
    """Open a Work of the person at the server's own console, as the role that administers the database.

    For what has to be there before anybody can sign in: the rules decide and the processing log keeps it as ever,
    but row-level security, which lets only an administrator in office hand out accounts, has nobody yet to let.
    """
    engine = admin_engine(process.addresses.main)
    installation = replace(process.installation, sessions=session_factory(engine))
    with work(installation, actor, channel="cli", now=now) as unit:
        yield unit


class Periodically(threading.Thread):
    """Does one chore every so often; a fault is logged by its kind, retried at the next turn, and stops nothing."""

    def __init__(
        self, name: str, seconds: float, chore: Callable[[], object], *, at_once: bool = False
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._seconds, self._chore, self._at_once = seconds, chore, at_once
        self._over = threading.Event()

    def run(self) -> None:
        """Do the chore until told to stop."""
        if self._at_once:
            self._do()
        while not self._over.wait(self._seconds):
            self._do()

    def _do(self) -> None:
        try:
            self._chore()
        except Exception as fault:  # noqa: BLE001 — a chore must never end the server
            log.warning("%s: %s, tried again later", self.name, type(fault).__name__)

    def stop(self) -> None:
        """Stop after the turn at hand."""
        self._over.set()
        self.join(timeout=10)


def reset(addresses: Addresses) -> None:
    """Empty both databases and bring them to their heads again: for a demonstration that was not built to its end."""
    for url, line in ((addresses.main, "main"), (addresses.keys, "keys")):
        with admin_engine(url).connect() as conn:
            run(conn, line, "base", down=True)
    migrate(addresses)
