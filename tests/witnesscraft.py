"""A log of a test's own, with a real key, and what it takes to show it to a witness."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kernel.journal.leaf import hash_leaf
from app.kernel.journal.note import Checkpoint, Signer
from app.kernel.journal.tree import MemoryStore, Tree
from app.kernel.journal.witness import request_text

ORIGIN = "livcr.proef/11111111-1111-4111-8111-111111111111/2026"
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def seeded(word: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(word.encode()).digest())


class SmallLog:
    """A log that grows by invented lines and signs what it is."""

    def __init__(self, word="own", origin=ORIGIN, key="log", name="livcr-proef"):
        self.word, self.origin = word, origin
        self.signer = Signer(name, seeded(key))
        self.store = MemoryStore()

    def grow(self, count=1, words=()):
        leaves = words or [f"{self.word} {self.store.size + n}" for n in range(count)]
        self.store.append([hash_leaf(each.encode()) for each in leaves])
        return self

    @property
    def tree(self):
        return Tree(self.store, self.store.size)

    def checkpoint(self, size=None, minutes=None):
        size = self.store.size if size is None else size
        moment = BEGUN + timedelta(minutes=size if minutes is None else minutes)
        return Checkpoint(self.origin, size, self.tree.root(size), moment)

    def note(self, size=None, minutes=None):
        return self.checkpoint(size, minutes).sign(self.signer)

    def request(self, old=0, size=None):
        size = self.store.size if size is None else size
        proof = self.tree.consistency(old, size) if 0 < old < size else []
        return request_text(old, proof, self.note(size))
