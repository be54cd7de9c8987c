"""Rotating keys while everybody reads and writes: of a municipality, and of the installation (R92, R109).

Both go the same way: a new key is there first, everything under older ones is wrapped anew in small steps, and an
older one goes when nothing stands under it any more. The database's own references keep the order: a key under which
somebody wrote at that very moment cannot be deleted, and nobody can write under one that is gone. A process that dies
anywhere leaves keys that all still open; the next rotation makes a new one and clears up.

Destroying a file is final when both have followed it: its municipality's key is another one, and the wrapping key
under which copies of the former one lie is destroyed. What is due follows from the tombstones' times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from app.kernel.keys.own import bound_to
from app.kernel.keys.provider import KeyFault, KeyGone, KeyProvider, opened, shut

BATCH = 500
_TRIES = 20
_WRAPPING = "livcr wrapping key"


class Busy(KeyFault):
    """Another process is rotating the same keys at this moment."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: the new key's name, how many were wrapped anew."""

    key: str
    rewrapped: int


class Keeper:
    """Rotates keys, as the role of the key store that may wrap anew but destroys no file's key."""

    def __init__(
        self, keys: Engine, provider: KeyProvider, keep_copy: Callable[[str], None] | None = None
    ) -> None:
        """*keep_copy* writes a copy of the key store, named after the new wrapping key, before old ones are destroyed."""
        self._keys, self.provider, self._keep_copy = keys, provider, keep_copy

    # -- of a municipality -------------------------------------------------------------------------------

    def municipalities(self) -> list[UUID]:
        """Give the municipalities that have a key."""
        with self._keys.connect() as conn:
            return list(conn.scalars(text("SELECT DISTINCT municipality_id FROM municipal_key ORDER BY 1")))

    def due(self) -> list[UUID]:
        """Give the municipalities of which a file was destroyed since their key was made."""
        with self._keys.connect() as conn:
            return list(conn.scalars(text("""
                SELECT m.municipality_id FROM municipal_key m GROUP BY m.municipality_id
                HAVING EXISTS (SELECT FROM tomb t WHERE t.municipality_id = m.municipality_id AND t.at >= max(m.made_at))
                    OR count(*) > 1
                ORDER BY 1""")))  # fmt: skip

    def rotate(self, municipality_id: UUID) -> Rotated | None:
        """Give a municipality a new key and end the former ones; None if it never had one. Raises Busy, KeyFault."""
        # Shared with the wrapping key's rotation: it must not carry a key over that is about to end.
        with self._alone(f"livcr key {municipality_id}"), self._alone(_WRAPPING, shared=True):
            version = self._new_version(municipality_id)
            if version is None:
                return None
            rewrapped = 0
            for _ in range(_TRIES):
                while done := self._rewrap_files(municipality_id, version):
                    rewrapped += done
                if self._end_versions(municipality_id, version):
                    return Rotated(str(version), rewrapped)
        raise KeyFault("Files are being made faster than their keys can be wrapped anew: run this again.")

    def _new_version(self, municipality_id: UUID) -> int | None:
        for _ in range(_TRIES):
            try:
                with self._keys.begin() as conn:
                    newest = conn.scalar(
                        text("SELECT max(version) FROM municipal_key WHERE municipality_id = :m"),
                        {"m": municipality_id},
                    )
                    if newest is None:
                        return None
                    wrapping = self._current(conn)
                    wrapped = self.provider.wrap(wrapping, AESGCM.generate_key(256), municipality_id.bytes)
                    conn.execute(
                        text(
                            "INSERT INTO municipal_key (municipality_id, version, wrapped, wrapping_key)"
                            " VALUES (:m, :v, :w, :k)"
                        ),
                        {"m": municipality_id, "v": newest + 1, "w": wrapped, "k": wrapping},
                    )
                    return int(newest) + 1
            except (IntegrityError, KeyGone):  # the wrapping key was replaced in between
                continue
        raise self._why_gone()

    def _rewrap_files(self, municipality_id: UUID, version: int) -> int:
        """Wrap one batch of file keys under the new version. Gives how many; 0: none is left under an older one."""
        with self._keys.begin() as conn:
            conn.execute(
                text("SELECT set_config('livcr.municipalities', CAST(:m AS uuid[])::text, true)"),
                {"m": [municipality_id]},
            )
            rows = conn.execute(
                text(
                    "SELECT file_id, key_version, wrapped FROM file_key WHERE municipality_id = :m AND key_version <> :v"
                    " ORDER BY file_id LIMIT :n FOR UPDATE"
                ),
                {"m": municipality_id, "v": version, "n": BATCH},
            ).all()
            if not rows:
                return 0
            keys = self._municipal_keys(conn, municipality_id)
            conn.execute(
                text("UPDATE file_key SET key_version = :v, wrapped = :w WHERE file_id = :f"),
                [
                    {
                        "f": row.file_id,
                        "v": version,
                        "w": shut(
                            keys[version],
                            opened(keys[row.key_version], row.wrapped, row.file_id.bytes),
                            row.file_id.bytes,
                        ),
                    }
                    for row in rows
                ],
            )
            return len(rows)

    def _municipal_keys(self, conn: Connection, municipality_id: UUID) -> dict[int, bytes]:
        for _ in range(_TRIES):
            rows = conn.execute(
                text("SELECT version, wrapped, wrapping_key FROM municipal_key WHERE municipality_id = :m"),
                {"m": municipality_id},
            ).all()
            try:
                return {
                    row.version: self.provider.unwrap(row.wrapping_key, row.wrapped, municipality_id.bytes)
                    for row in rows
                }
            except KeyGone:
                continue
        raise self._why_gone()

    def _why_gone(self) -> KeyFault:
        """Give why a wrapping key was gone at every try: another process replaces it, or nobody holds it any more."""
        with self._keys.connect() as conn:
            current = self._current(conn)
        if current not in self.provider.key_ids():
            return KeyFault(
                f"{self.provider.place} does not hold wrapping key {current}, under which keys still lie."
            )
        return Busy("The wrapping key is being replaced at this moment: run this again.")

    def _end_versions(self, municipality_id: UUID, version: int) -> bool:
        """Delete the former versions; False if somebody made a file under one of them in between."""
        try:
            with self._keys.begin() as conn:
                conn.execute(
                    text("DELETE FROM municipal_key WHERE municipality_id = :m AND version <> :v"),
                    {"m": municipality_id, "v": version},
                )
        except IntegrityError:
            return False
        return True

    # -- of the installation -----------------------------------------------------------------------------

    def wrapping_due(self) -> bool:
        """Tell whether a file was destroyed, or a municipality's key replaced, since the wrapping key was made.

        Also where a rotation was broken off: then the provider still holds a key that should be gone.
        """
        with self._keys.connect() as conn:
            if self.provider.makes_keys and self.provider.key_ids() != [self._current(conn)]:
                return True
            return bool(conn.scalar(text("""
                SELECT count(*) > 1
                    OR EXISTS (SELECT FROM tomb WHERE at >= (SELECT max(made_at) FROM wrapping_key))
                    OR EXISTS (SELECT FROM municipal_key
                        WHERE version > 1 AND made_at >= (SELECT max(made_at) FROM wrapping_key))
                FROM wrapping_key""")))  # fmt: skip

    def newest_is_current(self) -> bool:
        """Tell whether the provider's newest wrapping key is the one in use: where a person brings it, none waits."""
        with self._keys.connect() as conn:
            return self.provider.key_ids()[-1:] == [self._current(conn)]

    def rotate_wrapping(self) -> Rotated:
        """Replace the wrapping key: wrap every key of municipalities and our own anew, destroy the former one.

        Raises Busy, KeyFault; KeyFault also where a person has to bring the new key first.
        """
        with self._alone(_WRAPPING):
            fresh = self._new_wrapping_key()
            rewrapped = 0
            for _ in range(_TRIES):
                while done := self._rewrap_keys(fresh):
                    rewrapped += done
                if self._end_wrapping_keys(fresh):
                    break
            else:
                raise KeyFault("Keys are being made faster than they can be wrapped anew: run this again.")
            if self._keep_copy is not None:
                self._keep_copy(fresh)
            self.provider.destroy_others(fresh)
            return Rotated(fresh, rewrapped)

    def _new_wrapping_key(self) -> str:
        with self._keys.begin() as conn:
            current = self._current(conn)
            brought = not self.provider.makes_keys and self.provider.key_ids()[-1:] != [current]
            fresh = self.provider.key_ids()[-1] if brought else self.provider.make()
            conn.execute(
                text("INSERT INTO wrapping_key (key_id, made_at) VALUES (:k, clock_timestamp())"),
                {"k": fresh},
            )
            return fresh

    def _rewrap_keys(self, fresh: str) -> int:
        done = 0
        for table, owner in (("municipal_key", "municipality_id"), ("installation_key", "purpose")):
            with self._keys.begin() as conn:
                rows = conn.execute(
                    text(
                        f"SELECT ctid::text AS place, {owner} AS owner, wrapped, wrapping_key FROM {table}"
                        " WHERE wrapping_key <> :k LIMIT :n FOR UPDATE"
                    ),
                    {"k": fresh, "n": BATCH},
                ).all()
                for row in rows:
                    bound = bound_to(row.owner) if isinstance(row.owner, str) else row.owner.bytes
                    try:
                        key = self.provider.unwrap(row.wrapping_key, row.wrapped, bound)
                    except KeyGone:
                        raise KeyFault(
                            f"{self.provider.place} does not hold wrapping key {row.wrapping_key}, under which keys still lie."
                        ) from None
                    conn.execute(
                        text(
                            f"UPDATE {table} SET wrapped = :w, wrapping_key = :k WHERE ctid = CAST(:p AS tid)"
                        ),
                        {"w": self.provider.wrap(fresh, key, bound), "k": fresh, "p": row.place},
                    )
                done += len(rows)
        return done

    def _end_wrapping_keys(self, fresh: str) -> bool:
        try:
            with self._keys.begin() as conn:
                conn.execute(text("DELETE FROM wrapping_key WHERE key_id <> :k"), {"k": fresh})
        except IntegrityError:
            return False
        return True

    # -- both --------------------------------------------------------------------------------------------

    @staticmethod
    def _current(conn: Connection) -> str:
        return str(conn.scalar(text("SELECT key_id FROM wrapping_key ORDER BY made_at DESC, key_id LIMIT 1")))

    @contextmanager
    def _alone(self, what: str, *, shared: bool = False) -> Iterator[None]:
        """Be the only one at it, also among processes; a process that dies lets go. Raises Busy."""
        lock = f"pg_try_advisory_lock{'_shared' if shared else ''}(hashtextextended(:w, 0))"
        with self._keys.connect() as conn:
            if not conn.scalar(text(f"SELECT {lock}"), {"w": what}):
                raise Busy("These keys are being rotated by another process at this moment.")
            conn.commit()
            try:
                yield
            finally:
                conn.execute(text("SELECT pg_advisory_unlock_all()"))
                conn.commit()
