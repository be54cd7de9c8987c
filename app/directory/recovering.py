"""New means to sign in for somebody who lost theirs: an administrator and a coordinator decide it together (R20).

The one proposes, the other approves, each after seeing or hearing the person and each with a fresh second factor.
Each gets half of a code, once, and hands it to the person; only who has both halves can use it, within its short
life. So neither can take over an account alone, not even after the other agreed in good faith, and nobody decides
about themselves. What follows is thorough: a new password, a new secret for one-time codes, no passkey, no open
session, no other recovery. The database holds the same: three different people, and one of each role.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.constitution.standing import cell_facts
from app.directory import limiting, queries, trying
from app.directory.commands import ApproveRecovery, ListRecovery, ProposeRecovery, UseRecovery
from app.directory.models import Person, Recovery
from app.directory.office_queries import holds_in
from app.directory.passwords import words_of
from app.directory.sessions import end_others
from app.directory.views import RecoveredView, RecoveryList, RecoveryView
from app.kernel.database import say_who
from app.kernel.i18n import register_codes
from app.kernel.identity import hash_password, new_totp_secret
from app.kernel.ids import NIL, new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.passwords import refuse_weak
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Actor, Facts
from app.rules.lifecycle import target
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, not_found
from app.rules.roles import Role

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that reads as something else on paper
_GROUPS: Final = 2
_GROUP: Final = 5
TRIES: Final = 5
_OTHER: Final = {Role.ADMINISTRATOR: Role.COORDINATOR, Role.COORDINATOR: Role.ADMINISTRATOR}
register_codes("recovery", ["wrongCode"])


def _new_half() -> str:
    """Give half of a code: 49 bits, to be read out or written down."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _hashed(work: Work, recovery_id: UUID, half: str) -> bytes:
    """Give what is kept of half a code: a hash under the installation's key, for this recovery alone."""
    said = "".join(c for c in half.upper() if c.isalnum())
    return work.installation.provider.mark(recovery_id.bytes + said.encode(), b"recovery")


def _about(recovery_id: UUID | None) -> About:
    return About(object_type="recovery", object_id=recovery_id)


