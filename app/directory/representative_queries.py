"""Every SELECT about who represents a service for good in a cell."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.constitution.models import Cell
from app.directory.models import Agency, Person, Representative


def cell_locked(session: Session, cell_id: UUID) -> Cell | None:
    """Give a cell, locked, so that two namings in it are weighed one after the other."""
    return session.scalars(select(Cell).filter_by(id=cell_id).with_for_update()).one_or_none()


def representative(session: Session, representative_id: UUID, *, lock: bool = False) -> Representative | None:
    """Give one naming, if the database lets this actor see it; locked, if it lets them change it too."""
    query = select(Representative).filter_by(id=representative_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def named_meanwhile(
    session: Session, cell_id: UUID, agency_id: UUID, starts_on: date, ends_on: date | None
) -> bool:
    """Tell whether an agency has a representative in a cell on any day of a period."""
    query = select(Representative.id).filter_by(cell_id=cell_id, agency_id=agency_id)
    query = query.where(or_(Representative.ends_on.is_(None), Representative.ends_on >= starts_on))
    if ends_on is not None:
        query = query.where(Representative.starts_on <= ends_on)
    return session.scalar(query.limit(1)) is not None


def _named(until: date) -> Select[Representative, str, str, str]:
    return (
        select(Representative, Person.name, Agency.name, Cell.name)
        .join(Person, Person.id == Representative.person_id)
        .join(Agency, Agency.id == Representative.agency_id)
        .join(Cell, Cell.id == Representative.cell_id)
        .where(or_(Representative.ends_on.is_(None), Representative.ends_on >= until))
    )


def representatives_in(session: Session, cell_id: UUID | None, today: date) -> list[Any]:
    """Give (naming, person, agency, cell) of what holds or will hold in a cell (None: in all cells), by agency."""
    query = _named(today)
    if cell_id is not None:
        query = query.where(Representative.cell_id == cell_id)
    order = (Agency.name, Cell.name, Representative.starts_on, Representative.id)
    return list(session.execute(query.order_by(*order)))


def represents(session: Session, person_id: UUID, cell_id: UUID, today: date) -> bool:
    """Tell whether somebody represents their own agency for good in a cell today (R28, R36)."""
    query = (
        select(Representative.id)
        .join(Person, Person.id == Representative.person_id)
        .where(
            Representative.person_id == person_id,
            Representative.agency_id == Person.agency_id,
            Representative.cell_id == cell_id,
            *named_on(today),
        )
    )
    return session.scalar(query.limit(1)) is not None


def named_on(day: date) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions under which a naming holds on a day."""
    holds = or_(Representative.ends_on.is_(None), Representative.ends_on >= day)
    return Representative.starts_on <= day, holds
