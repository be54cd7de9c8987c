"""Who is in office: every question of it asks the same (R9)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.directory.models import Mandate, Person
from app.rules.roles import EVERYONE, Role


def in_office(today: date) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions under which a mandate holds on a day."""
    return Mandate.starts_on <= today, or_(Mandate.ends_on.is_(None), Mandate.ends_on >= today)


def holds_in(
    session: Session, person_id: UUID, cell_id: UUID | None, today: date, roles: Collection[Role] = EVERYONE
) -> bool:
    """Tell whether an active person holds a current mandate in a cell, in one of *roles*."""
    query = (
        select(Mandate.id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            Mandate.person_id == person_id,
            Mandate.cell_id == cell_id,
            Mandate.role.in_(roles),
            Person.active,
            *in_office(today),
        )
    )
    return session.scalar(query.limit(1)) is not None


def person_name(session: Session, person_id: UUID | None) -> str | None:
    """Give the name of an account; None where there is none."""
    return session.scalar(select(Person.name).filter_by(id=person_id))
