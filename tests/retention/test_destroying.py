"""Ordered, shredded, deleted, certified; a kill anywhere in between loses nothing and keeps nothing (R92, R93)."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.cases.sealing import LISTED_UNDER
from app.kernel.embedded import Cluster
from app.kernel.vault import Place, Shredded
from app.retention import sweeping
from app.retention.commands import DestroyCase, EraseRegistration
from app.retention.destroying import KeysRemain, NotYet, destroy_case, erase_registration
from app.retention.sweeping import ROBOT, Run, carry_out_case, resume, sweep_all
from app.rules.problems import Problem


class Killed(BaseException):
    """The process ends here."""


def _run(house):
    return Run(house.installation, ROBOT, house.now, "robot")


def _left_of(house, listed):
    """Count what still mentions the file in the main database, whatever the table."""
    marks = (listed.case_id, listed.registration_id, listed.registration_reference)
    tables = house.sql(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    found = {}
    for (table,) in tables:
        query = f"SELECT count(*) FROM {table} t WHERE t::text LIKE ANY (:marks)"
        ((count,),) = house.sql(query, marks=[f"%{mark}%" for mark in marks])
        if count:
            found[table] = count
    return found


def _finished(house, listed):
    assert _left_of(house, listed) == {}
    assert house.installation.vault.destroyed([listed.case_id, listed.registration_id]) == {
        listed.case_id,
        listed.registration_id,
    }
    assert house.sql("SELECT reference, kind FROM certificate") == [(listed.reference, "case")]


def _dump(house):
    program = Cluster.tool("pg_dump", house.installation.settings.postgres)
    url = house.process.addresses.main
    command = [str(program), url]
    return subprocess.run(command, check=True, capture_output=True, env=os.environ | {"LC_ALL": "C"}).stdout


def _sealed_values(house):
    """Give every sealed value of the file, with the place where it opens; documents have tests of their own."""
    found = []
    for table, column, row in house.sql(
        "SELECT b.table_name, b.column_name, CASE b.table_name WHEN 'listing' THEN 'case_id' ELSE 'id' END"
        " FROM information_schema.columns b"
        " WHERE b.table_schema = 'public' AND b.data_type = 'bytea' AND b.column_name <> 'digest'"
        " AND b.table_name NOT IN ('subject_mark', 'attachment_part')"
        " AND (b.table_name = 'case_file' OR EXISTS (SELECT FROM information_schema.columns c"
        " WHERE c.table_schema = 'public' AND c.table_name = b.table_name AND c.column_name = 'case_id'))"
        " AND b.table_name <> 'registration'"
    ):
        owner = "id" if table == "case_file" else "case_id"
        for value in house.sql(
            f"SELECT {owner} AS file, {row} AS row, {column} AS value FROM {table} WHERE {column} IS NOT NULL"
        ):
            place = Place(
                value.file,
                {"listing": LISTED_UNDER, "contribution": "statement"}.get(table, table),
                column,
                value.row,
            )
            found.append((place, bytes(value.value)))
    return found


def test_after_a_year_nothing_of_the_person_is_left_in_a_dump_nor_readable_with_keys(house, filled, acts):
    from app.kernel.sealed import Sealed

    older = _sealed_values(house)
    assert len(older) >= 10
    for place, value in older:
        assert acts.MARK in house.installation.vault.within(house.cast.towns.values()).unseal(
            place, Sealed(value)
        )
    before = _dump(house)
    assert acts.MARK.encode() not in before
    assert filled.registration_reference.encode() in before
    acts.on(house, 2027, 3, 2)
    assert sweep_all(house.installation).destroyed == 1
    _finished(house, filled)
    after = _dump(house)
    assert len(after) > 10_000
    for mark in (acts.MARK, filled.registration_reference):
        assert mark.encode() not in after
    for place, value in older:  # what an old backup still holds opens for nobody
        assert value.hex().encode() in before
        assert value.hex().encode() not in after
        with pytest.raises(Shredded):
            house.installation.vault.within(house.cast.towns.values()).unseal(place, Sealed(value))
    assert house.sql("SELECT count(*) FROM case_file") == house.sql("SELECT count(*) FROM notice") == [(0,)]


def test_a_certificate_says_what_went_and_nothing_of_whom(house, filled, acts):
    acts.on(house, 2027, 3, 2)
    sweep_all(house.installation)
    ((counts, ground, executor, listed_on, due_on),) = house.sql(
        "SELECT counts, ground, executor, listed_on, due_on FROM certificate"
    )
    assert counts == {
        "case_file": 1, "listing": 1, "statement": 3, "trajectory": 1, "action_item": 1, "agenda_item": 1, "attendance": 4,
        "minutes_item": 1, "registration": 1, "subject_mark": 1,
    }  # fmt: skip
    assert (ground, executor) == ("caseData", "robot")
    assert (listed_on.isoformat(), due_on.isoformat()) == ("2026-03-02", "2027-03-02")
    assert acts.MARK not in str(house.sql("SELECT c::text FROM certificate c"))


def test_neither_the_robot_nor_the_dpo_can_destroy_before_the_day(house, listed, acts):
    acts.on(house, 2027, 3, 1)
    with pytest.raises(Problem) as refused, _run(house).step() as unit:
        destroy_case(unit, DestroyCase.of(case_ids=[listed.case_id], step="order"))
    assert (refused.value.kind.status, refused.value.rule) == (409, "R86")
    assert house.sql("SELECT state, shred_ordered_at FROM case_file") == [("listed", None)]
    assert house.installation.vault.destroyed([listed.case_id]) == set()


def test_rows_do_not_go_before_their_keys(house, listed, acts):
    acts.on(house, 2027, 3, 2)
    with pytest.raises(KeysRemain), _run(house).step() as unit:
        destroy_case(unit, DestroyCase.of(case_ids=[listed.case_id], step="finish"))
    assert house.sql("SELECT count(*) FROM case_file") == [(1,)]


def test_from_the_order_on_the_file_is_there_for_nobody(house, listed, acts):
    acts.on(house, 2027, 3, 2)
    with _run(house).step() as unit:
        destroy_case(unit, DestroyCase.of(case_ids=[listed.case_id], step="order"))
    mayor = house.client("mayor")
    assert (
        mayor.get(f"/api/v1/cases/{listed.case_id}", params={"reason": "retentionReview"}).status_code == 404
    )
    assert mayor.get(f"/api/v1/registrations/{listed.registration_id}").status_code == 404
    assert house.client("dpo").get("/api/v1/retention/upcoming").json()["items"] == []


@pytest.mark.parametrize(
    "moment", ["after the order", "between the keys", "after the keys", "before the commit"]
)
def test_a_kill_at_any_moment_is_finished_at_the_next_start(house, filled, acts, monkeypatch, moment):
    acts.on(house, 2027, 3, 2)
    vault, real_shred, real_destroy = house.installation.vault, house.installation.vault.shred, destroy_case

    def shred(*file_ids):
        if moment == "after the order":
            raise Killed
        real_shred(*(file_ids[:1] if moment == "between the keys" else file_ids))
        if moment == "between the keys":
            raise Killed

    def destroy(unit, command):
        if command.step == "finish" and moment == "after the keys":
            raise Killed
        answer = real_destroy(unit, command)
        if command.step == "finish":
            unit.session.flush()
            raise Killed
        return answer

    monkeypatch.setattr(vault, "shred", shred)
    if moment in {"after the keys", "before the commit"}:
        monkeypatch.setattr(sweeping, "destroy_case", destroy)
    with pytest.raises(Killed):
        carry_out_case(_run(house), filled.case_id)
    monkeypatch.undo()
    assert house.sql("SELECT state FROM case_file") == [("destroyed",)]
    assert house.sql("SELECT count(*) FROM certificate") == [(0,)]
    assert resume(house.installation).destroyed == 1
    _finished(house, filled)
    assert resume(house.installation).destroyed == 0
    reasons = [
        r for (r,) in house.sql("SELECT reason FROM journal.entry WHERE action = 'case.destroy' ORDER BY id")
    ]
    assert reasons == ["ordered", "resumed", "destroyed"]


def test_a_main_database_restored_from_an_older_copy_is_cleaned(house, filled, acts, databases):
    name = house.process.addresses.main.partition("?")[0].rpartition("/")[2]
    house.process.databases.dispose()
    main = databases.maintenance[0]
    main.execute(text(f'CREATE DATABASE "{name}_old" TEMPLATE "{name}"'))
    acts.on(house, 2027, 3, 2)
    sweep_all(house.installation)
    _finished(house, filled)
    house.process.databases.dispose()
    main.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    main.execute(text(f'ALTER DATABASE "{name}_old" RENAME TO "{name}"'))
    house._clients.clear()
    assert house.sql("SELECT state FROM case_file") == [("listed",)]
    assert resume(house.installation).destroyed == 1
    _finished(house, filled)


def test_an_undecided_registration_goes_after_90_days_and_leaves_a_count(house, acts):
    brought = acts.submit(house)
    acts.on(house, 2026, 5, 30)
    assert sweep_all(house.installation).erased == 0
    acts.on(house, 2026, 5, 31)
    assert sweep_all(house.installation).erased == 1
    assert (
        house.sql("SELECT count(*) FROM registration")
        == house.sql("SELECT count(*) FROM idempotency")
        == [(0,)]
    )
    ((kind, counts, ground, reference),) = house.sql(
        "SELECT kind, counts, ground, reference FROM certificate"
    )
    assert (kind, counts, ground) == ("registration", {"registration": 1}, "registrationUndecided")
    assert reference != brought["reference"]
    assert brought["reference"].encode() not in _dump(house)
    assert house.client("participant").get(brought["self"]).status_code == 404
    lines = house.sql("SELECT reason FROM journal.entry WHERE action = 'registration.erase' ORDER BY id")
    assert lines == [("ordered",), ("destroyed",)]


def test_a_registration_not_listed_goes_30_days_after_the_decision(house, acts):
    brought = acts.submit(house)
    acts.decide(house, brought["self"], "notListed")
    acts.on(house, 2026, 3, 31)
    with pytest.raises(Problem) as refused, _run(house).step() as unit:
        erase_registration(
            unit, EraseRegistration.of(registration_id=brought["registrationId"], step="order")
        )
    assert refused.value.kind.status == 409
    acts.on(house, 2026, 4, 1)
    assert sweep_all(house.installation).erased == 1
    assert house.sql("SELECT ground FROM certificate") == [("registrationNotListed",)]


def test_an_interrupted_erasure_is_finished_at_the_next_start(house, acts, monkeypatch):
    acts.submit(house)
    acts.on(house, 2026, 5, 31)

    def kill(file_id):
        raise Killed

    monkeypatch.setattr(house.installation.vault, "shred", kill)
    with pytest.raises(Killed):
        sweep_all(house.installation)
    monkeypatch.undo()
    assert house.sql("SELECT state FROM registration") == [("erased",)]
    assert resume(house.installation).erased == 1
    assert house.sql("SELECT count(*) FROM registration") == [(0,)]


def test_what_is_known_of_keyed_requests_goes_with_the_file_and_after_a_day(house, acts):
    acts.submit(house)
    ((location,),) = house.sql("SELECT location FROM idempotency")
    assert house.sql("SELECT id::text FROM registration") == [(location.rsplit("/", 1)[1],)]
    house.client("participant").post("/api/v1/registrations", json={}, headers={"Idempotency-Key": "another"})
    house.sql("UPDATE registration SET due_on = '2026-03-02'")
    house.sql(
        "INSERT INTO idempotency (person_id, mandate_id, key, request_hash, at)"
        " VALUES (:p, :m, 'running', '\\x00', :now), (:p, :m, 'over', '\\x00', :then)",
        p=house.cast.persons["school"],
        m=house.cast.mandates["school"],
        now=house.now,
        then=house.now - timedelta(days=1, seconds=1),
    )
    assert sweep_all(house.installation).erased == 1
    assert house.sql("SELECT key FROM idempotency") == [("running",)]


def test_the_application_itself_cannot_delete_a_file(house, listed):
    from sqlalchemy.exc import ProgrammingError

    for table in ("case_file", "listing", "registration", "certificate", "statement"):
        with (
            house.installation.sessions() as session,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            session.execute(text(f"DELETE FROM {table}"))


def test_the_database_itself_holds_on_to_a_file_until_it_is_ordered_and_its_day_has_come(house, listed, acts):
    def attempt():
        with house.installation.retention_sessions() as session:
            session.info["now"] = house.now
            gone = [
                session.execute(text(f"DELETE FROM {table}")).rowcount
                for table in ("listing", "case_file", "registration")
            ]
            session.rollback()
            return gone

    acts.on(house, 2027, 3, 2)
    assert attempt() == [0, 0, 0]
    with _run(house).step() as unit:
        destroy_case(unit, DestroyCase.of(case_ids=[listed.case_id], step="order"))
    assert attempt() == [1, 1, 1]
    acts.on(house, 2027, 3, 1)
    assert attempt()[:2] == [0, 0]
    house.installation.vault.shred(listed.case_id)
    house.installation.vault.shred(listed.registration_id)
    with pytest.raises(NotYet), _run(house).step() as unit:
        destroy_case(unit, DestroyCase.of(case_ids=[listed.case_id], step="finish"))
    assert house.sql("SELECT count(*) FROM case_file") == [(1,)]


def test_two_sweeps_at_once_destroy_each_file_once(house, filled, acts):
    acts.submit(house, "C", "school")
    acts.on(house, 2027, 3, 2)
    with ThreadPoolExecutor(2) as pool:
        swept = list(pool.map(lambda _: sweep_all(house.installation), range(2)))
    assert sum(each.left for each in swept) == 0
    assert sorted(house.sql("SELECT kind FROM certificate")) == [("case",), ("registration",)]
    assert (
        house.sql("SELECT count(*) FROM case_file")
        == house.sql("SELECT count(*) FROM registration")
        == [(0,)]
    )
