"""Keys are replaced while everybody reads and writes, and a rotation that dies anywhere harms nothing (R92, R109)."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.directory.actors import recognise
from app.kernel.installing import assemble
from app.kernel.keys import keeper as keeper_module
from app.kernel.keys.keeper import Busy, Keeper
from app.kernel.keys.local import SecretKeys
from app.kernel.keys.provider import KeyFault
from app.kernel.migrating import admin_engine
from app.kernel.sealed import Sealed
from app.kernel.vault import Place, Shredded, Vault

ROOT = Path(__file__).resolve().parents[2]


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def town(house):
    return house.cast.towns["C"]


@pytest.fixture
def vault(house):
    return house.installation.vault.within(house.cast.towns.values())


@pytest.fixture
def keeper(house):
    return house.installation.keeper


def second(house):
    """Another process's vault on the same stores: its own memory, its own view of the wrapping keys."""
    databases = house.process.databases
    from app.kernel.keys.choosing import choose

    made = Vault(databases.keys, choose(house.installation.settings), databases.keys_retention)
    return made.within(house.cast.towns.values())


def made_files(vault, town, number=10):
    made = []
    for n in range(number):
        place = Place(uuid4(), "statement", "text", uuid4())
        vault.new_file(place.file_id, town)
        made.append((place, vault.seal(place, f"Verzonnen {n}"), f"Verzonnen {n}"))
    return made


def all_open(vault, files):
    vault.drop()
    return all(vault.unseal(place, value) == said for place, value, said in files)


def stored(house, query):
    with admin_engine(house.process.addresses.keys).connect() as conn:
        return conn.execute(text(query)).all()


# -- of a municipality ---------------------------------------------------------------------------------------


def test_a_municipality_gets_a_new_key_and_the_former_one_is_gone(house, vault, keeper, town, monkeypatch):
    monkeypatch.setattr(keeper_module, "BATCH", 4)
    files = made_files(vault, town) + made_files(vault, house.cast.towns["D"], 2)
    before = dict(stored(house, "SELECT file_id, wrapped FROM file_key"))
    done = keeper.rotate(town)
    assert (done.key, done.rewrapped) == ("2", 10)
    after = dict(stored(house, "SELECT file_id, wrapped FROM file_key"))
    mine = {place.file_id for place, _, _ in files[:10]}
    assert {f for f in after if after[f] != before[f]} == mine
    assert set(stored(house, "SELECT municipality_id, version FROM municipal_key")) == {
        (town, 2), (house.cast.towns["D"], 1),
    }  # fmt: skip
    assert all_open(vault, files)
    assert all_open(second(house), files)
    assert keeper.rotate(town).key == "3"
    assert all_open(vault, files)
    assert keeper.rotate(uuid4()) is None


def test_a_destroyed_file_makes_its_municipality_s_key_due_and_no_other(house, vault, keeper, town):
    files = made_files(vault, town, 2)
    made_files(vault, house.cast.towns["D"], 2)
    assert keeper.due() == []
    assert not keeper.wrapping_due()
    house.installation.vault.shred(files[0][0].file_id)
    assert keeper.due() == [town]
    assert keeper.wrapping_due()
    keeper.rotate(town)
    assert keeper.due() == []
    assert keeper.wrapping_due()
    keeper.rotate_wrapping()
    assert not keeper.wrapping_due()
    assert all_open(vault, files[1:])


@pytest.mark.parametrize("moment", ["_new_version", "_rewrap_files", "_end_versions"])
def test_a_rotation_that_dies_anywhere_harms_no_file_and_is_finished_by_the_next(
    house, vault, keeper, town, monkeypatch, moment
):
    monkeypatch.setattr(keeper_module, "BATCH", 3)
    files = made_files(vault, town)
    real, calls = getattr(Keeper, moment), []

    def die(self, *arguments):
        calls.append(1)
        if moment == "_end_versions" or len(calls) == 2 or moment == "_new_version":
            if moment == "_new_version":
                real(self, *arguments)
            raise Killed
        return real(self, *arguments)

    monkeypatch.setattr(Keeper, moment, die)
    with pytest.raises(Killed):
        keeper.rotate(town)
    monkeypatch.undo()
    assert len(stored(house, "SELECT FROM municipal_key")) == 2
    assert all_open(vault, files)
    files += made_files(vault, town, 3)
    assert keeper.due() == [town]
    keeper.rotate(town)
    assert stored(house, "SELECT version FROM municipal_key") == [(3,)]
    assert stored(house, "SELECT DISTINCT key_version FROM file_key") == [(3,)]
    assert keeper.due() == []
    assert all_open(vault, files)
    assert all_open(second(house), files)


