"""Wrapping keys on this machine: a file that the server keeps itself, or a secret that somebody hands to it."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import secrets
import threading
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.kernel.first_file import make_once
from app.kernel.keys.provider import KeyFault, KeyGone, opened, shut

_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class _Held:
    """Wraps and unwraps with keys that are in memory; where they come from, the two kinds below know."""

    place: str

    def _keys(self) -> dict[str, bytes]:
        raise NotImplementedError

    def key_ids(self) -> list[str]:
        """Give the ids of the keys, the newest last."""
        return list(self._keys())

    def _key(self, key_id: str) -> bytes:
        try:
            return self._keys()[key_id]
        except KeyError:
            raise KeyGone(key_id) from None

    def wrap(self, key_id: str, key: bytes, bound_to: bytes) -> bytes:
        """Wrap a key. Raises KeyGone."""
        return shut(self._key(key_id), key, bound_to)

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """Unwrap a key. Raises KeyGone, InvalidTag."""
        return opened(self._key(key_id), wrapped, bound_to)


class FileKeys(_Held):
    """Keys in a file of mode 0600, newest last, which the server replaces as it makes and destroys them.

    For development and small installations. Another process's change is seen at the next use. On flash disks and
    in copies of the file somebody made, a destroyed key may live on: that is what the other providers are for.
    """

    makes_keys = True

    def __init__(self, path: Path) -> None:
        self._path, self.place = path, str(path)
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._read: dict[str, bytes] = {}

    def _keys(self) -> dict[str, bytes]:
        with self._lock:
            try:
                found = self._path.stat()
            except FileNotFoundError:
                self._seen, self._read = None, {}
                return self._read
            now = (found.st_ino, found.st_mtime_ns, found.st_size)
            if now != self._seen:
                self._read, self._seen = _parsed(self._path), now
            return self._read

    def make(self) -> str:
        """Make a new key. An existing file is never overwritten by a first one."""
        fresh = secrets.token_hex(4)
        held = self._keys()
        self._write(held | {fresh: AESGCM.generate_key(256)}, first=not held)
        return self.key_ids()[-1]

    def destroy_others(self, key_id: str) -> None:
        """Rewrite the file without the other keys, then overwrite what the old one held."""
        if self.key_ids() != [key_id]:
            self._write({key_id: self._key(key_id)})

    def _write(self, keys: dict[str, bytes], *, first: bool = False) -> None:
        folder = self._path.parent
        said = json.dumps(
            {"wrappingKeys": [{"id": k, "key": base64.b64encode(v).decode()} for k, v in keys.items()]},
            indent=1,
        )
        if first:
            make_once(self._path, said)
            _sync(folder)
            return
        fresh = folder / f".{self._path.name}-{secrets.token_hex(4)}"
        try:
            make_once(fresh, said)
            with self._path.open("r+b") as old:
                fresh.replace(self._path)
                _sync(folder)
                _blank(old.fileno())
        finally:
            fresh.unlink(missing_ok=True)
            _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _blank(handle: int) -> None:
    """Overwrite a file that no name leads to any more: best effort, see docs/decisions/0018."""
    os.pwrite(handle, b"\0" * os.fstat(handle).st_size, 0)
    os.fsync(handle)


def _parsed(path: Path) -> dict[str, bytes]:
    try:
        said = {str(each["id"]): str(each["key"]) for each in json.loads(path.read_bytes())["wrappingKeys"]}
    except (ValueError, KeyError, TypeError):
        raise KeyFault(
            f"{path} is not a file of wrapping keys of this version: put the right one back (a demonstration of an"
            " earlier version is built anew after its data folder was removed); no new key is made."
        ) from None
    return {key_id: _decoded(key_id, key, str(path)) for key_id, key in said.items()}


def _decoded(key_id: str, key: str, place: str) -> bytes:
    try:
        found = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != _BYTES or not _ID.fullmatch(key_id):
        raise KeyFault(
            f"A wrapping key in {place} is not of the form ID:KEY with a KEY of 32 bytes in base64."
        )
    return found


class SecretKeys(_Held):
    """Keys that somebody hands to the process: `ID:KEY`, the newest first, others only to unwrap with.

    The server can neither make nor destroy these. Rotating is: put a new one first, restart, run
    `livcr keys rotate --wrapping`, take the old one out and destroy it wherever it is kept.
    """

    makes_keys = False

    def __init__(self, said: str, place: str) -> None:
        self.place = place
        parts = [part.partition(":") for part in re.split(r"[\s,]+", said.strip()) if part]
        if not parts:
            raise KeyFault(f"There is no wrapping key in {place}: set it to ID:KEY, 32 bytes in base64.")
        self._held = {key_id: _decoded(key_id, key, place) for key_id, _, key in reversed(parts)}
        if len(self._held) != len(parts):
            raise KeyFault(f"Two wrapping keys in {place} have the same id.")

    def _keys(self) -> dict[str, bytes]:
        return self._held

    def make(self) -> str:
        """Refuse: a person makes these keys."""
        raise KeyFault(
            f"A new wrapping key comes from you: put ID:KEY in front of the old one in {self.place}, restart, run this again."
        )

    def destroy_others(self, key_id: str) -> None:
        """Nothing: a person takes old keys out."""
