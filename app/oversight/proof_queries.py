"""What proofs and the status of the log are made of. Row-level security shows the log of one municipality."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.kernel.journal.sealer import WITH_WITNESSES
from app.kernel.journal.store import ENTRY


def entry(session: Session, controller: UUID, entry_id: UUID) -> Any:
    """Give a line of a controller's log by the id that files say, or None."""
    e = ENTRY.c
    return session.execute(
        select(ENTRY).where(e.controller == controller, e.entry_id == entry_id)
    ).one_or_none()


def leaf_index(session: Session, year: int, number: int) -> int | None:
    """Give the number that a line has in its tree, or None while it has none."""
    found: int | None = session.scalar(
        text("SELECT leaf_index FROM journal.leaf WHERE year = :year AND entry_id = :id"),
        {"year": year, "id": number},
    )
    return found


def checkpoint(session: Session, controller: UUID, year: int, size: int | None) -> Any:
    """Give size and note, with its witnesses, of the checkpoint at a size, or of the newest; None if there is none."""
    return session.execute(
        text(
            f"SELECT c.size, {WITH_WITNESSES} FROM journal.checkpoint c WHERE c.controller = :c AND c.year = :y"
            " AND (CAST(:s AS bigint) IS NULL OR c.size = :s) ORDER BY c.size DESC LIMIT 1"
        ),
        {"c": controller, "y": year, "s": size},
    ).one_or_none()


def trees(session: Session, controller: UUID) -> list[Any]:
    """Give, year by year, what a controller's log is: sizes, lines, what waits, the newest checkpoint; newest first.

    One statement, so that it is one moment.
    """
    return list(
        session.execute(
            text(
                "WITH u AS MATERIALIZED (SELECT * FROM journal.unsealed(:c)),"
                " y AS (SELECT year FROM journal.tree t WHERE controller = :c AND NOT EXISTS"
                "  (SELECT FROM journal.expired x WHERE x.year = t.year) UNION SELECT year FROM u)"
                " SELECT y.year, coalesce(t.size, 0) AS size, c.at,"
                " (SELECT count(*) FROM journal.entry e WHERE e.controller = :c AND e.year = y.year) AS entries,"
                " (SELECT count(*) FROM journal.leaf l WHERE l.controller = :c AND l.year = y.year) AS leaves,"
                " coalesce(u.waiting, 0) AS waiting, u.since, clock_timestamp() AS now FROM y"
                " LEFT JOIN journal.tree t ON t.year = y.year AND t.controller = :c"
                " LEFT JOIN journal.checkpoint c ON c.year = t.year AND c.controller = t.controller AND c.size = t.size"
                " LEFT JOIN u ON u.year = y.year ORDER BY y.year DESC"
            ),
            {"c": controller},
        )
    )


def witnesses(session: Session, controller: UUID) -> list[Any]:
    """Give, by year and witness, the last cosignature and what is wrong since when, if anything is."""
    return list(
        session.execute(
            text(
                "SELECT coalesce(s.year, w.year) AS year, coalesce(s.witness, w.witness) AS witness, s.size, s.at,"
                " w.fault, w.since FROM (SELECT DISTINCT ON (year, witness) year, witness, size, at"
                "  FROM journal.cosignature WHERE controller = :c ORDER BY year, witness, size DESC) s"
                " FULL JOIN (SELECT * FROM journal.witness_state WHERE controller = :c) w"
                " ON w.year = s.year AND w.witness = s.witness ORDER BY 1 DESC, 2"
            ),
            {"c": controller},
        )
    )


def unsealed_since(session: Session) -> tuple[datetime | None, datetime]:
    """Give since when something waits to be sealed anywhere, and the moment of the same clock."""
    row = session.execute(text("SELECT journal.unsealed_since() AS since, clock_timestamp() AS now")).one()
    return row.since, row.now
