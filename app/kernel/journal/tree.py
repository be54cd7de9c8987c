"""A Merkle tree as RFC 9162 (section 2.1) defines it, kept as its complete subtrees.

A node is keyed (level, index): it covers the ``2**level`` leaves from ``index * 2**level`` on; leaves are
level 0. Only complete subtrees are kept: they never change, so a table that is only appended to can hold
them. Roots and proofs of every past size follow from them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NodeKey = tuple[int, int]
"""(level, index)"""

Node = tuple[int, int, bytes]
"""(level, index, hash)"""

EMPTY_ROOT = hashlib.sha256().digest()


class NodeStore(Protocol):
    """Where the complete subtrees are kept; KeyError for a node that is not there."""

    def get(self, level: int, index: int) -> bytes:
        """Give one hash."""

    def get_many(self, keys: Sequence[NodeKey]) -> Sequence[bytes]:
        """Give several hashes, in the order of the keys."""


class Growth(NamedTuple):
    """What appending gave: nodes to add to the store, and the new size with its frontier."""

    nodes: list[Node]
    size: int
    frontier: list[bytes]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children: SHA-256 over 0x01, left, right (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def cover(begin: int, end: int) -> Iterator[NodeKey]:
    """Give the largest complete subtrees that together cover the leaves from begin up to, not with, end."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        yield level, begin >> level
        begin += 1 << level


def frontier_keys(size: int) -> list[NodeKey]:
    """Give the keys of the frontier: the subtrees that cover a tree of this size, from the left."""
    return list(cover(0, size))


def fold(hashes: Sequence[bytes]) -> bytes:
    """Give the root over a frontier (its hashes from the left); the root of the empty tree for none."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def grow(
    begin: int, hashes: Sequence[bytes], lefts: dict[int, bytes]
) -> Iterator[tuple[int, int, list[bytes]]]:
    """Give, level by level, the complete nodes that leaves from `begin` on create: (level, index, hashes).

    ``lefts`` holds, per level, the left sibling of the first node there, where it is known.
    """
    level, row = 0, list(hashes)
    while row:
        yield level, begin, row
        if begin & 1:
            if level in lefts:
                row = [lefts[level], *row]
                begin -= 1
            else:
                row = row[1:]
                begin += 1
        pair = iter(row)
        sha256 = hashlib.sha256
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(pair, pair, strict=False)]
        level, begin = level + 1, begin >> 1


def append(size: int, hashes: Sequence[bytes], frontier: Sequence[bytes]) -> Growth:
    """Append leaf hashes to a tree of which only the size and the frontier are at hand.

    In: the present size, the leaf hashes in order, and the frontier (hashes at `frontier_keys(size)`).
    Out: a `Growth` with every new complete node, leaves included, once; about two a leaf.
    Errors: ValueError when the frontier does not belong to the size.
    """
    keys = frontier_keys(size)
    if len(keys) != len(frontier):
        raise ValueError("the frontier does not belong to a tree of this size")
    known: dict[NodeKey, bytes] = dict(zip(keys, frontier, strict=True))
    lefts = {level: known[level, index] for level, index in keys}
    nodes: list[Node] = []
    for level, begin, row in grow(size, hashes, lefts):
        nodes.extend((level, index, digest) for index, digest in enumerate(row, begin))
        known[level, begin + len(row) - 1] = row[-1]
    new_size = size + len(hashes)
    return Growth(nodes, new_size, [known[key] for key in frontier_keys(new_size)])


class Span:
    """The largest complete subtrees over consecutive leaves, grown at the right end; O(log n) memory."""

    def __init__(self, begin: int = 0) -> None:
        """Start an empty span before leaf `begin`."""
        self.begin = self.end = begin
        self.nodes: list[Node] = []

    def push(self, level: int, index: int, digest: bytes) -> None:
        """Add the node that begins where the span ends; ValueError for any other."""
        if index << level != self.end:
            raise ValueError("the node does not begin where the span ends")
        self.end += 1 << level
        while self.nodes and index & 1 and self.nodes[-1][:2] == (level, index - 1):
            digest = node_hash(self.nodes.pop()[2], digest)
            level, index = level + 1, index >> 1
        self.nodes.append((level, index, digest))

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Add leaf hashes at the right end."""
        tail: list[Node] = []
        for level, begin, row in grow(self.end, hashes, {}):
            last = begin + len(row) - 1
            if begin & 1:
                self.push(level, begin, row[0])
            if not last & 1:
                tail.append((level, last, row[-1]))
        for node in reversed(tail):
            self.push(*node)

    def root(self) -> bytes:
        """Give the root of a span that begins at leaf 0."""
        if self.begin:
            raise ValueError("only a span from leaf 0 has a root")
        return fold([digest for _, _, digest in self.nodes])


