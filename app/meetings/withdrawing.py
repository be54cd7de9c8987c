"""Taking an invitation back: a draft by the desk, one that was sent by the mayor (R22, R24)."""

from __future__ import annotations

from app.cases import queries as cases
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import change_queries, invitation_queries, sight_queries, sitting_queries
from app.meetings.commands import RemoveInvitation, WithdrawInvitation
from app.meetings.inviting import invitation_view
from app.meetings.models import Invitation
from app.meetings.standing import about_item, item_facts
from app.meetings.tracking import track
from app.meetings.views import InvitationView
from app.rules.actions import Action
from app.rules.lifecycle import sources, target
from app.rules.problems import Kind, Problem

_OPEN = frozenset({"convened", "inSession"})
"""States of a meeting in which somebody who was asked can be asked no longer."""
_REFUSED = frozenset({"declined", "mustDecline"})


def _named_by(work: Work, row: Invitation) -> list[Invitation]:
    """Give the invitations of those whom an invited person named to come instead, locked."""
    every = change_queries.invitations(work.session, row.agenda_item_id)
    return [each for each in every if each.nominated_by == row.person_id]


def _seat(work: Work, row: Invitation | None) -> sight_queries.Seat | None:
    return sight_queries.seat(work.session, work.actor, row.agenda_item_id) if row else None


@operation(Action.INVITATION_WITHDRAW)
def withdraw_invitation(work: Work, command: WithdrawInvitation) -> InvitationView:
    """Ask somebody no longer: the item goes out of their sight at once, and they are told (If-Match).

    Where the management of a service is asked no longer, whom it named to come instead is not either (R28). Raises
    Problem 409 for somebody who is recorded in the room: they leave it first (R62).
    """
    row = invitation_queries.invitation(work.session, command.invitation_id)
    seat = _seat(work, row)
    about = about_item(seat.item if seat else None, "invitation", row.id if row else None)
    state = row.state if row and seat and seat.meeting.state in _OPEN else "over"
    facts = item_facts(work, seat, state=state)
    work.allow(
        Action.INVITATION_WITHDRAW, facts, about, recipients=str(row.person_id) if row and seat else ""
    )
    row, seat = there(row), there(seat)
    work.expect(row.version)
    named = _named_by(work, row)
    gone = [each for each in (row, *named) if each.state in sources(Action.INVITATION_WITHDRAW)]
    for each in gone:
        attended = sitting_queries.attendance(work.session, each.agenda_item_id, each.person_id)
        if attended is not None and attended.present and attended.left_at is None:
            raise work.refuse(
                Action.INVITATION_WITHDRAW, Problem(Kind.RULE_NOT_MET, rule="R62", why="rule.R62"), about
            )
    case = there(cases.case(work.session, row.case_id))
    for each in named:  # who refused stays on record as who refused, and comes back on it no more (R31, R35)
        if each.state in _REFUSED and each.withdrawn_by is None:
            each.withdrawn_by, each.version = work.actor.person_id, each.version + 1
    for each in gone:
        each.state, each.withdrawn_by = target(Action.INVITATION_WITHDRAW), work.actor.person_id
        each.version += 1
        leave_notice(
            work, each.person_id, NoticeCode.INVITATION_WITHDRAWN, case.reference, each.municipality_id
        )
    track(work, seat.meeting, "invitationWithdrawn", seat.item)
    return invitation_view(work, row)


@operation(Action.INVITATION_REMOVE)
def remove_invitation(work: Work, command: RemoveInvitation) -> InvitationView:
    """Take out an invitation that was prepared and never sent: nobody was told of it, and nobody is (If-Match)."""
    row = invitation_queries.invitation(work.session, command.invitation_id)
    seat = _seat(work, row)
    about = about_item(seat.item if seat else None, "invitation", row.id if row else None)
    work.allow(Action.INVITATION_REMOVE, item_facts(work, seat, state=row.state if row else None), about)
    row = there(row)
    work.expect(row.version)
    row.state = target(Action.INVITATION_REMOVE)
    row.version += 1
    return invitation_view(work, row)
