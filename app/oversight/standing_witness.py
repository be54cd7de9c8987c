"""Being a witness of another installation's log: what `livcr witness` runs. No database of ours is needed for it."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.kernel.journal.note import NoteInvalid
from app.kernel.journal.witness import Logs, Witness, WitnessFault, load_witness_key
from app.kernel.journal.witness_door import WitnessServer, check_folder


class Say(Protocol):
    """Says one sentence to whoever runs the witness, and whether all is well."""

    def __call__(self, sentence: str, fine: bool) -> None:
        """Say it."""


def serve_witness(
    state: Path,
    logs: Path,
    name: str,
    address: tuple[str, int],
    say: Say,
    clock: Callable[[], float] = time.time,
) -> int:
    """Answer submissions until told to stop; gives the exit code. Raises OSError."""
    witness = _witness(state, logs, name, say)
    if witness is None:
        return 1
    server = WitnessServer(address, witness, clock)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port = server.server_address[:2]
    say(
        f"The witness {witness.signer.name} answers at http://{host!s}:{port}. Its public key:\n{witness.signer.verifier}",
        True,
    )
    with server:
        server.serve_forever()
    return 0  # pragma: no cover — ended by a signal


def witness_folder(
    state: Path, logs: Path, name: str, folder: Path, say: Say, clock: Callable[[], float] = time.time
) -> int:
    """Cosign what is published in a folder, into it; gives the exit code. Raises OSError."""
    witness = _witness(state, logs, name, say)
    if witness is None:
        return 1
    fine = True
    try:
        for each in check_folder(witness, folder, int(clock())):
            say(each.sentence, each.fine)
            fine = fine and each.fine
    except WitnessFault as fault:
        say(str(fault), False)
        return 1
    return 0 if fine else 1


def _witness(state: Path, logs: Path, name: str, say: Say) -> Witness | None:
    """Give the witness of a folder, or say why there is none."""
    try:
        known = Logs.parse(logs.read_text(encoding="utf-8"))
        signer = load_witness_key(state, name)
    except NoteInvalid as fault:
        say(f"{logs}: {fault}.", False)
        return None
    except WitnessFault as fault:
        say(str(fault), False)
        return None
    return Witness(state, signer, known, lambda sentence: say(f"ALARM {sentence}", False))
