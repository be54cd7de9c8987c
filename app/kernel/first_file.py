"""Files that are there whole or not at all: keys made at a first start, and what replaces its former self."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def plain_file(path: Path, flags: int, mode: int = 0o600) -> int:
    """Open a file in a folder in which others may write: one of its own, no link, no pipe. Raises OSError.

    Gives its descriptor. A pipe would make whoever opens it wait for ever; a link would lead to another file.
    """
    handle = os.open(path, flags | _NO_LINK | getattr(os, "O_NONBLOCK", 0), mode)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(handle)
        raise OSError(errno.EINVAL, "is no file of its own", str(path))
    return handle


def make_once(path: Path, text: str) -> bool:
    """Write *text* to a file of its owner's alone (mode 0600), unless it is there; True when it was this one's text.

    Nobody ever sees half of it: it is written beside, on disk, and gets its name when whole. A file that a full disk
    left empty would be a key that everybody knows. Raises OSError when the disk refuses.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # somebody else's first is the first
            os.link(fresh, path)
            return True
        return False
    finally:
        fresh.unlink(missing_ok=True)


def replace_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Put *text* in place of a file, so that whoever reads finds the old or the new, also after a power cut.

    Raises OSError when the disk refuses; then the old one stands.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file: of all processes on this machine one at a time is inside. Raises OSError.

    Nothing is written into it, and no link is followed: who may write in its folder could have another file emptied.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o600), "r+") as handle:
        if sys.platform == "win32":  # pragma: no cover — tried where that is
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk, where a folder can be asked for that."""
    if sys.platform == "win32":  # pragma: no cover — tried where that is
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
