"""After a destruction no fragment is left anywhere: every column of every table of a file is marked, and looked for (R92)."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import LargeBinary, MetaData, Text, text
from tracecraft import copies, found_in, writings

import app.main  # noqa: F401 — brings every model with it
from app.intake.models import Registration
from app.intake.registering import place
from app.kernel.database import Row
from app.kernel.ids import new_id
from app.kernel.migrating import admin_engine
from app.kernel.sealed import SealedColumn
from app.kernel.vault import Place, Shredded
from app.retention.destroying import _of_a_case
from app.retention.sweeping import sweep_all

MARK = "Étoile-Waterlelie Onvindbaar-Verzonnen"
BORN = "1987-06-05"
REFERENCE = "C-2026-VERZ1"
"""Stands on the certificate (R93)."""
OWN = {
    "case_id": "case", "registration_id": "registration", "due_on": "today", "locks_on": "today", "shred_ordered_at": "nothing",
}  # fmt: skip
ASIS = {
    ("agenda_item", "purpose"): "person", ("consultation_table", "kind"): "operational",
    ("case_file", "reference"): REFERENCE, ("case_file", "state"): "listed",
    ("attachment", "origin"): "securityServices",  # with a validation, as it has to be
}  # fmt: skip


def _plain(kind, said):
    """Give a value of a type that holds no text of its own."""
    written = str(kind).split("[", maxsplit=1)[0]
    values = {
        "CHAR(32)": new_id(), "INTEGER": 1, "BIGINT": 1, "SMALLINT": 1, "BOOLEAN": True, "DATE": date(2026, 3, 2),
        "DATETIME": datetime(2026, 3, 2, tzinfo=UTC), "JSONB": {"nl": said}, "JSON": {"nl": said},
    }  # fmt: skip
    return values.get(written)


class Marked:
    """One file with a row in every table that can hold anything of it, and the mark in every column."""

    def __init__(self, house):
        self.house, self.case_id, self.registration_id = house, new_id(), new_id()
        self.town = house.cast.towns["C"]
        self.vault = house.installation.vault.within({self.town})
        self.vault.new_file(self.case_id, self.town)
        self.vault.new_file(self.registration_id, self.town)
        self.rows = {"municipality": {"id": self.town}, "person": {"id": house.cast.persons["mayor"]}}
        self.sealed: list[tuple[Place, bytes]] = []
        self.columns: set[str] = set()

    def fill(self):
        """Put the rows down, as the superuser, past every lock and trigger."""
        of_case = {table.name for table in _of_a_case()} | {"registration"}
        known = MetaData()
        with admin_engine(self.house.process.addresses.main).begin() as conn:
            conn.exec_driver_sql("SET session_replication_role = replica")
            known.reflect(conn)
            for table in Row.metadata.sorted_tables:
                if table.name in of_case | self._parents(of_case) and table.name not in self.rows:
                    marked = table.name in of_case
                    self.rows[table.name] = {}
                    for column in table.columns:
                        value = self._value(table, column, marked=marked)
                        self.rows[table.name][column.name] = value
                    conn.execute(known.tables[table.name].insert().values(**self.rows[table.name]))

    def _parents(self, wanted):
        found = set(wanted)
        while True:
            more = {
                key.column.table.name
                for table in Row.metadata.sorted_tables if table.name in found
                for column in table.columns for key in column.foreign_keys
            } - found  # fmt: skip
            if not more:
                return found
            found |= more

    def _value(self, table, column, *, marked):
        """Give what stands in a column: who it is of, what a file on its last day wants, or a text with the mark."""
        here = (table.name, column.name)
        for key in column.foreign_keys:
            if key.column.table.name in self.rows and column.name not in OWN:
                return self.rows[key.column.table.name].get(key.column.name)
        own = (
            OWN.get(column.name)
            or ASIS.get(here)
            or (here if here in {("case_file", "id"), ("registration", "id")} else None)
        )
        if own is not None:
            return self._known(own)
        if isinstance(column.type, SealedColumn | LargeBinary):
            return self._bytes(table, column, self.rows[table.name], marked=marked)
        if isinstance(column.type, Text):
            said = f"{MARK} {table.name}.{column.name}" if marked else f"Verzonnen {new_id().hex}"
            self.columns |= {said} if marked else set()
            return said
        return _plain(column.type, MARK if marked else "verzonnen")

    def _known(self, what):
        known = {
            "case": self.case_id, ("case_file", "id"): self.case_id, "registration": self.registration_id,
            ("registration", "id"): self.registration_id, "today": self.house.now.date(), "nothing": None,
        }  # fmt: skip
        return known.get(what, what)

    def _bytes(self, table, column, row, *, marked):
        said = f"{MARK}, geboren op {BORN}, in {table.name}.{column.name}"
        if not marked:
            return b"verzonnen"
        self.columns.add(said)
        if table.name == Registration.__tablename__:
            where = place(self.registration_id, column.name)
        else:
            where = Place(self.case_id, table.name, column.name, row.get("id") or self.case_id)
        value = self.vault.seal(where, said)
        self.sealed.append((where, bytes(value)))
        return value


@pytest.fixture
def marked(house):
    """A file with everything in it, whose last day is today."""
    made = Marked(house)
    made.fill()
    reference = made.rows["case_file"]["reference"]
    house.sql(
        "INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)"
        " VALUES (:i, :p, 'invited', :r, :m, now())",
        i=new_id(), p=house.cast.persons["mayor"], r=reference, m=made.town,
    )  # fmt: skip
    # The answer that a keyed request on it got, kept for a day.
    house.sql(
        "INSERT INTO idempotency (person_id, mandate_id, key, request_hash, status, location, href, at)"
        " VALUES (:p, :m, 'verzonnen', :h, 201, :l, :l, now())",
        p=house.cast.persons["mayor"], m=house.cast.mandates["mayor"], h=b"verzonnen", l=f"/api/v1/cases/{made.case_id}",
    )  # fmt: skip
    return made


def test_a_mark_in_every_column_of_a_file_is_nowhere_after_its_destruction(house, marked, tmp_path):
    made = marked
    tables = {table.name for table in _of_a_case()}
    assert tables <= made.rows.keys()
    assert len(made.sealed) > 40
    assert len(made.columns) > 100
    (tmp_path / "before").mkdir()
    before = copies(house, tmp_path / "before")
    sealed_now = [value for _, value in made.sealed]
    dump = before["main: fresh dump"]
    assert all(value.hex().encode() in dump for value in sealed_now)
    assert found_in(dump, {MARK}), "what is looked for would be found"
    keys = [
        bytes(row.wrapped)
        for row in _keys(house, "SELECT wrapped FROM file_key WHERE file_id = ANY(:f)", made)
    ]
    assert len(keys) == 2
    assert all(key.hex().encode() in before["keys: fresh dump"] for key in keys)

    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left, swept.waits) == (1, 0, "")
    (tmp_path / "after").mkdir()
    after = copies(house, tmp_path / "after")
    looked_for = set().union(*map(writings, {MARK, *MARK.split(), BORN}))
    for name, content in after.items():
        assert found_in(content, looked_for) == set(), name
        for value in (*sealed_now, *keys):
            assert value not in content, name
            assert value.hex().encode() not in content, name
    for where, value in made.sealed:
        with pytest.raises(Shredded):
            made.vault.unseal(where, value)
    _ids_stand_in_evidence_alone(after, made)


def _ids_stand_in_evidence_alone(after, made):
    """By its number the file stands in the log, which is kept ten years, and among the tombstones; by reference on its paper."""
    for name, content in after.items():
        if ":" not in name or "dump" in name:
            continue
        held = {
            what for what, said in
            (("case", made.case_id), ("registration", made.registration_id), ("reference", REFERENCE))
            if str(said).encode() in content
        }  # fmt: skip
        allowed = (
            {"case", "registration"} if "journal.entry" in name or name == "keys: public.tomb" else set()
        )
        allowed = {"reference"} if name == "main: public.certificate" else allowed
        assert held <= allowed, (name, held)


def _keys(house, query, made):
    with admin_engine(house.process.addresses.keys).connect() as conn:
        return conn.execute(text(query), {"f": [made.case_id, made.registration_id]}).all()
