"""Whoever owns the database can change everything in it: each way is found, and said where (R106)."""

from __future__ import annotations

import pytest

from app.kernel.installing import console_work
from app.kernel.journal.leaf import hash_leaf
from app.kernel.journal.note import Checkpoint
from app.kernel.journal.sealer import Sealer, leaf_of
from app.oversight.checking import check_journal
from app.oversight.commands import CheckJournal
from app.rules.facts import Actor
from app.rules.roles import Role
from tests.witnesscraft import seeded


@pytest.fixture
def town(house, played, play_again):
    house.installation.sealer.seal_all()
    play_again()
    house.installation.sealer.seal_all()
    return house.cast.towns["C"]


def check(house, *kept, verifiers=None):
    with console_work(house.process, Actor(role=Role.ROBOT)) as unit:
        found = check_journal(
            unit, CheckJournal.of(kept=list(kept)), verifiers or [house.installation.signer.verifier]
        )
    return found.fine, "\n".join(found.sentences)


def owner(house, *statements, **values):
    """Do as whoever owns the database does, triggers and all."""
    house.sql("ALTER TABLE journal.entry DISABLE TRIGGER stays")
    for each in statements:
        house.sql(each, **{name: value for name, value in values.items() if f":{name}" in each})
    house.sql("ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER stays")


def note_of(house, town):
    return house.sql(
        "SELECT note FROM journal.checkpoint WHERE controller = :c ORDER BY size DESC LIMIT 1", c=town
    )[0][0]


def sign_anew(house):
    """Forget the trees, and have the real sealer with the real key sign what is there now."""
    for table in ("leaf", "node", "tree", "checkpoint"):
        house.sql(f"DELETE FROM journal.{table}")
    house.sql("UPDATE journal.seal_state SET floor = '0'")
    house.installation.sealer.seal_all()


def test_a_log_as_it_was_is_whole_and_a_kept_checkpoint_fits(house, town, played):
    fine, said = check(house, note_of(house, town))
    assert fine, said
    assert f"{town}/2026: " in said
    assert said.count("whole") == house.sql("SELECT count(*) FROM journal.tree")[0][0]
    line = house.sql("SELECT role, rule, channel FROM journal.entry WHERE action = 'journal.check'")
    assert [tuple(each) for each in line] == [("robot", "R106", "cli")]


E = "SELECT entry_id FROM journal.leaf WHERE controller = :c AND leaf_index = "


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([f"UPDATE journal.entry SET reason = 'x' WHERE id = ({E}4)"], ["Line 4 (", "was altered"]),
        ([f"UPDATE journal.entry SET reason = 'a,b' WHERE id = ({E}4)"], ["Line 4 (", "was altered", "reason"]),
        ([f"DELETE FROM journal.entry WHERE id = ({E}4)"], ["line of leaf 4 is missing"]),
        (["DELETE FROM journal.leaf WHERE controller = :c AND leaf_index = 4"], ["Leaf 4 is missing", "dropped"]),
        (
            ["DELETE FROM journal.leaf WHERE controller = :c AND leaf_index = 4",
             "UPDATE journal.leaf SET leaf_index = leaf_index - 100000 WHERE controller = :c AND leaf_index > 4",
             "UPDATE journal.leaf SET leaf_index = leaf_index + 99999 WHERE controller = :c AND leaf_index < 0"],
            ["Line 4", "line 4 was dropped"],
        ),
        (
            ["UPDATE journal.leaf SET leaf_index = -1 WHERE controller = :c AND leaf_index = 3",
             "UPDATE journal.leaf SET leaf_index = 3 WHERE controller = :c AND leaf_index = 4",
             "UPDATE journal.leaf SET leaf_index = 4 WHERE controller = :c AND leaf_index = -1"],
            ["Line 3", "reordered"],
        ),
        (
            ["UPDATE journal.leaf SET leaf_index = -1 WHERE controller = :c AND leaf_index = 3",
             "UPDATE journal.leaf SET leaf_index = 3 WHERE controller = :c AND leaf_index = 9",
             "UPDATE journal.leaf SET leaf_index = 9 WHERE controller = :c AND leaf_index = -1"],
            ["Line 3", "sealed as line 9"],
        ),
        (["DELETE FROM journal.node WHERE controller = :c AND level = 0 AND node_index = 2"], ["Line 2", "no node"]),
        (["DELETE FROM journal.node WHERE controller = :c AND level = 1 AND node_index = 2"], ["Node (1, 2) is missing"]),
        (["UPDATE journal.node SET hash = '\\x00' WHERE controller = :c AND level = 2 AND node_index = 0"], ["Node 2, 0"]),
        (["UPDATE journal.tree SET size = size - 1 WHERE controller = :c"], ["end was cut off"]),
        (["UPDATE journal.checkpoint SET root = '\\x00' WHERE controller = :c"], ["not what its note says"]),
        (["UPDATE journal.checkpoint SET size = size - 1 WHERE controller = :c"], ["not what its note says"]),
        (["UPDATE journal.checkpoint SET note = replace(note, 'time 2', 'time 1') WHERE controller = :c"], ["does not hold"]),
        (["UPDATE journal.checkpoint SET at = at - interval '1 day' WHERE controller = :c"], ["recorded after it was sealed"]),
        (
            ["DELETE FROM journal.leaf WHERE controller = :c AND leaf_index > 4",
             "UPDATE journal.tree SET size = 5 WHERE controller = :c"],
            ["says", "cut off"],
        ),
        (["DELETE FROM journal.leaf WHERE controller = :c AND leaf_index > 4", "DELETE FROM journal.tree"], ["never sealed"]),
    ],
)  # fmt: skip
def test_each_way_of_changing_it_is_found_and_said_where(house, town, statements, words):
    owner(house, *statements, c=town)
    fine, said = check(house)
    assert not fine
    for word in words:
        assert word in said, said


