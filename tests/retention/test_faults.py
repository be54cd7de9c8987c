"""Disk full and key store away in the middle of a destruction: refused or resumed, and told, never in silence (R92).

The disks are real ones, a few hundred KiB large and full; the key store's own server refuses the connections.
"""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from pagecraft import reader, texts_of
from sqlalchemy import text

from app.retention import sweeping
from app.retention.sweeping import sweep_all

FILE = "SELECT state, shred_ordered_at IS NOT NULL FROM case_file"


class SmallDisk:
    """A file system of its own in memory, in which a database keeps a table; full or not."""

    def __init__(self, place, conn, name):
        self.place, self._conn, self.name = place, conn, name

    def holds(self, url, table):
        """Have a table lie here from now on."""
        with _as_superuser(url) as conn:
            conn.execute(text(f"ALTER TABLE {table} SET TABLESPACE {self.name}"))

    def fill(self):
        """Leave no room."""
        with Path(self.place, "full").open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 512):
                    pass
            except OSError:
                return

    def free(self):
        """Give the room back."""
        Path(self.place, "full").unlink()


@contextmanager
def _as_superuser(url):
    from app.kernel.migrating import admin_engine

    engine = admin_engine(url)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:
        yield conn
    engine.dispose()


@pytest.fixture
def small_disk(house, databases, tmp_path):
    """Give a maker of small disks: of the main database (0) or of the key store (1)."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a disk that is full")
    mounted = []

    def made(which):
        conn = databases.maintenance[which]
        place, name = tmp_path / f"disk{which}", f"small_{os.getpid()}_{which}"
        place.mkdir()
        said = subprocess.run(
            ["/bin/mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)], capture_output=True, text=True, check=False
        )  # fmt: skip
        if said.returncode:
            pytest.skip(f"no disk can be mounted here: {said.stderr.strip()}")
        mounted.append((place, conn, name))
        owner = Path(conn.scalar(text("SHOW data_directory"))).stat()
        inside = place / "table"
        inside.mkdir(mode=0o700)
        os.chown(inside, owner.st_uid, owner.st_gid)
        conn.execute(text(f"CREATE TABLESPACE {name} LOCATION '{inside}'"))
        return SmallDisk(place, conn, name)

    yield made
    house.process.databases.dispose()
    database = house.process.addresses.main.partition("?")[0].rpartition("/")[2]
    databases.drop(database)
    for place, conn, name in mounted:
        conn.execute(text(f"DROP TABLESPACE IF EXISTS {name}"))
        subprocess.run(["/bin/umount", str(place)], check=True)


class KeyStore:
    """The key store of a house, which can be taken away."""

    def __init__(self, house, databases):
        self._house, self._conn = house, databases.maintenance[1]
        self._name = house.process.addresses.keys.partition("?")[0].rpartition("/")[2]

    def goes(self):
        """Have its server throw everybody out and let nobody in."""
        self._conn.execute(text(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false'))
        self._conn.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"),
            {"n": self._name},
        )

    def comes_back(self):
        """Let everybody in again."""
        self._conn.execute(text(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true'))


@pytest.fixture
def key_store(house, databases):
    """The key store, taken away and put back."""
    made = KeyStore(house, databases)
    yield made
    made.comes_back()


def _told(house):
    """Give what the log tells of sweeps that left something: the reason, and whether it is the municipality's own log."""
    rows = house.sql(
        "SELECT reason, controller FROM journal.entry WHERE action = 'sweep.run' AND reason <> '' ORDER BY id"
    )
    return {(row.reason, row.controller == house.cast.towns["C"]) for row in rows}


def _unfinished(house):
    """Give what the data protection officer is told on the page of the sweep, and on two more that are looked at first."""
    officer = reader(house, "dpo")
    pages = [texts_of(officer.get(path).text) for path in ("/retention/sweep", "/retention", "/")]
    assert len({"nog niet voltooid" in page for page in pages}) == 1
    return pages[0]


def _keys(house, listed):
    return house.installation.vault.destroyed([listed.case_id, listed.registration_id])


def _gone(house, listed):
    assert (
        house.sql("SELECT count(*) FROM case_file")
        == house.sql("SELECT count(*) FROM registration")
        == [(0,)]
    )
    assert house.sql("SELECT reference, kind FROM certificate") == [(listed.reference, "case")]
    assert _keys(house, listed) == {listed.case_id, listed.registration_id}
    assert "nog niet voltooid" not in _unfinished(house)


def test_no_room_for_the_order_and_nothing_is_begun(house, filled, acts, small_disk):
    acts.on(house, 2027, 3, 2)
    disk = small_disk(0)
    disk.holds(house.process.addresses.main, "journal.entry_2027")
    disk.fill()
    swept = sweep_all(house.installation)
    assert swept.destroyed == 0
    assert swept.left >= 1
    assert house.sql(FILE) == [("underDiscussion", False)] or house.sql(FILE) == [("listed", False)]
    assert _keys(house, filled) == set(), "no key goes without its line in the log"
    disk.free()
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left, swept.waits) == (1, 0, "")
    _gone(house, filled)


