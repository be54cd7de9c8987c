"""A file that is made once and whole: keys made at a first start, by however many processes start at once."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


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
