"""What was destroyed stays destroyed, also for who has every older backup; what lives comes back (R92; ADR 0018)."""

from __future__ import annotations

import shutil
from itertools import product
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from app.directory.actors import recognise
from app.keeping import back_up, restore
from app.kernel.installing import assemble
from app.kernel.keys.choosing import choose
from app.kernel.keys.provider import KeyFault, KeyGone, opened
from app.kernel.migrating import admin_engine
from app.kernel.sealed import Sealed
from app.kernel.vault import Place, Shredded
from app.retention.rotating import Rotation
from app.retention.sweeping import ROBOT, sweep_all


@pytest.fixture
def empty(databases):
    """Gives empty pairs of databases."""
    made = []

    def make():
        made.append(f"livcr_b_{uuid4().hex[:10]}")
        return databases.create(made[-1])

    yield make
    for name in made:
        databases.drop(name)


def asked(url, query, **values):
    with admin_engine(url).connect() as conn:
        return conn.execute(text(query), values).all()


def subject(process, case_id):
    """Open the name in a case's file, past all rules: what can be read, if anything can."""
    rows = asked(
        process.addresses.main, "SELECT municipality_id, subject FROM case_file WHERE id = :i", i=case_id
    )
    vault = process.installation.vault.within([rows[0].municipality_id])
    return vault.unseal(Place(case_id, "case_file", "subject", case_id), Sealed(rows[0].subject))


def copies(house, folder):
    """Copy both stores; gives the two files."""
    folder.mkdir()
    list(back_up(house.process, folder / "copy", "both"))
    return folder / "copy", folder / "copy.keys"


@pytest.fixture
def story(house, acts, tmp_path):
    """Two cases of one municipality, backups of both stores, then the day on which the first has to be gone."""
    doomed = acts.put_on_list(house)
    acts.on(house, 2026, 9, 1)
    living = acts.put_on_list(house, name="school")
    old = copies(house, tmp_path / "old")
    shutil.copytree(house.installation.settings.secrets, tmp_path / "old-secrets")
    acts.on(house, 2027, 3, 2)
    return doomed, living, old


def test_destroying_replaces_the_municipality_s_key_and_the_wrapping_key_by_itself(house, story):
    provider = house.installation.keeper.provider
    before = provider.key_ids()
    other = asked(house.process.addresses.keys, "SELECT count(*) FROM municipal_key")
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.waits) == (1, "")
    assert len(provider.key_ids()) == 1
    assert provider.key_ids() != before
    assert asked(house.process.addresses.keys, "SELECT version FROM municipal_key") == [(2,)] * other[0][0]
    lines = house.sql(
        "SELECT action, reason, role, controller = :c FROM journal.entry WHERE action IN ('key.rotate', 'wrappingKey.rotate')"
        " ORDER BY id", c=house.cast.towns["C"],
    )  # fmt: skip
    assert [tuple(line) for line in lines] == [
        ("key.rotate", "ordered", "robot", True), ("key.rotate", "rotated", "robot", True),
        ("wrappingKey.rotate", "ordered", "robot", False), ("wrappingKey.rotate", "rotated", "robot", False),
    ]  # fmt: skip
    after = provider.key_ids()
    assert sweep_all(house.installation).destroyed == 0
    assert provider.key_ids() == after, "nothing was destroyed since: nothing is due"


def test_older_backups_of_both_stores_beside_the_present_key_open_no_destroyed_case(
    house, story, empty, tmp_path
):
    doomed, living, (main, keys) = story
    sweep_all(house.installation)
    # That these copies do hold everything, the wrapping key of their day shows.
    then = house.installation.settings.model_copy(update={"data": tmp_path / "then"})
    shutil.copytree(tmp_path / "old-secrets", then.secrets)
    addresses = empty()
    list(restore(addresses, then, main, keys))
    process = assemble(addresses, then, recognise)
    try:
        assert "Waterlelie" in subject(process, doomed.case_id)
        assert "Waterlelie" in subject(process, living.case_id)
    finally:
        process.databases.dispose()
    # Beside today's key they hold nothing.
    with pytest.raises(KeyFault, match="does not hold wrapping key"):
        list(restore(empty(), house.installation.settings, main, keys))


