"""Every SELECT of intake. Row-level security stands behind each of them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.directory.models import Agency, Exclusion, Person
from app.intake.models import Registration
from app.rules.facts import Actor
from app.rules.roles import DESK

OPEN = ("received", "inScreening", "moreInformationWanted")


def registration(session: Session, registration_id: UUID, *, lock: bool = False) -> Registration | None:
    """Give a registration if the database lets this actor see it; locked, if it lets them change it too.

    Its submitter may see and not change it: that is for the rules to say.
    """
    query = select(Registration).filter_by(id=registration_id)
    locked = session.scalars(query.with_for_update()).one_or_none() if lock else None
    return locked or session.scalars(query).one_or_none()


def visible_registrations(
    session: Session, actor: Actor, *, only_open: bool, after: tuple[Any, ...] | None, limit: int
) -> list[Registration]:
    """Give the registrations this actor may know of, newest first; none of a case they are excluded from."""
    excluded = select(Exclusion.case_id).filter_by(person_id=actor.person_id)
    query = select(Registration).where(
        Registration.state != "erased",
        or_(Registration.case_id.is_(None), Registration.case_id.not_in(excluded)),
    )
    mine = Registration.submitted_by == actor.person_id  # a desk, too, brings signals to another municipality
    if actor.role in DESK and actor.municipality_id is not None:
        mine = or_(mine, Registration.municipality_id == actor.municipality_id)
    query = query.where(mine)
    if only_open:
        query = query.where(Registration.state.in_(OPEN))
    if after is not None:
        query = query.where(tuple_(Registration.received_at, Registration.id) < tuple_(*after))
    return list(
        session.scalars(query.order_by(Registration.received_at.desc(), Registration.id.desc()).limit(limit))
    )


def case_locks_on(session: Session, case_id: UUID) -> date | None:
    """Give the day on which the case made from a registration is locked; None if this actor sees no such case."""
    return session.scalar(select(Case.locks_on).filter_by(id=case_id))


def who_brought_it(session: Session, row: Registration) -> Any:
    """Give (person name, agency name) of the submitter."""
    return session.execute(
        select(Person.name, Agency.name)
        .join(Agency, Agency.id == row.agency_id)
        .where(Person.id == row.submitted_by)
    ).one()