def test_somebody_who_writes_under_the_former_key_at_that_moment_loses_nothing(
    house, vault, keeper, town, monkeypatch
):
    """Between looking up the municipality's key and writing, the whole rotation goes by."""
    files = made_files(vault, town, 2)
    writer = second(house)
    real, rotated = Vault._newest, []

    def slow(self, conn, municipality_id):
        found = real(self, conn, municipality_id)
        if not rotated:
            rotated.append(keeper.rotate(town))
        return found

    monkeypatch.setattr(Vault, "_newest", slow)
    files += made_files(writer, town, 1)
    assert rotated[0].key == "2"
    assert all_open(second(house), files)
    assert stored(house, "SELECT DISTINCT key_version FROM file_key") == [(2,)]


def test_two_rotations_at_once_are_one_and_a_refusal(house, vault, keeper, town, monkeypatch):
    made_files(vault, town, 2)
    real = Keeper._rewrap_files

    def meanwhile(self, *arguments):
        for act in (lambda: keeper.rotate(town), keeper.rotate_wrapping):
            with pytest.raises(Busy):
                act()
        return real(self, *arguments)

    monkeypatch.setattr(Keeper, "_rewrap_files", meanwhile)
    assert keeper.rotate(town).key == "2"
    monkeypatch.undo()
    assert keeper.rotate(town).key == "3"


# -- of the installation -------------------------------------------------------------------------------------


def test_the_wrapping_key_is_replaced_and_the_former_one_destroyed(house, vault, keeper, town):
    files = made_files(vault, town) + made_files(vault, house.cast.towns["D"], 2)
    own, other = house.installation.provider, second(house)
    secret, marked = own.wrap(b"secret", b"me"), own.mark(b"x", b"y")
    (first,) = keeper.provider.key_ids()
    done = keeper.rotate_wrapping()
    assert done.rewrapped == 4  # two municipalities, two of our own
    assert keeper.provider.key_ids() == [done.key] != [first]
    assert stored(house, "SELECT key_id FROM wrapping_key") == [(done.key,)]
    for process in (vault, other, second(house)):
        assert all_open(process, files)
        made_files(process, house.cast.towns["E"], 1)
    again = assemble(house.process.addresses, house.installation.settings, recognise)
    try:
        assert again.installation.provider.unwrap(secret, b"me") == b"secret"
        assert again.installation.provider.mark(b"x", b"y") == marked
    finally:
        again.databases.dispose()


@pytest.mark.parametrize("moment", ["made", "rewrapping", "ending", "destroying"])
def test_replacing_the_wrapping_key_may_die_anywhere(house, vault, keeper, town, monkeypatch, moment):
    files = made_files(vault, town, 3)
    provider, real = keeper.provider, Keeper._rewrap_keys

    def die(*arguments):
        if moment == "rewrapping":
            real(*arguments)
        raise Killed

    target = {
        "made": (Keeper, "_current"), "rewrapping": (Keeper, "_rewrap_keys"), "ending": (Keeper, "_end_wrapping_keys"),
        "destroying": (provider, "destroy_others"),
    }[moment]  # fmt: skip
    if moment == "made":
        real_make = provider.make
        monkeypatch.setattr(provider, "make", lambda: (real_make(), die()))
    else:
        monkeypatch.setattr(*target, die)
    with pytest.raises(Killed):
        keeper.rotate_wrapping()
    monkeypatch.undo()
    assert all_open(second(house), files)
    assert keeper.wrapping_due()
    files += made_files(second(house), town, 2)
    assemble(house.process.addresses, house.installation.settings, recognise).databases.dispose()
    done = keeper.rotate_wrapping()
    assert provider.key_ids() == [done.key]
    assert not keeper.wrapping_due()
    assert all_open(second(house), files)


def test_a_municipality_that_gets_its_first_key_during_the_replacement_loses_nothing(
    house, vault, keeper, monkeypatch
):
    town, writer = house.cast.towns["E"], second(house)
    real, replaced = writer._provider.wrap, []

    def slow(key_id, key, bound_to):
        wrapped = real(key_id, key, bound_to)
        if not replaced:
            replaced.append(keeper.rotate_wrapping())
        return wrapped

    monkeypatch.setattr(writer._provider, "wrap", slow)
    files = made_files(writer, town, 1)
    assert all_open(second(house), files)
    assert stored(house, "SELECT DISTINCT wrapping_key FROM municipal_key") == [(replaced[0].key,)]


