"""Where somebody's notices are sent: their own address for it, else the one their account was made with.

Apart from the account itself: the address there finds a person who signs in by way of a provider of identities, and
that nobody changes for themselves. Nobody but its owner and an administrator learns it.
"""

from __future__ import annotations

from uuid import UUID

from app.constitution.standing import cell_facts
from app.directory.actors import self_facts
from app.directory.commands import AssignMailAddress, ChangeMailAddress, ReadMailAddress, ReadPost
from app.directory.models import MailAddress, Person
from app.directory.queries import post_counts
from app.directory.views import MailAddressView, PostView
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.settings import is_mail_address
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import invalid, not_found


def _about(person_id: UUID | None) -> About:
    return About(object_type="person", object_id=person_id)


@operation(Action.MAIL_ADDRESS_READ)
def read_mail_address(work: Work, command: ReadMailAddress) -> MailAddressView:
    """Give where one's own notices are sent; nothing where they stand on the page Today only."""
    del command
    work.allow(Action.MAIL_ADDRESS_READ, self_facts(work), _about(work.actor.person_id))
    person = there(work.session.get(Person, work.actor.person_id))
    return _view(person, work.session.get(MailAddress, person.id))


@operation(Action.MAIL_ADDRESS_CHANGE)
def change_mail_address(work: Work, command: ChangeMailAddress) -> MailAddressView:
    """Have one's own notices sent to another address, soon after a second factor. Raises Problem 400 for no address."""
    work.allow(Action.MAIL_ADDRESS_CHANGE, self_facts(work), _about(work.actor.person_id))
    return _set(work, there(work.session.get(Person, work.actor.person_id)), command.address)


@operation(Action.MAIL_ADDRESS_ASSIGN)
def assign_mail_address(work: Work, command: AssignMailAddress) -> MailAddressView:
    """Have somebody's notices sent to an address, as an administrator. Raises Problem: 404 for nobody, 400 for no address."""
    about = _about(command.person_id)
    work.allow(Action.MAIL_ADDRESS_ASSIGN, cell_facts(work, work.actor.cell_id), about)
    person = work.session.get(Person, command.person_id)
    if person is None:
        raise work.refuse(Action.MAIL_ADDRESS_ASSIGN, not_found(), about)
    return _set(work, person, command.address)


def _set(work: Work, person: Person, address: str) -> MailAddressView:
    if not is_mail_address(address):
        raise invalid("address", "mailAddress.none")
    row = work.session.get(MailAddress, person.id, with_for_update=True)
    if row is None:
        row = MailAddress(person_id=person.id, version=0)
        work.session.add(row)
    row.address, row.set_at, row.set_by = address, work.now, there(work.actor.person_id)
    row.version += 1
    return _view(person, row)


def _view(person: Person, row: MailAddress | None) -> MailAddressView:
    return MailAddressView(
        href=href("mailAddresses", "current"),
        person_id=person.id,
        address=row.address if row else person.email,
        set_at=row.set_at if row else None,
    )


@operation(Action.POST_READ)
def read_post(work: Work, command: ReadPost) -> PostView:
    """Give how the sending of notices fares, in numbers: to an administrator, who sees no notice."""
    del command
    work.allow(Action.POST_READ, cell_facts(work, work.actor.cell_id), About(object_type="post"))
    found = post_counts(work.session)
    return PostView(
        href=href("post"),
        configured=bool(work.installation.settings.smtp_host),
        waiting=found.waiting,
        without_address=found.without_address,
        undeliverable=found.undeliverable,
        oldest=found.oldest,
        fault=found.fault,
    )
