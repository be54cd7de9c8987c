"""Sealed entries as PostgreSQL writes them: the database makes the lines, and Python passes them on in portions.

A COPY of the columns gives, for each entry, its number and the 26 values of its leaf, with commas between: the row of a CSV
export as it stands. No value holds a comma, so nothing is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.kernel.journal.leaf import FORMAT_VERSION

PORTION = 2000
"""Rows that are in memory at once."""
SPAN = 50_000
"""Leaves that one statement goes through: whoever takes the rows slowly meets no limit on the time of a statement."""
_MOMENT = "to_char(e.%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_ROW = (
    f"SELECT l.leaf_index, '{FORMAT_VERSION}', e.entry_id, e.controller, e.year, {_MOMENT % 'at'}, {_MOMENT % 'recorded_at'},"
    " e.actor_id, e.agency_id, e.role, e.mandate_id, e.acting_for, e.action, e.outcome, e.rule, e.legal_basis, e.reason,"
    " e.case_id, e.subject_id, e.object_type, e.object_id, e.processing, e.channel, e.recipients, e.trace_id,"
    " e.related_trace_id, CASE WHEN e.break_glass THEN 'true' END"
    " FROM journal.leaf l JOIN journal.entry e ON e.year = l.year AND e.id = l.entry_id"
    " WHERE l.controller = %(controller)s AND l.year = %(year)s AND l.leaf_index >= %(begin)s AND l.leaf_index < %(end)s"
)
_NAMED = re.compile(r"(?<!:):([a-z_]+)")


def sealed_rows(
    connection: Connection, controller: UUID, year: int, size: int, where: str, values: dict[str, Any]
) -> Iterator[list[bytes]]:
    """Give the sealed entries that fit, in leaf order: leaf number and the values of the leaf, each after a comma.

    Portion by portion; every row ends in a newline. *where* is a condition on `e`, composed from constants, with `:name` for
    values; *values* are those. Raises DBAPIError, as the connection does.
    """
    condition = _NAMED.sub(r"%(\1)s", where)
    statement = f"COPY ({_ROW} AND ({condition}) ORDER BY l.leaf_index) TO STDOUT (FORMAT text, DELIMITER ',', NULL '')"
    driver = connection.connection.driver_connection
    for begin in range(0, size, SPAN):
        bound = {"controller": controller, "year": year, "begin": begin, "end": min(begin + SPAN, size)}
        with driver.cursor() as cursor, cursor.copy(statement, bound | values) as stream:  # type: ignore[union-attr]
            rows: list[bytes] = []
            for row in stream:
                rows.append(bytes(row))
                if len(rows) == PORTION:
                    yield rows
                    rows = []
            if rows:
                yield rows
