"""Signed notes and checkpoints, as C2SP describes them (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

A note is a text, an empty line, and one line per signature: an em dash, the name of the key, and base64 of
four bytes of key id with the Ed25519 signature over the text. The tools of other transparency logs read it.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.kernel.journal.leaf import moment_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "
_HASH_SIZE = _KEY_SIZE = 32
_SIGNATURE_SIZE = 64
_MOST_SIGNATURES = 100


class NoteInvalid(ValueError):  # noqa: N818 - it says what the note is
    """A note, checkpoint or key that is malformed, changed, or signed by nobody we know."""


def to_base64(value: bytes) -> str:
    """Give standard base64 with padding."""
    return b64encode(value).decode()


def from_base64(text: str) -> bytes:
    """Read standard base64, refusing every second spelling of the same bytes; NoteInvalid if it is none."""
    try:
        value = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteInvalid("not base64") from None
    if to_base64(value) != text:
        raise NoteInvalid("not the usual base64 of its bytes")
    return value


def _checked_name(name: str) -> str:
    if not name or not name.isprintable() or any(c.isspace() or c == "+" for c in name):
        raise NoteInvalid("the name of a key is not empty and holds no space and no plus sign")
    return name


@dataclass(frozen=True)
class Verifier:
    """The public half of a key: its name and the 32 bytes of an Ed25519 public key."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse names and keys that cannot be."""
        _checked_name(self.name)
        if len(self.public_key) != _KEY_SIZE:
            raise NoteInvalid("an Ed25519 public key has 32 bytes")

    @cached_property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart: SHA-256(name, 0x0A, 0x01, public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:4]

    def __str__(self) -> str:
        """Give the verifier key as text: ``name+hex id+base64(0x01 and public key)``."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(_ED25519 + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read the text form of a verifier key; NoteInvalid when any part does not fit the others."""
        name, _, rest = text.partition("+")
        key_id, _, material = rest.partition("+")
        found = cls(name, _key_material(material))
        if found.key_id.hex() != key_id:
            raise NoteInvalid("the id of the key does not belong to its name and bytes")
        return found

    def accepts(self, text: str, signature: bytes) -> bool:
        """Tell whether this key made this signature over this text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def _key_material(text: str) -> bytes:
    value = from_base64(text)
    if value[:1] != _ED25519 or len(value) != 1 + _KEY_SIZE:
        raise NoteInvalid("not an Ed25519 key of the signed-note kind")
    return value[1:]


@dataclass(frozen=True)
class Signer:
    """The private half of a key, under the name that its signatures carry."""

    name: str
    private_key: Ed25519PrivateKey

    @cached_property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.private_key.public_key().public_bytes_raw())

    def to_text(self) -> str:
        """Give the secret as text: ``PRIVATE+KEY+name+hex id+base64(0x01 and seed)``. Keep it safe."""
        seed = to_base64(_ED25519 + self.private_key.private_bytes_raw())
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{seed}"

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Read the text form of a private key; NoteInvalid when any part does not fit the others."""
        prefix, name, key_id, material = _four(text)
        found = cls(_checked_name(name), Ed25519PrivateKey.from_private_bytes(_key_material(material)))
        if prefix != "PRIVATE+KEY" or found.verifier.key_id.hex() != key_id:
            raise NoteInvalid("not a private key of the signed-note kind")
        return found

    def line(self, text: str) -> str:
        """Give the signature line over a text."""
        signature = self.private_key.sign(text.encode())
        return f"{_DASH}{self.name} {to_base64(self.verifier.key_id + signature)}\n"


def _four(text: str) -> tuple[str, str, str, str]:
    parts = text.split("+", 4)
    if len(parts) != 5:  # noqa: PLR2004 - PRIVATE, KEY, name, id, seed
        raise NoteInvalid("not a private key of the signed-note kind")
    return "+".join(parts[:2]), parts[2], parts[3], parts[4]


