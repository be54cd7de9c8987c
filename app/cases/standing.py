"""How an actor stands to a case, recomputed at each request (domain, section 3). The first of the two locks."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import ActionRow, Trajectory
from app.directory.models import Exclusion
from app.kernel.journal.store import About
from app.kernel.work import Work
from app.rules.facts import Actor, Facts, Standing
from app.rules.retention import carries_contacts_until
from app.rules.roles import DESK, TABLE, Role


class File(Protocol):
    """What standing needs to know of a case: a row, or the columns a lean query brought."""

    id: Any
    municipality_id: Any
    cell_id: Any
    subject_id: Any
    state: Any
    due_on: Any
    locks_on: Any


def case_facts(work: Work, case: File | None, *, excluded: bool | None = None, **known: Any) -> Facts:
    """Give Facts on one case for somebody who reaches for the file itself; none where the database showed none.

    Standing by agenda (invited, attending) belongs to the agenda item: `app.meetings.standing`. *excluded* is
    what a lean query found in this Work; None asks.
    """
    if case is None or case.state == "destroyed":
        return work.facts(standing=Standing.NONE)
    standing = known.pop("standing", None)
    if standing is None:
        standing = case_standing(work.session, work.actor, case, excluded=excluded)
    return work.facts(
        standing=standing, state=case.state, due_on=case.due_on, locks_on=case.locks_on, **known
    )


def counted_from(case: Any) -> date:
    """Give the day from which the term of a case runs: its last discussion, here or else where it came from (R86).

    The listing stands in its place only for somebody whom nobody discussed anywhere.
    """
    start: date = case.last_discussed_on or case.counted_from or case.listed_on
    return start


def within_year(work: Work, case: Any) -> bool:
    """Tell whether the year from the last discussion still runs, so that no extension alone keeps the case (R86, R87)."""
    return work.today < carries_contacts_until(counted_from(case), case.due_on)


def case_standing(session: Session, actor: Actor, case: File, *, excluded: bool | None = None) -> Standing:
    """Give an actor's standing on the file: the desk of its municipality, the holder of a part, or none."""
    if is_excluded(session, actor, case.id) if excluded is None else excluded:
        return Standing.EXCLUDED
    if actor.role in DESK and actor.municipality_id == case.municipality_id:
        return Standing.FILE
    if actor.cell_id == case.cell_id and holds_part(session, actor, case.id):
        return Standing.PART
    return Standing.NONE


def is_excluded(session: Session, actor: Actor, case_id: Any) -> bool:
    """Tell whether this person declared a conflict or kinship on the case: it beats every grant."""
    return (
        session.scalar(select(Exclusion.case_id).filter_by(person_id=actor.person_id, case_id=case_id))
        is not None
    )


def holds_part(session: Session, actor: Actor, case_id: Any) -> bool:
    """Tell whether this person manages the case's trajectory or owns one of its open actions."""
    if manages(session, actor, case_id):
        return True
    if actor.role not in TABLE:
        return False
    owned = select(ActionRow.id).filter_by(case_id=case_id, owner_id=actor.person_id, state="open").limit(1)
    return session.scalar(owned) is not None


def manages(session: Session, actor: Actor, case_id: Any) -> bool:
    """Tell whether this person follows the case as its case manager."""
    if actor.role is not Role.CASE_MANAGER:
        return False
    managed = select(Trajectory.id).filter_by(case_id=case_id, case_manager_id=actor.person_id)
    return session.scalar(managed) is not None


def about_case(case: File | None, object_type: str = "case", object_id: Any = None) -> About:
    """Give what a journal line says of a case: pseudonymous ids, never a name."""
    if case is None:
        return About(object_type=object_type)
    return About(case.municipality_id, case.id, case.subject_id, object_type, object_id or case.id)
