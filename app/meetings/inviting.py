"""Inviting: a ground for each invitee, the mayor or delegate who sends (R22 to R30, R37)."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from app.cases import queries as cases
from app.cases.models import Case
from app.cases.sealing import open_in, seal_in
from app.constitution.agreements import governing
from app.constitution.cells import PURPOSE
from app.constitution.reference import citation, load_lists
from app.directory.models import Agency, Person
from app.directory.notices import NoticeCode, leave_notice
from app.directory.representative_queries import represents
from app.kernel.clock import brussels_day
from app.kernel.i18n import to_translate, translate
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import invitation_queries, sight_queries
from app.meetings.commands import PrepareInvitation, SendInvitation
from app.meetings.composition import CORE
from app.meetings.models import AgendaItem, Invitation, Meeting
from app.meetings.running import is_child
from app.meetings.standing import about_item, item_facts, item_standing
from app.meetings.tracking import track
from app.meetings.views import InvitationView
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.lifecycle import OPEN_CASE, target
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.roles import TABLE
from app.rules.settings import setting

FRENCH_COMMUNITY = "frenchCommunity"
FLEMISH = "flemish"
_GENERAL = "groundsGeneral"
TAKEN_BACK = frozenset({"removed", "withdrawn"})
"""States of an invitation after which the same person can be asked for the same item again."""
GROUND_LISTS = ("groundsFlemish", "groundsFrenchCommunity", _GENERAL)
"""The lists of grounds: two decrees, and the rest."""
_LIST_OF_REGIME = {FLEMISH: "groundsFlemish", FRENCH_COMMUNITY: "groundsFrenchCommunity"}
_REFERENCE_OF_GROUND = {
    "coreMember": "livcrAct.core",
    "flemishResidualClause": "flemishDecree.residualClause",
}
_REFERENCE_OF_LIST = {
    "groundsFlemish": "flemishDecree.participants", "groundsFrenchCommunity": "frenchDecree.invitation",
    _GENERAL: "livcrAct.invited",
}  # fmt: skip


FOR_A_CHILD = to_translate(
    "For a child, the service weighs whether taking part is in the child's best interests, and asks the child's agreement "
    "where its own law wants it. Where your rules ask for it, prepare the meeting with the person."
)
"""What the decree of the French Community asks of a service that is invited; said to all of them, so that it tells no age."""


def legal_reference(work: Work, row: Invitation, language: str = "") -> str | None:
    """Give the paragraph under which an invitation goes out by its ground, in the reader's language or another (R22, R27).

    The core of the cell sits there by the act itself; municipal staff, and whoever comes on another legal basis, on the
    mayor's invitation.
    """
    key = _REFERENCE_OF_GROUND.get(row.ground_code) or _REFERENCE_OF_LIST[row.ground_list]
    return citation(key, language or work.actor.language, work.today)


class Ground(NamedTuple):
    """On which ground somebody is invited, and under which regime."""

    list: str
    code: str
    regime: str


def ground_for(command: PrepareInvitation, agency: Agency, seated: invitation_queries.Seated) -> Ground:
    """Give the ground stated, else the default: core member for the core of the cell, else the agency's own."""
    if command.ground_list is not None or command.ground_code is not None:
        code = command.ground_code or ""
        return Ground(command.ground_list or _list_of(code), code, agency.regime)
    return usual_ground(agency, seated.roles)


def usual_ground(agency: Agency, roles: frozenset[str]) -> Ground:
    """Give the ground on which somebody comes unless another is stated: of the core of the cell, or of their service."""
    if roles & CORE:
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


def _named(ground: Ground, reason: object) -> bool:
    """Tell whether the reason is there where a ground asks for one: of the residual clause, or the document of another basis."""
    grounds = load_lists().get(ground.list)
    wanted = grounds is not None and any(e.needs_reason for e in grounds.entries if e.code == ground.code)
    return reason is not None or not wanted


