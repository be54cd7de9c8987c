"""Naming who comes for a service of the French Community, by its management, which was asked (R28, R35).

The decree has the invitation go to the management, and lets the handler directly involved, a superior or the permanent
representative take part. Whoever is named has an invitation of their own, under the mayor's; the management's is passed
on, and shows it nothing of the item any more (decision 0037).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import LargeBinary, cast

from app.cases import queries as cases
from app.cases.sealing import seal_in
from app.directory.models import Person
from app.directory.representative_queries import represents
from app.kernel.i18n import register_codes
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import agenda_queries, invitation_queries, nomination_queries
from app.meetings.briefing_views import Colleague
from app.meetings.inviting import FRENCH_COMMUNITY, invitation_view, reason_in
from app.meetings.models import NEVER_SENT, Invitation
from app.meetings.nomination_commands import ListNomination, NominateInvitation, TakeBackNomination
from app.meetings.nomination_views import NominationList, NominationView
from app.meetings.standing import SEEN
from app.meetings.views import InvitationView
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.problems import Kind, Problem

REPRESENTATIVE = "permanentRepresentative"
register_codes("option.nominatedAs", ["handler", "superior", REPRESENTATIVE])


def manages(work: Work, row: Invitation) -> bool:
    """Tell whether an own invitation went to its reader as the management of a service of the French Community.

    It went by the mayor: who was named to come for a service names nobody further, whatever they manage themselves (R18).
    """
    person = work.session.get(Person, row.person_id)
    asked = row.regime == FRENCH_COMMUNITY and row.nominated_by is None
    return asked and person is not None and person.manages_service


def _facts(work: Work, row: Invitation | None, **known: bool) -> Facts:
    """Give the Facts on naming for one's own invitation, until the sitting opens; somebody else's is not there."""
    if row is None or row.person_id != work.actor.person_id or row.state in NEVER_SENT:
        return work.facts(standing=Standing.NONE)
    meeting = agenda_queries.meeting(work.session, row.meeting_id)
    if meeting is None or meeting.cell_id != work.actor.cell_id:
        return work.facts(standing=Standing.NONE)
    return work.facts(
        standing=Standing.PART,
        state=row.state if meeting.state == "convened" else meeting.state,
        own=True,
        line_manager_addressed=manages(work, row),
        **known,
    )


def _about(row: Invitation | None) -> About:
    if row is None:
        return About(object_type="invitation")
    return About(row.municipality_id, row.case_id, None, "invitation", row.id)


@operation(Action.INVITATION_NOMINATE)
def nominate_invitation(work: Work, command: NominateInvitation) -> InvitationView:
    """Name who comes in one's place; they are asked at once, under the mayor's invitation to the service (If-Match).

    Out: one's own invitation, passed on. Raises Problem: 404 for somebody else's; 409 for who does not manage a service of
    the French Community, without a care relation, and for somebody who cannot be named (one answer for another service, no
    seat in the cell, no valid undertaking, a declared conflict, asked already, no representative though said to be).
    """
    action = Action.INVITATION_NOMINATE
    row = invitation_queries.invitation(work.session, command.invitation_id)
    can = nomination_queries.nominees(work.session, row.id, work.today) if row else {}
    fits = command.person_id in can and (
        command.nominated_as != REPRESENTATIVE
        or represents(work.session, command.person_id, there(work.actor.cell_id), work.today)
    )
    facts = _facts(work, row, care_relation=command.care_relation, nominee_fits=fits)
    about = _about(row)
    work.allow(action, facts, about, reason=command.nominated_as, recipients=str(command.person_id))
    row = there(row)
    work.expect(row.version)
    made_id = can[command.person_id][1] or new_id()
    made: dict[str, Any] = {
        "id": made_id, "person_id": command.person_id, "nominated_as": command.nominated_as,
        "child_reason": _sealed(work, row, made_id, "child_reason"),
        "urgency_reason": _sealed(work, row, made_id, "urgency_reason"),
    }  # fmt: skip
    if not nomination_queries.nominate(work.session, row, made):  # changed at this very moment
        raise work.refuse(action, Problem(Kind.CONFLICT, rule="R28"), about)
    return invitation_view(work, row)


def _sealed(work: Work, row: Invitation, made_id: Any, column: str) -> Any:
    """Give a reason that the service was told, sealed for the invitation of who comes for it."""
    said = reason_in(work, row, column)
    return cast(
        seal_in(work, row.case_id, "invitation", column, made_id, said) if said else None, LargeBinary
    )


@operation(Action.NOMINATION_LIST)
def list_nomination(work: Work, command: ListNomination) -> NominationList:
    """Give whom one named for one's own invitation, and the colleagues one can name."""
    row = invitation_queries.invitation(work.session, command.invitation_id, lock=False)
    work.allow(Action.NOMINATION_LIST, _facts(work, row), _about(row))
    row = there(row)
    meeting = there(agenda_queries.meeting(work.session, row.meeting_id))
    # The database shows the case as long as the item is in sight, and no longer.
    case = cases.case(work.session, row.case_id) if row.state in SEEN else None
    found = nomination_queries.named(work.session, [row.id]).get(row.id)
    can = nomination_queries.nominees(work.session, row.id, work.today)
    return NominationList(
        href=href("invitations", row.id) + "/nominations",
        version=row.version,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        reference=case.reference if case else None,
        items=[nomination_view(found)] if found else [],
        colleagues=[Colleague(person_id=person_id, name=name) for person_id, (name, _) in can.items()],
    )


def nomination_view(found: Any) -> NominationView:
    """Give who comes in one's place, of a row of `nomination_queries.named`."""
    return NominationView(
        person_id=found.person_id, name=found.name, nominated_as=found.nominated_as, state=found.state
    )


@operation(Action.NOMINATION_TAKE_BACK)
def take_back_nomination(work: Work, command: TakeBackNomination) -> InvitationView:
    """Have nobody come in one's place any more, until the sitting opens; they are told, and see nothing of it (If-Match).

    One's own invitation waits for an answer again. Whoever refused stays on record as who refused, and answers no more (R35).
    """
    action = Action.NOMINATION_TAKE_BACK
    row = invitation_queries.invitation(work.session, command.invitation_id)
    found = nomination_queries.named(work.session, [row.id]).get(row.id) if row else None
    about = _about(row)
    work.allow(action, _facts(work, row), about, recipients=str(found.person_id) if found else "")
    row = there(row)
    work.expect(row.version)
    if not nomination_queries.take_back(work.session, row):
        raise work.refuse(action, Problem(Kind.CONFLICT, rule="R28"), about)
    return invitation_view(work, row)
