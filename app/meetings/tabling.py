"""Putting cases on an agenda: one with its question, or several at once with their invitations prepared (R6, R61)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from app.cases import extension_queries
from app.cases import queries as cases
from app.cases.sealing import seal_in
from app.cases.standing import about_case, case_facts
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import agenda_queries, sight_queries
from app.meetings.agenda_items import item_view
from app.meetings.commands import AddAgendaItem, Entry, PrepareInvitation, TableMeeting
from app.meetings.composition import is_complete, saying_what_is_missing
from app.meetings.inviting import prepare_invitation
from app.meetings.models import TABLED, AgendaItem
from app.meetings.proposal_views import TabledItem, TabledView
from app.meetings.standing import BEFORE, about_meeting, item_facts, meeting_facts
from app.meetings.tracking import tell_those_who_hold, track
from app.meetings.views import AgendaItemView
from app.rules.actions import Action
from app.rules.problems import INPUT, Issue, Kind, Problem, invalid


@operation(Action.AGENDA_ITEM_ADD)
def add_agenda_item(work: Work, command: AddAgendaItem) -> AgendaItemView:
    """Put a case of one's own municipality on the agenda of an operational table.

    Raises Problem: 404 for a case that is not there for the actor, 409 for one that is closed or locked,
    400 for a case that is on this agenda already.
    """
    case = cases.case(work.session, command.case_id)
    row_id = new_id()
    complete = is_complete(work, case.cell_id) if case else False
    about = about_case(case, "agendaItem", row_id)
    with saying_what_is_missing(work, case.cell_id if case else None):
        work.allow(Action.AGENDA_ITEM_ADD, case_facts(work, case, constitution_complete=complete), about)
    case = there(case)
    meeting = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    if meeting is None or meeting.cell_id != case.cell_id:
        raise invalid("meetingId", "no such meeting", kind="referencedResourceNotFound")
    if meeting.state not in BEFORE:
        raise work.refuse(Action.AGENDA_ITEM_ADD, Problem(Kind.ILLEGAL_TRANSITION, rule="R61"), about)
    if agenda_queries.is_tabled(work.session, meeting.id, case.id):
        raise invalid("caseId", "on this agenda already")
    waits = extension_queries.waiting(work.session, case.id)
    to_discuss = waits is not None and waits.state == "proposed"
    purpose = command.purpose or "person"
    if purpose != "person" and not to_discuss:
        raise invalid("purpose", "no extension waits to be discussed")
    row = AgendaItem(
        id=row_id,
        meeting_id=meeting.id,
        cell_id=meeting.cell_id,
        municipality_id=case.municipality_id,
        case_id=case.id,
        subject_id=case.subject_id,
        position=agenda_queries.last_position(work.session, meeting.id, case.municipality_id) + 1,
        minutes=command.minutes,
        question=seal_in(work, case.id, "agenda_item", "question", row_id, command.question),
        purpose=purpose,
        state=TABLED,
        starts_after=0,
        added_at=work.now,
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    work.session.refresh(
        meeting, with_for_update=True
    )  # the first item of another desk: only now is it hers to lock
    if meeting.state not in BEFORE:
        raise work.refuse(Action.AGENDA_ITEM_ADD, Problem(Kind.ILLEGAL_TRANSITION, rule="R61"), about)
    agenda_queries.number_agenda(work.session, meeting.id)
    track(work, meeting, "itemAdded", row)
    tell_those_who_hold(work, meeting)
    seat = sight_queries.Seat(
        row,
        meeting,
        None,
        None,
        excluded=False,
        locks_on=case.locks_on,
        minutes_state=None,
        case_state=case.state,
    )
    return item_view(work, seat, item_facts(work, seat))


@operation(Action.MEETING_TABLE)
def table_meeting(work: Work, command: TableMeeting) -> TabledView:
    """Put several cases on the agenda at once, each with its question, its minutes and whom to invite.

    All of it or nothing. What stops it is said as for one case or one invitation, with the entry named in the issues:
    `entries.2`, or `entries.2.people.0` for somebody to invite. Journal: one line for each case and each invitation.
    """
    row = agenda_queries.meeting(work.session, command.meeting_id, lock=True)
    complete = is_complete(work, row.cell_id) if row else False
    facts = meeting_facts(work, row, constitution_complete=complete)
    with saying_what_is_missing(work, row.cell_id if row else None):
        work.allow(Action.MEETING_TABLE, facts, about_meeting(work, row))
    row = there(row)
    made = [
        _tabled(work, command, entry, f"entries.{number}") for number, entry in enumerate(command.entries)
    ]
    return TabledView(
        version=row.version, href=href("meetings", row.id), meeting_id=row.id, items=made, abilities=[]
    )


def _tabled(work: Work, command: TableMeeting, entry: Entry, name: str) -> TabledItem:
    with _naming(name):
        wanted = AddAgendaItem(
            meetingId=command.meeting_id,
            caseId=entry.case_id,
            question=entry.question,
            minutes=entry.minutes,
            purpose=entry.purpose,
        )
        item = add_agenda_item(work, wanted)
    invitations = []
    for number, each in enumerate(entry.people):
        with _naming(f"{name}.people.{number}"):
            asked = PrepareInvitation(agendaItemId=item.agenda_item_id, **each.model_dump(by_alias=True))
            invitations.append(prepare_invitation(work, asked).invitation_id)
    return TabledItem(
        agenda_item_id=item.agenda_item_id,
        href=item.href,
        case_id=item.case_id,
        reference=item.reference,
        invitation_ids=invitations,
    )


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say in a refusal which entry it is about."""
    try:
        yield
    except Problem as problem:
        if (
            problem.kind is Kind.NOT_FOUND
        ):  # a case: of one that is not there, and of another's, the same is said
            unknown = Issue(INPUT + "referencedResourceNotFound", "body", f"{name}.caseId", "no such case")
            raise Problem(Kind.BAD_REQUEST, issues=(unknown,), logged=True) from None
        said = tuple(replace(issue, name=f"{name}.{issue.name}") for issue in problem.issues)
        why = (Issue(INPUT + "invalidInput", "body", name, problem.why or f"problem.{problem.kind.code}"),)
        raise Problem(problem.kind, problem.rule, problem.why, said or why, logged=problem.logged) from None
