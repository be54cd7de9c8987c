"""How often somebody may try: an address, and a name at an address; counted in the database, for all processes alike.

One row a key says until when what was allowed is spent (the generic cell rate algorithm): each try moves that moment
on by one step, and a try that would move it further ahead than the allowance reaches is refused, with the seconds to
wait. One statement under the row's own lock, so that no number of tries at once gets past it.

Nobody can lock anybody else out with it. A name is counted for each address apart. A browser in which this very name
has signed in before keeps a mark of it, and is counted by that mark alone: not even somebody at the same address,
behind the same gateway, can use up what belongs to it. The mark opens nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Final
from uuid import UUID

from sqlalchemy import text

from app.kernel.identity import new_secret
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import Kind, Problem

NAME_MOST: Final = 20
NAME_STEP: Final = timedelta(seconds=6)
"""Twenty tries at once for a name at an address or on a device, then ten a minute."""
STRAY_MOST: Final = 60
"""Calls of one sort a minute from one address about sessions that are not there."""
LINES_MOST: Final = 20
"""Lines of refusals at the door that one address leaves at once."""
_MINUTE: Final = timedelta(minutes=1)
_NETWORK_BITS: Final = 64

_TAKE = text("""
    INSERT INTO try_limit AS t (key_hash, spent_until, refused) VALUES (:key, CAST(:now AS timestamptz) + :step, 0)
    ON CONFLICT (key_hash) DO UPDATE SET
        spent_until = CASE WHEN t.spent_until <= CAST(:now AS timestamptz) + :ahead
            THEN greatest(t.spent_until, :now) + CAST(:step AS interval) ELSE t.spent_until END,
        refused = CASE WHEN t.spent_until <= CAST(:now AS timestamptz) + :ahead THEN 0 ELSE t.refused + 1 END
    RETURNING spent_until, refused
""")


def admit_try(work: Work, action: Action, username: str | None = None) -> None:
    """Count one try to sign in, in a transaction of its own. Raises Problem 429 when there were too many.

    The first refusal in a row is journalled; the rest would let whoever tries fill the log.
    """
    if username is not None and (nonce := known_device(work, username)):
        keys = [(_key(work, "device", username, nonce), NAME_MOST, NAME_STEP)]
    else:
        most = work.installation.settings.sign_ins_per_minute
        network = _network(work.address)
        keys = [(_key(work, "address", network), most, _MINUTE / most)]
        if username is not None:
            keys.append((_key(work, "name", username, network), NAME_MOST, NAME_STEP))
    _admit(work, action, keys)


def admit_stray(work: Work, action: Action) -> None:
    """Count a call about a session that is not there, or not theirs who call. Raises Problem 429 when there were too many.

    Nobody needs a session to make such calls, and each leaves a line in the processing log. They are counted apart from
    tries to sign in, so that they keep nobody from those. Nothing may have been written yet.
    """
    work.session.rollback()  # no connection is held while another one counts
    key = _key(work, "stray", action.value, _network(work.address))
    _admit(work, action, [(key, STRAY_MOST, _MINUTE / STRAY_MOST)])


def admit_challenge(work: Work, session_id: UUID) -> None:
    """Count a challenge for a sign-in that waits. Raises Problem 429 when there were too many; otherwise as `admit_stray`."""
    work.session.rollback()
    _admit(work, Action.SESSION_CHALLENGE, [(_key(work, "challenge", str(session_id)), NAME_MOST, NAME_STEP)])


def admit_fetch(work: Work, feed_id: UUID) -> None:
    """Count one fetch of a calendar. Raises Problem 429 when there were too many; otherwise as `admit_stray`."""
    work.session.rollback()
    _admit(work, Action.CALENDAR_READ, [(_key(work, "calendar", str(feed_id)), NAME_MOST, NAME_STEP)])


def has_room_for_line(work: Work) -> bool:
    """Tell whether the log takes one more line of what this address is refused at the door, and count it.

    Twenty at once, then one a minute: enough to see it, and nobody fills the log.
    """
    key = _key(work, "line", _network(work.address))
    values = {
        "key": key, "now": work.installation.clock.now(), "step": _MINUTE, "ahead": _MINUTE * (LINES_MOST - 1),
    }  # fmt: skip
    with work.installation.sessions() as own:
        row = own.execute(_TAKE, values).one()
        own.commit()
    return not row.refused


def _admit(work: Work, action: Action, keys: Sequence[tuple[bytes, int, timedelta]]) -> None:
    moment = work.installation.clock.now()
    with work.installation.sessions() as own:
        for key, most, step in keys:
            ahead = step * (most - 1)
            values = {"key": key, "now": moment, "step": step, "ahead": ahead}
            row = own.execute(_TAKE, values).one()
            own.commit()
            if row.refused:
                problem = Problem(
                    Kind.TOO_MANY_REQUESTS, retry_after=_seconds(row.spent_until - ahead - moment)
                )
                if row.refused == 1:
                    raise work.refuse(action, problem)
                raise problem


def _seconds(wait: timedelta) -> int:
    return max(1, ceil(wait.total_seconds()))


def _key(work: Work, *parts: str) -> bytes:
    """Give the key of a row: a hash under the installation's own key, so that the table tells no address."""
    return work.installation.provider.mark("\n".join(parts).encode(), b"limit")


def _network(address: str) -> str:
    """Give what one household or office has in common: of an IPv6 address its network, else the address itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(int(found) >> _NETWORK_BITS)
    return str(found)


def device_mark(work: Work, username: str) -> str:
    """Give what the browser keeps after a sign-in: worth nothing but a count of its own for this name."""
    nonce = new_secret()
    return f"{nonce}.{_signature(work, username, nonce)}"


def _signature(work: Work, username: str, nonce: str) -> str:
    return work.installation.provider.mark(f"{username}\n{nonce}".encode(), b"device").hex()


def known_device(work: Work, username: str) -> str:
    """Give the nonce of a mark that was made for this name; empty for any other, or none."""
    nonce, _, signature = work.device.partition(".")
    fits = hmac.compare_digest(signature.encode(), _signature(work, username, nonce).encode())
    return nonce if nonce and fits else ""
