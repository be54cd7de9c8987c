"""The clock of necessity: a review that nobody held leads to the question of closing, never to silence (R76, R86).

Nothing is decided here (R47): the case stands first among the proposals for the next meeting, with the question whether
it is closed or why it is still necessary, until a meeting discussed the person. A named person decides (R85).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from app.cases import queries
from app.cases.commands import AskClosureCase
from app.cases.necessity_queries import followed_one, missable
from app.cases.standing import about_case
from app.cases.views import ClosureAskedView
from app.constitution.agreements import settings_of
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.clock import brussels_day
from app.kernel.operation import operation
from app.kernel.work import Installation, Work, there
from app.kernel.work import work as open_work
from app.rules.actions import Action
from app.rules.facts import Actor, Standing
from app.rules.problems import Problem
from app.rules.retention import months_after
from app.rules.roles import Role
from app.rules.settings import setting

ROBOT: Final = Actor(role=Role.ROBOT)


def review_day(row: Any, fixed: dict[str, int]) -> date:
    """Give the day by which a meeting had to look whether the case is still needed.

    Set by the last discussion; of who was put on the list (again) and not discussed since, counted from that day.
    """
    months = setting(fixed, "review_months")
    day: date = row.review_on or months_after(row.listed_on, months)
    return max(day, months_after(row.relisted_on, months)) if row.relisted_on else day


@operation(Action.CASE_ASK_CLOSURE)
def ask_closure_case(work: Work, command: AskClosureCase) -> ClosureAskedView:
    """Note that closing is to be put on the next agenda, and tell the desk by a code. Once for each missed review."""
    row = followed_one(work.session, command.case_id)
    case = queries.case(work.session, command.case_id, lock=True) if row else None
    standing = Standing.PART if work.actor.role is Role.ROBOT and row is not None else Standing.NONE
    missed = (
        row is not None
        and not row.asked
        and review_day(row, settings_of(work.session, row.cell_id)) < work.today
    )
    work.allow(
        Action.CASE_ASK_CLOSURE,
        work.facts(
            standing=standing,
            state=row.state if row else None,
            review_missed=missed,
            locks_on=row.locks_on if row else None,
        ),
        about_case(row),
        reason="reviewMissed",
    )
    case = there(case)
    case.closure_asked_on = work.today
    case.version += 1
    desk = queries.desk_of(work.session, case, work.today)
    for person_id in desk:
        leave_notice(work, person_id, NoticeCode.CLOSURE_ASKED, case.reference, case.municipality_id)
    return ClosureAskedView(case_id=case.id, told=len(desk))


def ask_all(installation: Installation, now: datetime) -> int:
    """Ask for closing of every case whose review was missed, as the robot, and give of how many."""
    asked = 0
    for case_id in _missed(installation, brussels_day(now)):
        with (
            suppress(Problem),  # discussed, closed or asked by another process since the list was made
            open_work(installation, ROBOT, channel="robot", now=now, retention=True) as unit,
        ):
            ask_closure_case(unit, AskClosureCase.of(case_id=case_id))
            asked += 1
    return asked


def _missed(installation: Installation, today: date) -> list[UUID]:
    with installation.retention_sessions() as session:
        fixed: dict[UUID, dict[str, int]] = {}
        found = []
        for row in missable(session, today):
            if row.cell_id not in fixed:
                fixed[row.cell_id] = settings_of(session, row.cell_id)
            if review_day(row, fixed[row.cell_id]) < today:
                found.append(row.id)
        return found
