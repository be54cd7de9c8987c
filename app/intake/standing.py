"""How an actor stands to a registration: the desk has its file, its submitter a part, others do not see it."""

from __future__ import annotations

from typing import Any

from app.cases.standing import is_excluded
from app.intake import queries
from app.intake.models import Registration
from app.kernel.journal.store import About
from app.kernel.work import Work
from app.rules.facts import NEVER, Facts, Standing
from app.rules.roles import DESK


def registration_facts(
    work: Work, row: Registration | None, *, excluded: bool | None = None, **known: Any
) -> Facts:
    """Give Facts on one registration; none where the database showed none.

    Once it is a case, an exclusion from the case beats every standing here too, and the case's lock binds the desk
    (R90). A submitter's receipt says nothing of the case, not even that there is one, so no lock shows in it.
    *excluded*, *locks_on*: what a list's own query has settled already; left out, they are looked up.
    """
    actor = work.actor
    if row is None or row.state == "erased":
        return work.facts(standing=Standing.NONE)
    if row.case_id is not None and (
        is_excluded(work.session, actor, row.case_id) if excluded is None else excluded
    ):
        return work.facts(standing=Standing.EXCLUDED)
    own = row.submitted_by is not None and row.submitted_by == actor.person_id
    if actor.role in DESK and actor.municipality_id == row.municipality_id:
        standing = Standing.FILE
    else:
        standing = Standing.PART if own else Standing.NONE
    if row.case_id is not None and standing is Standing.FILE and "locks_on" not in known:
        known["locks_on"] = queries.case_locks_on(work.session, row.case_id)
        if known["locks_on"] is None:  # its case is not there for this desk any more: neither is this
            standing = Standing.NONE
    known.setdefault("locks_on", NEVER)
    return work.facts(standing=standing, state=row.state, own=own, **known)


def about_registration(row: Registration | None) -> About:
    """Give what a journal line says of a registration: pseudonymous ids."""
    if row is None:
        return About(object_type="registration")
    return About(row.municipality_id, row.case_id, row.subject_id, "registration", row.id)
