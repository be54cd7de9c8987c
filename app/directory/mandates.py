"""Agencies, accounts and mandates: who may come in, as what, for which period (R9, R10, R14, R22)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.constitution.codes import checked
from app.constitution.models import Cell, CellMunicipality, Municipality
from app.constitution.standing import cell_facts
from app.directory import queries
from app.directory.commands import (
    CreateAgency,
    CreatePerson,
    EndMandate,
    GrantMandate,
    ListAgency,
    ListMandate,
    ListPerson,
)
from app.directory.models import Agency, Credential, Mandate, Person
from app.directory.views import (
    AgencyList,
    AgencyView,
    MandateList,
    MandateView,
    PersonList,
    PersonView,
)
from app.kernel.i18n import to_translate
from app.kernel.identity import hash_password, new_secret, new_totp_secret
from app.kernel.ids import NIL, new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.passwords import refuse_weak
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.delegation import PARTS
from app.rules.problems import LIVCR, Issue, Kind, Problem, invalid, not_found
from app.rules.roles import MUNICIPAL, POLICE, Role, incompatible


@operation(Action.AGENCY_CREATE)
def create_agency(work: Work, command: CreateAgency) -> AgencyView:
    """Add an agency with its ground code. Raises Problem for a code that is not in its list (R22)."""
    row = Agency(
        id=new_id(),
        name=command.name,
        regime=command.regime,
        ground_list=command.ground_list,
        ground_code=command.ground_code,
        created_at=work.now,
        version=1,
    )
    work.allow(
        Action.AGENCY_CREATE,
        cell_facts(work, work.actor.cell_id),
        About(object_type="agency", object_id=row.id),
    )
    checked(command.ground_list, command.ground_code, work.today, "groundCode")
    work.session.add(row)
    return agency_view(row)


def agency_view(row: Agency, code: str | None = None) -> AgencyView:
    """Give an agency, with the code by which a provider of identities names it, if it has one."""
    return AgencyView(
        version=row.version,
        href=href("agencies", row.id),
        agency_id=row.id,
        name=row.name,
        regime=row.regime,
        ground_list=row.ground_list,
        ground_code=row.ground_code,
        organisation_code=code,
    )


@operation(Action.AGENCY_LIST)
def list_agency(work: Work, command: ListAgency) -> AgencyList:
    """Give the agencies by name."""
    del command
    work.allow(Action.AGENCY_LIST, cell_facts(work, work.actor.cell_id), About(object_type="agency"))
    codes = queries.agency_codes(work.session)
    items = [agency_view(row, codes.get(row.id)) for row in queries.agencies(work.session)]
    return AgencyList(href=href("agencies"), items=items)


@operation(Action.PERSON_CREATE)
def create_person(work: Work, command: CreatePerson) -> PersonView:
    """Add an account. With a first password, the secret of the second factor is given too, once; without, nobody has it."""
    person_id = new_id()
    work.allow(
        Action.PERSON_CREATE,
        cell_facts(work, work.actor.cell_id),
        About(object_type="person", object_id=person_id),
    )
    agency = work.session.get(Agency, command.agency_id)
    if agency is None:
        raise invalid("agencyId", "no such agency", kind="referencedResourceNotFound")
    if command.line_manager_id and work.session.get(Person, command.line_manager_id) is None:
        raise invalid("lineManagerId", "no such person", kind="referencedResourceNotFound")
    if work.session.scalar(select(Person.id).filter_by(username=command.username)):
        raise invalid("username", "already taken")
    password = new_secret() if command.password is None else command.password.get_secret_value()
    refuse_weak(
        password,
        "password",
        (command.username, command.name, agency.name),
        work.installation.settings.breached_passwords,
    )
    person = Person(
        id=person_id,
        username=command.username,
        name=command.name,
        email=command.email,
        agency_id=agency.id,
        language=command.language,
        volunteer=command.volunteer,
        line_manager_id=command.line_manager_id,
        manages_service=command.manages_service,
        demo=work.actor.demo,
        active=True,
        created_at=work.now,
        version=1,
    )
    work.session.add(person)
    work.session.flush()
    secret = new_totp_secret()
    work.session.add(
        Credential(
            person_id=person.id,
            password_hash=hash_password(password),
            totp_secret=work.installation.provider.wrap(secret.encode(), person.id.bytes),
            totp_last_step=0,
        )
    )
    return PersonView(
        version=1,
        href=href("persons", person.id),
        person_id=person.id,
        username=person.username,
        name=person.name,
        agency_id=agency.id,
        agency_name=agency.name,
        language=person.language,
        totp_secret=None if command.password is None else secret,
    )


@operation(Action.PERSON_LIST)
def list_person(work: Work, command: ListPerson) -> PersonList:
    """Give the persons with a mandate in one's own cell; an administrator sees all."""
    del command
    work.allow(Action.PERSON_LIST, cell_facts(work, work.actor.cell_id), About(object_type="person"))
    administrator = work.actor.role is Role.ADMINISTRATOR
    views: dict[object, PersonView] = {}
    for person, agency, role in queries.persons_in(
        work.session, None if administrator else work.actor.cell_id, work.today
    ):
        view = views.setdefault(
            person.id,
            PersonView(
                href=href("persons", person.id),
                person_id=person.id,
                username=person.username if administrator else None,
                name=person.name,
                agency_id=person.agency_id,
                agency_name=agency,
                language=person.language,
                roles=[],
                manages_service=person.manages_service if administrator else None,
                account_version=person.version if administrator else None,
            ),
        )
        if role and view.roles is not None and role not in view.roles:
            view.roles.append(role)
    return PersonList(href=href("persons"), items=list(views.values()))


