"""Who among those at the table may read one statement: the contributor's use conditions (R18, R65)."""

from __future__ import annotations

from enum import StrEnum

from app.rules.facts import Standing


class Audience(StrEnum):
    """Use conditions a contributor can attach to a statement."""

    PRESENT = "present"
    """Everyone present at that item, and the municipality's file."""
    NOT_IN_MINUTES = "notInMinutes"
    """As PRESENT, but it goes into no minutes and no extract."""
    DESK = "desk"
    """Mayor, delegate and coordinator only."""


SENSITIVE_CATEGORIES = frozenset({8, 9, 11, 12})
"""Police and judicial, health, origin, convictions: closed by default, each opening is logged (R52)."""
CATEGORY_WITH_REASON = 14
CATEGORIES = range(1, 15)


def may_read(standing: Standing, audience: Audience, *, own: bool) -> bool:
    """Tell whether somebody with *standing* on the item may know this statement."""
    if standing is Standing.EXCLUDED:
        return False
    if standing is Standing.FILE or own:
        return True
    return standing is Standing.ATTENDING and audience is not Audience.DESK
