"""Every revision goes up, down and up again, with rows in every table, and ends where the models are.

The embedded PostgreSQL is 18; `LIVCR_POSTGRES=16` runs the same on the oldest one supported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Uuid, inspect, text

import app.main  # noqa: F401 — brings every model with it
from app.kernel.database import APP, LEDGER, LOGIN_ROLES, OWNER, RETENTION, SEALER, Row
from app.kernel.journal.store import ENTRY
from app.kernel.migrating import MIGRATIONS, admin_engine, run, upgrade
from app.kernel.sealed import SealedColumn

LINES = ("main", "keys")


def script(line: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / line))
    return ScriptDirectory.from_config(config)


def revisions(line: str) -> list[str]:
    """Give the revisions of a line, the first one first."""
    return [r.revision for r in script(line).walk_revisions()][::-1]


@pytest.fixture
def empty(databases) -> Iterator[dict[str, str]]:
    """An empty pair of databases: the address of each line."""
    name = f"livcr_m_{uuid4().hex[:10]}"
    addresses = databases.create(name)
    yield {"main": addresses.main, "keys": addresses.keys}
    databases.drop(name)


@pytest.fixture(scope="module")
def at_head(databases) -> Iterator[dict[str, Engine]]:
    """A pair of databases at their heads, as the role that owns everything."""
    name = f"livcr_m_{uuid4().hex[:10]}"
    addresses = databases.create(name)
    upgrade(addresses.main, "main")
    upgrade(addresses.keys, "keys")
    yield {"main": admin_engine(addresses.main), "keys": admin_engine(addresses.keys)}
    databases.drop(name)


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_revisions_is_one_line(line):
    assert len(script(line).get_heads()) == 1
    for number, revision in enumerate(revisions(line), start=1):
        assert revision == f"{number:04}"


def test_the_server_is_the_one_that_was_asked_for(server):
    asked = os.environ.get("LIVCR_POSTGRES", "18")
    if server.settings.database_url:
        pytest.skip("a real server says its own version")
    with admin_engine(server.addresses.main).connect() as conn:
        assert int(conn.scalar(text("SHOW server_version_num"))) // 10000 == int(asked)


# -- up, down, up ---------------------------------------------------------------------------------------------------

_SHAPE = (
    """SELECT table_schema, table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
       FROM information_schema.columns WHERE table_schema IN ('public', 'journal') AND table_name <> 'alembic_version'""",
    "SELECT schemaname, tablename, policyname, cmd, roles::text, qual, with_check FROM pg_policies",
    """SELECT n.nspname, p.proname, pg_get_functiondef(p.oid), (SELECT string_agg(a::text, ',' ORDER BY a::text)
              FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) a)
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname IN ('public', 'journal') AND p.prokind = 'f'""",
    """SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner), c.relrowsecurity, c.relkind::text,
              (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(coalesce(c.relacl,
                CASE WHEN c.relkind IN ('r', 'p') THEN acldefault('r', c.relowner) END)) a)
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('public', 'journal') AND c.relname NOT LIKE 'alembic_version%'""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace IN ('public'::regnamespace) AND conname NOT LIKE 'alembic%'""",
    "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
)


def shape(conn: Connection) -> set[tuple[Any, ...]]:
    """Give all that a schema is made of: columns, policies, functions, owners and grants, constraints, triggers."""
    return {(i, *row) for i, query in enumerate(_SHAPE) for row in conn.execute(text(query))}


@pytest.mark.parametrize("line", LINES)
def test_up_down_to_nothing_and_up_again_gives_the_same(empty, line):
    upgrade(empty[line], line)
    with admin_engine(empty[line]).connect() as conn:
        first = shape(conn)
        conn.rollback()
        run(conn, line, "base", down=True)
        assert shape(conn) == set()
        conn.rollback()
        run(conn, line, "head")
        assert shape(conn) == first
    assert len(first) > 10


@pytest.mark.parametrize("line", LINES)
def test_each_step_down_is_undone_by_the_step_up(empty, line):
    upgrade(empty[line], line)
    with admin_engine(empty[line]).connect() as conn:
        for revision in reversed(revisions(line)):
            before = shape(conn)
            conn.rollback()
            run(conn, line, "-1", down=True)
            assert shape(conn) != before, f"{revision} goes nowhere"
            conn.rollback()
            run(conn, line, revision)
            assert shape(conn) == before, f"{revision} does not come back the same"
            conn.rollback()
            run(conn, line, "-1", down=True)


def test_bringing_a_database_to_its_head_twice_is_safe(empty):
    for line in LINES:
        upgrade(empty[line], line)
        upgrade(empty[line], line)
        with admin_engine(empty[line]).connect() as conn:
            assert conn.scalar(text("SELECT version_num FROM alembic_version")) == revisions(line)[-1]


# -- with data ------------------------------------------------------------------------------------------------------


def fill(conn: Connection) -> dict[str, int]:
    """Put one more row in every table there is, and give how many rows each holds."""
    known = MetaData()
    known.reflect(conn)
    names = [t.name for t in known.sorted_tables if t.name != "alembic_version"]
    fresh: dict[str, dict[str, Any]] = {}
    for name in names:
        table = known.tables[name]
        for before, kind in KINDS.get(name, ()):  # a table of the kind that only such meetings can be of
            fresh[before] = fresh[before] | {"id": uuid4(), "kind": kind}
            conn.execute(known.tables[before].insert().values(**fresh[before]))
        fresh[name] = {c.name: _value(fresh, c) for c in table.columns}
        conn.execute(table.insert().values(**fresh[name]))
    conn.commit()
    return {name: conn.scalar(text(f"SELECT count(*) FROM {name}")) for name in names}


CHECKED = {
    ("consultation_table", "kind"): "operational",
    ("agenda_item", "purpose"): "person",
    ("attachment", "origin"): "securityServices",
}
"""What a check of the database admits, where it admits only some values."""
KINDS = {
    "meeting": [("consultation_table", "operational")],
    "policy_meeting": [("consultation_table", "strategic")],
}


def _value(fresh: dict[str, dict[str, Any]], column: Any) -> Any:
    for key in column.foreign_keys:
        return fresh[key.column.table.name][key.column.name] if key.column.table.name in fresh else None
    if (column.table.name, column.name) in CHECKED:
        return CHECKED[column.table.name, column.name]
    kind = str(column.type).split("(")[0]
    return {
        "UUID": uuid4(),
        "TEXT": f"invented {uuid4().hex}",
        "BYTEA": uuid4().bytes,
        "INTEGER": 1,
        "BIGINT": 1,
        "BOOLEAN": True,
        "DATE": date(2026, 3, 2),
        "TIMESTAMP": datetime(2026, 3, 2, tzinfo=UTC),
        "JSONB": {"nl": "verzonnen"},
        "ARRAY": [uuid4() if isinstance(getattr(column.type, "item_type", None), Uuid) else "verzonnen"],
        "TEXT[]": ["verzonnen"],
    }[kind]


@pytest.mark.parametrize("line", LINES)
def test_rows_of_every_table_survive_every_step(empty, line):
    """At each revision one row more in every table; nothing is lost on the way up, nor on the way down."""
    first, *rest = revisions(line)
    upgrade(empty[line], line, first)
    with admin_engine(empty[line]).connect() as conn:
        held = fill(conn)
        assert len(held) >= 3
        for revision in rest:
            run(conn, line, revision)
            assert _kept(conn, held)
            held = fill(conn)
        for revision in reversed([first, *rest[:-1]] if rest else []):
            run(conn, line, revision, down=True)
            assert _kept(conn, held)
        lowest = set(
            inspect(conn).get_table_names()
        )  # a table that a later revision makes goes and comes back empty
        conn.rollback()
        run(conn, line, "head")
        assert _kept(conn, {name: count for name, count in held.items() if name in lowest})


def _kept(conn: Connection, held: dict[str, int]) -> bool:
    present = set(inspect(conn).get_table_names())
    now = {name: conn.scalar(text(f"SELECT count(*) FROM {name}")) for name in held if name in present}
    conn.rollback()
    # More is no loss: what a revision moved to a table of its own comes back with the way down.
    return all(count >= held[name] for name, count in now.items()) and bool(now)


def test_a_journal_with_entries_can_be_taken_down_and_comes_back_empty(empty):
    """Going below the journal's own revision gives it up on purpose; everything else stays."""
    upgrade(empty["main"], "main")
    with admin_engine(empty["main"]).connect() as conn:
        held = fill(conn)
        conn.execute(
            text(
                "INSERT INTO journal.entry (year, controller, at, role, action, outcome, rule, legal_basis, reason, object_type,"
                " processing, channel, recipients, trace_id, break_glass) VALUES (2026, gen_random_uuid(),"
                " '2026-03-02 09:00Z', 'mayor', 'case.open', 'allowed', 'R107', '', '', 'case', 'case', 'test', '',"
                " gen_random_uuid(), false)"
            )
        )
        conn.commit()
        run(conn, "main", "0002", down=True)
        assert _kept(conn, held)
        run(conn, "main", "head")
        assert conn.scalar(text("SELECT count(*) FROM journal.entry")) == 0


