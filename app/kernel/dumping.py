"""Copies of a database, and putting one back: PostgreSQL's own `pg_dump` and `pg_restore`, on one file at a time.

The programs are those of the wheel that also brings the embedded server; without it, or where a real server wants
TLS, which the wheel's programs do not speak, those on the PATH. Passwords go by environment, never on a command line.
A dump is not compressed: sealed values would not get smaller, and anybody can search it for what must not be in it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.kernel.embedded import Cluster, EmbeddedUnavailable
from app.kernel.migrating import admin_engine, one_sentence

_OLDEST = 16


class DumpFailed(Exception):  # noqa: N818 — one sentence for the person at the console
    """A copy could not be made or put back; the message is one sentence without values."""


def dump(url: str, path: Path) -> None:
    """Write a copy of the database at *url*, seen at one moment, to a new file of its owner's alone. Raises DumpFailed."""
    if path.exists():
        raise DumpFailed(f"{path} exists; a copy never overwrites another.")
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _run("pg_dump", url, "--format=custom", "--compress=0", f"--file={fresh}")
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        os.link(fresh, path)
    except OSError as fault:
        raise DumpFailed(f"{path} cannot be written: {fault.strerror}.") from None
    finally:
        fresh.unlink(missing_ok=True)


def restore(url: str, path: Path) -> None:
    """Put a copy back into an empty database whose roles are there, all of it or nothing. Raises DumpFailed."""
    if not path.is_file():
        raise DumpFailed(f"{path} is not there.")
    with admin_engine(url).connect() as conn:
        if conn.scalar(text(
            "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema')"
        )):  # fmt: skip
            raise DumpFailed(
                f"The database for {path.name} is not empty; a copy is only put back into an empty one."
            )
    _run("pg_restore", url, "--exit-on-error", "--single-transaction", "--clean", "--if-exists", str(path))


def _run(program: str, url: str, *arguments: str) -> None:
    whole, parts = url, urlsplit(url)
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    if parts.password:
        env["PGPASSWORD"] = unquote(parts.password)
        user, _, host = parts.netloc.rpartition("@")
        url = urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{host}"))
    done = subprocess.run(  # noqa: S603 — our own words
        [_program(program, whole, parts.query), f"--dbname={url}", "--no-password", *arguments],
        check=False, capture_output=True, text=True, errors="replace", env=env,
    )  # fmt: skip
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["it said nothing"]
        what = next((line for line in said if "error:" in line), said[-1]).partition("error: ")[2] or said[-1]
        raise DumpFailed(f"{program} failed: {what.strip().rstrip('.')}.")


def _program(name: str, url: str, query: str) -> str:
    """Find a program that suits the server: a newer one speaks words that the oldest servers do not know."""
    found = shutil.which(name)
    if found and "sslmode=" in query:
        return found
    try:
        with admin_engine(url).connect() as conn:
            version = int(conn.scalar(text("SHOW server_version_num"))) // 10000
        return str(Cluster.tool(name, 16 if version == _OLDEST else 18))
    except OperationalError as fault:
        raise DumpFailed(one_sentence(fault)) from None
    except EmbeddedUnavailable:
        if found:
            return found
        raise DumpFailed(f"The program {name} of PostgreSQL is needed and not installed.") from None
