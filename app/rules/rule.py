"""One row of the policy."""

from __future__ import annotations

from dataclasses import dataclass

from app.rules.conditions import Condition as C  # noqa: N817 — a column of the table
from app.rules.facts import Standing
from app.rules.roles import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the policy. *states* None: the object's state does not matter."""

    number: str
    roles: frozenset[Role]
    standing: Standing
    states: frozenset[str] | None = None
    conditions: tuple[C, ...] = ()
    before_access: bool = False
    """Belongs to getting in: possible before second factor and secrecy undertaking."""
    by_glass: bool = False
    """A reading that an open break-glass leads to, whatever the standing but an exclusion (R21)."""
