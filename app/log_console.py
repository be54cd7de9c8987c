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
        verifiers = [process.installation.signer.verifier]
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
