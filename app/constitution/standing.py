"""How an actor stands to a cell: its desk keeps it, its members know it, others do not see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.constitution.models import Agreement
from app.kernel.work import Work
from app.rules.facts import Facts, Standing
from app.rules.roles import DESK, Role

NEVER_ADOPTED = frozenset({"draft", "discarded"})


def cell_facts(work: Work, cell_id: UUID | None, **known: Any) -> Facts:
    """Give Facts on a cell and what belongs to it. An administrator has part in every cell."""
    actor = work.actor
    if actor.role is Role.ADMINISTRATOR and actor.cell_id is None:
        standing = Standing.PART
    elif actor.role is None or actor.cell_id is None or actor.cell_id != cell_id:
        standing = Standing.NONE
    elif actor.role in DESK:
        standing = Standing.FILE
    else:
        standing = Standing.PART
    return work.facts(standing=standing, **known)


def version_facts(work: Work, row: Agreement | None, **known: Any) -> Facts:
    """Give Facts on one version. What was never adopted is the desk's alone: for everybody else it is not there."""
    facts = cell_facts(work, row.cell_id if row else None, state=row.state if row else None, **known)
    if row is None or (row.state in NEVER_ADOPTED and facts.standing is not Standing.FILE):
        return work.facts(standing=Standing.NONE)
    return facts


def municipality_facts(work: Work, municipality_id: UUID | None, cell_id: UUID | None, **known: Any) -> Facts:
    """Give Facts on what belongs to one municipality: its own desk has the file, nobody else more than part.

    Members of the cell have part only where *cell_id* is given, that is where the object is theirs to know.
    """
    actor = work.actor
    standing = Standing.NONE
    if actor.role is not None and cell_id is not None and actor.cell_id == cell_id:
        standing = Standing.PART
    if actor.municipality_id is not None and actor.municipality_id == municipality_id:
        standing = Standing.FILE if actor.role in DESK else Standing.PART
    return work.facts(standing=standing, **known)
