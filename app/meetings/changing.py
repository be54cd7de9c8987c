"""Changing an agenda, item by item: its order, its time, putting it off, carrying it over, taking it off (R4, R61, R69).

A desk orders the items of its own municipality: it does not see the others. In which order the municipalities come, the
desk that planned the meeting decides. An item that was put off was not discussed, and starts no term.
"""

from __future__ import annotations

from app.cases.sealing import open_in, seal_in
from app.directory.notices import NoticeCode
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import agenda_queries, change_queries, proposal_queries, sight_queries
from app.meetings.agenda_items import item_view
from app.meetings.commands import (
    AddAgendaItem,
    CarryOverAgendaItem,
    ChangeAgendaItem,
    OrderAgendaItem,
    PostponeAgendaItem,
    PrepareInvitation,
    TakeOffAgendaItem,
)
from app.meetings.inviting import prepare_invitation, reason_in
from app.meetings.leaving import renumbered, take_away
from app.meetings.models import AgendaItem, Meeting
from app.meetings.proposing import can_come
from app.meetings.running import left_over
from app.meetings.standing import about_item, item_facts
from app.meetings.tabling import add_agenda_item
from app.meetings.tracking import tell_item, track
from app.meetings.views import AgendaItemView
from app.rules.actions import Action
from app.rules.problems import Kind, Problem, invalid

_NOT_CARRIED = frozenset({"draft", "removed", "mustDecline"})
"""Invitations that do not go along when an item is carried over."""


def _locked(work: Work, seat: sight_queries.Seat) -> tuple[AgendaItem, Meeting]:
    """Give an item and its meeting as they are now, locked, if the caller knew the item as it is. Raises Problem 412."""
    meeting = there(agenda_queries.meeting(work.session, seat.meeting.id, lock=True))
    work.session.refresh(seat.item, with_for_update=True)
    work.expect(seat.item.version)
    return seat.item, meeting


def _answer(work: Work, item: AgendaItem) -> AgendaItemView:
    work.session.flush()
    work.session.expire(item)
    seat = there(sight_queries.seat(work.session, work.actor, item.id))
    return item_view(work, seat, item_facts(work, seat))


@operation(Action.AGENDA_ITEM_ORDER)
def order_agenda_item(work: Work, command: OrderAgendaItem) -> AgendaItemView:
    """Move an item to a place among those of its own municipality; beyond the last place is the last (If-Match)."""
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    work.allow(Action.AGENDA_ITEM_ORDER, item_facts(work, seat), about_item(seat.item if seat else None))
    item, meeting = _locked(work, there(seat))
    rows = agenda_queries.own_items(work.session, meeting.id, item.municipality_id)
    others = [row for row in rows if row.id != item.id]
    place = command.position - 1
    for number, row in enumerate([*others[:place], item, *others[place:]], 1):
        row.position = number
    item.version += 1
    renumbered(work, meeting, item)
    track(work, meeting, "itemOrdered", item)
    return _answer(work, item)


@operation(Action.AGENDA_ITEM_CHANGE)
def change_agenda_item(work: Work, command: ChangeAgendaItem) -> AgendaItemView:
    """Change how long an item takes, or what is asked of the table (If-Match)."""
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    work.allow(Action.AGENDA_ITEM_CHANGE, item_facts(work, seat), about_item(seat.item if seat else None))
    item, meeting = _locked(work, there(seat))
    if command.minutes is not None:
        item.minutes = command.minutes
    if command.question is not None:
        item.question = seal_in(work, item.case_id, "agenda_item", "question", item.id, command.question)
        if meeting.convened_at is not None:
            tell_item(work, item, NoticeCode.AGENDA_CHANGED)
    item.version += 1
    renumbered(work, meeting, item)
    track(work, meeting, "itemChanged", item)
    return _answer(work, item)


@operation(Action.AGENDA_ITEM_POSTPONE)
def postpone_agenda_item(work: Work, command: PostponeAgendaItem) -> AgendaItemView:
    """Put an item off: it is not discussed at this meeting, and proposed again for the next (R69).

    Raises Problem 409 once somebody was recorded in the room for it: then it is being discussed, and a discussion is
    not taken off the record.
    """
    return _put_off(work, command, Action.AGENDA_ITEM_POSTPONE, "itemPostponed")


@operation(Action.AGENDA_ITEM_TAKE_OFF)
def take_off_agenda_item(work: Work, command: TakeOffAgendaItem) -> AgendaItemView:
    """Take an item off the agenda, before the sitting: it should not have been there."""
    return _put_off(work, command, Action.AGENDA_ITEM_TAKE_OFF, "itemTakenOff")


def _put_off(
    work: Work, command: PostponeAgendaItem | TakeOffAgendaItem, action: Action, kind: str
) -> AgendaItemView:
    """Take an item off its agenda, unless somebody is recorded in the room for it."""
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    about = about_item(seat.item if seat else None)
    work.allow(action, item_facts(work, seat), about, reason=command.reason)
    item, meeting = _locked(work, there(seat))
    if change_queries.somebody_present(work.session, item.id):
        raise work.refuse(action, Problem(Kind.RULE_NOT_MET, rule="R69", why="rule.R69"), about)
    take_away(work, meeting, item, action, kind, command.reason)
    return _answer(work, item)


@operation(Action.AGENDA_ITEM_CARRY_OVER)
def carry_over_agenda_item(work: Work, command: CarryOverAgendaItem) -> AgendaItemView:
    """Put an item that was not discussed on a later meeting, with its question; those asked for it are prepared again.

    As drafts: the mayor sends them. Who cannot be invited any more is left out. Raises Problem 409 for an item that is
    on its agenda still or was discussed, 400 for a meeting that is not later, and as for any case put on an agenda.
    """
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    facts = item_facts(work, seat, state=left_over(work, seat) if seat else None)
    work.allow(Action.AGENDA_ITEM_CARRY_OVER, facts, about_item(seat.item if seat else None))
    seat = there(seat)
    item = seat.item
    later = agenda_queries.meeting(work.session, command.meeting_id)
    if later is not None and later.starts_at <= max(seat.meeting.starts_at, work.now):
        raise invalid("meetingId", "this meeting is not later", kind="referencedResourceNotFound")
    question = there(open_in(work, item.case_id, "agenda_item", "question", item.id, item.question))
    made = add_agenda_item(
        work,
        AddAgendaItem(
            meetingId=command.meeting_id,
            caseId=item.case_id,
            question=question,
            minutes=item.minutes,
            purpose=item.purpose,
        ),
    )
    _ask_again(work, item, made)
    return _answer(work, work.session.get_one(AgendaItem, made.agenda_item_id))


def _ask_again(work: Work, item: AgendaItem, made: AgendaItemView) -> None:
    seated = proposal_queries.members(work.session, item.cell_id, work.today)
    out = proposal_queries.excluded_pairs(work.session, [item.case_id])
    for row in change_queries.invitations(work.session, item.id):
        member = seated.get(row.person_id)
        if (
            row.state in _NOT_CARRIED
            or row.withdrawn_by is not None
            or row.nominated_by is not None  # the service itself is asked anew, and says anew who comes (R28)
            or member is None
            or (item.case_id, row.person_id) in out
        ):
            continue
        if not can_come(work, item.cell_id, member):
            continue
        reason, child = (reason_in(work, row, column) for column in ("ground_reason", "child_reason"))
        again = PrepareInvitation(
            agendaItemId=made.agenda_item_id,
            personId=row.person_id,
            groundList=row.ground_list,
            groundCode=row.ground_code,
            groundReason=reason,
            childReason=child,
        )
        prepare_invitation(work, again)
