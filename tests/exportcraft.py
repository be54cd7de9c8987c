"""An export as the lines of its text, whatever its form: to read them, to change one, and to put the file together again."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kernel.journal.exportfile import TreeSeal, tree_name
from app.kernel.journal.leaf import JournalEntry, hash_leaf, leaf_bytes, moment_text
from app.kernel.journal.note import Checkpoint, Signer
from app.kernel.journal.tree import MemoryStore, Tree
from app.kernel.journal.workbook import END, Packer, Unpacked, Words

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
CHOSEN = {"outcome": ["refused", "hidden"], "from": "2026-01-01", "case": "é"}

# Three trees: (year, leaves, the leaves that the filter lets through).
TREES = [
    ("2024", 20, list(range(20))),
    ("2025", 37, [0, 1, 2, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 22, 24, 31, 33, 35, 36]),
    ("2026", 64, [3, 4, 7, 8, 9, 16, 17, 18, 19, 20, 21, 30, 31, 32, 33, 40, 41, 50, 60, 62]),
]
CONTROLLER = "11111111-1111-4111-8111-111111111111"


def signer(name="livcr.test", fill=1):
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([fill]) * 32))


def entry(year, number, **changed):
    at = moment_text(MOMENT.replace(year=int(year)) + timedelta(minutes=number))
    values = {
        "entry_id": str(UUID(int=number, version=4)),
        "controller": CONTROLLER,
        "year": year,
        "at": at,
        "recorded_at": at,
        "actor_id": str(UUID(int=number % 3, version=4)),
        "role": "coördinator" if number % 5 == 0 else "police",
        "action": "case.read",
        "outcome": "refused" if number % 2 else "hidden",
        "rule": f"R{number}",
        "break_glass": "true" if number % 7 == 0 else "",
        **changed,
    }
    return JournalEntry(**values)


@cache
def world(fill=1):
    """Give leaves and seals of the three trees, the checkpoints signed by one key."""
    chosen, seals = [], []
    for year, size, picked in TREES:
        tree, leaves = tree_name(CONTROLLER, year), [leaf_bytes(entry(year, n)) for n in range(size)]
        store = MemoryStore()
        store.append([hash_leaf(leaf) for leaf in leaves])
        checkpoint = Checkpoint(f"livcr.test/{tree}", size, Tree(store, size).root(), MOMENT)
        seals.append(TreeSeal(tree, checkpoint.sign(signer(fill=fill)), store))
        chosen += [(tree, n, leaves[n]) for n in picked]
    return chosen, seals


def words(about=(("What this is", ""), ("Notice", "Only for <supervision> & audit"))):
    """Give words for a workbook, in no language."""
    return Words(
        about,
        ("About", "Log", "Proof"),
        ("Moment", "Act", "Outcome", "Role", "Rule", "Processing"),
        lambda values: (values[4], f"did {values[11]}", f"<{values[12]}>", values[8], values[13], values[20]),
    )


def text_of(data):
    """Give the text of an export: its bytes, or of a workbook that of its parts."""
    if not data.startswith(b"PK"):
        return data
    book, pieces = Unpacked(io.BytesIO(data)), []
    while piece := book.read(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def file_of(form, text):
    """Put a text back into a file of its form."""
    if form != "xlsx":
        return text
    packer = Packer()
    return b"".join(packer.pack(line) for line in text.splitlines(keepends=True)) + packer.end()


def lines_of(data):
    """Give the lines of an export with their ends."""
    return text_of(data).splitlines(keepends=True)


def seal_at(lines):
    """Give the place of the seal among the lines."""
    return len(lines) - (2 if lines[-1] == END else 1)
