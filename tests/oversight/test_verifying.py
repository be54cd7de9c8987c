"""What a person is told who verifies an export."""

import pytest

from app.kernel.journal.note import Signer
from app.oversight.verifying import verify_file

EXPORT = "/api/v1/journalEntries/export"


@pytest.fixture
def export(house, played, tmp_path):
    path = tmp_path / "journal.csv"
    path.write_bytes(house.client("auditor").get(EXPORT).content)
    return path


def test_the_public_key_beside_the_secrets_verifies_it(house, export):
    key = (house.installation.settings.secrets / "journal.pub").read_text()
    report = verify_file(export, [key, ""])
    assert report.fine
    count, checkpoint, signed = report.sentence.splitlines()
    lines = export.read_bytes().count(str(house.cast.towns["C"]).encode() + b"/2026,")
    assert count.startswith(f"VERIFIED. {lines} lines, from 2026-")
    assert str(house.cast.towns["C"]) in checkpoint
    assert signed == f"Signed by: {'+'.join(key.split('+', 2)[:2])}."


def test_another_key_a_spoiled_key_and_no_key_are_told_apart(house, export):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    name = house.installation.signer.name
    for keys, words in (
        ([str(Signer(name, Ed25519PrivateKey.generate()).verifier)], "another one"),
        ([str(Signer("somebody", Ed25519PrivateKey.generate()).verifier)], "not among those given"),
        (["spoiled"], "cannot be used"),
        ([], "No public key"),
    ):
        report = verify_file(export, keys)
        assert not report.fine
        assert words in report.sentence


def test_a_changed_line_is_named(house, export):
    lines = export.read_bytes().split(b"\r\n")
    lines[3] = (
        lines[3].replace(b",allowed,", b",refused,")
        if b",allowed," in lines[3]
        else lines[3].replace(b"2026-", b"2025-", 1)
    )
    export.write_bytes(b"\r\n".join(lines))
    report = verify_file(export, [str(house.installation.signer.verifier)])
    assert not report.fine
    assert "changed" in report.sentence


def test_a_file_that_is_not_there_or_not_an_export_is_one_sentence(house, tmp_path):
    key = str(house.installation.signer.verifier)
    assert verify_file(tmp_path / "nowhere", [key]).sentence.endswith(
        "cannot be read: No such file or directory."
    )
    other = tmp_path / "letter.txt"
    other.write_text("Beste,\n")
    report = verify_file(other, [key])
    assert not report.fine
    assert "not an export" in report.sentence
