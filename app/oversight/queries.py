"""Every SELECT of oversight. Row-level security shows an auditor the log of one municipality."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from app.cases.models import Case, Discussion, Listing, Statement, Trajectory
from app.constitution.models import Cell
from app.directory.models import Mandate, Person
from app.directory.office_queries import in_office
from app.kernel.clock import BRUSSELS
from app.kernel.journal.store import ENTRY
from app.meetings.models import AgendaItem, Invitation, MinutesItem
from app.oversight.commands import ExportJournal, ListJournal


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BRUSSELS)


_CONDITIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "from_": ("e.at >= :from_", _midnight),
    "to": ("e.at < :to", lambda day: _midnight(day + timedelta(days=1))),
    "case_id": ("e.case_id = :case_id", lambda value: value),
    "actor_id": ("e.actor_id = :actor_id", lambda value: value),
    "action": ("e.action = :action", str),
    "outcome": ("e.outcome = :outcome", str),
}
"""Each filter as SQL on an entry `e`, and the value to bind."""


def chosen(command: ListJournal | ExportJournal) -> dict[str, Any]:
    """Give the filters that were set, by the names of their fields."""
    values = {name: getattr(command, name) for name in _CONDITIONS}
    return {name: value for name, value in values.items() if value is not None}


def condition(filters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Give SQL on an entry `e`, composed from constants, and its bound values."""
    parts = [_CONDITIONS[name][0] for name in filters]
    return " AND ".join(parts) or "true", {
        name: _CONDITIONS[name][1](value) for name, value in filters.items()
    }


def entries(
    session: Session, controller: UUID, filters: dict[str, Any], after: tuple[Any, ...] | None, limit: int
) -> list[Any]:
    """Give lines of one controller's log, newest first."""
    e = ENTRY.alias("e")
    where, values = condition(filters)
    query: Select[Any] = select(e).where(e.c.controller == controller, text(where).bindparams(**values))
    if after is not None:
        query = query.where(tuple_(e.c.at, e.c.id) < tuple_(*after))
    return list(session.execute(query.order_by(e.c.at.desc(), e.c.id.desc()).limit(limit)))


def years(session: Session, controller: UUID, first: int | None, last: int | None) -> list[int]:
    """Give the years in which a controller's log has a tree, within bounds, ascending."""
    return list(
        session.scalars(
            text(
                "SELECT year FROM journal.tree WHERE controller = :c AND year >= :first AND year <= :last"
                " ORDER BY year"
            ),
            {"c": controller, "first": first or 0, "last": last or 9999},
        )
    )


def checkpoints(session: Session, controller: UUID, after: tuple[Any, ...] | None, limit: int) -> list[Any]:
    """Give the checkpoints of a controller's log, newest first."""
    beyond = "" if after is None else " AND (year, size) < (:year, :size)"
    values = {} if after is None else {"year": after[0], "size": after[1]}
    return list(
        session.execute(
            text(
                "SELECT year, size, root, at, note FROM journal.checkpoint"
                f" WHERE controller = :c{beyond} ORDER BY year DESC, size DESC LIMIT :limit"
            ),
            {"c": controller, "limit": limit} | values,
        )
    )


def person_by_username(session: Session, username: str) -> Person | None:
    """Give the account with a username, or None."""
    return session.scalars(select(Person).filter_by(username=username)).one_or_none()


def case_by_reference(session: Session, said: str) -> Case | None:
    """Give the case with this reference or id, or None."""
    query = select(Case).where(or_(Case.reference == said, cast(Case.id, Text) == said))
    return session.scalars(query).one_or_none()


def present_mandates(session: Session, person_id: UUID, today: date) -> list[Mandate]:
    """Give the mandates that somebody holds today, oldest first."""
    query = select(Mandate).where(
        Mandate.person_id == person_id,
        *in_office(today),
    )
    return list(session.scalars(query.order_by(Mandate.starts_on, Mandate.id)))


def cell_name(session: Session, cell_id: UUID | None) -> str:
    """Give the name of a cell; empty where there is none."""
    return (session.scalar(select(Cell.name).filter_by(id=cell_id)) or "") if cell_id else ""


def items_of(session: Session, case_id: UUID) -> list[UUID]:
    """Give the agenda items on which a case stands or stood."""
    return list(session.scalars(select(AgendaItem.id).filter_by(case_id=case_id)))


_OF_A_CASE = (Listing, Discussion, Statement, Trajectory, AgendaItem, Invitation, MinutesItem)


def rows_shown(session: Session, case_id: UUID) -> dict[str, int]:
    """Give how many rows of a case this session may see, by table; a table of which it sees none is left out."""
    counts = {
        Case.__tablename__: session.scalar(select(func.count()).select_from(Case).filter_by(id=case_id))
    }
    for row in _OF_A_CASE:
        counts[row.__tablename__] = session.scalar(
            select(func.count()).select_from(row).filter_by(case_id=case_id)
        )
    return {name: count for name, count in counts.items() if count}