@operation(Action.INVITATION_PREPARE)
def prepare_invitation(work: Work, command: PrepareInvitation) -> InvitationView:
    """Prepare an invitation to one item of one's own municipality's file.

    Raises Problem: 409 without a ground that holds, without the reason the residual clause asks for, or without
    a line manager where the decree wants the invitation addressed to one; 400 for somebody who cannot be invited.
    """
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    person = work.session.get(Person, command.person_id)
    agency = work.session.get(Agency, person.agency_id) if person else None
    seated = (
        invitation_queries.seated(work.session, person.id, seat.item.cell_id, work.today)
        if person and seat
        else None
    )
    fits = seated is not None and bool(seated.roles & TABLE)
    ground = ground_for(command, agency, seated) if agency and seated and fits else None
    before = invitation_queries.invited(work.session, seat.item.id, person.id) if person and seat else None
    row_id = before.id if before else new_id()
    facts = item_facts(
        work,
        seat,
        ground_stated=ground is None
        or (
            ground_holds(work, ground, seated.roles if seated else frozenset())
            and (ground.list != _GENERAL or _named(ground, command.ground_reason))
        ),
        residual_reason=ground is None or ground.list == _GENERAL or _named(ground, command.ground_reason),
        line_manager_addressed=_line_manager_addressed(
            work, ground.regime if ground else "", person, seat.item.cell_id if seat else None
        ),
        child_reason=ground is None or command.child_reason is not None or not _of_child(work, ground, seat),
    )
    about = about_item(seat.item if seat else None, "invitation", row_id)
    work.allow(
        Action.INVITATION_PREPARE, facts, about, recipients=str(person.id) if ground and person else ""
    )
    seat = there(seat)
    item = seat.item
    if ground is None or person is None:
        raise invalid("personId", "nobody who sits in this cell", kind="referencedResourceNotFound")
    if invitation_queries.is_excluded(work.session, person.id, item.case_id):
        raise invalid("personId", "declared a conflict or kinship on this case")
    if before is not None and before.state not in TAKEN_BACK:
        raise invalid("personId", "invited to this item already")
    row = before or Invitation(
        id=row_id,
        meeting_id=item.meeting_id,
        agenda_item_id=item.id,
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        person_id=person.id,
        version=0,
    )
    row.regime, row.ground_list, row.ground_code = ground.regime, ground.list, ground.code
    row.ground_reason = _sealed(work, item, row_id, "ground_reason", command.ground_reason)
    row.urgency_reason = _sealed(work, item, row_id, "urgency_reason", command.urgency_reason)
    row.child_reason = _sealed(work, item, row_id, "child_reason", command.child_reason)
    row.sent_at = row.sent_by = row.answered_at = row.refusal_reason = row.withdrawn_by = None
    row.nominated_by = row.nominated_as = None
    row.state, row.version = "draft", row.version + 1
    work.session.add(row)
    return invitation_view(work, row)


def _of_child(work: Work, ground: Ground, seat: sight_queries.Seat | None) -> bool:
    """Tell whether a service of the French Community would be invited for a child under twelve (R29)."""
    if ground.regime != FRENCH_COMMUNITY or seat is None:
        return False
    case = cases.case(work.session, seat.item.case_id)
    return (
        case is not None and item_standing(work, seat) is Standing.FILE and is_child(work, case, seat.meeting)
    )


def _sealed(work: Work, item: AgendaItem, row_id: Any, column: str, text: str | None) -> Any:
    return seal_in(work, item.case_id, "invitation", column, row_id, text) if text else None


def reason_in(work: Work, row: Invitation, column: str) -> str | None:
    """Give a reason that an invitation states (ground_reason, urgency_reason, child_reason), for who may read it.

    The invitee reads in their own invitation why it comes late and why a child is discussed (R26, R29); the mayor all
    three before sending it (R23).
    """
    return open_in(work, row.case_id, "invitation", column, row.id, getattr(row, column))


def _line_manager_addressed(work: Work, regime: str, person: Person | None, cell_id: UUID | None) -> bool:
    """Tell whether the invitee is management: that decree sends no invitation straight to a case handler (R28).

    Nobody counts as management whose account does not say so. Management may come itself, since it is bound by the same
    secrecy; so may the permanent representative of the service in this cell, who then briefs the handler (R36).
    """
    if regime != FRENCH_COMMUNITY:
        return True
    if person is None:
        return False
    named = cell_id is not None and represents(work.session, person.id, cell_id, work.today)
    return person.manages_service or named


