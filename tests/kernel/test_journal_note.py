"""Signed notes, keys and checkpoints: the published example, and everything that must be refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.kernel.journal import note as notes
from app.kernel.journal.note import Checkpoint, NoteInvalid, Signer, Verifier

# The example of the reference implementation (golang.org/x/mod/sumdb/note).
PUBLISHED_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLISHED_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PUBLISHED_NOTE = f"""{PUBLISHED_TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
CHECKPOINT = Checkpoint("livcr.test/11111111-1111-4111-8111-111111111111/2026", 5, b"\x07" * 32, MOMENT)


def signer(name="livcr.test", fill=1):
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([fill]) * 32))


def test_the_published_example_verifies_and_is_signed_to_the_same_bytes():
    verifier = Verifier.parse(PUBLISHED_VERIFIER)
    assert notes.open_note(PUBLISHED_NOTE, [verifier]) == (PUBLISHED_TEXT, ("PeterNeumann+c74f20a3",))
    secret = Signer.parse(PUBLISHED_SIGNER)
    assert notes.sign(PUBLISHED_TEXT, secret) == PUBLISHED_NOTE
    assert (str(secret.verifier), secret.to_text()) == (PUBLISHED_VERIFIER, PUBLISHED_SIGNER)


def test_a_signature_holds_for_the_library_alone():
    note = CHECKPOINT.sign(signer())
    text, line = note.split("\n\n")
    blob = base64.b64decode(line.split(" ")[2])
    Ed25519PublicKey.from_public_bytes(signer().verifier.public_key).verify(blob[4:], (text + "\n").encode())
    assert text.split("\n")[:2] == [CHECKPOINT.origin, "5"]
    assert text.split("\n")[3] == "time 2026-03-01T09:30:00.000000Z"
    assert base64.b64decode(text.split("\n")[2]) == CHECKPOINT.root


def test_every_changed_character_of_a_note_is_refused():
    note, verifier = CHECKPOINT.sign(signer()), signer().verifier
    for place, old in enumerate(note):
        for new in {chr(ord(old) ^ 1), chr(ord(old) ^ 4), "x", "\n"} - {old}:
            with pytest.raises(NoteInvalid):
                Checkpoint.open(note[:place] + new + note[place + 1 :], [verifier])
        with pytest.raises(NoteInvalid):
            Checkpoint.open(note[:place] + note[place + 1 :], [verifier])


def test_witnesses_add_signatures_and_unknown_ones_are_ignored():
    witness = signer("dpo.example", 2)
    note = notes.cosign(CHECKPOINT.sign(signer()), witness)
    both = Checkpoint.open(note, [signer().verifier, witness.verifier])
    assert both == (
        CHECKPOINT,
        (f"livcr.test+{signer().verifier.key_id.hex()}", f"dpo.example+{witness.verifier.key_id.hex()}"),
    )
    assert len(Checkpoint.open(note, [witness.verifier])[1]) == 1
    with pytest.raises(NoteInvalid, match="not among those given"):
        Checkpoint.open(note, [signer("else", 3).verifier])
    with pytest.raises(NoteInvalid, match="not among those given"):
        Checkpoint.open(note, [])


def test_a_known_key_whose_signature_fails_spoils_the_note_even_beside_a_good_one():
    forged = CHECKPOINT.sign(signer()) + signer("dpo.example", 2).line("another text\n")
    with pytest.raises(NoteInvalid, match=r"dpo\.example.*does not hold"):
        Checkpoint.open(forged, [signer().verifier, signer("dpo.example", 2).verifier])


def test_the_same_name_with_another_key_is_called_another_key():
    with pytest.raises(NoteInvalid, match="under that name is another one"):
        Checkpoint.open(CHECKPOINT.sign(signer(fill=2)), [signer().verifier])


def test_an_unsigned_note_is_called_unsigned():
    with pytest.raises(NoteInvalid, match="not signed"):
        Checkpoint.open(notes.sign(CHECKPOINT.text()), [signer().verifier])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        "a\n",
        "a\n\n— x",
        "a\n\nx y\n",
        "a\n\n— x AAAA\n",
        "a\n\n— x AAAAAA\n",
        "a\n\n—  AAAAAAAA\n",
        "a\n\n— x+ AAAAAAAA\n",
    ],
)
def test_what_is_no_note_is_refused(note):
    with pytest.raises(NoteInvalid):
        notes.split(note)


def test_more_than_a_hundred_signatures_are_refused():
    with pytest.raises(NoteInvalid, match="hundred"):
        notes.split("a\n\n" + signer().line("a\n") * 101)


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n\nb\n", "a\tb\n"])
def test_what_cannot_be_the_text_of_a_note_is_not_signed(text):
    with pytest.raises(NoteInvalid):
        notes.sign(text, signer())


def test_every_mangled_key_is_refused():
    for place in range(len(PUBLISHED_VERIFIER)):
        mangled = (
            PUBLISHED_VERIFIER[:place]
            + chr(ord(PUBLISHED_VERIFIER[place]) + 1)
            + PUBLISHED_VERIFIER[place + 1 :]
        )
        with pytest.raises(NoteInvalid):
            Verifier.parse(mangled)
        with pytest.raises(NoteInvalid):
            Verifier.parse(PUBLISHED_VERIFIER[:place])
    for place in range(len(PUBLISHED_SIGNER)):
        with pytest.raises(NoteInvalid):
            Signer.parse(PUBLISHED_SIGNER[:place] + PUBLISHED_SIGNER[place + 1 :])
    with pytest.raises(NoteInvalid, match="32 bytes"):
        Verifier("name", b"short")
    with pytest.raises(NoteInvalid, match="name"):
        Verifier("a name", b"k" * 32)


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": ""},
        {"origin": "a\nb"},
        {"size": -1},
        {"root": b"short"},
    ],
)
def test_a_checkpoint_that_cannot_be_is_not_written(changed):
    values = {"origin": "o", "size": 1, "root": b"r" * 32, "time": MOMENT, **changed}
    with pytest.raises(NoteInvalid):
        Checkpoint(**values).text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n5\n", "\n05\n"),
        ("\n5\n", "\n+5\n"),
        ("\n5\n", "\n٥\n"),
        (".000000Z", "Z"),
        ("Z\n", "+00:00\n"),
        ("time ", ""),
    ],
)
def test_a_second_spelling_of_a_checkpoint_is_refused(old, new):
    assert old in CHECKPOINT.text()
    with pytest.raises(NoteInvalid):
        Checkpoint.parse(CHECKPOINT.text().replace(old, new))


def test_moments_are_written_in_utc_and_need_their_offset():
    local = MOMENT.astimezone(timezone(timedelta(hours=2)))
    assert Checkpoint("o", 1, b"r" * 32, local).text() == Checkpoint("o", 1, b"r" * 32, MOMENT).text()
    with pytest.raises(ValueError, match="offset"):
        Checkpoint("o", 1, b"r" * 32, MOMENT.replace(tzinfo=None)).text()


def test_origin_names_installation_controller_and_year():
    assert notes.origin_of("test", "11111111-1111-4111-8111-111111111111", "2026") == CHECKPOINT.origin
