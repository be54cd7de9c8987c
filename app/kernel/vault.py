"""Sealing what the file holds: a key per file, under a key of the municipality, under the installation's key.

The keys live in a store of their own, so that destroying one reaches every backup of the main database
(R92, R109; docs/decisions/0006, 0018). Cells are AES-256-GCM bound to file, table, column and row: a value moved
to another place does not open. Keys stay unwrapped in memory for at most a minute.

The key store shows the application the keys of those municipalities alone that the actor's mandate leads to
(`Vault.within`); nobody said, nothing shown. A key in memory is held against the same list.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.kernel.keys.provider import KeyGone, KeyProvider, opened, shut
from app.kernel.sealed import Sealed

_VERSION = b"\x01"
_NONCE = 12
_CACHE_SECONDS = 60.0
_TRIES = 5
_MOST_HELD = 5000
"""Memory stays bounded; a list page needs tens of keys."""


class Shredded(Exception):  # noqa: N818 — a fact about the file, not a fault
    """The file's key is gone: the file was destroyed, and nobody can read it again.

    Out of the actor's reach looks the same: the key store does not say which.
    """


class KeyStoreAway(RuntimeError):  # noqa: N818 — a state of affairs
    """The key store does not answer, or has no room left: what has to be destroyed waits, and nothing of it is begun."""


_AWAY = ("", "08", "53", "57", "58")
"""Classes of what a database says when it is itself the trouble: no connection, no room, shut down, a broken disk."""


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except NoConnection as fault:
        raise KeyStoreAway from fault
    except DBAPIError as fault:
        if (getattr(fault.orig, "sqlstate", None) or "")[:2] in _AWAY:
            raise KeyStoreAway from fault
        raise


class Place(NamedTuple):
    """Where a sealed value stands. It opens nowhere else."""

    file_id: UUID
    table: str
    column: str
    row_id: UUID
    part: bytes = b""
    """Of a value in parts: which part of how many. Left out, moved or exchanged, a part does not open."""

    def associated(self) -> bytes:
        """Give the length-prefixed form that binds a value to its place."""
        return (
            _with_length(self.file_id.bytes)
            + _column(self.table, self.column)
            + _with_length(self.row_id.bytes)
            + (_with_length(self.part) if self.part else b"")
        )


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(2, "big") + part


@cache
def _column(table: str, column: str) -> bytes:
    return _with_length(table.encode()) + _with_length(column.encode())


class _Held(NamedTuple):
    """An unwrapped key in memory: until when, whose it is, the key, and ready for use."""

    until: float
    municipality_id: UUID
    raw: bytes
    key: AESGCM


class _Memory:
    """The unwrapped keys of one process."""

    def __init__(self) -> None:
        self.files: dict[UUID, _Held] = {}
        self.municipal: dict[tuple[UUID, bytes], tuple[float, bytes]] = {}
        self.lock = threading.Lock()

    def keep_file(self, file_id: UUID, municipality_id: UUID, raw: bytes) -> None:
        now = time.monotonic()
        with self.lock:
            self.files[file_id] = _Held(now + _CACHE_SECONDS, municipality_id, raw, AESGCM(raw))
            if len(self.files) > _MOST_HELD:
                self.files = {f: held for f, held in self.files.items() if held.until > now}

    def keep_municipal(self, municipality_id: UUID, wrapped: bytes, key: bytes) -> None:
        now = time.monotonic()
        with self.lock:
            if len(self.municipal) > _MOST_HELD:
                self.municipal = {m: held for m, held in self.municipal.items() if held[0] > now}
            self.municipal[municipality_id, wrapped] = now + _CACHE_SECONDS, key

    def municipal_key(self, municipality_id: UUID, wrapped: bytes) -> bytes | None:
        until, key = self.municipal.get((municipality_id, wrapped), (0.0, b""))
        return key if until > time.monotonic() else None


def _taken_away(fault: IntegrityError | KeyGone) -> bool:
    return isinstance(fault, KeyGone) or getattr(fault.orig, "sqlstate", "") == _FOREIGN_KEY_VIOLATION


_FOREIGN_KEY_VIOLATION = "23503"
_KEYS_OF_FILES = "SELECT * FROM keys_of_files(%(files)s, %(municipalities)s)"
_NAME = text("SELECT set_config('livcr.municipalities', CAST(:m AS uuid[])::text, true)")
_NEWEST = text(
    "SELECT version, wrapped, wrapping_key FROM municipal_key WHERE municipality_id = :m ORDER BY version DESC LIMIT 1"
)


def marks_file(municipality_id: UUID) -> UUID:
    """Give the id under which the key store keeps the key of a municipality's marks."""
    return UUID(bytes=hashlib.sha256(b"livcr marks of " + municipality_id.bytes).digest()[:16])


