"""Entries as the database writes them are the entries, in every form, portion by portion."""

from __future__ import annotations

import pytest

from app.kernel.journal.copying import sealed_rows
from app.kernel.journal.exportfile import ExportWriter
from app.kernel.journal.forms import FORMS
from app.kernel.journal.leaf import hash_leaf
from app.kernel.journal.sealer import NodeTable
from tests.exportcraft import MOMENT, signer, words, world


def _writer(form):
    return ExportWriter(form, export_id="x", chosen={}, created_at=MOMENT, signer=signer(), words=words())


def _row(number, leaf):
    return b"%d,%b\n" % (number, leaf.replace(b"\x1f", b","))


@pytest.mark.parametrize("form", FORMS)
def test_rows_give_the_bytes_that_leaves_give(form):
    leaves, seals = world()
    one, other = _writer(form), _writer(form)
    whole = [one.header(), *(one.leaf(*each) for each in leaves), *one.seal(seals)]
    portions = [[each for each in leaves if each[0] == seal.tree] for seal in seals]
    made = [other.header()]
    for portion in portions:
        for at in range(0, len(portion), 7):
            rows = [_row(n, leaf) for _, n, leaf in portion[at : at + 7]]
            made += [other.rows(portion[0][0], rows)]
    assert b"".join([*made, *other.seal(seals)]) == b"".join(whole)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row.replace(b",2024,", b",2025,"),
        lambda row: row.replace(b"police", b"po,lice"),
        lambda row: row.replace(b"police", b'po"ice'),
        lambda row: row.replace(b"police", b"po\\ice"),
        lambda row: row.replace(b"police", b"po\nice"),
    ],
)
def test_a_portion_that_is_not_of_its_tree_is_refused(spoil):
    tree, number, leaf = world()[0][1]
    row = _row(number, leaf)
    assert spoil(row) != row
    with pytest.raises(ValueError, match="not one of this tree"):
        _writer("csv").rows(tree, [spoil(row)])


def test_what_the_database_writes_is_what_was_sealed(house):
    """Also a line with everything in it: its hash is the one in the tree."""
    town, case = house.cast.towns["C"], house.cast.persons["mayor"]
    house.sql(
        "INSERT INTO journal.entry (year, controller, at, agency_id, role, acting_for, action, outcome, rule, legal_basis,"
        " reason, case_id, subject_id, object_type, object_id, processing, channel, recipients, trace_id, related_trace_id,"
        " break_glass) VALUES (2026, :c, '2026-03-29 01:30:00.000001+00', :x, 'coördinator', :x, 'case.read', 'allowed', 'R4',"
        " 'dpa.logging', 'why', :x, :x, 'case', :x, 'caseFile', 'api', 'ocad x', :x, :x, true)",
        c=town, x=case,
    )  # fmt: skip
    house.client("auditor").get("/api/v1/journalEntries")
    house.installation.sealer.seal_all()
    with house.process.databases.sealer.connect() as conn:
        size = conn.exec_driver_sql(
            "SELECT size FROM journal.tree WHERE controller = %s", (town,)
        ).scalar_one()
        rows = [row for part in sealed_rows(conn, town, 2026, size, "true", {}) for row in part]
        hashes = NodeTable(conn, town, 2026).get_many([(0, n) for n in range(size)])
        chosen = [
            r
            for part in sealed_rows(conn, town, 2026, size, "e.break_glass = :glass", {"glass": True})
            for r in part
        ]
    leaves = [row[:-1].partition(b",")[2].replace(b",", b"\x1f") for row in rows]
    assert [hash_leaf(leaf) for leaf in leaves] == hashes
    assert len(chosen) == 1
    assert chosen[0].endswith(b",true\n")


def test_portions_are_small_however_long_the_log_is(house, monkeypatch):
    monkeypatch.setattr("app.kernel.journal.copying.PORTION", 2)
    monkeypatch.setattr("app.kernel.journal.copying.SPAN", 3)
    for _ in range(4):
        house.client("auditor").get("/api/v1/journalEntries")
    house.installation.sealer.seal_all()
    town = house.cast.towns["C"]
    with house.process.databases.sealer.connect() as conn:
        size = conn.exec_driver_sql(
            "SELECT size FROM journal.tree WHERE controller = %s", (town,)
        ).scalar_one()
        for most in (size, size - 1):
            portions = list(sealed_rows(conn, town, 2026, most, "true", {}))
            assert sum(map(len, portions)) == most
            assert max(map(len, portions)) <= 2
