"""The sitting: opening it, who is in the room for which item, closing it (R10, R11, R62, R63, R69, R96)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from app.constitution.agreements import governing
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.clock import brussels_day
from app.kernel.i18n import register_codes
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import agenda_queries, invitation_queries, sight_queries, sitting_queries
from app.meetings.agenda import meeting_view
from app.meetings.commands import CloseMeeting, OpenMeeting, RecordAttendance
from app.meetings.composition import chair_holds, is_complete, is_core_recorded, saying_what_is_missing
from app.meetings.inviting import FRENCH_COMMUNITY
from app.meetings.models import Attendance, AttendanceMove, Meeting, Minutes
from app.meetings.standing import about_item, about_whole, item_facts, meeting_facts, writing_standing
from app.meetings.views import AttendanceView, MeetingView
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.lifecycle import target
from app.rules.problems import LIVCR, Issue, Kind, Problem, invalid
from app.rules.retention import EXTENSION_MOST_YEARS, case_due_on, months_after, years_after
from app.rules.roles import POLICE

_RECORD = text(
    "SELECT case_id, subject_id, municipality_id FROM record_discussions(:meeting, :day, :due, :limit, :lock, :review)"
)
_RECORD_EXTENSIONS = text("SELECT * FROM record_extensions(:meeting, :day)")
_CAN_COME = frozenset({"sent", "accepted"})
_ACCEPTED = frozenset({"accepted"})
"""A service of the French Community comes only after it said that it cares for the person (R35)."""


register_codes("openMeeting", ["beforeItsDay"])
LONGEST_SITTING = timedelta(hours=12)


@operation(Action.MEETING_OPEN)
def open_meeting(work: Work, command: OpenMeeting) -> MeetingView:
    """Open the sitting and lay out its minutes.

    Raises Problem 409 while the core composition is not recorded, before the meeting's own day (the day of opening is the
    day of discussion, R69; a meeting that is held earlier is moved first), and with nothing on its agenda.
    """
    row = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    cell_id = row.cell_id if row else None
    facts = meeting_facts(
        work,
        row,
        constitution_complete=is_complete(work, cell_id),
        core_recorded=is_core_recorded(work, cell_id),
        chair_mandated=row is not None and chair_holds(work, row),
        day_come=row is not None and brussels_day(row.starts_at) <= work.today,
    )
    about = about_whole(work, row)
    with saying_what_is_missing(work, cell_id), _saying_its_day():
        work.allow(Action.MEETING_OPEN, facts, about)
    row = there(row)
    work.expect(row.version)
    if not agenda_queries.municipalities_at(work.session, row.id):
        raise work.refuse(Action.MEETING_OPEN, Problem(Kind.ILLEGAL_TRANSITION, rule="R61"), about[0])
    row.state, row.opened_at = target(Action.MEETING_OPEN), work.now
    # A sitting may run over its plan without its people losing sight; one that is never closed ends here all the same.
    # Opening late does not open again what ran out with the plan.
    if work.now <= row.window_until:
        row.window_until = max(row.window_until, work.now + LONGEST_SITTING)
    row.version += 1
    work.session.add(Minutes(id=new_id(), meeting_id=row.id, cell_id=row.cell_id, state="draft", version=1))
    work.session.flush()
    return meeting_view(work, row)


@contextmanager
def _saying_its_day() -> Iterator[None]:
    """Have a refusal to open before the day of the meeting say so, as an issue."""
    try:
        yield
    except Problem as fault:
        if fault.rule != Condition.DAY_COME.number:
            raise
        issue = Issue(f"{LIVCR}beforeItsDay", "state", "startsAt", "openMeeting.beforeItsDay")
        raise Problem(fault.kind, fault.rule, fault.why, (issue,), logged=fault.logged) from None


@operation(Action.ATTENDANCE_RECORD)
def record_attendance(work: Work, command: RecordAttendance) -> AttendanceView:
    """Record that somebody is or is not in the room for one item.

    Only who was invited to it, its own desk and the named secretary can be; a police member only with a clearance
    that holds today (R10), and nobody who did not confirm the secrecy duty (R16). Raises Problem: 400 for somebody
    else, 409 outside the sitting, also where somebody closes it at the same moment.
    """
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    about = about_item(seat.item if seat else None, "attendance", seat.item.id if seat else None)
    facts = item_facts(work, seat, standing=writing_standing(work, seat))
    if not command.present:
        facts = replace(facts, still_listed=True)  # who leaves the room, leaves it
    work.allow(Action.ATTENDANCE_RECORD, facts, about)
    seat = there(seat)
    item, meeting = seat.item, seat.meeting
    who = invitation_queries.seated(work.session, command.person_id, meeting.cell_id, work.today)
    asked = invitation_queries.invited(work.session, item.id, command.person_id)
    expected = (
        (asked is not None and asked.state in (_ACCEPTED if asked.regime == FRENCH_COMMUNITY else _CAN_COME))
        or item.municipality_id in who.municipalities
        or meeting.secretary_id == command.person_id
    )
    if (
        not who.roles
        or not expected
        or invitation_queries.is_excluded(work.session, command.person_id, item.case_id)
    ):
        raise invalid("personId", "nobody invited to this item", kind="referencedResourceNotFound")
    unmet = _keeps_out(work, command.person_id, who) if command.present else ""
    if unmet:
        problem = Problem(Kind.RULE_NOT_MET, rule=unmet, why=f"rule.{unmet}")
        raise work.refuse(Action.ATTENDANCE_RECORD, problem, about)
    if not sitting_queries.still_sits(work.session, meeting.id):
        raise work.refuse(Action.ATTENDANCE_RECORD, Problem(Kind.ILLEGAL_TRANSITION, rule="R62"), about)
    row = sitting_queries.attendance(work.session, item.id, command.person_id)
    if row is None:
        row = Attendance(
            agenda_item_id=item.id,
            person_id=command.person_id,
            meeting_id=meeting.id,
            case_id=item.case_id,
            municipality_id=item.municipality_id,
            present=False,
            recorded_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
    kind = _move(row, command)
    if kind:
        row.present = kind != "struck"
        row.left_at = work.now if kind == "left" else None
        row.recorded_at = work.now
        work.session.add(
            AttendanceMove(
                id=new_id(),
                meeting_id=meeting.id,
                agenda_item_id=item.id,
                case_id=item.case_id,
                municipality_id=item.municipality_id,
                person_id=command.person_id,
                kind=kind,
                moved_at=work.now,
                recorded_by=work.actor.person_id,
            )
        )
    return AttendanceView(
        agenda_item_id=item.id,
        person_id=row.person_id,
        present=row.present and row.left_at is None,
        left_at=row.left_at,
        recorded_at=row.recorded_at,
    )


def _keeps_out(work: Work, person_id: UUID, who: invitation_queries.Seated) -> str:
    """Give the rule that keeps somebody out of the room: a member of the police without a clearance, or who is not bound."""
    cleared = who.clearance_until is not None and who.clearance_until >= work.today
    if who.roles & POLICE and not cleared:
        return "R10"
    return "" if invitation_queries.is_bound(work.session, person_id, work.today) else "R16"


def _move(row: Attendance, command: RecordAttendance) -> str:
    """Give what a record adds: came, left, struck; nothing when it is as it was, so that saying it twice changes nothing."""
    here = row.present and row.left_at is None
    if command.present:
        return "" if here else "came"
    if command.correction:
        return "struck" if row.present else ""
    return "left" if here else ""


@operation(Action.MEETING_CLOSE)
def close_meeting(work: Work, command: CloseMeeting) -> MeetingView:
    """Close the sitting: the reading window starts to run out, and each case discussed gets its dates.

    The day of discussion is the day the sitting was opened, as the meeting record says it (R69); one journal line
    for each case discussed, of whichever municipality of the cell.
    """
    row = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    facts = meeting_facts(work, row)
    work.allow(Action.MEETING_CLOSE, facts, about_whole(work, row))
    row = there(row)
    work.expect(row.version)
    fixed = governing(work.session, row.cell_id, row.agreement_id)
    row.state, row.closed_at = target(Action.MEETING_CLOSE), work.now
    if (
        work.now <= row.window_until
    ):  # a window that ran out with the plan is not opened again by closing late
        row.window_until = work.now + timedelta(hours=fixed["participant_window_hours"])
    row.version += 1
    work.session.flush()
    extended = _record_extensions(work, row)
    if extended:
        work.allow(Action.MEETING_CLOSE, facts, extended, reason="extensionDiscussed")
    discussed = _record_discussions(work, row, fixed)
    if discussed:
        work.allow(Action.MEETING_CLOSE, facts, discussed, reason="discussed")
    return meeting_view(work, row)


def _record_extensions(work: Work, row: Meeting) -> list[About]:
    """Record which extensions were discussed; the mayors who decide on them are told by reference (R87)."""
    day = brussels_day(row.opened_at or work.now)
    found = work.session.execute(_RECORD_EXTENSIONS, {"meeting": row.id, "day": day}).all()
    for each in found:
        for person_id in each.mayors:
            leave_notice(work, person_id, NoticeCode.EXTENSION_WAITS, each.reference, each.municipality_id)
    return [
        About(each.municipality_id, each.case_id, each.subject_id, "extension", each.extension_id)
        for each in found
    ]


def _record_discussions(work: Work, row: Meeting, fixed: dict[str, int]) -> list[About]:
    day = brussels_day(row.opened_at or work.now)
    found = work.session.execute(
        _RECORD,
        {
            "meeting": row.id,
            "day": day,
            "due": case_due_on(day, fixed),
            "limit": years_after(day, EXTENSION_MOST_YEARS),
            "lock": fixed["retention_lock_days"],
            "review": months_after(day, fixed["review_months"]),
        },
    )
    return [About(r.municipality_id, r.case_id, r.subject_id, "case", r.case_id) for r in found]
