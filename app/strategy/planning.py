"""Meetings of the strategic and tactical table: planning one, and finding them again (R3, R13)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.constitution.cells import PURPOSE
from app.constitution.models import ConsultationTable
from app.constitution.standing import cell_facts
from app.constitution.tables import saying_what_is_agreed, terms_of
from app.directory.office_queries import holds_in, person_name
from app.kernel.clock import brussels_day
from app.kernel.i18n import to_translate, translate
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings.planning import check_period
from app.rules.actions import Action
from app.rules.policy import abilities
from app.rules.problems import invalid
from app.rules.roles import DESK
from app.strategy import queries
from app.strategy.commands import ListPolicyMeeting, PlanPolicyMeeting, ReadPolicyMeeting
from app.strategy.models import AgendaTopic, PolicyMeeting, Topic
from app.strategy.standing import about, meeting_facts
from app.strategy.views import (
    AgendaTopicView,
    PolicyMeetingItem,
    PolicyMeetingPage,
    PolicyMeetingView,
    TableMember,
)
from app.strategy.wording import nobody_named

KINDS = frozenset({"strategic", "tactical"})
"""The tables at which nobody is discussed (R6)."""


@operation(Action.POLICY_MEETING_PLAN)
def plan_policy_meeting(work: Work, command: PlanPolicyMeeting) -> PolicyMeetingView:
    """Plan a meeting of the strategic or tactical table of one's own cell.

    Raises Problem: 400 for an operational table, a moment that cannot be, or a chair who is none of the desk (R13); 409
    for a place that holds the mark of a case or of somebody (R6), or a table that the agreement in force does not have.
    """
    table = work.session.get(ConsultationTable, command.table_id)
    row_id = new_id()
    told = nobody_named([command.place], confirmed=True)
    agreed = terms_of(work.session, table) is not None
    facts = cell_facts(work, table.cell_id if table else None, nobody_named=told, table_agreed=agreed)
    with saying_what_is_agreed():
        work.allow(Action.POLICY_MEETING_PLAN, facts, about(work, "policyMeeting", row_id))
    table = there(table)
    if table.kind not in KINDS:
        raise invalid("tableId", to_translate("at this table persons are discussed, not topics"))
    check_period(work, command.starts_at, command.ends_at)
    if not holds_in(work.session, command.chair_id, table.cell_id, work.today, DESK):
        raise invalid(
            "chairId", "nobody who can take this task in this cell", kind="referencedResourceNotFound"
        )
    row = PolicyMeeting(
        id=row_id,
        cell_id=table.cell_id,
        table_id=table.id,
        table_kind=table.kind,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        place=command.place,
        chair_id=command.chair_id,
        state="draft",
        created_by=there(work.actor.person_id),
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    return policy_meeting_view(work, row)


@operation(Action.POLICY_MEETING_LIST)
def list_policy_meeting(work: Work, command: ListPolicyMeeting) -> PolicyMeetingPage:
    """Give the meetings of the strategic and tactical table; to the members only what was convened."""
    work.allow(Action.POLICY_MEETING_LIST, cell_facts(work, work.actor.cell_id), about(work, "policyMeeting"))
    rows = queries.meetings(
        work.session,
        work.actor.cell_id,
        work.now,
        drafts=work.actor.role in DESK,
        upcoming=command.when == "upcoming",
        after=position(command.cursor, datetime.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
    more = len(rows) > len(shown)
    clarified = queries.roles_clarified_at(work.session, work.actor.cell_id)
    return PolicyMeetingPage(
        href=href("policyMeetings"),
        items=[
            PolicyMeetingItem(
                policy_meeting_id=row.id,
                href=href("policyMeetings", row.id),
                table_kind=row.table_kind,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                place=row.place,
                state=row.state,
            )
            for row in shown
        ],
        next=cursor(shown[-1].starts_at.isoformat(), shown[-1].id) if more else None,
        page_size=command.page_size,
        roles_clarified_on=brussels_day(clarified) if clarified else None,
        abilities=abilities(
            work.actor,
            cell_facts(work, work.actor.cell_id, nobody_named=True, table_agreed=True),
            Action.POLICY_MEETING_PLAN,
            Action.TABLE_CREATE,
        ),
    )


@operation(Action.POLICY_MEETING_READ)
def read_policy_meeting(work: Work, command: ReadPolicyMeeting) -> PolicyMeetingView:
    """Give a meeting with its agenda, its notes and who was there. Before it is convened, to the desk alone."""
    row = queries.one(work.session, PolicyMeeting, command.policy_meeting_id)
    work.allow(
        Action.POLICY_MEETING_READ,
        meeting_facts(work, row),
        about(work, "policyMeeting", row.id if row else None),
    )
    return policy_meeting_view(work, there(row))


def policy_meeting_view(work: Work, row: PolicyMeeting) -> PolicyMeetingView:
    """Give a meeting as its reader sees it."""
    facts = meeting_facts(work, row, nobody_named=True)
    recorded = queries.attendance(work.session, row.id)
    named = {person for person, each in recorded.items() if each.present}
    busy = queries.busy_members(work.session, row.id)
    return PolicyMeetingView(
        version=row.version,
        href=href("policyMeetings", row.id),
        policy_meeting_id=row.id,
        cell_id=row.cell_id,
        table_id=row.table_id,
        table_kind=row.table_kind,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        chair=person_name(work.session, row.chair_id) or "",
        state=row.state,
        purpose=translate(work.actor.language, PURPOSE),
        convened_at=row.convened_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        changed_reason=row.changed_reason,
        topics=[
            agenda_topic_view(work, row, item, topic) for item, topic in queries.agenda(work.session, row.id)
        ],
        members=[
            TableMember(
                person_id=person.id,
                name=person.name,
                agency_name=person.agency,
                present=recorded[person.id].present if person.id in recorded else None,
                busy=person.id in busy or None,
            )
            for person in queries.members(work.session, row.cell_id, work.today, named)
        ],
        abilities=abilities(
            work.actor,
            facts,
            Action.POLICY_MEETING_CONVENE,
            Action.POLICY_MEETING_MOVE,
            Action.POLICY_MEETING_CANCEL,
            Action.POLICY_MEETING_OPEN,
            Action.POLICY_MEETING_CLOSE,
            Action.POLICY_MEETING_ATTEND,
            Action.AGENDA_TOPIC_ADD,
        ),
    )


def agenda_topic_view(work: Work, meeting: PolicyMeeting, item: AgendaTopic, topic: Topic) -> AgendaTopicView:
    """Give a topic on an agenda as its reader sees it."""
    facts = meeting_facts(work, meeting, nobody_named=True)
    return AgendaTopicView(
        version=item.version,
        href=href("agendaTopics", item.id),
        agenda_topic_id=item.id,
        agenda_topic_version=item.version,
        policy_meeting_id=meeting.id,
        topic_id=topic.id,
        kind=topic.kind,
        title=topic.title,
        text=topic.text,
        position=item.position,
        minutes=item.minutes,
        notes=item.notes,
        decisions=item.decisions,
        outcome=item.outcome,
        abilities=abilities(work.actor, facts, Action.AGENDA_TOPIC_WITHDRAW, Action.AGENDA_TOPIC_MINUTE),
    )
