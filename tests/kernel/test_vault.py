"""Sealed values open in their place alone, and never again once the key is gone (R92, R109)."""

import logging
import time
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, StatementError

from app.cases.models import Statement
from app.kernel import vault as vault_module
from app.kernel.migrating import admin_engine
from app.kernel.sealed import Sealed, SealedColumn
from app.kernel.vault import Place, Shredded, Vault

CLEAR = "Waterlelie Verzonnen 🪷"


@pytest.fixture
def vault(house):
    """The vault as it is open for somebody of the joint cell and of Gemeente C."""
    return house.installation.vault.within(house.cast.towns.values())


@pytest.fixture
def place(house, vault):
    file_id = uuid4()
    vault.new_file(file_id, house.cast.towns["C"])
    return Place(file_id, "statement", "text", uuid4())


def _second(house):
    """Another process on the same key store."""
    databases = house.process.databases
    made = Vault(databases.keys, house.installation.keeper.provider, databases.keys_retention)
    return made.within(house.cast.towns.values())


def test_a_text_opens_where_it_was_sealed(vault, place):
    for clear in (CLEAR, "", "é" * 5000):
        assert vault.unseal(place, vault.seal(place, clear)) == clear


def test_the_same_text_is_never_sealed_alike(vault, place):
    assert len({bytes(vault.seal(place, CLEAR)) for _ in range(50)}) == 50


def test_a_value_moved_to_another_row_column_table_or_file_does_not_open(house, vault, place):
    other = uuid4()
    vault.new_file(other, house.cast.towns["C"])
    value = vault.seal(place, CLEAR)
    for wrong in (
        place._replace(row_id=uuid4()),
        place._replace(column="category_reason"),
        place._replace(table="trajectory"),
        place._replace(file_id=other),
    ):
        with pytest.raises(InvalidTag):
            vault.unseal(wrong, value)


def test_no_two_places_are_written_alike(place):
    one = place._replace(table="ab", column="c")
    assert one.associated() != place._replace(table="a", column="bc").associated()


def test_a_changed_shortened_or_foreign_value_does_not_open(vault, place):
    value = bytes(vault.seal(place, CLEAR))
    for spoiled in (
        value[:-1],
        value[:20] + bytes([value[20] ^ 1]) + value[21:],
        b"\x02" + value[1:],
        b"",
        b"\x01",
    ):
        with pytest.raises((InvalidTag, ValueError)):
            vault.unseal(place, Sealed(spoiled))


def test_a_key_given_to_another_file_does_not_open(house, vault, place):
    other = uuid4()
    with admin_engine(house.process.addresses.keys).begin() as conn:
        conn.execute(
            text(
                "INSERT INTO file_key SELECT :o, municipality_id, key_version, wrapped FROM file_key WHERE file_id = :f"
            ),
            {"o": other, "f": place.file_id},
        )
    with pytest.raises(InvalidTag):
        _second(house).seal(place._replace(file_id=other), CLEAR)


def test_a_shredded_file_opens_for_nobody_and_cannot_be_written(house, vault, place):
    value = vault.seal(place, CLEAR)
    vault.shred(place.file_id)
    vault.shred(place.file_id)
    for each in (vault, _second(house)):
        with pytest.raises(Shredded):
            each.unseal(place, value)
        with pytest.raises(Shredded):
            each.seal(place, CLEAR)
    assert vault.destroyed([place.file_id, uuid4()]) == {place.file_id}
    with admin_engine(house.process.addresses.keys).connect() as conn:
        assert (
            conn.scalar(text("SELECT count(*) FROM file_key WHERE file_id = :f"), {"f": place.file_id}) == 0
        )


def test_shredding_one_file_leaves_the_others(house, vault, place):
    other = place._replace(file_id=uuid4())
    vault.new_file(other.file_id, house.cast.towns["C"])
    value = vault.seal(other, CLEAR)
    vault.shred(place.file_id)
    assert vault.unseal(other, value) == CLEAR
    assert _second(house).unseal(other, value) == CLEAR


def test_another_process_forgets_an_unwrapped_key_within_a_minute(house, vault, place, monkeypatch):
    second, value = _second(house), vault.seal(place, CLEAR)
    second.unseal(place, value)
    vault.shred(place.file_id)
    assert second.unseal(place, value) == CLEAR  # still in its memory
    later = time.monotonic() + 61
    monkeypatch.setattr(vault_module.time, "monotonic", lambda: later)
    with pytest.raises(Shredded):
        second.unseal(place, value)


