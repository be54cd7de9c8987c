"""The keys of the log: replaced whole, stated by both, taken up by every process, never lost half way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.kernel.journal import keyring
from app.kernel.journal.keyring import KeyRing, Ring, read_statement, statement_text, with_statements
from app.kernel.journal.note import NoteInvalid, Signer, sign
from tests.witnesscraft import seeded

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def signer(word):
    return Signer("livcr-proef", seeded(word))


@pytest.fixture
def ring(tmp_path):
    return KeyRing(tmp_path / "journal.key", "livcr-proef")


def turn(ring, now=NOW, overlap=30 * DAY):
    new, statement = ring.prepare(now, overlap)
    ring.take_up(new)
    return statement


def test_a_first_key_is_made_once_and_its_public_half_stands_beside(ring, tmp_path):
    again = KeyRing(tmp_path / "journal.key", "livcr-proef")
    assert again.current().verifier == ring.current().verifier
    assert (tmp_path / "journal.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "journal.pub").read_text() == f"{ring.current().verifier}\n"
    assert ring.signers(NOW) == (ring.current(),)


def test_during_the_overlap_both_sign_and_after_it_the_new_one_alone(ring, tmp_path):
    other = KeyRing(tmp_path / "journal.key", "livcr-proef")  # another process of the same installation
    old = ring.current()
    turn(ring)
    new = ring.current()
    assert new.verifier != old.verifier
    assert [each.verifier for each in other.signers(NOW + DAY)] == [new.verifier, old.verifier]
    assert [each.verifier for each in other.signers(NOW + 31 * DAY)] == [new.verifier]
    assert other.ring().verifiers() == [new.verifier, old.verifier]
    assert (tmp_path / "journal.pub").read_text() == f"{new.verifier}\n{old.verifier}\n"
    assert (tmp_path / "journal.key").stat().st_mode & 0o777 == 0o600


def test_a_stolen_key_signs_nothing_any_more_and_its_secret_half_is_gone(ring, tmp_path):
    old = ring.current()
    turn(ring, overlap=timedelta(0))
    assert ring.signers(NOW)[1:] == ()
    assert old.to_text() not in (tmp_path / "journal.key").read_text()
    assert ring.ring().verifiers()[1] == old.verifier


def test_three_keys_one_after_the_other(ring):
    keys = [ring.current().verifier]
    notes = []
    for number in range(3):
        notes.append(turn(ring, NOW + number * 20 * DAY))
        keys.append(ring.current().verifier)
    assert ring.ring().verifiers() == keys[::-1]
    assert len(ring.signers(NOW + 41 * DAY)) == 3
    assert set(with_statements([keys[0]], notes[::-1])) == set(keys)
    assert set(with_statements([keys[3]], notes)) == set(keys)
    stranger = signer("stranger").verifier
    assert with_statements([stranger], notes) == [stranger]


def test_who_was_broken_off_finishes_with_the_very_same_key(ring, tmp_path):
    first, _ = ring.prepare(NOW, DAY)
    again, _ = KeyRing(tmp_path / "journal.key", "livcr-proef").prepare(NOW + DAY, DAY)
    assert again.current.verifier == first.current.verifier
    ring.take_up(again)
    (tmp_path / "journal.next").write_text(again.to_text())  # broken off before the tidying
    third, _ = ring.prepare(NOW + 2 * DAY, DAY)
    assert third.current.verifier != again.current.verifier


def test_a_full_disk_leaves_the_old_key_in_use(ring, monkeypatch, tmp_path):
    old = ring.current().verifier
    new, _ = ring.prepare(NOW, DAY)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyring, "replace_whole", full)
    with pytest.raises(OSError, match="No space"):
        ring.take_up(new)
    monkeypatch.undo()
    assert ring.current().verifier == old
    ring.take_up(ring.prepare(NOW, DAY)[0])
    assert ring.current().verifier == new.current.verifier


def test_public_halves_that_a_crash_left_behind_are_written_at_the_next_start(ring, tmp_path):
    turn(ring)
    (tmp_path / "journal.pub").write_text("old\n")
    KeyRing(tmp_path / "journal.key", "livcr-proef")
    assert (tmp_path / "journal.pub").read_text().startswith(str(ring.current().verifier))


def test_a_spoiled_file_of_keys_is_refused():
    text = Ring(signer("a"), ((NOW, signer("b")),), (signer("c").verifier,)).to_text()
    assert Ring.parse(text).to_text() == text
    for wrong in ("", "x", text.replace("until ", "untii "), text.replace("former livcr", "former livc"),
                  text.replace("2026-03", "2026-13")):  # fmt: skip
        with pytest.raises(NoteInvalid):
            Ring.parse(wrong)


def test_a_statement_is_signed_by_both_and_by_nobody_less():
    old, new = signer("old"), signer("new")
    note = statement_text(old, new, NOW)
    assert read_statement(note) == (old.verifier, new.verifier)
    text = note.partition("\n\n")[0] + "\n"
    for wrong in (
        "", sign(text, old), sign(text, new), sign(text, old, signer("thief")), sign("three\nlines\nonly\n", old),
        sign(text.replace("livcr-key", "other-key"), old, new), note.replace("time 2026", "time 2027"),
        statement_text(old, old, NOW), sign(text.replace("old ", "odd "), old, new), sign(text.replace("new ", "ned "), old, new),
    ):  # fmt: skip
        with pytest.raises(NoteInvalid):
            read_statement(wrong)