def test_no_room_for_a_tombstone_and_no_key_goes(house, filled, acts, small_disk):
    acts.on(house, 2027, 3, 2)
    disk = small_disk(1)
    disk.holds(house.process.addresses.keys, "tomb")
    disk.fill()
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left) == (0, 1)
    assert house.sql(FILE) == [("destroyed", True)], "ordered, and there for nobody"
    assert _keys(house, filled) == set()
    assert _told(house) == {("keyStoreAway", True)}
    assert "nog niet voltooid: 1" in _unfinished(house)
    disk.free()
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left, swept.waits) == (1, 0, "")
    _gone(house, filled)


def test_no_room_for_the_certificate_and_every_row_waits_for_it(house, filled, acts, small_disk):
    acts.on(house, 2027, 3, 2)
    disk = small_disk(0)
    disk.holds(house.process.addresses.main, "certificate")
    disk.fill()
    before = house.sql("SELECT count(*) FROM statement")
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left) == (0, 1)
    assert house.sql(FILE) == [("destroyed", True)]
    assert _keys(house, filled) == {filled.case_id, filled.registration_id}, "nobody reads it any more"
    assert house.sql("SELECT count(*) FROM statement") == before, "all rows or none"
    assert _told(house) == {("unfinished", True)}
    assert "nog niet voltooid: 1" in _unfinished(house)
    assert sweep_all(house.installation).destroyed == 0
    disk.free()
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left, swept.waits) == (1, 0, "")
    _gone(house, filled)


@pytest.mark.parametrize("moment", ["before the sweep", "after the order", "after the keys"])
def test_the_key_store_goes_away_in_the_middle(house, filled, acts, key_store, monkeypatch, moment):
    acts.on(house, 2027, 3, 2)
    vault, shred = house.installation.vault, house.installation.vault.shred

    def in_between(*file_ids):
        if moment == "after the order":
            key_store.goes()
        shred(*file_ids)
        if moment == "after the keys":
            key_store.goes()

    if moment == "before the sweep":
        key_store.goes()
    else:
        monkeypatch.setattr(vault, "shred", in_between)
    swept = sweep_all(house.installation)
    monkeypatch.undo()
    assert swept.destroyed == 0
    assert swept.left >= 1
    assert swept.waits.startswith("The key store did not answer")
    assert ("keyStoreAway", True) in _told(house)
    begun = moment != "before the sweep"
    assert house.sql(FILE)[0][1] is begun, "without its keys nothing is begun"
    assert ("nog niet voltooid: 1" in _unfinished(house)) is begun
    again = sweep_all(house.installation)
    assert (again.destroyed, again.left >= 1) == (0, True)
    key_store.comes_back()
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left, swept.waits) == (1, 0, "")
    _gone(house, filled)


def test_without_its_keys_a_sweep_still_warns_and_does_not_try_file_after_file(
    house, acts, key_store, monkeypatch
):
    for number in range(3):
        acts.put_on_list(house) if number == 0 else _another(house, acts, number)
    house.sql(
        "UPDATE case_file SET due_on = '2027-02-01' WHERE id <> (SELECT min(id::text)::uuid FROM case_file)"
    )
    acts.on(house, 2027, 2, 1)
    key_store.goes()
    tried, real = [], sweeping.destroy_case

    def counted(unit, command):
        tried.append(command.step)
        return real(unit, command)

    monkeypatch.setattr(sweeping, "destroy_case", counted)
    swept = sweep_all(house.installation)
    assert (swept.warned, swept.destroyed, swept.left) == (1, 0, 2)
    assert tried == ["order"], "once is enough to know"
    key_store.comes_back()
    assert sweep_all(house.installation).destroyed == 2


def _another(house, acts, number):
    body = {
        "subjectName": f"Ander Verzonnen {number}", "narrative": "Een signaal (verzonnen).", "phenomenon": "sects",
        "urgency": "normal", "nothingClassified": True, "municipalityId": str(house.cast.towns["C"]),
        "birthDate": "2001-04-05",
    }  # fmt: skip
    answer = house.client("participant").post("/api/v1/registrations", json=body)
    assert answer.status_code == 201, answer.text
    mayor = house.client("mayor")
    path = answer.json()["self"]
    tag = mayor.get(path).headers["etag"]
    tag = mayor.post(path + "/screen", json={}, headers={"If-Match": tag}).headers["etag"]
    said = {"outcome": "listed", "indications": "Aanwijzingen (verzonnen).", "presumedAdult": True}
    assert mayor.post(path + "/decide", json=said, headers={"If-Match": tag}).status_code == 200


def test_a_wrapping_key_that_is_gone_stops_no_destruction_and_is_said(house, filled, acts):
    acts.on(house, 2027, 3, 2)
    key = house.installation.settings.secrets / "wrapping.key"
    content = key.read_bytes()
    key.unlink()
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left) == (1, 0)
    assert "does not hold wrapping key" in swept.waits
    key.write_bytes(content)
    key.chmod(0o600)
    assert sweep_all(house.installation).waits == ""
    _gone(house, filled)
