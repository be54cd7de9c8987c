"""How an actor stands to the processing log: the one of their own municipality (R106)."""

from __future__ import annotations

from uuid import UUID

from app.constitution.standing import municipality_facts
from app.kernel.journal.store import About
from app.kernel.work import Work
from app.rules.facts import Facts


def log_facts(work: Work) -> Facts:
    """Give Facts on the log that this actor could read: that of the municipality of their mandate."""
    return municipality_facts(work, work.actor.municipality_id, work.actor.cell_id)


def about_log(work: Work, object_type: str, case_id: UUID | None = None) -> About:
    """Give what the log says of being read: whose log, and which case was looked for."""
    return About(work.actor.municipality_id or About().controller, case_id, object_type=object_type)
