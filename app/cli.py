"""The command `livcr`. A composition root: it puts parts together and speaks to the person at the console.

Every foreseeable fault is one clear sentence and a non-zero exit, never a traceback.
"""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from app.starting import Stop, data_ready, loopback_only, port_free, running, serve_process


def main(argv: list[str] | None = None) -> int:
    """Run a command; gives the exit code."""
    from app.kernel.dumping import DumpFailed
    from app.kernel.embedded import EmbeddedUnavailable
    from app.kernel.keys.provider import KeyFault
    from app.kernel.migrating import Unreachable
    from app.staging import StoryFailed

    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except (Stop, EmbeddedUnavailable, Unreachable, StoryFailed, KeyFault, DumpFailed) as fault:
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
    add("post", post, "leave the reminders that are due, and send what waits, once")
    keys = add("keys", None, "the keys that the files are sealed under").add_subparsers(
        required=True, metavar="WHAT"
    )
    made = keys.add_parser("rotate", help="replace keys while the server runs")
    which = made.add_mutually_exclusive_group(required=True)
    which.add_argument("--municipality", metavar="ID", help="the key of one municipality: its id or NIS code")
    which.add_argument(
        "--all", action="store_true", help="the key of every municipality, one after the other"
    )
    which.add_argument("--wrapping", action="store_true", help="the installation's wrapping key")
    made.set_defaults(run=rotate)
    made = add("backup", backup, "copy both databases, each into a file of its own")
    made.add_argument("--output", type=Path, required=True, metavar="FILE")
    part = made.add_mutually_exclusive_group()
    part.add_argument(
        "--main-only", dest="part", action="store_const", const="main", help="without FILE.keys"
    )
    part.add_argument(
        "--keys-only", dest="part", action="store_const", const="keys", help="the key store alone"
    )
    made.set_defaults(part="both")
    made = add("restore", restore, "put copies back into empty databases")
    made.add_argument("--main", type=Path, metavar="FILE", help="copy of the main database")
    made.add_argument("--keys", type=Path, metavar="FILE", help="copy of the key store")
    made = add("docs", docs, "write the generated pages of docs/")
    made.add_argument("--check", action="store_true", help="only say whether they are current")
    access = add("access", None, "who may do what, and why").add_subparsers(required=True, metavar="WHAT")
    made = access.add_parser("explain", help="say whether a person may do something with a case, and why")
    made.add_argument("person", help="username")
    made.add_argument("action", help="for example statement.open")
    made.add_argument("case", help="reference or id of the case")
    made.set_defaults(run=explain)
    for what, of, verified in (
        ("journal", "the processing log", "an exported file"),
        ("minutes", "the minutes of a consultation", "that an extract derives from approved minutes"),
    ):
        verifying = add(what, None, of).add_subparsers(required=True, metavar="WHAT")
        made = verifying.add_parser("verify", help=f"verify {verified}")
        made.add_argument("file", type=Path)
        made.add_argument(
            "--key", action="append", default=[], help="public key, as text or file (default: our own)"
        )
        made.set_defaults(run=verify, what=what)
    return parser


def serve(_: argparse.Namespace) -> None:
    """Serve the application."""
    port_free()
    with running() as process:
        serve_process(process)


def demo(_: argparse.Namespace) -> None:
    """Build the demonstration if needed, say who can sign in and how, and serve it."""
    from app import demo as world
    from app.directory.actors import recognise
    from app.kernel.installing import Process, assemble, databases_running, mark, migrate, reset
    from app.kernel.settings import settings

    loopback_only()
    port_free()
    data = data_ready()
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
            _print(world.welcome(process.installation, data))
            serve_process(process)
        finally:
            process.databases.dispose()


def migrate_only(_: argparse.Namespace) -> None:
    """Bring both databases to their heads, and mark the files that need it (ADR 0019)."""
    from app.intake.marking import mark_all
    from app.kernel.installing import Process

    with running() as process:
        if not isinstance(process, Process):
            raise TypeError
        print("Both databases are at their newest revision.")
        marked = mark_all(process.installation)
        if marked:
            print(f"Marked {marked} files, so that their persons can be found again.")


