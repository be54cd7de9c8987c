"""One's own passkeys: adding, listing and removing them, soon after a second factor (R20).

A new authenticator is how somebody who took over a session for a moment would stay; so a fresh second factor is asked
for adding one, and for removing one.
"""

from __future__ import annotations

from typing import Final

from app.directory import queries
from app.directory.actors import self_facts
from app.directory.commands import ListPasskey, OfferPasskey, RegisterPasskey, RemovePasskey
from app.directory.models import Passkey, Person
from app.directory.views import ChallengeView, PasskeyList, PasskeyView
from app.kernel import passkeys
from app.kernel.i18n import register_codes
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import invalid, not_found

MOST: Final = 10
"""Passkeys one person can have."""
register_codes("passkey", ["notMade", "tooMany"])


def _about(passkey_id: object = None) -> About:
    return About(object_type="passkey", object_id=passkey_id)  # type: ignore[arg-type]


@operation(Action.PASSKEY_OFFER)
def offer_passkey(work: Work, command: OfferPasskey) -> ChallengeView:
    """Give what a browser needs to make a passkey of this person for this site."""
    del command
    work.allow(Action.PASSKEY_OFFER, self_facts(work), _about())
    person = work.session.get_one(Person, work.actor.person_id)
    row = there(queries.sign_in(work.session, there(work.actor.session_id)))
    own = queries.own_passkeys(work.session, person.id)
    row.challenge, options = passkeys.creation_options(
        passkeys.site_of(work.installation.settings),
        person.id.bytes,
        person.username,
        [each.credential_id for each in own],
    )
    return ChallengeView(session_id=row.id, public_key=options, own_passkeys=len(own))


@operation(Action.PASSKEY_REGISTER)
def register_passkey(work: Work, command: RegisterPasskey) -> PasskeyView:
    """Keep a new passkey. Raises Problem 400 when it was not made for this site, this session and this moment."""
    passkey_id = new_id()
    work.allow(Action.PASSKEY_REGISTER, self_facts(work), _about(passkey_id))
    person_id = there(work.actor.person_id)
    challenge = queries.take_challenge(work.session, there(work.actor.session_id))
    site = passkeys.site_of(work.installation.settings)
    made = passkeys.registered(site, challenge, command.passkey) if challenge else None
    if made is None or (not site.origin and not work.loopback):
        raise work.refuse(Action.PASSKEY_REGISTER, invalid("passkey", "passkey.notMade"), _about())
    if len(queries.own_passkeys(work.session, person_id)) >= MOST:
        raise work.refuse(Action.PASSKEY_REGISTER, invalid("passkey", "passkey.tooMany"), _about())
    row = Passkey(
        id=passkey_id,
        person_id=person_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=command.name,
        created_at=work.installation.clock.now(),
    )
    work.session.add(row)
    work.session.flush()
    return _view(row)


def _view(row: Passkey) -> PasskeyView:
    return PasskeyView(passkey_id=row.id, name=row.name, created_at=row.created_at, used_at=row.used_at)


@operation(Action.PASSKEY_LIST)
def list_passkey(work: Work, command: ListPasskey) -> PasskeyList:
    """Give one's own passkeys."""
    del command
    work.allow(Action.PASSKEY_LIST, self_facts(work), _about())
    rows = queries.own_passkeys(work.session, there(work.actor.person_id))
    return PasskeyList(href=href("passkeys"), items=[_view(row) for row in rows])


@operation(Action.PASSKEY_REMOVE)
def remove_passkey(work: Work, command: RemovePasskey) -> None:
    """Remove one's own passkey; anybody else's is not there."""
    row = queries.own_passkey(work.session, there(work.actor.person_id), command.passkey_id)
    if row is None:
        raise work.refuse(Action.PASSKEY_REMOVE, not_found(), _about())
    work.allow(Action.PASSKEY_REMOVE, self_facts(work), _about(row.id))
    row.removed_at = work.installation.clock.now()
