"""Proofs over the API: they hold by our own verifier, by the RFC's text and by another's tree; nobody else's log leaks."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from uuid import uuid4

import pytest
from pymerkle import InmemoryTree

from app.kernel.journal.note import Checkpoint
from app.kernel.journal.tree import verify_consistency, verify_inclusion

PROOFS = "/api/v1/proofs"


def _entries(house, town="C"):
    return house.sql(
        "SELECT entry_id FROM journal.entry WHERE controller = :c ORDER BY id", c=house.cast.towns[town]
    )


def _get(house, name="auditor", **query):
    return house.client(name).get(PROOFS, params=query)


def _checkpoint(house, note):
    return Checkpoint.open(note, [house.installation.signer.verifier])[0]


def _others(leaf, index, size, hashes):
    """Fold an inclusion proof as RFC 9162, 2.1.3.2 tells it, written down once more."""
    fn, sn, r = index, size - 1, hashlib.sha256(b"\0" + leaf).digest()
    for p in hashes:
        if fn % 2 or fn == sn:
            r = hashlib.sha256(b"\1" + p + r).digest()
            while fn and not fn % 2:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = hashlib.sha256(b"\1" + r + p).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return r


def test_every_line_of_a_story_is_proved_under_the_newest_checkpoint(house, played):
    house.installation.sealer.seal_all()
    for row in _entries(house)[:12]:
        answer = _get(house, entryId=str(row.entry_id)).json()
        found = _checkpoint(house, answer["checkpoint"])
        assert found.size == answer["size"]
        leaf, hashes = b64decode(answer["leaf"]), [b64decode(each) for each in answer["hashes"]]
        assert str(row.entry_id).encode() in leaf
        assert b64decode(answer["leafHash"]) == hashlib.sha256(b"\0" + leaf).digest()
        assert _others(leaf, answer["leafIndex"], found.size, hashes) == found.root
        assert verify_inclusion(
            answer["leafIndex"], found.size, b64decode(answer["leafHash"]), hashes, found.root
        )


def test_another_implementation_comes_to_the_same_siblings(house, played):
    """pymerkle builds its tree from the same leaves; the way it proves a leaf holds the hashes that we give."""
    house.installation.sealer.seal_all()
    rows = _entries(house)
    proofs = [_get(house, entryId=str(row.entry_id)).json() for row in rows]
    size = min(each["size"] for each in proofs)
    other = InmemoryTree(algorithm="sha256")
    known = {each["leafIndex"]: b64decode(each["leaf"]) for each in proofs}
    for index in range(size):
        other.append_entry(known[index])
    for row in rows[:size:7]:
        ours = _get(house, entryId=str(row.entry_id), size=size).json()
        theirs = other.prove_inclusion(ours["leafIndex"] + 1, size)
        path = set(theirs.serialize()["path"])
        assert {b64decode(each).hex() for each in ours["hashes"]} <= path
        assert _checkpoint(house, ours["checkpoint"]).root == other.get_root(size)


def test_a_line_not_yet_sealed_is_sealed_for_its_proof(house, played):
    last = _entries(house)[-1]
    answer = _get(house, entryId=str(last.entry_id))
    assert answer.status_code == 200, answer.text
    assert answer.json()["leafIndex"] < answer.json()["size"]


def test_the_log_only_grew(house, played, play_again):
    house.installation.sealer.seal_all()
    first = house.client("auditor").get("/api/v1/checkpoints").json()["items"][0]["size"]
    play_again()
    house.installation.sealer.seal_all()
    answer = _get(house, "dpo", year=2026, oldSize=first).json()
    old, new = _checkpoint(house, answer["oldCheckpoint"]), _checkpoint(house, answer["checkpoint"])
    assert (old.size, new.size) == (first, answer["size"])
    proof = [b64decode(each) for each in answer["hashes"]]
    assert verify_consistency(old.size, new.size, old.root, new.root, proof)
    assert "leaf" not in answer
    same = _get(house, year=2026, oldSize=first, size=first).json()
    assert same["hashes"] == []
    entry = _entries(house)[0]
    small = _get(house, entryId=str(entry.entry_id), size=first).json()
    assert small["size"] == first


def test_what_is_asked_wrongly_is_told_where(house, played, play_again):
    house.installation.sealer.seal_all()
    size = house.client("auditor").get("/api/v1/checkpoints").json()["items"][0]["size"]
    play_again()
    house.installation.sealer.seal_all()
    last = str(_entries(house)[-1].entry_id)
    for query in (
        {}, {"year": 2026}, {"oldSize": 1}, {"entryId": last, "year": 2026, "oldSize": size},
        {"year": 2026, "oldSize": 99999999}, {"year": 2021, "oldSize": size}, {"year": 2026, "oldSize": 0},
        {"entryId": last, "size": size}, {"entryId": last, "size": 99999999}, {"entryId": "x"},
        {"year": 2026, "oldSize": size, "size": 99999999},
    ):  # fmt: skip
        assert _get(house, **query).status_code == 400, query
    newest = house.client("auditor").get("/api/v1/checkpoints").json()["items"][0]["size"]
    assert _get(house, year=2026, oldSize=newest, size=size).status_code == 400


def test_of_another_municipality_there_is_nothing(house, played):
    house.installation.sealer.seal_all()
    for entry in (_entries(house, "D")[0].entry_id, uuid4()):
        answer = _get(house, entryId=str(entry))
        assert answer.status_code == 404
    size = house.sql("SELECT size FROM journal.tree WHERE controller = :c", c=house.cast.towns["D"])[0][0]
    ours = {
        r[0]
        for r in house.sql(
            "SELECT size FROM journal.checkpoint WHERE controller = :c", c=house.cast.towns["C"]
        )
    }
    if size not in ours:
        assert _get(house, year=2026, oldSize=size).status_code == 400


@pytest.mark.parametrize(("who", "status"), [("mayor", 403), ("participant", 403), ("administrator", 404)])
def test_proofs_and_status_are_for_oversight(house, played, who, status):
    for path in (f"{PROOFS}?entryId={uuid4()}", "/api/v1/logStatus"):
        assert house.client(who).get(path).status_code == status


def test_a_proof_is_logged_before_it_is_told(house, played):
    """When the first byte leaves, the line stands in the database: told by another connection, for each who may ask."""
    house.installation.sealer.seal_all()
    entry = str(_entries(house)[0].entry_id)
    for number, who in enumerate(("auditor", "dpo"), 1):
        with house.client(who).stream("GET", PROOFS, params={"entryId": entry}) as answer:
            lines = house.sql(
                "SELECT role, outcome, rule FROM journal.entry WHERE action = 'proof.read' ORDER BY id"
            )
            assert answer.status_code == 200
        assert len(lines) == number
        assert tuple(lines[-1]) == (who, "allowed", "R106")


def test_asking_is_logged(house, played):
    _get(house, entryId=str(uuid4()))
    house.client("dpo").get("/api/v1/logStatus")
    lines = house.sql(
        "SELECT action, outcome, controller FROM journal.entry WHERE action IN ('proof.read', 'logStatus.read') ORDER BY id"
    )
    assert {tuple(line) for line in lines} == {
        ("proof.read", "refused", house.cast.towns["C"]),
        ("logStatus.read", "allowed", house.cast.towns["C"]),
    }
