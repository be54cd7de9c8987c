"""Sealing the log: leaf numbers without a gap, a tree per controller and year, signed checkpoints (ADR 0007).

A row is taken because it has no leaf yet, never because of its position, so that a slow transaction is not
missed; the floor only moves to the snapshot's oldest running transaction once everything visible below it
has a leaf. One sealer at a time; a crash between commit and sealing loses nothing, the next round finds it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, text

from app.kernel.first_file import make_once
from app.kernel.journal.exportfile import tree_name
from app.kernel.journal.leaf import JournalEntry, hash_leaf, leaf_bytes, moment_text
from app.kernel.journal.note import Checkpoint, Signer, origin_of
from app.kernel.journal.tree import EMPTY_ROOT, append, fold, frontier_keys

_BATCH = 5000
_COLUMNS = (
    "e.id, e.entry_id, e.year, e.controller, e.at, e.recorded_at, e.actor_id, e.mandate_id, e.agency_id, e.role,"
    " e.acting_for, e.action, e.outcome, e.rule, e.legal_basis, e.reason, e.case_id, e.subject_id, e.object_type,"
    " e.object_id, e.processing, e.channel, e.recipients, e.trace_id, e.related_trace_id, e.break_glass"
)


def load_signer(path: Path, name: str) -> Signer:
    """Give the journal's signing key, made on first use (mode 0600); its public half is written beside it."""
    if not path.exists():
        make_once(path, Signer(name, Ed25519PrivateKey.generate()).to_text() + "\n")
    signer = Signer.parse(path.read_text().strip())
    make_once(path.with_suffix(".pub"), f"{signer.verifier}\n")
    return signer


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def leaf_of(row: Any) -> bytes:
    """Give the leaf bytes of a stored entry: what is hashed, exported and verified."""
    return leaf_bytes(
        JournalEntry(
            entry_id=str(row.entry_id),
            controller=str(row.controller),
            year=str(row.year),
            at=moment_text(row.at),
            recorded_at=moment_text(row.recorded_at),
            actor_id=_text(row.actor_id),
            agency_id=_text(row.agency_id),
            role=row.role,
            mandate_id=_text(row.mandate_id),
            acting_for=_text(row.acting_for),
            action=row.action,
            outcome=row.outcome,
            rule=row.rule,
            legal_basis=row.legal_basis,
            reason=row.reason,
            case_id=_text(row.case_id),
            subject_id=_text(row.subject_id),
            object_type=row.object_type,
            object_id=_text(row.object_id),
            processing=row.processing,
            channel=row.channel,
            recipients=row.recipients,
            trace_id=str(row.trace_id),
            related_trace_id=_text(row.related_trace_id),
            break_glass="true" if row.break_glass else "",
        )
    )


class NodeTable:
    """The stored nodes of one tree, for proofs and exports."""

    def __init__(self, conn: Connection, controller: UUID, year: int) -> None:
        self._conn, self._controller, self._year = conn, controller, year

    def get(self, level: int, index: int) -> bytes:
        """Give one hash; KeyError if that subtree is not complete."""
        (found,) = self.get_many([(level, index)])
        return found

    def get_many(self, keys: Sequence[tuple[int, int]]) -> list[bytes]:
        """Give several hashes in the order of the keys; KeyError if one is missing."""
        if not keys:
            return []
        rows = self._conn.execute(
            text(
                "SELECT n.level, n.node_index, n.hash FROM journal.node n"
                " JOIN unnest(CAST(:levels AS int[]), CAST(:indexes AS bigint[])) AS k (level, node_index)"
                " USING (level, node_index) WHERE n.year = :year AND n.controller = :controller"
            ),
            {
                "levels": [k[0] for k in keys],
                "indexes": [k[1] for k in keys],
                "year": self._year,
                "controller": self._controller,
            },
        ).all()
        found = {(r.level, r.node_index): bytes(r.hash) for r in rows}
        return [found[k] for k in keys]


