"""Sealing what the file holds: a key per file, under a key of the municipality, under the installation's key.

The keys live in a store of their own, so that destroying one reaches every backup of the main database
(R92, R109; docs/decisions/0006). Cells are AES-256-GCM bound to file, table, column and row: a value moved to
another place does not open. Keys stay unwrapped in memory for at most a minute.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, text

from app.kernel.sealed import Sealed

_VERSION = b"\x01"
_NONCE = 12
_CACHE_SECONDS = 60.0


class Shredded(Exception):  # noqa: N818 — a fact about the file, not a fault
    """The file's key is gone: the file was destroyed, and nobody can read it again."""


class Place(NamedTuple):
    """Where a sealed value stands. It opens nowhere else."""

    file_id: UUID
    table: str
    column: str
    row_id: UUID

    def associated(self) -> bytes:
        """Give the length-prefixed form that binds a value to its place."""
        return (
            _with_length(self.file_id.bytes)
            + _column(self.table, self.column)
            + _with_length(self.row_id.bytes)
        )


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(2, "big") + part


@cache
def _column(table: str, column: str) -> bytes:
    return _with_length(table.encode()) + _with_length(column.encode())


class FileKeyProvider:
    """The installation's wrapping key in a file with mode 0600 (development and small installations)."""

    def __init__(self, path: Path) -> None:
        self._key = _load_or_make(path)

    def wrap(self, key: bytes, bound_to: bytes) -> bytes:
        """Wrap *key* so that it opens only for *bound_to*."""
        return _shut(self._key, key, bound_to)

    def mark(self, said: bytes, purpose: bytes) -> bytes:
        """Give a keyed hash: equal for equal bytes, and without this key nobody can try what they were."""
        return hmac.digest(hmac.digest(self._key, purpose, "sha256"), said, "sha256")

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """Open what `wrap` gave; InvalidTag if it was made for something else."""
        return _open(self._key, wrapped, bound_to)


