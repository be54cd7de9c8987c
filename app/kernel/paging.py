"""Cursor paging: where the next part of a list begins, opaque to the caller."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

import orjson

from app.rules.problems import invalid

_INTEGER_MOST = 2**63 - 1


def cursor(*position: Any) -> str:
    """Give the cursor of a position: the sort values of the last item given."""
    return base64.urlsafe_b64encode(orjson.dumps([str(p) for p in position])).decode().rstrip("=")


def position(text: str | None, *readers: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """Read a cursor, one reader per sort value; None at the beginning. Raises Problem when it is not one of ours."""
    if text is None:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return tuple(_held(read(value)) for read, value in zip(readers, values, strict=True))
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise invalid("cursor", "not a cursor of this list", "query") from None


def _held(value: Any) -> Any:
    """Give a value of a cursor that a column can hold; ValueError for one that only a forger writes."""
    if isinstance(value, int) and not 0 <= value <= _INTEGER_MOST:
        raise ValueError
    return value
