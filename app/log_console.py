"""What is said at the console about the processing log: being a witness, checking it, replacing its key.

A composition root beside `cli.py`, which only names the commands.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def of_journal(commands: Any, verifying: argparse.ArgumentParser) -> None:
    """Add what can be told of the processing log to *commands*, and to *verifying*, which verifies an export."""
    verifying.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar="KEY",
        help="public key of a witness that has to have cosigned every checkpoint",
    )
    verifying.add_argument(
        "--statement",
        action="append",
        default=[],
        metavar="FILE",
        help="a statement that one key of the log follows another: then either key is enough",
    )
    rotating = commands.add_parser(
        "rotate-key", help="replace the key that signs the log, while the server runs"
    )
    rotating.add_argument(
        "--overlap-days", type=int, default=30, metavar="DAYS", help="how long the old key signs beside (30)"
    )
    rotating.add_argument("--stolen", action="store_true", help="the old key signs nothing any more")
    rotating.set_defaults(run=rotate)
    checking = commands.add_parser(
        "check", help="recompute the log in the database, and name the first difference"
    )
    checking.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint that was kept elsewhere: a signed note",
    )
    checking.set_defaults(run=check)


def of_log(arguments: argparse.Namespace) -> dict[str, Any]:
    """Give what the verification of an export is told besides keys; raises OSError for a file that is not there."""
    return {
        "witnesses": [
            Path(each).read_text(encoding="utf-8") if Path(each).is_file() else each
            for each in arguments.witness
        ],
        "statements": [Path(each).read_text(encoding="utf-8") for each in arguments.statement],
    }


def rotate(arguments: argparse.Namespace) -> None:
    """Replace the key that signs the log, while the server runs."""
    from datetime import timedelta

    from app.kernel.installing import Process
    from app.oversight.rotating import replace_log_key
    from app.starting import Stop, running

    if not 0 <= arguments.overlap_days <= 366:  # noqa: PLR2004 — a year
        raise Stop("The old key signs beside the new one for 0 to 366 days.")
    with running() as process:
        if not isinstance(process, Process):
            raise TypeError
        overlap = timedelta(days=arguments.overlap_days)
        statement = replace_log_key(process.installation, overlap, stolen=arguments.stolen)
        _say(statement.rstrip("\n"), fine=True)
        _say(f"Key in use: {process.installation.signer.verifier}", fine=False)


def check(arguments: argparse.Namespace) -> int:
    """Recompute the log in the database, and compare it with checkpoints that were kept elsewhere."""
    from app.kernel.installing import Process, console_work
    from app.oversight.checking import check_journal
    from app.oversight.commands import CheckJournal
    from app.rules.facts import Actor
    from app.rules.roles import Role
    from app.starting import running

    kept = [Path(each).read_text(encoding="utf-8") for each in arguments.checkpoint]
    with running() as process:
        if not isinstance(process, Process):
            raise TypeError
        verifiers = process.installation.log_keys.ring().verifiers()
        with console_work(process, Actor(role=Role.ROBOT)) as unit:
            found = check_journal(unit, CheckJournal.of(kept=kept), verifiers)
    print("\n".join(found.sentences), file=sys.stdout if found.fine else sys.stderr)
    return 0 if found.fine else 1


def of_witness(parser: argparse.ArgumentParser) -> None:
    """Add what a witness can be told."""
    ways = parser.add_subparsers(required=True, metavar="WHAT")
    serving = ways.add_parser("serve", help="answer logs that ask for a cosignature (c2sp.org/tlog-witness)")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8765)
    checking = ways.add_parser("check", help="cosign what is published in a folder, into it")
    checking.add_argument("folder", type=Path)
    for made, run in ((serving, witness_serve), (checking, witness_check)):
        made.add_argument(
            "--state", type=Path, required=True, metavar="DIR", help="where it keeps its key and what it saw"
        )
        made.add_argument(
            "--logs", type=Path, required=True, metavar="FILE", help="public keys of the logs, one a line"
        )
        made.add_argument("--name", default="", help="name of a new witness, such as dpo.example.be")
        made.set_defaults(run=run)


def witness_serve(arguments: argparse.Namespace) -> int:
    """Be a witness that answers over HTTP."""
    from app.oversight.standing_witness import serve_witness

    return serve_witness(
        arguments.state, arguments.logs, arguments.name, (arguments.host, arguments.port), _say
    )


def witness_check(arguments: argparse.Namespace) -> int:
    """Be a witness that reads a folder."""
    from app.oversight.standing_witness import witness_folder

    return witness_folder(arguments.state, arguments.logs, arguments.name, arguments.folder, _say)


def _say(sentence: str, fine: bool) -> None:
    print(sentence, file=sys.stdout if fine else sys.stderr, flush=True)