# -- the head is the models -----------------------------------------------------------------------------------------


def test_the_head_is_what_the_models_say(at_head):
    with at_head["main"].connect() as conn:
        context = MigrationContext.configure(
            conn,
            opts={
                "compare_type": True,
                "include_object": lambda _object, name, kind, *_: (
                    not (kind == "table" and name == "alembic_version")
                ),
            },
        )
        assert compare_metadata(context, Row.metadata) == []


def test_the_journal_has_the_columns_that_are_appended(at_head):
    found = _asked(
        at_head["main"],
        "SELECT column_name, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'journal' AND table_name = 'entry'",
    )
    columns, checked = {name for name, _ in found}, {name: nullable == "YES" for name, nullable in found}
    assert columns - {"xid"} == {c.name for c in ENTRY.columns}
    for column in ENTRY.columns:
        if not column.nullable:
            assert not checked[column.name], column.name


def test_sealed_values_are_bytes_in_the_database(at_head):
    with at_head["main"].connect() as conn:
        kinds = {
            (table, column): kind
            for table, column, kind in conn.execute(
                text(
                    "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
                )
            )
        }
    sealed = [
        (t.name, c.name)
        for t in Row.metadata.tables.values()
        for c in t.columns
        if isinstance(c.type, SealedColumn)
    ]
    assert sealed
    assert {kinds[place] for place in sealed} == {"bytea"}


