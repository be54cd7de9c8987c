"""Verifying an export on one's own machine, with nothing but the file and the public key (R106)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from app.kernel.clock import BRUSSELS
from app.kernel.journal.note import NoteInvalid, Verifier
from app.kernel.journal.verify import ExportInvalid, verify_export
from app.kernel.journal.verify import Report as Proved


class Report(NamedTuple):
    """Whether a file is what the log once gave out, and the sentence that says so or says why not."""

    fine: bool
    sentence: str


def verify_file(path: Path, key_texts: Sequence[str], *, processes: int = 1) -> Report:
    """Verify an export of the processing log, offline.

    In: the file, public keys in their text form (`livcr-...+id+base64`), how many processes may help with a
    large file. Out: a Report; it never raises for what is wrong with the file, the keys or the disk.
    """
    try:
        verifiers = [Verifier.parse(text.strip()) for text in key_texts if text.strip()]
    except NoteInvalid as fault:
        return _no(f"The public key cannot be used: {fault}")
    if not verifiers:
        return _no("No public key was given: without it nothing can be checked")
    try:
        with path.open("rb") as file:
            return Report(fine=True, sentence=sentence(verify_export(file, verifiers, processes=processes)))
    except ExportInvalid as fault:
        return _no(str(fault))
    except OSError as fault:
        return _no(f"{path} cannot be read: {fault.strerror}")


def _no(why: str) -> Report:
    return Report(fine=False, sentence=f"NOT VERIFIED. {why[:1].upper()}{why[1:].rstrip('.')}.")


def sentence(proved: Proved) -> str:
    """Say what a verified export proves: how many lines, of which period, under which checkpoints and keys."""
    lines = "1 line" if proved.count == 1 else f"{proved.count} lines"
    when = f", from {_local(proved.period[0])} to {_local(proved.period[1])}" if proved.period else ""
    under = "; ".join(
        f"{each.tree}: {each.entries} of {each.size} lines sealed on {_at(each.time)}"
        for each in proved.trees
    )
    return (
        f"VERIFIED. {lines}{when}: nothing was changed, removed, added or moved since the export.\n"
        f"Checkpoint: {under}.\n"
        f"Signed by: {', '.join(proved.keys)}."
    )


def _local(moment: str) -> str:
    return _at(datetime.fromisoformat(moment))


def _at(moment: datetime) -> str:
    return moment.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M:%S %Z")