def test_no_combination_of_older_key_stores_and_the_present_one_opens_a_destroyed_key(
    house, story, tmp_path, empty
):
    """Backups at every step of the way, put together with each other and with what is in use now."""
    doomed, _, _ = story
    rotation = Rotation(house.installation, ROBOT, house.now, "robot")
    keeper, town = house.installation.keeper, house.cast.towns["C"]
    files, municipal = set(), set()

    def keep():
        files.update(
            tuple(row) for row in asked(house.process.addresses.keys, "SELECT file_id, wrapped FROM file_key")
        )
        municipal.update(
            tuple(row)
            for row in asked(
                house.process.addresses.keys,
                "SELECT municipality_id, wrapped, wrapping_key FROM municipal_key",
            )
        )

    def readable():
        """Give the files that some combination opens."""
        found, provider = set(), choose(house.installation.settings)
        for (file_id, sealed), (owner, wrapped, key_id) in product(files, municipal):
            try:
                found.add(file_id) if opened(
                    provider.unwrap(key_id, wrapped, owner.bytes), sealed, file_id.bytes
                ) else None
            except (KeyGone, InvalidTag):
                continue
        return found

    keep()
    assert doomed.case_id in readable()
    house.installation.vault.shred(doomed.case_id)
    keep()
    rotation.wrapping()  # in the wrong order: the former municipal key is carried over
    keep()
    assert doomed.case_id in readable(), "one of the two rotations alone is not enough"
    assert keeper.due() == [town]
    rotation.municipality(town)
    keep()
    assert doomed.case_id in readable()
    assert keeper.wrapping_due()
    rotation.wrapping()
    keep()
    assert doomed.case_id not in readable()
    assert len(readable()) >= 2, "the living still open"
    assert keeper.due() == []
    assert not keeper.wrapping_due()


def test_an_older_main_database_beside_the_newest_key_store_brings_back_the_living_and_them_alone(
    house, story, empty, tmp_path
):
    doomed, living, (main, _) = story
    sweep_all(house.installation)
    _, keys = copies(house, tmp_path / "new")
    addresses = empty()
    said = list(restore(addresses, house.installation.settings, main, keys, house.now))
    assert "1 cases and 0 registrations were cleared" in said[-1]
    process = assemble(addresses, house.installation.settings, recognise)
    try:
        assert "Waterlelie" in subject(process, living.case_id)
        assert asked(addresses.main, "SELECT id FROM case_file") == [(living.case_id,)]
        assert asked(addresses.main, "SELECT count(*) FROM certificate WHERE kind = 'case'") == [(1,)]
        place = Place(doomed.case_id, "case_file", "subject", doomed.case_id)
        with pytest.raises(Shredded):
            process.installation.vault.within(house.cast.towns.values()).seal(place, "x")
        # Second factors were sealed before the wrapping key was replaced, and still work.
        person = house.cast.persons["mayor"]
        ((sealed,),) = asked(
            addresses.main, "SELECT totp_secret FROM credential WHERE person_id = :p", p=person
        )
        assert process.installation.provider.unwrap(sealed, person.bytes)
    finally:
        process.databases.dispose()


def test_a_copy_of_the_key_store_is_there_before_the_old_wrapping_key_goes(
    house, story, tmp_path, empty, monkeypatch
):
    from app.kernel.installing import _copier

    folder = tmp_path / "key-copies"
    settings = house.installation.settings.model_copy(update={"key_copies": folder})
    monkeypatch.setattr(house.installation.keeper, "_keep_copy", _copier(house.process.addresses, settings))
    real, seen = house.installation.keeper.provider.destroy_others, []

    def destroy(key_id):
        seen.extend(folder.iterdir())
        real(key_id)

    monkeypatch.setattr(house.installation.keeper.provider, "destroy_others", destroy)
    sweep_all(house.installation)
    (copy,) = seen
    assert copy.stat().st_mode & 0o077 == 0
    _, living, (main, _) = story
    addresses = empty()
    list(restore(addresses, house.installation.settings, main, copy))
    process = assemble(addresses, house.installation.settings, recognise)
    try:
        assert "Waterlelie" in subject(process, living.case_id)
    finally:
        process.databases.dispose()


def test_where_a_person_brings_the_wrapping_key_the_sweep_says_that_it_waits_for_them(
    house, story, monkeypatch
):
    provider = house.installation.keeper.provider
    monkeypatch.setattr(provider, "makes_keys", False, raising=False)
    swept = sweep_all(house.installation)
    assert swept.destroyed == 1
    assert "until you replace the wrapping key" in swept.waits
    assert asked(house.process.addresses.keys, "SELECT DISTINCT version FROM municipal_key") == [(2,)]
    monkeypatch.undo()
    assert sweep_all(house.installation).waits == ""


def test_a_rotation_that_fails_does_not_stop_the_sweep_and_is_done_by_the_next(house, story, monkeypatch):
    keeper = house.installation.keeper

    def away(*_):
        raise KeyFault("The key service does not answer.")

    monkeypatch.setattr(keeper, "rotate_wrapping", away)
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.waits) == (1, "The key service does not answer.")
    monkeypatch.undo()
    assert keeper.wrapping_due()
    assert sweep_all(house.installation).waits == ""
    assert not keeper.wrapping_due()
