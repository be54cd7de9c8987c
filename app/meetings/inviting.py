"""Inviting: a ground for each invitee, the mayor or delegate who sends (R22 to R30, R37)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from app.cases import queries as cases
from app.cases.sealing import seal_in
from app.constitution.agreements import settings_of
from app.constitution.cells import PURPOSE
from app.constitution.reference import citation, load_lists
from app.directory.models import Agency, Notice, Person
from app.directory.representative_queries import represents
from app.kernel.clock import brussels_day
from app.kernel.i18n import translate
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import queries
from app.meetings.commands import PrepareInvitation, SendInvitation
from app.meetings.composition import CORE
from app.meetings.models import AgendaItem, Invitation, Meeting
from app.meetings.standing import about_item, item_facts
from app.meetings.views import InvitationView
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.lifecycle import target
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.roles import TABLE
from app.rules.settings import setting

FRENCH_COMMUNITY = "frenchCommunity"
FLEMISH = "flemish"
_GENERAL = "groundsGeneral"
GROUND_LISTS = ("groundsFlemish", "groundsFrenchCommunity", _GENERAL)
"""The lists of grounds: two decrees, and the rest."""
_LIST_OF_REGIME = {FLEMISH: "groundsFlemish", FRENCH_COMMUNITY: "groundsFrenchCommunity"}
NOTICE_CODE = "invitation"


_REFERENCE_OF_REGIME = {FLEMISH: "flemishDecree.participants", FRENCH_COMMUNITY: "frenchDecree.invitation"}


def legal_reference(work: Work, regime: str) -> str | None:
    """Give the decree or act under which an invitation of this regime goes out, in the reader's language (R27)."""
    return citation(_REFERENCE_OF_REGIME.get(regime, "livcrAct.core"), work.actor.language, work.today)


class Ground(NamedTuple):
    """On which ground somebody is invited, and under which regime."""

    list: str
    code: str
    regime: str


def ground_for(command: PrepareInvitation, agency: Agency, seated: queries.Seated) -> Ground:
    """Give the ground stated, else the default: core member for the core of the cell, else the agency's own."""
    if command.ground_list is not None or command.ground_code is not None:
        code = command.ground_code or ""
        return Ground(command.ground_list or _list_of(code), code, agency.regime)
    if seated.roles & CORE:
        return Ground(_GENERAL, "coreMember", agency.regime)
    return Ground(agency.ground_list, agency.ground_code, agency.regime)


def _list_of(code: str) -> str:
    """Give the list that a code of a ground stands in; no code stands in two."""
    lists = load_lists()
    return next((name for name in GROUND_LISTS if any(e.code == code for e in lists[name].entries)), "")


def ground_holds(work: Work, ground: Ground, roles: frozenset[str]) -> bool:
    """Tell whether the ground stands in its list today and can be this invitee's (R22, R25).

    A service is invited under the decree of its own Community; without one, only under another legal basis.
    """
    grounds = load_lists().get(ground.list)
    if grounds is None or all(entry.code != ground.code for entry in grounds.in_force(work.today)):
        return False
    if ground.list != _GENERAL:
        return _LIST_OF_REGIME.get(ground.regime) == ground.list
    if ground.code == "coreMember":
        return bool(roles & CORE)
    return ground.code != "municipalStaff" or ground.regime == "municipal"


def _wants_reason(ground: Ground) -> bool:
    grounds = load_lists().get(ground.list)
    return grounds is not None and any(e.needs_reason for e in grounds.entries if e.code == ground.code)


@operation(Action.INVITATION_PREPARE)
def prepare_invitation(work: Work, command: PrepareInvitation) -> InvitationView:
    """Prepare an invitation to one item of one's own municipality's file.

    Raises Problem: 409 without a ground that holds, without the reason the residual clause asks for, or without
    a line manager where the decree wants the invitation addressed to one; 400 for somebody who cannot be invited.
    """
    seat = queries.seat(work.session, work.actor, command.agenda_item_id)
    person = work.session.get(Person, command.person_id)
    agency = work.session.get(Agency, person.agency_id) if person else None
    seated = (
        queries.seated(work.session, person.id, seat.item.cell_id, work.today) if person and seat else None
    )
    fits = seated is not None and bool(seated.roles & TABLE)
    ground = ground_for(command, agency, seated) if agency and seated and fits else None
    row_id = new_id()
    facts = item_facts(
        work,
        seat,
        ground_stated=ground is None or ground_holds(work, ground, seated.roles if seated else frozenset()),
        residual_reason=ground is None or not _wants_reason(ground) or command.ground_reason is not None,
        line_manager_addressed=_line_manager_addressed(
            work, ground.regime if ground else "", person, seat.item.cell_id if seat else None
        ),
    )
    about = about_item(seat.item if seat else None, "invitation", row_id)
    work.allow(
        Action.INVITATION_PREPARE, facts, about, recipients=str(person.id) if ground and person else ""
    )
    seat = there(seat)
    item = seat.item
    if ground is None or person is None:
        raise invalid("personId", "nobody who sits in this cell", kind="referencedResourceNotFound")
    if queries.is_excluded(work.session, person.id, item.case_id):
        raise invalid("personId", "declared a conflict or kinship on this case")
    if queries.invited(work.session, item.id, person.id) is not None:
        raise invalid("personId", "invited to this item already")
    row = Invitation(
        id=row_id,
        meeting_id=item.meeting_id,
        agenda_item_id=item.id,
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        person_id=person.id,
        regime=ground.regime,
        ground_list=ground.list,
        ground_code=ground.code,
        ground_reason=_sealed(work, item, row_id, "ground_reason", command.ground_reason),
        urgency_reason=_sealed(work, item, row_id, "urgency_reason", command.urgency_reason),
        state="draft",
        version=1,
    )
    work.session.add(row)
    return invitation_view(work, row)


