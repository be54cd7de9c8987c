"""The database's own opinion of who may write what in the directory: past every Operation, as the app's own role."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.demo import console, create_administrator
from app.directory.commands import CreatePerson
from app.directory.mandates import create_person
from app.kernel.database import say_who
from app.kernel.work import work


@contextmanager
def _as(house, name=None):
    """A connection of the application, as a cast member or as nobody; undone at the end."""
    cast = house.cast
    with house.process.databases.app.connect() as conn:
        say_who(conn, cast.persons.get(name), cast.mandates.get(name), house.now)
        yield conn
        conn.rollback()


def _does(house, name, query, **values):
    """How many rows a statement reaches, or None when the database forbids it."""
    with _as(house, name) as conn:
        try:
            return conn.execute(text(query), values).rowcount
        except ProgrammingError as fault:
            if not isinstance(fault.orig, InsufficientPrivilege):
                raise
            return None


ANYBODY = [None, "mayor", "participant", "auditor", "dpo"]

NEW_PERSON = (
    "INSERT INTO person (id, username, name, agency_id, language, volunteer, demo, active, created_at, version)"
    " SELECT :new, 'smuggled', 'Binnengesmokkeld Verzonnen', agency_id, 'nl', false, false, true, now(), 1"
    " FROM person WHERE id = :p"
)
NEW_MANDATE = (
    "INSERT INTO mandate (id, person_id, role, cell_id, municipality_id, starts_on, document, created_at, version)"
    " VALUES (:new, :p, 'mayor', :cell, :town, '2020-01-01', 'x', now(), 1)"
)


def _values(house):
    cast = house.cast
    return {
        "new": uuid4(),
        "p": cast.persons["participant"],
        "cell": cast.cells["C"],
        "town": cast.towns["C"],
    }


@pytest.mark.parametrize("query", [NEW_PERSON, NEW_MANDATE], ids=["person", "mandate"])
def test_only_an_administrator_in_office_adds_people_and_mandates(house, query):
    needed = {k: v for k, v in _values(house).items() if f":{k}" in query}
    for name in ANYBODY:
        assert _does(house, name, query, **needed) is None, name
    assert _does(house, "administrator", query, **needed) == 1
    house.sql(
        "UPDATE mandate SET ends_on = '2026-03-01' WHERE id = :m", m=house.cast.mandates["administrator"]
    )
    assert _does(house, "administrator", query, **needed) is None


def test_only_an_administrator_in_office_adds_a_credential(house):
    person = house.cast.persons["participant"]
    house.sql("DELETE FROM credential WHERE person_id = :p", p=person)
    query = "INSERT INTO credential (person_id, password_hash, totp_secret, totp_last_step) VALUES (:p, 'x', 'x', 0)"
    for name in ANYBODY:
        assert _does(house, name, query, p=person) is None, name
    assert _does(house, "administrator", query, p=person) == 1


UNCHANGED = (
    "UPDATE credential SET person_id = person_id",
    "UPDATE person SET username = 'x'",
    "UPDATE person SET active = true",
    "UPDATE mandate SET role = 'mayor'",
    "UPDATE mandate SET municipality_id = NULL",
    "UPDATE mandate SET clearance_until = '2049-01-01'",
    "UPDATE undertaking SET valid_until = '2049-01-01'",
    "UPDATE session SET person_id = NULL",
    "UPDATE session SET channel = 'page'",
    "UPDATE municipality SET profile = 'x'",
    "UPDATE cell SET kind = 'x'",
    "UPDATE cell_municipality SET cell_id = cell_id",
    "UPDATE agency SET ground_code = 'x'",
    "UPDATE consultation_table SET kind = 'x'",
    "UPDATE sign_in_pause SET key_hash = 'x'",
    "DELETE FROM session",
    "DELETE FROM sign_in_pause",
    "DELETE FROM mandate",
)


def test_what_no_operation_changes_no_statement_changes(house):
    for name in [*ANYBODY, "administrator"]:
        for query in UNCHANGED:
            assert _does(house, name, query) is None, (name, query)


def test_mandates_end_by_an_administrator_only(house):
    query = "UPDATE mandate SET ends_on = '2026-03-02'"
    assert [_does(house, name, query) for name in ANYBODY] == [0] * len(ANYBODY)
    assert _does(house, "administrator", query) == len(house.cast.mandates)


def test_a_credential_is_seen_and_used_by_its_owner_only(house):
    seen = "SELECT person_id FROM credential"
    step = "UPDATE credential SET totp_last_step = 1"
    for name in [*ANYBODY, "administrator"]:
        reached = 0 if name is None else 1
        assert _does(house, name, step) == reached
        with _as(house, name) as conn:
            assert conn.scalars(text(seen)).all() == ([house.cast.persons[name]] if name else [])


@pytest.mark.parametrize("column", ["password_hash", "totp_secret"])
def test_what_somebody_signs_in_with_is_changed_by_its_owner_only(house, column):
    change = f"UPDATE credential SET {column} = 'x'"
    for name in [*ANYBODY, "administrator"]:
        assert _does(house, name, change) == (0 if name is None else 1)
        with _as(house, name) as conn:
            conn.execute(text(change))
            others = text("SELECT count(*) FROM credential WHERE person_id <> :p")
            assert conn.scalar(others, {"p": house.cast.persons.get(name)}) in {0, None}


def test_a_password_hash_is_known_to_nobody_who_has_signed_in(house):
    query, person = text("SELECT password_hash_for(:p)"), house.cast.persons["mayor"]
    with _as(house) as conn:
        assert conn.scalar(query, {"p": person}).startswith("$argon2id$")
    for name in ("mayor", "administrator", "participant"):
        with _as(house, name) as conn:
            assert conn.scalar(query, {"p": person}) is None


def test_one_confirms_the_duty_of_secrecy_for_oneself_only(house):
    query = (
        "INSERT INTO undertaking (id, person_id, text_version, language, confirmed_at, valid_until)"
        " VALUES (:new, :p, '2026-1', 'nl', now(), '2049-01-01')"
    )
    values = {"new": uuid4(), "p": house.cast.persons["mayor"]}
    for name in (None, "participant", "administrator"):
        assert _does(house, name, query, **values) is None
    assert _does(house, "mayor", query, **values) == 1


def test_a_session_is_opened_and_changed_by_its_owner_only(house):
    house.token("mayor")
    query = (
        "INSERT INTO session (id, person_id, channel, state, opened_at, seen_at, expires_at, failures)"
        " VALUES (:new, :p, 'api', :state, now(), now(), now(), 0)"
    )
    mine = {"new": uuid4(), "p": house.cast.persons["mayor"]}
    for name in (None, "participant", "administrator"):
        assert _does(house, name, query, **mine, state="active") is None
        assert _does(house, name, query, **mine, state="secondFactorWanted") == 1
        assert _does(house, name, "UPDATE session SET secret_hash = 'x'") == 0
    assert _does(house, "mayor", query, **mine, state="active") == 1
    assert _does(house, "mayor", "UPDATE session SET seen_at = now()") == 1
    # A sign-in that waits for its code can be counted on, and nothing else.
    house.sql(query, **mine, state="secondFactorWanted")
    waiting = " WHERE state = 'secondFactorWanted'"
    assert _does(house, None, "UPDATE session SET failures = failures + 1" + waiting) == 1
    assert _does(house, None, "UPDATE session SET state = 'active'" + waiting) is None
    assert _does(house, "participant", "UPDATE session SET secret_hash = 'x'" + waiting) is None


def test_the_retention_role_removes_no_session_of_anybody(house):
    house.token("mayor")
    with house.process.databases.retention.connect() as conn:
        assert conn.execute(text("DELETE FROM session")).rowcount == 0
        conn.rollback()
    with house.process.databases.retention.connect() as conn, pytest.raises(ProgrammingError):
        conn.execute(text("SELECT * FROM credential"))


def test_the_console_makes_an_administrator_and_the_application_does_not(house):
    secret = create_administrator(
        house.process, "second.admin", "Tweede Verzonnen", "a long enough phrase", demo=False
    )
    assert secret
    made = house.sql(
        "SELECT d.role FROM mandate d JOIN person p ON p.id = d.person_id WHERE p.username = 'second.admin'"
    )
    assert made == [("administrator",)]
    assert (
        house.sql("SELECT count(*) FROM journal.entry WHERE action = 'mandate.grant' AND channel = 'cli'")[0][
            0
        ]
        >= 1
    )
    # The same actor through the application's own role reaches nothing.

    with pytest.raises(ProgrammingError), work(house.installation, console(), channel="cli") as unit:
        create_person(unit, CreatePerson.of(
            username="third.admin", name="Derde Verzonnen", agency_id=house.cast.agencies["ocmw"],
            password="a long enough phrase"))  # fmt: skip
    assert house.sql("SELECT count(*) FROM person WHERE username = 'third.admin'") == [(0,)]
