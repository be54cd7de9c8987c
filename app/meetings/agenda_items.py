"""One item of an agenda: the question, who is at the table, what was said there (R4, R18, R19, R27)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.cases import queries as cases
from app.cases.sealing import open_in
from app.cases.statements import statement_views
from app.constitution.cells import PURPOSE
from app.constitution.codes import codes
from app.directory.office_queries import person_name
from app.kernel.i18n import translate
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import (
    invitation_queries,
    proposal_queries,
    sight_queries,
    sitting_queries,
)
from app.meetings.briefing import briefing_view
from app.meetings.commands import ReadAgendaItem
from app.meetings.core_presence import core_absent
from app.meetings.inviting import legal_reference, reason_in
from app.meetings.models import NEVER_SENT, TABLED, Invitation, Meeting
from app.meetings.running import is_child, is_late, left_over
from app.meetings.standing import (
    BEFORE,
    ON_AGENDA,
    SEEN,
    about_item,
    in_sitting,
    item_facts,
    takes_minutes,
)
from app.meetings.views import (
    AgendaItemView,
    Letter,
    PresenceMove,
    TablePerson,
    Why,
)
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.lifecycle import OPEN_CASE
from app.rules.policy import abilities
from app.rules.roles import MAYORAL

_STEPS = (
    Action.INVITATION_PREPARE, Action.AGENDA_ITEM_ORDER, Action.AGENDA_ITEM_CHANGE, Action.AGENDA_ITEM_POSTPONE,
    Action.AGENDA_ITEM_TAKE_OFF, Action.AGENDA_ITEM_CARRY_OVER, Action.CONTRIBUTION_BOARD_READ,
)  # fmt: skip
"""What a desk may do with an item of its own."""


@operation(Action.AGENDA_ITEM_READ)
def read_agenda_item(work: Work, command: ReadAgendaItem) -> AgendaItemView:
    """Give one item: the question, who is at the table, and of what was said there what this reader may know.

    Raises Problem 409: to the desk after the sitting without a reason of the pick-list (R107), once the case is
    locked (R90).
    """
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    known = command.reason in codes("accessReasons", work.today)
    facts = item_facts(work, seat, access_reason=known)
    stated = command.reason if known and seat and not in_sitting(work.now, seat.meeting) else None
    work.allow(Action.AGENDA_ITEM_READ, facts, about_item(seat.item if seat else None), reason=stated or "")
    return item_view(work, there(seat), facts)


def item_view(work: Work, seat: sight_queries.Seat, facts: Facts) -> AgendaItemView:
    """Give an item to a reader whom the rules let read it."""
    item, meeting, invitation = seat.item, seat.meeting, seat.invitation
    case = there(cases.case(work.session, item.case_id))
    desk = facts.standing is Standing.FILE
    if invitation is not None and invitation.state in NEVER_SENT and not desk:
        invitation = None
    inviter = invitation.sent_by if invitation else None
    steps = _STEPS if desk else ()
    return AgendaItemView(
        version=item.version,
        href=href("agendaItems", item.id),
        agenda_item_id=item.id,
        meeting_id=item.meeting_id,
        meeting_state=meeting.state,
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        reference=case.reference,
        subject_name=subject_name(work, case.id, case.subject),
        question=there(open_in(work, case.id, "agenda_item", "question", item.id, item.question)),
        purpose=item.purpose,
        minutes=item.minutes,
        state=item.state,
        put_off_reason=item.put_off_reason,
        late=is_late(meeting, item) or None,
        why=Why(
            standing=facts.standing.name.lower(),
            ground_list=invitation.ground_list if invitation else None,
            ground_code=invitation.ground_code if invitation else None,
            invited_by=person_name(work.session, inviter) if inviter else None,
            invited_at=invitation.sent_at if invitation else None,
            visible_until=None if desk else meeting.window_until,
        ),
        left_at=_left_at(work, seat),
        letter=_letter(work, seat, invitation) if invitation is not None and not desk else None,
        people=_people(work, seat, facts.standing),
        core_absent=_core_absent(work, seat, facts.standing),
        briefings=[
            briefing_view(*found)
            for found in invitation_queries.briefings_at(work.session, item.id, work.actor.municipality_id)
        ]
        if desk
        else None,
        seen_by=_seen_by(work, seat) if desk else None,
        busy=_busy(work, meeting) if desk and meeting.state in BEFORE else None,
        child=(is_child(work, case, meeting) or None) if desk else None,
        statements=statement_views(
            work,
            sitting_queries.statements_at(work.session, item.id),
            work.facts(standing=facts.standing, state=case.state, locks_on=case.locks_on),
        ),
        abilities=abilities(
            work.actor,
            work.facts(
                standing=facts.standing,
                state=meeting.state
                if item.state == TABLED and meeting.state != "closed"
                else left_over(work, seat),
                locks_on=case.locks_on,
                still_listed=case.state in OPEN_CASE,
                ground_stated=True,
                residual_reason=True,
                line_manager_addressed=True,
                child_reason=True,
            ),
            *steps,
        ),
    )


def _left_at(work: Work, seat: sight_queries.Seat) -> datetime | None:
    """Give when this reader left the room during the sitting; None for who is there or never was."""
    if seat.present is not False or seat.meeting.state != "inSession":
        return None
    row = sitting_queries.attendance(work.session, seat.item.id, there(work.actor.person_id))
    return row.left_at if row else None


def _letter(work: Work, seat: sight_queries.Seat, invitation: Invitation) -> Letter:
    return Letter(
        purpose=translate(work.actor.language, PURPOSE),
        starts_at=seat.meeting.starts_at,
        ends_at=seat.meeting.ends_at,
        place=seat.meeting.place,
        services=invitation_queries.services_told(work.session, seat.item.id),
        legal_reference=legal_reference(work, invitation),
        urgency_reason=reason_in(work, invitation, "urgency_reason"),
        child_reason=reason_in(work, invitation, "child_reason"),
    )


def _core_absent(work: Work, seat: sight_queries.Seat, standing: Standing) -> list[str] | None:
    keeps = standing is Standing.FILE or takes_minutes(work.actor, seat.meeting)
    if not keeps or seat.meeting.state != "inSession":
        return None
    return core_absent(work, seat.meeting.id).get(seat.item.id) or None


def _busy(work: Work, meeting: Meeting) -> list[UUID]:
    seated = proposal_queries.members(work.session, meeting.cell_id, work.today)
    return sorted(proposal_queries.busy(work.session, seated, meeting))


def _seen_by(work: Work, seat: sight_queries.Seat) -> list[str]:
    """Give who sees an item now besides its desk: those invited, while the window is open, and the secretary (R18, R19)."""
    meeting = seat.meeting
    if seat.item.state != TABLED or meeting.state not in ON_AGENDA or work.now > meeting.window_until:
        return []
    asked = [
        person.name
        for person, _, row, _ in invitation_queries.people(work.session, seat.item.id)
        if row and row.state in SEEN
    ]
    secretary = person_name(work.session, meeting.secretary_id) if meeting.secretary_id else None
    return [*asked, *([secretary] if secretary else [])]


def _people(work: Work, seat: sight_queries.Seat, standing: Standing) -> list[TablePerson]:
    """Give who is at the table: to desk and secretary everybody asked, to those who sit there who is present."""
    if standing < Standing.ATTENDING:
        return []
    item = seat.item
    desk = standing is Standing.FILE or takes_minutes(work.actor, seat.meeting)
    told = standing is Standing.FILE and work.actor.role in MAYORAL
    moves = sitting_queries.moves(work.session, item.id) if desk else []
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
            nominated_by=person_name(work.session, asked.nominated_by)
            if asked and desk and asked.nominated_by
            else None,
            nominated_as=asked.nominated_as if asked and desk else None,
            moves=[
                PresenceMove(kind=each.kind, moved_at=each.moved_at)
                for each in moves
                if each.person_id == person.id
            ]
            or None,
        )
        for person, agency, asked, present in invitation_queries.people(work.session, item.id)
        if desk or present
    ]


def subject_name(work: Work, case_id: Any, sealed: Any) -> str | None:
    """Give the name of the person discussed, to a reader of the item; None where it is not shown."""
    said = open_in(work, case_id, "case_file", "subject", case_id, sealed)
    return orjson.loads(said)["name"] if said else None