def administrator(arguments: argparse.Namespace) -> None:
    """Make the first account; the password is asked, or made up where nobody can be asked."""
    from app.demo import create_administrator
    from app.kernel.i18n import translate
    from app.kernel.installing import Process
    from app.kernel.passwords import weakness
    from app.kernel.settings import settings
    from app.rules.problems import Problem

    with running() as process:
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

    with running("demo") as process:
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

    with running() as process:
        if not isinstance(process, Process):
            raise TypeError
        done = sweep_all(process.installation)
        print(
            f"warned {done.warned}, destroyed {done.destroyed}, erased {done.erased}, contacts {done.contacts},"
            f" left for later {done.left}"
        )
        if done.waits:
            print(done.waits)
        return 1 if done.left or done.away else 0


def post(_: argparse.Namespace) -> int:
    """Leave the reminders that are due, and send what waits."""
    from app.keeping import post_once

    with running() as process:
        sentence, fine = post_once(process)  # type: ignore[arg-type]
        print(sentence)
        return 0 if fine else 1


def rotate(arguments: argparse.Namespace) -> None:
    """Replace keys while the server runs."""
    from app.keeping import rotate_keys

    with running() as process:
        _print(
            rotate_keys(
                process,  # type: ignore[arg-type]
                arguments.municipality,
                every=arguments.all,
                wrapping=arguments.wrapping,
            )
        )


def backup(arguments: argparse.Namespace) -> None:
    """Copy both databases, or one."""
    from app.keeping import back_up

    with running() as process:
        _print(back_up(process, arguments.output, arguments.part))  # type: ignore[arg-type]


def restore(arguments: argparse.Namespace) -> None:
    """Put copies back into empty databases."""
    from app.keeping import restore as put_back
    from app.kernel.installing import databases_running
    from app.kernel.settings import settings

    if arguments.main is None and arguments.keys is None:
        raise Stop("Say what to put back: --main FILE, --keys FILE, or both.")
    data_ready()
    with databases_running(settings()) as addresses:
        _print(put_back(addresses, settings(), arguments.main, arguments.keys))


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line, flush=True)


def explain(arguments: argparse.Namespace) -> None:
    """Say whether a person may do something with a case, and why."""
    from pydantic import ValidationError

    from app.kernel.installing import Process, console_work
    from app.main import rule_text
    from app.oversight.commands import ExplainAccess
    from app.oversight.explaining import explain_access, lines_of
    from app.rules.facts import Actor
    from app.rules.problems import Problem
    from app.rules.roles import Role

    with running() as process:
        if not isinstance(process, Process):
            raise TypeError
        try:
            asked = ExplainAccess.of(person=arguments.person, action=arguments.action, case=arguments.case)
            with console_work(process, Actor(role=Role.ROBOT)) as unit:
                found = explain_access(unit, asked, process.installation.sessions)
        except ValidationError:
            raise Stop(
                f"There is no act called {arguments.action}: docs/authorisation.md lists them."
            ) from None
        except Problem as problem:
            raise Stop(f"{problem.issues[0].detail.capitalize()}.") from None
        print("\n".join(lines_of(found, rule_text)))


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
    """Verify an exported file of the processing log, or an extract of minutes."""
    from app.meetings.verifying import verify_file as verify_minutes
    from app.oversight.verifying import verify_file as verify_log

    keys = _public_keys(arguments)
    log = arguments.what == "journal"
    fine, sentence = verify_log(arguments.file, keys) if log else verify_minutes(arguments.file, keys)
    print(sentence, file=sys.stdout if fine else sys.stderr)
    return 0 if fine else 1


def _public_keys(arguments: argparse.Namespace) -> list[str]:
    from app.kernel.settings import settings

    keys = [Path(k).read_text().strip() if Path(k).is_file() else k for k in arguments.key]
    own = settings().secrets / "journal.pub"
    if not keys and own.is_file():
        keys = [own.read_text().strip()]
    if not keys:
        raise Stop("No public key to verify with: give one with --key.")
    return keys


if __name__ == "__main__":
    sys.exit(main())
