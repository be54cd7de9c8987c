"""The tables as the agreement in force has them: who chairs, how often, when the next meeting falls by that (R3, R13, R115).

A table that nobody agreed on has no meeting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.constitution.contents import table_of
from app.constitution.models import Agreement, ConsultationTable
from app.kernel.clock import BRUSSELS
from app.kernel.i18n import to_translate
from app.rules.conditions import Condition
from app.rules.problems import LIVCR, Issue, Problem

_LAST = text(
    "SELECT DISTINCT ON (table_id) table_id, starts_at, ends_at FROM"
    " (SELECT table_id, starts_at, ends_at FROM meeting WHERE state <> 'cancelled'"
    "  UNION ALL SELECT table_id, starts_at, ends_at FROM policy_meeting) m ORDER BY table_id, starts_at DESC"
)
_NOT_AGREED = to_translate("the agreement in force has no such table")


def terms_of(session: Session, table: ConsultationTable | None) -> Mapping[str, Any] | None:
    """Give what the agreement in force says of a table; None where it has no such table."""
    if table is None:
        return None
    agreed = session.scalar(select(Agreement.tables).filter_by(cell_id=table.cell_id, state="adopted"))
    return table_of(agreed or [], table.kind)


def terms_by_cell(session: Session) -> dict[UUID, list[dict[str, Any]]]:
    """Give the tables of every agreement in force that this actor may read, by cell."""
    query = select(Agreement.cell_id, Agreement.tables).filter_by(state="adopted")
    return {row.cell_id: row.tables for row in session.execute(query)}


def last_meetings(session: Session) -> dict[UUID, tuple[datetime, datetime]]:
    """Give when the last meeting of each table began and ended, held or to come, as far as this actor may know of it."""
    return {row.table_id: (row.starts_at, row.ends_at) for row in session.execute(_LAST)}


def next_meeting(last: tuple[datetime, datetime], weeks: int, today: date) -> tuple[datetime, datetime]:
    """Give when the next one falls: the same hour and weekday, so many weeks on, and not before tomorrow."""
    starts, ends = (each.astimezone(BRUSSELS) for each in last)
    rounds = max(1, -(-((today - starts.date()).days + 1) // (7 * weeks)))
    moved = timedelta(weeks=weeks * rounds)
    return starts + moved, ends + moved  # on the clock of Brussels, also over a change of summer time


@contextmanager
def saying_what_is_agreed() -> Iterator[None]:
    """Have a refusal for a table that nobody agreed on say so, at the field it stands in."""
    try:
        yield
    except Problem as fault:
        if fault.rule != Condition.TABLE_AGREED.number or fault.issues:
            raise
        issue = Issue(f"{LIVCR}tableNotAgreed", "body", "tableId", _NOT_AGREED)
        raise Problem(fault.kind, fault.rule, fault.why, (issue,), logged=fault.logged) from None
