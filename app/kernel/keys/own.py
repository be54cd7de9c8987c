"""The installation's own keys: for second-factor secrets, and for marks by which something is found again.

They are made once, lie wrapped in the key store like those of the municipalities, and are unwrapped when a process
starts. Rotating the wrapping key wraps them anew and leaves them as they are: a mark made last year is still found,
and second factors in an older copy of the main database still work.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from app.kernel.keys.provider import opened, shut

SECRETS, MARKS = "secrets", "marks"
PURPOSES = (SECRETS, MARKS)


def bound_to(purpose: str) -> bytes:
    """Give what an own key is bound to when it is wrapped."""
    return b"livcr installation " + purpose.encode()


class OwnKeys:
    """Wraps the installation's own secrets and makes its marks."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._secrets, self._marks = keys[SECRETS], keys[MARKS]

    def wrap(self, secret: bytes, bound_to: bytes) -> bytes:
        """Wrap a secret so that it opens only for *bound_to*."""
        return shut(self._secrets, secret, bound_to)

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """Open what `wrap` gave; InvalidTag if it was made for something else."""
        return opened(self._secrets, wrapped, bound_to)

    def mark(self, said: bytes, purpose: bytes) -> bytes:
        """Give a keyed hash: equal for equal bytes, and without this key nobody can try what they were."""
        return hmac.digest(hmac.digest(self._marks, purpose, "sha256"), said, "sha256")
