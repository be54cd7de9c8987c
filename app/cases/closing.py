"""Closing: proposed in a meeting that discussed the person, decided by whoever decides on the list (R84, R85)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.cases import queries
from app.cases.commands import CloseCase, ClosureReply, KeepOpenCase, ProposeClosureCase
from app.cases.models import Case, ClosureAnswer
from app.cases.sealing import seal_in
from app.cases.standing import about_case, case_facts
from app.cases.views import CaseStateView
from app.constitution.agreements import agreement_in_force, settings_of
from app.constitution.checklists import CLOSING, agreed
from app.constitution.codes import checked
from app.constitution.models import Agreement
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.lifecycle import STRIKE_OFF, target
from app.rules.problems import invalid
from app.rules.retention import locks_on
from app.rules.settings import setting

LEAVING: list[Callable[[Work, Case], list[About]]] = []
"""Filled by the consultation: takes a case that left the list off the agendas to come, and says what the journal notes."""


MOVED = "moved"


def may_move(work: Work, case: Any) -> bool:
    """Tell whether closing was proposed because the person moved, and the agreement has files handed over (R84)."""
    return (
        case is not None
        and case.closure_ground == MOVED
        and setting(settings_of(work.session, case.cell_id), "hand_over") == 1
    )


@operation(Action.CASE_PROPOSE_CLOSURE)
def propose_closure_case(work: Work, command: ProposeClosureCase) -> CaseStateView:
    """Propose closure on one of the grounds, naming the meeting in which the person was discussed.

    Who was listed in error or has died leaves the list without a meeting.
    """
    case = queries.case(work.session, command.case_id, lock=True)
    facts = case_facts(
        work,
        case,
        discussed=case is not None and queries.was_discussed(work.session, case.id, command.meeting_id),
        struck_off=command.meeting_id is None and command.ground in STRIKE_OFF,
    )
    work.allow(Action.CASE_PROPOSE_CLOSURE, facts, about_case(case))
    case = there(case)
    work.expect(case.version)
    case.closure_ground = checked("closureGrounds", command.ground, work.today, "ground")
    case.closure_meeting_id = command.meeting_id
    case.state = target(Action.CASE_PROPOSE_CLOSURE)
    case.version += 1
    return standing_now(case)


@operation(Action.CASE_CLOSE)
def close_case(work: Work, command: CloseCase) -> CaseStateView:
    """Close a case: it goes off every agenda to come, and who was asked is told (R42, R61).

    Who was present at a discussion of it hears that their own file has a term as well (R95). Every question of the
    checklist is answered, with a reason where the answer is no (R84). Its data stay until their term ends, counted from
    the last discussion (R86). Journal: a line for each item besides.
    """
    case = queries.case(work.session, command.case_id, lock=True)
    agreement = agreement_in_force(work.session, case.cell_id) if case else None
    fixed = agreement.settings if agreement else {}
    facts = case_facts(
        work,
        case,
        discussed=case is not None and queries.was_discussed(work.session, case.id, case.closure_meeting_id),
        struck_off=case is not None and case.closure_ground in STRIKE_OFF,
        listing_by_delegate=setting(fixed, "listing_by_delegate") == 1,
    )
    work.allow(Action.CASE_CLOSE, facts, about_case(case), reason=(case.closure_ground or "") if case else "")
    case = there(case)
    work.expect(case.version)
    if command.data_until is not None:
        if not work.today <= command.data_until <= case.due_on:
            raise invalid("dataUntil", "from today to the end of the term", kind="invalidPeriod")
        # Shut no later than it would have been: what runs is not opened wider by a later agreement.
        shut = min(case.locks_on, locks_on(command.data_until, fixed))
        case.due_on, case.locks_on = command.data_until, shut
    _answer(work, case, agreement, command)
    case.state = target(Action.CASE_CLOSE)
    case.closed_on, case.closed_by = work.today, work.actor.person_id
    case.version += 1
    work.session.flush()
    items = [line for leave in LEAVING for line in leave(work, case)]
    if items:
        work.allow(Action.CASE_CLOSE, facts, items, reason="itemTakenOff")
    return standing_now(case)


def _answer(work: Work, case: Case, agreement: Agreement | None, command: CloseCase) -> None:
    """Keep what was answered on the checklist. Raises Problem 400 for a question without answer, or a no without reason."""
    asked = [each["code"] for each in agreed(agreement.checklists if agreement else {}, CLOSING, work.today)]
    said = {each.question: each for each in command.checklist}
    for number, each in enumerate(command.checklist):
        if each.question not in asked:
            raise invalid(
                f"checklist.{number}.question", "not a code of this list", kind="referencedResourceNotFound"
            )
    for question in asked:
        if question not in said:
            raise invalid("checklist", "error.missing", kind="requiredInput")
        if said[question].answer is ClosureReply.NO and not said[question].note:
            raise invalid("checklist", "a no says why", kind="requiredInput")
    for question, each in said.items():
        row_id = new_id()
        note = seal_in(work, case.id, "closure_answer", "note", row_id, each.note) if each.note else None
        work.session.add(
            ClosureAnswer(
                id=row_id,
                case_id=case.id,
                municipality_id=case.municipality_id,
                agreement_id=agreement.id if agreement else None,
                question=question,
                answer=each.answer.value,
                note=note,
                answered_by=work.actor.person_id,
                answered_on=work.today,
            )
        )


@operation(Action.CASE_KEEP_OPEN)
def keep_open_case(work: Work, command: KeepOpenCase) -> CaseStateView:
    """Decide against a proposed closure. The case goes on where it was: in its trajectory, under discussion, listed."""
    case = queries.case(work.session, command.case_id, lock=True)
    fixed = settings_of(work.session, case.cell_id) if case else {}
    facts = case_facts(work, case, listing_by_delegate=setting(fixed, "listing_by_delegate") == 1)
    work.allow(Action.CASE_KEEP_OPEN, facts, about_case(case))
    case = there(case)
    work.expect(case.version)
    if queries.trajectory(work.session, case.id):
        case.state = "inTrajectory"
    else:
        case.state = "underDiscussion" if case.last_discussed_on else "listed"
    case.closure_ground = case.closure_meeting_id = None
    case.version += 1
    return standing_now(case)


def standing_now(case: Case) -> CaseStateView:
    """Say where the case stands: whoever takes a step of closing may not be one who reads the file (R9, R107)."""
    return CaseStateView(
        version=case.version,
        href=href("cases", case.id),
        case_id=case.id,
        reference=case.reference,
        state=case.state,
        closure_ground=case.closure_ground,
        closed_on=case.closed_on,
        due_on=case.due_on,
        locks_on=case.locks_on,
    )