# -- who owns, who may ----------------------------------------------------------------------------------------------


def _asked(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


@pytest.mark.parametrize("line", LINES)
def test_nobody_who_signs_in_owns_anything(at_head, line):
    owners = _asked(
        at_head[line],
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname IN ('public', 'journal') AND relname NOT LIKE 'alembic_version%'",
    )
    assert {o for (o,) in owners} == ({OWNER, LEDGER} if line == "main" else {OWNER})


def test_the_roles_that_sign_in_can_bypass_nothing(at_head):
    rows = _asked(
        at_head["main"],
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE 'livcr%'",
    )
    assert {r[0] for r in rows} >= {OWNER, LEDGER, *LOGIN_ROLES}
    assert not any(flag for row in rows for flag in row[1:])
    member = _asked(
        at_head["main"],
        "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname IN"
        f" ('{APP}', '{RETENTION}', '{SEALER}')",
    )
    assert member == []


def test_the_application_deletes_nothing_and_never_changes_the_log(at_head):
    granted = _asked(
        at_head["main"],
        "SELECT table_schema, table_name, privilege_type FROM information_schema.role_table_grants"
        f" WHERE grantee IN ('{APP}', 'PUBLIC') AND table_schema IN ('public', 'journal')",
    )
    assert {p for *_, p in granted} <= {"SELECT", "INSERT", "UPDATE"}
    assert {(t, p) for s, t, p in granted if s == "journal" and p != "SELECT"} == set()
    columns = _asked(
        at_head["main"],
        "SELECT DISTINCT privilege_type FROM information_schema.column_privileges"
        f" WHERE grantee = '{APP}' AND table_schema = 'journal' AND table_name = 'entry'",
    )
    assert {p for (p,) in columns} == {"SELECT", "INSERT"}


def test_row_level_security_is_on_wherever_a_policy_stands(at_head):
    tables = _asked(
        at_head["main"],
        "SELECT c.relname, c.relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid) FROM pg_class c"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'",
    )
    assert {name for name, on, _ in tables if on} == {name for name, _, policies in tables if policies}
    assert {"case_file", "registration", "statement", "invitation"} <= {name for name, on, _ in tables if on}


def test_functions_that_see_past_the_lock_have_a_fixed_search_path(at_head):
    rows = _asked(
        at_head["main"],
        "SELECT proname, proconfig::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace",
    )
    assert rows
    assert [name for name, config in rows if "search_path=public, pg_temp" not in (config or "")] == []
