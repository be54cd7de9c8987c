"""Which account a provider's subject is: said by an administrator, and by nobody else (R14).

Either for a subject that is known, or for the first sign-in of a person that is expected until a day. One link a
person at most: a second way in is never added beside the first without its owner noticing. What an administrator
records here lets nobody in alone (`federation`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.constitution.standing import cell_facts
from app.directory import federated_queries, queries
from app.directory.commands import (
    ExpectFederatedIdentity,
    IdentifyAgency,
    LinkFederatedIdentity,
    ListFederatedIdentity,
    UnlinkFederatedIdentity,
)
from app.directory.federation import organisation_code
from app.directory.mandates import agency_view
from app.directory.models import Agency, AgencyCode, FederatedIdentity, Person
from app.directory.views import AgencyView, FederatedIdentityList, FederatedIdentityView
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import Kind, Problem, invalid, not_found

EXPECTED_DAYS_MOST: Final = 60
"""How far ahead a first sign-in can be expected: a way in that nobody uses does not stay open."""


def _about(identity_id: UUID | None = None) -> About:
    return About(object_type="federatedIdentity", object_id=identity_id)


@operation(Action.AGENCY_IDENTIFY)
def identify_agency(work: Work, command: IdentifyAgency) -> AgencyView:
    """Record an agency's code. Raises Problem 404 for an agency that does not exist."""
    about = About(object_type="agency", object_id=command.agency_id)
    work.allow(Action.AGENCY_IDENTIFY, cell_facts(work, work.actor.cell_id), about)
    agency = work.session.get(Agency, command.agency_id)
    if agency is None:
        raise not_found()
    row = work.session.get(AgencyCode, agency.id)
    code = organisation_code(command.code)
    if row is None:
        work.session.add(AgencyCode(agency_id=agency.id, code=code, set_at=work.now, version=1))
    else:
        row.code, row.set_at, row.version = code, work.now, row.version + 1
    return agency_view(agency, code)


def _issuer(work: Work, action: Action) -> str:
    """Give the issuer of the provider. Raises Problem 409 where there is none: a link would lead nowhere."""
    if work.installation.openid is None:
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION), _about(), reason="noProvider")
    return work.installation.openid.issuer


def _person(work: Work, person_id: UUID) -> Person:
    """Give the person, locked: two links for one person are weighed one after the other."""
    person = queries.person_locked(work.session, person_id)
    if person is None or not person.active:
        raise invalid("personId", "no such person", kind="referencedResourceNotFound")
    return person


def _add(work: Work, action: Action, row: FederatedIdentity, name: str) -> FederatedIdentityView:
    """Add a link. Raises Problem 409 when this person has one already: it has to be taken away first."""
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError:
        raise work.refuse(action, Problem(Kind.CONFLICT), _about(), reason="linkedAlready") from None
    return _view(row, name)


def _view(row: FederatedIdentity, name: str) -> FederatedIdentityView:
    return FederatedIdentityView(
        version=row.version,
        href=href("federatedIdentities", row.id),
        federated_identity_id=row.id,
        person_id=row.person_id,
        person_name=name,
        issuer=row.issuer,
        subject=row.subject,
        state=row.state,
        expected_until=row.expected_until,
        linked_at=row.linked_at,
    )


@operation(Action.FEDERATED_IDENTITY_EXPECT)
def expect_federated_identity(work: Work, command: ExpectFederatedIdentity) -> FederatedIdentityView:
    """Expect a person's first sign-in at the provider; it is linked when agency and name fit, once, until that day."""
    action, row_id = Action.FEDERATED_IDENTITY_EXPECT, new_id()
    work.allow(action, cell_facts(work, work.actor.cell_id), _about(row_id))
    issuer = _issuer(work, action)
    if not work.today <= command.expected_until <= work.today + timedelta(days=EXPECTED_DAYS_MOST):
        raise invalid("expectedUntil", f"from today to {EXPECTED_DAYS_MOST} days ahead")
    person = _person(work, command.person_id)
    row = FederatedIdentity(
        id=row_id, person_id=person.id, issuer=issuer, state="expected", expected_until=command.expected_until,
        created_at=work.now, version=1,
    )  # fmt: skip
    return _add(work, action, row, person.name)


@operation(Action.FEDERATED_IDENTITY_LINK)
def link_federated_identity(work: Work, command: LinkFederatedIdentity) -> FederatedIdentityView:
    """Record that a subject of the provider is this person."""
    action, row_id = Action.FEDERATED_IDENTITY_LINK, new_id()
    work.allow(action, cell_facts(work, work.actor.cell_id), _about(row_id))
    issuer = _issuer(work, action)
    person = _person(work, command.person_id)
    row = FederatedIdentity(
        id=row_id, person_id=person.id, issuer=issuer, subject=command.subject, state="linked", created_at=work.now,
        linked_at=work.now, version=1,
    )  # fmt: skip
    return _add(work, action, row, person.name)


@operation(Action.FEDERATED_IDENTITY_UNLINK)
def unlink_federated_identity(work: Work, command: UnlinkFederatedIdentity) -> FederatedIdentityView:
    """Take a link away; the sessions that began with it end now. The account keeps its password and code."""
    work.allow(
        Action.FEDERATED_IDENTITY_UNLINK,
        cell_facts(work, work.actor.cell_id),
        _about(command.federated_identity_id),
    )
    row = federated_queries.federated_identity(work.session, command.federated_identity_id)
    if row is None or row.state == "ended":
        raise not_found()
    work.expect(row.version)
    row.state, row.ended_at, row.version = "ended", work.now, row.version + 1
    moment = work.installation.clock.now()
    federated_queries.recall_sessions(work.session, before=moment, identity_id=row.id)
    return _view(row, work.session.get_one(Person, row.person_id).name)


@operation(Action.FEDERATED_IDENTITY_LIST)
def list_federated_identity(work: Work, command: ListFederatedIdentity) -> FederatedIdentityList:
    """Give the links that hold or are expected, by person."""
    del command
    work.allow(Action.FEDERATED_IDENTITY_LIST, cell_facts(work, work.actor.cell_id), _about())
    return FederatedIdentityList(
        href=href("federatedIdentities"),
        items=[_view(row, name) for row, name in federated_queries.federated_identities(work.session)],
    )
