"""The keys that sign the log: one in use, for a time the one before it as well, and the public halves of all before.

They stand in one file, which is replaced whole: every process reads it anew when it changed, so a running server signs
with the new key from its next checkpoint on. A change is stated in a note that both keys sign (docs/operations/log.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kernel.first_file import make_once, replace_whole
from app.kernel.journal.leaf import moment_text
from app.kernel.journal.note import NoteInvalid, Signer, Verifier, open_note, sign, split

STATEMENT: Final = "livcr-key-rotation/v1"
_UNTIL, _FORMER = "until ", "former "


@dataclass(frozen=True)
class Ring:
    """What the file holds: the key in use, those that sign beside it until a moment, the public halves of all others."""

    current: Signer
    beside: tuple[tuple[datetime, Signer], ...] = ()
    former: tuple[Verifier, ...] = ()

    def to_text(self) -> str:
        """Give the file. Keep it safe."""
        beside = [f"{_UNTIL}{moment_text(moment)} {signer.to_text()}" for moment, signer in self.beside]
        return (
            "\n".join([self.current.to_text(), *beside, *(f"{_FORMER}{each}" for each in self.former)]) + "\n"
        )

    @classmethod
    def parse(cls, text: str) -> Ring:
        """Read the file; NoteInvalid when any line is not one of a ring."""
        first, *others = text.strip().split("\n")
        beside, former = [], []
        for line in others:
            if line.startswith(_FORMER):
                former.append(Verifier.parse(line.removeprefix(_FORMER)))
                continue
            moment, _, key = line.removeprefix(_UNTIL).partition(" ")
            try:
                beside.append((datetime.fromisoformat(moment).astimezone(UTC), Signer.parse(key)))
            except ValueError:
                raise NoteInvalid("a line in the file of keys is none") from None
        return cls(Signer.parse(first), tuple(beside), tuple(former))

    def verifiers(self) -> list[Verifier]:
        """Give the public halves, the one in use first, then back in time."""
        return [self.current.verifier, *(signer.verifier for _, signer in self.beside), *self.former]

    def succeeded_by(self, signer: Signer, now: datetime, overlap: timedelta) -> Ring:
        """Give the ring in which *signer* is in use; what was in use signs beside it for the overlap."""
        beside = [(now + overlap, self.current), *self.beside]
        kept = tuple(each for each in beside if each[0] > now)
        gone = tuple(each.verifier for moment, each in beside if moment <= now)
        return Ring(signer, kept, gone + self.former)


class KeyRing:
    """The file of keys of one installation."""

    def __init__(self, path: Path, name: str) -> None:
        """Open it; the first key is made on first use (mode 0600). Public halves stand beside it, in ``.pub``."""
        self._path = path
        if not path.exists():
            make_once(path, Ring(Signer(name, Ed25519PrivateKey.generate())).to_text())
        self._seen: tuple[int, int, int] | None = None
        self._ring = self.ring()
        self._publish()

    def ring(self) -> Ring:
        """Give what the file holds now. Raises NoteInvalid, OSError."""
        found = self._path.stat()
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen != self._seen:
            self._ring = Ring.parse(self._path.read_text())
            self._seen = seen
        return self._ring

    def current(self) -> Signer:
        """Give the key in use."""
        return self.ring().current

    def signers(self, now: datetime) -> tuple[Signer, ...]:
        """Give the keys that sign a checkpoint now: the one in use, and during an overlap the one before it."""
        ring = self.ring()
        return ring.current, *(signer for moment, signer in ring.beside if moment > now)

    def prepare(self, now: datetime, overlap: timedelta, *, stolen: bool = False) -> tuple[Ring, str]:
        """Have a new key, not yet in use, on disk; gives the ring to be and the statement that names it.

        Who was broken off after this gets the same key again, and the overlap that is asked for now. *stolen*: the key in
        use may be in other hands, and with it a new one that lay beside it: a fresh one is made.
        """
        ring = self.ring()
        if stolen:
            self._next.unlink(missing_ok=True)
        fresh = Ring(replace(ring.current, private_key=Ed25519PrivateKey.generate()))
        make_once(self._next, fresh.to_text())
        new = Ring.parse(self._next.read_text()).current
        if new.verifier == ring.current.verifier:  # broken off when all was done but the tidying
            self._next.unlink()
            return self.prepare(now, overlap)
        return ring.succeeded_by(new, now, overlap), statement_text(ring.current, new, now)

    def take_up(self, ring: Ring) -> None:
        """Have every process sign with a prepared ring from now on. Raises OSError; the old one is in use then."""
        replace_whole(self._path, ring.to_text())
        self._publish()
        self._next.unlink(missing_ok=True)

    @property
    def _next(self) -> Path:
        return self._path.with_suffix(".next")

    def _publish(self) -> None:
        """Have the public halves stand beside the file."""
        place, text = self._path.with_suffix(".pub"), "".join(f"{each}\n" for each in self.ring().verifiers())
        if not place.exists() or place.read_text() != text:
            replace_whole(place, text)


def statement_text(old: Signer, new: Signer, now: datetime) -> str:
    """Give the signed note by which both keys say that one follows the other."""
    lines = (STATEMENT, f"old {old.verifier}", f"new {new.verifier}", f"time {moment_text(now)}")
    return sign("\n".join(lines) + "\n", old, new)


def read_statement(note: str) -> tuple[Verifier, Verifier]:
    """Give old and new key of a statement that both signed; NoteInvalid for anything else."""
    text = split(note)[0]
    try:
        kind, old, new, _time, _end = text.split("\n")
    except ValueError:
        kind = old = new = ""
    if kind != STATEMENT or not old.startswith("old ") or not new.startswith("new "):
        raise NoteInvalid("not a statement that one key follows another")
    keys = Verifier.parse(old.removeprefix("old ")), Verifier.parse(new.removeprefix("new "))
    if len(open_note(note, keys)[1]) != len(set(keys)) or keys[0] == keys[1]:
        raise NoteInvalid("a statement is signed by the old key and the new one")
    return keys


def with_statements(verifiers: Sequence[Verifier], notes: Sequence[str]) -> list[Verifier]:
    """Give these keys and all that statements lead to from them, forth and back; NoteInvalid for a bad statement."""
    known = list(verifiers)
    pairs = [read_statement(note) for note in notes]
    for _ in pairs:
        for pair in pairs:
            if set(pair) & set(known):
                known += [each for each in pair if each not in known]
    return known
