"""Who among those at the table may read one statement: the contributor's use conditions (R18, R65)."""

from __future__ import annotations

import re
import unicodedata
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
CATEGORY_OF_DOMAIN = {
    "work": 2, "school": 2, "housing": 7, "family": 6, "health": 9, "socialNetwork": 5, "meaning": 12,
}  # fmt: skip
"""Category of a factor of which nobody says another one: that of the part of life it stands in (R51)."""
FAMILY = frozenset({"partner", "parent", "child", "sibling", "otherFamily"})
"""Relations within a family: such a contact says who belongs to the household; any other, whom somebody goes about with."""
_HOUSEHOLD, _SOCIAL = 6, 5
ORIGIN_OF_REGIME = {"police": "policeJudicial", "municipal": "municipality"}
"""Origin of what somebody brings who did not say another one, by the regime of their service (R53)."""


MINUTED = frozenset({Audience.PRESENT})
"""Use conditions under which a statement may come back in minutes and extracts; the others keep it out (R65, R66)."""
ORIGINS_KEPT_OUT = frozenset({"securityServices"})
"""Origin tags of which nothing is repeated in minutes, whatever the contributor chose: minutes are one text per item,
out of which a request of the person concerned could not take them (R53, R57, R99)."""
REPEATED_WORDS = 8
"""So many words in a row out of a statement are the statement itself, not what the table made of it."""


def keeps_out_of_minutes(audience: Audience, origin: str, category: int) -> bool:
    """Tell whether a statement may not be repeated in minutes; what is closed by default stays so there too (R52)."""
    return audience not in MINUTED or origin in ORIGINS_KEPT_OUT or category in SENSITIVE_CATEGORIES


def category_of_relation(relation: str) -> int:
    """Give the category of a contact of which nobody says another one (R51)."""
    return _HOUSEHOLD if relation in FAMILY else _SOCIAL


def closed_by_default(category: int | None) -> bool:
    """Tell whether an item is closed until somebody opens it: a sensitive one, and one that nobody put in a category (R52)."""
    return category is None or category in SENSITIVE_CATEGORIES


def repeats(text: str, statement: str, words: int = REPEATED_WORDS) -> bool:
    """Tell whether *text* repeats a stretch of *statement*: so many words in a row, however they are set.

    Capitals, accents, punctuation and spacing do not count. A statement of fewer words, but at least four, counts
    when it stands in the text as a whole; a shorter one says too little to be told from chance.
    """
    said, wanted = _words(text), _words(statement)
    length = min(words, len(wanted))
    if length < _FEWEST_WORDS or len(said) < length:
        return False
    stretches = {tuple(wanted[i : i + length]) for i in range(len(wanted) - length + 1)}
    return any(tuple(said[i : i + length]) in stretches for i in range(len(said) - length + 1))


_FEWEST_WORDS = 4


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(
        r"\w+", "".join(c for c in plain if not unicodedata.combining(c) and c not in "\u00ad\u200b")
    )


def may_read_by_glass(audience: Audience, category: int) -> bool:
    """Tell whether an emergency reading shows a statement: none kept for the desk, none of a sensitive category."""
    return audience is not Audience.DESK and category not in SENSITIVE_CATEGORIES


def may_read(standing: Standing, audience: Audience, *, own: bool) -> bool:
    """Tell whether somebody with *standing* on the item may know this statement."""
    if standing is Standing.EXCLUDED:
        return False
    if standing is Standing.FILE or own:
        return True
    return standing is Standing.ATTENDING and audience is not Audience.DESK
