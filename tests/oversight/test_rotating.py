"""The key of the log is replaced while the house is at work: before, across and after, everything verifies."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from app.directory.actors import recognise
from app.kernel.installing import assemble
from app.kernel.journal.keyring import read_statement
from app.kernel.journal.note import Checkpoint, NoteInvalid
from app.kernel.journal.verify import verify_export
from app.oversight.publishing import publish_all
from app.oversight.rotating import replace_log_key
from app.oversight.verifying import verify_file

EXPORT = "/api/v1/journalEntries/export"
MONTH = timedelta(days=30)


def _export(house, tmp_path, name):
    path = tmp_path / name
    answer = house.client("auditor").get(EXPORT)
    assert answer.status_code == 200
    path.write_bytes(answer.content)
    return path


def _notes(house):
    return [row.note for row in house.sql("SELECT note FROM journal.checkpoint WHERE controller = :c ORDER BY size",
                                          c=house.cast.towns["C"])]  # fmt: skip


def test_exports_from_before_across_and_after_verify(house, played, play_again, tmp_path):
    before = _export(house, tmp_path, "before")
    old = str(house.installation.signer.verifier)
    statement = replace_log_key(house.installation, MONTH, datetime.now(UTC))  # the sealer's clock
    new = str(house.installation.signer.verifier)
    assert [str(each) for each in read_statement(statement)] == [old, new]
    play_again()
    after = _export(house, tmp_path, "after")
    assert verify_file(before, [old]).fine
    assert verify_file(before, [new], statements=[statement]).fine
    assert not verify_file(before, [new]).fine
    assert verify_file(
        after, [new]
    ).fine  # during the overlap both sign the checkpoint, the new one the manifest
    assert verify_file(after, [old], statements=[statement]).fine
    assert verify_file(after, [old, new]).fine
    assert "another one" in verify_file(after, [old]).sentence
    assert "cannot be used" in verify_file(after, [old], statements=["no statement"]).sentence
    both = Checkpoint.open(_notes(house)[-1], house.installation.log_keys.ring().verifiers())[1]
    assert len(both) == 2


def test_a_tree_that_the_old_key_sealed_verifies_with_the_new_one_and_the_statement(house, played, tmp_path):
    house.installation.sealer.seal_all()
    statement = replace_log_key(house.installation, timedelta(0))
    path = _export(house, tmp_path, "export")
    report = verify_file(path, [str(house.installation.signer.verifier)], statements=[statement])
    assert report.fine, report.sentence


def test_a_stolen_key_signs_nothing_after_it(house, played, play_again):
    old = house.installation.signer.verifier
    replace_log_key(house.installation, timedelta(0))
    play_again()
    house.installation.sealer.seal_all()
    with pytest.raises(NoteInvalid):
        Checkpoint.open(_notes(house)[-1], [old])
    assert Checkpoint.open(_notes(house)[-1], [house.installation.signer.verifier])


def test_another_process_takes_the_new_key_up_by_itself(house, played, play_again):
    """What was assembled before the change signs with the new key after it, without a restart."""
    other = assemble(house.process.addresses, house.installation.settings, recognise)
    try:
        replace_log_key(house.installation, MONTH)
        play_again()
        other.sealer.seal_all()
        new = house.installation.signer.verifier
        assert other.installation.signer.verifier == new
        assert Checkpoint.open(_notes(house)[-1], [new])
    finally:
        other.databases.dispose()


def test_keys_and_statements_stand_with_the_checkpoints_and_in_the_folder(house, played, tmp_path):
    house.installation.settings = house.installation.settings.model_copy(
        update={"checkpoint_folder": tmp_path / "published"}
    )
    house.installation.sealer.seal_all()
    old = str(house.installation.signer.verifier)
    statement = replace_log_key(house.installation, MONTH)
    page = house.client("dpo").get("/api/v1/checkpoints").json()
    assert page["publicKey"] == str(house.installation.signer.verifier)
    assert (page["formerKeys"], page["statements"]) == ([old], [statement])
    publish_all(house.installation)
    assert (tmp_path / "published" / "keys" / "001.note").read_text() == statement
    lines = house.sql(
        "SELECT role, rule, reason, channel FROM journal.entry WHERE action = 'logKey.rotate' ORDER BY id"
    )
    assert [tuple(each) for each in lines] == [
        ("robot", "R109", "ordered", "cli"),
        ("robot", "R109", "rotated", "cli"),
    ]


def test_broken_off_after_the_statement_it_is_finished_with_the_same_statement(house, played, monkeypatch):
    ring = house.installation.log_keys

    def away(_):
        raise OSError(5, "broken")

    with monkeypatch.context() as patch:
        patch.setattr(type(ring), "take_up", lambda *_: away(0))
        with pytest.raises(OSError, match="broken"):
            replace_log_key(house.installation, MONTH)
    (kept,) = house.sql("SELECT note FROM journal.rotation")
    assert replace_log_key(house.installation, MONTH) == kept.note
    assert len(house.sql("SELECT FROM journal.rotation")) == 1


def test_the_whole_log_is_recomputed_across_the_change(house, played, play_again):
    from tests.oversight.test_checking import check

    house.installation.sealer.seal_all()
    replace_log_key(house.installation, timedelta(0))
    play_again()
    house.installation.sealer.seal_all()
    fine, said = check(house, verifiers=house.installation.log_keys.ring().verifiers())
    assert fine, said
    assert verify_export(
        io.BytesIO(house.client("auditor").get(EXPORT).content),
        house.installation.log_keys.ring().verifiers(),
    )
