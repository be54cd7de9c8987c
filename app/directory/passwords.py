"""Changing one's own password: with the present one, soon after a second factor (R20)."""

from __future__ import annotations

from app.directory import queries, trying
from app.directory.actors import self_facts
from app.directory.commands import ChangePassword
from app.directory.models import Agency, Person
from app.directory.sessions import close_in_refusal, end_others
from app.kernel.i18n import register_codes
from app.kernel.identity import hash_password
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.passwords import refuse_weak
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import invalid

register_codes("password", ["tooShort", "tooLong", "tooCommon", "breached", "notThePresentOne"])


@operation(Action.PASSWORD_CHANGE)
def change_password(work: Work, command: ChangePassword) -> None:
    """Replace one's own password, and end every other session of one's own.

    Raises Problem 400 for a wrong present password or a new one that is not good enough; the fifth wrong one in a
    row ends the session.
    """
    person_id = there(work.actor.person_id)
    about = About(object_type="person", object_id=person_id)
    work.allow(Action.PASSWORD_CHANGE, self_facts(work), about)
    new = command.new_password.get_secret_value()
    refuse_weak(new, "newPassword", words_of(work, person_id), work.installation.settings.breached_passwords)
    session_id = there(work.actor.session_id)
    taken = trying.take_again(work, work.installation.clock.now())
    if not taken or not trying.password_again(work, command.current_password.get_secret_value()):
        row = there(queries.sign_in(work.session, session_id))
        if row.failures >= trying.TRIES:
            close_in_refusal(work, session_id, "tooManyTries")
        raise work.refuse(
            Action.PASSWORD_CHANGE, invalid("currentPassword", "password.notThePresentOne"), about
        )
    there(queries.sign_in(work.session, session_id)).failures -= 1  # its own try alone
    there(queries.credential(work.session, person_id)).password_hash = hash_password(new)
    end_others(work)


def words_of(work: Work, person_id: object) -> tuple[str, ...]:
    """Give the words that somebody who guesses this person's password tries first."""
    person = work.session.get_one(Person, person_id)
    agency = work.session.get_one(Agency, person.agency_id)
    return person.username, person.name, person.email or "", agency.name
