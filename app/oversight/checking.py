"""Recomputing the whole log from its lines, and naming the first difference of each tree (R106; `livcr journal check`).

What was tampered with and not signed anew differs from leaves, nodes or checkpoints here. What was signed anew with the
real key is whole in itself: only a checkpoint that somebody kept elsewhere shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from app.kernel.journal.leaf import hash_leaf
from app.kernel.journal.note import Checkpoint, NoteInvalid, Verifier
from app.kernel.journal.sealer import NodeTable, leaf_of
from app.kernel.journal.store import About
from app.kernel.journal.tree import Span, append
from app.kernel.operation import operation
from app.kernel.work import Work
from app.oversight import log_queries as queries
from app.oversight.commands import CheckJournal
from app.oversight.views import LogChecked
from app.rules.actions import Action
from app.rules.facts import Standing

_BATCH = 2000
LATEST: Final = timedelta(hours=1)
"""No act takes so long: a line that says an earlier moment than that before what was sealed already was dated back."""
SKEW: Final = timedelta(minutes=1)
"""How far the clocks of sealer and database may stand apart."""


class Kept(NamedTuple):
    """A checkpoint from outside: what the log was, as its own key once signed."""

    name: str
    checkpoint: Checkpoint


class Differs(Exception):  # noqa: N818 — the first difference of a tree, as a sentence
    """A tree is not what it was."""


@operation(Action.JOURNAL_CHECK)
def check_journal(work: Work, command: CheckJournal, verifiers: Sequence[Verifier]) -> LogChecked:
    """Recompute every tree and compare it with its nodes, its checkpoints and those that were kept elsewhere.

    In: kept checkpoints as notes, the keys that signed them. Out: what was found, as sentences, and whether all is well.
    """
    work.allow(Action.JOURNAL_CHECK, work.facts(standing=Standing.PART), About(object_type="journal"))
    found: list[str] = []
    kept: list[Kept] = []
    for note in command.kept:
        try:
            checkpoint = Checkpoint.open(note, verifiers)[0]
            kept.append(Kept("/".join(checkpoint.origin.split("/")[1:]), checkpoint))
        except NoteInvalid as fault:
            found.append(f"DIFFERS. A kept checkpoint cannot be used: {fault}.")
    engine = work.installation.sealer.engine
    names, whole = set(), []
    with engine.connect() as lines, engine.connect() as nodes:
        lines.execution_options(isolation_level="REPEATABLE READ")
        found += _loose(lines)
        for tree in queries.trees(lines):
            name = f"{tree.controller}/{tree.year}"
            names.add(name)
            try:
                _Tree(tree, nodes, verifiers, [each for each in kept if each.name == name]).check(lines)
                whole.append(f"{name}: {tree.size} lines, whole.")
            except Differs as fault:
                found.append(f"{name}: DIFFERS. {fault}.")
        for tree in queries.gone_trees(lines):
            name = f"{tree.controller}/{tree.year}"
            names.add(name)
            try:
                whole.append(_gone(tree, lines, verifiers, [each for each in kept if each.name == name]))
            except Differs as fault:
                found.append(f"{name}: DIFFERS. {fault}.")
    found += [
        f"{each.name}: DIFFERS. The log has no such tree, of which a checkpoint was kept: it was removed."
        for each in kept
        if each.name not in names
    ]
    return LogChecked(fine=not found, sentences=[*whole, *found])


def _gone(tree: Any, conn: Connection, verifiers: Sequence[Verifier], kept: Sequence[Kept]) -> str:
    """Say of a tree whose year expired that it went in time and that its checkpoints are those that were kept (R105)."""
    if not tree.over:
        raise Differs("The year was dropped before its term was over")
    try:
        Checkpoint.open(tree.note or "", verifiers)
    except NoteInvalid as fault:
        raise Differs(f"The last checkpoint of a year that expired is missing or altered: {fault}") from None
    for each in kept:
        note = queries.note_at(conn, tree, each.checkpoint.size)
        if note is None or Checkpoint.open(note, verifiers)[0].root != each.checkpoint.root:
            raise Differs(f"A kept checkpoint of {each.checkpoint.size} lines is none that stayed of it")
    return f"{tree.controller}/{tree.year}: {tree.size} lines, expired on {tree.at:%Y-%m-%d}; its checkpoints stay."


def _loose(conn: Connection) -> list[str]:
    """Say of which lines the sealer will never know: below its floor, and without a leaf."""
    return [
        f"{row.controller}/{row.year}: DIFFERS. {row.lines} lines were never sealed and lie where the sealer does not look"
        f" any more, the first of {row.first:%Y-%m-%d %H:%M} UTC: they were inserted, or their leaves removed."
        for row in queries.loose(conn)
    ]


def _leaves(rows: Iterator[Any]) -> Iterator[tuple[int, bytes, Any]]:
    """Give number, hash and row of each leaf; raises Differs at the first that has no line or no place."""
    for expected, row in enumerate(rows):
        if row.leaf_index != expected:
            raise Differs(f"Leaf {expected} is missing: a line was dropped")
        if row.entry_id is None:
            raise Differs(f"The line of leaf {expected} is missing: it was dropped")
        try:
            digest = hash_leaf(leaf_of(row))
        except ValueError as fault:
            raise Differs(f"Line {expected} ({row.entry_id}) was altered: {fault}") from None
        yield expected, digest, row


def _next(leaves: Iterator[tuple[int, bytes, Any]]) -> tuple[int, bytes, Any] | None:
    try:
        return next(leaves, None)
    except Differs:  # what comes after is no longer the first difference
        return None


class _Tree:
    """One tree while it is recomputed."""

    def __init__(
        self, tree: Any, nodes: Connection, verifiers: Sequence[Verifier], kept: Sequence[Kept]
    ) -> None:
        self._tree, self._verifiers = tree, verifiers
        self._stored = NodeTable(nodes, tree.controller, tree.year)
        self._kept = sorted((each.checkpoint for each in kept), key=attrgetter("size"))
        self._span = Span()
        self._size, self._frontier = 0, list[bytes]()
        self._before: datetime | None = None
        self._matched = 0

    def check(self, conn: Connection) -> None:
        """Recompute the tree; raises Differs."""
        with (
            closing(queries.all_checkpoints(conn, self._tree)) as checkpoints,
            closing(queries.leaves(conn, self._tree)) as rows,
        ):
            self._recompute(checkpoints, _leaves(rows))

    def _recompute(self, checkpoints: Iterator[Any], leaves: Iterator[tuple[int, bytes, Any]]) -> None:
        due = next(checkpoints, None)
        held: list[tuple[int, bytes, Any]] = []
        for number, digest, row in leaves:
            if digest != row.hash:
                self._name(number, digest, row, _next(leaves))
            self._dated(number, row, due)
            held.append((number, digest, row))
            self._span.extend([digest])
            while due is not None and due.size <= self._span.end:
                self._checkpoint(due)
                due = next(checkpoints, None)
            self._compare_kept()
            if len(held) == _BATCH:
                self._nodes(held)
        self._nodes(held)
        self._end(due)

    def _name(self, number: int, digest: bytes, row: Any, after: tuple[int, bytes, Any] | None) -> None:
        """Say what became of a line whose hash is not that of its leaf."""
        said = f"Line {number} ({row.entry_id})"
        if row.hash is None:
            raise Differs(f"{said} has no node: the tree was changed")
        if after and digest == after[2].hash:
            if after[1] == row.hash:
                raise Differs(f"{said} and the next changed places: they were reordered")
            raise Differs(f"{said} stands where another was sealed: line {number} was dropped")
        if after and after[1] == row.hash:
            raise Differs(f"{said} was inserted: the line sealed there follows it")
        place = queries.place_of(self._stored.connection, self._tree, digest)
        if place is not None:
            raise Differs(f"{said} was sealed as line {place}: lines were reordered")
        raise Differs(f"{said} was altered")

    def _dated(self, number: int, row: Any, due: Any) -> None:
        """Compare when a line was recorded with the checkpoints before and after it."""
        if self._before and row.recorded_at < self._before - LATEST:
            raise Differs(
                f"Line {number} ({row.entry_id}) says it was recorded on {row.recorded_at:%Y-%m-%d %H:%M} UTC, but came"
                f" after the checkpoint of {self._before:%Y-%m-%d %H:%M}: it was dated back"
            )
        if due is not None and row.recorded_at > due.at + SKEW:
            raise Differs(
                f"Line {number} ({row.entry_id}) says it was recorded after it was sealed: its date was altered, or a"
                " clock stood back"
            )

    def _checkpoint(self, row: Any) -> None:
        said = f"The checkpoint of {row.size} lines"
        try:
            found = Checkpoint.open(row.note, self._verifiers)[0]
        except NoteInvalid as fault:
            raise Differs(f"{said} does not hold: {fault}") from None
        name = f"/{self._tree.controller}/{self._tree.year}"
        if (found.size, found.root) != (row.size, bytes(row.root)) or not found.origin.endswith(name):
            raise Differs(f"{said} is not what its note says: it was altered")
        if row.size == self._span.end and self._span.root() != found.root:
            raise Differs(f"{said} has another root than its lines give: it was signed over other lines")
        if row.size < self._span.end:
            raise Differs(f"{said} stands out of order")
        if self._before and row.at < self._before - SKEW:
            raise Differs(f"{said} says a time before that of the one before it: a clock stood back")
        self._before = row.at

    def _compare_kept(self) -> None:
        while self._kept and self._kept[0].size <= self._span.end:
            kept = self._kept.pop(0)
            if kept.size and kept.root != self._span.root():
                raise Differs(
                    f"At {kept.size} lines the log is not what the kept checkpoint of {kept.time:%Y-%m-%d %H:%M} UTC"
                    f" says: it was rewritten and signed anew, between line {self._matched} and line {kept.size - 1}"
                )
            self._matched = kept.size

    def _nodes(self, held: list[tuple[int, bytes, Any]]) -> None:
        """Compare the nodes above these leaves, and let go of them."""
        grown = append(self._size, [digest for _, digest, _ in held], self._frontier)
        inner = [node for node in grown.nodes if node[0]]
        try:
            stored = self._stored.get_many([node[:2] for node in inner])
        except KeyError as fault:
            raise Differs(f"Node {fault} is missing: the tree was changed") from None
        for (level, index, digest), there in zip(inner, stored, strict=True):
            if digest != there:
                raise Differs(f"Node {level}, {index} is not that of its lines: the tree was changed")
        self._size, self._frontier = grown.size, grown.frontier
        held.clear()

    def _end(self, due: Any) -> None:
        if self._span.end != self._tree.size:
            raise Differs(f"It has {self._span.end} leaves and says {self._tree.size}: its end was cut off")
        if due is not None:
            raise Differs(
                f"A checkpoint says {due.size} lines, and there are {self._span.end}: its end was cut off"
            )
        if self._kept:
            kept = self._kept[0]
            raise Differs(
                f"A kept checkpoint of {kept.time:%Y-%m-%d %H:%M} UTC says {kept.size} lines, and there are"
                f" {self._span.end}: the log was CUT BACK"
            )