class Tree:
    """Roots and proofs of a tree whose nodes lie in a store."""

    def __init__(self, store: NodeStore, size: int) -> None:
        """Look at the first `size` leaves of the store."""
        self.store, self.size = store, size

    def root(self, size: int | None = None) -> bytes:
        """Give the root at this or an earlier size."""
        return self._fold([(0, self._within(size))])[0]

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Prove that leaf `index` is in the tree of `size` leaves (RFC 9162, section 2.1.3.1)."""
        begin, end = 0, self._within(size)
        if not 0 <= index < end:
            raise ValueError("the leaf is not in a tree of this size")
        ranges: list[tuple[int, int]] = []
        while end - begin > 1:
            middle = begin + _split(end - begin)
            if index < middle:
                ranges.append((middle, end))
                end = middle
            else:
                ranges.append((begin, middle))
                begin = middle
        return self._fold(ranges[::-1])

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """Prove that the tree of `old` leaves is the beginning of the tree of `size` (section 2.1.4.1)."""
        begin, end = 0, self._within(size)
        if not 0 < old <= end:
            raise ValueError("there is no proof from an empty or a larger tree")
        ranges: list[tuple[int, int]] = []
        whole = True
        while old != end:
            middle = begin + _split(end - begin)
            if old <= middle:
                ranges.append((middle, end))
                end = middle
            else:
                ranges.append((begin, middle))
                begin, whole = middle, False
        return self._fold([*([] if whole else [(begin, end)]), *ranges[::-1]])

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise ValueError("the tree has not that size yet")
        return size

    def _fold(self, ranges: Iterable[tuple[int, int]]) -> list[bytes]:
        keys = [list(cover(*each)) for each in ranges]
        found = iter(self.store.get_many([key for group in keys for key in group]))
        return [fold([next(found) for _ in group]) for group in keys]


class MemoryStore:
    """A store in memory that also appends: for tests, witnesses and small tools."""

    def __init__(self) -> None:
        """Start empty."""
        self.size = 0
        self.nodes: dict[NodeKey, bytes] = {}

    def append(self, hashes: Sequence[bytes]) -> Growth:
        """Append leaf hashes and keep the new nodes."""
        grown = append(self.size, hashes, self.get_many(frontier_keys(self.size)))
        self.nodes.update(((level, index), digest) for level, index, digest in grown.nodes)
        self.size = grown.size
        return grown

    def get(self, level: int, index: int) -> bytes:
        """Give one hash; KeyError if the subtree is not complete."""
        return self.nodes[level, index]

    def get_many(self, keys: Sequence[NodeKey]) -> list[bytes]:
        """Give several hashes, in the order of the keys."""
        return [self.nodes[key] for key in keys]


def _split(size: int) -> int:
    """Give the largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof for a leaf hash (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, digest = index, size - 1, leaf
    for sibling in proof:
        if not last:
            return False
        if position & 1 or position == last:
            digest = node_hash(sibling, digest)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    return not last and digest == root


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Check that the tree `old_root` over `old` leaves is the beginning of `root` over `size` (2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    position, last = old - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if not last:
            return False
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        position, last = position >> 1, last >> 1
    return not last and first == old_root and second == root
