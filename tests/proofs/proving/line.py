"""One line of the table of routes: what a route asks of the rules, what is sent, what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .scene import Asking

Asked = Callable[[Asking], Any]


@dataclass(frozen=True)
class Line:
    """What one route asks of the rules (`asks`), what it sends, and what it answers once they said yes (`then`)."""

    of: str
    asks: Asked
    body: Asked | None = None
    query: Asked | None = None
    then: Callable[[Asking], int | None] | None = None
    open: bool = False
    """For visitors too; a page: also before the secrecy undertaking."""
    locked: bool = False
    """Also for a session that was left idle."""
    grave: bool = False
    """The form of an act that wants a fresh second factor: who gave none lately is asked for one first."""


def soon(k: Asking, days: int) -> str:
    return (k.now + timedelta(days=days)).date().isoformat()