def test_a_list_asks_the_key_store_once(house, vault):
    places = [Place(uuid4(), "case_file", "subject", uuid4()) for _ in range(30)]
    for each in places:
        vault.new_file(each.file_id, house.cast.towns["C"])
    values = [vault.seal(each, CLEAR) for each in places]
    second = _second(house)
    second.prepare(each.file_id for each in places)
    second._reading = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert [second.unseal(p, v) for p, v in zip(places, values, strict=True)] == [CLEAR] * 30
    second.drop(places[0].file_id)
    with pytest.raises(DBAPIError):
        second.unseal(places[0], values[0])
    second.drop()
    assert second._memory.files == second._memory.municipal == {}


def test_memory_of_keys_stays_bounded(vault, monkeypatch):
    monkeypatch.setattr(vault_module, "_CACHE_SECONDS", -1.0)
    for _ in range(5002):
        vault._memory.keep_file(uuid4(), uuid4(), bytes(32))
        vault._memory.keep_municipal(uuid4(), b"", b"")
    assert len(vault._memory.files) < 5002
    assert len(vault._memory.municipal) < 5002


def test_each_municipality_has_a_wrapping_key_of_its_own(house, vault):
    for town in "CD":
        vault.new_file(uuid4(), house.cast.towns[town])
    with admin_engine(house.process.addresses.keys).connect() as conn:
        keys = conn.execute(text("SELECT municipality_id, wrapped, wrapping_key FROM municipal_key")).all()
    assert {house.cast.towns["C"], house.cast.towns["D"]} <= {k.municipality_id for k in keys}
    with pytest.raises(InvalidTag):
        house.installation.keeper.provider.unwrap(
            keys[0].wrapping_key, keys[0].wrapped, keys[1].municipality_id.bytes
        )


def test_the_application_cannot_destroy_a_key_nor_take_a_tombstone_away(house, vault, place):
    vault.shred(uuid4())
    databases = house.process.databases
    forbidden = {
        databases.keys: ("DELETE FROM file_key", "UPDATE file_key SET wrapped = ''", "SELECT FROM tomb", "DELETE FROM tomb",
                         "DELETE FROM municipal_key", "DELETE FROM wrapping_key", "INSERT INTO wrapping_key VALUES ('x')",
                         "UPDATE installation_key SET wrapped = ''"),
        databases.keys_retention: ("DELETE FROM tomb", "DELETE FROM municipal_key", "UPDATE file_key SET wrapped = ''",
                                   "SELECT wrapped FROM file_key", "SELECT wrapped FROM municipal_key",
                                   "SELECT wrapped FROM installation_key"),
        databases.keys_keeper: ("DELETE FROM file_key", "INSERT INTO tomb VALUES (gen_random_uuid())", "DELETE FROM tomb",
                                "SELECT file_id FROM tomb", "UPDATE file_key SET municipality_id = gen_random_uuid()"),
    }  # fmt: skip
    for engine, statements in forbidden.items():
        for statement in statements:
            with engine.connect() as conn, pytest.raises(DBAPIError, match="permission denied"):
                conn.execute(text(statement))
    bare = Vault(databases.keys, house.installation.keeper.provider)
    for forbidden_act in (lambda: bare.shred(place.file_id), lambda: bare.destroyed([place.file_id])):
        with pytest.raises(PermissionError):
            forbidden_act()


def test_printing_a_sealed_value_shows_its_length_only(vault, place, caplog):
    value = vault.seal(place, CLEAR)
    shown = f"<sealed {len(value)} B>"
    assert repr(value) == str(value) == f"{value}" == "%s" % value == shown  # noqa: UP031
    with caplog.at_level(logging.INFO):
        logging.getLogger("livcr").info("%s %r", value, [value])
    assert caplog.messages == [f"{shown} [{shown}]"]


def test_a_sealed_column_refuses_clear_text_and_plain_bytes(house):
    column = SealedColumn()
    for clear in (CLEAR, CLEAR.encode(), 7):
        with pytest.raises(TypeError, match="Sealed values only"):
            column.process_bind_param(clear, None)
    assert column.process_bind_param(None, None) is None
    assert column.process_result_value(None, None) is None
    assert isinstance(column.process_result_value(b"x", None), Sealed)
    with house.installation.sessions() as session:
        session.add(Statement(id=uuid4(), case_id=uuid4(), municipality_id=uuid4(), category=1, text=CLEAR))
        with pytest.raises(StatementError, match="Sealed values only") as fault:
            session.flush()
    assert isinstance(fault.value.orig, TypeError)
