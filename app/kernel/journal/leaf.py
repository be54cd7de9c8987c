"""One entry of the processing log and the bytes that stand for it in the tree.

An entry holds ids, codes and moments, never content or names. Because of that its values can be refused
where other formats would have to quote them: no comma, quotation mark or backslash, so that the leaf, the
CSV row and the JSON line of an entry differ in punctuation only; and no leading ``= + - @``, so that a cell
never becomes a formula in a spreadsheet.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

FORMAT_VERSION = "1"
SEPARATOR = "\x1f"
NIL_CONTROLLER = "00000000-0000-0000-0000-000000000000"
"""The controller of what concerns the installation itself and no municipality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """What was done, by whom, about whom, on which ground. An empty text means absent."""

    version: str = FORMAT_VERSION
    entry_id: str
    controller: str
    year: str
    at: str
    recorded_at: str = ""
    actor_id: str = ""
    agency_id: str = ""
    role: str = ""
    mandate_id: str = ""
    acting_for: str = ""
    action: str = ""
    outcome: str = ""
    rule: str = ""
    legal_basis: str = ""
    reason: str = ""
    case_id: str = ""
    subject_id: str = ""
    object_type: str = ""
    object_id: str = ""
    processing: str = ""
    channel: str = ""
    recipients: str = ""
    trace_id: str = ""
    related_trace_id: str = ""
    break_glass: str = ""


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


ATTRIBUTES = tuple(JournalEntry.__dataclass_fields__)
"""The fields as Python spells them, in the order of the leaf."""

FIELDS = tuple(map(_camel, ATTRIBUTES))
"""The fields as files spell them, in the order of the leaf."""

_values = attrgetter(*ATTRIBUTES)
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_REFUSED = re.compile(r'[",\\]|(?:^|\x1f)[=+\-@]')
_HEAD = re.compile(SEPARATOR.join((FORMAT_VERSION, _UUID, _UUID, "[0-9]{4}", _MOMENT, f"(?:{_MOMENT})?", "")))


def moment_text(moment: datetime) -> str:
    """Give a moment the way entries, checkpoints and exports spell it.

    In: a datetime with its offset; a naive one is a ValueError. Out: RFC 3339 in UTC, always with six
    digits of microseconds, for example ``2026-03-01T09:30:00.000000Z``.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without its offset cannot be logged")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def leaf_bytes(entry: JournalEntry) -> bytes:
    """Give the bytes of an entry: its fields in fixed order, joined by U+001F, in UTF-8.

    Errors: ValueError for a version other than 1, an id or moment in another form than the format's (ids:
    lower-case UUIDs; moments: RFC 3339, UTC, microseconds; only ``recorded_at`` may be empty), a character
    that is not printable, a comma, quotation mark or backslash, or a value that a spreadsheet would
    calculate. The message names the field, never its value.
    """
    text = SEPARATOR.join(_values(entry))
    if (
        not text.replace(SEPARATOR, "").isprintable()
        or text.count(SEPARATOR) != len(FIELDS) - 1
        or _REFUSED.search(text)
    ):
        raise ValueError(_complaint(entry))
    if not _HEAD.match(text):
        raise ValueError("version, entryId, controller, year, at or recordedAt is not in the form of the log")
    return text.encode()


def _complaint(entry: JournalEntry) -> str:
    for name, value in zip(FIELDS, _values(entry), strict=True):
        if not value.isprintable():
            return f"{name} holds a control character or another that does not print"
        if _REFUSED.search(value):
            return f"{name} holds a comma, quotation mark or backslash, or begins with = + - or @"
    raise AssertionError


def parse_leaf(leaf: bytes) -> JournalEntry:
    """Give the entry that these leaf bytes stand for; ValueError if `leaf_bytes` could not have made them."""
    values = leaf.decode().split(SEPARATOR)
    entry = JournalEntry(**dict(zip(ATTRIBUTES, values, strict=True)))
    leaf_bytes(entry)
    return entry


def hash_leaf(leaf: bytes) -> bytes:
    """Hash leaf bytes: SHA-256 over 0x00 and the leaf (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def leaf_hash(entry: JournalEntry) -> bytes:
    """Give the 32 bytes that stand for an entry in the tree; errors as `leaf_bytes`."""
    return hash_leaf(leaf_bytes(entry))
