"""Answering: a right, never a duty; each regime with its own refusal (R31 to R35, R37)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from app.cases.sealing import seal_in
from app.constitution.cells import PURPOSE
from app.constitution.standing import cell_facts
from app.directory.models import Person
from app.kernel.i18n import translate
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work
from app.meetings import agenda_queries, invitation_queries, nomination_queries
from app.meetings.commands import AnswerInvitation, ListInvitation
from app.meetings.inviting import FLEMISH, FRENCH_COMMUNITY, invitation_view, legal_reference
from app.meetings.models import NEVER_SENT, Invitation, Meeting
from app.meetings.nominating import manages
from app.meetings.views import InvitationItem, InvitationPage, InvitationView
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.lifecycle import sources
from app.rules.problems import invalid

_PASSED_ON = "passedOn"


@operation(Action.INVITATION_LIST)
def list_invitation(work: Work, command: ListInvitation) -> InvitationPage:
    """Give one's own invitations: meeting, place and a case reference; never the name of the person (R37)."""
    rows = invitation_queries.my_invitations(
        work.session,
        work.actor,
        work.now,
        upcoming=command.when == "upcoming",
        after=position(command.cursor, datetime.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
    work.allow(
        Action.INVITATION_LIST,
        cell_facts(work, work.actor.cell_id),
        [
            About(row.municipality_id, row.case_id, subject_id, "invitation", row.id)
            for row, _, subject_id, *_ in shown
        ],
    )
    asked = invitation_queries.asked_items(work.session) if shown else set()
    named = nomination_queries.named(work.session, [row.id for row, *_ in shown if row.state == _PASSED_ON])
    more = None
    if len(rows) > command.page_size:
        more = cursor(shown[-1][1].starts_at.isoformat(), shown[-1][0].id)
    return InvitationPage(
        href=href("invitations"),
        items=[
            _item(work, row, meeting, reference, briefs, asked, named.get(row.id))
            for row, meeting, _, reference, briefs in shown
        ],
        next=more,
        page_size=command.page_size,
    )


def _item(
    work: Work,
    row: Invitation,
    meeting: Meeting,
    reference: str | None,
    briefs: bool,
    asked: set[UUID],
    named: Any,
) -> InvitationItem:
    open_to_answer = row.agenda_item_id in asked and row.state in sources(Action.INVITATION_ANSWER)
    offered = {
        Action.INVITATION_ANSWER: open_to_answer,
        Action.INVITATION_NOMINATE: open_to_answer
        and row.state in sources(Action.INVITATION_NOMINATE)
        and manages(work, row),
        Action.NOMINATION_TAKE_BACK: row.state == _PASSED_ON and meeting.state == "convened",
        Action.BRIEFING_RECORD: briefs,
    }
    return InvitationItem(
        invitation_id=row.id,
        href=href("invitations", row.id),
        version=row.version,
        meeting_id=row.meeting_id,
        purpose=translate(work.actor.language, PURPOSE),
        legal_reference=legal_reference(work, row),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        reference=reference,
        regime=row.regime,
        ground_list=row.ground_list,
        ground_code=row.ground_code,
        state=row.state,
        nominated_name=named.name if named else None,
        nominated_state=named.state if named else None,
        abilities=[action.value for action, possible in offered.items() if possible],
    )


@operation(Action.INVITATION_ANSWER)
def answer_invitation(work: Work, command: AnswerInvitation) -> InvitationView:
    """Answer one's own invitation, as often as wanted until the meeting opens; a refusal takes the item out of sight.

    Raises Problem: 404 for somebody else's, 409 when a Flemish service declines without a reason (R32) or a French
    Community service accepts without a care relation (R35), 400 for a reason where none may be kept (R34).
    """
    row = invitation_queries.invitation(work.session, command.invitation_id)
    about = About(object_type="invitation")
    if row is not None:
        about = About(row.municipality_id, row.case_id, None, "invitation", row.id)
    work.allow(Action.INVITATION_ANSWER, _facts(work, row, command), about, reason=command.answer)
    if row is None:
        raise AssertionError  # decided above: nobody answers what is not there
    work.expect(row.version)
    if command.reason is not None and row.regime == FRENCH_COMMUNITY:
        raise invalid("reason", "not asked of a service of the French Community (R34)")
    if command.reason is not None and command.answer != "declined":
        raise invalid("reason", "only with a refusal")
    if command.answer == "mustDecline" and row.regime != FRENCH_COMMUNITY:
        raise invalid("answer", "only for a service of the French Community (R35)")
    row.refusal_reason = (
        seal_in(work, row.case_id, "invitation", "refusal_reason", row.id, command.reason)
        if command.reason
        else None
    )
    row.state, row.answered_at = command.answer, work.now
    row.version += 1
    return invitation_view(work, row)


def _facts(work: Work, row: Invitation | None, command: AnswerInvitation) -> Facts:
    """Give the Facts on an answer. Somebody else's invitation is not there, for the desk that sent it neither.

    Once the item is off the agenda nobody is asked any more, whoever had refused before included.
    """
    if row is None or row.person_id != work.actor.person_id or row.state in NEVER_SENT:
        return work.facts(standing=Standing.NONE)
    meeting = agenda_queries.meeting(work.session, row.meeting_id)
    person = work.session.get_one(Person, row.person_id)
    if meeting is None or meeting.cell_id != work.actor.cell_id:
        return work.facts(standing=Standing.NONE)
    reason_owed = command.answer == "declined" and row.regime == FLEMISH and not person.volunteer
    relation_owed = command.answer == "accepted" and row.regime == FRENCH_COMMUNITY
    state = meeting.state
    if state == "convened":
        state = (
            row.state if row.agenda_item_id in invitation_queries.asked_items(work.session) else "withdrawn"
        )
    return work.facts(
        standing=Standing.PART,
        state=state,
        own=True,
        refusal_reason=not reason_owed or command.reason is not None,
        care_relation=not relation_owed or command.care_relation is True,
    )
