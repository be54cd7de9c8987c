"""Planning a sitting, and finding one's meetings again (R3, R13, R67)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.constitution.agreements import settings_of
from app.constitution.models import ConsultationTable
from app.constitution.standing import cell_facts
from app.kernel.clock import brussels_day
from app.kernel.i18n import to_translate
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import queries
from app.meetings.agenda import meeting_view
from app.meetings.commands import ListMeeting, PlanMeeting
from app.meetings.models import Meeting
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
    """Plan a meeting of a table of one's own cell. Raises Problem 400 for a chair or secretary who cannot be it."""
    table = work.session.get(ConsultationTable, command.table_id)
    row_id = new_id()
    controller = work.actor.municipality_id or About().controller
    work.allow(
        Action.MEETING_PLAN,
        cell_facts(work, table.cell_id if table else None),
        About(controller, object_type="meeting", object_id=row_id),
    )
    table = there(table)
    if not timedelta(0) < command.ends_at - command.starts_at <= _LONGEST:
        raise invalid(
            "endsAt", to_translate("the end comes after the beginning, within a day"), kind="invalidPeriod"
        )
    if command.ends_at <= work.now:
        raise invalid("startsAt", to_translate("this moment is in the past"), kind="invalidPeriod")
    if brussels_day(command.starts_at) > years_after(work.today, 1):  # what is planned opens a reading window
        raise invalid("startsAt", to_translate("this is more than twelve months ahead"), kind="invalidPeriod")
    _must_hold(work, command.chair_id, table.cell_id, DESK, "chairId")
    if command.secretary_id is not None:
        _must_hold(work, command.secretary_id, table.cell_id, queries.SECRETARIES, "secretaryId")
        if not queries.is_municipal(
            work.session, command.secretary_id
        ):  # of the municipality that keeps the record
            raise invalid("secretaryId", "not of the municipality (R22)", kind="referencedResourceNotFound")
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


def _must_hold(work: Work, person_id: UUID, cell_id: UUID, roles: frozenset[Role], field: str) -> None:
    if not queries.seated(work.session, person_id, cell_id, work.today).roles & roles:
        raise invalid(field, "nobody who can take this task in this cell", kind="referencedResourceNotFound")


@operation(Action.MEETING_LIST)
def list_meeting(work: Work, command: ListMeeting) -> MeetingPage:
    """Give the meetings that concern the actor: those held or with an item in sight; to the desk also those yet to sit."""
    work.allow(Action.MEETING_LIST, cell_facts(work, work.actor.cell_id), about_meeting(work, None))
    rows = queries.visible_meetings(
        work.session,
        work.actor,
        work.now,
        upcoming=command.when == "upcoming",
        after=position(command.cursor, datetime.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
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
            )
            for row in shown
        ],
        next=more,
        page_size=command.page_size,
    )
