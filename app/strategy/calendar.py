"""The meetings on policy in one's own calendar: when, under the title of every other meeting (R6, R37)."""

from __future__ import annotations

from typing import Final

from app.kernel.work import Work
from app.meetings.calendar_feeds import Appointment
from app.rules.facts import Actor
from app.rules.roles import DESK, STRATEGISTS
from app.strategy import queries

_STATUS: Final = {"draft": "TENTATIVE", "cancelled": "CANCELLED"}


def appointments(work: Work, owner: Actor) -> list[Appointment]:
    """Give the coming meetings of the strategic and tactical table that an actor may know of."""
    if owner.role not in STRATEGISTS or owner.cell_id is None:
        return []
    rows = queries.coming(work.session, owner.cell_id, work.now, drafts=owner.role in DESK)
    return [
        Appointment(
            id=row.id,
            version=row.version,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            changed_at=row.convened_at or row.starts_at,
            status=_STATUS.get(row.state, "CONFIRMED"),
        )
        for row in rows
    ]
