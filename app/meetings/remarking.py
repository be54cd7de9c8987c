"""Remarks on submitted minutes, and assent to them, by those who were there (R67)."""

from __future__ import annotations

from app.cases.sealing import seal_in
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import agenda_queries, minutes_queries
from app.meetings.minutes_commands import AssentMinutes, RemarkMinutes
from app.meetings.minutes_reading import minutes_view
from app.meetings.models import Remark
from app.meetings.standing import about_item, about_meeting
from app.meetings.views import MinutesView, RemarkView
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.problems import Kind, Problem


@operation(Action.MINUTES_REMARK)
def remark_minutes(work: Work, command: RemarkMinutes) -> RemarkView:
    """Remark on one item of submitted minutes, as somebody who was there, within the days given.

    It takes one's own assent back. Raises Problem 409 where the minutes were approved or taken back at the same moment.
    """
    rows = minutes_queries.readable_items(work.session, work.actor, work.now, command.meeting_id, file=False)
    item = next((i for i, _, _ in rows if i.id == command.agenda_item_id), None)
    minutes = minutes_queries.minutes(work.session, command.meeting_id) if item else None
    row_id = new_id()
    facts = work.facts(
        standing=Standing.ATTENDING if item else Standing.NONE,
        state=minutes.state if minutes else None,
        window_until=minutes.remarks_until if minutes else None,
    )
    about = about_item(item, "minutesRemark", row_id)
    work.allow(Action.MINUTES_REMARK, facts, about)
    item, minutes = there(item), there(minutes)
    if not minutes_queries.still_submitted(work.session, minutes.id):
        raise work.refuse(Action.MINUTES_REMARK, Problem(Kind.ILLEGAL_TRANSITION, rule="R67"), about)
    row = Remark(
        id=row_id,
        minutes_id=minutes.id,
        agenda_item_id=item.id,
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        person_id=there(work.actor.person_id),
        text=seal_in(work, item.case_id, "minutes_remark", "text", row_id, command.text),
        remarked_at=work.now,
    )
    work.session.add(row)
    return RemarkView(
        remark_id=row.id,
        agenda_item_id=item.id,
        person_id=row.person_id,
        text=command.text,
        remarked_at=row.remarked_at,
    )


@operation(Action.MINUTES_ASSENT)
def assent_minutes(work: Work, command: AssentMinutes) -> MinutesView:
    """Say, as somebody who was there, that one has no remark on the minutes as they stand; a journal line for each item.

    Once all have, the chair need not wait for the days to be over.
    """
    rows = minutes_queries.readable_items(work.session, work.actor, work.now, command.meeting_id, file=False)
    there_for = minutes_queries.presence(work.session, work.actor, command.meeting_id)
    attended = [(item, row) for item, row, _ in rows if row is not None and item.id in there_for]
    meeting = agenda_queries.meeting(work.session, command.meeting_id)
    minutes = minutes_queries.minutes(work.session, command.meeting_id) if attended else None
    facts = work.facts(
        standing=Standing.ATTENDING if attended else Standing.NONE,
        state=minutes.state if minutes else None,
        window_until=minutes.remarks_until if minutes else None,
    )
    about = [about_item(item, "minutesItem", row.id) for item, row in attended]
    work.allow(Action.MINUTES_ASSENT, facts, about or about_meeting(work, meeting))
    meeting, minutes = there(meeting), there(minutes)
    work.expect(minutes.version)
    minutes_queries.assent(work.session, meeting.id)
    return minutes_view(work, meeting, minutes, [])
