"""Back on the list: a closed case is followed again by a new decision alone, and lives no longer by it (R40, R96).

The decision starts no term: the data go on the day they would have gone. Only a discussion in a meeting starts the year
anew, and whoever decides, or puts the case on an agenda, is shown beforehand what that does to the date.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from app.cases import queries
from app.cases.closing import standing_now
from app.cases.commands import RelistCase
from app.cases.models import Relisting
from app.cases.sealing import seal_in
from app.cases.standing import about_case, case_facts
from app.cases.views import CaseStateView
from app.constitution.agreements import settings_of
from app.constitution.models import Municipality
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.retention import case_due_on
from app.rules.settings import setting


def due_after_discussion(work: Work, case: Any, day: date) -> date:
    """Give the day on which the data of a case would have to be gone, were the person discussed on *day* (R96)."""
    now: date = case.due_on
    return max(now, case_due_on(day, settings_of(work.session, case.cell_id)))


@operation(Action.CASE_RELIST)
def relist_case(work: Work, command: RelistCase) -> CaseStateView:
    """Put a closed case back on the list: who decides, when, on which indications. Its dates stay as they are.

    Its contacts ended when it was closed, and stay ended (R49).

    Raises Problem: 409 for a case that is not closed, or shut because its end is near (R90).
    """
    case = queries.case(work.session, command.case_id, lock=True)
    town = work.session.get(Municipality, case.municipality_id) if case else None
    fixed = settings_of(work.session, case.cell_id) if case else {}
    facts = case_facts(
        work,
        case,
        listing_by_delegate=setting(fixed, "listing_by_delegate") == 1,
        recording_basis=town is not None and town.recording_basis is not None,
    )
    work.allow(Action.CASE_RELIST, facts, about_case(case))
    case = there(case)
    work.expect(case.version)
    row_id = new_id()
    work.session.add(
        Relisting(
            id=row_id,
            case_id=case.id,
            municipality_id=case.municipality_id,
            indications=seal_in(work, case.id, "relisting", "indications", row_id, command.indications),
            listed_on=work.today,
            listed_by=there(work.actor.person_id),
            closed_on=case.closed_on,
            closure_ground=case.closure_ground,
        )
    )
    case.state = "inTrajectory" if queries.trajectory(work.session, case.id) else "listed"
    case.closure_ground = case.closure_meeting_id = case.closed_on = case.closed_by = None
    case.version += 1
    work.session.flush()
    return standing_now(case)
