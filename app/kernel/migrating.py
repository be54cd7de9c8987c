"""Bringing a database to its head: roles first, then revisions. The only code that connects as an owner.

In: addresses of a role that may create roles (the embedded clusters' superuser, or `DATABASE_URL`). The roles
that run the application get passwords derived from that role's own password, so that nothing has to be
stored and several installations on one server agree; without a password they sign in as the server trusts.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from app.kernel.database import APP, LEDGER, LOGIN_ROLES, OWNER, RETENTION, engine_for
from app.rules.problems import Kind, Problem

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_LEAST_VERSION = 160000


class Unreachable(Exception):  # noqa: N818 — one sentence for the person at the console
    """The database cannot be reached or cannot be used; the message is one sentence."""


def role_password(admin_url: str, role: str) -> str | None:
    """Give the password of one of our roles: derived from the administering role's own, or None where it has none."""
    password = urlsplit(admin_url).password
    if not password:
        return None
    return hmac.new(unquote(password).encode(), f"livcr role {role}".encode(), hashlib.sha256).hexdigest()


def url_for(admin_url: str, role: str) -> str:
    """Give the address under which *role* signs in to the same database."""
    parts = urlsplit(admin_url)
    password = role_password(admin_url, role)
    host = parts.netloc.rpartition("@")[2]
    who = role if password is None else f"{role}:{quote(password)}"
    return urlunsplit((parts.scheme, f"{who}@{host}", parts.path, parts.query, parts.fragment))


def admin_engine(url: str) -> Engine:
    """Give an engine for an owner's errands: no pool, so that nothing stays signed in as owner."""
    return create_engine(engine_for(url).url, poolclass=NullPool, connect_args={"connect_timeout": 5})


def ensure_database(url: str, maintenance_url: str) -> None:
    """Create the database that *url* names if it is not there."""
    name = urlsplit(url).path.lstrip("/")
    engine = admin_engine(maintenance_url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        if not conn.scalar(text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": name}):
            conn.execute(text(f'CREATE DATABASE "{name}"'))


def _ensure_roles(conn: Connection, url: str) -> None:
    for role in (OWNER, LEDGER, *LOGIN_ROLES):
        login = "LOGIN" if role in LOGIN_ROLES else "NOLOGIN"
        if not conn.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role}):
            conn.execute(text(f"CREATE ROLE {role} {login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"))
        password = role_password(url, role)
        if login == "LOGIN" and password:
            conn.execute(text(f"ALTER ROLE {role} PASSWORD '{password}'"))
    if not conn.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        conn.execute(text(f"GRANT {OWNER}, {LEDGER} TO CURRENT_USER WITH SET TRUE, INHERIT TRUE"))


def prepare(url: str) -> None:
    """Make the roles that a copy names, so that it can be put back into this server. Raises Unreachable."""
    try:
        with admin_engine(url).begin() as conn:
            _ensure_roles(conn, url)
    except OperationalError as fault:
        raise Unreachable(one_sentence(fault)) from fault


def upgrade(url: str, line: str, revision: str = "head") -> None:
    """Make roles and schemas, then run the revisions of *line* (`main` or `keys`). Raises Unreachable."""
    try:
        with admin_engine(url).connect() as conn:
            version = int(conn.scalar(text("SHOW server_version_num")))
            if version < _LEAST_VERSION:
                msg = f"PostgreSQL 16 or newer is needed; this server is {version // 10000}."
                raise Unreachable(msg)
            conn.execute(
                text("SELECT pg_advisory_lock(hashtext('livcr migrate'))")
            )  # until this connection closes
            _ensure_roles(conn, url)
            database = conn.scalar(text("SELECT current_database()"))
            conn.execute(text(f"ALTER SCHEMA public OWNER TO {OWNER}"))
            conn.execute(text("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
            conn.execute(text(f"GRANT USAGE ON SCHEMA public TO {', '.join((LEDGER, *LOGIN_ROLES))}"))
            conn.execute(text(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'))
            conn.execute(text(f'GRANT CONNECT ON DATABASE "{database}" TO {", ".join(LOGIN_ROLES)}'))
            if line == "main":
                conn.execute(text(f"CREATE SCHEMA IF NOT EXISTS journal AUTHORIZATION {LEDGER}"))
            conn.commit()
            run(conn, line, revision)
    except OperationalError as fault:
        raise Unreachable(one_sentence(fault)) from fault


def run(conn: Connection, line: str, revision: str, *, down: bool = False) -> None:
    """Run revisions of *line* up or down to *revision* on an open connection, and commit."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / line))
    config.attributes["connection"] = conn
    (command.downgrade if down else command.upgrade)(config, revision)
    conn.commit()


def one_sentence(fault: DBAPIError) -> str:
    """Give a database fault as one sentence without addresses, passwords or traceback."""
    first = str(fault.orig).strip().splitlines()[-1] if fault.orig else "no answer"
    return f"The database cannot be reached: {first.removeprefix('FATAL:').strip()}"


def unavailable() -> Problem:
    """Give the Problem for a database that does not answer."""
    return Problem(Kind.UNAVAILABLE, retry_after=5)


__all__ = [
    "APP",
    "RETENTION",
    "Unreachable",
    "admin_engine",
    "ensure_database",
    "role_password",
    "run",
    "upgrade",
    "url_for",
]
