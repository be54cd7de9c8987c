"""Corners of the export format that a file has to be made for: forged, overfull, or of another tree."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kernel.journal import exportfile, verify
from app.kernel.journal.exportfile import (
    ExportWriter,
    Malformed,
    TreeSeal,
    read_csv_lines,
    tree_name,
)
from app.kernel.journal.leaf import FIELDS, JournalEntry, leaf_bytes
from app.kernel.journal.note import Checkpoint, NoteInvalid, Signer, from_base64, to_base64
from app.kernel.journal.tree import MemoryStore
from app.kernel.journal.verify import ExportInvalid, verify_export

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
TREE = "11111111-1111-4111-8111-111111111111/2026"
SIGNER = Signer("livcr.test", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
HASH = to_base64(b"\x00" * 32)


def writer():
    return ExportWriter("jsonl", export_id="x-1", chosen={}, created_at=MOMENT, signer=SIGNER)


def an_entry():
    at = "2026-03-01T09:30:00.000000Z"
    return JournalEntry(
        entry_id=str(UUID(int=1, version=4)), controller=TREE[:36], year="2026", at=at, recorded_at=at, action="case.open",
        outcome="allowed",
    )  # fmt: skip


# -- writing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("controller", "year"), [("nobody", "2026"), (TREE[:36], "26"), ("", "")])
def test_a_tree_is_named_by_a_controller_and_a_year(controller, year):
    with pytest.raises(ValueError, match="UUID"):
        tree_name(controller, year)


def test_an_entry_is_written_as_its_leaf():
    assert writer().entry(TREE, 0, an_entry()) == writer().leaf(TREE, 0, leaf_bytes(an_entry()))


def test_a_checkpoint_of_another_tree_seals_nothing():
    other = Checkpoint("livcr.test/of-another-tree", 0, b"\x00" * 32, MOMENT).sign(SIGNER)
    with pytest.raises(ValueError, match="of another tree"):
        list(writer().seal([TreeSeal(TREE, other, MemoryStore())]))


# -- reading ----------------------------------------------------------------------------------------------------


def test_a_file_of_ever_new_shapes_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(exportfile, "_MOST_SHAPES", 3)
    monkeypatch.setattr(exportfile, "_shapes", {})
    for count in range(1, 12):
        exportfile._shape(("type", "tree", "leafIndex", *FIELDS[:count]))
        assert len(exportfile._shapes) <= 4


def test_rows_with_too_few_cells_are_read_one_by_one_to_name_the_first():
    with pytest.raises(Malformed):
        list(read_csv_lines([b"a,1", b"b"]))


def test_a_line_beyond_any_that_an_export_writes_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(verify, "_LONGEST_LINE", 1000)
    monkeypatch.setattr(verify, "_BLOCK", 400)
    with pytest.raises(ExportInvalid, match="longer than any"):
        verify_export(io.BytesIO(b'{"type":"header"' + b" " * 5000), [SIGNER.verifier])


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY", "PRIVATE+KEY+name+id", "PRIVATE KEY name id seed"])
def test_what_is_not_a_private_key_is_refused(text):
    with pytest.raises(NoteInvalid):
        Signer.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        f"livcr.test/{TREE}\nmany\n{HASH}\ntime 2026-03-01T09:30:00.000000Z\n",
        f"livcr.test/{TREE}\n5\n{HASH}\ntime yesterday\n",
        f"livcr.test/{TREE}\n5\nAAAA\ntime 2026-03-01T09:30:00.000000Z\n",
        f"livcr.test/{TREE}\n05\n{HASH}\ntime 2026-03-01T09:30:00.000000Z\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text):
    with pytest.raises(NoteInvalid):
        Checkpoint.parse(text)


# -- the verifier's own bookkeeping -----------------------------------------------------------------------------


def test_a_tree_without_entries_says_so():
    assert verify._TreeCheck(TREE, None).lines() == "it has no entries in the file"


def test_small_gaps_in_place_of_a_large_one_are_not_what_is_due():
    """A gap of two leaves cut in two: it would give the same root, but no export writes it."""
    gaps = iter([(7, [0, 0, HASH]), (7, [0, 1, HASH])])
    with pytest.raises(ExportInvalid, match="is not the next that is due"):
        verify._TreeCheck(TREE, None).assemble(2, gaps)


def _gap_line(size):
    text = json.dumps(
        {"type": "gaps", "tree": TREE, "size": size, "gaps": [[0, 0, HASH]]}, separators=(",", ":")
    )
    return text.encode()


def test_gaps_of_one_tree_given_twice_are_refused():
    with pytest.raises(ExportInvalid, match="not given once and together"):
        verify._gaps(iter([(5, _gap_line(1)), (6, _gap_line(2))]), {})


@pytest.mark.parametrize(
    "trees", [[1], [{"tree": TREE}], [{"checkpoint": "", "tree": TREE}], [{"tree": TREE, "checkpoint": 1}]]
)
def test_a_seal_whose_trees_are_not_in_form_is_refused(trees):
    with pytest.raises(ExportInvalid, match="not in form"):
        verify._manifest(9, {"trees": trees, "manifest": ""}, [SIGNER.verifier])


@pytest.mark.parametrize("digest", ["not base64!", "=", "é"])
def test_a_digest_out_of_form_is_refused(digest):
    seal = {"trees": [], "digest": digest, "count": 0}
    with pytest.raises(ExportInvalid, match="not in form"):
        verify._compare(9, "", seal, {"filter": {}, "exportId": "x-1"}, 0)


def test_gaps_made_for_another_size_than_the_checkpoint_s_are_refused():
    check = verify._TreeCheck(TREE, None)
    check.assemble(1, iter([(5, [0, 0, HASH])]))
    note = Checkpoint(f"livcr.test/{TREE}", 2, from_base64(HASH), MOMENT).sign(SIGNER)
    with pytest.raises(ExportInvalid, match="are for 1 leaves, its checkpoint for 2"):
        verify._sealed(9, {"tree": TREE, "checkpoint": note}, {TREE: check}, [SIGNER.verifier])
