"""What is never told to the person concerned: neither the content nor that it is there (R57, R82, R99).

Whoever answers a request of the person reads this table, and takes nothing out of what stands in it: no row, no count,
no date. A table that is not known here is not told of either.
"""

from __future__ import annotations

NEVER_TOLD: dict[str, str] = {
    "card_mention": "R57",
    "feedback_sheet": "R82",
    "feedback_consent": "R82",
    # To whom what was handed over: of a sheet by law, of the rest by default.
    "transmission": "R82",
}
"""Table -> the rule that keeps it from the person."""

NEVER_TOLD_ACTS: frozenset[str] = frozenset({"cardMention", "feedbackSheet", "transmission"})
"""Objects of the processing log whose lines are no part of an answer, whoever asks how the file was used."""
