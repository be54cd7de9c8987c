"""Plain text: UTF-8 that shows what it says, and no other kind of file in disguise."""

from __future__ import annotations

import re
from typing import Final

from app.kernel.files.refusing import Reason, Refused

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_OTHER_KINDS: Final = re.compile(
    r"\s*(?:<[!?a-z]|#!|\{\\rtf|%!ps|%pdf|begin:v|(?:received|return-path|mime-version|message-id|delivered-to)\s*:)",
    re.IGNORECASE,
)
"""Markup, scripts, rich text, PostScript, calendars and cards, mail: those are kinds of their own, and not taken."""


def check_text(data: bytes) -> bytes:
    """Give a text as it is. Raises Refused."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(Reason.NOT_A_KIND) from None
    if not text.strip():
        raise Refused(Reason.EMPTY)
    if _CONTROLS.search(text):
        raise Refused(Reason.UNREADABLE_TEXT)
    if _OTHER_KINDS.match(text):
        raise Refused(Reason.NOT_A_KIND)
    return data
