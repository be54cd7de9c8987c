"""What changed after a meeting was convened, and who is told of it: kind, moment and person, never content (R24, R37, R61)."""

from __future__ import annotations

from typing import Any

from app.cases import queries as cases
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.i18n import register_codes
from app.kernel.ids import new_id
from app.kernel.work import Work, there
from app.meetings import change_queries
from app.meetings.models import AgendaChange, AgendaItem, Meeting
from app.meetings.standing import keeps_file, takes_minutes
from app.meetings.views import AgendaChangeView

KINDS = (
    "itemAdded", "itemOrdered", "itemChanged", "itemPostponed", "itemTakenOff", "invitationAdded", "invitationWithdrawn",
    "meetingMoved", "meetingCancelled", "placeChanged", "chairChanged", "secretaryChanged", "blocksOrdered",
)  # fmt: skip
"""What can change on a meeting that people were convened to."""
OF_PEOPLE = frozenset({"invitationAdded", "invitationWithdrawn"})
register_codes("change", KINDS)


def track(
    work: Work, meeting: Any, kind: str, item: AgendaItem | None = None, reason: str | None = None
) -> None:
    """Note a change to a meeting that was convened; before that, nobody was told anything that could change."""
    if meeting.convened_at is None:
        return
    work.session.add(
        AgendaChange(
            id=new_id(),
            meeting_id=meeting.id,
            municipality_id=item.municipality_id if item else there(work.actor.municipality_id),
            agenda_item_id=item.id if item else None,
            case_id=item.case_id if item else None,
            kind=kind,
            reason=reason,
            changed_at=work.now,
            changed_by=there(work.actor.person_id),
        )
    )


def tell_item(work: Work, item: AgendaItem, code: NoticeCode) -> None:
    """Tell those who are invited to an item, by the reference of its case (R37)."""
    case = there(cases.case(work.session, item.case_id))
    for person_id in change_queries.coming(work.session, item.id):
        leave_notice(work, person_id, code, case.reference, item.municipality_id)


def tell_those_who_hold(work: Work, meeting: Meeting) -> None:
    """Tell chair and secretary that the agenda changed; not of which case: it may be another municipality's (R4)."""
    if meeting.convened_at is None:
        return
    for person_id in {meeting.chair_id, meeting.secretary_id} - {None, work.actor.person_id}:
        leave_notice(work, there(person_id), NoticeCode.AGENDA_CHANGED, "", there(work.actor.municipality_id))


def changes_of(work: Work, meeting: Any) -> list[AgendaChangeView]:
    """Give what changed since a meeting was convened, as far as this reader may know, oldest first.

    That somebody was added to an item or is asked no longer tells who else is asked: to its desk and the secretary alone.
    """
    takes = takes_minutes(work.actor, meeting)
    return [
        AgendaChangeView(
            kind=row.kind,
            agenda_item_id=row.agenda_item_id,
            reason=row.reason,
            changed_at=row.changed_at,
            changed_by=name,
        )
        for row, name in change_queries.changes(work.session, meeting.id)
        if takes or row.kind not in OF_PEOPLE or keeps_file(work.actor, row.municipality_id)
    ]
