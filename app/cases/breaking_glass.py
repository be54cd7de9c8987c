"""Break-glass: reading one file in an emergency, for a set time, seen by those who watch over it (R21, ADR 0020).

Off unless the agreement in force has it. It leads somebody who knows one part of a case to the file, never a
participant (R18); it is found by its exact reference, and whoever it is not for is answered as if it were not there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cases import queries
from app.cases.commands import CloseBreakGlass, ListBreakGlass, OpenBreakGlass, ReviewBreakGlass
from app.cases.models import BreakGlass
from app.cases.sealing import open_in, seal_in
from app.cases.standing import File
from app.cases.views import BreakGlassList, BreakGlassView
from app.constitution.codes import codes
from app.constitution.standing import municipality_facts
from app.directory.office_queries import person_name
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.vault import Shredded
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.lifecycle import target
from app.rules.policy import R21, abilities
from app.rules.problems import Kind, Problem
from app.rules.roles import BREAKERS, GLASS_WATCHERS

_MOST = 100
_TABLE = "break_glass"
OPEN, ENDED, REVIEWED = "open", target(Action.BREAK_GLASS_CLOSE), target(Action.BREAK_GLASS_REVIEW)


def state_of(row: BreakGlass, now: datetime) -> str:
    """Give the state of an emergency reading at a moment: it ends by itself."""
    if row.reviewed_at is not None:
        return REVIEWED
    return OPEN if row.closed_at is None and now < row.ends_at else ENDED


def open_glass(work: Work, case: File | None) -> BreakGlass | None:
    """Give the emergency reading that this actor has open on a case now; asks only for roles that can have one."""
    if case is None or work.actor.role not in BREAKERS:
        return None
    return queries.open_glass(work.session, work.actor, case.id, work.now)


def _about(row: BreakGlass | None) -> About:
    if row is None:
        return About(object_type="breakGlass")
    return About(row.municipality_id, row.case_id, row.subject_id, "breakGlass", row.id)


@operation(Action.BREAK_GLASS_OPEN)
def open_break_glass(work: Work, command: OpenBreakGlass) -> BreakGlassView:
    """Open an emergency reading, and tell coordinator and data protection officer in the same commit.

    Raises Problem: 404 for a reference that is not there or not for this actor, 409 where the agreement has no
    emergency access, nobody is there to be told, the case is locked (R90), or one is open already.
    """
    found = queries.glass_target(work.session, command.reference)
    known = command.reason in codes("breakGlassReasons", work.today)
    row_id = new_id()
    facts = work.facts(standing=Standing.NONE)
    about = _about(None)
    if found is not None:
        facts = work.facts(
            standing=Standing.PART,
            state=found.state,
            due_on=found.due_on,
            locks_on=found.locks_on,
            break_glass_on=found.switched_on,
            watchers_told=found.told,
            access_reason=known,
        )
        about = About(found.municipality_id, found.id, found.subject_id, "breakGlass", row_id)
    work.allow(Action.BREAK_GLASS_OPEN, facts, about, reason=command.reason if known else "")
    found = there(found)
    if found.is_open:
        raise work.refuse(Action.BREAK_GLASS_OPEN, Problem(Kind.ILLEGAL_TRANSITION, rule=R21), about)
    explanation = seal_in(work, found.id, _TABLE, "explanation", row_id, command.explanation)
    there(queries.break_the_glass(work.session, row_id, command.reference, command.reason, explanation))
    return glass_view(work, there(queries.break_glass(work.session, work.actor, row_id)))


@operation(Action.BREAK_GLASS_CLOSE)
def close_break_glass(work: Work, command: CloseBreakGlass) -> BreakGlassView:
    """End an emergency reading before its time: whoever opened it, or who watches over it."""
    row = queries.break_glass(work.session, work.actor, command.break_glass_id)
    row = _changing(work, Action.BREAK_GLASS_CLOSE, row)
    row.closed_at = work.now
    row.version += 1
    work.session.flush()
    return glass_view(work, row)


@operation(Action.BREAK_GLASS_REVIEW)
def review_break_glass(work: Work, command: ReviewBreakGlass) -> BreakGlassView:
    """Say whether an emergency reading was justified; never whoever opened it."""
    row = queries.break_glass(work.session, work.actor, command.break_glass_id)
    row = _changing(work, Action.BREAK_GLASS_REVIEW, row, reason=command.outcome)
    row.reviewed_at, row.reviewed_by, row.outcome = work.now, work.actor.person_id, command.outcome
    row.review_note = seal_in(work, row.case_id, _TABLE, "review_note", row.id, command.note)
    row.version += 1
    work.session.flush()
    return glass_view(work, row)


def _changing(work: Work, action: Action, row: BreakGlass | None, *, reason: str = "") -> BreakGlass:
    """Ask the rules about a change, and give the row locked. Raises Problem as they say, or 409 when it was too late."""
    work.allow(action, _facts(work, row), _about(row), reason=reason)
    row = there(row)
    locked = queries.break_glass(work.session, work.actor, row.id, lock=True)
    if locked is None:  # somebody else was first
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule=R21), _about(row))
    work.expect(locked.version)
    return locked


@operation(Action.BREAK_GLASS_LIST)
def list_break_glass(work: Work, command: ListBreakGlass) -> BreakGlassList:
    """List emergency readings, latest first: one's own, or those one watches over; one journal line for each."""
    rows = queries.break_glasses(
        work.session, work.actor, unreviewed=command.state == "unreviewed", limit=_MOST
    )
    facts = municipality_facts(work, work.actor.municipality_id, work.actor.cell_id)
    work.allow(Action.BREAK_GLASS_LIST, facts, [_about(row) for row in rows])
    work.vault.prepare([row.case_id for row in rows])
    return BreakGlassList(href=href("breakGlass"), items=[glass_view(work, row) for row in rows])


def _facts(work: Work, row: BreakGlass | None) -> Facts:
    if row is None:
        return work.facts(standing=Standing.NONE)
    own = row.person_id == work.actor.person_id
    watched = work.actor.role in GLASS_WATCHERS and work.actor.municipality_id == row.municipality_id
    return work.facts(
        standing=Standing.PART if own or watched else Standing.NONE,
        state=state_of(row, work.now),
        own=own,
        proposed_by_actor=own,
    )


def glass_view(work: Work, row: Any) -> BreakGlassView:
    """Give one emergency reading."""
    reviewer = person_name(work.session, row.reviewed_by) if row.reviewed_by else None
    steps = (Action.BREAK_GLASS_CLOSE, Action.BREAK_GLASS_REVIEW)
    return BreakGlassView(
        version=row.version,
        href=href("breakGlass", row.id),
        abilities=abilities(work.actor, _facts(work, row), *steps),
        break_glass_id=row.id,
        case_id=row.case_id,
        reference=row.reference,
        state=state_of(row, work.now),
        person_name=person_name(work.session, row.person_id),
        role=row.role,
        own=row.person_id == work.actor.person_id,
        reason=row.reason,
        explanation=_words(work, row, "explanation"),
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        closed_at=row.closed_at,
        reviewed_at=row.reviewed_at,
        reviewer_name=reviewer,
        outcome=row.outcome,
        review_note=_words(work, row, "review_note"),
    )


def _words(work: Work, row: BreakGlass, column: str) -> str | None:
    """Open a text of an emergency reading; None when its case is being destroyed and the keys are gone (R92).

    Its row goes last. Until then the others in the same list have to be reviewed all the same.
    """
    try:
        return open_in(work, row.case_id, _TABLE, column, row.id, getattr(row, column))
    except Shredded:
        return None
