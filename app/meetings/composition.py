"""What has to stand before a case may be tabled: the agreement in force and the core members (R9 to R11, R115)."""

from __future__ import annotations

from uuid import UUID

from app.constitution.agreements import agreement_in_force
from app.kernel.work import Work
from app.meetings import queries
from app.rules.roles import MAYORAL, POLICE, Role

CORE = MAYORAL | POLICE | {Role.COORDINATOR}
"""Mayor or delegate, police member or information officer, prevention official: the core of the cell."""


def is_complete(work: Work, cell_id: UUID | None) -> bool:
    """Tell whether an agreement is in force and each core function is held by somebody today."""
    if agreement_in_force(work.session, cell_id) is None or not queries.every_mayor(
        work.session, cell_id, work.today
    ):
        return False
    held = queries.mandated_roles(work.session, cell_id, work.today)
    return _each_function(set(held))


def is_core_recorded(work: Work, cell_id: UUID | None) -> bool:
    """Tell whether the core composition is recorded, the police member with a clearance that holds today (R10)."""
    if not queries.every_mayor(work.session, cell_id, work.today):
        return False
    held = queries.mandated_roles(work.session, cell_id, work.today)
    cleared = {
        role
        for role, until in held.items()
        if role not in POLICE or (until is not None and until >= work.today)
    }
    return _each_function(cleared)


def _each_function(roles: set[str]) -> bool:
    return bool(roles & MAYORAL) and bool(roles & POLICE) and Role.COORDINATOR in roles
