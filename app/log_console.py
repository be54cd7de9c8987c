"""What is said at the console about the processing log: being a witness, checking it, replacing its key.

A composition root beside `cli.py`, which only names the commands.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def of_journal(verifying: argparse.ArgumentParser) -> None:
    """Add what can be told of the processing log; *verifying*: the command that verifies an export."""
    verifying.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar="KEY",
        help="public key of a witness that has to have cosigned every checkpoint",
    )


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
