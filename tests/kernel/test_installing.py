"""Putting a process together: which kind of database it is, under which roles it connects, sealing in the background."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.directory.actors import recognise
from app.kernel.clock import SystemClock
from app.kernel.database import say_who
from app.kernel.installing import Addresses, Periodically, assemble, databases_running, mark, migrate, reset
from app.kernel.migrating import Unreachable, admin_engine, role_password, upgrade, url_for
from app.kernel.settings import Settings


@pytest.fixture
def pair(databases):
    name = f"livcr_i_{uuid4().hex[:10]}"
    yield databases.create(name)
    databases.drop(name)


def test_a_database_says_once_what_it_is(pair):
    migrate(pair)
    assert mark(pair, "demo") == "demo"
    assert mark(pair, "production") == "demo"


def test_a_process_connects_under_the_role_that_may_do_what_it_is_for(pair, databases, tmp_path):
    migrate(pair)
    mark(pair, "production")
    process = assemble(pair, Settings(LIVCR_DATA=tmp_path, data=tmp_path), recognise)
    try:
        roles = {}
        for name in ("app", "keys", "retention", "sealer", "keys_retention", "keys_keeper"):
            with getattr(process.databases, name).connect() as conn:
                roles[name] = conn.scalar(text("SELECT current_user"))
        assert roles == {
            "app": "livcr_app", "keys": "livcr_app", "retention": "livcr_retention", "sealer": "livcr_sealer",
            "keys_retention": "livcr_retention", "keys_keeper": "livcr_keeper",
        }  # fmt: skip
        assert process.installation.demo is False
        assert isinstance(process.installation.clock, SystemClock)
        assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
        assert {
            p.stat().st_mode & 0o777 for p in (tmp_path / "secrets").iterdir() if not p.name.endswith(".pub")
        } == {0o600}
    finally:
        process.databases.dispose()


def test_emptying_a_database_leaves_it_at_its_head_and_unmarked(pair):
    migrate(pair)
    mark(pair, "demo")
    reset(pair)
    with admin_engine(pair.main).connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM installation")) == 0
    assert mark(pair, "production") == "production"


def test_real_addresses_are_used_as_they_are(tmp_path):
    told = Settings(
        DATABASE_URL="postgresql://u@h/main", KEYS_DATABASE_URL="postgresql://u@h/keys", LIVCR_DATA=tmp_path
    )
    with databases_running(told) as addresses:
        assert addresses == Addresses("postgresql://u@h/main", "postgresql://u@h/keys")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(tmp_path):
    with pytest.raises(Unreachable) as told:
        upgrade("postgresql://u:geheim@127.0.0.1:1/nowhere", "main")
    said = str(told.value)
    assert said.startswith("The database cannot be reached: ")
    assert "geheim" not in said
    assert "\n" not in said


def test_role_passwords_follow_from_the_administering_role_s_own():
    one = "postgresql://admin:geheim@db.example:5432/livcr?sslmode=require"
    assert role_password(one, "livcr_app") != role_password(one, "livcr_sealer")
    assert role_password(one, "livcr_app") == role_password(one.replace("/livcr?", "/other?"), "livcr_app")
    assert role_password("postgresql://admin@/livcr", "livcr_app") is None
    signed_in = url_for(one, "livcr_app")
    assert signed_in.startswith("postgresql://livcr_app:")
    assert signed_in.endswith("@db.example:5432/livcr?sslmode=require")
    assert "geheim" not in signed_in
    assert (
        url_for("postgresql://admin@/livcr?host=/run", "livcr_app")
        == "postgresql://livcr_app@/livcr?host=/run"
    )


def test_without_an_actor_the_database_shows_no_case_data(house):
    with house.process.databases.app.begin() as conn:
        for table in ("registration", "case_file", "statement", "meeting", "invitation", "certificate"):
            assert conn.scalar(text(f"SELECT count(*) FROM {table}")) == 0
        say_who(conn, None, None, datetime(2026, 3, 2, tzinfo=UTC))
        assert conn.scalar(text("SELECT count(*) FROM meeting")) == 0


def _until(claim, seconds=10):
    deadline = time.monotonic() + seconds
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_chore_goes_on_after_a_fault_and_stops_when_told():
    rounds = []

    def chore():
        rounds.append(1)
        if len(rounds) == 1:
            raise ConnectionError

    thread = Periodically("sealer", 0.01, chore)
    thread.start()
    _until(lambda: len(rounds) >= 3)
    thread.stop()
    assert not thread.is_alive()
    assert len(rounds) >= 3
    done = len(rounds)
    time.sleep(0.05)
    assert len(rounds) == done


def test_a_chore_done_at_once_does_not_wait_for_its_first_round():
    rounds = []
    thread = Periodically("sweep", 3600, lambda: rounds.append(1), at_once=True)
    thread.start()
    _until(lambda: rounds)
    thread.stop()
    assert rounds
    assert not thread.is_alive()
