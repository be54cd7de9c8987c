"""Verifying an export on one's own machine, with nothing but the file and the public key (R106)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from app.kernel.clock import BRUSSELS
from app.kernel.journal.note import NoteInvalid, Verifier
from app.kernel.journal.verify import ExportInvalid, Report, verify_export


class NotVerified(Exception):  # noqa: N818 — it says what the file is
    """A file that is not what the log once gave out; the sentence says why, and in which line if one shows it."""


def verify_file(path: Path, key_texts: Sequence[str], *, processes: int = 1) -> Report:
    """Verify an export of the processing log.

    In: the file, public keys in their text form (`livcr-...+id+base64`), how many processes may help with a
    large file. Out: what the file proves. Raises NotVerified with one sentence for people.
    """
    try:
        verifiers = [Verifier.parse(text.strip()) for text in key_texts if text.strip()]
    except NoteInvalid as fault:
        raise NotVerified(f"NOT VERIFIED. The public key cannot be used: {fault}.") from None
    if not verifiers:
        raise NotVerified("NOT VERIFIED. No public key was given: without it nothing can be checked.")
    try:
        with path.open("rb") as file:
            return verify_export(file, verifiers, processes=processes)
    except ExportInvalid as fault:
        raise NotVerified(f"NOT VERIFIED. {_sentence(str(fault))}") from None
    except OSError as fault:
        raise NotVerified(f"NOT VERIFIED. {path} cannot be read: {fault.strerror}.") from None


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:] + ("" if said.endswith(".") else ".")


def sentence(report: Report) -> str:
    """Say what a verified export proves: how many lines, of which period, under which checkpoints and keys."""
    lines = "1 line" if report.count == 1 else f"{report.count} lines"
    when = f", from {_local(report.period[0])} to {_local(report.period[1])}" if report.period else ""
    under = "; ".join(
        f"{each.tree}: {each.entries} of {each.size} lines sealed on {_at(each.time)}"
        for each in report.trees
    )
    return (
        f"VERIFIED. {lines}{when}: nothing was changed, removed, added or moved since the export.\n"
        f"Checkpoint: {under}.\n"
        f"Signed by: {', '.join(report.keys)}."
    )


def _local(moment: str) -> str:
    return _at(datetime.fromisoformat(moment))


def _at(moment: datetime) -> str:
    return moment.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M:%S %Z")
