"""The agenda: consulting it, item by item (R4, R6, R18, R19, R61).

Reading the meeting is the hot path: one question for the meeting with its items, one to the key store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.cases.sealing import open_in
from app.constitution.codes import codes
from app.kernel.clock import brussels_day
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import (
    agenda_queries,
    minutes_queries,
)
from app.meetings.agenda_items import subject_name
from app.meetings.commands import ReadMeeting
from app.meetings.core_presence import core_absent
from app.meetings.frame_queries import french_guests, unsaid_at_table
from app.meetings.models import NEVER_SENT, Meeting
from app.meetings.next_steps import Step, holding
from app.meetings.running import agenda_blocks, is_late, is_overdue, minutes_available
from app.meetings.standing import (
    ALWAYS,
    BEFORE,
    SAT,
    about_item,
    about_meeting,
    changing_state,
    in_sitting,
    meeting_standing,
    standing_at,
    takes_minutes,
    window_for,
)
from app.meetings.tracking import changes_of
from app.meetings.views import (
    AgendaEntry,
    MeetingView,
    PutOffItem,
    Why,
)
from app.rules.actions import Action
from app.rules.facts import NEVER, Facts, Standing
from app.rules.legal import FRENCH_COMMUNITY
from app.rules.policy import abilities
from app.rules.roles import DESK


@operation(Action.MEETING_READ)
def read_meeting(work: Work, command: ReadMeeting) -> MeetingView:
    """Give a meeting with its agenda as this reader may see it.

    The desk sees the items of its own municipality, an invitee only the items invited to, and only while the
    window is open. After the sitting the desk sees the references of its items, and more only for a reason of the
    pick-list (R107). Journal: one line for the meeting, one for each item shown.
    """
    actor, now = work.actor, work.now
    row, items = agenda_queries.meeting_with_agenda(work.session, actor, now, command.meeting_id)
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
    if drafts := _drafting(work, row, standing):
        view.abilities += drafts
        written = minutes_queries.written_items(work.session, row.id)
        for entry in view.items or ():
            entry.written = entry.agenda_item_id in written
    if standing is Standing.FILE:
        _tell_who_holds(work, row, view, sum(at is Standing.FILE for at in on_items))
    if actor.role in DESK:
        view.put_off = _put_off(work, row.id)
    if row.convened_at is not None:
        view.changes = changes_of(work, row)
    french = work.installation.law_of(actor.agency_id) == FRENCH_COMMUNITY
    if standing is Standing.FILE or french:  # to others it is not said who else is asked
        view.framework = bool(french_guests(work.session, row.id)) or None
    return view


def _tell_who_holds(work: Work, row: Any, view: MeetingView, tabled: int) -> None:
    """Say beside the agenda what those need who prepare and hold the meeting; *tabled*: how many items are their own."""
    view.overdue = is_overdue(work.now, row) or None
    view.holding = holding(work, row, tabled)
    if row.state in BEFORE:
        view.minutes_available, view.blocks = minutes_available(row), agenda_blocks(work, row)
        if not view.blocks:  # nothing to discuss, but a case can still be put on it
            view.abilities = [each for each in view.abilities if each != Action.MEETING_OPEN.value]
            view.holding.next_step = Step.TABLE if work.actor.role in DESK else None
    if row.state in SAT:
        view.framework_unsaid = unsaid_at_table(work.session, row.id) or None
        _say_who_is_absent(work, row, view)


def _say_who_is_absent(work: Work, row: Any, view: MeetingView) -> None:
    """Say at the items that are being discussed that mayor or police is not noted there, to who keeps their record."""
    absent = core_absent(work, row.id) if row.state == "inSession" else {}
    for entry in view.items or ():
        if entry.why.standing == "file" or takes_minutes(work.actor, row):
            entry.core_absent = absent.get(entry.agenda_item_id) or None


def _put_off(work: Work, meeting_id: Any) -> list[PutOffItem]:
    return [
        PutOffItem(
            agenda_item_id=item.id,
            href=href("agendaItems", item.id),
            reference=reference,
            state=item.state,
            reason=item.put_off_reason,
        )
        for item, reference in agenda_queries.put_off_items(work.session, work.actor, meeting_id)
    ]


def _drafting(work: Work, row: Any, standing: Standing) -> list[str]:
    """Give `minutes.draft` to who may write the minutes of a sitting, while they are being written (R66)."""
    facts = work.facts(standing=standing, state="draft", locks_on=NEVER, use_conditions_kept=True)
    able = abilities(work.actor, facts, Action.MINUTES_DRAFT) if row.state in SAT else []
    minutes = minutes_queries.minutes(work.session, row.id) if able else None
    return able if minutes is not None and minutes.state == "draft" else []


def _minutes_state(work: Work, row: Any) -> str | None:
    """Give the state of the minutes where the reader's standing depends on it: for their secretary."""
    if row is None or not takes_minutes(work.actor, row):
        return None
    minutes = minutes_queries.minutes(work.session, row.id)
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
        chair_mandated=True,
        day_come=brussels_day(row.starts_at) <= work.today,
        notice_days=0,
        notice_required=0,
        notice_agreed=0,
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
        agreement_id=row.agreement_id,
        items=None
        if items is None
        else [_entry(work, row, item, at, n) for n, (item, at) in enumerate(items, 1)],
        abilities=_abilities(work, row, facts) if holds else [],
    )


def _abilities(work: Work, row: Any, facts: Facts) -> list[str]:
    """Give what this reader may do with a meeting they hold; its day and its people are the planner's and the chair's."""
    actor = work.actor
    plans = row.municipality_id == actor.municipality_id or row.chair_id == actor.person_id
    can = abilities(actor, facts, *_OF_MEETING, *(_OF_PLANNER if plans else ()))
    if plans:
        can += abilities(actor, replace(facts, state=changing_state(row)), Action.MEETING_CHANGE)
    return can


_OF_MEETING = (
    Action.MEETING_REVIEW, Action.MEETING_CONVENE, Action.MEETING_INVITE, Action.MEETING_OPEN, Action.MEETING_CLOSE,
    Action.MEETING_PRINT,
)  # fmt: skip
_OF_PLANNER = (Action.MEETING_MOVE, Action.MEETING_CANCEL)


def _entry(work: Work, meeting: Any, item: Any, standing: Standing, number: int) -> AgendaEntry:
    if item.invited in NEVER_SENT and standing is not Standing.FILE:  # to them there is none
        item = item._replace(
            invitation_id=None, invited=None, invitation_version=None, ground_list=None, ground_code=None
        )
    return AgendaEntry(
        agenda_item_id=item.id,
        href=href("agendaItems", item.id),
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        reference=item.reference,
        subject_name=subject_name(work, item.case_id, item.subject),
        question=open_in(work, item.case_id, "agenda_item", "question", item.id, item.question),
        minutes=item.minutes,
        position=number,
        version=item.item_version,
        starts_at=meeting.starts_at + timedelta(minutes=item.starts_after),
        late=is_late(meeting, item) or None,
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
