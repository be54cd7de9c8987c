"""Permanent representatives: who stands in for a service in a cell, one at a time, for a period (R36).

A French Community invitation to a permanent representative is addressed rightly (R28). To be one gives no role and no
sight of anything: that follows from mandate and invitation alone (R18).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.constitution.models import Cell
from app.constitution.standing import cell_facts
from app.directory import queries, representative_queries
from app.directory.commands import EndRepresentative, ListRepresentative, NameRepresentative
from app.directory.models import Agency, Person, Representative
from app.directory.office_queries import holds_in
from app.directory.views import RepresentativeList, RepresentativeView
from app.kernel.ids import NIL, new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import Kind, Problem, invalid, not_found
from app.rules.roles import TABLE, Role


def _about(work: Work, row_id: UUID, cell_id: UUID | None) -> list[About]:
    """Give what a line on a naming is about: each municipality of the cell, so that its auditor sees it."""
    concerned = queries.municipalities_of(work.session, cell_id) if cell_id is not None else []
    return [About(controller=m, object_type="representative", object_id=row_id) for m in concerned or [NIL]]


@operation(Action.REPRESENTATIVE_NAME)
def name_representative(work: Work, command: NameRepresentative) -> RepresentativeView:
    """Name who represents their own agency in a cell.

    Raises Problem: 404 for a cell that is not the actor's, 400 for somebody without a mandate in it, 409 while the
    agency has another representative there on a day of the period.
    """
    action, row_id = Action.REPRESENTATIVE_NAME, new_id()
    abouts = _about(work, row_id, command.cell_id)
    work.allow(action, cell_facts(work, command.cell_id), abouts)
    cell = representative_queries.cell_locked(work.session, command.cell_id)
    if cell is None:
        raise invalid("cellId", "no such cell", kind="referencedResourceNotFound")
    if command.ends_on is not None and command.ends_on < command.starts_on:
        raise invalid("endsOn", "before the beginning", kind="invalidPeriod")
    person = work.session.get(Person, command.person_id)
    seated = person is not None and holds_in(work.session, person.id, cell.id, work.today, TABLE)
    if person is None or not seated:
        raise invalid("personId", "nobody who sits in this cell", kind="referencedResourceNotFound")
    if representative_queries.named_meanwhile(
        work.session, cell.id, person.agency_id, command.starts_on, command.ends_on
    ):
        problem = _named_already(work, abouts)
        raise problem
    row = Representative(
        id=row_id,
        agency_id=person.agency_id,
        cell_id=cell.id,
        person_id=person.id,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        document=command.document,
        named_by=there(work.actor.person_id),
        created_at=work.now,
        version=1,
    )
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError:
        problem = _named_already(work, abouts)
        raise problem from None
    agency = work.session.get_one(Agency, person.agency_id)
    return _view(work, row, person.name, agency.name, cell.name)


def _named_already(work: Work, abouts: list[About]) -> Problem:
    problem = Problem(Kind.CONFLICT, rule="R36")
    for about in abouts:
        work.refuse(Action.REPRESENTATIVE_NAME, problem, about, reason="namedAlready")
    return problem


@operation(Action.REPRESENTATIVE_END)
def end_representative(work: Work, command: EndRepresentative) -> RepresentativeView:
    """Let a naming end; it holds until midnight of its last day. It is never made longer: that is another naming."""
    row = representative_queries.representative(work.session, command.representative_id)
    cell_id = row.cell_id if row else None
    work.allow(
        Action.REPRESENTATIVE_END,
        cell_facts(work, cell_id),
        _about(work, command.representative_id, cell_id),
    )
    row = representative_queries.representative(work.session, command.representative_id, lock=True)
    if row is None:
        raise not_found()
    work.expect(row.version)
    if command.ends_on < row.starts_on or (row.ends_on is not None and command.ends_on > row.ends_on):
        raise invalid("endsOn", "not within its period", kind="invalidPeriod")
    row.ends_on, row.version = command.ends_on, row.version + 1
    names = (
        work.session.get_one(Person, row.person_id).name,
        work.session.get_one(Agency, row.agency_id).name,
        work.session.get_one(Cell, row.cell_id).name,
    )
    return _view(work, row, *names)


@operation(Action.REPRESENTATIVE_LIST)
def list_representative(work: Work, command: ListRepresentative) -> RepresentativeList:
    """Give who represents a service in one's own cell, now or soon; an administrator sees all cells."""
    del command
    about = About(object_type="representative")
    work.allow(Action.REPRESENTATIVE_LIST, cell_facts(work, work.actor.cell_id), about)
    cell = None if work.actor.role is Role.ADMINISTRATOR else work.actor.cell_id
    return RepresentativeList(
        href=href("representatives"),
        items=[
            _view(work, *found)
            for found in representative_queries.representatives_in(work.session, cell, work.today)
        ],
    )


def _view(work: Work, row: Representative, *names: Any) -> RepresentativeView:
    person, agency, cell = names
    return RepresentativeView(
        version=row.version,
        href=href("representatives", row.id),
        representative_id=row.id,
        person_id=row.person_id,
        person_name=person,
        agency_id=row.agency_id,
        agency_name=agency,
        cell_id=row.cell_id,
        cell_name=cell,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        document=row.document,
        current=row.starts_on <= work.today and (row.ends_on is None or row.ends_on >= work.today),
    )
