"""Convening: the agenda is fixed and the mayor's invitations go out, each under its own decision (R24)."""

from __future__ import annotations

from app.constitution.agreements import settings_of
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import queries
from app.meetings.agenda import meeting_view
from app.meetings.commands import ConveneMeeting
from app.meetings.composition import is_complete
from app.meetings.inviting import send, sending_facts
from app.meetings.standing import about_item, about_meeting, meeting_facts
from app.meetings.views import MeetingView
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.lifecycle import target
from app.rules.problems import Kind, Problem


@operation(Action.MEETING_CONVENE)
def convene_meeting(work: Work, command: ConveneMeeting) -> MeetingView:
    """Convene a meeting and send the invitations prepared in the acting mayor's own municipality.

    Raises Problem 409 without a case of that municipality on the agenda, and when one invitation may not be sent:
    then nothing is sent at all.
    """
    row = queries.meeting(work.session, command.meeting_id, lock=True)
    complete = is_complete(work, row.cell_id) if row else False
    about = about_meeting(work, row)
    work.allow(Action.MEETING_CONVENE, meeting_facts(work, row, constitution_complete=complete), about)
    row = there(row)
    work.expect(row.version)
    if not queries.own_items(work.session, row.id, work.actor.municipality_id):
        raise work.refuse(Action.MEETING_CONVENE, Problem(Kind.ILLEGAL_TRANSITION, rule="R61"), about)
    fixed = settings_of(work.session, row.cell_id)
    for invitation, item, case, person in queries.prepared(work.session, row.id, work.actor.municipality_id):
        work.allow(
            Action.INVITATION_SEND,
            sending_facts(work, invitation, row, person, Standing.FILE, fixed, case.locks_on),
            about_item(item, "invitation", invitation.id),
            recipients=str(person.id),
        )
        send(work, invitation, person, case.reference)
    row.state = target(Action.MEETING_CONVENE)
    row.convened_at, row.convened_by = work.now, work.actor.person_id
    row.version += 1
    work.session.flush()
    return meeting_view(work, row)
