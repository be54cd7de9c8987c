"""What was handed over goes here once it was accepted there, and what nobody accepted is erased (R84, R92; decision 0047)."""

from __future__ import annotations

from app.cases.standing import about_case
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import hand_over_queries
from app.meetings.hand_over_models import HandOver
from app.retention import queries
from app.retention.commands import LapseHandOver, PurgeCase
from app.retention.standing import retention_facts
from app.retention.views import LapsedView, PurgedView
from app.rules.actions import Action


@operation(Action.CASE_PURGE)
def purge_case(work: Work, command: PurgeCase) -> PurgedView:
    """Order the end of a case that another municipality accepted: it is due today, and destroyed as every case is.

    Raises Problem 409 while nobody accepted it: until then nothing goes.
    """
    case = queries.locked_cases(work.session, [command.case_id]).get(command.case_id)
    row = hand_over_queries.received_of(work.session, [command.case_id]).get(command.case_id)
    state = row.state if row else None
    facts = retention_facts(work, case.municipality_id if case else None, state=state)
    work.allow(Action.CASE_PURGE, facts, about_case(case), reason="handedOver")
    case = there(case)
    case.due_on, case.locks_on = min(case.due_on, work.today), min(case.locks_on, work.today)
    case.version += 1
    return PurgedView(case_id=case.id)


@operation(Action.HAND_OVER_LAPSE)
def lapse_hand_over(work: Work, command: LapseHandOver) -> LapsedView:
    """Erase the package of a hand-over that was withdrawn, or that nobody accepted in time; the case goes on.

    *step* order: it can be accepted no more. finish: its key is gone. Raises Problem 409 while it can still be accepted.
    """
    row = work.session.get(HandOver, command.hand_over_id, with_for_update=True)
    over = row is not None and (
        row.state != "sent" or (row.accept_until is not None and row.accept_until < work.today)
    )
    facts = retention_facts(
        work, row.municipality_id if row else None, state=row.state if row else None, lapsed=over
    )
    case = queries.locked_cases(work.session, [row.case_id]).get(row.case_id) if row else None
    work.allow(
        Action.HAND_OVER_LAPSE,
        facts,
        about_case(case, "handOver", row.id if row else None),
        reason=command.step,
    )
    row = there(row)
    if row.state == "sent":
        row.state = "lapsed"
    row.subject = row.narrative = None
    if command.step == "finish":
        row.erased_at = work.now
    row.version += 1
    return LapsedView(hand_over_id=row.id, state=row.state, package_id=there(row.package_id))
