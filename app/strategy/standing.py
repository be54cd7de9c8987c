"""How an actor stands to what belongs to the strategic and tactical table of a cell: its desk, its members, nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.kernel.journal.store import About
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.policy import POLICY
from app.rules.problems import Kind, Problem
from app.rules.roles import DESK, STRATEGISTS
from app.strategy.models import PolicyMeeting, PolicyPlan


def strategy_standing(work: Work, cell_id: UUID | None) -> Standing:
    """Give the standing: the desks of the cell keep it, its strategic members have part, others do not see it."""
    actor = work.actor
    if actor.role not in STRATEGISTS or actor.cell_id is None or actor.cell_id != cell_id:
        return Standing.NONE
    return Standing.FILE if actor.role in DESK else Standing.PART


def strategy_facts(work: Work, row: Any | None, **known: Any) -> Facts:
    """Give Facts on a row of a cell's strategic or tactical table, or on one that is not there."""
    return work.facts(standing=strategy_standing(work, row.cell_id if row is not None else None), **known)


def meeting_facts(work: Work, row: PolicyMeeting | None, **known: Any) -> Facts:
    """Give Facts on a meeting. Until it was convened it is there for the desk alone, called off or not."""
    facts = strategy_facts(work, row, **({"state": row.state if row else None} | known))
    untold = row is not None and (
        row.state == "draft" or (row.state == "cancelled" and row.convened_at is None)
    )
    hidden = untold and facts.standing is not Standing.FILE
    return work.facts(standing=Standing.NONE) if hidden else facts


def about(work: Work, kind: str, object_id: UUID | None = None) -> list[About]:
    """Give what a journal line says: of the desk's own municipality; of a member, one line for each of the cell (R105)."""
    actor = work.actor
    own = [actor.municipality_id] if actor.municipality_id else sorted(actor.municipalities)
    return [About(each, object_type=kind, object_id=object_id) for each in own] or [
        About(object_type=kind, object_id=object_id)
    ]


def lock(work: Work, action: Action, row: Any) -> None:
    """Lock a row that the rules let this actor change, as it stands now: a meeting, or a plan that somebody may be adopting.

    Raises Problem 409 when somebody moved it to another state in the meantime.
    """
    before = row.state if hasattr(row, "state") else None
    work.session.refresh(row, with_for_update=True)
    if before is not None and row.state != before:
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule=POLICY[action].number))


def hold(work: Work, action: Action, row: Any) -> None:
    """Lock a row as `lock` does; raises Problem 412 or 428 too, by which version of it the caller knows."""
    lock(work, action, row)
    work.expect(row.version)


def another_edition(plan: PolicyPlan) -> None:
    """Note that what a mayor adopts is another text now; of an adopted plan that what runs has changed."""
    if plan.state == "draft":
        plan.edition += 1
    plan.version += 1