def _load_or_make(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        key = AESGCM.generate_key(256)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def _shut(key: bytes, clear: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, clear, bound_to)


def _open(key: bytes, shut: bytes, bound_to: bytes) -> bytes:
    if shut[:1] != _VERSION:
        raise InvalidTag
    return AESGCM(key).decrypt(shut[1 : 1 + _NONCE], shut[1 + _NONCE :], bound_to)


_KEYS_OF_FILES = (
    "SELECT k.file_id, k.wrapped, k.municipality_id, m.wrapped AS municipal FROM file_key k"
    " JOIN municipal_key m ON m.municipality_id = k.municipality_id AND m.version = k.key_version"
    " WHERE k.file_id = ANY(%(files)s)"
)


def marks_file(municipality_id: UUID) -> UUID:
    """Give the id under which the key store keeps the key of a municipality's marks."""
    return UUID(bytes=hashlib.sha256(b"livcr marks of " + municipality_id.bytes).digest()[:16])


class Vault:
    """Opens and seals values; makes and destroys the keys of files."""

    def __init__(self, keys: Engine, provider: FileKeyProvider, destroyer: Engine | None = None) -> None:
        """Take the key store as the application's role and, for the sweep only, as the retention role."""
        self._keys = keys
        self._reading = keys.execution_options(
            isolation_level="AUTOCOMMIT"
        )  # one question: no transaction around it
        self._destroyer = destroyer
        self._provider = provider
        self._cache: dict[UUID, tuple[float, AESGCM]] = {}
        self._mark_keys: dict[UUID, tuple[float, bytes]] = {}
        self._lock = threading.Lock()

    def new_file(self, file_id: UUID, municipality_id: UUID) -> None:
        """Make a key for a new file. Committed before the file itself: an orphan key is harmless, a file without one is lost."""
        key = AESGCM.generate_key(256)
        with self._keys.begin() as conn:
            version, municipal = self._municipal_key(conn, municipality_id)
            conn.execute(
                text(
                    "INSERT INTO file_key (file_id, municipality_id, key_version, wrapped)"
                    " VALUES (:f, :m, :v, :w)"
                ),
                {"f": file_id, "m": municipality_id, "v": version, "w": _shut(municipal, key, file_id.bytes)},
            )
        self._remember(file_id, AESGCM(key))

    def mark_key(self, municipality_id: UUID) -> bytes:
        """Give the key under which the marks of a municipality's files are made (ADR 0019); made at its first use.

        It is kept as the key of a file that does not exist, so that whatever is done to file keys (another
        municipal key, another provider) is done to it, and the marks stay what they are.
        """
        held = self._mark_keys.get(municipality_id)
        if held is not None and held[0] > time.monotonic():
            return held[1]
        file_id = marks_file(municipality_id)
        with self._keys.begin() as conn:
            row = conn.exec_driver_sql(_KEYS_OF_FILES, {"files": [file_id]}).one_or_none()
            if row is None:
                version, municipal = self._municipal_key(conn, municipality_id)
                fresh = _shut(municipal, AESGCM.generate_key(256), file_id.bytes)
                conn.execute(
                    text(
                        "INSERT INTO file_key (file_id, municipality_id, key_version, wrapped)"
                        " VALUES (:f, :m, :v, :w) ON CONFLICT DO NOTHING"  # somebody else may have been first
                    ),
                    {"f": file_id, "m": municipality_id, "v": version, "w": fresh},
                )
                row = conn.exec_driver_sql(_KEYS_OF_FILES, {"files": [file_id]}).one()
        municipal = self._provider.unwrap(row.municipal, row.municipality_id.bytes)
        key = hmac.digest(_open(municipal, row.wrapped, file_id.bytes), b"livcr marks 1", "sha256")
        with self._lock:
            self._mark_keys[municipality_id] = (time.monotonic() + _CACHE_SECONDS, key)
        return key

    def _municipal_key(self, conn: object, municipality_id: UUID) -> tuple[int, bytes]:
        find = text(
            "SELECT version, wrapped FROM municipal_key WHERE municipality_id = :m ORDER BY version DESC LIMIT 1"
        )
        row = conn.execute(find, {"m": municipality_id}).one_or_none()  # type: ignore[attr-defined]
        if row is None:
            wrapped = self._provider.wrap(AESGCM.generate_key(256), municipality_id.bytes)
            conn.execute(  # type: ignore[attr-defined]
                text(
                    "INSERT INTO municipal_key (municipality_id, version, wrapped) VALUES (:m, 1, :w) ON CONFLICT DO NOTHING"
                ),
                {"m": municipality_id, "w": wrapped},
            )
            row = conn.execute(find, {"m": municipality_id}).one()  # type: ignore[attr-defined]
        return row.version, self._provider.unwrap(row.wrapped, municipality_id.bytes)

    def _remember(self, file_id: UUID, key: AESGCM) -> None:
        with self._lock:
            self._cache[file_id] = (time.monotonic() + _CACHE_SECONDS, key)
            if len(self._cache) > 5000:  # noqa: PLR2004 — memory stays bounded; a list page needs tens
                now = time.monotonic()
                self._cache = {f: e for f, e in self._cache.items() if e[0] > now}

    def prepare(self, file_ids: Iterable[UUID]) -> None:
        """Fetch the keys of several files in one go, so that a list opens with one question to the key store."""
        now = time.monotonic()
        wanted = [f for f in set(file_ids) if self._cache.get(f, (0.0,))[0] <= now]
        if not wanted:
            return
        with self._reading.connect() as conn:
            rows = conn.exec_driver_sql(_KEYS_OF_FILES, {"files": wanted}).all()
        for row in rows:
            municipal = self._provider.unwrap(row.municipal, row.municipality_id.bytes)
            self._remember(row.file_id, AESGCM(_open(municipal, row.wrapped, row.file_id.bytes)))

    def _key(self, file_id: UUID) -> AESGCM:
        held = self._cache.get(file_id)
        if held is None or held[0] <= time.monotonic():
            self.prepare([file_id])
            held = self._cache.get(file_id)
            if held is None or held[0] <= time.monotonic():
                raise Shredded
        return held[1]

    def seal(self, place: Place, clear: str) -> Sealed:
        """Seal a text for its place. Raises Shredded if the file's key is gone."""
        nonce = os.urandom(_NONCE)
        return Sealed(
            _VERSION + nonce + self._key(place.file_id).encrypt(nonce, clear.encode(), place.associated())
        )

    def unseal(self, place: Place, value: Sealed) -> str:
        """Open a text in its place. Raises Shredded if the key is gone, InvalidTag if it does not belong there."""
        if value[:1] != _VERSION:
            raise InvalidTag
        raw = bytes(value)
        return (
            self._key(place.file_id)
            .decrypt(raw[1 : 1 + _NONCE], raw[1 + _NONCE :], place.associated())
            .decode()
        )

    def shred(self, file_id: UUID) -> None:
        """Destroy a file's key and leave a tombstone. Repeating it is harmless (R92)."""
        if self._destroyer is None:
            msg = "this vault was not given the right to destroy keys"
            raise PermissionError(msg)
        with self._destroyer.begin() as conn:
            conn.execute(
                text("INSERT INTO tomb (file_id) VALUES (:f) ON CONFLICT DO NOTHING"), {"f": file_id}
            )
            conn.execute(text("DELETE FROM file_key WHERE file_id = :f"), {"f": file_id})
        self.drop(file_id)

    def destroyed(self, file_ids: Iterable[UUID]) -> set[UUID]:
        """Give those of these files whose key was destroyed, by their tombstones."""
        wanted = list(file_ids)
        with self._keys.connect() as conn:
            return set(
                conn.scalars(text("SELECT file_id FROM tomb WHERE file_id = ANY(:files)"), {"files": wanted})
            )

    def drop(self, file_id: UUID | None = None) -> None:
        """Forget the unwrapped key of one file, or of all."""
        with self._lock:
            if file_id is None:
                self._cache.clear()
                self._mark_keys.clear()
            else:
                self._cache.pop(file_id, None)
