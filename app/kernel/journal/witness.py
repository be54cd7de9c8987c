"""A witness: it remembers the last checkpoint of each log it knows, and cosigns only what continues it.

It follows c2sp.org/tlog-witness and c2sp.org/tlog-cosignature, so that it can witness other logs and other witnesses
this one. It runs on somebody else's machine, with a folder and a key of its own and nothing of the log but public keys.
What contradicts what it cosigned before is never signed: both signed notes are kept as evidence, and it is said aloud.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kernel.first_file import alone, make_once, replace_whole
from app.kernel.journal.exportfile import is_tree_name
from app.kernel.journal.note import (
    LOG,
    WITNESS,
    NoteInvalid,
    Signer,
    Verifier,
    cosigned,
    from_base64,
    open_note,
    origins_of,
    split,
    stamp_of,
    to_base64,
)
from app.kernel.journal.tree import EMPTY_ROOT, verify_consistency

log = logging.getLogger("livcr.witness")

LONGEST_REQUEST = 1 << 16
SIZE_MEDIA = "text/x.tlog.size"
_MOST_PROOF_LINES = 63
_HASH_SIZE = 32
_NUMBER = re.compile("0|[1-9][0-9]{0,18}")
_OLD = re.compile("old (0|[1-9][0-9]{0,18})")
_STEPS_BACK = 60
"""Seconds by which a clock may be corrected: then the last time is said again. Further back, nothing is signed."""


class WitnessFault(Exception):  # noqa: N818 — one sentence for whoever runs the witness
    """What this witness keeps cannot be used."""


class Answer(NamedTuple):
    """What is answered to a submission: an HTTP status, a text, its media type."""

    status: int
    body: str
    media: str = "text/plain; charset=utf-8"


class Head(NamedTuple):
    """The three lines that every checkpoint begins with."""

    origin: str
    size: int
    root: bytes


def head_of(text: str) -> Head:
    """Read the beginning of a checkpoint's text, whatever lines its log adds; NoteInvalid if it is none."""
    origin, size, root, *_ = [*text.split("\n"), "", ""]
    digest = from_base64(root)
    if not origin or not _NUMBER.fullmatch(size) or len(digest) != _HASH_SIZE:
        raise NoteInvalid("not a checkpoint: origin, size and root, each on its line")
    return Head(origin, int(size), digest)


def request_text(old: int, proof: Sequence[bytes], note: str) -> str:
    """Give the body of a submission: the size that the witness knows, the proof from there, the signed checkpoint."""
    return "".join([f"old {old}\n", *(f"{to_base64(each)}\n" for each in proof), "\n", note])


def read_request(text: str) -> tuple[int, list[bytes], str]:
    """Read the body of a submission: old size, proof, note; NoteInvalid if it is none."""
    lines, gap, note = text.partition("\n\n")
    first, *proof = lines.split("\n")
    found = _OLD.fullmatch(first)
    if not gap or found is None or len(proof) > _MOST_PROOF_LINES:
        raise NoteInvalid("not a submission: a line `old N`, proof lines, an empty line, a checkpoint")
    hashes = [from_base64(line) for line in proof]
    if any(len(each) != _HASH_SIZE for each in hashes):
        raise NoteInvalid("a proof line holds a hash of 32 bytes")
    return int(found[1]), hashes, note


@dataclass(frozen=True)
class Logs:
    """The logs that a witness accepts: an origin, or the beginning of many that ends in a slash, and a key."""

    lines: tuple[tuple[str, Verifier, bool], ...]
    """Origin, key, and whether only the name of a tree may follow. Where a key stands alone it must: who has it could
    otherwise have a log that was written anew taken for a new one, under ``livcr.x/archive/...``."""

    @classmethod
    def parse(cls, text: str) -> Logs:
        """Read `KEY` or `ORIGIN KEY`, one a line; `#` begins a remark. NoteInvalid names the line that is none.

        A key alone stands for the trees of its installation (``livcr-x`` for ``livcr.x/CONTROLLER/YEAR``); that of
        another kind of log for the origin of its own name.
        """
        found = []
        for number, line in enumerate(text.splitlines(), 1):
            said = line.partition("#")[0].split()
            if not said:
                continue
            try:
                key = Verifier.parse(said[-1])
            except NoteInvalid as fault:
                raise NoteInvalid(f"line {number}: {fault}") from None
            if len(said) > 2 or key.kind != LOG:  # noqa: PLR2004 — an origin and a key
                raise NoteInvalid(
                    f"line {number}: the public key of a log, with its origin before it or alone"
                )
            found.append((said[0], key, False) if len(said) > 1 else _usual(key))
        return cls(tuple(found))

    def keys(self, origin: str) -> list[Verifier]:
        """Give the keys that may sign checkpoints of an origin; none for one that is not known."""
        return [
            key
            for known, key, trees in self.lines
            if (is_tree_name(origin.removeprefix(known)) if trees else origin == known or known.endswith("/"))
            and origin.startswith(known)
        ]


def _usual(key: Verifier) -> tuple[str, Verifier, bool]:
    ours = key.name.startswith("livcr-")
    return (origins_of(key.name) if ours else key.name), key, ours


