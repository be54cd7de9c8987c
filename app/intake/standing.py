"""How an actor stands to a registration: the desk has its file, its submitter a part, others do not see it."""

from __future__ import annotations

from typing import Any

from app.intake.models import Registration
from app.kernel.journal.store import About
from app.kernel.work import Work
from app.rules.facts import Facts, Standing
from app.rules.roles import DESK


def registration_facts(work: Work, row: Registration | None, **known: Any) -> Facts:
    """Give Facts on one registration; none where the database showed none."""
    actor = work.actor
    if row is None or row.state == "erased":
        return work.facts(standing=Standing.NONE)
    own = row.submitted_by == actor.person_id
    if actor.role in DESK and actor.municipality_id == row.municipality_id:
        standing = Standing.FILE
    else:
        standing = Standing.PART if own else Standing.NONE
    return work.facts(standing=standing, state=row.state, own=own, **known)


def about_registration(row: Registration | None) -> About:
    """Give what a journal line says of a registration: pseudonymous ids."""
    if row is None:
        return About(object_type="registration")
    return About(row.municipality_id, row.case_id, row.subject_id, "registration", row.id)
