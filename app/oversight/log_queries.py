"""What the house reads and keeps about its own log, as the sealer: newest checkpoints, witnesses, what is asked of them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.kernel.journal.sealer import COLUMNS, WITH_WITNESSES

STILL_THERE = "NOT EXISTS (SELECT FROM journal.expired x WHERE x.year = t.year)"
"""Of a tree t: its year did not expire. What expired is cosigned, published and recomputed no more."""


def newest(conn: Connection, controller: UUID | None = None) -> list[Any]:
    """Give the newest checkpoint of every tree, or of one controller's, with its cosignatures."""
    return list(
        conn.execute(
            text(
                f"SELECT c.year, c.controller, c.size, c.root, c.at, c.note AS own, {WITH_WITNESSES} FROM journal.tree t"
                " JOIN journal.checkpoint c USING (year, controller, size)"
                " WHERE (CAST(:c AS uuid) IS NULL OR t.controller = :c)"
                f" AND {STILL_THERE} ORDER BY c.controller, c.year"
            ),
            {"c": controller},
        )
    )


def note_at(conn: Connection, tree: Any, size: int) -> str | None:
    """Give the note that a tree had at a size, as the log signed it; None where it had no checkpoint."""
    found: str | None = conn.scalar(
        text("SELECT note FROM journal.checkpoint WHERE year = :y AND controller = :c AND size = :s"),
        {"y": tree.year, "c": tree.controller, "s": size},
    )
    return found


def unwitnessed(conn: Connection, witness: str, now: datetime, controller: UUID | None = None) -> list[Any]:
    """Give the newest checkpoints that a witness has not cosigned and is not being spared, with what it cosigned last."""
    return list(
        conn.execute(
            text(
                "SELECT c.year, c.controller, c.size, c.note, (SELECT max(s.size) FROM journal.cosignature s"
                "  WHERE s.year = c.year AND s.controller = c.controller AND s.witness = :w) AS seen"
                " FROM journal.tree t JOIN journal.checkpoint c USING (year, controller, size)"
                " LEFT JOIN journal.witness_state w ON w.year = c.year AND w.controller = c.controller AND w.witness = :w"
                " WHERE (CAST(:c AS uuid) IS NULL OR t.controller = :c) AND (w.next_at IS NULL OR w.next_at <= :now)"
                " AND NOT EXISTS (SELECT FROM journal.cosignature s WHERE s.year = c.year"
                "  AND s.controller = c.controller AND s.size = c.size AND s.witness = :w)"
                f" AND {STILL_THERE} ORDER BY c.controller, c.year"
            ),
            {"w": witness, "now": now, "c": controller},
        )
    )


def keep_cosignature(conn: Connection, tree: Any, size: int, witness: str, at: datetime, line: str) -> None:
    """Keep what a witness said; that it answered again ends what was wrong with it."""
    key = {"year": tree.year, "controller": tree.controller, "witness": witness}
    conn.execute(
        text(
            "INSERT INTO journal.cosignature (year, controller, size, witness, at, line)"
            " VALUES (:year, :controller, :size, :witness, :at, :line) ON CONFLICT DO NOTHING"
        ),
        key | {"size": size, "at": at, "line": line},
    )
    conn.execute(
        text(
            "DELETE FROM journal.witness_state"
            " WHERE year = :year AND controller = :controller AND witness = :witness"
        ),
        key,
    )


def put_off(
    conn: Connection, tree: Any, witness: str, fault: str, now: datetime, pauses: Sequence[timedelta]
) -> None:
    """Keep why a witness did not cosign, since when, and when it is asked again: later each time."""
    key = {"year": tree.year, "controller": tree.controller, "witness": witness}
    failed = conn.scalar(
        text(
            "INSERT INTO journal.witness_state (year, controller, witness, fault, since, failures, next_at)"
            " VALUES (:year, :controller, :witness, :fault, :now, 1, :now)"
            " ON CONFLICT (year, controller, witness) DO UPDATE SET failures = witness_state.failures + 1,"
            " since = CASE WHEN witness_state.fault = :fault THEN witness_state.since ELSE :now END,"
            " fault = :fault RETURNING failures"
        ),
        key | {"fault": fault, "now": now},
    )
    conn.execute(
        text(
            "UPDATE journal.witness_state SET next_at = :next"
            " WHERE year = :year AND controller = :controller AND witness = :witness"
        ),
        key | {"next": now + pauses[min(int(failed or 1), len(pauses)) - 1]},
    )


