"""The Merkle tree: reference roots, every small proof, and another implementation's roots."""

from __future__ import annotations

import hashlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from app.kernel.journal import tree as merkle
from app.kernel.journal.leaf import hash_leaf

# Leaves and roots of the Certificate Transparency reference implementation.
REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SMALL = 64


def leaves(count):
    return [b"leaf %d" % n for n in range(count)]


def grown(count):
    store = merkle.MemoryStore()
    store.append([hash_leaf(leaf) for leaf in leaves(count)])
    return store


def by_definition(hashes):
    """The recursive definition of RFC 9162, section 2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(hashes[:split]) + by_definition(hashes[split:])).digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_reference_roots_come_out(count):
    store = merkle.MemoryStore()
    store.append([hash_leaf(leaf) for leaf in REFERENCE_LEAVES[:count]])
    assert merkle.Tree(store, count).root().hex() == REFERENCE_ROOTS[count - 1]


def test_empty_tree_has_the_hash_of_nothing_as_its_root():
    assert merkle.Tree(merkle.MemoryStore(), 0).root() == hashlib.sha256().digest()


def test_roots_of_every_past_size_agree_with_definition_and_another_implementation():
    other = InmemoryTree(algorithm="sha256")
    tree = merkle.Tree(grown(SMALL), SMALL)
    hashes = [hash_leaf(leaf) for leaf in leaves(SMALL)]
    for size, leaf in enumerate(leaves(SMALL), 1):
        other.append_entry(leaf)
        assert tree.root(size) == other.get_root(size) == by_definition(hashes[:size])


def test_every_inclusion_proof_below_64_leaves_holds_and_no_other_leaf_passes():
    hashes = [hash_leaf(leaf) for leaf in leaves(SMALL)]
    tree = merkle.Tree(grown(SMALL), SMALL)
    for size in range(1, SMALL):
        root = tree.root(size)
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert merkle.verify_inclusion(index, size, hashes[index], proof, root)
            assert not merkle.verify_inclusion(index, size, hashes[index + 1], proof, root)
            assert not merkle.verify_inclusion(index, size, hashes[index], [*proof, root], root)
            if proof:
                assert not merkle.verify_inclusion(index, size, hashes[index], proof[:-1], root)
                # In a complete tree another place turns some sibling to the other side.
                assert not merkle.verify_inclusion(index ^ 1, size, hashes[index], proof, root)


def test_every_consistency_proof_below_64_leaves_holds_and_no_changed_one_passes():
    tree = merkle.Tree(grown(SMALL), SMALL)
    for size in range(1, SMALL):
        root = tree.root(size)
        for old in range(1, size + 1):
            old_root, proof = tree.root(old), tree.consistency(old, size)
            assert merkle.verify_consistency(old, size, old_root, root, proof)
            assert not merkle.verify_consistency(old, size, b"\0" * 32, root, proof)
            assert not merkle.verify_consistency(old, size, old_root, b"\0" * 32, proof)
            assert not merkle.verify_consistency(old, size, old_root, root, [*proof, root])
            if proof:
                assert not merkle.verify_consistency(old, size, old_root, root, proof[:-1])


def test_proofs_that_cannot_be_are_refused():
    tree = merkle.Tree(grown(5), 5)
    for call in (
        lambda: tree.root(6),
        lambda: tree.inclusion(5),
        lambda: tree.inclusion(-1),
        lambda: tree.consistency(0),
        lambda: tree.consistency(6),
        lambda: merkle.append(3, [b"x" * 32], []),
        lambda: merkle.Span(1).root(),
        lambda: merkle.Span().push(0, 1, b"x" * 32),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            call()
    assert not merkle.verify_inclusion(5, 5, b"", [], b"")
    assert not merkle.verify_consistency(0, 5, b"", b"", [])
    assert not merkle.verify_consistency(4, 5, b"a", b"b", [])
    assert not merkle.verify_consistency(3, 5, b"a", b"b", [])


@settings(deadline=None)
@given(st.lists(st.integers(0, 70), max_size=8))
def test_appending_in_any_portions_gives_the_same_nodes_once(portions):
    store, hashes = merkle.MemoryStore(), [hash_leaf(leaf) for leaf in leaves(sum(portions))]
    seen = []
    for portion in portions:
        growth = store.append(hashes[store.size : store.size + portion])
        seen += [node[:2] for node in growth.nodes]
        assert growth.frontier == store.get_many(merkle.frontier_keys(store.size))
    assert len(seen) == len(set(seen))
    assert store.nodes == grown(len(hashes)).nodes
    assert merkle.Tree(store, store.size).root() == by_definition(hashes)


@settings(deadline=None)
@given(st.integers(0, 200), st.lists(st.integers(0, 40), max_size=6))
def test_a_span_grown_in_any_portions_is_its_cover(begin, portions):
    end = begin + sum(portions)
    store = grown(end)
    span = merkle.Span(begin)
    for portion in portions:
        span.extend(store.get_many([(0, n) for n in range(span.end, span.end + portion)]))
    assert [node[:2] for node in span.nodes] == list(merkle.cover(begin, end))
    assert all(store.get(level, index) == digest for level, index, digest in span.nodes)


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_cover_is_exact_and_no_two_siblings_stand_in_it(one, other):
    begin, end = sorted((one, other))
    nodes = list(merkle.cover(begin, end))
    places = [(index << level, index + 1 << level) for level, index in nodes]
    assert [begin, *(last for _, last in places)] == [*(first for first, _ in places), end]
    pairs = itertools.pairwise(nodes)
    assert not any(a[0] == b[0] and a[1] ^ 1 == b[1] for a, b in pairs)
    assert len(nodes) <= 2 * max(1, (end - begin).bit_length())
