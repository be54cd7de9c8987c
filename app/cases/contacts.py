"""Contacts: third persons around the person discussed, with a reason each and a shorter life (R49, R54, R86).

They stay in the municipality's own file: no item, extract, sheet or emergency shows one, so that nothing of a contact comes
into the file of whoever shared it (R54). They carry no marks, so that nobody is found by one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.cases import contact_queries, queries
from app.cases.contact_commands import AddContact, ListContact, RemoveContact
from app.cases.contact_models import Contact
from app.cases.contact_views import ContactGone, ContactList, ContactView
from app.cases.sealing import open_in, seal_in
from app.cases.standing import about_case, case_facts
from app.constitution.agreements import governing
from app.constitution.codes import checked, codes
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.sealed import Sealed
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.audience import ORIGINS_KEPT_OUT
from app.rules.facts import Facts
from app.rules.policy import abilities
from app.rules.problems import invalid, not_found
from app.rules.retention import carries_contacts_until, contact_kept_until

_TABLE = "contact"


@operation(Action.CONTACT_ADD)
def add_contact(work: Work, command: AddContact) -> ContactList:
    """Note a third person, and give the contacts of the case as they are then.

    Raises Problem: 404 and 403 as for the file; 409 in a closed or locked case, without a recording basis, without the
    confirmations that the law asks for, and where the case is kept on by an extension alone, which carries nobody else.
    """
    case = queries.case_sheet(work.session, work.actor, command.case_id)
    row_id = new_id()
    facts = case_facts(
        work,
        case,
        excluded=case and case.excluded,
        recording_basis=bool(case and case.recording_basis),
        proportionate=command.relevant_and_proportionate,
        no_classified=command.nothing_classified,
        origin_admitted=command.origin not in ORIGINS_KEPT_OUT,
    )
    work.allow(Action.CONTACT_ADD, _carried(facts, case), about_case(case, _TABLE, row_id))
    case = there(case)
    checked("contactRelations", command.relation, work.today, "relation")
    checked("originTags", command.origin, work.today, "origin")
    stated_on = command.stated_on or work.today
    if stated_on > work.today:
        raise invalid("statedOn", "in the future", kind="invalidPeriod")
    work.session.add(
        Contact(
            id=row_id,
            case_id=case.id,
            municipality_id=case.municipality_id,
            name=seal_in(work, case.id, _TABLE, "name", row_id, command.contact_name),
            relation=command.relation,
            need=seal_in(work, case.id, _TABLE, "need", row_id, command.need),
            origin=command.origin,
            stated_on=stated_on,
            keep_until=_own_end(work, case),
            added_by=there(work.actor.person_id),
            added_at=work.now,
        )
    )
    work.session.flush()
    return _list(work, case, facts)


@operation(Action.CONTACT_LIST)
def list_contact(work: Work, command: ListContact) -> ContactList:
    """Give the contacts of a case for a reason of the pick-list, which goes to the journal (R107)."""
    case = queries.case_sheet(work.session, work.actor, command.case_id)
    known = command.reason in codes("accessReasons", work.today)
    facts = case_facts(work, case, excluded=case and case.excluded, access_reason=known)
    work.allow(
        Action.CONTACT_LIST, facts, about_case(case, _TABLE), reason=(command.reason or "") if known else ""
    )
    return _list(work, there(case), facts)


@operation(Action.CONTACT_REMOVE)
def remove_contact(work: Work, command: RemoveContact) -> ContactGone:
    """Take a contact out because it is not needed any more: its row is gone at once, and nothing says who it was.

    A backup of the main database still holds its sealed bytes until it expires (R92).
    """
    row = contact_queries.contact(work.session, command.contact_id)
    case = queries.case_sheet(work.session, work.actor, row.case_id) if row else None
    facts = case_facts(work, case, excluded=case and case.excluded)
    work.allow(Action.CONTACT_REMOVE, facts, about_case(case, _TABLE, row.id if row else None))
    row = there(row)
    if not contact_queries.forget_contact(work.session, row.id):
        raise not_found()  # somebody else was there first
    return ContactGone(href=f"{href('cases', row.case_id)}/contacts", contact_id=row.id, case_id=row.case_id)


def _own_end(work: Work, case: Any) -> date:
    return contact_kept_until(work.today, governing(work.session, case.cell_id, case.agreement_id))


def _carried(facts: Facts, case: Any) -> Facts:
    """Give the facts with the end of the case as it is for third persons: without any extension."""
    return facts if case is None else replace(facts, due_on=_let_go(case))


def _let_go(case: Any) -> date:
    return carries_contacts_until(case.last_discussed_on or case.listed_on, case.due_on)


def _list(work: Work, case: Any, facts: Facts) -> ContactList:
    known = replace(
        _carried(facts, case),
        access_reason=True,
        recording_basis=bool(case.recording_basis),
        proportionate=True,
        no_classified=True,
        origin_admitted=True,
    )
    return ContactList(
        href=f"{href('cases', case.id)}/contacts",
        abilities=abilities(work.actor, known, Action.CONTACT_ADD),
        case_id=case.id,
        reference=case.reference,
        term_days=(_own_end(work, case) - work.today).days,
        carried_until=_let_go(case),
        items=[_view(work, case, row, known) for row in contact_queries.contacts(work.session, case.id)],
    )


def _view(work: Work, case: Any, row: Any, facts: Facts) -> ContactView:
    def opened(column: str) -> str:
        return open_in(work, case.id, _TABLE, column, row.id, Sealed(getattr(row, column))) or ""

    return ContactView(
        href=href("contacts", row.id),
        abilities=abilities(work.actor, facts, Action.CONTACT_REMOVE),
        contact_id=row.id,
        case_id=case.id,
        contact_name=opened("name"),
        relation=row.relation,
        need=opened("need"),
        origin=row.origin,
        stated_on=row.stated_on,
        added_at=row.added_at,
        added_by_name=row.added_by_name,
        ends_on=row.ends_on,
        ends_with=_ends_with(case, row),
    )


def _ends_with(case: Any, row: Any) -> str:
    """Say what sets the day on which a contact goes; its own term where two fall together."""
    if row.ends_on == row.keep_until:
        return "ownTerm"
    if case.state == "closed" and row.ends_on == case.closed_on:
        return "caseClosed"
    return "caseEnd" if row.ends_on == case.due_on else "lastDiscussion"
