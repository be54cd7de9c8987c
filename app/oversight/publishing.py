"""Publishing checkpoints into a folder of choice, for witnesses without a line and for whoever keeps copies (ADR 0051).

A folder per tree: `newest.note`, with what witnesses said of it, and `history-DAY.txt`, which is only added to. Each
record of the history is what a witness is sent: the size before, the proof from there, the checkpoint. So whoever has
one record can follow all later ones without us. A checkpoint names a municipality by its id, and nobody.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC
from pathlib import Path
from typing import Any, BinaryIO

from app.kernel.first_file import alone, plain_file, replace_whole, sync_folder
from app.kernel.journal.note import NoteInvalid, split
from app.kernel.journal.sealer import NodeTable
from app.kernel.journal.tree import Tree
from app.kernel.journal.witness import head_of, request_text
from app.kernel.journal.witness_door import read_records
from app.kernel.work import Installation
from app.oversight import log_queries as queries
from app.oversight.witnessing import BY_FOLDER, NotCosigned, cosignature_in, proof_from, witnesses_of

log = logging.getLogger("livcr")
_TAIL = 1 << 16
"""More than the longest record."""


def publish_all(installation: Installation) -> int:
    """Publish what is new in every tree; gives how many trees had something new. Raises OSError of the folder.

    What would contradict what was published before is not published, and said aloud.
    """
    folder = installation.settings.checkpoint_folder
    if folder is None:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    with alone(installation.settings.data / "publishing.lock"):  # not where others may write
        with installation.sealer.engine.connect() as conn:
            trees = queries.newest(conn)
            statements = queries.statements(conn)
        for number, note in enumerate(statements, 1):
            place = folder / "keys" / f"{number:03}.note"
            if not place.exists():
                place.parent.mkdir(exist_ok=True)
                replace_whole(place, note, 0o644)
        return sum(
            _published(installation, folder / f"{tree.controller}-{tree.year}", tree) for tree in trees
        )


def _published(installation: Installation, folder: Path, tree: Any) -> bool:
    """Publish one tree; what is wrong with it stops no other, and is said aloud."""
    try:
        return _publish(installation, folder, tree)
    except Exception:
        log.exception("publishing %s failed", folder.name)
        return False


def _publish(installation: Installation, folder: Path, tree: Any) -> bool:
    folder.mkdir(exist_ok=True)
    place = folder / "newest.note"
    before = place.read_text(encoding="utf-8") if place.exists() else ""
    added = _take_cosignatures(installation, folder, tree)
    if before == tree.note and not added:
        return False
    if not before or split(before)[0] != split(tree.note)[0]:
        last = _last_published(folder)
        old = last.size if last else 0
        with installation.sealer.engine.connect() as conn:
            now_there = Tree(NodeTable(conn, tree.controller, tree.year), tree.size)
            if last and (old > tree.size or now_there.root(old) != last.root):
                log.error(
                    "publishing %s: the log is NOT what was published at %d lines; nothing is published",
                    folder.name,
                    old,
                )
                return False
            record = request_text(old, proof_from(conn, tree, old), tree.own)
        if not last or old < tree.size:
            _append(folder / f"history-{tree.at.astimezone(UTC):%Y-%m-%d}.txt", record)
    replace_whole(place, tree.note + added, 0o644)
    return True


def _last_published(folder: Path) -> Any:
    """Give the head of the last record that is whole; None before the first."""
    for path in sorted(folder.glob("history-*.txt"), reverse=True):
        with os.fdopen(plain_file(path, os.O_RDONLY), "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            records = list(read_records(file.read().decode(errors="replace")))
        if records:
            return head_of(split(records[-1][2])[0])
    return None


def _append(path: Path, record: str) -> None:
    """Add a record, on disk when it returns; what a crash cut off before it stays as a line that nobody reads."""
    fresh = not path.exists()
    with os.fdopen(plain_file(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644), "r+b") as file:
        cut = file.seek(0, os.SEEK_END) > 0 and not _ends_in_newline(file)
        file.write(("\n" if cut else "").encode() + record.encode())
        file.flush()
        os.fsync(file.fileno())
    if fresh:
        sync_folder(path.parent)


def _ends_in_newline(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read() == b"\n"


def _left(path: Path) -> str:
    """Read what somebody else put into the folder: a file of its own, and no more of it than a note takes."""
    with os.fdopen(plain_file(path, os.O_RDONLY), "rb") as file:
        return file.read(_TAIL).decode("utf-8")


def _take_cosignatures(installation: Installation, folder: Path, tree: Any) -> str:
    """Take in what witnesses without a line left in the folder; gives the new lines for the newest checkpoint."""
    lines, engine = "", installation.sealer.engine
    for witness in witnesses_of(installation.settings):
        path = folder / f"cosigned-{witness.key.key_id.hex()}.note"
        if witness.address != BY_FOLDER or not path.exists():
            continue
        try:
            left = _left(path)
            size = head_of(split(left)[0]).size
            with engine.connect() as conn:
                note = queries.note_at(conn, tree, size) or ""
            line, at = cosignature_in(note, left.rpartition("\n\n")[2], witness.key)
        except (NoteInvalid, NotCosigned, UnicodeDecodeError, OSError):
            log.warning("publishing %s: what witness %s left is spoiled", folder.name, witness.key.quoted)
            continue
        if line in tree.note:
            continue
        with engine.begin() as conn:
            queries.keep_cosignature(conn, tree, size, witness.key.quoted, at, line)
        lines += line if size == tree.size else ""
    return lines