def test_from_the_file_to_a_secret_handed_over_and_to_the_next_one(house, vault, keeper, town):
    """As docs/operations/backup.md tells it: the new key in front of the old one, wherever the old one was."""
    files, databases = made_files(vault, town, 2), house.process.databases
    old = tuple(keeper.provider._keys().items())
    chain = [(name, os.urandom(32)) for name in ("2026", "2027")]
    for fresh in chain:
        said = ",".join(f"{i}:{base64.b64encode(k).decode()}" for i, k in (fresh, *old))
        waiting = Keeper(databases.keys_keeper, SecretKeys(said, "X"))
        assert not waiting.newest_is_current()
        assert waiting.rotate_wrapping().key == fresh[0]
        assert waiting.newest_is_current()
        with pytest.raises(KeyFault, match="comes from you"):
            waiting.rotate_wrapping()
        old = (fresh,)
        alone = SecretKeys(f"{fresh[0]}:{base64.b64encode(fresh[1]).decode()}", "X")
        assert all_open(Vault(databases.keys, alone, databases.keys_retention).within([town]), files)


# -- while everybody works -----------------------------------------------------------------------------------

WORKER = """
import json, sys, time
from pathlib import Path
from uuid import UUID, uuid4
from app.directory.actors import recognise
from app.kernel.installing import Addresses, assemble
from app.kernel.sealed import Sealed
from app.kernel.settings import Settings
from app.kernel.vault import Place

main, keys, data, town, stop = sys.argv[1:]
process = assemble(Addresses(main, keys), Settings(data=Path(data)), recognise)
vault, town, made, reads = process.installation.vault.within([UUID(town)]), UUID(town), [], 0
print("ready", flush=True)
while not Path(stop).exists() or len(made) < 5:
    place = Place(uuid4(), "statement", "text", uuid4())
    vault.new_file(place.file_id, town)
    made.append((place, bytes(vault.seal(place, f"Verzonnen {len(made)}"))))
    if len(made) % 3 == 0:
        vault.drop()  # every third round from the store, the others with keys held in memory
    for number in range(max(0, len(made) - 10), len(made)):
        assert vault.unseal(made[number][0], Sealed(made[number][1])) == f"Verzonnen {number}"
        reads += 1
print(json.dumps({"reads": reads, "made": [[str(p.file_id), str(p.row_id), v.hex()] for p, v in made]}))
"""


@pytest.mark.slow
def test_readers_and_writers_in_other_processes_and_threads_notice_nothing(
    house, vault, keeper, town, tmp_path, monkeypatch
):
    monkeypatch.setattr(keeper_module, "BATCH", 25)
    files, stop = made_files(vault, town, 100), tmp_path / "stop"
    addresses = house.process.addresses
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, addresses.main, addresses.keys, str(house.installation.settings.data),
             str(town), str(stop)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    faults, reads = [], []

    def read():
        mine = second(house)
        while not stop.exists():
            try:
                reads.append(all_open(mine, files))
            except Exception as fault:  # noqa: BLE001 — any fault at all is the finding
                faults.append(repr(fault))
                return

    threads = [threading.Thread(target=read) for _ in range(2)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n", worker.communicate()
    for thread in threads:
        thread.start()
    for _ in range(4):
        assert keeper.rotate(town).rewrapped >= 100
        keeper.rotate_wrapping()
        time.sleep(0.2)
    stop.touch()
    for thread in threads:
        thread.join()
    for worker in workers:
        out, err = worker.communicate(timeout=60)
        assert worker.returncode == 0, err
        told = json.loads(out.splitlines()[-1])
        assert told["reads"] > 10
        for number, (file_id, row_id, value) in enumerate(told["made"]):
            place = Place(UUID(file_id), "statement", "text", UUID(row_id))
            files.append((place, Sealed(bytes.fromhex(value)), f"Verzonnen {number}"))
    assert faults == []
    assert len(reads) > 4
    assert all(reads)
    assert all_open(second(house), files)
    assert stored(house, "SELECT version FROM municipal_key") == [(5,)]


def test_a_file_destroyed_during_a_rotation_stays_destroyed_and_makes_another_one_due(
    house, vault, keeper, town, monkeypatch
):
    files = made_files(vault, town, 4)
    doomed, value, _ = files.pop()
    real, done = Keeper._end_versions, []

    def meanwhile(self, *arguments):
        if not done:
            done.append(house.installation.vault.shred(doomed.file_id))
        return real(self, *arguments)

    monkeypatch.setattr(Keeper, "_end_versions", meanwhile)
    keeper.rotate(town)
    monkeypatch.undo()
    with pytest.raises(Shredded):
        second(house).unseal(doomed, value)
    assert keeper.due() == [town], "its key had been wrapped under the new one for a moment"
    keeper.rotate(town)
    assert keeper.due() == []
    assert all_open(second(house), files)
