"""A case whose review was missed is not silently left off an agenda: who does so says why, and it is kept (R76)."""

from __future__ import annotations

from app.cases import queries as cases
from app.cases.closing import standing_now
from app.cases.models import ReviewDeferral
from app.cases.necessity_queries import closure_asked
from app.cases.sealing import seal_in
from app.cases.standing import about_case, case_facts
from app.cases.views import CaseStateView
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import agenda_queries, proposal_queries
from app.meetings.commands import LeaveOffCase
from app.meetings.models import Meeting
from app.meetings.standing import BEFORE
from app.rules.actions import Action
from app.rules.problems import invalid


@operation(Action.CASE_LEAVE_OFF)
def leave_off_case(work: Work, command: LeaveOffCase) -> CaseStateView:
    """Keep why a case whose review was missed does not stand on the agenda of a meeting to come.

    It stays first among the proposals of the next one. Raises Problem: 409 for a case of which closing was not asked, 400
    for a meeting of another cell or one that began, and for a case that is on its agenda or was left off already.
    """
    case = cases.case(work.session, command.case_id)
    row_id = new_id()
    asked = case is not None and closure_asked(work.session, case.id)
    about = about_case(case, "reviewDeferral", row_id)
    work.allow(Action.CASE_LEAVE_OFF, case_facts(work, case, closure_asked=asked), about)
    case = there(case)
    meeting = agenda_queries.meeting(work.session, command.meeting_id)
    if meeting is None or meeting.cell_id != case.cell_id or meeting.state not in BEFORE:
        raise invalid("meetingId", "no such meeting to come", kind="referencedResourceNotFound")
    if agenda_queries.is_tabled(work.session, meeting.id, case.id):
        raise invalid("caseId", "on this agenda already")
    if proposal_queries.is_left_off(work.session, meeting.id, case.id):
        raise invalid("caseId", "left off this agenda already")
    work.session.add(
        ReviewDeferral(
            id=row_id,
            case_id=case.id,
            meeting_id=meeting.id,
            municipality_id=case.municipality_id,
            reason=seal_in(work, case.id, "review_deferral", "reason", row_id, command.reason_text),
            left_by=there(work.actor.person_id),
            left_at=work.now,
        )
    )
    work.session.flush()
    return standing_now(case)


def nothing_left_off(work: Work, meeting: Meeting) -> bool:
    """Tell whether no case of the actor's own municipality whose review was missed is left off without a reason.

    Of a joint cell the others are not asked: that somebody stands on their list, and how late they are, is theirs (R4, R5).
    Their own desk is told, and has the case first in its proposals.
    """
    return not proposal_queries.left_off_silently(work.session, work.actor, work.today, meeting.id)
