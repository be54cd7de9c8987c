"""The sitting: opening it, who is in the room for which item, closing it (R10, R11, R62, R63, R69, R96)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from sqlalchemy import text

from app.constitution.agreements import settings_of
from app.kernel.clock import brussels_day
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import queries
from app.meetings.agenda import meeting_view
from app.meetings.commands import CloseMeeting, OpenMeeting, RecordAttendance
from app.meetings.composition import is_complete, is_core_recorded
from app.meetings.inviting import FRENCH_COMMUNITY
from app.meetings.models import Attendance, Meeting, Minutes
from app.meetings.standing import about_item, about_whole, item_facts, meeting_facts, writing_standing
from app.meetings.views import AttendanceView, MeetingView
from app.rules.actions import Action
from app.rules.lifecycle import target
from app.rules.problems import Kind, Problem, invalid
from app.rules.retention import EXTENSION_MOST_YEARS, case_due_on, years_after
from app.rules.roles import POLICE
from app.rules.settings import setting

_RECORD = text(
    "SELECT case_id, subject_id, municipality_id FROM record_discussions(:meeting, :day, :due, :limit, :lock, :review)"
)
_CAN_COME = frozenset({"sent", "accepted"})
_ACCEPTED = frozenset({"accepted"})
"""A service of the French Community comes only after it said that it cares for the person (R35)."""


LONGEST_SITTING = timedelta(hours=12)


@operation(Action.MEETING_OPEN)
def open_meeting(work: Work, command: OpenMeeting) -> MeetingView:
    """Open the sitting and lay out its minutes. Raises Problem 409 while the core composition is not recorded."""
    row = queries.meeting(work.session, command.meeting_id, lock=True)
    cell_id = row.cell_id if row else None
    facts = meeting_facts(
        work,
        row,
        constitution_complete=is_complete(work, cell_id),
        core_recorded=is_core_recorded(work, cell_id),
    )
    work.allow(Action.MEETING_OPEN, facts, about_whole(work, row))
    row = there(row)
    work.expect(row.version)
    row.state, row.opened_at = target(Action.MEETING_OPEN), work.now
    # A sitting may run over its plan without its people losing sight; one that is never closed ends here all the same.
    # Opening late does not open again what ran out with the plan.
    if work.now <= row.window_until:
        row.window_until = max(row.window_until, work.now + LONGEST_SITTING)
    row.version += 1
    work.session.add(Minutes(id=new_id(), meeting_id=row.id, cell_id=row.cell_id, state="draft", version=1))
    work.session.flush()
    return meeting_view(work, row)


@operation(Action.ATTENDANCE_RECORD)
def record_attendance(work: Work, command: RecordAttendance) -> AttendanceView:
    """Record that somebody is or is not in the room for one item.

    Only who was invited to it, its own desk and the named secretary can be; a police member only with a clearance
    that holds today (R10). Raises Problem: 400 for somebody else, 409 outside the sitting.
    """
    seat = queries.seat(work.session, work.actor, command.agenda_item_id)
    about = about_item(seat.item if seat else None, "attendance", seat.item.id if seat else None)
    facts = item_facts(work, seat, standing=writing_standing(work, seat))
    work.allow(Action.ATTENDANCE_RECORD, facts, about)
    seat = there(seat)
    item, meeting = seat.item, seat.meeting
    who = queries.seated(work.session, command.person_id, meeting.cell_id, work.today)
    asked = queries.invited(work.session, item.id, command.person_id)
    expected = (
        (asked is not None and asked.state in (_ACCEPTED if asked.regime == FRENCH_COMMUNITY else _CAN_COME))
        or item.municipality_id in who.municipalities
        or meeting.secretary_id == command.person_id
    )
    if not who.roles or not expected or queries.is_excluded(work.session, command.person_id, item.case_id):
        raise invalid("personId", "nobody invited to this item", kind="referencedResourceNotFound")
    cleared = who.clearance_until is not None and who.clearance_until >= work.today
    if command.present and who.roles & POLICE and not cleared:
        problem = Problem(Kind.RULE_NOT_MET, rule="R10", why="rule.R10")
        raise work.refuse(Action.ATTENDANCE_RECORD, problem, about)
    row = queries.attendance(work.session, item.id, command.person_id)
    if row is None:
        row = Attendance(
            agenda_item_id=item.id,
            person_id=command.person_id,
            meeting_id=meeting.id,
            case_id=item.case_id,
            municipality_id=item.municipality_id,
            present=command.present,
            recorded_at=work.now,
        )
        work.session.add(row)
    row.present, row.recorded_at = command.present, work.now
    return AttendanceView(
        agenda_item_id=item.id, person_id=row.person_id, present=row.present, recorded_at=row.recorded_at
    )


@operation(Action.MEETING_CLOSE)
def close_meeting(work: Work, command: CloseMeeting) -> MeetingView:
    """Close the sitting: the reading window starts to run out, and each case discussed gets its dates.

    The day of discussion is the day the sitting was opened, as the meeting record says it (R69); one journal line
    for each case discussed, of whichever municipality of the cell.
    """
    row = queries.meeting(work.session, command.meeting_id, lock=True)
    facts = meeting_facts(work, row)
    work.allow(Action.MEETING_CLOSE, facts, about_whole(work, row))
    row = there(row)
    work.expect(row.version)
    fixed = settings_of(work.session, row.cell_id)
    row.state, row.closed_at = target(Action.MEETING_CLOSE), work.now
    if (
        work.now <= row.window_until
    ):  # a window that ran out with the plan is not opened again by closing late
        row.window_until = work.now + timedelta(hours=setting(fixed, "participant_window_hours"))
    row.version += 1
    work.session.flush()
    discussed = _record_discussions(work, row, fixed)
    if discussed:
        work.allow(Action.MEETING_CLOSE, facts, discussed, reason="discussed")
    return meeting_view(work, row)


def _record_discussions(work: Work, row: Meeting, fixed: dict[str, int]) -> list[About]:
    day = brussels_day(row.opened_at or work.now)
    found = work.session.execute(
        _RECORD,
        {
            "meeting": row.id,
            "day": day,
            "due": case_due_on(day, fixed),
            "limit": years_after(day, EXTENSION_MOST_YEARS),
            "lock": setting(fixed, "retention_lock_days"),
            "review": months_after(day, setting(fixed, "review_months")),
        },
    )
    return [About(r.municipality_id, r.case_id, r.subject_id, "case", r.case_id) for r in found]


def months_after(day: date, months: int) -> date:
    """Give the day *months* months after *day*; the last day of a shorter month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
