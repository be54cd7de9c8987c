"""Planning a sitting, and finding one's meetings again (R3, R13, R67)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.constitution.agreements import settings_of
from app.constitution.models import ConsultationTable
from app.constitution.standing import cell_facts
from app.constitution.tables import saying_what_is_agreed, terms_of
from app.kernel.clock import brussels_day
from app.kernel.i18n import to_translate
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import agenda_queries, invitation_queries, minutes_queries, sight_queries
from app.meetings.agenda import meeting_view
from app.meetings.agenda_queries import Asked
from app.meetings.commands import ListMeeting, PlanMeeting
from app.meetings.models import CASE_TABLE, Meeting
from app.meetings.next_steps import step_of
from app.meetings.standing import about_meeting
from app.meetings.views import MeetingItem, MeetingPage, MeetingView
from app.rules.actions import Action
from app.rules.problems import invalid
from app.rules.retention import years_after
from app.rules.roles import DESK, Role
from app.rules.settings import setting

_LONGEST = timedelta(hours=24)
"""A sitting ends within a day: the reading window follows from its end, and must not be stretched by a plan."""


@operation(Action.MEETING_PLAN)
def plan_meeting(work: Work, command: PlanMeeting) -> MeetingView:
    """Plan a meeting of a table of one's own cell.

    Raises Problem: 409 at a table that the agreement in force does not have, 400 for a chair or secretary who cannot be it.
    """
    table = work.session.get(ConsultationTable, command.table_id)
    row_id = new_id()
    controller = work.actor.municipality_id or About().controller
    agreed = terms_of(work.session, table) is not None
    with saying_what_is_agreed():
        work.allow(
            Action.MEETING_PLAN,
            cell_facts(work, table.cell_id if table else None, table_agreed=agreed),
            About(controller, object_type="meeting", object_id=row_id),
        )
    table = there(table)
    if table.kind != CASE_TABLE:
        raise invalid("tableId", to_translate("at this table nobody is discussed; plan a meeting on policy"))
    check_period(work, command.starts_at, command.ends_at)
    check_chair(work, command.chair_id, table.cell_id)
    if command.secretary_id is not None:
        check_secretary(work, command.secretary_id, table.cell_id)
    hours = setting(settings_of(work.session, table.cell_id), "participant_window_hours")
    row = Meeting(
        id=row_id,
        cell_id=table.cell_id,
        municipality_id=there(work.actor.municipality_id),
        table_id=table.id,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        place=command.place,
        chair_id=command.chair_id,
        secretary_id=command.secretary_id,
        state="draft",
        window_until=command.ends_at + timedelta(hours=hours),
        created_by=there(work.actor.person_id),
        version=1,
    )
    work.session.add(row)
    return meeting_view(work, row)


def check_period(work: Work, starts_at: datetime, ends_at: datetime) -> None:
    """Raise Problem 400 for a time at which no meeting can be."""
    if not timedelta(0) < ends_at - starts_at <= _LONGEST:
        raise invalid(
            "endsAt", to_translate("the end comes after the beginning, within a day"), kind="invalidPeriod"
        )
    if ends_at <= work.now:
        raise invalid("startsAt", to_translate("this moment is in the past"), kind="invalidPeriod")
    if brussels_day(starts_at) > years_after(work.today, 1):  # what is planned opens a reading window
        raise invalid("startsAt", to_translate("this is more than twelve months ahead"), kind="invalidPeriod")


def check_chair(work: Work, person_id: UUID, cell_id: UUID) -> None:
    """Raise Problem 400 for somebody who cannot chair in this cell today (R13)."""
    _must_hold(work, person_id, cell_id, DESK, "chairId")


def check_secretary(work: Work, person_id: UUID, cell_id: UUID) -> None:
    """Raise Problem 400 for somebody who cannot take the minutes: they are kept by the municipality (R22, R67)."""
    _must_hold(work, person_id, cell_id, sight_queries.SECRETARIES, "secretaryId")
    if not invitation_queries.is_municipal(work.session, person_id):
        raise invalid("secretaryId", "not of the municipality (R22)", kind="referencedResourceNotFound")


def _must_hold(work: Work, person_id: UUID, cell_id: UUID, roles: frozenset[Role], field: str) -> None:
    if not invitation_queries.seated(work.session, person_id, cell_id, work.today).roles & roles:
        raise invalid(field, "nobody who can take this task in this cell", kind="referencedResourceNotFound")


@operation(Action.MEETING_LIST)
def list_meeting(work: Work, command: ListMeeting) -> MeetingPage:
    """Give the meetings that concern the actor: those held or with an item in sight; to the desk also those yet to sit."""
    work.allow(Action.MEETING_LIST, cell_facts(work, work.actor.cell_id), about_meeting(work, None))
    rows = sight_queries.visible_meetings(
        work.session,
        work.actor,
        work.now,
        when=command.when,
        after=position(command.cursor, datetime.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
    own = agenda_queries.own_counts(work.session, work.actor, [row.id for row in shown])
    minutes = minutes_queries.states(work.session, [row.id for row in shown if row.state == "closed"])
    asked = agenda_queries.own_asked(work.session, work.actor, [row.id for row in shown])
    more = cursor(shown[-1].starts_at.isoformat(), shown[-1].id) if len(rows) > command.page_size else None
    return MeetingPage(
        href=href("meetings"),
        items=[
            MeetingItem(
                meeting_id=row.id,
                href=href("meetings", row.id),
                table_id=row.table_id,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                place=row.place,
                state=row.state,
                own_items=own.get(row.id),
                waiting=asked[row.id].prepared or None if row.id in asked else None,
                minutes_state=minutes.get(row.id),
                next_step=_step(work, row, own.get(row.id, 0), asked.get(row.id, Asked())),
            )
            for row in shown
        ],
        next=more,
        page_size=command.page_size,
    )


def _step(work: Work, row: Meeting, tabled: int, asked: Asked) -> str | None:
    """Give what comes next before a sitting is over, to a desk that planned it, chairs it, or has an item on it."""
    holds = (
        tabled or row.municipality_id == work.actor.municipality_id or row.chair_id == work.actor.person_id
    )
    return step_of(work, row, tabled, asked) if holds and work.actor.role in DESK else None