def _sealed(work: Work, item: AgendaItem, row_id: Any, column: str, text: str | None) -> Any:
    return seal_in(work, item.case_id, "invitation", column, row_id, text) if text else None


def _line_manager_addressed(work: Work, regime: str, person: Person | None, cell_id: UUID | None) -> bool:
    """Tell whether the invitee is management: that decree sends no invitation straight to a case handler (R28).

    Management may come itself, since it is bound by the same secrecy; so may the permanent representative of the
    service in this cell, who then briefs the handler (R36).
    """
    if regime != FRENCH_COMMUNITY:
        return True
    if person is None:
        return False
    named = cell_id is not None and represents(work.session, person.id, cell_id, work.today)
    return person.line_manager_id is None or named


def sending_facts(
    work: Work,
    row: Invitation,
    meeting: Meeting,
    person: Person,
    standing: Standing,
    fixed: dict[str, int],
    locks_on: date | None,
) -> Facts:
    """Give the Facts on sending one invitation: its ground, the notice its regime asks for, the case's lock."""
    french = row.regime == FRENCH_COMMUNITY
    required = 0
    if french or row.regime == FLEMISH:
        name = "invitation_notice_days_french" if french else "invitation_notice_days_flemish"
        required = setting(fixed, name)
    ground = Ground(row.ground_list, row.ground_code, row.regime)
    return work.facts(
        standing=standing,
        state=row.state,
        locks_on=locks_on,
        ground_stated=ground_holds(
            work, ground, queries.seated(work.session, person.id, meeting.cell_id, work.today).roles
        ),
        residual_reason=not _wants_reason(ground) or row.ground_reason is not None,
        line_manager_addressed=_line_manager_addressed(work, row.regime, person, meeting.cell_id),
        notice_required=required,
        notice_days=(brussels_day(meeting.starts_at) - work.today).days,
        urgency_reason=row.urgency_reason is not None,
    )


def send(work: Work, row: Invitation, person: Person, reference: str) -> None:
    """Mark an invitation sent and leave a notice with a case reference only (R37)."""
    row.state = target(Action.INVITATION_SEND)
    row.sent_at, row.sent_by = work.now, work.actor.person_id
    row.version += 1
    work.session.add(
        Notice(
            id=new_id(),
            person_id=person.id,
            code=NOTICE_CODE,
            reference=reference,
            municipality_id=row.municipality_id,
            created_at=work.now,
        )
    )


@operation(Action.INVITATION_SEND)
def send_invitation(work: Work, command: SendInvitation) -> InvitationView:
    """Send one invitation prepared after the meeting was convened, or for another municipality of a joint cell."""
    row = queries.invitation(work.session, command.invitation_id)
    seat = queries.seat(work.session, work.actor, row.agenda_item_id) if row else None
    if row is None or seat is None:
        work.allow(Action.INVITATION_SEND, work.facts(), about_item(None, "invitation"))
        raise AssertionError  # decided above: nobody may send what is not there
    person = work.session.get_one(Person, row.person_id)
    standing = item_facts(work, seat).standing
    fixed = settings_of(work.session, seat.meeting.cell_id)
    about = about_item(seat.item, "invitation", row.id)
    work.allow(
        Action.INVITATION_SEND,
        sending_facts(work, row, seat.meeting, person, standing, fixed, seat.locks_on),
        about,
        recipients=str(person.id),
    )
    work.expect(row.version)
    if seat.meeting.state != "convened":  # before: convening sends it; after: it is too late to be asked
        raise work.refuse(Action.INVITATION_SEND, Problem(Kind.ILLEGAL_TRANSITION, rule="R24"), about)
    case = there(cases.case(work.session, row.case_id))
    send(work, row, person, case.reference)
    return invitation_view(work, row)


def invitation_view(work: Work, row: Invitation) -> InvitationView:
    """Give one invitation; reasons are read elsewhere, by those who may (R33)."""
    facts = work.facts(
        standing=Standing.FILE if work.actor.municipality_id == row.municipality_id else Standing.PART,
        state=row.state,
        own=row.person_id == work.actor.person_id,
        ground_stated=True,
        residual_reason=True,
        line_manager_addressed=True,
        notice_required=0,
        notice_days=0,
        refusal_reason=True,
        care_relation=True,
    )
    return InvitationView(
        version=row.version,
        href=href("invitations", row.id),
        invitation_id=row.id,
        meeting_id=row.meeting_id,
        purpose=translate(work.actor.language, PURPOSE),
        legal_reference=legal_reference(work, row.regime),
        agenda_item_id=row.agenda_item_id,
        person_id=row.person_id,
        regime=row.regime,
        ground_list=row.ground_list,
        ground_code=row.ground_code,
        state=row.state,
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        abilities=abilities(work.actor, facts, Action.INVITATION_SEND, Action.INVITATION_ANSWER),
    )