class Vault:
    """Opens and seals values; makes and destroys the keys of files."""

    def __init__(self, keys: Engine, provider: KeyProvider, destroyer: Engine | None = None) -> None:
        """Take the key store as the application's role and, for the sweep only, as the retention role."""
        self._keys = keys
        self._reading = keys.execution_options(
            isolation_level="AUTOCOMMIT"
        )  # one question: no transaction around it
        self._destroyer = destroyer
        self._provider = provider
        self._memory = _Memory()
        self._reach: frozenset[UUID] = frozenset()

    def within(self, municipalities: Iterable[UUID]) -> Self:
        """Give this vault as far as it is open for somebody: the keys of these municipalities' files and no others."""
        mine = copy.copy(self)
        mine._reach = frozenset(municipalities)  # noqa: SLF001 — a copy of oneself
        return mine

    def new_file(self, file_id: UUID, municipality_id: UUID) -> None:
        """Make a key for a new file. Committed before the file itself: an orphan key is harmless, a file without one is lost.

        Raises DBAPIError when the municipality is out of reach, KeysUnreachable.
        """
        key = AESGCM.generate_key(256)
        for attempt in range(_TRIES):
            try:
                self._insert(file_id, municipality_id, key)
                break
            except (IntegrityError, KeyGone) as fault:
                # A rotation took the key away between looking and writing: there is a newer one now.
                if attempt == _TRIES - 1 or not _taken_away(fault):
                    raise
        self._memory.keep_file(file_id, municipality_id, key)

    def _insert(self, file_id: UUID, municipality_id: UUID, key: bytes) -> None:
        with self._keys.begin() as conn:
            conn.execute(_NAME, {"m": list(self._reach)})
            version, municipal = self._newest(conn, municipality_id)
            conn.execute(
                text(
                    "INSERT INTO file_key (file_id, municipality_id, key_version, wrapped)"
                    " VALUES (:f, :m, :v, :w)"
                ),
                {"f": file_id, "m": municipality_id, "v": version, "w": shut(municipal, key, file_id.bytes)},
            )

    def _newest(self, conn: Connection, municipality_id: UUID) -> tuple[int, bytes]:
        row = conn.execute(_NEWEST, {"m": municipality_id}).one_or_none()
        if row is None:
            wrapping = conn.scalar(
                text("SELECT key_id FROM wrapping_key ORDER BY made_at DESC, key_id LIMIT 1")
            )
            wrapped = self._provider.wrap(wrapping, AESGCM.generate_key(256), municipality_id.bytes)
            conn.execute(
                text(
                    "INSERT INTO municipal_key (municipality_id, version, wrapped, wrapping_key)"
                    " VALUES (:m, 1, :w, :k) ON CONFLICT DO NOTHING"
                ),
                {"m": municipality_id, "w": wrapped, "k": wrapping},
            )
            row = conn.execute(_NEWEST, {"m": municipality_id}).one()
        return row.version, self._municipal(municipality_id, row.wrapped, row.wrapping_key)

    def _municipal(self, municipality_id: UUID, wrapped: bytes, wrapping_key: str) -> bytes:
        """Give a municipality's key, from memory or from the provider: a key service is asked once a minute, not once a file."""
        key = self._memory.municipal_key(municipality_id, wrapped)
        if key is None:
            key = self._provider.unwrap(wrapping_key, wrapped, municipality_id.bytes)
            self._memory.keep_municipal(municipality_id, wrapped, key)
        return key

    def prepare(self, file_ids: Iterable[UUID]) -> None:
        """Fetch the keys of several files in one go, so that a list opens with one question to the key store."""
        wanted = [f for f in set(file_ids) if self._from_memory(f) is None]
        if not wanted or not self._reach:
            return
        for attempt in range(_TRIES):
            try:
                self._fetch(wanted)
                break
            except KeyGone:  # the wrapping key was replaced after we asked: ask again
                if attempt == _TRIES - 1:
                    raise

    def _fetch(self, wanted: list[UUID]) -> None:
        with self._reading.connect() as conn:
            rows = conn.exec_driver_sql(
                _KEYS_OF_FILES, {"files": wanted, "municipalities": list(self._reach)}
            ).all()
        for row in rows:
            municipal = self._municipal(row.municipality_id, row.municipal, row.wrapping_key)
            key = opened(municipal, row.wrapped, row.file_id.bytes)
            self._memory.keep_file(row.file_id, row.municipality_id, key)

    def _from_memory(self, file_id: UUID) -> _Held | None:
        held = self._memory.files.get(file_id)
        if held is None or held.until <= time.monotonic() or held.municipality_id not in self._reach:
            return None
        return held

    def _held(self, file_id: UUID) -> _Held:
        held = self._from_memory(file_id)
        if held is None:
            self.prepare([file_id])
            held = self._from_memory(file_id)
            if held is None:
                raise Shredded
        return held

    def mark_key(self, municipality_id: UUID) -> bytes:
        """Give the key under which the marks of a municipality's files are made (ADR 0019); made at its first use.

        It is kept as the key of a file that does not exist, so that whatever is done to file keys (a rotation, another
        provider) is done to it, and the marks stay what they are.
        """
        file_id = marks_file(municipality_id)
        self.prepare([file_id])
        if self._from_memory(file_id) is None:
            try:
                self.new_file(file_id, municipality_id)
            except IntegrityError:  # somebody else was first
                self.prepare([file_id])
        return hmac.digest(self._held(file_id).raw, b"livcr marks 1", "sha256")

    def seal(self, place: Place, clear: str) -> Sealed:
        """Seal a text for its place. Raises Shredded if the file's key is gone."""
        return self.seal_bytes(place, clear.encode())

    def seal_bytes(self, place: Place, clear: bytes) -> Sealed:
        """Seal bytes for their place. Raises as `seal`."""
        nonce = os.urandom(_NONCE)
        return Sealed(
            _VERSION + nonce + self._held(place.file_id).key.encrypt(nonce, clear, place.associated())
        )

    def unseal(self, place: Place, value: Sealed) -> str:
        """Open a text in its place. Raises Shredded if the key is gone, InvalidTag if it does not belong there."""
        return self.unseal_bytes(place, value).decode()

    def unseal_bytes(self, place: Place, value: Sealed) -> bytes:
        """Open bytes in their place. Raises as `unseal`."""
        if value[:1] != _VERSION:
            raise InvalidTag
        raw = bytes(value)
        return self._held(place.file_id).key.decrypt(
            raw[1 : 1 + _NONCE], raw[1 + _NONCE :], place.associated()
        )

    def shred(self, *file_ids: UUID) -> None:
        """Destroy the keys of files and leave a tombstone of each, all or none. Repeating it is harmless (R92).

        Raises KeyStoreAway, and then no key is gone.
        """
        if self._destroyer is None:
            msg = "this vault was not given the right to destroy keys"
            raise PermissionError(msg)
        with _answering(), self._destroyer.begin() as conn:
            # First the key, which waits for a rotation that has it in hand; then the tombstone, whose time is later
            # than that of any key it can have been wrapped under. By these times the next rotation is due.
            files = sorted(file_ids)  # two that shred the same files wait for each other, in one order
            gone = text("DELETE FROM file_key WHERE file_id = :f RETURNING municipality_id")
            owners = {each: conn.scalar(gone, {"f": each}) for each in files}
            conn.execute(
                text(
                    "INSERT INTO tomb (file_id, municipality_id, at)"
                    " SELECT file_id, municipality_id, clock_timestamp()"
                    " FROM unnest(CAST(:f AS uuid[]), CAST(:m AS uuid[])) AS gone (file_id, municipality_id)"
                    " ORDER BY file_id ON CONFLICT DO NOTHING"
                ),
                {"f": files, "m": [owners[each] for each in files]},
            )
        for each in file_ids:
            self.drop(each)

    def destroyed(self, file_ids: Iterable[UUID]) -> set[UUID]:
        """Give those of these files whose key was destroyed, by their tombstones. Raises KeyStoreAway."""
        if self._destroyer is None:
            msg = "this vault was not given the right to know of destroyed keys"
            raise PermissionError(msg)
        wanted = (
            "{" + ",".join([each.hex for each in file_ids]) + "}"
        )  # thousands: cheaper than adapting each
        with _answering(), self._destroyer.connect() as conn:
            asked = text("SELECT file_id FROM tomb WHERE file_id = ANY(CAST(:files AS uuid[]))")
            return set(conn.scalars(asked, {"files": wanted}))

    def drop(self, file_id: UUID | None = None) -> None:
        """Forget the unwrapped key of one file, or of all."""
        memory = self._memory
        with memory.lock:
            if file_id is None:
                memory.files.clear()
                memory.municipal.clear()
            else:
                memory.files.pop(file_id, None)
