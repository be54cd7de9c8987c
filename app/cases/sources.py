"""What an item of a file says of itself besides its text: category, who brought it, where from, of which day (R51 to R53).

For contacts and factors, as for statements. What nobody says is taken from the item itself or from who brought it, so that a
form stays short and nothing is without its marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from app.cases.source_queries import regime_of
from app.cases.statements import contributor_of, day_of
from app.constitution.codes import checked
from app.kernel.work import Work
from app.rules.audience import CATEGORY_WITH_REASON, ORIGIN_OF_REGIME, ORIGINS_KEPT_OUT
from app.rules.facts import Facts


class Marked(Protocol):
    """What a command may say of an item; what it leaves out is taken from the item."""

    @property
    def category(self) -> int | None: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def contributor_id(self) -> UUID | None: ...
    @property
    def stated_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """The marks of one item, complete."""

    category: int
    origin: str
    contributor_id: UUID
    agency_id: UUID
    stated_on: date


def origins_admitted(*items: Marked) -> bool:
    """Tell whether none of these says that it comes from security services: that is said at the table alone (R57)."""
    return not any(item.origin in ORIGINS_KEPT_OUT for item in items)


def needs_reason(item: Marked) -> bool:
    """Tell whether the category that was chosen wants a reason why it is necessary (R51)."""
    return item.category == CATEGORY_WITH_REASON


def source_of(work: Work, case: Any, facts: Facts, item: Marked, usual: int) -> Source:
    """Give the marks of an item; *usual* is its category where nobody says another one.

    Raises Problem 400 for a faulty code or day, and for who cannot have brought it: somebody who neither works for the
    municipality nor sat at the table on this case.
    """
    by = contributor_of(work, item.contributor_id, None, case, facts.standing, brought=True)
    origin = item.origin
    if origin is None:
        origin = ORIGIN_OF_REGIME.get(regime_of(work.session, by.agency_id), "livcParticipant")
    return Source(
        category=item.category or usual,
        origin=checked("originTags", origin, work.today, "origin"),
        contributor_id=by.id,
        agency_id=by.agency_id,
        stated_on=day_of(work, case, facts, item.stated_on),
    )
