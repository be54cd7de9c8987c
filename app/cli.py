"""The command `livcr`. A composition root: it puts parts together and speaks to the person at the console.

Every foreseeable fault is one clear sentence and a non-zero exit, never a traceback.
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEAST_DISK = 300 * 1024 * 1024
SWEEP_SECONDS = 3600.0
"""Destruction runs by itself, within the hour in which its day begins (R90)."""


class Stop(Exception):  # noqa: N818 — one sentence for the person at the console
    """End the command with a sentence."""


def main(argv: list[str] | None = None) -> int:
    """Run a command; gives the exit code."""
    from app.kernel.embedded import EmbeddedUnavailable
    from app.kernel.migrating import Unreachable
    from app.walkthrough import StoryFailed

    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except (Stop, EmbeddedUnavailable, Unreachable, StoryFailed) as fault:
        print(f"livcr: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as fault:
        print(
            f"livcr: {fault.strerror or fault}{f': {fault.filename}' if fault.filename else ''}.",
            file=sys.stderr,
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="livcr", description="LIVC R case consultation")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: object, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    add("demo", demo, "build the demonstration in the data folder, if needed, and serve it")
    add("serve", serve, "serve the application")
    add("migrate", migrate_only, "bring both databases to their newest revision")
    made = add("create-administrator", administrator, "make the first account of an installation")
    made.add_argument("username")
    made.add_argument("--name", default="Administrator")
    made = add("demo-token", token, "print a bearer token of a demo person (username or role)")
    made.add_argument("person")
    made = add("demo-code", code, "print the one-time code of a demo person (username or role)")
    made.add_argument("person")
    made = add("walkthrough", walkthrough, "play a story against a running demonstration")
    made.add_argument("story", type=Path)
    made.add_argument("--url", default="http://127.0.0.1:8000")
    add("sweep", sweep, "warn, and destroy what is due, for every municipality")
    made = add("docs", docs, "write the generated pages of docs/")
    made.add_argument("--check", action="store_true", help="only say whether they are current")
    journal = add("journal", None, "the processing log").add_subparsers(required=True, metavar="WHAT")
    made = journal.add_parser("verify", help="verify an exported file")
    made.add_argument("file", type=Path)
    made.add_argument(
        "--key", action="append", default=[], help="public key, as text or file (default: our own)"
    )
    made.set_defaults(run=verify)
    return parser


# -- parts ---------------------------------------------------------------------------------------------


def _data_ready() -> Path:
    from app.kernel.settings import settings

    data = settings().data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(data).free
    if free < LEAST_DISK:
        free, least = free >> 20, LEAST_DISK >> 20
        raise Stop(f"The disk that holds {data} has only {free} MiB free; at least {least} are needed.")
    return data


def _port_free() -> None:
    from app.kernel.settings import settings

    host, port = settings().host, settings().port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Stop(f"Port {port} on {host} is in use; choose another one with PORT=….") from None


@contextmanager
def _process(kind: str = "") -> Iterator[object]:
    """Have databases running and migrated, and give this process's parts. *kind*: mark of a new database."""
    from app.directory.actors import recognise
    from app.kernel.installing import assemble, databases_running, mark, migrate
    from app.kernel.settings import settings

    _data_ready()
    with databases_running(settings()) as addresses:
        migrate(addresses)
        mark(addresses, kind or "production")
        process = assemble(addresses, settings(), recognise)
        try:
            yield process
        finally:
            process.databases.dispose()


def _loopback_only() -> None:
    from ipaddress import ip_address

    from app.kernel.settings import settings

    host = settings().host
    try:
        fine = ip_address(host).is_loopback
    except ValueError:
        fine = host == "localhost"
    if not fine:
        raise Stop(f"A demonstration is served on this machine's own address only, not on {host}.")


