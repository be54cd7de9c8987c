"""PDF: read by qpdf, judged object by object, and written anew, so that every program sees what we judged.

Two programs may see two documents in one PDF: its table of contents is broken, an older revision lies underneath, a name
or a stream is coded in a way that one of them does not know. To search bytes for what is forbidden is to guess all of
those ways. So one reader reads it, and what is kept is what that reader understood (docs/decisions/0026).

The reading is done by a child process with little memory and little time, that opens no file and knows no secret: a
document made to stop a server, or to take it over, meets a process that has nothing and is gone a moment later.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from app.kernel.files.refusing import Reason, Refused

MARK: Final = b"%PDF-"
_END: Final = re.compile(rb"%%EOF\s*\Z")
_TAIL: Final = 1024
_READER: Final = Path(__file__).with_name("pdf_reading.py")
_MEMORY: Final = 512 << 20
_MEMORY_BY_SIZE: Final = 6
_SECONDS: Final = 10
"""Of the processor. By the clock a child may take twice as long."""
_GROWTH: Final = 2
_ROOM: Final = 1 << 20
_AT_ONCE: Final = BoundedSemaphore(2)
"""Others wait: eight hostile files at once are not to take eight times the memory."""
_ENVIRONMENT: Final = ("LD_LIBRARY_PATH", "SYSTEMROOT")
log = logging.getLogger("livcr")


def check_pdf(data: bytes) -> bytes:
    """Give a PDF written anew: same pages, nothing that acts, holds a file or fetches. Raises Refused.

    UNCHECKABLE also where reading it took too much time or memory, or broke the reader.
    """
    if not _END.search(data[-_TAIL:]):
        raise Refused(Reason.TWO_KINDS if b"%%EOF" in data else Reason.DAMAGED)
    written = _read(data)
    if written.startswith(MARK):
        return written
    try:
        raise Refused(Reason(written.decode("ascii")))
    except ValueError:
        raise Refused(Reason.UNCHECKABLE) from None


def _read(data: bytes) -> bytes:
    """Give what the child says: the document written anew, or a reason. Raises Refused when it says neither."""
    limits = (_MEMORY + _MEMORY_BY_SIZE * len(data), _SECONDS, _GROWTH * len(data) + _ROOM)
    command = [sys.executable, "-I", str(_READER), *map(str, limits)]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    with _AT_ONCE:
        try:
            done = subprocess.run(  # noqa: S603 — our own words
                command,
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=2 * _SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            raise Refused(Reason.UNCHECKABLE) from None
    if done.returncode > 0:  # below nothing a limit ended it, and the document is to blame
        log.error("the reader of PDF documents ended by itself: is pikepdf installed?")
    return done.stdout if done.returncode == 0 else b""
