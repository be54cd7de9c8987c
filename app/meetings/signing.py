"""The signed master of the minutes, and the proof that an extract derives from it (R66 to R68; decision 0033).

Each item's text has a digest over its canonical form. Approval puts the digests, with as much filling as hides how
many there are, under one RFC 9162 tree, and signs its root as a checkpoint. An extract carries, for each item in it,
the way up to that root: whoever holds the public key can tell that the text is what the chair approved, and learns
nothing of the items that are not in it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from app.kernel.journal.leaf import hash_leaf
from app.kernel.journal.note import Checkpoint, NoteInvalid, Signer, Verifier
from app.kernel.journal.tree import MemoryStore, Tree, verify_inclusion

_LEAST_LEAVES = 64
"""So many leaves at least: whoever has one item learns from its proof that there are 64 places, and nothing else."""
_HASH = 32
_SALT = 16
_UNSIGNED = frozenset({"proposed", "refused"})
"""States of a correction in which nobody signed it."""


class Proof(NamedTuple):
    """Where an item's digest stands in the master, and the hashes beside the way up to its root."""

    place: int
    """From 0."""
    hashes: list[bytes]


def new_salt() -> str:
    """Give what is hashed along with a text, so that a digest that outlives the text tells nothing of it (R92)."""
    return secrets.token_hex(_SALT)


def digest_of(
    agenda_item_id: Any, assessment: str, decisions: str, actions: str | None = None, salt: str | None = None
) -> bytes:
    """Give the SHA-256 over the canonical form of an item's text: JSON, keys sorted, UTF-8, no spaces.

    What is not there is left out: no actions were agreed; no salt, for what was written before there was one.
    """
    said = {
        "agendaItemId": str(agenda_item_id),
        "assessment": assessment,
        "decisions": decisions,
        "actions": actions,
        "salt": salt,
    }
    there = {name: value for name, value in said.items() if value is not None}
    return hashlib.sha256(orjson.dumps(there, option=orjson.OPT_SORT_KEYS)).digest()


def digest_of_addendum(addendum_id: Any, agenda_item_id: Any, correction: str, salt: str) -> bytes:
    """Give the SHA-256 over the canonical form of a correction of an item: JSON, keys sorted, UTF-8, no spaces."""
    said = {
        "addendumId": str(addendum_id),
        "agendaItemId": str(agenda_item_id),
        "correction": correction,
        "salt": salt,
    }
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def sign_addendum(digest: bytes, origin: str, moment: datetime, signer: Signer) -> str:
    """Give the signed checkpoint of a correction: a tree of one leaf, its digest, under the origin of its minutes."""
    return sign_master(digest, f"{origin}/addenda", moment, signer)


def addendum_holds(digest: bytes, note: str, origin: str, verifiers: Sequence[Verifier]) -> bool:
    """Tell whether one of *verifiers* signed this correction of the minutes of *origin*."""
    return derives(digest, Proof(0, []), note, f"{origin}/addenda", verifiers)


def master_of(digests: Iterable[bytes]) -> bytes:
    """Give the leaves of the master, one after the other: the digests and the filling, in no order that means anything."""
    real = list(digests)
    places = max(_LEAST_LEAVES, 1 << (max(len(real), 1) - 1).bit_length())
    filling = [secrets.token_bytes(_HASH) for _ in range(places - len(real))]
    return b"".join(sorted(real + filling))


def origin_of(installation: UUID, meeting_id: UUID) -> str:
    """Give the origin of the signed root of a meeting's minutes: it holds for no other meeting."""
    return f"livcr.{installation.hex[:12]}/minutes/{meeting_id}"


def sign_master(leaves: bytes, origin: str, moment: datetime, signer: Signer) -> str:
    """Give the signed checkpoint of the master (C2SP signed note, Ed25519)."""
    tree = _tree(leaves)
    return Checkpoint(origin, tree.size, tree.root(), moment).sign(signer)


def proof_in(leaves: bytes, digest: bytes) -> Proof | None:
    """Give the proof that a digest is in the master; None where it is not."""
    split = _split(leaves)
    if digest not in split:
        return None
    place = split.index(digest)
    return Proof(place, _tree(leaves).inclusion(place))


def derives(digest: bytes, proof: Proof, note: str, origin: str, verifiers: Sequence[Verifier]) -> bool:
    """Tell whether a digest derives from a master that one of *verifiers* signed for *origin*."""
    try:
        signed, _ = Checkpoint.open(note, verifiers)
    except NoteInvalid:
        return False
    return signed.origin == origin and verify_inclusion(
        proof.place, signed.size, hash_leaf(digest), proof.hashes, signed.root
    )


def faults_of_extract(extract: Mapping[str, Any], verifiers: Sequence[Verifier]) -> list[str]:
    """Check minutes as the API gives them, with nothing but the public key. Out: what does not hold; empty: all of it.

    In: the JSON of `GET /meetings/{meetingId}/minutes`, whole. Never raises for what is in it.
    """
    note, items, meeting = extract.get("note"), extract.get("items"), extract.get("meetingId")
    if not isinstance(note, str) or not isinstance(items, list) or not isinstance(meeting, str):
        return ["it holds no signed minutes"]
    try:
        signed, _ = Checkpoint.open(note, verifiers)
    except NoteInvalid as fault:
        return [str(fault)]
    if not signed.origin.endswith(f"/minutes/{meeting}"):
        return ["the signature is that of another meeting"]
    if not items:
        return ["there is no item in it"]
    faults = []
    for place, item in enumerate(items, start=1):
        if not _item_holds(item, signed):
            faults.append(f"item {place}: its text is not what was approved")
        elif not all(_addendum_holds(each, item, signed.origin, verifiers) for each in _approved(item)):
            faults.append(f"item {place}: a correction of it is not what was approved")
    return faults


def _approved(item: Mapping[str, Any]) -> list[Any]:
    """Give the corrections of an item that claim to be approved; what waits or was refused proves nothing."""
    addenda = item.get("addenda", [])
    if not isinstance(addenda, list):
        return [addenda]
    return [each for each in addenda if not isinstance(each, dict) or each.get("state") not in _UNSIGNED]


def _addendum_holds(
    addendum: Any, item: Mapping[str, Any], origin: str, verifiers: Sequence[Verifier]
) -> bool:
    try:
        digest = digest_of_addendum(
            addendum["addendumId"], item["agendaItemId"], addendum["text"], addendum["salt"]
        )
        return addendum_holds(digest, addendum["note"], origin, verifiers)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def _item_holds(item: Any, signed: Checkpoint) -> bool:
    try:
        digest = digest_of(
            item["agendaItemId"], item["assessment"], item["decisions"], item.get("actions"), item.get("salt")
        )
        way = [bytes.fromhex(each) for each in item["proof"]]
        index = int(item["leafIndex"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return verify_inclusion(index, signed.size, hash_leaf(digest), way, signed.root)


def _split(leaves: bytes) -> list[bytes]:
    return [leaves[at : at + _HASH] for at in range(0, len(leaves), _HASH)]


def _tree(leaves: bytes) -> Tree:
    store = MemoryStore()
    store.append([hash_leaf(each) for each in _split(leaves)])
    return Tree(store, store.size)