def load_witness_key(folder: Path, name: str = "") -> Signer:
    """Give the key of a witness, made at its first start (mode 0600); the public half is written beside it.

    Raises WitnessFault at a first start without a name, or with a key that is not whole.
    """
    path = folder / "witness.key"
    try:
        if not path.exists():
            if not name:
                raise WitnessFault(
                    "A new witness needs a name: give one with --name, such as dpo.example.be."
                )
            make_once(path, Signer(name, Ed25519PrivateKey.generate(), WITNESS).to_text() + "\n")
        signer = Signer.parse(path.read_text().strip())
    except NoteInvalid as fault:
        raise WitnessFault(f"The key of the witness in {path} cannot be used: {fault}.") from None
    if signer.kind != WITNESS or (name and signer.name != name):
        raise WitnessFault(f"{path} is not the key of a witness of that name.")
    make_once(path.with_suffix(".pub"), f"{signer.verifier}\n")
    return signer


class Witness:
    """One witness: its folder, its key, the logs it accepts. Safe for several threads and processes on one folder."""

    def __init__(
        self, folder: Path, signer: Signer, logs: Logs, alarm: Callable[[str], None] = log.error
    ) -> None:
        self._folder, self.signer, self._logs, self._alarm = folder, signer, logs, alarm
        self._thread = threading.Lock()

    def known(self, origin: str) -> int:
        """Give the size of the last checkpoint cosigned for an origin; 0 for none. Raises WitnessFault, OSError."""
        kept = self._kept(origin)
        return head_of(kept[0]).size if kept else 0

    def add(self, body: str, now: int) -> Answer:
        """Answer a submission at a POSIX time: a line of cosignature, or why there is none.

        Raises WitnessFault when what is kept was changed, OSError when the disk refuses; nothing is signed then.
        """
        try:
            old, proof, note = read_request(body)
            text = split(note)[0]
            head = head_of(text)
        except NoteInvalid as fault:
            return Answer(400, f"{fault}\n")
        keys = self._logs.keys(head.origin)
        if not keys:
            return Answer(404, "this witness does not know that log\n")
        try:
            open_note(note, keys)
        except NoteInvalid as fault:
            return Answer(403, f"{fault}\n")
        if old > head.size:
            return Answer(400, "the old size is larger than the checkpoint\n")
        with self._alone():
            return self._judged(head, _signed_by(note, keys), old, proof, now)

    def _judged(self, head: Head, note: str, old: int, proof: Sequence[bytes], now: int) -> Answer:
        text = split(note)[0]
        kept = self._kept(head.origin)
        last = head_of(kept[0]) if kept else Head(head.origin, 0, EMPTY_ROOT)
        if head.size == last.size and head.root != last.root:
            self._object(head, kept, note, "has another root at the size that was cosigned: a SPLIT VIEW")
        elif head.size < last.size and kept and _time_of(text) > _time_of(kept[0]):
            self._object(
                head, kept, note, "is younger and smaller than what was cosigned: the log was CUT BACK"
            )
        if old != last.size or (head.size == last.size and head.root != last.root):
            return Answer(409, f"{last.size}\n", SIZE_MEDIA)
        if not (not proof if not old else verify_consistency(old, head.size, last.root, head.root, proof)):
            self._object(head, kept, note, "came with no proof that it continues what was cosigned")
            return Answer(422, "the proof does not lead from the old size to this checkpoint\n")
        stamp = max(now, kept[1] if kept else 0)
        if stamp > now + _STEPS_BACK:
            self._alarm(
                f"The clock of this witness stands back behind its last cosignature of {head.origin}."
            )
            return Answer(503, "the clock of this witness stands back\n")
        line = self.signer.cosignature(text, stamp)
        replace_whole(self._place(head.origin), note + line)
        return Answer(200, line)

    def _place(self, origin: str) -> Path:
        return self._folder / "seen" / f"{hashlib.sha256(origin.encode()).hexdigest()[:40]}.note"

    def _kept(self, origin: str) -> tuple[str, int, str] | None:
        """Give text, time and note of the last checkpoint cosigned, as our own cosignature vouches for it."""
        path = self._place(origin)
        try:
            note = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            own = self.signer.verifier
            if own not in cosigned(note, [own]) or head_of(note).origin != origin:
                raise NoteInvalid("it does not bear our own cosignature")
        except ValueError as fault:
            raise WitnessFault(f"{path} was changed by somebody else: {fault}. Nothing is signed.") from None
        text, lines = split(note)
        return text, max(stamp_of(each.signature) for each in lines if each.key_id == own.key_id), note

    def _object(self, head: Head, kept: tuple[str, int, str] | None, note: str, what: str) -> None:
        """Keep both notes as evidence, once, and say so aloud."""
        sentence = f"A checkpoint of {head.origin} with {head.size} lines {what}."
        digest = hashlib.sha256(note.encode()).hexdigest()[:16]
        path = self._folder / "evidence" / f"{self._place(head.origin).stem[:12]}-{head.size}-{digest}.txt"
        try:
            fresh = make_once(path, f"{sentence}\n\n{note}\nCosigned before:\n\n{kept[2] if kept else '-'}\n")
        except OSError as fault:
            self._alarm(f"{sentence} The evidence could not be kept: {fault.strerror}.")
            return
        if fresh:
            self._alarm(f"{sentence} Both notes are kept in {path}.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else compare and keep meanwhile: neither a thread nor another process on this folder."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._thread, alone(self._folder / "lock"):
            yield


def _signed_by(note: str, keys: Sequence[Verifier]) -> str:
    """Leave the signatures of the log in a note, and no others."""
    text, lines = split(note)
    ours = {(key.name, key.key_id) for key in keys}
    return text + "\n" + "".join(each.line() for each in lines if (each.name, each.key_id) in ours)


def _time_of(text: str) -> str:
    """Give the time that a checkpoint of such a log says, as text that sorts; empty where it says none."""
    return next((line for line in text.split("\n")[3:] if line.startswith("time ")), "")
