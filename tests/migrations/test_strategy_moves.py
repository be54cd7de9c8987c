"""A meeting planned at a strategic table before it had a room of its own moves there, and comes back (R6)."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from strategycraft import Strategy

from app.kernel.migrating import admin_engine, run

BEFORE, AFTER = "0018", "0019"
AT = (
    "SELECT id, cell_id, table_id, starts_at, ends_at, place, chair_id, state, created_by FROM {table} WHERE id = :m"
)  # fmt: skip


def _row(conn, table, meeting):
    found = conn.execute(text(AT.format(table=table)), {"m": meeting}).all()
    conn.rollback()
    return found


def test_a_planned_meeting_moves_to_its_own_table_and_back(house):
    meeting = Strategy(house).meeting()
    with admin_engine(house.process.addresses.main).connect() as conn:
        held = _row(conn, "policy_meeting", meeting)
        run(conn, "main", BEFORE, down=True)
        assert _row(conn, "meeting", meeting) == held
        run(conn, "main", AFTER)
        assert _row(conn, "policy_meeting", meeting) == held
        assert _row(conn, "meeting", meeting) == []
        run(conn, "main", "head")
    house.process.databases.dispose()
    view = house.client("coordinator").get(f"/api/v1/policyMeetings/{meeting}")
    assert view.json()["state"] == "draft"


def test_a_meeting_of_a_strategic_table_that_holds_more_than_a_plan_stops_the_move(house):
    """There was no way to make one; should there be one, somebody has to look at it first."""
    meeting = Strategy(house).meeting()
    with admin_engine(house.process.addresses.main).connect() as conn:
        run(conn, "main", BEFORE, down=True)
        conn.execute(
            text(
                "INSERT INTO minutes (id, meeting_id, cell_id, state, version)"
                " SELECT gen_random_uuid(), id, cell_id, 'draft', 1 FROM meeting WHERE id = :m"
            ),
            {"m": meeting},
        )
        conn.commit()
        with pytest.raises(DBAPIError, match="foreign key"):
            run(conn, "main", AFTER)
        conn.rollback()
        assert len(_row(conn, "meeting", meeting)) == 1
