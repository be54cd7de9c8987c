"""Trying a password, a code or a passkey: each in a transaction of its own that is over before the answer is known.

So no refusal undoes a count, no second request slips in between, and no connection waits while a hash is computed.
A try is taken before what was sent is looked at: no number of requests at once looks at more than there are tries.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.directory import limiting, pausing, queries
from app.directory.models import Credential, Person
from app.kernel import passkeys
from app.kernel.database import say_who
from app.kernel.identity import accepted_step, new_totp_secret, password_fits
from app.kernel.ids import NIL
from app.kernel.work import Work

TRIES: Final = 5
"""Wrong answers after which a sign-in, or a session that asks again, is over."""


class Tried(NamedTuple):
    """How a try went: whose it was (None: nobody's), and whether a failure was counted (not in a pause)."""

    person_id: UUID | None
    counted: bool = True


def try_password(work: Work, username: str, password: str, moment: datetime) -> Tried:
    """Check name and password, and count a wrong one. No connection is held while the hash is computed."""
    with work.installation.sessions() as own:
        person = queries.by_username(own, username)
        usable = person if person is not None and person.active and may_be_here(work, person) else None
        hashed = queries.password_hash(own, usable.id if usable else NIL)
        own.commit()
        if password_fits(password, hashed) and usable is not None:
            return Tried(usable.id, counted=False)
        counted = pausing.count(own, pausing.of_name(username), moment, pausing.LONGEST_FOR_NAME)
        own.commit()
    return Tried(None, counted)


def may_be_here(work: Work, person: Person) -> bool:
    """Tell whether this account may sign in here: demo accounts on this machine in a demonstration only."""
    return not person.demo or (work.installation.demo and work.loopback)


def try_code(work: Work, session_id: UUID, code: str, moment: datetime) -> Tried | None:
    """Check the code of a sign-in, and use it up if it fits. None: there is nothing to try it on.

    A sign-in that leads nowhere goes the same way to the end.
    """
    with work.installation.sessions() as own:
        taken = queries.take_try(own, session_id, work.channel, moment, TRIES)
        if taken is None:
            return None
        account = taken.person_id or session_id
        person = own.get(Person, account)
        device = limiting.known_device(work, person.username) if person else ""
        codes = pausing.of_codes(account, device)
        counted = pausing.count(own, codes, moment, pausing.LONGEST_FOR_CODES)
        own.commit()
        if not _code_fits(work, own, account, code, moment, usable=counted):
            return Tried(None, counted)
        pausing.forget(own, codes, pausing.of_name(own.get_one(Person, account).username))
        own.commit()
    return Tried(account, counted)


def _code_fits(work: Work, own: Session, account: UUID, code: str, moment: datetime, *, usable: bool) -> bool:
    """Check a code against an account's secret; uses its time step up, in the transaction at hand."""
    say_who(own.connection(), account, None, work.now)
    found: Credential | None = queries.credential(own, account)
    secret = (
        work.installation.provider.unwrap(found.totp_secret, account.bytes).decode()
        if found
        else new_totp_secret()
    )
    step = accepted_step(secret, code, moment, found.totp_last_step if found else 0)
    if found is None or step is None or not usable:
        return False
    found.totp_last_step = step
    own.flush()
    return True


def try_passkey(work: Work, session_id: UUID, answer: passkeys.Answer, moment: datetime) -> Tried | None:
    """Check the passkey of a sign-in. None: there is nothing to try it on.

    It has to be the passkey of who gave the password; only a sign-in begun with a passkey alone takes anybody's.
    """
    with work.installation.sessions() as own:
        taken = queries.take_try(own, session_id, work.channel, moment, TRIES)
        if taken is None:
            return None
        challenge = queries.take_challenge(own, session_id)
        found = queries.passkey_for(own, passkeys.credential_id(answer))
        own.commit()
        if taken.opened_with != "passkey" and (found is None or found.person_id != taken.person_id):
            return Tried(None)
        return Tried(
            found.person_id if found and _signs(work, own, challenge, answer, found, moment) else None
        )


def _signs(
    work: Work, own: Session, challenge: bytes | None, answer: passkeys.Answer, found: queries.KnownPasskey,
    moment: datetime,
) -> bool:  # fmt: skip
    """Check what a passkey signed and keep its count, as its owner; the owner has to be somebody who may be here."""
    site = passkeys.site_of(work.installation.settings)
    if challenge is None or (not site.origin and not work.loopback):
        return False
    count = passkeys.asserted(site, challenge, answer, found.public_key, found.sign_count)
    person = own.get(Person, found.person_id)
    own.rollback()
    if count is None or person is None or not may_be_here(work, person):
        return False
    say_who(own.connection(), found.person_id, None, work.now)
    kept = queries.count_passkey(own, found.id, found.sign_count, count, moment)
    own.commit()
    return kept


def take_again(work: Work, moment: datetime) -> bool:
    """Take one of the tries of a session that is open, of which its owner has to give proof again."""
    actor = work.actor
    with work.installation.sessions() as own:
        say_who(own.connection(), actor.person_id, actor.mandate_id, work.now)
        taken = queries.take_try(own, actor.session_id or NIL, work.channel, moment, TRIES, state="active")
        own.commit()
    return taken is not None


def code_again(work: Work, code: str, moment: datetime) -> bool:
    """Check a code for the session at hand, and use it up if it fits."""
    with work.installation.sessions() as own:
        fits = _code_fits(work, own, work.actor.person_id or NIL, code, moment, usable=True)
        own.commit()
    return fits


def passkey_again(work: Work, answer: passkeys.Answer, moment: datetime) -> bool:
    """Check a passkey for the session at hand: its owner's own."""
    actor = work.actor
    with work.installation.sessions() as own:
        say_who(own.connection(), actor.person_id, actor.mandate_id, work.now)
        challenge = queries.take_challenge(own, actor.session_id or NIL)
        own.commit()
        found = queries.passkey_for(own, passkeys.credential_id(answer))
        own.commit()
        if found is None or found.person_id != actor.person_id:
            return False
        return _signs(work, own, challenge, answer, found, moment)


def password_again(work: Work, password: str) -> bool:
    """Check the password of who acts."""
    with work.installation.sessions() as own:
        hashed = queries.password_hash(own, work.actor.person_id or NIL)
        own.commit()
    return password_fits(password, hashed)
