"""The years of the log: which are kept, which are gone, and how one goes as a whole (R105; decision 0054).

A year is a partition of its own for entries, leaves and nodes. Its trees and checkpoints stay when it goes, so that exports
from before still verify against them; nothing of any person is in those. The database itself refuses a year that is not over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

YEARS_AHEAD = 5
"""So many years to come have their place before they begin."""


@dataclass(frozen=True, slots=True)
class Expired:
    """A year that is gone: when it went, and after how many years."""

    year: int
    at: datetime
    years: int


def kept_years(session: Session) -> list[int]:
    """Give the years that have a place in the log, the oldest first."""
    return list(
        session.scalars(
            text(
                "SELECT right(c.relname, 4)::int AS year FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                " JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace"
                " WHERE n.nspname = 'journal' AND p.relname = 'entry' AND p.relkind = 'p' ORDER BY year"
            )
        )
    )


def lines_of(session: Session, year: int) -> Sequence[tuple[UUID, int]]:
    """Give each controller with a tree in a year, and how many lines it has; for the role of the sweep alone."""
    rows = session.execute(text("SELECT controller, lines FROM journal.segment(:year)"), {"year": year})
    return [(row.controller, row.lines) for row in rows]


def expire(session: Session, year: int, years: int) -> bool:
    """Drop a year of the log, in this transaction. Out: whether it was there.

    Raises a database error, and changes nothing, where its term is not over, where a line of it is not sealed, or where
    somebody keeps the log busy for more than five seconds.
    """
    said = {"year": year, "years": years}
    return bool(session.scalar(text("SELECT journal.expire(:year, :years)"), said))


def make_years(session: Session) -> int:
    """Give the years to come their place. Out: how many were made; a year that is gone is never made again."""
    return int(session.scalar(text("SELECT journal.make_years(:ahead)"), {"ahead": YEARS_AHEAD}) or 0)


def expired_years(
    session: Session, controller: UUID, first: int | None = None, last: int | None = None
) -> list[Expired]:
    """Give the years in which a controller had a tree and that are gone, within bounds, the oldest first."""
    rows = session.execute(
        text(
            "SELECT x.year, x.at, x.years FROM journal.expired x JOIN journal.tree t ON t.year = x.year"
            " WHERE t.controller = :c AND x.year BETWEEN :first AND :last ORDER BY x.year"
        ),
        {"c": controller, "first": first or 0, "last": last or 9999},
    )
    return [Expired(row.year, row.at, row.years) for row in rows]
