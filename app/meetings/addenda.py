"""Corrections of approved minutes: addenda that stand beside what was approved, and never change it (R67; decision 0036).

The desk of the item writes one; the chair of the meeting or the mayor approves or refuses it, and never who wrote it. An
approved one is signed by itself, and read by whoever may read the item; it opens nothing that had closed (R68).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.cases import queries as cases
from app.cases.sealing import open_in, seal_in
from app.cases.statements import keeps_use_conditions
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import addendum_queries, minutes_queries, sight_queries
from app.meetings.addendum_models import MinutesAddendum
from app.meetings.minutes_commands import CorrectMinutes, DecideCorrectionMinutes
from app.meetings.models import TABLED, AgendaItem, Meeting
from app.meetings.signing import addendum_holds, digest_of_addendum, new_salt, origin_of, sign_addendum
from app.meetings.standing import about_item, item_facts
from app.meetings.views import AddendumView
from app.rules.actions import Action
from app.rules.facts import NEVER, Facts, Standing
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.roles import MAYORAL

APPROVED, PROPOSED, REFUSED = "approved", "proposed", "refused"
_TABLE = "minutes_addendum"
_OBJECT = "minutesAddendum"


def origin_at(work: Work, meeting_id: Any) -> str:
    """Give the origin under which the minutes of a meeting are signed in this installation."""
    return origin_of(work.installation.installation_id, meeting_id)


def _facts(work: Work, seat: sight_queries.Seat | None, **known: Any) -> Facts:
    """Give Facts on the approved minutes of an item; nobody corrects what was never written there."""
    if seat is None:
        return item_facts(work, seat)
    written = (
        seat.item.state == TABLED and minutes_queries.minutes_item(work.session, seat.item.id) is not None
    )
    return item_facts(work, seat, state=seat.minutes_state if written else None, **known)


def _seat(work: Work, meeting_id: UUID, agenda_item_id: UUID) -> sight_queries.Seat | None:
    seat = sight_queries.seat(work.session, work.actor, agenda_item_id)
    return seat if seat is not None and seat.meeting.id == meeting_id else None


@operation(Action.MINUTES_CORRECT)
def correct_minutes(work: Work, command: CorrectMinutes) -> AddendumView:
    """Write a correction of one item of approved minutes; it waits for the chair or the mayor.

    Raises Problem 400 where a correction of that item waits already, 409 where the text holds what was said under
    conditions that keep it out of minutes (R65).
    """
    seat = _seat(work, command.meeting_id, command.agenda_item_id)
    row_id = new_id()
    may_see = _facts(work, seat).standing is Standing.FILE
    kept = may_see and keeps_use_conditions(work, there(seat).item.case_id, command.text)
    work.allow(
        Action.MINUTES_CORRECT,
        _facts(work, seat, use_conditions_kept=kept),
        about_item(seat.item if seat else None, _OBJECT, row_id),
    )
    item, meeting = there(seat).item, there(seat).meeting
    reference = there(cases.case(work.session, item.case_id)).reference
    minutes = there(minutes_queries.minutes(work.session, meeting.id))
    if any(each.state == PROPOSED for each, _ in addendum_queries.addenda(work.session, [item.id])):
        raise invalid("agendaItemId", "a correction of this item waits already")
    salt = new_salt()
    row = MinutesAddendum(
        id=row_id,
        minutes_id=minutes.id,
        meeting_id=meeting.id,
        agenda_item_id=item.id,
        case_id=item.case_id,
        municipality_id=item.municipality_id,
        text=seal_in(work, item.case_id, _TABLE, "text", row_id, command.text),
        salt=seal_in(work, item.case_id, _TABLE, "salt", row_id, salt),
        digest=digest_of_addendum(row_id, item.id, command.text, salt),
        state=PROPOSED,
        written_by=there(work.actor.person_id),
        written_at=work.now,
        version=1,
    )
    work.session.add(row)
    for person_id in addendum_queries.deciders(work.session, meeting, item, work.today) - {row.written_by}:
        leave_notice(work, person_id, NoticeCode.MINUTES_CORRECTION_WAITS, reference, item.municipality_id)
    work.session.flush()
    return addendum_view(work, item, row, None)


@operation(Action.MINUTES_DECIDE_CORRECTION)
def decide_correction_minutes(work: Work, command: DecideCorrectionMinutes) -> AddendumView:
    """Approve a correction, which signs it, or refuse it; give where it stands. Raises Problem 400 for one that does not wait.

    Who was there and may still read the item is told that it was corrected.
    """
    seat = _seat(work, command.meeting_id, command.agenda_item_id)
    row = addendum_queries.waiting(work.session, command.agenda_item_id) if seat else None
    if row is not None and row.id != command.addendum_id:
        row = None
    approved = command.decision == "approve"
    mine = row is not None and row.written_by == work.actor.person_id
    about = about_item(seat.item if seat else None, _OBJECT, row.id if row else None)
    may_see = row is not None and _facts(work, seat).standing is Standing.FILE
    said = _opened(work, there(row)) if may_see and approved else None
    work.allow(
        Action.MINUTES_DECIDE_CORRECTION,
        _facts(
            work,
            seat,
            # Whoever wrote one may take it back; a correction that nobody else can decide on would wait for ever.
            own=seat is not None and ((mine and not approved) or decides(work, seat.meeting)),
            proposed_by_actor=mine and approved,
            use_conditions_kept=said is None
            or keeps_use_conditions(work, there(seat).item.case_id, said.text),
        ),
        about,
    )
    item, meeting = there(seat).item, there(seat).meeting
    if row is None:
        raise invalid("addendumId", "no such correction waits", kind="referencedResourceNotFound")
    if said is not None and row.digest != digest_of_addendum(row.id, item.id, *said):
        # Written past this door: not what is read here.
        problem = Problem(Kind.ILLEGAL_TRANSITION, rule="R67")
        raise work.refuse(Action.MINUTES_DECIDE_CORRECTION, problem, about)
    reference = there(cases.case(work.session, item.case_id)).reference
    readers = addendum_queries.readers(work.session, item, work.now)
    row.decided_by, row.decided_at = work.actor.person_id, work.now
    row.state = APPROVED if approved else REFUSED
    row.version += 1
    if approved:
        signer = work.installation.signer
        row.note = sign_addendum(row.digest, origin_at(work, meeting.id), work.now, signer)
        for person_id in readers:
            leave_notice(work, person_id, NoticeCode.MINUTES_CORRECTED, reference, item.municipality_id)
    work.session.flush()
    # Deciding is not reading: the text is read with the minutes, with a reason (R107).
    return addendum_view(work, item, row, None).model_copy(update={"text": None, "salt": None})


def decides(work: Work, meeting: Meeting) -> bool:
    """Tell whether the actor decides on corrections of this meeting's minutes: its chair, or the mayor of the item.

    The mayor too, because the chair may have left, may be of another municipality, or may have written it.
    """
    return meeting.chair_id == work.actor.person_id or work.actor.role in MAYORAL


def addenda_by_item(work: Work, item_ids: Sequence[UUID]) -> dict[UUID, list[tuple[MinutesAddendum, str]]]:
    """Give the corrections that the database lets this actor read, by item, with the names of who wrote them."""
    found: dict[UUID, list[tuple[MinutesAddendum, str]]] = {}
    for row, name in addendum_queries.addenda(work.session, item_ids):
        found.setdefault(row.agenda_item_id, []).append((row, name))
    return found


def addendum_views(
    work: Work, item: AgendaItem, rows: Iterable[tuple[MinutesAddendum, str]], *, file: bool
) -> list[AddendumView]:
    """Give the corrections of an item: to who keeps the *file* all of them, to others what was approved."""
    return [
        addendum_view(work, item, row, name if file else None)
        for row, name in rows
        if file or row.state == APPROVED
    ]


class _Said(NamedTuple):
    text: str
    salt: str


def _opened(work: Work, row: MinutesAddendum) -> _Said:
    opened = (open_in(work, row.case_id, _TABLE, name, row.id, getattr(row, name)) for name in _Said._fields)
    return _Said(*(there(each) for each in opened))


def addendum_view(work: Work, item: AgendaItem, row: MinutesAddendum, name: str | None) -> AddendumView:
    """Give one correction, opened, and whether it is what was approved."""
    said, salt = _opened(work, row)
    approved = row.state == APPROVED
    digest = digest_of_addendum(row.id, item.id, said, salt)
    verifiers = [work.installation.signer.verifier]
    return AddendumView(
        addendum_id=row.id,
        agenda_item_id=item.id,
        state=row.state,
        text=said,
        written_by=name,
        written_at=row.written_at,
        decided_at=row.decided_at,
        own=row.written_by == work.actor.person_id,
        salt=salt if approved else None,
        digest=digest.hex() if approved else None,
        note=row.note,
        proven=addendum_holds(digest, row.note or "", origin_at(work, row.meeting_id), verifiers)
        if approved
        else None,
    )


def correction_abilities(work: Work, item: AgendaItem, addenda: Iterable[AddendumView]) -> list[str]:
    """Give what the desk may do about corrections of an approved item: write one, or decide on the one that waits."""
    meeting = work.session.get_one(Meeting, item.meeting_id)
    waits = next((each for each in addenda if each.state == PROPOSED), None)
    facts = work.facts(
        standing=Standing.FILE,
        state=APPROVED,
        locks_on=NEVER,  # what is locked was not given to read
        use_conditions_kept=True,
        own=decides(work, meeting) or (waits is not None and waits.own),
        proposed_by_actor=False,
    )
    asked = Action.MINUTES_DECIDE_CORRECTION if waits else Action.MINUTES_CORRECT
    return abilities(work.actor, facts, asked)
