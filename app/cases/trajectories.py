"""The optional individual plan and its actions (R71 to R73, R76, R77). An owner sees their own actions only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from app.cases import queries
from app.cases.breaking_glass import open_glass
from app.cases.commands import (
    AssignAction,
    CompleteAction,
    ListAction,
    MonitorCase,
    ReadTrajectory,
    StartTrajectory,
)
from app.cases.models import ActionRow, Case, Trajectory
from app.cases.sealing import open_in, seal_in
from app.cases.standing import about_case, case_facts, manages
from app.cases.views import ActionList, ActionView, TrajectoryView
from app.constitution.codes import checked, codes
from app.directory.models import Agency, Person
from app.directory.office_queries import holds_in, person_name
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import Document, href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.lifecycle import target
from app.rules.policy import abilities
from app.rules.problems import invalid
from app.rules.roles import TABLE, Role


def _holds(work: Work, person_id: UUID, cell_id: UUID, *roles: Role) -> bool:
    return holds_in(work.session, person_id, cell_id, work.today, roles)


def _municipal(work: Work, person_id: UUID) -> bool:
    """Tell whether a person works for the municipality: the plan is in its own file, which no other service keeps (R18)."""
    regime = select(Agency.regime).join(Person, Person.agency_id == Agency.id).where(Person.id == person_id)
    return work.session.scalar(regime) == "municipal"


@operation(Action.TRAJECTORY_START)
def start_trajectory(work: Work, command: StartTrajectory) -> TrajectoryView:
    """Start the plan of a case. A case can stay open without one (R71)."""
    case = queries.case(work.session, command.case_id, lock=True)
    row_id = new_id()
    work.allow(Action.TRAJECTORY_START, case_facts(work, case), about_case(case, "trajectory", row_id))
    case = there(case)
    work.expect(case.version)
    for domain in command.aims:
        checked("lifeDomains", domain, work.today, "aims")
    if not _holds(work, command.case_manager_id, case.cell_id, Role.CASE_MANAGER) or not _municipal(
        work, command.case_manager_id
    ):
        raise invalid("caseManagerId", "no case manager of this cell", kind="referencedResourceNotFound")
    aims = seal_in(work, case.id, "trajectory", "aims", row_id, orjson.dumps(dict(command.aims)).decode())
    found = queries.trajectory(work.session, case.id)
    if found is not None:  # taken up again after a time of monitoring: the plan is replaced, its actions stay
        row = found[0]
        row.aims = seal_in(
            work, case.id, "trajectory", "aims", row.id, orjson.dumps(dict(command.aims)).decode()
        )
        row.case_manager_id, row.person_informed = command.case_manager_id, command.person_informed
        row.version += 1
    else:
        row = Trajectory(
            id=row_id,
            case_id=case.id,
            municipality_id=case.municipality_id,
            case_manager_id=command.case_manager_id,
            aims=aims,
            person_informed=command.person_informed,
            started_on=work.today,
            version=1,
        )
        work.session.add(row)
    case.state = target(Action.TRAJECTORY_START)
    case.version += 1
    work.session.flush()
    return trajectory_view(work, case, (row, person_name(work.session, row.case_manager_id)))


@operation(Action.CASE_MONITOR)
def monitor_case(work: Work, command: MonitorCase) -> Document:
    """Go on following a person without a trajectory, until the next review (R76)."""
    case = queries.case(work.session, command.case_id, lock=True)
    work.allow(Action.CASE_MONITOR, case_facts(work, case), about_case(case))
    case = there(case)
    work.expect(case.version)
    case.state = target(Action.CASE_MONITOR)
    case.version += 1
    return Document(version=case.version, href=href("cases", case.id))


def trajectory_view(work: Work, case: Case, found: Any) -> TrajectoryView:
    """Give the plan of a case with its actions."""
    row, manager = found
    aims = open_in(work, case.id, "trajectory", "aims", row.id, row.aims)
    facts = case_facts(work, case)
    return TrajectoryView(
        version=row.version,
        href=href("cases", f"{case.id}/trajectory"),
        abilities=abilities(work.actor, facts, Action.ACTION_ASSIGN),
        trajectory_id=row.id,
        case_id=case.id,
        case_reference=case.reference,
        case_manager_id=row.case_manager_id,
        case_manager_name=manager,
        aims=orjson.loads(aims or "{}"),
        person_informed=row.person_informed,
        started_on=row.started_on,
        actions=[
            action_view(work, a, owner, case, standing=min(facts.standing, Standing.PART))
            for a, owner in queries.actions_of(work.session, case.id)
        ],
    )


@operation(Action.TRAJECTORY_READ)
def read_trajectory(work: Work, command: ReadTrajectory) -> TrajectoryView:
    """Give the trajectory: to the desk, and to the case manager who follows it; their part of the file, no more.

    Raises Problem 409 to the desk, or in an emergency, without a reason of the pick-list, as the file itself does. Who
    follows it is asked for none: it is their own work (R107).
    """
    case = queries.case(work.session, command.case_id)
    found = queries.trajectory(work.session, command.case_id) if case else None
    glass = open_glass(work, case if found else None)
    known = command.reason in codes("accessReasons", work.today)
    follows = manages(work.session, work.actor, command.case_id) if found else False
    facts = case_facts(
        work, case if found else None, access_reason=known or follows, broken_glass=glass is not None
    )
    if facts.standing is Standing.PART and not follows and glass is None:
        facts = work.facts(standing=Standing.NONE)  # it is followed under the mandate of case manager alone
    work.allow(
        Action.TRAJECTORY_READ,
        facts,
        about_case(case if found else None, "trajectory"),
        reason=(command.reason or "") if known else "",
    )
    return trajectory_view(work, there(case), there(found))


@operation(Action.ACTION_ASSIGN)
def assign_action(work: Work, command: AssignAction) -> ActionView:
    """Give somebody with a mandate in this cell one action; they learn of it by reference."""
    case = queries.case(work.session, command.case_id)
    found = queries.trajectory(work.session, command.case_id) if case else None
    row_id = new_id()
    facts = case_facts(work, case)
    manages_it = (
        work.actor.role is Role.CASE_MANAGER
        and found is not None
        and found[0].case_manager_id == work.actor.person_id
    )
    if facts.standing is Standing.PART and not manages_it:
        # Owning an action of a case is not managing it: also not for the desk of another municipality of the cell.
        facts = work.facts(standing=Standing.NONE)
    work.allow(Action.ACTION_ASSIGN, facts, about_case(case, "action", row_id))
    case, (trajectory, _) = there(case), there(found)
    checked("lifeDomains", command.life_domain, work.today, "lifeDomain")
    if not _holds(work, command.owner_id, case.cell_id, *TABLE):
        raise invalid("ownerId", "nobody of this cell", kind="referencedResourceNotFound")
    if command.due_on < work.today:
        raise invalid("dueOn", "in the past", kind="invalidPeriod")
    row = ActionRow(
        id=row_id,
        trajectory_id=trajectory.id,
        case_id=case.id,
        municipality_id=case.municipality_id,
        owner_id=command.owner_id,
        life_domain=command.life_domain,
        text=seal_in(work, case.id, "action_item", "text", row_id, command.text),
        due_on=command.due_on,
        state="open",
        created_at=work.now,
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    return action_view(work, row, person_name(work.session, row.owner_id), case)


def action_view(
    work: Work, row: ActionRow, owner: str | None, case: Any, *, standing: Standing = Standing.PART
) -> ActionView:
    """Give one action. *case*: its case, or what of it a list brought along (reference, locks_on).

    *standing* NONE: read by break-glass, so nothing can be done with it.
    """
    facts = work.facts(
        standing=standing,
        state=row.state,
        own=row.owner_id == work.actor.person_id,
        locks_on=case.locks_on,
    )
    return ActionView(
        version=row.version,
        href=href("actions", row.id),
        abilities=abilities(work.actor, facts, Action.ACTION_COMPLETE),
        action_id=row.id,
        case_id=row.case_id,
        case_reference=case.reference,
        owner_id=row.owner_id,
        owner_name=owner,
        life_domain=row.life_domain,
        text=open_in(work, row.case_id, "action_item", "text", row.id, row.text) or "",
        due_on=row.due_on,
        state=row.state,
        outcome=open_in(work, row.case_id, "action_item", "outcome", row.id, row.outcome),
        completed_on=row.completed_on,
    )


@operation(Action.ACTION_LIST)
def list_action(work: Work, command: ListAction) -> ActionList:
    """Give one's own open actions in the cell acted in, by due date: one journal line per person concerned.

    The actions of a locked case stay out; whoever completes one is told why (R90).
    """
    del command
    rows = queries.own_actions(work.session, work.actor, work.today)
    standing = Standing.PART if work.actor.cell_id else Standing.NONE
    work.allow(
        Action.ACTION_LIST,
        work.facts(standing=standing),
        [
            About(
                row.ActionRow.municipality_id,
                row.ActionRow.case_id,
                row.subject_id,
                "action",
                row.ActionRow.id,
            )
            for row in rows
        ],
    )
    work.vault.prepare([row.ActionRow.case_id for row in rows])
    return ActionList(
        href=href("actions"),
        items=[action_view(work, row.ActionRow, row.name, row) for row in rows],
    )


@operation(Action.ACTION_COMPLETE)
def complete_action(work: Work, command: CompleteAction) -> ActionView:
    """Say what became of an action: its owner, the case manager or the desk. Raises Problem 409 on a locked case."""
    row = queries.action(work.session, command.action_id)
    case = queries.case(work.session, row.case_id) if row else None
    facts = work.facts(
        standing=_action_standing(work, case, row),
        state=row.state if row else None,
        locks_on=case.locks_on if case else None,
    )
    work.allow(Action.ACTION_COMPLETE, facts, about_case(case, "action", row.id if row else None))
    row, case = there(row), there(case)
    work.expect(row.version)
    row.state, row.completed_on = command.result, work.today
    row.outcome = seal_in(work, case.id, "action_item", "outcome", row.id, command.outcome)
    row.version += 1
    return action_view(work, row, person_name(work.session, row.owner_id), case)


def _action_standing(work: Work, case: Case | None, row: ActionRow | None) -> Standing:
    """Give the standing on one action: owning another action of the case is no part of this one (R73)."""
    standing = case_facts(work, case).standing
    if row is None or standing is not Standing.PART or row.owner_id == work.actor.person_id:
        return standing
    return Standing.PART if manages(work.session, work.actor, row.case_id) else Standing.NONE
