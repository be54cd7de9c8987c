"""The signed master of the minutes: what an extract proves to whoever holds the public key, and what gives a change away."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cli import main
from app.kernel.journal.note import Signer
from app.meetings.signing import (
    derives,
    digest_of,
    faults_of_extract,
    master_of,
    origin_of,
    proof_in,
    sign_master,
)

SAID = {
    "assessment": "Schooluitval weegt het zwaarst.",
    "decisions": "CLB belt de ouders.",
    "actions": "Verzonnen: CLB, vrijdag.",
}
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def approved(table):
    """Approved minutes of one case, as the school reads them; gives (meeting, item, minutes)."""
    meeting, item, _ = table.sat("school")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    before = table.ok(table.get("school", f"/meetings/{meeting}/minutes"))
    assert not {"note", "salt"} & (before.keys() | before["items"][0].keys())
    table.ok(table.approve("coordinator", meeting))
    return meeting, item, table.ok(table.get("school", f"/meetings/{meeting}/minutes"))


def _verifiers(house):
    return [house.installation.signer.verifier]


def test_an_extract_proves_that_it_derives_from_what_the_chair_approved(table, approved):
    _, item, read = approved
    (shown,) = read["items"]
    assert {name: shown[name] for name in SAID} == SAID
    assert shown["proven"] is True
    assert faults_of_extract(read, _verifiers(table.house)) == []
    assert shown["digest"] == digest_of(item, *SAID.values(), shown["salt"]).hex()


@pytest.mark.parametrize(
    "change",
    [
        lambda read: read["items"][0].update(assessment="Anders."),
        lambda read: read["items"][0].update(decisions="Anders."),
        lambda read: read["items"][0].pop("actions"),
        lambda read: read["items"][0].update(salt="00" * 16),
        lambda read: read["items"][0].update(leafIndex=(read["items"][0]["leafIndex"] + 1) % 64),
        lambda read: read["items"][0]["proof"].pop(),
        lambda read: read["items"][0]["proof"].reverse(),
        lambda read: read["items"][0].update(agendaItemId=str(uuid4())),
        lambda read: read["items"][0].update(leafIndex="veel"),
        lambda read: read["items"].append("niets"),
        lambda read: read["items"].clear(),
        lambda read: read.pop("note"),
        lambda read: read.update(note=read["note"].replace("livcr", "livre", 1)),
        lambda read: read.update(meetingId=str(uuid4())),
    ],
)
def test_a_changed_extract_is_found_out(table, approved, change):
    read = copy.deepcopy(approved[2])
    change(read)
    assert faults_of_extract(read, _verifiers(table.house))


def test_another_key_proves_nothing(table, approved):
    name = table.house.installation.signer.name
    other = Signer(name, Ed25519PrivateKey.generate())
    assert faults_of_extract(approved[2], [other.verifier])
    assert faults_of_extract(approved[2], [Signer("iemand", other.private_key).verifier])


def test_the_proof_tells_nothing_of_how_many_items_there_were(table):
    """One item or nine: 64 places, six hashes, and a place that means nothing."""
    few, many = (
        master_of([digest_of(uuid4(), "a", "b", None, str(n)) for n in range(count)]) for count in (1, 9)
    )
    assert len(few) == len(many) == 64 * 32
    digest = digest_of(uuid4(), "a", "b")
    proof = proof_in(master_of([digest]), digest)
    assert proof is not None
    assert len(proof.hashes) == 6


def test_a_meeting_of_more_than_sixty_four_items_is_signed_too():
    digests = [digest_of(uuid4(), "a", str(n)) for n in range(70)]
    leaves, origin = master_of(digests), origin_of(uuid4(), uuid4())
    signer = Signer("livcr-proef", Ed25519PrivateKey.generate())
    note = sign_master(leaves, origin, NOW, signer)
    for digest in digests:
        proof = proof_in(leaves, digest)
        assert proof is not None
        assert derives(digest, proof, note, origin, [signer.verifier])
        assert not derives(digest, proof, note, origin_of(uuid4(), uuid4()), [signer.verifier])


@given(st.text(max_size=40), st.text(max_size=40), st.one_of(st.none(), st.text(max_size=9)))
def test_no_two_texts_have_one_canonical_form(one, two, three):
    item = uuid4()
    whole = digest_of(item, one, two, three, "s")
    assert whole != digest_of(item, one + two, "", three, "s") or not two
    assert whole != digest_of(item, two, one, three, "s") or one == two
    assert whole != digest_of(item, one, two, three, "t")


def test_a_digest_that_was_never_in_the_master_has_no_proof():
    assert proof_in(master_of([b"x" * 32]), b"y" * 32) is None


def test_what_was_changed_in_the_database_after_approval_is_shown_as_such(table, approved):
    meeting, _, _ = approved
    table.house.sql("UPDATE minutes_item SET digest = sha256('anders')")
    (shown,) = table.ok(table.get("school", f"/meetings/{meeting}/minutes"))["items"]
    assert shown["proven"] is False
    assert "proof" not in shown


def test_approved_minutes_do_not_change_whoever_asks_the_database(table, approved):
    del approved
    with pytest.raises(DBAPIError, match="approved minutes do not change"):
        table.house.sql("UPDATE minutes SET note = 'anders'")
    with pytest.raises(DBAPIError, match="approved minutes do not change"):
        table.house.sql("UPDATE minutes SET state = 'draft'")


def test_the_digests_are_given_to_who_holds_the_meeting_and_to_nobody_else(table, approved):
    meeting = approved[0]
    asked = text("SELECT count(*) FROM minutes_digests(:m)")
    found = {}
    for who in ("coordinator", "mayor", "school", "clb", "zoneMayorD", "auditor", "administrator"):
        with table.house.work(who) as unit:
            found[who] = unit.session.scalar(asked, {"m": meeting})
            unit.repeat()
    assert found == {
        "coordinator": 1, "mayor": 1, "school": 0, "clb": 0, "zoneMayorD": 0, "auditor": 0, "administrator": 0,
    }  # fmt: skip


def test_in_a_joint_cell_one_signature_covers_the_items_of_both(zone):
    d, e = zone
    case_d, case_e = d.case(), e.case("Nog Iemand Verzonnen")
    meeting = d.plan()
    item_d, item_e = d.add(meeting, case_d), e.add(meeting, case_e)
    d.invite(item_d, "zoneSchool")
    e.invite(item_e, "zonePolice")
    d.convene(meeting)
    (draft,) = e.house.sql("SELECT id FROM invitation WHERE state = 'draft'")
    e.ok(e.post("zoneMayorE", f"/invitations/{draft.id}/send"))
    d.house.later(days=20)
    d.open(meeting)
    d.attend(item_d, "zoneSchool", "zoneCoordinatorD")
    e.attend(item_e, "zonePolice", "zoneCoordinatorE")
    for who, item in (("zoneCoordinatorD", item_d), ("zoneCoordinatorE", item_e)):
        body = {"agendaItemId": item, "assessment": "Zorg", "decisions": "Doorgaan"}
        d.ok(d.post(who, f"/meetings/{meeting}/minutes/items", body))
    d.close(meeting)
    d.ok(d.post("zoneCoordinatorD", f"/meetings/{meeting}/minutes/submit"))
    d.ok(d.approve("zoneCoordinatorD", meeting))
    notes = set()
    for who, item in (("zoneSchool", item_d), ("zonePolice", item_e)):
        read = d.ok(d.get(who, f"/meetings/{meeting}/minutes"))
        assert [each["agendaItemId"] for each in read["items"]] == [item]
        assert faults_of_extract(read, _verifiers(d.house)) == []
        notes.add(read["note"])
    assert len(notes) == 1


def test_the_command_verifies_an_extract_on_one_s_own_machine(table, approved, tmp_path, capsys):
    file, key = tmp_path / "uittreksel.json", str(table.house.installation.signer.verifier)
    file.write_text(json.dumps(approved[2]))
    assert main(["minutes", "verify", str(file), "--key", key]) == 0
    assert "VERIFIED" in capsys.readouterr().out
    changed = copy.deepcopy(approved[2])
    changed["items"][0]["decisions"] = "Niets."
    file.write_text(json.dumps(changed))
    assert main(["minutes", "verify", str(file), "--key", key]) == 1
    assert "item 1" in capsys.readouterr().err
    file.write_text("geen JSON")
    assert main(["minutes", "verify", str(file), "--key", key]) == 1
    assert main(["minutes", "verify", str(tmp_path / "weg.json"), "--key", key]) == 1
    assert main(["minutes", "verify", str(file), "--key", "geen sleutel"]) == 1
