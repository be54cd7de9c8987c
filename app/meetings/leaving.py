"""What leaves an agenda: an item that is put off or taken off, and those of a person who left the mayor's list (R42, R61)."""

from __future__ import annotations

from app.cases import queries as cases
from app.cases.closing import LEAVING
from app.cases.models import Case
from app.cases.standing import counted_from
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.i18n import register_codes
from app.kernel.journal.store import About
from app.kernel.work import Work, there
from app.meetings import agenda_queries, change_queries
from app.meetings.change_queries import attended_by
from app.meetings.models import TABLED, AgendaItem, Meeting
from app.meetings.standing import about_item
from app.meetings.tracking import tell_item, tell_those_who_hold, track
from app.rules.actions import Action
from app.rules.lifecycle import target
from app.rules.retention import case_due_on

CASE_CLOSED = "caseClosed"
"""Why an item went off its agenda that nobody took off: its case was closed."""
_OVER = frozenset({"closed", "cancelled"})

register_codes("option.reason", [CASE_CLOSED])


def renumbered(work: Work, meeting: Meeting, item: AgendaItem) -> None:
    """Count the times anew and, once convened, tell who comes for an item of one's own that begins at another time."""
    rows = agenda_queries.own_items(work.session, meeting.id, item.municipality_id)
    before = {row.id: row.starts_after for row in rows}
    agenda_queries.number_agenda(work.session, meeting.id)
    for row in rows:
        work.session.refresh(row)
        if meeting.convened_at is not None and row.starts_after != before[row.id]:
            tell_item(work, row, NoticeCode.AGENDA_CHANGED)


def take_away(work: Work, meeting: Meeting, item: AgendaItem, action: Action, kind: str, reason: str) -> None:
    """Take an item off an agenda with everybody asked for it: out of their sight at once, and told so."""
    invitations = change_queries.invitations(work.session, item.id)
    if meeting.convened_at is not None:
        tell_item(work, item, NoticeCode.ITEM_OFF)
    for row in invitations:
        if row.state == "draft":
            row.state, row.version = "removed", row.version + 1
        elif row.state in {"sent", "accepted", "passedOn"}:
            row.state, row.version = "withdrawn", row.version + 1
    item.state, item.put_off_reason = target(action), reason
    item.version += 1
    renumbered(work, meeting, item)
    track(work, meeting, kind, item, reason)
    tell_those_who_hold(work, meeting)


def off_the_agendas(work: Work, case: Case) -> list[About]:
    """Take a case that is closed off every agenda to come; give what the journal says of each item.

    Where somebody was recorded in the room for it already, the item stays: it was discussed while it was listed.
    """
    lines = []
    for item in change_queries.tabled(work.session, case.id):
        meeting = there(agenda_queries.meeting(work.session, item.meeting_id, lock=True))
        work.session.refresh(item, with_for_update=True)
        if item.state != TABLED or meeting.state in _OVER:
            continue
        if change_queries.somebody_present(work.session, item.id):
            continue
        take_away(work, meeting, item, Action.AGENDA_ITEM_TAKE_OFF, "itemTakenOff", CASE_CLOSED)
        lines.append(about_item(item))
    work.session.flush()
    return lines


def tell_of_own_files(work: Work, case: Case) -> list[About]:
    """Tell everybody who was present at a discussion of a case that is closed that their own file has a term too (R95).

    That term is the law's, from the last discussion: an earlier end here is the mayor's for the mayor's own file.
    """
    ends_on = case_due_on(counted_from(case), {})
    desk = cases.desk_of(work.session, case, work.today)
    for person_id in attended_by(work.session, case):
        if person_id not in desk:
            code = NoticeCode.OWN_FILE_AFTER_CLOSING
            leave_notice(work, person_id, code, case.reference, case.municipality_id, ends_on)
    return []


LEAVING[:] = [off_the_agendas, tell_of_own_files]