@operation(Action.MANDATE_GRANT)
def grant_mandate(work: Work, command: GrantMandate) -> MandateView:
    """Give a role. Refuses what the law or the separation of duties does not allow (R9, R10, R106).

    Logged under the municipality concerned, so that its auditor sees who was let in. Nobody gives a role to themselves.
    """
    row = Mandate(
        id=new_id(),
        person_id=command.person_id,
        role=command.role.value,
        cell_id=command.cell_id,
        municipality_id=command.municipality_id,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        document=command.document,
        scope=list(command.scope) if command.scope is not None else None,
        clearance_level=command.clearance_level,
        clearance_until=command.clearance_until,
        created_at=work.now,
        version=1,
    )
    work.allow(
        Action.MANDATE_GRANT,
        cell_facts(work, work.actor.cell_id),
        about := _about(work, row.id, row.cell_id, row.municipality_id),
    )
    if command.person_id == work.actor.person_id:
        problem = invalid("personId", "nobody gives a role to themselves (separation of duties, R106)")
        _journal_refused(work, problem, about)
        raise problem
    person = queries.person_locked(work.session, command.person_id)
    if person is None:
        raise invalid("personId", "no such person", kind="referencedResourceNotFound")
    _check_role(command)
    _check_place(work, command)
    against = incompatible(
        command.role, frozenset(Role(r) for r in queries.roles_held(work.session, person.id, work.today))
    )
    if against:
        problem = invalid(
            "role", "cannot be combined with a role this person holds (separation of duties, R106)"
        )
        _journal_refused(work, problem, about)
        raise problem
    if queries.held_at_that_time(work.session, row, row.ends_on):
        problem = _twice("startsOn")
        _journal_refused(work, problem, about)
        raise problem
    work.session.add(row)
    cell = work.session.get(Cell, row.cell_id) if row.cell_id else None
    town = work.session.get(Municipality, row.municipality_id) if row.municipality_id else None
    return queries.mandate_view(
        row,
        person.name,
        cell.name if cell else None,
        town.names if town else None,
        language=work.actor.language,
    )


def _twice(field: str) -> Problem:
    """Say that somebody holds this role here already on these days (R9)."""
    said = to_translate("this person holds this role here already on some of these days")
    return Problem(
        Kind.ILLEGAL_TRANSITION, rule="R9", issues=(Issue(f"{LIVCR}mandateTwice", "body", field, said),)
    )


