"""The key store shows the application the keys of the actor's municipalities and no others (R4, R5; ADR 0018)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import APP
from app.kernel.migrating import admin_engine, url_for
from app.kernel.vault import Place, Shredded
from app.rules.facts import VISITOR, Actor
from app.rules.roles import Role


@pytest.fixture
def files(house):
    """A file of each municipality: letter -> (place, sealed value)."""
    made = {}
    vault = house.installation.vault.within(house.cast.towns.values())
    for letter, town in house.cast.towns.items():
        place = Place(uuid4(), "statement", "text", uuid4())
        vault.new_file(place.file_id, town)
        made[letter] = place, vault.seal(place, f"Verzonnen {letter}")
    vault.drop()
    return made


@pytest.fixture
def bare(house):
    """A bare connection to the key store as the application's role."""
    engine = admin_engine(url_for(house.process.addresses.keys, APP))
    with engine.connect() as conn:
        assert conn.scalar(text("SELECT current_user")) == APP
        yield conn


def reached(house, conn):
    """Give the letters of the municipalities of which this connection sees key rows."""
    letters = {town: letter for letter, town in house.cast.towns.items()}
    found = [
        {letters[m] for m in conn.scalars(text(f"SELECT municipality_id FROM {table}"))}
        for table in ("municipal_key", "file_key")
    ]
    assert found[0] == found[1]
    return found[0]


def test_without_an_actor_the_key_store_shows_no_key(house, files, bare):
    assert reached(house, bare) == set()
    for nobody in ("", "{}"):
        bare.execute(text("SELECT set_config('livcr.municipalities', :m, true)"), {"m": nobody})
        assert reached(house, bare) == set()
    everything = [place.file_id for place, _ in files.values()]
    assert bare.exec_driver_sql("SELECT * FROM keys_of_files(%s, '{}')", (everything,)).all() == []
    assert bare.exec_driver_sql("SELECT * FROM keys_of_files(%s, NULL)", (everything,)).all() == []


@pytest.mark.parametrize(
    ("who", "letters"),
    [("mayor", "C"), ("participant", "C"), ("zoneMayorD", "DE"), ("zoneSchool", "DE"), ("dpo", "C")],
)
def test_with_an_actor_it_shows_the_keys_of_their_cell_s_municipalities_and_no_others(
    house, files, bare, who, letters
):
    municipalities = list(house.actor(who).municipalities)
    assert {house.cast.towns[letter] for letter in letters} == set(municipalities)
    bare.exec_driver_sql(
        "SELECT set_config('livcr.municipalities', %s::uuid[]::text, true)", (municipalities,)
    )
    assert reached(house, bare) == set(letters)
    bare.rollback()
    assert reached(house, bare) == set(), "what a transaction said ends with it"


def test_the_actor_of_a_request_is_given_the_same_reach_as_in_these_tests(house):
    """What `recognise` derives from the session is what the cast is built with."""
    from app.directory.actors import recognise
    from app.kernel.work import Work

    for who in ("mayor", "participant", "zoneMayorE", "zonePolice", "auditor"):
        token = house.token(who)
        with house.installation.sessions() as session:
            unit = Work(house.installation, session, VISITOR, channel="api", loopback=True)
            claims = house.installation.tokens.read(token)
            unit.act_as(
                Actor(person_id=claims.person_id, session_id=claims.session_id, mandate_id=claims.mandate_id)
            )
            assert recognise(unit, claims).municipalities == house.actor(who).municipalities, who


@pytest.mark.parametrize(("who", "letters"), [("mayor", "C"), ("zoneSchool", "DE"), ("participant", "C")])
def test_a_work_opens_what_its_actor_reaches_and_makes_files_nowhere_else(house, files, who, letters):
    with house.work(who) as unit:
        unit.decided.append("nothing")
        for letter, (place, value) in files.items():
            if letter in letters:
                assert unit.vault.unseal(place, value) == f"Verzonnen {letter}"
                unit.vault.new_file(uuid4(), house.cast.towns[letter])
            else:
                with pytest.raises(Shredded):
                    unit.vault.unseal(place, value)
                with pytest.raises(Shredded):
                    unit.vault.seal(place, "x")
                with pytest.raises(DBAPIError, match="row-level security"):
                    unit.vault.new_file(uuid4(), house.cast.towns[letter])


@pytest.mark.parametrize("actor", [VISITOR, Actor(role=Role.ROBOT), Actor(role=Role.ADMINISTRATOR)])
def test_visitors_the_robot_and_the_administrator_open_nothing(house, files, actor):
    from app.kernel.work import Work

    with house.installation.sessions() as session:
        unit = Work(house.installation, session, actor, channel="test")
        for place, value in files.values():
            with pytest.raises(Shredded):
                unit.vault.unseal(place, value)


def test_a_key_in_memory_opens_for_nobody_whom_the_key_store_would_not_show_it(house, files):
    place, value = files["D"]
    vault = house.installation.vault
    assert vault.within([house.cast.towns["D"]]).unseal(place, value) == "Verzonnen D"
    for other in (vault, vault.within([house.cast.towns["C"]])):
        with pytest.raises(Shredded):
            other.unseal(place, value)


def test_one_actor_s_reach_does_not_stay_on_the_connection_of_the_next(house, files):
    """Connections are pooled: what was named for one question must not stand for another."""
    vault, towns = house.installation.vault, house.cast.towns
    for letter, (place, value) in files.items():
        vault.within([towns[letter]]).unseal(place, value)
        vault.within([towns[letter]]).new_file(uuid4(), towns[letter])
        vault.drop()
    with house.process.databases.keys.connect() as conn:
        assert reached(house, conn) == set()


def test_opening_a_list_is_one_round_trip_without_a_transaction(house, files):
    asked = []
    vault = house.installation.vault.within(house.cast.towns.values())
    event.listen(house.process.databases.keys, "before_cursor_execute", lambda *a: asked.append(a[2]))
    vault.prepare(place.file_id for place, _ in files.values())
    for letter, (place, value) in files.items():
        assert vault.unseal(place, value) == f"Verzonnen {letter}"
    assert len(asked) == 1


def test_the_sweep_and_the_keeper_reach_what_they_are_for(house, files):
    databases = house.process.databases
    with databases.keys_retention.connect() as conn:
        assert conn.scalar(text("SELECT count(file_id) FROM file_key")) >= 3
    with databases.keys_keeper.connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM municipal_key")) == 3
        assert conn.scalar(text("SELECT count(*) FROM file_key")) == 0
        conn.exec_driver_sql(
            "SELECT set_config('livcr.municipalities', %s::uuid[]::text, true)", ([house.cast.towns["D"]],)
        )
        assert set(conn.scalars(text("SELECT municipality_id FROM file_key"))) == {house.cast.towns["D"]}


def test_nobody_shows_a_key_to_a_role_that_has_no_errand_in_the_key_store(house, files):
    with (
        admin_engine(url_for(house.process.addresses.keys, "livcr_sealer")).connect() as conn,
        pytest.raises(DBAPIError, match="permission denied"),
    ):
        conn.execute(text("SELECT * FROM file_key"))
