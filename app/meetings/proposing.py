"""What an agenda could hold: the cases that ask to be discussed, each with why, how long, what to ask and whom (R61).

The reasons come from the files: never discussed since the listing, a review that is due, actions that wait, a term that
ends, a closure proposed, a review that nobody held, an item that was
postponed. Nobody is proposed who could not be invited today.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.directory.representative_queries import represents
from app.kernel.clock import brussels_day
from app.kernel.i18n import register_codes, translate
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import agenda_queries, proposal_queries
from app.meetings.commands import ListAgendaProposal
from app.meetings.inviting import FRENCH_COMMUNITY, ground_holds, usual_ground
from app.meetings.models import Meeting
from app.meetings.proposal_queries import Member
from app.meetings.proposal_views import Proposal, ProposalList, ProposalReason, ProposedPerson
from app.meetings.standing import about_meeting, meeting_facts
from app.rules.actions import Action
from app.rules.retention import WARNING_DAYS
from app.rules.roles import DESK, POLICE

MINUTES = {
    "closureAsked": 15,
    "postponed": 20, "closureProposed": 10, "extensionProposed": 20, "termEnding": 20, "neverDiscussed": 30,
    "actionOverdue": 15, "reviewDue": 20,
    "actionOpen": 15,
}  # fmt: skip
"""The reasons, the weightiest first, each with how long an item takes where it is the first reason."""
_MOST = 40
register_codes("proposal", MINUTES)
register_codes("question", MINUTES)


@operation(Action.AGENDA_PROPOSAL_LIST)
def list_agenda_proposal(work: Work, command: ListAgendaProposal) -> ProposalList:
    """Give what one's own municipality could put on a meeting's agenda, without names of persons discussed.

    Journal: one line for each case proposed.
    """
    meeting = agenda_queries.meeting(work.session, command.meeting_id)
    day = brussels_day(meeting.starts_at) if meeting else work.today
    found = [
        (row, reasons_for(row, day))
        for row in proposal_queries.candidates(work.session, work.actor, work.today, command.meeting_id)
    ]
    found = sorted((pair for pair in found if pair[1]), key=_weight)[:_MOST]
    work.allow(
        Action.AGENDA_PROPOSAL_LIST,
        meeting_facts(work, meeting),
        [About(row.municipality_id, row.id, row.subject_id, "case", row.id) for row, _ in found]
        or about_meeting(work, meeting),
    )
    meeting = there(meeting)
    people = _people(work, meeting, [row.id for row, _ in found])
    return ProposalList(
        href=href("meetings", meeting.id) + "/proposals",
        meeting_id=meeting.id,
        items=[
            Proposal(
                case_id=row.id,
                href=href("cases", row.id),
                reference=row.reference,
                state=row.state,
                reasons=reasons,
                minutes=MINUTES[reasons[0].code],
                question=translate(work.actor.language, f"question.{reasons[0].code}"),
                people=people[row.id],
                left_off=row.left_off or None,
            )
            for row, reasons in found
        ],
    )


def _weight(pair: tuple[Any, list[ProposalReason]]) -> tuple[int, date, str]:
    row, reasons = pair
    return list(MINUTES).index(reasons[0].code), row.due_on, row.reference


def reasons_for(row: Any, day: date) -> list[ProposalReason]:
    """Give why a case asks to be discussed on *day*, the weightiest reason first; none where nothing does."""
    dated = {
        "closureAsked": (row.closure_asked, row.review_on),
        "postponed": (row.postponed, None),
        "closureProposed": (row.state == "closureProposed", None),
        "extensionProposed": (row.extended, None),
        "termEnding": (row.due_on <= day + timedelta(days=max(WARNING_DAYS)), row.due_on),
        "neverDiscussed": (row.last_discussed_on is None, row.listed_on),
        "actionOverdue": (row.actions and row.action_due <= day, row.action_due),
        "reviewDue": (row.review_on is not None and row.review_on <= day, row.review_on),
        "actionOpen": (row.actions and row.action_due > day, row.action_due),
    }
    return [ProposalReason(code=code, day=on) for code, (holds, on) in dated.items() if holds]


def _people(work: Work, meeting: Meeting, case_ids: list[UUID]) -> dict[UUID, list[ProposedPerson]]:
    """Give per case whom to invite: those of its last discussion and the police; the desk needs no invitation."""
    seated = proposal_queries.members(work.session, meeting.cell_id, work.today)
    last = proposal_queries.asked_last(work.session, case_ids)
    out = proposal_queries.excluded_pairs(work.session, case_ids)
    core = [person_id for person_id, each in seated.items() if each.roles & POLICE]
    fits = {person_id: can_come(work, meeting.cell_id, each) for person_id, each in seated.items()
            if person_id in {*core, *(p for people in last.values() for p in people)}}  # fmt: skip
    busy = proposal_queries.busy(work.session, fits, meeting)
    proposed = {}
    for case_id in case_ids:
        wanted = dict.fromkeys([*core, *last.get(case_id, [])])
        proposed[case_id] = [
            _proposed(seated[each], each in core, each in busy)
            for each in seated
            if each in wanted and fits[each] and (case_id, each) not in out
        ]
    return proposed


def can_come(work: Work, cell_id: UUID, member: Member) -> bool:
    """Tell whether somebody can be invited on their usual ground (R22, R25, R28)."""
    if member.roles & DESK and not member.roles - DESK:
        return False  # keeps the file, or belongs to another municipality
    handler = member.agency.regime == FRENCH_COMMUNITY and not member.person.manages_service
    if handler and not represents(work.session, member.person.id, cell_id, work.today):
        return False
    return ground_holds(work, usual_ground(member.agency, member.roles), member.roles)


def _proposed(member: Member, core: bool, busy: bool) -> ProposedPerson:
    ground = usual_ground(member.agency, member.roles)
    return ProposedPerson(
        person_id=member.person.id,
        name=member.person.name,
        agency_name=member.agency.name,
        ground_list=ground.list,
        ground_code=ground.code,
        why="core" if core else "lastDiscussion",
        busy=busy or None,
    )