def _about(work: Work, mandate_id: UUID, cell_id: UUID | None, municipality_id: UUID | None) -> list[About]:
    """Give what a line on a mandate is about: the municipality it is held for, or each one of its cell.

    A mandate for the whole installation, or for what does not exist, is nobody's in particular.
    """
    if municipality_id is not None and work.session.get(Municipality, municipality_id) is not None:
        concerned = [municipality_id]
    else:
        concerned = queries.municipalities_of(work.session, cell_id) if cell_id is not None else []
    return [About(controller=m, object_type="mandate", object_id=mandate_id) for m in concerned or [NIL]]


def _journal_refused(work: Work, problem: Problem, abouts: list[About]) -> None:
    """Journal a refusal under every municipality concerned."""
    for about in abouts:
        work.refuse(Action.MANDATE_GRANT, problem, about)


def _check_role(command: GrantMandate) -> None:
    """Refuse a mandate without what its role needs by law (R5, R9, R10)."""
    if command.role is Role.ROBOT:
        raise invalid("role", "not a role for a person")
    if command.ends_on is not None and command.ends_on < command.starts_on:
        raise invalid("endsOn", "before the beginning", kind="invalidPeriod")
    if command.role is not Role.ADMINISTRATOR and command.cell_id is None:
        raise invalid("cellId", "this role is held in a cell", kind="requiredInput")
    if command.role in MUNICIPAL and command.municipality_id is None:
        raise invalid("municipalityId", "this role is held for one municipality (R5)", kind="requiredInput")
    if command.role is Role.DELEGATE:
        if not command.scope or not set(command.scope) <= set(PARTS):
            raise invalid("scope", "a delegate's appointment states its scope in known parts (R9)")
        if command.ends_on is None:
            raise invalid("endsOn", "a delegate's appointment has an end (R9)", kind="requiredInput")
    if command.role in POLICE and command.clearance_until is None:
        raise invalid(
            "clearanceUntil", "a police member's clearance has an end date (R10)", kind="requiredInput"
        )
    if command.role in POLICE and command.clearance_level is None:
        raise invalid("clearanceLevel", "a police member's clearance has a level (R10)", kind="requiredInput")


def _check_place(work: Work, command: GrantMandate) -> None:
    if command.cell_id is not None and work.session.get(Cell, command.cell_id) is None:
        raise invalid("cellId", "no such cell", kind="referencedResourceNotFound")
    if command.municipality_id is not None:
        pair = {"cell_id": command.cell_id, "municipality_id": command.municipality_id}
        if work.session.get(CellMunicipality, pair) is None:
            raise invalid(
                "municipalityId", "does not take part in this cell", kind="referencedResourceNotFound"
            )


@operation(Action.MANDATE_END)
def end_mandate(work: Work, command: EndMandate) -> MandateView:
    """Let a mandate end; it holds until midnight of its last day. Logged under the municipality concerned."""
    row = work.session.get(Mandate, command.mandate_id)
    about = _about(
        work, command.mandate_id, row.cell_id if row else None, row.municipality_id if row else None
    )
    work.allow(Action.MANDATE_END, cell_facts(work, work.actor.cell_id), about)
    row = work.session.get(Mandate, command.mandate_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise not_found()
    work.expect(row.version)
    if command.ends_on < row.starts_on:
        raise invalid("endsOn", "before the beginning", kind="invalidPeriod")
    queries.person_locked(work.session, row.person_id)
    if queries.held_at_that_time(work.session, row, command.ends_on):
        raise work.refuse(Action.MANDATE_END, _twice("endsOn"), about[0])
    row.ends_on = command.ends_on
    row.version += 1
    person = work.session.get_one(Person, row.person_id)
    return queries.mandate_view(row, person.name, None, None, language=work.actor.language)


@operation(Action.MANDATE_LIST)
def list_mandate(work: Work, command: ListMandate) -> MandateList:
    """Give the current mandates of one's own cell; an administrator sees all."""
    del command
    work.allow(Action.MANDATE_LIST, cell_facts(work, work.actor.cell_id), About(object_type="mandate"))
    cell = None if work.actor.role is Role.ADMINISTRATOR else work.actor.cell_id
    return MandateList(
        href=href("mandates"), items=queries.mandates_in(work.session, cell, work.today, work.actor.language)
    )
