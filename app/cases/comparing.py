"""What changed between two assessments: factor by factor, in words alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.cases.assessment_views import FactorView

PARTS = ("side", "life_domain", "category", "what", "speaks_for", "speaks_against", "missing")
ADDED, GONE, CHANGED, SAME = CHANGES = ("added", "gone", "changed", "same")


@dataclass(frozen=True, slots=True)
class Compared:
    """One factor then and now. *then* None: it was added; *now* None: it is gone."""

    change: str
    then: FactorView | None
    now: FactorView | None
    parts: frozenset[str] = frozenset()
    """Which parts of it changed."""

    @property
    def side(self) -> str:
        """On which side it stands: now, or then where it is gone."""
        return self._shown.side

    @property
    def life_domain(self) -> str:
        """In which part of life it stands: now, or then where it is gone."""
        return self._shown.life_domain

    @property
    def _shown(self) -> FactorView:
        found = self.now or self.then
        if found is None:
            raise TypeError
        return found


def compared(then: Sequence[FactorView], now: Sequence[FactorView]) -> list[Compared]:
    """Hold two assessments side by side. Out: first what is there now, in its order, then what is gone."""
    before = {factor.factor_id: factor for factor in then}
    still = {factor.factor_id for factor in now}
    found = []
    for factor in now:
        old = before.get(factor.factor_id)
        if old is None:
            found.append(Compared(ADDED, None, factor))
            continue
        parts = frozenset(part for part in PARTS if getattr(old, part) != getattr(factor, part))
        # Of what is closed one sees that it reads differently, and not where.
        same = not parts and old.mark == factor.mark
        found.append(Compared(SAME if same else CHANGED, old, factor, parts))
    return found + [Compared(GONE, factor, None) for factor in then if factor.factor_id not in still]
