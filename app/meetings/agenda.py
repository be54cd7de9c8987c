"""The agenda: what stands on it, and consulting it (R4, R6, R18, R19, R61).

Reading the meeting is the hot path: one question for the meeting with its items, one to the key store.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from app.cases import queries as cases
from app.cases.sealing import open_in, seal_in
from app.cases.standing import about_case, case_facts
from app.cases.statements import statement_views
from app.constitution.codes import codes
from app.constitution.models import ConsultationTable
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import queries
from app.meetings.briefing import briefing_view
from app.meetings.commands import AddAgendaItem, ReadAgendaItem, ReadMeeting
from app.meetings.composition import is_complete
from app.meetings.models import AgendaItem, Meeting
from app.meetings.standing import (
    ALWAYS,
    SAT,
    about_item,
    about_meeting,
    in_sitting,
    item_facts,
    meeting_standing,
    standing_at,
    takes_minutes,
    window_for,
)
from app.meetings.views import AgendaEntry, AgendaItemView, MeetingView, TablePerson, Why
from app.rules.actions import Action
from app.rules.facts import NEVER, Facts, Standing
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.roles import MAYORAL

CASE_TABLE = "operational"
"""The one kind of table at which persons are discussed (R6)."""
_BEFORE = frozenset({"draft", "convened"})


@operation(Action.MEETING_READ)
def read_meeting(work: Work, command: ReadMeeting) -> MeetingView:
    """Give a meeting with its agenda as this reader may see it.

    The desk sees the items of its own municipality, an invitee only the items invited to, and only while the
    window is open. After the sitting the desk sees the references of its items, and more only for a reason of the
    pick-list (R107). Journal: one line for the meeting, one for each item shown.
    """
    actor, now = work.actor, work.now
    row, items = queries.meeting_with_agenda(work.session, actor, now, command.meeting_id)
    drafting = _minutes_state(work, row)
    on_items = [
        standing_at(
            actor, now, there(row), i.municipality_id, invited=i.invited, present=i.present, minutes_state=drafting
        )
        for i in items
    ]  # fmt: skip
    standing = max([meeting_standing(work, row), *on_items])
    first = items[0].municipality_id if items else None
    known = command.reason in codes("accessReasons", work.today)
    over = row is not None and not in_sitting(now, row)
    unnamed = {
        i.id for i, at in zip(items, on_items, strict=True) if at is Standing.FILE and over and not known
    }
    work.allow(
        Action.MEETING_READ,
        work.facts(standing=standing, state=row.state if row else None),
        [about_meeting(work, row, first), *(about_item(item) for item in items if item.id in unnamed)],
    )
    row = there(row)
    named = [(i, at) for i, at in zip(items, on_items, strict=True) if i.id not in unnamed]
    if named:
        weakest = min(at for _, at in named)
        until = ALWAYS if weakest is Standing.FILE else window_for(actor, row)
        locks_on = min(item.locks_on for item, _ in named)
        facts = work.facts(
            standing=weakest, state=row.state, window_until=until, access_reason=True, locks_on=locks_on
        )
        abouts = [about_item(item) for item, _ in named]
        stated = (command.reason or "") if known and over else ""
        work.allow(Action.AGENDA_ITEM_READ, facts, abouts, reason=stated)
    shown = [
        (i._replace(subject=None, question=None) if i.id in unnamed else i, at)
        for i, at in zip(items, on_items, strict=True)
    ]
    view = meeting_view(work, row, shown, standing=standing)
    view.abilities += _drafting(work, row, standing)
    return view


def _drafting(work: Work, row: Any, standing: Standing) -> list[str]:
    """Give `minutes.draft` to who may write the minutes of a sitting, while they are being written (R66)."""
    facts = work.facts(standing=standing, state="draft", locks_on=NEVER, use_conditions_kept=True)
    able = abilities(work.actor, facts, Action.MINUTES_DRAFT) if row.state in SAT else []
    minutes = queries.minutes(work.session, row.id) if able else None
    return able if minutes is not None and minutes.state == "draft" else []


def _minutes_state(work: Work, row: Any) -> str | None:
    """Give the state of the minutes where the reader's standing depends on it: for their secretary."""
    if row is None or not takes_minutes(work.actor, row):
        return None
    minutes = queries.minutes(work.session, row.id)
    return minutes.state if minutes else None


