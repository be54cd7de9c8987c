"""What is said at the console about the log, in the words that an operator reads."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from app import starting
from app.cli import main
from app.kernel.journal.keyring import read_statement
from app.kernel.journal.note import WITNESS, Signer
from tests.witnesscraft import seeded

EXPORT = "/api/v1/journalEntries/export"


@pytest.fixture
def console(house, played, monkeypatch):
    @contextmanager
    def running(_kind=""):
        yield house.process

    monkeypatch.setattr(starting, "running", running)
    house.installation.sealer.seal_all()
    return house


def test_the_log_is_recomputed_and_compared_with_what_was_kept(console, tmp_path, capsys):
    town = console.cast.towns["C"]
    kept = tmp_path / "kept.note"
    kept.write_text(
        console.sql("SELECT note FROM journal.checkpoint WHERE controller = :c", c=town)[0].note,
        encoding="utf-8",
    )
    assert main(["journal", "check", "--checkpoint", str(kept)]) == 0
    assert f"{town}/2026" in capsys.readouterr().out
    console.sql("DELETE FROM journal.leaf WHERE leaf_index = 3")
    assert main(["journal", "check"]) == 1
    assert "Leaf 3 is missing" in capsys.readouterr().err
    assert main(["journal", "check", "--checkpoint", str(tmp_path / "nowhere")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_the_key_is_replaced_and_an_export_verified_across_it(console, tmp_path, capsys):
    export, statement, public = tmp_path / "export", tmp_path / "statement.note", tmp_path / "old.pub"
    public.write_text(f"{console.installation.signer.verifier}\n")
    assert main(["journal", "rotate-key", "--overlap-days", "999"]) == 1
    assert "0 to 366 days" in capsys.readouterr().err
    assert main(["journal", "rotate-key"]) == 0
    statement.write_text(capsys.readouterr().out, encoding="utf-8")
    assert read_statement(statement.read_text())[1] == console.installation.signer.verifier
    assert main(["journal", "rotate-key", "--stolen"]) == 0
    assert read_statement(capsys.readouterr().out)
    export.write_bytes(console.client("auditor").get(EXPORT).content)
    all_keys = str(console.installation.settings.secrets / "journal.pub")
    assert main(["journal", "verify", str(export), "--key", all_keys]) == 0
    assert main(["journal", "verify", str(export), "--key", str(public)]) == 1
    second = tmp_path / "second.note"
    second.write_text(console.sql("SELECT note FROM journal.rotation ORDER BY number DESC")[0].note)
    both = ["--statement", str(statement), "--statement", str(second)]
    assert main(["journal", "verify", str(export), "--key", str(public), *both]) == 0
    witness = tmp_path / "witness.pub"
    witness.write_text(str(Signer("dpo.example.be", seeded("w"), WITNESS).verifier))
    capsys.readouterr()
    assert main(["journal", "verify", str(export), "--key", all_keys, "--witness", str(witness)]) == 1
    assert "not cosigned by witness" in capsys.readouterr().err


def test_a_witness_without_its_files_is_one_sentence(tmp_path, capsys):
    assert (
        main(
            ["witness", "check", str(tmp_path), "--state", str(tmp_path / "s"), "--logs", str(tmp_path / "l")]
        )
        == 1
    )
    assert "No such file" in capsys.readouterr().err
    (tmp_path / "l").write_text("")
    ways = ["--state", str(tmp_path / "s"), "--logs", str(tmp_path / "l")]
    assert main(["witness", "check", str(tmp_path), *ways]) == 1
    assert "needs a name" in capsys.readouterr().err
    assert main(["witness", "check", str(tmp_path), *ways, "--name", "dpo.example.be"]) == 1
    assert "no published checkpoints" in capsys.readouterr().err