def _serve(process: object) -> None:
    import uvicorn

    from app.asgi import KEYS, MAIN
    from app.kernel.installing import Periodically, Process
    from app.kernel.settings import settings
    from app.retention.sweeping import sweep_all

    if not isinstance(process, Process):
        raise TypeError
    chosen = settings()
    if process.installation.demo:
        _loopback_only()
    os.environ[MAIN], os.environ[KEYS] = process.addresses.main, process.addresses.keys
    # Before uvicorn: after its own shutdown it raises the signal again, and the databases still have to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    chores = (
        Periodically("sealing", chosen.seal_seconds, process.sealer.seal_all),
        Periodically("sweeping", SWEEP_SECONDS, lambda: sweep_all(process.installation), at_once=True),
    )
    for chore in chores:
        chore.start()
    try:
        uvicorn.run(
            "app.asgi:create",
            factory=True,
            host=chosen.host,
            port=chosen.port,
            workers=chosen.workers,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    finally:
        for chore in chores:
            chore.stop()


# -- commands ------------------------------------------------------------------------------------------


def serve(_: argparse.Namespace) -> None:
    """Serve the application."""
    _port_free()
    with _process() as process:
        _serve(process)


def demo(_: argparse.Namespace) -> None:
    """Build the demonstration if needed, say who can sign in and how, and serve it."""
    from app import demo as world
    from app.directory.actors import recognise
    from app.kernel.installing import Process, assemble, databases_running, mark, migrate, reset
    from app.kernel.settings import settings

    _loopback_only()
    _port_free()
    data = _data_ready()
    with databases_running(settings()) as addresses:
        migrate(addresses)
        if mark(addresses, "demo") != "demo":
            raise Stop(
                "This database was not created by the demonstration; the demonstration leaves it alone."
            )
        process: Process = assemble(addresses, settings(), recognise)
        if not world.is_built(data, process.installation.installation_id):
            process.databases.dispose()
            reset(addresses)
            mark(addresses, "demo")
            process = assemble(addresses, settings(), recognise)
            print(
                "Building the demonstration: invented persons, played from the stories in examples/ …",
                flush=True,
            )
            world.build_world(process, data, lambda line: print(line, flush=True))
        try:
            _welcome(process, data)
            _serve(process)
        finally:
            process.databases.dispose()


def _welcome(process: object, data: Path) -> None:
    from app import demo as world
    from app.kernel.installing import Process
    from app.kernel.settings import settings

    if not isinstance(process, Process):
        raise TypeError
    print("\nWho can sign in (invented persons; these accounts work on this machine only):\n")
    for cell, people in sorted(world.accounts(process.installation).items()):
        print(f"  {cell or 'this installation'}")
        for role, username, name in people:
            print(f"    {role:18} {username:22} {name}")
        print()
    print(f"  password for all       {world.read_secrets(data)['password']}")
    print("  one-time code          .venv/bin/livcr demo-code USERNAME   (the sign-in page shows it too)")
    print("  token for the API      .venv/bin/livcr demo-token USERNAME\n")
    print(f"Serving on http://{settings().host}:{settings().port} — stop with Ctrl-C.", flush=True)


def migrate_only(_: argparse.Namespace) -> None:
    """Bring both databases to their heads."""
    with _process():
        print("Both databases are at their newest revision.")


def administrator(arguments: argparse.Namespace) -> None:
    """Make the first account; the password is asked, or made up where nobody can be asked."""
    from app.demo import create_administrator
    from app.kernel.i18n import translate
    from app.kernel.installing import Process
    from app.kernel.passwords import weakness
    from app.kernel.settings import settings
    from app.rules.problems import Problem

    with _process() as process:
        if not isinstance(process, Process):
            raise TypeError
        asked = sys.stdin.isatty()
        password = (
            getpass.getpass("Password (12 characters or more): ") if asked else secrets.token_urlsafe(18)
        )
        try:
            fault = weakness(password, (arguments.username, arguments.name), settings().breached_passwords)
        except Problem:
            raise Stop(f"{settings().breached_passwords} cannot be read.") from None
        if fault:
            raise Stop(translate("en", f"password.{fault}"))
        secret = create_administrator(process, arguments.username, arguments.name, password, demo=False)
        if not asked:
            print(f"password {password}")
        print(f"secret for the authenticator app {secret}")


def token(arguments: argparse.Namespace) -> None:
    """Print a bearer token of a demo person."""
    _print_of_demo(arguments.person, "demo_token")


def code(arguments: argparse.Namespace) -> None:
    """Print the one-time code of a demo person."""
    _print_of_demo(arguments.person, "demo_code")


def _print_of_demo(who: str, what: str) -> None:
    from app import demo as world
    from app.kernel.installing import Process

    with _process("demo") as process:
        if not isinstance(process, Process):
            raise TypeError
        if not process.installation.demo:
            raise Stop("This database is not a demonstration.")
        found = getattr(world, what)(process.installation, who)
        if found is None:
            raise Stop(f"The demonstration knows nobody called {who}.")
        print(found)


def walkthrough(arguments: argparse.Namespace) -> None:
    """Play a story against a running demonstration."""
    from datetime import UTC, datetime

    import httpx2

    from app.demo import administrator_of
    from app.kernel.clock import brussels_day
    from app.kernel.settings import settings
    from app.walkthrough import Player, read_story

    story = read_story(arguments.story)
    admin = administrator_of(settings().data)
    if admin is None:
        raise Stop(f"No demonstration was built in {settings().data}; start one with make demo.")
    with httpx2.Client(base_url=arguments.url, timeout=30) as client:
        try:
            Player(client, admin, brussels_day(datetime.now(UTC))).play(story)
        except httpx2.TransportError:
            raise Stop(
                f"Nobody answers at {arguments.url}; start the demonstration with make demo."
            ) from None
    print("\nThe story holds, from its first step to its last.")


def sweep(_: argparse.Namespace) -> int:
    """Warn, and destroy what is due."""
    from app.kernel.installing import Process
    from app.retention.sweeping import sweep_all

    with _process() as process:
        if not isinstance(process, Process):
            raise TypeError
        done = sweep_all(process.installation)
        print(
            f"warned {done.warned}, destroyed {done.destroyed}, erased {done.erased}, left for later {done.left}"
        )
        return 1 if done.left else 0


def docs(arguments: argparse.Namespace) -> int:
    """Write the generated pages, or say which are stale."""
    from app.documenting import generate

    root = Path(__file__).resolve().parents[1]
    stale = []
    for name, text in generate().items():
        path = root / name
        if not path.exists() or path.read_text() != text:
            stale.append(name)
            if not arguments.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
    for name in stale:
        print(("stale: " if arguments.check else "written: ") + name)
    return 1 if stale and arguments.check else 0


def verify(arguments: argparse.Namespace) -> int:
    """Verify an exported file of the processing log."""
    from app.kernel.settings import settings
    from app.oversight.verifying import verify_file

    keys = [Path(k).read_text().strip() if Path(k).is_file() else k for k in arguments.key]
    own = settings().secrets / "journal.pub"
    if not keys and own.is_file():
        keys = [own.read_text().strip()]
    if not keys:
        raise Stop("No public key to verify with: give one with --key.")
    fine, sentence = verify_file(arguments.file, keys)
    print(sentence, file=sys.stdout if fine else sys.stderr)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
