"""Sealing under load: every committed line gets a leaf, once, without a gap, whoever was slow or died."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.kernel.database import engine_for, session_factory
from app.kernel.journal import sealer as sealer_module
from app.kernel.journal.leaf import hash_leaf
from app.kernel.journal.note import Checkpoint
from app.kernel.journal.sealer import NodeTable, Sealer, latest_checkpoint, sealed_leaves
from app.kernel.journal.store import About, Circumstance, Decided, append
from app.kernel.journal.tree import Tree, verify_consistency, verify_inclusion
from app.kernel.migrating import admin_engine, url_for

WRITERS, TURNS = 16, 12


class Writer:
    """Appends lines in transactions that end in every way they can."""

    def __init__(self, house):
        self.house = house
        self.actor = house.actor("mayor")
        self.engine = engine_for(url_for(house.process.addresses.main, "livcr_app"), pool=WRITERS)
        self.sessions = session_factory(self.engine)
        self.towns = list(house.cast.towns.values())

    def line(self, action="case.list"):
        return Decided(action, "allowed", "R14", "", [About(random.choice(self.towns))])  # noqa: S311

    def write(self, session, count=1, action="case.list"):
        session.info.update(actor=self.actor.person_id, mandate=self.actor.mandate_id, now=self.house.now)
        circumstance = Circumstance(self.actor, self.house.now, "test", uuid4())
        append(session, circumstance, [self.line(action) for _ in range(count)])

    def turn(self, chance):
        """One transaction: some lines, perhaps a savepoint undone, a pause, commit or rollback; gives lines kept."""
        with self.sessions() as session:
            kept = chance.randrange(1, 4)
            self.write(session, kept)
            time.sleep(chance.random() * 0.02)
            if chance.random() < 0.5:
                with session.begin_nested() as nested:
                    self.write(session, 2, "case.open")
                    if chance.random() < 0.5:
                        nested.rollback()
                    else:
                        kept += 2
            time.sleep(chance.random() * 0.03)
            if chance.random() < 0.25:
                session.rollback()
                return 0
            session.commit()
            return kept


@pytest.fixture
def writer(house):
    made = Writer(house)
    yield made
    made.engine.dispose()


def _everything_is_sealed_once(house):
    loose = house.sql(
        "SELECT count(*) FROM journal.entry e WHERE NOT EXISTS"
        " (SELECT 1 FROM journal.leaf l WHERE l.year = e.year AND l.entry_id = e.id)"
    )
    assert loose == [(0,)]
    assert house.sql("SELECT count(*) FROM journal.leaf") == house.sql("SELECT count(*) FROM journal.entry")
    assert house.sql("SELECT count(DISTINCT (year, entry_id)) FROM journal.leaf") == house.sql(
        "SELECT count(*) FROM journal.leaf"
    )
    for tree in house.sql("SELECT year, controller, size FROM journal.tree"):
        indexes = house.sql(
            "SELECT leaf_index FROM journal.leaf WHERE year = :y AND controller = :c ORDER BY leaf_index",
            y=tree.year, c=tree.controller,
        )  # fmt: skip
        assert [i for (i,) in indexes] == list(range(tree.size))


def _checkpoints_follow_from_each_other(house):
    verifier = house.installation.signer.verifier
    proved = 0
    with admin_engine(house.process.addresses.main).connect() as conn:
        for year, controller in conn.execute(text("SELECT year, controller FROM journal.tree")).all():
            nodes = NodeTable(conn, controller, year)
            rows = conn.execute(
                text(
                    "SELECT size, root, note FROM journal.checkpoint WHERE year = :y AND controller = :c ORDER BY size"
                ),
                {"y": year, "c": controller},
            ).all()
            reader = Tree(nodes, rows[-1].size)
            for older, newer in pairwise(rows):
                proof = reader.consistency(older.size, newer.size)
                assert verify_consistency(older.size, newer.size, older.root, newer.root, proof)
                assert not verify_consistency(older.size, newer.size, newer.root, older.root, proof)
                proved += 1
            for row in rows:
                checkpoint, _ = Checkpoint.open(row.note, [verifier])
                assert (checkpoint.size, checkpoint.root) == (row.size, bytes(row.root))
            last = rows[-1]
            for _, index, leaf in sealed_leaves(conn, controller, year, last.size, "true", {}):
                assert verify_inclusion(index, last.size, hash_leaf(leaf), reader.inclusion(index), last.root)
    return proved


def test_sixteen_writers_with_delays_rollbacks_and_savepoints_leave_no_gap_and_no_duplicate(house, writer):
    house.installation.sealer.seal_all()
    before = house.sql("SELECT count(*) FROM journal.entry")[0][0]
    over = threading.Event()

    def seal():
        sealed = 0
        while not over.is_set():
            sealed += max(house.installation.sealer.round(), 0)
        return sealed

    def write(number):
        chance = random.Random(number)  # noqa: S311
        return sum(writer.turn(chance) for _ in range(TURNS))

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        sealing = pool.submit(seal)
        written = sum(pool.map(write, range(WRITERS)))
        over.set()
        meanwhile = sealing.result()
    assert 0 < meanwhile <= written
    house.installation.sealer.seal_all()
    assert house.sql("SELECT count(*) FROM journal.entry")[0][0] == before + written
    _everything_is_sealed_once(house)
    assert _checkpoints_follow_from_each_other(house) > 3


def test_a_slow_transaction_delays_its_own_lines_and_is_not_passed_over(house, writer):
    house.installation.sealer.seal_all()
    with writer.sessions() as slow, writer.sessions() as quick:
        writer.write(slow, 1, "case.close")
        writer.write(quick, 1, "case.open")
        quick.commit()
        assert house.installation.sealer.seal_all() == 1
        writer.write(quick, 1, "case.open")
        quick.commit()
        assert house.installation.sealer.seal_all() == 1
        slow.commit()
    assert house.installation.sealer.seal_all() == 1
    _everything_is_sealed_once(house)


def test_what_was_committed_before_the_sealer_died_is_sealed_by_the_next(house, writer, monkeypatch):
    house.installation.sealer.seal_all()
    state = (
        house.sql("SELECT * FROM journal.tree ORDER BY year, controller"),
        house.sql("SELECT * FROM journal.seal_state"),
    )
    with writer.sessions() as session:
        writer.write(session, 5)
        session.commit()

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "sign", die)
    with pytest.raises(KeyboardInterrupt):
        house.installation.sealer.seal_all()
    monkeypatch.undo()
    assert state == (
        house.sql("SELECT * FROM journal.tree ORDER BY year, controller"),
        house.sql("SELECT * FROM journal.seal_state"),
    )
    fresh = Sealer(house.process.databases.sealer, house.installation.signer, "another")
    assert fresh.seal_all() == 5
    assert fresh.seal_all() == 0
    _everything_is_sealed_once(house)


def test_more_lines_than_a_batch_are_sealed_in_one_go(house, writer, monkeypatch):
    monkeypatch.setattr(sealer_module, "_BATCH", 7)
    with writer.sessions() as session:
        writer.write(session, 40)
        session.commit()
    assert house.installation.sealer.seal_all() >= 40
    _everything_is_sealed_once(house)
    assert _checkpoints_follow_from_each_other(house) >= 3


def test_only_one_sealer_works_at_a_time(house, writer):
    with writer.sessions() as session:
        writer.write(session, 3)
        session.commit()
    with house.process.databases.sealer.begin() as conn:
        assert conn.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext('livcr sealer'))"))
        assert house.installation.sealer.round() == -1
    assert house.installation.sealer.round() >= 3


def test_in_another_cluster_the_floor_begins_again(house, writer):
    house.installation.sealer.seal_all()
    with writer.sessions() as session:
        writer.write(session, 2)
        session.commit()
    house.sql("UPDATE journal.seal_state SET floor = '9000000000000000000'")
    assert (
        house.installation.sealer.seal_all() == 0
    )  # what a restored floor would do in a cluster that counts anew
    house.sql("UPDATE journal.seal_state SET floor = '9000000000000000000', cluster = 1")
    assert house.installation.sealer.seal_all() == 2
    ((cluster, same),) = house.sql(
        "SELECT cluster, cluster = (SELECT system_identifier FROM pg_control_system()) FROM journal.seal_state"
    )
    assert same, cluster
    _everything_is_sealed_once(house)


def test_each_municipality_and_year_has_a_tree_of_its_own(house, writer):
    with writer.sessions() as session:
        writer.write(session, 20)
        session.commit()
    house.later(days=365)
    with writer.sessions() as session:
        writer.write(session, 20)
        session.commit()
    house.installation.sealer.seal_all()
    trees = {tuple(t) for t in house.sql("SELECT year, controller FROM journal.tree")}
    assert {(y, c) for y, c in trees if y == 2027} == {(2027, town) for town in writer.towns}
    with house.process.databases.sealer.connect() as conn:
        for year, controller in trees:
            note = latest_checkpoint(conn, controller, year).note
            assert note.splitlines()[0].endswith(f"/{controller}/{year}")
        assert latest_checkpoint(conn, UUID(int=7), 2026) is None


def test_an_empty_tree_has_a_signed_note_too(house):
    note = house.installation.sealer.empty_note(house.cast.towns["C"], 2031)
    checkpoint, _ = Checkpoint.open(note, [house.installation.signer.verifier])
    assert checkpoint.size == 0


def test_a_node_that_is_not_there_is_an_error_and_never_a_guess(house):
    house.installation.sealer.seal_all()
    with house.process.databases.sealer.connect() as conn:
        nodes = NodeTable(conn, house.cast.towns["C"], 2026)
        assert nodes.get_many([]) == []
        assert len(nodes.get(0, 0)) == 32
        with pytest.raises(KeyError):
            nodes.get(0, 10_000)