def meeting_view(
    work: Work,
    row: Meeting | Any,
    items: Sequence[tuple[Any, Standing]] | None = None,
    *,
    standing: Standing = Standing.FILE,
) -> MeetingView:
    """Give a meeting with the (agenda row, standing) pairs that were allowed to this reader; None: no agenda."""
    work.vault.prepare([item.case_id for item, _ in items or () if item.question is not None])
    holds = standing is Standing.FILE and meeting_standing(work, row) is Standing.FILE
    facts = work.facts(
        standing=Standing.FILE if holds else Standing.NONE,
        state=row.state,
        constitution_complete=True,
        core_recorded=True,
    )
    return MeetingView(
        version=row.version,
        href=href("meetings", row.id),
        meeting_id=row.id,
        cell_id=row.cell_id,
        table_id=row.table_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        state=row.state,
        chair_id=row.chair_id,
        secretary_id=row.secretary_id,
        window_until=row.window_until,
        items=None
        if items is None
        else [_entry(work, row, item, at, n) for n, (item, at) in enumerate(items, 1)],
        abilities=abilities(
            work.actor, facts, Action.MEETING_CONVENE, Action.MEETING_OPEN, Action.MEETING_CLOSE
        )
        if holds
        else [],
    )


def _entry(work: Work, meeting: Any, item: Any, standing: Standing, number: int) -> AgendaEntry:
    return AgendaEntry(
        agenda_item_id=item.id,
        href=href("agendaItems", item.id),
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        reference=item.reference,
        subject_name=_name(work, item.case_id, item.subject),
        question=open_in(work, item.case_id, "agenda_item", "question", item.id, item.question),
        minutes=item.minutes,
        position=number,
        present=item.present,
        invitation_id=item.invitation_id,
        invitation_state=item.invited,
        invitation_version=item.invitation_version,
        why=Why(
            standing=standing.name.lower(),
            ground_list=item.ground_list,
            ground_code=item.ground_code,
            invited_by=item.invited_by,
            invited_at=item.sent_at,
            visible_until=None if standing is Standing.FILE else meeting.window_until,
        ),
    )


def _name(work: Work, case_id: Any, sealed: Any) -> str | None:
    said = open_in(work, case_id, "case_file", "subject", case_id, sealed)
    return orjson.loads(said)["name"] if said else None


