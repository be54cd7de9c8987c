"""Copies: what a dump of the main database holds, and putting copies back (R92, R109; docs/operations/backup.md)."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from cast import PASSWORD
from tracecraft import FULLEST, STORIES, Listener, copies, forms, found_in, fragments, writings

from app.demo import EXAMPLES
from app.keeping import back_up, restore, rotate_keys
from app.kernel.clock import SystemClock
from app.kernel.dumping import DumpFailed
from app.kernel.embedded import Cluster
from app.kernel.keys.provider import KeyFault
from app.kernel.migrating import admin_engine
from app.retention.sweeping import sweep_all
from app.staging import Administrator
from app.walkthrough import read_story

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def play(house):
    """Plays stories, up to a step, into this house; gives what was said of persons."""
    house.installation.clock = SystemClock()
    (row,) = house.sql(
        "SELECT totp_secret FROM credential WHERE person_id = :p", p=house.cast.persons["administrator"]
    )
    secret = house.installation.provider.unwrap(row[0], house.cast.persons["administrator"].bytes).decode()
    token = []

    def run(name, until, subject):
        player = Listener(
            house.client(), Administrator("administrator", PASSWORD, secret), date(2026, 3, 2), say=lambda _: None,
            given={"subject": subject}, admin_token=token[0] if token else "",
        )  # fmt: skip
        player.play(read_story(EXAMPLES / name), until=until)
        token[:] = [player.admin_token]
        return player.heard

    return run


def test_every_writing_of_a_text_is_recognised():
    said = "Stuurt geheime berichten, zegt é 'Verzonnen'"
    for form, written in forms(said).items():
        assert found_in(b"\x01\x02" + written + b"\x03", {said}), form
    padded = base64.b64encode(b"xy" + said.encode() + b"more of it")
    assert {form for _, form in found_in(padded, {said})} == {"base64 of UTF-8 at 2"}


@pytest.mark.slow
def test_a_dump_of_the_main_database_holds_no_name_and_no_text_of_any_case(house, play, tmp_path):
    heard = set()
    for number, name in enumerate(STORIES):
        heard |= play(name, FULLEST.get(name, "closed"), f"Waterlelie{number} Onvindbaar-Verzonnen")
    # Three words that stand in an agreement as well, which is of nobody, give nothing away; a whole text always would.
    stories = [read_story(EXAMPLES / name) for name in STORIES]
    # What a service says of its own rules is of no case either (R38).
    frameworks = {
        s["with"]["text"] for story in stories for s in story["step"] if s.get("do") == "stateFramework"
    }
    # Nor is the service to which something went: the register names it, and no person.
    services = {
        s["with"]["recipientName"]
        for story in stories
        for s in story["step"]
        if "recipientName" in s.get("with", {})
    }
    heard -= frameworks | services
    written = [row.written for row in house.sql("SELECT written FROM agreement")]
    agreed = " ".join([*(str(story["agreement"]) for story in stories), *written, *frameworks, *services])
    texts = heard | {f for f in set().union(*map(fragments, heard)) if f not in agreed}
    assert len(heard) > 30
    assert sum("Waterlelie" in text for text in heard) == len(STORIES)
    ((cases, statements),) = house.sql(
        "SELECT (SELECT count(*) FROM case_file), (SELECT count(*) FROM statement)"
    )
    assert cases == len(STORIES)
    assert statements > 0
    list(back_up(house.process, tmp_path / "main.dump", "main"))
    assert sorted(p.name for p in tmp_path.glob("*dump*")) == ["main.dump"]
    dump = (tmp_path / "main.dump").read_bytes()
    as_sql = subprocess.run(
        [Cluster.tool("pg_restore"), "--file=-", tmp_path / "main.dump"], check=True, capture_output=True
    ).stdout
    ((reference,),) = house.sql("SELECT reference FROM case_file LIMIT 1")
    for content in (dump, as_sql):
        # The dump is whole and readable: names of those who sign in stand in it, and every case's row.
        for staff in ("Burgemeester Babs Verzonnen", "Maatschappelijk werker Mo Verzonnen", reference):
            assert staff.encode() in content
        assert found_in(content, texts) == set()
    list(back_up(house.process, tmp_path / "keys.dump", "keys"))
    assert found_in((tmp_path / "keys.dump").read_bytes(), texts) == set()
    _nothing_is_left(
        house, tmp_path, texts, [row.reference for row in house.sql("SELECT reference FROM registration")]
    )


def _nothing_is_left(house, folder, texts, references):
    """Let every day come on which something ends, and look for it in all that is held or made (R92)."""
    of_files = house.sql(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c WHERE c.table_schema = 'public'"
        " AND c.data_type = 'bytea' AND (c.table_name = 'case_file' OR EXISTS (SELECT FROM information_schema.columns o"
        " WHERE o.table_schema = 'public' AND o.table_name = c.table_name AND o.column_name = 'case_id'))"
    )
    sealed = {
        bytes(row.value)
        for table, column in of_files
        if (table, column) != ("minutes_item", "digest")  # salted, and the salt is gone: see there
        for row in house.sql(f"SELECT {column} AS value FROM {table} WHERE length({column}) > 20")
    }
    assert len(sealed) > 60
    swept = sweep_all(house.installation, datetime(2035, 3, 2, tzinfo=UTC))
    assert (swept.left, swept.waits) == (0, "")
    assert swept.destroyed == len(STORIES)
    # Words in lower case and without accents, of whole texts; and their runs of three words as they were said.
    wanted = (
        texts | set().union(*(writings(each) for each in texts if "Waterlelie" in each)) | set(references)
    )
    (folder / "after").mkdir()
    for name, content in copies(house, folder / "after").items():
        assert found_in(content, wanted) == set(), name
        for value in sealed:
            assert value not in content, name
            assert value.hex().encode() not in content, name


def test_a_backup_is_logged_before_it_is_made_and_overwrites_nothing(house, tmp_path):
    said = list(back_up(house.process, tmp_path / "copy", "both"))
    assert len(said) == 2
    for path in (tmp_path / "copy", tmp_path / "copy.keys"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_bytes()[:5] == b"PGDMP"
    lines = house.sql("SELECT role, outcome, reason, channel FROM journal.entry WHERE action = 'backup.make'")
    assert [tuple(line) for line in lines] == [("administrator", "allowed", "both", "cli")]
    before = (tmp_path / "copy").read_bytes()
    with pytest.raises(DumpFailed, match="never overwrites"):
        list(back_up(house.process, tmp_path / "copy", "main"))
    assert (tmp_path / "copy").read_bytes() == before
    assert len(house.sql("SELECT FROM journal.entry WHERE action = 'backup.make'")) == 1
    with pytest.raises(DumpFailed):
        list(back_up(house.process, tmp_path / "no folder" / "copy", "main"))
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_copy_is_put_back_whole_or_not_at_all(house, databases, tmp_path):
    list(back_up(house.process, tmp_path / "copy", "both"))
    name = f"livcr_b_{uuid4().hex[:10]}"
    addresses = databases.create(name)
    try:
        broken = tmp_path / "broken"
        broken.write_bytes((tmp_path / "copy").read_bytes()[:-2000])
        with pytest.raises(DumpFailed, match="pg_restore failed"):
            list(restore(addresses, house.installation.settings, broken, None))
        with pytest.raises(DumpFailed, match="is not there"):
            list(restore(addresses, house.installation.settings, tmp_path / "nothing", None))
        list(restore(addresses, house.installation.settings, tmp_path / "copy", tmp_path / "copy.keys"))
        with pytest.raises(DumpFailed, match="not empty"):
            list(restore(addresses, house.installation.settings, tmp_path / "copy", None))
        for url, original in (
            (addresses.main, house.process.addresses.main),
            (addresses.keys, house.process.addresses.keys),
        ):
            assert _inventory(url) == _inventory(original)
    finally:
        databases.drop(name)


def _inventory(url):
    """Give every table with owner, rights, policies and number of rows."""
    from sqlalchemy import text

    with admin_engine(url).connect() as conn:
        tables = conn.execute(text(
            "SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner), c.relrowsecurity, c.relacl::text,"
            " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'journal') AND c.relkind IN ('r', 'p')"
        )).all()  # fmt: skip
        return {
            (*row, conn.scalar(text(f'SELECT count(*) FROM {row[0]}."{row[1]}"')))
            for row in map(tuple, tables)
        }


def test_the_console_rotates_by_id_by_nis_code_and_all(house):
    from uuid import uuid4

    vault = house.installation.vault.within(house.cast.towns.values())
    for letter in "CD":
        vault.new_file(uuid4(), house.cast.towns[letter])
    house.sql("UPDATE municipality SET nis_code = '99001' WHERE id = :i", i=house.cast.towns["C"])
    for said in ("99001", str(house.cast.towns["C"])):
        (line,) = rotate_keys(house.process, said, every=False, wrapping=False)
        assert "those of 1 files" in line
    assert len(list(rotate_keys(house.process, "", every=True, wrapping=False))) == 2
    (line,) = rotate_keys(house.process, str(house.cast.towns["E"]), every=False, wrapping=False)
    assert "no key" in line
    (line,) = rotate_keys(house.process, "", every=False, wrapping=True)
    assert "4 keys" in line
    with pytest.raises(KeyFault, match="No municipality"):
        list(rotate_keys(house.process, "nowhere", every=False, wrapping=False))
    lines = house.sql(
        "SELECT role, channel, reason FROM journal.entry WHERE action IN ('key.rotate', 'wrappingKey.rotate')"
    )
    assert {(role, channel) for role, channel, _ in lines} == {("administrator", "cli")}
    assert len(lines) == 2 * (2 + 2 + 1 + 1)


def _livcr(*arguments, data, **environment):
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "KEYS_DATABASE_URL", "PORT"}}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *map(str, arguments)], cwd=ROOT, env=env | {"LIVCR_DATA": str(data)} | environment,
        capture_output=True, text=True, timeout=180, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.slow
def test_the_command_backs_up_and_restores_an_installation(tmp_path):
    """From nothing to an account, a backup, another machine with the copies and the wrapping key."""
    old, new = tmp_path / "old", tmp_path / "new"
    made = _livcr("create-administrator", "beheer", data=old)
    assert made.returncode == 0, made.stderr
    for arguments in (("keys", "rotate", "--all"), ("keys", "rotate", "--wrapping"),
                      ("backup", "--output", tmp_path / "both"),
                      ("backup", "--main-only", "--output", tmp_path / "alone")):  # fmt: skip
        done = _livcr(*arguments, data=old)
        assert done.returncode == 0, done.stderr
    assert not (tmp_path / "alone.keys").exists()
    shutil.copytree(old / "secrets", new / "secrets")
    done = _livcr("restore", "--main", tmp_path / "both", "--keys", tmp_path / "both.keys", data=new)
    assert done.returncode == 0, done.stderr
    assert "0 cases" in done.stdout
    again = _livcr("restore", "--main", tmp_path / "both", data=new)
    assert (again.returncode, len(again.stderr.strip().splitlines())) == (1, 1)
    assert "not empty" in again.stderr
    assert _livcr("migrate", data=new).returncode == 0


@pytest.mark.slow
def test_a_wrong_or_missing_key_is_one_sentence_at_the_console(tmp_path):
    data = tmp_path / "data"
    assert _livcr("create-administrator", "beheer", data=data).returncode == 0
    key = data / "secrets" / "wrapping.key"
    right = key.read_bytes()
    key.unlink()
    token = tmp_path / "token"
    token.write_text("een-verzonnen-token")
    other = "a:" + base64.b64encode(os.urandom(32)).decode()
    for environment, said in (
        ({}, "holds no wrapping key"),
        ({"LIVCR_KEY_PROVIDER": "secret"}, "There is no wrapping key in LIVCR_WRAPPING_KEY"),
        ({"LIVCR_KEY_PROVIDER": "secret", "LIVCR_WRAPPING_KEY_FILE": str(tmp_path / "none")}, "cannot be read"),
        ({"LIVCR_KEY_PROVIDER": "secret", "LIVCR_WRAPPING_KEY": other}, "does not hold"),
        ({"LIVCR_KEY_PROVIDER": "kms"}, "LIVCR_KMS_URL"),
        ({"LIVCR_KEY_PROVIDER": "kms", "LIVCR_KMS_URL": "http://127.0.0.1:9/v1/transit", "LIVCR_KMS_TOKEN_FILE": str(token)},
         "does not answer"),
    ):  # fmt: skip
        done = _livcr("migrate", data=data, **environment)
        assert done.returncode == 1, environment
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert said in done.stderr
    assert not key.exists()
    key.write_bytes(right)
    assert _livcr("migrate", data=data).returncode == 0
