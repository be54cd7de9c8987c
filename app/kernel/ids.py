"""Random identifiers. Nothing may be guessed or counted from an id; sorting is never done by id."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

NIL = UUID(int=0)
"""The installation itself, where a municipality would stand as controller."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that reads as something else on paper


def new_id() -> UUID:
    """Give a new random identifier (version 4)."""
    return uuid4()


def new_reference(year: int) -> str:
    """Give a case reference for speech and paper, such as `C-2026-7K3QX`: random, so that it tells nothing."""
    return f"C-{year}-" + "".join(secrets.choice(_ALPHABET) for _ in range(5))