def test_a_line_put_in_between_is_found(house, town):
    owner(
        house,
        "UPDATE journal.leaf SET leaf_index = -1 - leaf_index WHERE controller = :c AND leaf_index >= 4",
        "UPDATE journal.leaf SET leaf_index = -leaf_index WHERE controller = :c AND leaf_index < 0",
        "INSERT INTO journal.entry (year, controller, at, role, action, outcome, rule, legal_basis, reason, object_type,"
        " processing, channel, recipients, trace_id, break_glass) VALUES (2026, :c, '2026-03-02 09:00Z', 'mayor',"
        " 'case.list', 'allowed', 'R14', '', '', 'case', 'case', 'test', '', gen_random_uuid(), false)",
        "INSERT INTO journal.leaf SELECT 2026, controller, 4, id FROM journal.entry ORDER BY id DESC LIMIT 1",
        c=town,
    )
    fine, said = check(house)
    assert not fine
    assert "Line 4" in said
    assert "was inserted" in said


def test_a_line_dated_back_and_sealed_by_the_real_sealer_is_found(house, town):
    owner(
        house,
        "INSERT INTO journal.entry (year, controller, at, recorded_at, role, action, outcome, rule, legal_basis, reason,"
        " object_type, processing, channel, recipients, trace_id, break_glass) VALUES (2026, :c, '2026-03-02 09:00Z',"
        " now() - interval '3 days', 'mayor', 'case.list', 'allowed', 'R14', '', '', 'case', 'case', 'test', '',"
        " gen_random_uuid(), false)",
        c=town,
    )
    house.installation.sealer.seal_all()
    fine, said = check(house)
    assert not fine
    assert "dated back" in said


def test_a_line_that_the_sealer_will_never_look_at_is_found(house, town):
    owner(
        house,
        "INSERT INTO journal.entry (year, xid, controller, at, role, action, outcome, rule, legal_basis, reason, object_type,"
        " processing, channel, recipients, trace_id, break_glass) VALUES (2026, '3', :c, '2026-03-02 09:00Z', 'mayor',"
        " 'case.list', 'allowed', 'R14', '', '', 'case', 'case', 'test', '', gen_random_uuid(), false)",
        c=town,
    )
    fine, said = check(house)
    assert not fine
    assert "1 lines were never sealed" in said


def test_everything_signed_anew_with_the_real_key_is_found_by_what_was_kept_elsewhere(house, town):
    notes = [
        row.note
        for row in house.sql(
            "SELECT note FROM journal.checkpoint WHERE controller = :c ORDER BY size", c=town
        )
    ]
    assert len(notes) > 1
    last = Checkpoint.open(notes[-1], [house.installation.signer.verifier])[0].size
    owner(house, f"UPDATE journal.entry SET reason = 'x' WHERE id = ({E}{last - 1})", c=town)
    sign_anew(house)
    assert check(house)[0]  # in itself it is whole
    fine, said = check(house, *notes)
    assert not fine
    assert "rewritten and signed anew, between line" in said


def test_a_log_cut_back_is_found_by_what_was_kept_elsewhere(house, town):
    note = note_of(house, town)
    owner(house, "DELETE FROM journal.entry WHERE controller = :c AND action = 'registration.read'", c=town)
    sign_anew(house)
    fine, said = check(house, note)
    assert not fine
    assert "CUT BACK" in said or "rewritten" in said
    owner(house, "DELETE FROM journal.entry WHERE controller = :c", c=town)
    sign_anew(house)
    fine, said = check(house, note)
    assert not fine
    assert "it was removed" in said


def test_what_another_key_signed_is_found(house, town):
    from app.kernel.journal.note import Signer

    forger = Signer(house.installation.signer.name, seeded("forger"))
    for table in ("leaf", "node", "tree", "checkpoint"):
        house.sql(f"DELETE FROM journal.{table}")
    house.sql("UPDATE journal.seal_state SET floor = '0'")
    Sealer(house.process.databases.sealer, forger, house.installation.installation_id.hex[:12]).seal_all()
    fine, said = check(house)
    assert not fine
    assert "another one" in said


def test_a_kept_checkpoint_of_somebody_else_cannot_be_used(house, town):
    fine, said = check(house, "no note", verifiers=None)
    assert not fine
    assert "cannot be used" in said


def test_more_lines_than_a_batch_are_recomputed_all_the_same(house, town, monkeypatch):
    from app.oversight import checking

    monkeypatch.setattr(checking, "_BATCH", 3)
    assert check(house)[0]
    row = house.sql(f"SELECT * FROM journal.entry WHERE id = ({E}7)", c=town)[0]
    assert len(hash_leaf(leaf_of(row))) == 32
