"""Verifying an extract of minutes on one's own machine, with nothing but the file and the public key (R68)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.kernel.journal.note import NoteInvalid, Verifier
from app.meetings.signing import faults_of_extract


class Report(NamedTuple):
    """Whether an extract derives from approved minutes, and the sentence that says so or says why not."""

    fine: bool
    sentence: str


def verify_file(path: Path, key_texts: Sequence[str]) -> Report:
    """Verify an extract. In: the file, public keys in their text form. Never raises for what is wrong with either."""
    try:
        verifiers = [Verifier.parse(text.strip()) for text in key_texts]
        extract = json.loads(path.read_bytes())
    except NoteInvalid as fault:
        return _no([f"the public key cannot be used: {fault}"])
    except OSError as fault:
        return _no([f"{path} cannot be read: {fault.strerror}"])
    except (ValueError, RecursionError):
        return _no(["it is not JSON"])
    faults = faults_of_extract(extract, verifiers) if isinstance(extract, dict) else ["it holds no minutes"]
    if faults:
        return _no(faults)
    count = len(extract["items"])
    items = "1 item derives" if count == 1 else f"{count} items derive"
    return Report(fine=True, sentence=f"VERIFIED. {items} from the minutes that were approved and signed.")


def _no(faults: Sequence[str]) -> Report:
    return Report(fine=False, sentence=f"NOT VERIFIED: {'; '.join(faults)}.")
