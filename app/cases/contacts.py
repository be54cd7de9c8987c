"""Contacts: third persons around the person discussed, with a reason each and a shorter life (R49, R54, R86).

They stay in the municipality's own file: no item, extract, sheet or emergency shows one, so that nothing of a contact comes
into the file of whoever shared it (R54). They carry no marks, so that nobody is found by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from app.cases import contact_queries, queries
from app.cases.contact_commands import AddContact, ListContact, OpenContact, RemoveContact
from app.cases.contact_models import Contact
from app.cases.contact_views import ContactGone, ContactList, ContactView
from app.cases.sealing import open_in, seal_in
from app.cases.sources import origins_admitted, source_of
from app.cases.standing import about_case, case_facts, counted_from
from app.cases.statements import KEPT_FROM_MINUTES
from app.constitution.agreements import governing
from app.constitution.codes import checked, codes
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.sealed import Sealed
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.audience import CATEGORY_WITH_REASON, category_of_relation, closed_by_default
from app.rules.facts import Facts
from app.rules.policy import abilities
from app.rules.problems import not_found
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
        origin_admitted=origins_admitted(command),
    )
    work.allow(Action.CONTACT_ADD, _carried(facts, case), about_case(case, _TABLE, row_id))
    case = there(case)
    checked("contactRelations", command.relation, work.today, "relation")
    source = source_of(work, case, facts, command, category_of_relation(command.relation))
    work.session.add(
        Contact(
            id=row_id,
            case_id=case.id,
            municipality_id=case.municipality_id,
            name=seal_in(work, case.id, _TABLE, "name", row_id, command.contact_name),
            relation=command.relation,
            need=seal_in(work, case.id, _TABLE, "need", row_id, command.need),
            category=source.category,
            origin=source.origin,
            contributor_id=source.contributor_id,
            agency_id=source.agency_id,
            stated_on=source.stated_on,
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


@operation(Action.CONTACT_OPEN)
def open_contact(work: Work, command: OpenContact) -> ContactView:
    """Open one contact with name and reason; why somebody opens it, and the opening, go to the journal (R52, R107)."""
    row = contact_queries.contact(work.session, command.contact_id)
    case = queries.case_sheet(work.session, work.actor, row.case_id) if row else None
    known = command.reason in codes("accessReasons", work.today)
    facts = case_facts(work, case, excluded=case and case.excluded, access_reason=known)
    about = about_case(case, _TABLE, row.id if row else None)
    work.allow(Action.CONTACT_OPEN, facts, about, reason=command.reason if known else "")
    return _view(work, there(case), there(row), facts, opened=True)


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
    return carries_contacts_until(counted_from(case), case.due_on)


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


def _said(work: Work, row: Any, column: str) -> str | None:
    return open_in(work, row.case_id, _TABLE, column, row.id, Sealed(getattr(row, column)))


def _needs(work: Work, case_id: UUID) -> Iterator[str]:
    """Give why each contact is there, for no minutes to repeat: a third person stays in the file of the desk (R49, R54)."""
    for row in contact_queries.contacts(work.session, case_id):
        yield _said(work, row, "need") or ""


KEPT_FROM_MINUTES.append(_needs)


def _view(work: Work, case: Any, row: Any, facts: Facts, *, opened: bool = False) -> ContactView:
    closed = closed_by_default(row.category)
    shown = opened or not closed

    return ContactView(
        href=href("contacts", row.id),
        abilities=abilities(work.actor, facts, Action.CONTACT_REMOVE),
        contact_id=row.id,
        case_id=case.id,
        contact_name=_said(work, row, "name") if shown else None,
        relation=row.relation,
        need=_said(work, row, "need") if shown else None,
        category=row.category or CATEGORY_WITH_REASON,
        sensitive=closed,
        origin=row.origin,
        contributor_name=row.contributor_name,
        agency_name=row.agency_name,
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
