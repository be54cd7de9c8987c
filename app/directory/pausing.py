"""Pauses after failed tries: what makes guessing slow without locking the owner out (R14, R20).

Kept by the hash of what was tried, so that a user name that exists and one that does not are counted alike. The
first five failures are free; then each one begins a pause twice as long as the one before, up to a limit. A try
during a pause neither counts nor makes it longer, so a pause always ends by itself. Counting is one statement under
the row's own lock: tries at the same moment count one by one, and all but the first find the pause.

A pause of a *name* never keeps the right password out: somebody who tries once a minute would lock the owner out for
good. During it every password is let through to the second factor, and a wrong one leads to a sign-in that no code
ever opens: without the code nobody learns which of the two it was, so a pause tells a guesser nothing, whatever
they try. A pause of an *account's codes* begins only for who knew the password. It grows longer, because a code has
six digits and three of them fit at any time; whoever holds it up knows the password, and a new one ends that. A browser in
which the owner has signed in before has a count of its own (`limiting`), so not even then is the owner kept out
there. During it a right code is answered like a wrong one and stays unused. A passkey is not guessed, so it is never
paused.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.directory.models import SignInPause

FREE: Final = 5
LONGEST_FOR_NAME: Final = timedelta(minutes=1)
LONGEST_FOR_CODES: Final = timedelta(minutes=15)

_COUNT = text("""
    INSERT INTO sign_in_pause AS p (key_hash, failures, failed_at) VALUES (:key, 1, :now)
    ON CONFLICT (key_hash) DO UPDATE SET failures = p.failures + 1, failed_at = :now,
        paused_until = CASE WHEN p.failures + 1 > :free THEN
            CAST(:now AS timestamptz)
            + least(CAST(:longest AS interval), interval '1 second' * power(2, least(p.failures + 1 - :free, 20))) END
    WHERE p.paused_until IS NULL OR p.paused_until <= :now
    RETURNING failures
""")


def of_name(username: str) -> bytes:
    """Give the key under which tries for a user name are counted, whether there is such an account or not."""
    return hashlib.sha256(b"name:" + username.lower().encode()).digest()


def of_codes(account: UUID, device: str = "") -> bytes:
    """Give the key under which the codes tried for an account are counted: a known device has a count of its own."""
    return hashlib.sha256(b"codes:" + account.bytes + device.encode()).digest()


def count(session: Session, key: bytes, moment: datetime, longest: timedelta) -> bool:
    """Count a failure, in the caller's transaction; False during a pause, when nothing is counted."""
    values = {"key": key, "now": moment, "free": FREE, "longest": longest}
    return session.execute(_COUNT, values).first() is not None


def forget(session: Session, *keys: bytes) -> None:
    """Begin anew: password and code were right."""
    session.execute(
        update(SignInPause).where(SignInPause.key_hash.in_(keys)).values(failures=0, paused_until=None)
    )