@operation(Action.AGENDA_ITEM_ADD)
def add_agenda_item(work: Work, command: AddAgendaItem) -> AgendaItemView:
    """Put a case of one's own municipality on the agenda of an operational table.

    Raises Problem: 404 for a case that is not there for the actor, 409 for one that is closed or locked and for
    a table without cases, 400 for a case that is on this agenda already.
    """
    case = cases.case(work.session, command.case_id)
    row_id = new_id()
    complete = is_complete(work, case.cell_id) if case else False
    about = about_case(case, "agendaItem", row_id)
    work.allow(Action.AGENDA_ITEM_ADD, case_facts(work, case, constitution_complete=complete), about)
    case = there(case)
    meeting = queries.meeting(work.session, command.meeting_id, lock=True)
    if meeting is None or meeting.cell_id != case.cell_id:
        raise invalid("meetingId", "no such meeting", kind="referencedResourceNotFound")
    table = work.session.get_one(ConsultationTable, meeting.table_id)
    if table.kind != CASE_TABLE:
        problem = Problem(Kind.RULE_NOT_MET, rule="R6", why="rule.R6")
        raise work.refuse(Action.AGENDA_ITEM_ADD, problem, about)
    if meeting.state not in _BEFORE:
        raise work.refuse(Action.AGENDA_ITEM_ADD, Problem(Kind.ILLEGAL_TRANSITION, rule="R61"), about)
    if queries.is_tabled(work.session, meeting.id, case.id):
        raise invalid("caseId", "on this agenda already")
    row = AgendaItem(
        id=row_id,
        meeting_id=meeting.id,
        cell_id=meeting.cell_id,
        municipality_id=case.municipality_id,
        case_id=case.id,
        subject_id=case.subject_id,
        position=queries.last_position(work.session, meeting.id, case.municipality_id) + 1,
        minutes=command.minutes,
        question=seal_in(work, case.id, "agenda_item", "question", row_id, command.question),
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    work.session.refresh(
        meeting, with_for_update=True
    )  # the first item of another desk: only now is it hers to lock
    if meeting.state not in _BEFORE:
        raise work.refuse(Action.AGENDA_ITEM_ADD, Problem(Kind.ILLEGAL_TRANSITION, rule="R61"), about)
    seat = queries.Seat(row, meeting, None, None, excluded=False, locks_on=case.locks_on, minutes_state=None)
    return _item_view(work, seat, item_facts(work, seat))


@operation(Action.AGENDA_ITEM_READ)
def read_agenda_item(work: Work, command: ReadAgendaItem) -> AgendaItemView:
    """Give one item: the question, who is at the table, and of what was said there what this reader may know.

    Raises Problem 409: to the desk after the sitting without a reason of the pick-list (R107), once the case is
    locked (R90).
    """
    seat = queries.seat(work.session, work.actor, command.agenda_item_id)
    known = command.reason in codes("accessReasons", work.today)
    facts = item_facts(work, seat, access_reason=known)
    stated = command.reason if known and seat and not in_sitting(work.now, seat.meeting) else None
    work.allow(Action.AGENDA_ITEM_READ, facts, about_item(seat.item if seat else None), reason=stated or "")
    return _item_view(work, there(seat), facts)


def _item_view(work: Work, seat: queries.Seat, facts: Facts) -> AgendaItemView:
    item, meeting, invitation = seat.item, seat.meeting, seat.invitation
    case = there(cases.case(work.session, item.case_id))
    inviter = invitation.sent_by if invitation else None
    desk = facts.standing is Standing.FILE
    steps = (Action.INVITATION_PREPARE,) if desk else ()
    return AgendaItemView(
        version=item.version,
        href=href("agendaItems", item.id),
        agenda_item_id=item.id,
        meeting_id=item.meeting_id,
        meeting_state=meeting.state,
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        reference=case.reference,
        subject_name=_name(work, case.id, case.subject),
        question=there(open_in(work, case.id, "agenda_item", "question", item.id, item.question)),
        minutes=item.minutes,
        why=Why(
            standing=facts.standing.name.lower(),
            ground_list=invitation.ground_list if invitation else None,
            ground_code=invitation.ground_code if invitation else None,
            invited_by=cases.person_name(work.session, inviter) if inviter else None,
            invited_at=invitation.sent_at if invitation else None,
            visible_until=None if desk else meeting.window_until,
        ),
        people=_people(work, seat, facts.standing),
        briefings=[
            briefing_view(*found)
            for found in queries.briefings_at(work.session, item.id, work.actor.municipality_id)
        ]
        if desk
        else None,
        statements=statement_views(
            work, queries.statements_at(work.session, item.id), standing=facts.standing
        ),
        abilities=abilities(
            work.actor,
            work.facts(
                standing=facts.standing,
                state=meeting.state,
                locks_on=case.locks_on,
                ground_stated=True,
                residual_reason=True,
                line_manager_addressed=True,
            ),
            *steps,
        ),
    )


def _people(work: Work, seat: queries.Seat, standing: Standing) -> list[TablePerson]:
    """Give who is at the table: to desk and secretary everybody asked, to those who sit there who is present."""
    if standing < Standing.ATTENDING:
        return []
    item = seat.item
    desk = standing is Standing.FILE or takes_minutes(work.actor, seat.meeting)
    told = standing is Standing.FILE and work.actor.role in MAYORAL
    return [
        TablePerson(
            person_id=person.id,
            name=person.name,
            agency_name=agency,
            present=present,
            invitation_id=asked.id if asked and desk else None,
            invitation_state=asked.state if asked and desk else None,
            invitation_version=asked.version if asked and desk else None,
            refusal_reason=open_in(
                work, item.case_id, "invitation", "refusal_reason", asked.id, asked.refusal_reason
            )
            if asked and told
            else None,
        )
        for person, agency, asked, present in queries.people(work.session, item.id)
        if desk or present
    ]
