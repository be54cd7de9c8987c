"""Verifying an export on one's own machine, with nothing but the file and the public key (R106)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from app.kernel.clock import BRUSSELS
from app.kernel.journal.keyring import with_statements
from app.kernel.journal.note import NoteInvalid, Verifier
from app.kernel.journal.verify import ExportInvalid, verify_export
from app.kernel.journal.verify import Report as Proved


class Report(NamedTuple):
    """Whether a file is what the log once gave out, and the sentence that says so or says why not."""

    fine: bool
    sentence: str


def verify_file(
    path: Path,
    key_texts: Sequence[str],
    *,
    witnesses: Sequence[str] = (),
    statements: Sequence[str] = (),
    processes: int = 1,
) -> Report:
    """Verify an export of the processing log, offline.

    In: the file, public keys in their text form (`livcr-...+id+base64`), keys of witnesses each of which has to
    have cosigned every checkpoint, statements that one key of the log follows another, how many
    processes may help with a large file. Out: a Report; it never raises for what is wrong with the file, the keys or the disk.
    """
    try:
        verifiers = with_statements(_keys(key_texts), statements)
        demanded = _keys(witnesses)
    except NoteInvalid as fault:
        return _no(f"The public key cannot be used: {fault}")
    if not verifiers:
        return _no("No public key was given: without it nothing can be checked")
    try:
        with path.open("rb") as file:
            proved = verify_export(file, [*verifiers, *demanded], processes=processes)
    except ExportInvalid as fault:
        return _no(str(fault))
    except OSError as fault:
        return _no(f"{path} cannot be read: {fault.strerror}")
    for tree in proved.trees:
        for each in demanded:
            if tree.size and each not in tree.witnesses:
                return _no(f"The checkpoint of tree {tree.tree} is not cosigned by witness {each.quoted}")
    return Report(fine=True, sentence=sentence(proved))


def _keys(texts: Sequence[str]) -> list[Verifier]:
    """Read keys, one or more a text, each on its line."""
    return [Verifier.parse(line.strip()) for text in texts for line in text.splitlines() if line.strip()]


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
        f"Signed by: {', '.join(proved.keys)}." + _witnessed(proved)
    )


def _witnessed(proved: Proved) -> str:
    """Say which witnesses cosigned what, tree by tree; nothing when none of those that we know did."""
    said = [
        f"{each.tree}: {witness.quoted} on {_at(moment)}"
        for each in proved.trees
        for witness, moment in each.witnesses.items()
    ]
    return f"\nWitnessed by: {'; '.join(said)}." if said else ""


def _local(moment: str) -> str:
    return _at(datetime.fromisoformat(moment))


def _at(moment: datetime) -> str:
    return moment.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M:%S %Z")