@dataclass(frozen=True)
class Signature:
    """One signature line, not yet verified."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """Name the key as people quote it: ``name+hex id``."""
        return f"{self.name}+{self.key_id.hex()}"


def sign(text: str, *signers: Signer) -> str:
    """Make a note: the text, an empty line, a line per signer.

    Errors: NoteInvalid for a text that is empty, does not end in a newline, holds an empty line or a control
    character other than the newline.
    """
    if not text.endswith("\n") or "\n\n" in text or text == "\n" or any(c < " " and c != "\n" for c in text):
        raise NoteInvalid("the text of a note is lines, each ended, none empty, without control characters")
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def cosign(note: str, *signers: Signer) -> str:
    """Add signatures to a note, as a witness does; the caller has verified it."""
    text, _ = split(note)
    return note + "".join(signer.line(text) for signer in signers)


def split(note: str) -> tuple[str, list[Signature]]:
    """Split a note into its text and its signatures, verifying nothing; NoteInvalid if malformed."""
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not text or (tail and not tail.endswith("\n")):
        raise NoteInvalid("not a signed note: text, empty line, signature lines")
    signatures = [_signature(line) for line in tail.split("\n")[:-1]]
    if len(signatures) > _MOST_SIGNATURES:
        raise NoteInvalid("a note with more than a hundred signatures")
    return text + "\n", signatures


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise NoteInvalid("a signature line begins with an em dash and a space")
    value = from_base64(encoded)
    if len(value) <= 4:  # noqa: PLR2004 - the key id alone is no signature
        raise NoteInvalid("a signature line without a signature")
    return Signature(_checked_name(name), value[:4], value[4:])


def open_note(note: str, verifiers: Sequence[Verifier]) -> tuple[str, tuple[str, ...]]:
    """Verify a note.

    Out: its text, and the keys (``name+hex id``) whose signatures hold, at least one. Signatures of other
    keys are ignored, as C2SP wants it. Errors: NoteInvalid when malformed, not signed, signed by no key that
    we know, or when a signature of a key that we know does not hold; the sentence says which.
    """
    text, signatures = split(note)
    if not signatures:
        raise NoteInvalid("it is not signed")
    known = {(each.name, each.key_id): each for each in verifiers}
    good: list[str] = []
    for each in signatures:
        verifier = known.get((each.name, each.key_id))
        if verifier is None:
            continue
        if len(each.signature) != _SIGNATURE_SIZE or not verifier.accepts(text, each.signature):
            raise NoteInvalid(f"the signature of key {each} does not hold: text or signature was changed")
        good.append(str(each))
    if good:
        return text, tuple(dict.fromkeys(good))
    signed_by = ", ".join(map(str, signatures))
    if {each.name for each in signatures} & {each.name for each in verifiers}:
        raise NoteInvalid(f"it is signed by {signed_by}, and the key given under that name is another one")
    raise NoteInvalid(f"it is signed by {signed_by}, a key that is not among those given")


@dataclass(frozen=True)
class Checkpoint:
    """What a tree was at a moment: origin, number of leaves, root, time."""

    origin: str
    size: int
    root: bytes
    time: datetime

    def text(self) -> str:
        """Give the text that is signed: origin, size, root in base64, and the extension line ``time ...``."""
        if not self.origin or not self.origin.isprintable() or self.size < 0 or len(self.root) != _HASH_SIZE:
            raise NoteInvalid("not a checkpoint: origin, size or root is not in form")
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\ntime {moment_text(self.time)}\n"

    def sign(self, *signers: Signer) -> str:
        """Give the signed note of this checkpoint."""
        return sign(self.text(), *signers)

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint; NoteInvalid unless it is exactly what `text` would write."""
        try:
            origin, size, root, time, end = text.split("\n")
            moment = datetime.fromisoformat(time.removeprefix("time ")).astimezone(UTC)
            found = cls(origin, int(size), from_base64(root), moment)
            same = not end and found.text() == text
        except ValueError:
            same = False
        if not same:
            raise NoteInvalid("not a checkpoint: origin, size, root and time, each on its line")
        return found

    @classmethod
    def open(cls, note: str, verifiers: Sequence[Verifier]) -> tuple[Checkpoint, tuple[str, ...]]:
        """Verify a signed checkpoint; gives it and the keys that signed it. Errors as `open_note`."""
        text, names = open_note(note, verifiers)
        return cls.parse(text), names


def origin_of(installation: str, controller: str, year: str) -> str:
    """Give the origin of a tree: ``livcr.<installation>/<controller>/<year>``."""
    return f"livcr.{installation}/{controller}/{year}"
