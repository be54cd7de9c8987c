"""What the database knows of reviews that nobody held (R76)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.database import lean_rows
from app.rules.actions import Action
from app.rules.lifecycle import sources

ASKED = """(c.closure_asked_on IS NOT NULL AND coalesce(c.last_discussed_on < c.closure_asked_on, true)
            AND NOT EXISTS (SELECT FROM relisting r WHERE r.case_id = c.id AND r.listed_on >= c.closure_asked_on))"""
"""Whether closing of the case `c` was asked and no meeting discussed the person since: asked once, it stands till then."""

_FOLLOWED = f"""
    SELECT c.id, c.municipality_id, c.cell_id, c.subject_id, c.reference, c.state, c.listed_on, c.review_on, c.due_on,
           c.locks_on, {ASKED} AS asked,
           (SELECT max(r.listed_on) FROM relisting r WHERE r.case_id = c.id) AS relisted_on
    FROM case_file c
    WHERE c.state = ANY (%(states)s) AND c.shred_ordered_at IS NULL {{further}}
    ORDER BY c.id
"""
_MISSABLE = _FOLLOWED.format(
    further=f"AND c.locks_on > %(today)s AND coalesce(c.review_on, c.listed_on) < %(today)s AND NOT {ASKED}"
)
_ONE = _FOLLOWED.format(further="AND c.id = %(case)s")
_ASKED_OF = f"SELECT {ASKED} AS asked FROM case_file c WHERE c.id = %(case)s"


def missable(session: Session, today: date) -> list[Any]:
    """Give every case that is followed and whose review may have been missed, with what it hangs on, as lean rows.

    For the clock alone. No case is left out whose review was missed: no review is ever due before the day it is counted from.
    Left out are those of which closing was asked, and those in their last days: these are for an extension alone (R90).
    """
    return lean_rows(session, _MISSABLE, states=sorted(sources(Action.CASE_PROPOSE_CLOSURE)), today=today)


def followed_one(session: Session, case_id: Any) -> Any:
    """Give one such row, or None."""
    rows = lean_rows(session, _ONE, states=sorted(sources(Action.CASE_PROPOSE_CLOSURE)), case=case_id)
    return rows[0] if rows else None


def closure_asked(session: Session, case_id: Any) -> bool:
    """Tell whether closing of a case was asked and no meeting discussed the person since."""
    rows = lean_rows(session, _ASKED_OF, case=case_id)
    return bool(rows and rows[0].asked)
