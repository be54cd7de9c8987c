"""Convening: the agenda is fixed and the mayor's invitations go out, each under its own decision (R24)."""

from __future__ import annotations

from datetime import timedelta

from app.constitution.agreements import agreement_in_force, governing
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import agenda_queries
from app.meetings.agenda import meeting_view
from app.meetings.commands import ConveneMeeting
from app.meetings.composition import is_complete, saying_what_is_missing
from app.meetings.inviting import send_prepared
from app.meetings.leaving_off import nothing_left_off
from app.meetings.standing import about_meeting, meeting_facts
from app.meetings.views import MeetingView
from app.rules.actions import Action
from app.rules.lifecycle import target
from app.rules.problems import Kind, Problem


@operation(Action.MEETING_CONVENE)
def convene_meeting(work: Work, command: ConveneMeeting) -> MeetingView:
    """Convene a meeting and send the invitations prepared in the acting mayor's own municipality.

    Raises Problem 409 without a case of that municipality on the agenda, and when one invitation may not be sent:
    then nothing is sent at all.
    """
    row = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    complete = is_complete(work, row.cell_id) if row else False
    about = about_meeting(work, row)
    with saying_what_is_missing(work, row.cell_id if row else None):
        facts = meeting_facts(
            work,
            row,
            constitution_complete=complete,
            nothing_left_off=row is None or nothing_left_off(work, row),
        )
        work.allow(Action.MEETING_CONVENE, facts, about)
    row = there(row)
    work.expect(row.version)
    if not agenda_queries.own_items(work.session, row.id, work.actor.municipality_id):
        raise work.refuse(Action.MEETING_CONVENE, Problem(Kind.ILLEGAL_TRANSITION, rule="R61"), about)
    send_prepared(work, row)
    row.state = target(Action.MEETING_CONVENE)
    row.convened_at, row.convened_by = work.now, work.actor.person_id
    row.agreement_id = there(agreement_in_force(work.session, row.cell_id)).id
    # What was planned under another agreement opens no longer than the one it is convened under (R19).
    hours = governing(work.session, row.cell_id, row.agreement_id)["participant_window_hours"]
    row.window_until = row.ends_at + timedelta(hours=hours)
    row.version += 1
    work.session.flush()
    return meeting_view(work, row)