class Sealer:
    """Gives unsealed entries their leaves and signs what the trees have become."""

    def __init__(self, engine: Engine, signer: Signer, installation: str) -> None:
        self._engine, self._signer, self._installation = engine, signer, installation

    def seal_all(self) -> int:
        """Seal until nothing is left that was committed before the call; gives the number of entries sealed."""
        total = 0
        while True:
            done = self.round()
            total += max(done, 0)
            if done < _BATCH:
                return total

    def round(self) -> int:
        """Seal one batch in one transaction. Gives how many; -1 when another sealer is at work."""
        with self._engine.begin() as conn:
            if not conn.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext('livcr sealer'))")):
                return -1
            floor = self._floor(conn)
            xmin = conn.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))
            rows = conn.execute(
                text(
                    f"SELECT {_COLUMNS} FROM journal.entry e WHERE e.xid >= CAST(:floor AS xid8)"
                    " AND NOT EXISTS (SELECT 1 FROM journal.leaf l WHERE l.year = e.year AND l.entry_id = e.id)"
                    " ORDER BY e.xid, e.id LIMIT :batch"
                ),
                {"floor": floor, "batch": _BATCH},
            ).all()
            trees: dict[tuple[UUID, int], list[Any]] = defaultdict(list)
            for row in rows:
                trees[row.controller, row.year].append(row)
            for (controller, year), entries in trees.items():
                self._grow(conn, controller, year, entries)
            if len(rows) < _BATCH and xmin != floor:
                conn.execute(
                    text("UPDATE journal.seal_state SET floor = CAST(:xmin AS xid8)"), {"xmin": xmin}
                )
            return len(rows)

    def _floor(self, conn: Connection) -> str:
        cluster = conn.scalar(text("SELECT system_identifier FROM pg_control_system()"))
        row = conn.execute(
            text("SELECT floor::text AS floor, cluster FROM journal.seal_state FOR UPDATE")
        ).one_or_none()
        if row is None:
            conn.execute(
                text("INSERT INTO journal.seal_state (floor, cluster) VALUES ('0', :c)"), {"c": cluster}
            )
            return "0"
        if row.cluster != cluster:  # restored into another cluster, where transaction numbers start again
            conn.execute(text("UPDATE journal.seal_state SET floor = '0', cluster = :c"), {"c": cluster})
            return "0"
        return str(row.floor)

    def _grow(self, conn: Connection, controller: UUID, year: int, entries: list[Any]) -> None:
        key = {"year": year, "controller": controller}
        size = (
            conn.scalar(
                text("SELECT size FROM journal.tree WHERE year = :year AND controller = :controller"), key
            )
            or 0
        )
        frontier = NodeTable(conn, controller, year).get_many(frontier_keys(size))
        grown = append(size, [hash_leaf(leaf_of(row)) for row in entries], frontier)
        # Not by COPY: PostgreSQL has none into a table with row-level security.
        conn.execute(
            text(
                "INSERT INTO journal.leaf (year, controller, leaf_index, entry_id)"
                " SELECT :year, :controller, :size + n - 1, entry_id"
                " FROM unnest(CAST(:entries AS bigint[])) WITH ORDINALITY AS t (entry_id, n)"
            ),
            key | {"size": size, "entries": [row.id for row in entries]},
        )
        levels, indexes, hashes = zip(*grown.nodes, strict=True)
        conn.execute(
            text(
                "INSERT INTO journal.node (year, controller, level, node_index, hash)"
                " SELECT :year, :controller, t.* FROM unnest(CAST(:levels AS int[]), CAST(:indexes AS bigint[]),"
                " CAST(:hashes AS bytea[])) AS t (level, node_index, hash)"
            ),
            key | {"levels": list(levels), "indexes": list(indexes), "hashes": list(hashes)},
        )
        conn.execute(
            text(
                "INSERT INTO journal.tree (year, controller, size) VALUES (:year, :controller, :size)"
                " ON CONFLICT (year, controller) DO UPDATE SET size = excluded.size"
            ),
            key | {"size": grown.size},
        )
        checkpoint = Checkpoint(
            origin_of(self._installation, str(controller), str(year)),
            grown.size,
            fold(grown.frontier),
            datetime.now(UTC),
        )
        conn.execute(
            text(
                "INSERT INTO journal.checkpoint (year, controller, size, root, at, note)"
                " VALUES (:year, :controller, :size, :root, :at, :note)"
            ),
            key
            | {
                "size": grown.size,
                "root": checkpoint.root,
                "at": checkpoint.time,
                "note": checkpoint.sign(self._signer),
            },
        )

    def empty_note(self, controller: UUID, year: int) -> str:
        """Give a signed checkpoint of a tree that has no leaf yet, so that an empty export proves it was looked at."""
        origin = origin_of(self._installation, str(controller), str(year))
        return Checkpoint(origin, 0, EMPTY_ROOT, datetime.now(UTC)).sign(self._signer)


def latest_checkpoint(conn: Connection, controller: UUID, year: int) -> Any:
    """Give the newest checkpoint row of a tree, or None."""
    return conn.execute(
        text(
            "SELECT size, root, at, note FROM journal.checkpoint WHERE controller = :c AND year = :y"
            " ORDER BY size DESC LIMIT 1"
        ),
        {"c": controller, "y": year},
    ).one_or_none()


def sealed_leaves(
    conn: Connection, controller: UUID, year: int, size: int, where: str, values: dict[str, Any]
) -> Iterator[tuple[str, int, bytes]]:
    """Give (tree, leaf number, leaf bytes) of the sealed entries that fit, in leaf order, memory flat.

    *where* is a condition on `e`, composed from constants; *values* are its bound values.
    """
    name = tree_name(str(controller), str(year))
    result = conn.execute(
        text(
            f"SELECT l.leaf_index, {_COLUMNS} FROM journal.leaf l JOIN journal.entry e ON e.year = l.year AND e.id = l.entry_id"
            f" WHERE l.controller = :controller AND l.year = :year AND l.leaf_index < :size AND ({where})"
            " ORDER BY l.leaf_index"
        ).execution_options(stream_results=True, yield_per=2000),
        {"controller": controller, "year": year, "size": size} | values,
    )
    for row in result:
        yield name, row.leaf_index, leaf_of(row)
