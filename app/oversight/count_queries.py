"""Counting the lines of a log: by day, by act, by who acted on which file. Row-level security shows one municipality's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.directory.models import Agency, Person
from app.oversight import queries


def _counted(session: Session, controller: UUID, filters: dict[str, Any], what: str, by: str) -> list[Any]:
    """Give counts of the lines of one controller's log that fit. *what* and *by* are constants of this module."""
    where, values = queries.condition(filters)
    return list(
        session.execute(
            text(
                f"SELECT {what}, count(*) AS lines FROM journal.entry e"
                f" WHERE e.controller = :controller AND ({where}) GROUP BY {by} ORDER BY {by}"
            ),
            {"controller": controller} | values,
        )
    )


def by_day(session: Session, controller: UUID, filters: dict[str, Any]) -> list[Any]:
    """Give (day in Brussels, outcome, break-glass, lines)."""
    what = "(e.at AT TIME ZONE 'Europe/Brussels')::date AS day, e.outcome, e.break_glass"
    return _counted(session, controller, filters, what, "1, 2, 3")


def by_act(session: Session, controller: UUID, filters: dict[str, Any]) -> list[Any]:
    """Give (act, outcome, lines)."""
    return _counted(session, controller, filters, "e.action, e.outcome", "1, 2")


def by_actor_and_case(session: Session, controller: UUID, filters: dict[str, Any]) -> list[Any]:
    """Give (actor, role, agency, case, whether allowed, last moment, lines); nil for what no actor or case is."""
    what = (
        "e.actor_id, e.role, e.agency_id, e.case_id, e.outcome = 'allowed' AS allowed, max(e.at) AS last_at"
    )
    return _counted(session, controller, filters, what, "1, 2, 3, 4, 5")


def names_of_actors(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Give the names of accounts; one that is not there any more has none."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def names_of_agencies(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Give the names of agencies."""
    rows = session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(set(ids))))
    return {row.id: row.name for row in rows}
