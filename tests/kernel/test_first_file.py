"""A file made at a first start: once, whole, by whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.kernel import first_file
from app.kernel.first_file import make_once
from app.kernel.journal.sealer import load_signer


def test_of_many_at_once_one_makes_the_file_and_all_read_the_same(tmp_path):
    path = tmp_path / "secrets" / "key"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: (make_once(path, f"{n}" * 5000), path.read_text()), range(8)))
    assert [won for won, _ in made].count(True) == 1
    assert {len(read) for _, read in made} == {5000}
    assert len({read for _, read in made}) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["key"]


def test_a_disk_that_refuses_leaves_no_file_that_is_half_a_key(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(first_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        make_once(tmp_path / "key", "half")
    assert list(tmp_path.iterdir()) == []


def test_the_log_s_signing_key_is_the_same_for_all_who_start_at_once(tmp_path):
    path = tmp_path / "secrets" / "journal.key"
    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(lambda _: load_signer(path, "livcr-verzonnen"), range(8)))
    assert len({signer.verifier for signer in signers}) == 1
    assert path.with_suffix(".pub").read_text().strip() == str(signers[0].verifier)
