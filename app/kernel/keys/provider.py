"""What wraps keys: an interface in the shape of a key service, so that an installation can choose where its key is.

Whoever holds the key store alone, or the provider alone, reads nothing. The provider never sees a text: it wraps
keys of municipalities, each bound to whose it is, and names the key it used. See docs/decisions/0018.
"""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_NONCE = 12


class KeyFault(Exception):  # noqa: N818 — one sentence for the person at the console
    """The keys cannot be used; the message is one sentence and holds no key."""


class KeysUnreachable(KeyFault):
    """The key service does not answer now. What was asked can be asked again later."""


class KeyGone(Exception):  # noqa: N818 — a fact about a key
    """The provider does not hold this wrapping key, or not any more."""


class KeyProvider(Protocol):
    """Holds the installation's wrapping keys. Methods may raise KeysUnreachable."""

    makes_keys: bool
    """Whether it makes and destroys keys when told; else a person does, and erasing waits for them."""
    place: str
    """Where the keys are, for a sentence."""

    def key_ids(self) -> list[str]:
        """Give the ids of the keys it holds, the newest last; empty when there was never one."""

    def make(self) -> str:
        """Make a new wrapping key and give its id. Raises KeyFault where a person has to."""

    def wrap(self, key_id: str, key: bytes, bound_to: bytes) -> bytes:
        """Wrap *key* so that it opens only for *bound_to*. Raises KeyGone."""

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """Open what `wrap` gave. Raises KeyGone, and InvalidTag when it was made for something else."""

    def destroy_others(self, key_id: str) -> None:
        """Destroy every wrapping key but this one, for good. Without effect where a person has to."""


def shut(key: bytes, clear: bytes, bound_to: bytes) -> bytes:
    """Seal bytes under a key with AES-256-GCM, bound to where they belong."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, clear, bound_to)


def opened(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Open what `shut` gave. Raises InvalidTag."""
    if sealed[:1] != _VERSION:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], bound_to)
