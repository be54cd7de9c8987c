"""How an actor stands to the end of a file: the municipality's own oversight, and the robot (R90)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.kernel.journal.store import About
from app.kernel.work import Work
from app.rules.facts import Facts, Standing
from app.rules.roles import Role


def retention_facts(work: Work, municipality_id: UUID | None, **known: Any) -> Facts:
    """Give Facts on what ends in a municipality; None where there is nothing such."""
    actor = work.actor
    standing = Standing.NONE
    if municipality_id is not None and (actor.role is Role.ROBOT or actor.municipality_id == municipality_id):
        standing = Standing.PART
    return work.facts(standing=standing, **known)


def about_sweep(municipality_id: UUID, standing: Standing) -> About:
    """Give what the line on a sweep says; a municipality that is not the actor's does not get it into its log."""
    return About(
        municipality_id if standing > Standing.NONE else About().controller, object_type="municipality"
    )