@operation(Action.RECOVERY_PROPOSE)
def propose_recovery(work: Work, command: ProposeRecovery) -> RecoveryView:
    """Propose a recovery, as administrator or as coordinator of the person's cell. Gives the first half of the code.

    Raises Problem: 404 for a person who is not in one's cell, 409 for oneself or without a fresh second factor.
    """
    row_id, moment = new_id(), work.installation.clock.now()
    work.allow(
        Action.RECOVERY_PROPOSE,
        cell_facts(work, work.actor.cell_id, own=command.person_id == work.actor.person_id),
        _about(row_id),
        reason=command.ground,
    )
    person = _concerned(work, command.person_id)
    if person is None:
        raise work.refuse(Action.RECOVERY_PROPOSE, not_found(), _about(None))
    half = _new_half()
    row = Recovery(
        id=row_id,
        person_id=person.id,
        state="proposed",
        ground=command.ground,
        proposed_by=there(work.actor.person_id),
        proposed_as=there(work.actor.role).value,
        proposed_at=moment,
        first_hash=_hashed(work, row_id, half),
        expires_at=moment + timedelta(minutes=work.installation.settings.recovery_minutes),
        tries=0,
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    return _view(work, row, person.name, half)


def _concerned(work: Work, person_id: UUID) -> Person | None:
    """Give somebody this administrator or coordinator may propose it for: a coordinator, of their own cell only."""
    person = work.session.get(Person, person_id)
    if person is None or not person.active:
        return None
    if work.actor.role is Role.ADMINISTRATOR:
        return person
    return person if holds_in(work.session, person.id, work.actor.cell_id, work.today) else None


def _facts(work: Work, row: Recovery | None) -> Facts:
    """Give Facts on a recovery that the database showed: whose it is, and whether the other half is somebody else's."""
    if row is None:
        return work.facts()
    actor = work.actor
    other_role = (
        _OTHER.get(actor.role) if actor.role else None
    )  # the person it is for may hold no mandate now
    return cell_facts(
        work,
        actor.cell_id,
        state=row.state,
        own=row.person_id == actor.person_id,
        counterpart=row.proposed_by != actor.person_id and row.proposed_as == other_role,
    )


@operation(Action.RECOVERY_APPROVE)
def approve_recovery(work: Work, command: ApproveRecovery) -> RecoveryView:
    """Agree, in the other role. Gives the second half of the code, whose short life begins now."""
    row = queries.recovery(work.session, command.recovery_id)
    moment = work.installation.clock.now()
    if row is not None and row.expires_at <= moment:
        row = None
    work.allow(Action.RECOVERY_APPROVE, _facts(work, row), _about(row.id if row else None))
    row = there(row)
    work.expect(row.version)
    half = _new_half()
    row.state = target(Action.RECOVERY_APPROVE)
    row.approved_by, row.approved_at = work.actor.person_id, moment
    row.second_hash = _hashed(work, row.id, half)
    row.expires_at = moment + timedelta(minutes=work.installation.settings.recovery_minutes)
    row.version += 1
    work.session.flush()
    return _view(work, row, work.session.get_one(Person, row.person_id).name, half)


@operation(Action.RECOVERY_LIST)
def list_recovery(work: Work, command: ListRecovery) -> RecoveryList:
    """Give the recoveries under way: an administrator all of them, a coordinator those of their own cell."""
    del command
    work.allow(Action.RECOVERY_LIST, cell_facts(work, work.actor.cell_id), _about(None))
    rows = queries.recoveries(work.session, work.installation.clock.now())
    return RecoveryList(href=href("recoveries"), items=[_view(work, row, name) for row, name in rows])


def _view(work: Work, row: Recovery, name: str, half: str | None = None) -> RecoveryView:
    return RecoveryView(
        version=row.version,
        href=href("recoveries", row.id),
        abilities=abilities(work.actor, _facts(work, row), Action.RECOVERY_APPROVE),
        recovery_id=row.id,
        person_id=row.person_id,
        person_name=name,
        state=row.state,
        ground=row.ground,
        proposed_as=row.proposed_as,
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        half=half,
    )


@operation(Action.RECOVERY_USE)
def use_recovery(work: Work, command: UseRecovery) -> RecoveredView:
    """Take new means to sign in, with both halves. Gives the new secret for one-time codes, once.

    Raises Problem: 401 for anything that does not fit, a name without a recovery included; 400 for a password that is
    not good enough (the code stays); 429 after too many tries. The fifth wrong try of who holds one half ends it.
    """
    limiting.admit_try(work, Action.RECOVERY_USE, command.username)
    moment = work.installation.clock.now()
    person_id, row_id = _try_halves(work, command, moment)
    if person_id is None or row_id is None:
        problem = Problem(Kind.INVALID_TOKEN, why="wrongCode")
        raise work.refuse(Action.RECOVERY_USE, problem, _about(row_id))
    work.act_as(Actor(person_id=person_id))
    row = there(queries.recovery(work.session, row_id))
    work.allow(Action.RECOVERY_USE, work.facts(state=row.state), _about(row.id))
    password = command.new_password.get_secret_value()
    refuse_weak(
        password, "newPassword", words_of(work, person_id), work.installation.settings.breached_passwords
    )
    secret = new_totp_secret()
    credential = there(queries.credential(work.session, person_id))
    credential.password_hash = hash_password(password)
    credential.totp_secret = work.installation.provider.wrap(secret.encode(), person_id.bytes)
    credential.totp_last_step = 0
    for passkey in queries.own_passkeys(work.session, person_id):
        passkey.removed_at = moment
    end_others(work)
    for other in queries.other_recoveries(work.session, person_id, row.id):
        other.state, other.version = "ended", other.version + 1
    row.state, row.used_at, row.version = target(Action.RECOVERY_USE), moment, row.version + 1
    return RecoveredView(totp_secret=secret)


def _try_halves(work: Work, command: UseRecovery, moment: datetime) -> tuple[UUID | None, UUID | None]:
    """Check both halves in a transaction of its own. Gives whose it is and which recovery.

    A wrong try counts only where one half is right: who holds it has few guesses at the other. Nobody guesses both, so
    who holds neither uses nothing up: else anybody who knows a name could end every recovery of it. The database is
    asked the same whatever the name.
    """
    with work.installation.sessions() as own:
        person = queries.by_username(own, command.username)
        usable = person is not None and person.active and trying.may_be_here(work, person)
        person_id = person.id if person is not None and usable else NIL
        own.commit()
        say_who(own.connection(), person_id, None, work.now)
        row = queries.recovery_to_try(own, person_id, moment, TRIES)  # its lock parts tries at one moment
        wanted = [row.first_hash, row.second_hash] if row is not None else []
        halves = (command.first_half.get_secret_value(), command.second_half.get_secret_value())
        given = [_hashed(work, row.id if row is not None else NIL, half) for half in halves]
        right = row is not None and given in (wanted, wanted[::-1])
        if row is not None and not right and set(given) & set(wanted):
            row.tries += 1
            if row.tries >= TRIES:
                row.state, row.version = "ended", row.version + 1
        own.commit()
    return person_id if right else None, row.id if row is not None else None
