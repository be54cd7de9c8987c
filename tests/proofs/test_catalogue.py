"""What the application's role can reach by itself, read off the database's own catalogue: nothing, and no way out."""

from __future__ import annotations

from uuid import UUID

import pytest
from proving.marks import TOKEN
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.kernel.database import APP, LEDGER, OWNER, RETENTION, SEALER

TABLES = (
    "SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AS locked FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1"
)
OF_A_CASE = {"case_id", "subject_id", "agenda_item_id", "reference", "subject", "narrative"}
DIRECTORY = {"person", "mandate", "undertaking", "session"}
"""Who takes part: no case data. Read by who has to be recognised first; written under locks of their own."""


@pytest.fixture(scope="module")
def answers_kept(stage, proving_house):
    """A keyed request, so that the table of kept answers holds the address of a registration."""
    who = stage.world.people["participant"]
    signal = {
        "municipalityId": str(proving_house.cast.towns["C"]), "subjectName": "Iemand Verzonnen", "narrative": "Verzonnen.",
        "phenomenon": "sects", "urgency": "normal", "nothingClassified": True,
    }  # fmt: skip
    answer = proving_house.client().post(
        "/api/v1/registrations", json=signal,
        headers={"Authorization": f"Bearer {who.token}", "Idempotency-Key": "proof"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return answer.json()["registrationId"]


def rows_seen(house, table):
    """Give what a bare SELECT by the application's role without an actor shows; None when it is not even allowed."""
    with house.process.databases.app.connect() as conn:
        try:
            return [str(row) for row in conn.execute(text(f"SELECT * FROM {table}"))]
        except ProgrammingError as fault:
            if not isinstance(fault.orig, InsufficientPrivilege):
                raise
            return None


def test_a_bare_select_without_an_actor_shows_no_row_with_case_data(
    stage, proving_house, answers_kept, counts
):
    marks = set(stage.world.marks) | {answers_kept}
    tables = proving_house.sql(TABLES)
    held = 0
    for table in tables:
        name = table.name.removeprefix("public.")
        everything = proving_house.sql(f"SELECT * FROM {table.name}")
        carries = {t for row in everything for t in TOKEN.findall(_plain(row))} & marks
        seen = rows_seen(proving_house, table.name)
        counts["tables read bare by the application's role"] += 1
        leaked = {
            t for row in seen or () for t in TOKEN.findall(row.replace("UUID('", "").replace("')", ""))
        } & marks
        assert not leaked, (table.name, leaked)
        if carries:
            held += 1
            assert not seen, f"{table.name} shows {len(seen or ())} rows to nobody in particular"
            assert table.locked or seen is None, f"{table.name} holds case data without row-level security"
        elif table.locked and name not in DIRECTORY:
            assert not seen, table.name
    assert held >= 15, "the world fills every table that holds case data"


def _plain(row):
    return " ".join(str(value) for value in row)


def test_a_table_that_could_hold_case_data_is_locked_or_it_is_not_there(stage, proving_house):
    columns = proving_house.sql(
        "SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AS locked, c.relispartition AS part, a.attname,"
        " t.typname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid"
        " JOIN pg_type t ON t.oid = a.atttypid WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
        " AND n.nspname IN ('public', 'journal')"
    )
    keys = proving_house.sql(
        "SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint WHERE contype = 'f'"
    )
    case_data = {r.name.removeprefix("public.") for r in columns if r.attname in OF_A_CASE}
    while grown := {k.child for k in keys if k.parent in case_data} - case_data:
        case_data |= grown
    assert {"statement", "minutes_remark", "invitation", "notice", "journal.entry"} <= case_data
    locked = {r.name.removeprefix("public.") for r in columns if r.locked}
    unlocked = {n for n in case_data - locked if rows_seen(proving_house, n) is not None}
    assert not unlocked, f"case data without row-level security: {unlocked}"


# -- no way out ---------------------------------------------------------------------------------------------


ESCAPES = {
    "another role": [f"SET ROLE {r}" for r in (OWNER, LEDGER, RETENTION, SEALER, "postgres")]
    + [f"SET SESSION AUTHORIZATION {OWNER}"],
    "the locks": [
        "ALTER TABLE case_file DISABLE ROW LEVEL SECURITY", "ALTER TABLE case_file NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY case_file_read ON case_file", "ALTER POLICY case_file_read ON case_file USING (true)",
        "CREATE POLICY mine ON case_file USING (true)", "ALTER TABLE journal.entry DISABLE TRIGGER stays",
        "ALTER TABLE case_file DISABLE TRIGGER term_stays", "SET session_replication_role = replica",
        f"ALTER ROLE {APP} BYPASSRLS", f"ALTER ROLE {APP} SUPERUSER",
        f"GRANT {OWNER} TO {APP}", "ALTER TABLE case_file OWNER TO CURRENT_USER",
        "CREATE OR REPLACE FUNCTION desk_municipalities() RETURNS uuid[] LANGUAGE sql AS 'SELECT NULL::uuid[]'",
        "CREATE TABLE public.copy AS SELECT 1", "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine", "DROP FUNCTION excluded_cases()", "TRUNCATE case_file",
    ],
    "the log": [
        "UPDATE journal.entry SET reason = 'x'", "DELETE FROM journal.entry", "TRUNCATE journal.entry",
        "UPDATE journal.entry_2026 SET reason = 'x'", "DELETE FROM journal.entry_2026", "SELECT * FROM journal.entry_2026",
        "INSERT INTO journal.leaf SELECT * FROM journal.leaf", "DELETE FROM journal.checkpoint",
        "UPDATE journal.tree SET size = 0", "UPDATE journal.seal_state SET floor = '1'",
        "INSERT INTO journal.entry (recorded_at) VALUES (now())", "INSERT INTO journal.entry (actor_id) VALUES (NULL)",
    ],
    "the server": [
        "COPY case_file TO '/tmp/livcr-proof'", "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('/etc/hostname')",
        "SELECT lo_import('/etc/hostname')", "SELECT * FROM pg_authid",
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", ESCAPES)
def test_the_application_cannot_get_past(what, stage, proving_house, counts):
    who = stage.world.people["mayor"]
    for statement in ESCAPES[what]:
        with proving_house.process.databases.app.connect() as conn:
            conn.execute(
                text("SELECT set_config('livcr.actor', :p, true), set_config('livcr.mandate', :m, true)"),
                {"p": str(who.person), "m": str(who.mandate)},
            )
            refused = None
            try:
                conn.exec_driver_sql(statement)
            except DBAPIError as fault:
                refused = fault.orig
            conn.rollback()
        counts["ways out of the database tried by the application's role"] += 1
        # 42501 insufficient privilege, 42P17 and kin never: it must be the right that is missing, not the syntax.
        assert getattr(refused, "sqlstate", None) == "42501", f"{statement}: {refused}"


def test_switching_row_security_off_shows_an_error_and_no_row(proving_house, stage):
    with proving_house.process.databases.app.connect() as conn:
        conn.exec_driver_sql("SET LOCAL row_security = off")
        with pytest.raises(DBAPIError, match="row-level security"):
            conn.exec_driver_sql("SELECT * FROM case_file")


def test_saying_to_be_somebody_without_their_mandate_shows_nothing(proving_house, stage):
    """The settings name a person and a mandate; a mandate that is not that person's, or is over, gives no standing."""
    people = stage.world.people
    pairs = [
        (people["participant"].person, people["mayor"].mandate),
        (people["formerCoordinator"].person, people["formerCoordinator"].mandate),
        (people["futureMayor"].person, people["futureMayor"].mandate),
        (people["mayor"].person, None),
        (None, people["mayor"].mandate),
        (UUID(int=1), UUID(int=2)),
    ]
    for person, mandate in pairs:
        with proving_house.process.databases.app.connect() as conn:
            said = {"p": str(person or ""), "m": str(mandate or ""), "n": proving_house.now.isoformat()}
            conn.execute(
                text("SELECT set_config('livcr.actor', :p, true), set_config('livcr.mandate', :m, true),"
                     " set_config('livcr.now', :n, true)"), said)  # fmt: skip
            assert conn.execute(text("SELECT id FROM case_file")).all() == [], (person, mandate)
            assert conn.execute(text("SELECT case_id FROM listing")).all() == [], (person, mandate)
            assert conn.execute(text("SELECT id FROM statement")).all() == [], (person, mandate)
