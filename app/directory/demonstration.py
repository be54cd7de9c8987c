"""What a demonstration shows at its door: who can sign in, and the code of the moment.

Only on a database that the demonstration made, only on this machine, only for invented persons.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.directory import queries
from app.directory.models import Credential
from app.kernel.clock import brussels_day
from app.kernel.http.pages import PageCall
from app.kernel.identity import code_now

_STEP_SECONDS = 30


def is_shown(call: PageCall) -> bool:
    """Tell whether this is a demonstration, looked at from its own machine."""
    return call.installation.demo and call.loopback


def persons(call: PageCall) -> list[Any]:
    """Give the invented persons who can sign in here; nobody anywhere else."""
    if not is_shown(call):
        return []
    with call.installation.sessions() as session:
        return queries.demo_persons(session, brussels_day(call.installation.clock.now()))


def one_time_code(call: PageCall, session_id: UUID) -> str:
    """Give the code that fits now for an invented person who is signing in; empty for anybody else."""
    if not is_shown(call):
        return ""
    with call.installation.sessions() as session:
        return _code(call, queries.demo_credential(session, session_id))


def code_of(call: PageCall, person_id: UUID) -> str:
    """Give the code that fits now for an invented person who is signed in; empty for anybody else."""
    if not is_shown(call):
        return ""
    with call.installation.sessions() as session:
        return _code(call, queries.demo_credential_of(session, person_id))


def _code(call: PageCall, credential: Credential | None) -> str:
    if credential is None:
        return ""
    moment = call.installation.clock.now()
    secret = call.installation.provider.unwrap(credential.totp_secret, credential.person_id.bytes).decode()
    if int(moment.timestamp()) // _STEP_SECONDS <= credential.totp_last_step:
        moment += timedelta(seconds=_STEP_SECONDS)  # this one was used; the next is accepted too
    return code_now(secret, moment)