def trees(conn: Connection) -> list[Any]:
    """Give every tree whose year is still there."""
    found = f"SELECT year, controller, size FROM journal.tree t WHERE {STILL_THERE} ORDER BY controller, year"
    return list(conn.execute(text(found)))


def gone_trees(conn: Connection) -> list[Any]:
    """Give every tree whose year expired, with its last checkpoint, and whether its term was over when it went (R105)."""
    return list(
        conn.execute(
            text(
                "SELECT t.year, t.controller, t.size, c.note, x.at,"
                " x.year + x.years < extract(year FROM x.at AT TIME ZONE 'Europe/Brussels') AS over"
                " FROM journal.tree t JOIN journal.expired x USING (year)"
                " LEFT JOIN journal.checkpoint c USING (year, controller, size) ORDER BY t.controller, t.year"
            )
        )
    )


def leaves(conn: Connection, tree: Any) -> Generator[Any, None, None]:
    """Give the leaves of a tree in order, each with its stored hash and its line, where they are; memory flat."""
    result = conn.execute(
        text(
            f"SELECT l.leaf_index, n.hash, {COLUMNS} FROM journal.leaf l"
            " LEFT JOIN journal.entry e ON e.year = l.year AND e.id = l.entry_id"
            " LEFT JOIN journal.node n ON n.year = l.year AND n.controller = l.controller AND n.level = 0"
            "  AND n.node_index = l.leaf_index"
            " WHERE l.year = :year AND l.controller = :controller ORDER BY l.leaf_index"
        ).execution_options(stream_results=True, yield_per=2000),
        {"year": tree.year, "controller": tree.controller},
    )
    with closing(result):
        yield from result


def all_checkpoints(conn: Connection, tree: Any) -> Generator[Any, None, None]:
    """Give the checkpoints of a tree, the smallest first; memory flat."""
    result = conn.execute(
        text(
            "SELECT size, root, at, note FROM journal.checkpoint WHERE year = :year AND controller = :controller"
            " ORDER BY size"
        ).execution_options(stream_results=True, yield_per=2000),
        {"year": tree.year, "controller": tree.controller},
    )
    with closing(result):
        yield from result


def place_of(conn: Connection, tree: Any, digest: bytes) -> int | None:
    """Give the leaf number under which a hash is kept in a tree, or None."""
    found: int | None = conn.scalar(
        text(
            "SELECT min(node_index) FROM journal.node WHERE year = :year AND controller = :controller"
            " AND level = 0 AND hash = :hash"
        ),
        {"year": tree.year, "controller": tree.controller, "hash": digest},
    )
    return found


def loose(conn: Connection) -> list[Any]:
    """Give, by tree, how many lines lie below the sealer's floor without a leaf, and when the first was recorded."""
    return list(
        conn.execute(
            text(
                "SELECT e.controller, e.year, count(*) AS lines, min(e.recorded_at) AT TIME ZONE 'UTC' AS first"
                " FROM journal.entry e WHERE e.xid < (SELECT floor FROM journal.seal_state)"
                " AND NOT EXISTS (SELECT FROM journal.leaf l WHERE l.year = e.year AND l.entry_id = e.id)"
                " GROUP BY e.controller, e.year ORDER BY e.controller, e.year"
            )
        )
    )


def keep_statement(conn: Connection, key: str, note: str) -> str:
    """Keep the statement that names a new key, once; gives the one that is kept."""
    conn.execute(
        text("INSERT INTO journal.rotation (key, note) VALUES (:key, :note) ON CONFLICT (key) DO NOTHING"),
        {"key": key, "note": note},
    )
    return str(conn.scalar(text("SELECT note FROM journal.rotation WHERE key = :key"), {"key": key}))


def statements(conn: Connection) -> list[str]:
    """Give every statement that one key follows another, the first one first."""
    return list(conn.scalars(text("SELECT note FROM journal.rotation ORDER BY number")))
