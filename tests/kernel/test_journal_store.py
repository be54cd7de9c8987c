"""The log in the database: append-only for everybody, and the database itself says who acted (R105)."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.journal.store import About, Circumstance, Decided, append
from app.kernel.migrating import admin_engine
from app.rules.facts import Actor

CHANGES = (
    "UPDATE journal.entry SET outcome = 'refused'",
    "DELETE FROM journal.entry",
    "TRUNCATE journal.entry",
    "TRUNCATE journal.entry_2026",
    "UPDATE journal.entry_2026 SET at = now()",
    "DELETE FROM journal.entry_2026",
)
SEALED = (
    "UPDATE journal.leaf SET leaf_index = leaf_index + 1",
    "DELETE FROM journal.leaf",
    "UPDATE journal.node SET hash = '\\x00'",
    "DELETE FROM journal.checkpoint",
    "UPDATE journal.checkpoint SET note = ''",
)


def _line(house, action="case.list", town="C"):
    return Decided(action, "allowed", "R14", "flemishDecree.controller", [About(house.cast.towns[town])])


def _append(house, *lines, name="mayor", at=None):
    actor = house.actor(name)
    with house.installation.sessions() as session:
        session.info.update(actor=actor.person_id, mandate=actor.mandate_id, now=house.now)
        append(session, Circumstance(actor, at or house.now, "test", uuid4()), list(lines))
        session.commit()


def _refused(house, role, statement):
    engines = house.process.databases
    engine = {
        "livcr_app": engines.app,
        "livcr_retention": engines.retention,
        "livcr_sealer": engines.sealer,
    }.get(role)
    with (engine or admin_engine(house.process.addresses.main)).connect() as conn:
        if engine is None:
            conn.execute(text(f"SET ROLE {role}"))
        with pytest.raises(DBAPIError) as fault:
            conn.execute(text(statement))
    return fault.value.orig.sqlstate


@pytest.mark.parametrize(
    "role", ["livcr_app", "livcr_retention", "livcr_sealer", "livcr_owner", "livcr_ledger"]
)
def test_no_role_can_change_or_remove_a_line(house, role):
    _append(house, _line(house))
    before = house.sql("SELECT * FROM journal.entry ORDER BY id")
    for statement in CHANGES:
        assert _refused(house, role, statement) == "42501", statement
    assert house.sql("SELECT * FROM journal.entry ORDER BY id") == before


def test_not_even_the_superuser_does_it_by_mistake(house):
    _append(house, _line(house))
    for statement in CHANGES:
        with pytest.raises(DBAPIError, match="append-only"):
            house.sql(statement)


@pytest.mark.parametrize("role", ["livcr_app", "livcr_retention", "livcr_sealer", "livcr_owner"])
def test_no_role_can_change_what_was_sealed(house, role):
    _append(house, _line(house))
    house.installation.sealer.seal_all()
    for statement in SEALED:
        assert _refused(house, role, statement) == "42501", statement


@pytest.mark.parametrize("column", ["id", "entry_id", "xid", "recorded_at", "actor_id", "mandate_id"])
def test_the_application_cannot_say_itself_who_acted_or_when_it_was_recorded(house, column):
    value = {"id": "1", "xid": "'5'", "recorded_at": "now()"}.get(column, "gen_random_uuid()")
    statement = (
        f"INSERT INTO journal.entry ({column}, year, controller, at, role, action, outcome, rule, legal_basis,"
        " reason, object_type, processing, channel, recipients, trace_id, break_glass)"
        f" OVERRIDING SYSTEM VALUE VALUES ({value}, 2026, gen_random_uuid(), now(),"
        "'', '', '', '', '', '', '', '', '', '', gen_random_uuid(), false)"
    )
    for role in ("livcr_app", "livcr_retention"):
        assert _refused(house, role, statement) == "42501"


def test_who_acted_comes_from_the_setting_of_the_transaction(house):
    forged = Actor(person_id=uuid4(), mandate_id=uuid4())
    mayor = house.actor("mayor")
    with house.installation.sessions() as session:
        session.info.update(actor=mayor.person_id, mandate=mayor.mandate_id, now=house.now)
        append(session, Circumstance(forged, house.now, "test", uuid4()), [_line(house, "case.open")])
        session.commit()
    assert house.sql("SELECT actor_id, mandate_id FROM journal.entry WHERE action = 'case.open'") == [
        (mayor.person_id, mayor.mandate_id)
    ]


def test_a_line_belongs_to_the_year_of_its_day_in_brussels(house):
    _append(house, _line(house, "case.open"), at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert house.sql("SELECT year FROM journal.entry WHERE action = 'case.open'") == [(2027,)]


def test_a_work_undone_leaves_no_line_and_a_refusal_only_its_own(house):
    from app.rules.actions import Action
    from app.rules.problems import Problem

    before = house.sql("SELECT count(*) FROM journal.entry")[0][0]
    with pytest.raises(ZeroDivisionError), house.work("mayor") as unit:
        unit.allow(Action.CASE_LIST, unit.facts(standing=5), About())
        raise ZeroDivisionError
    assert house.sql("SELECT count(*) FROM journal.entry")[0][0] == before
    with pytest.raises(Problem), house.work("mayor") as unit:
        unit.allow(Action.CASE_LIST, unit.facts(standing=5), About(house.cast.towns["C"]))
        unit.allow(Action.JOURNAL_LIST, unit.facts(standing=5), About(house.cast.towns["C"]))
    rows = house.sql("SELECT action, outcome FROM journal.entry ORDER BY id DESC LIMIT 1")
    assert [tuple(r) for r in rows] == [("journal.list", "refused")]
    assert house.sql("SELECT count(*) FROM journal.entry")[0][0] == before + 1


@pytest.mark.parametrize(
    ("name", "town", "count"),
    [("auditor", "C", 1), ("dpo", "C", 1), ("zoneAuditorE", "C", 0), ("zoneAuditorE", "E", 1), ("zoneDpoD", "E", 0),
     ("mayor", "C", 0), ("coordinator", "C", 0), ("administrator", "C", 0), ("participant", "C", 0)],
)  # fmt: skip
def test_only_the_auditor_and_the_dpo_of_a_municipality_are_shown_its_lines(house, name, town, count):
    _append(house, _line(house, "case.monitor", town))
    actor = house.actor(name)
    with house.installation.sessions() as session:
        session.info.update(actor=actor.person_id, mandate=actor.mandate_id, now=house.now)
        assert (
            session.scalar(text("SELECT count(*) FROM journal.entry WHERE action = 'case.monitor'")) == count
        )


def test_without_an_actor_or_with_somebody_elses_mandate_no_line_is_shown(house):
    _append(house, _line(house))
    auditor = house.actor("auditor")
    for actor, mandate in ((None, None), (auditor.person_id, None), (house.cast.persons["mayor"], auditor.mandate_id),
                           (UUID(int=0), auditor.mandate_id)):  # fmt: skip
        with house.installation.sessions() as session:
            session.info.update(actor=actor, mandate=mandate, now=house.now)
            assert session.scalar(text("SELECT count(*) FROM journal.entry")) == 0


def test_the_retention_role_appends_but_reads_nothing(house):
    assert _refused(house, "livcr_retention", "SELECT * FROM journal.entry") == "42501"


_RAW = (
    "INSERT INTO journal.entry (year, controller, at, role, action, outcome, rule, legal_basis, reason, object_type,"
    " processing, channel, recipients, trace_id, break_glass) VALUES (:y, gen_random_uuid(), :at, 'mayor', 'case.open',"
    " 'allowed', 'R107', '', '', 'case', 'case', 'test', '', gen_random_uuid(), false)"
)


@pytest.mark.parametrize(
    ("year", "at", "fits"),
    [(2026, "2026-12-31 22:59:59Z", True), (2027, "2026-12-31 23:00:00Z", True), (2026, "2026-12-31 23:00:00Z", False),
     (2027, "2026-12-31 22:59:59Z", False), (2025, "2026-06-01 12:00Z", False)],
)  # fmt: skip
def test_no_line_is_put_into_the_tree_of_another_year(house, year, at, fits):
    if fits:
        house.sql(_RAW, y=year, at=at)
    else:
        with pytest.raises(DBAPIError, match="ck_entry_year"):
            house.sql(_RAW, y=year, at=at)


@pytest.mark.parametrize(
    ("name", "own"),
    [("auditor", "C"), ("dpo", "C"), ("zoneAuditorE", "E"), ("zoneDpoD", "D"), ("mayor", None), ("administrator", None),
     ("participant", None), (None, None)],
)  # fmt: skip
@pytest.mark.parametrize("table", ["leaf", "node", "tree", "checkpoint"])
def test_not_even_the_size_of_another_municipalitys_log_shows(house, table, name, own):
    for town in "CDE":
        _append(house, _line(house, town=town))
    house.installation.sealer.seal_all()
    actor = house.actor(name) if name else Actor()
    with house.installation.sessions() as session:
        session.info.update(actor=actor.person_id, mandate=actor.mandate_id, now=house.now)
        shown = set(session.scalars(text(f"SELECT DISTINCT controller FROM journal.{table}")))
    assert shown == ({house.cast.towns[own]} if own else set())


def test_nothing_decided_leaves_no_line(house):
    before = house.sql("SELECT count(*) FROM journal.entry")
    _append(house)
    assert house.sql("SELECT count(*) FROM journal.entry") == before
