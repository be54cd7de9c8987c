"""Statements past every operation: what the database itself lets somebody reach."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.migrating import admin_engine

REFUSING = {"42501", "23514"}
"""No right to it, row-level security, a trigger that says no (42501); a check, or a trigger that raises one (23514)."""


def reached(house: Any, who: str, statement: str, /, **values: Any) -> int | None:
    """Give how many rows a statement reaches as somebody, and keep it; None where the database refuses it.

    A statement that fails for another reason proves nothing, and raises: one that is misspelt, or that names a column
    that is none any more.
    """
    try:
        with house.work(who) as unit:
            unit.repeat()
            return int(unit.session.execute(text(statement), values).rowcount)
    except DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) not in REFUSING:
            raise
        return None


def meanwhile(house: Any, statement: str, act: Callable[[], Any], /, **values: Any) -> Any:
    """Give what an act answers that somebody else's change overtakes: it began before the change was there, and ends after."""
    answers: list[Any] = []
    with admin_engine(house.process.addresses.main).connect() as conn:
        conn.execute(text(statement), values)
        waiting = threading.Thread(target=lambda: answers.append(act()))
        waiting.start()
        held = text(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        for _ in range(200):
            if conn.scalar(held):
                break
            time.sleep(0.05)
        conn.commit()
    waiting.join()
    return answers[0]