def sending_facts(
    work: Work,
    row: Invitation,
    meeting: Meeting,
    person: Person,
    standing: Standing,
    fixed: dict[str, int],
    case: Case | None,
) -> Facts:
    """Give the Facts on sending one invitation: ground, notice of its regime, the reason a child asks for, the case's lock.

    The meeting may have moved, or the ground changed, since it was prepared: all of it is asked again.
    """
    french = row.regime == FRENCH_COMMUNITY
    ground = Ground(row.ground_list, row.ground_code, row.regime)
    return work.facts(
        standing=standing,
        state=row.state,
        locks_on=case.locks_on if case else None,
        still_listed=case is not None and case.state in OPEN_CASE,
        child_reason=row.child_reason is not None
        or not french
        or not (case is not None and standing is Standing.FILE and is_child(work, case, meeting)),
        ground_stated=ground_holds(
            work,
            ground,
            invitation_queries.seated(work.session, person.id, meeting.cell_id, work.today).roles,
        )
        and (ground.list != _GENERAL or _named(ground, row.ground_reason)),
        residual_reason=ground.list == _GENERAL or _named(ground, row.ground_reason),
        line_manager_addressed=_line_manager_addressed(work, row.regime, person, meeting.cell_id),
        notice_required=setting(fixed, "invitation_notice_days_french") if french else 0,
        notice_agreed=setting(fixed, "invitation_notice_days_flemish") if row.regime == FLEMISH else 0,
        notice_days=(brussels_day(meeting.starts_at) - work.today).days,
        urgency_reason=row.urgency_reason is not None,
    )


def send(work: Work, row: Invitation, person: Person, reference: str) -> None:
    """Mark an invitation sent and leave a notice with a case reference only (R37)."""
    row.state = target(Action.INVITATION_SEND)
    row.sent_at, row.sent_by = work.now, work.actor.person_id
    row.version += 1
    leave_notice(work, person.id, NoticeCode.INVITATION, reference, row.municipality_id)


def send_prepared(work: Work, meeting: Meeting) -> list[AgendaItem]:
    """Send what the acting mayor's own municipality prepared for a meeting, each under its own decision (R24).

    Out: the items concerned. Raises Problem 409 when one may not be sent.
    """
    fixed = governing(work.session, meeting.cell_id, meeting.agreement_id)
    items: dict[UUID, AgendaItem] = {}
    for invitation, item, case, person in invitation_queries.prepared(
        work.session, meeting.id, work.actor.municipality_id
    ):
        work.allow(
            Action.INVITATION_SEND,
            sending_facts(work, invitation, meeting, person, Standing.FILE, fixed, case),
            about_item(item, "invitation", invitation.id),
            recipients=str(person.id),
        )
        send(work, invitation, person, case.reference)
        items[item.id] = item
    return list(items.values())


@operation(Action.INVITATION_SEND)
def send_invitation(work: Work, command: SendInvitation) -> InvitationView:
    """Send one invitation prepared after the meeting was convened, or for another municipality of a joint cell."""
    row = invitation_queries.invitation(work.session, command.invitation_id)
    seat = sight_queries.seat(work.session, work.actor, row.agenda_item_id) if row else None
    if row is None or seat is None:
        work.allow(Action.INVITATION_SEND, work.facts(), about_item(None, "invitation"))
        raise AssertionError  # decided above: nobody may send what is not there
    person = work.session.get_one(Person, row.person_id)
    standing = item_facts(work, seat).standing
    fixed = governing(work.session, seat.meeting.cell_id, seat.meeting.agreement_id)
    case = cases.case(work.session, row.case_id)
    about = about_item(seat.item, "invitation", row.id)
    work.allow(
        Action.INVITATION_SEND,
        sending_facts(work, row, seat.meeting, person, standing, fixed, case),
        about,
        recipients=str(person.id),
    )
    work.expect(row.version)
    if invitation_queries.is_excluded(work.session, row.person_id, row.case_id):  # since it was prepared
        raise invalid("invitationId", "declared a conflict or kinship on this case")
    if seat.meeting.state != "convened":  # before: convening sends it; after: it is too late to be asked
        raise work.refuse(Action.INVITATION_SEND, Problem(Kind.ILLEGAL_TRANSITION, rule="R24"), about)
    send(work, row, person, there(case).reference)
    track(work, seat.meeting, "invitationAdded", seat.item)
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
        child_reason=True,
        notice_required=0,
        notice_agreed=0,
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
        legal_reference=legal_reference(work, row),
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
