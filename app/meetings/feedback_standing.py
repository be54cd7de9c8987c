"""How an actor stands to a feedback sheet and to what it can be about: the first of the two locks (R62, R78, R79).

Written from the rules, not from the functions of the database; a test compares both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.constitution.agreements import governing
from app.kernel.journal.store import About
from app.kernel.work import Work, there
from app.meetings import agenda_queries, feedback_queries, invitation_queries, sight_queries
from app.meetings.feedback_models import FeedbackConsent, FeedbackSheet
from app.meetings.standing import about_item, item_standing
from app.rules.facts import Actor, Facts, Standing
from app.rules.lifecycle import OPEN_CASE
from app.rules.roles import POLICE, TABLE

ASKED, AGREED, BLOCKED = "consensusAsked", "agreed", "blocked"


class Shown(NamedTuple):
    """A sheet with what its reader's standing follows from."""

    row: FeedbackSheet
    paper: Any
    consent: FeedbackConsent | None


def shown(work: Work, feedback_sheet_id: UUID, *, lock: bool = False) -> Shown | None:
    """Give a sheet, if the database shows it to this actor; locked for who is about to change it."""
    row = feedback_queries.sheet(work.session, feedback_sheet_id, lock=lock)
    return _with_paper(work, row) if row else None


def all_shown(work: Work) -> list[Shown]:
    """Give every sheet that is in this actor's sight."""
    found = [_with_paper(work, row) for row in feedback_queries.sheets(work.session)]
    return [each for each in found if each is not None and sheet_standing(work, each) is Standing.PART]


def _with_paper(work: Work, row: FeedbackSheet) -> Shown | None:
    paper = feedback_queries.paper(work.session, row.id)
    if paper is None:
        return None
    return Shown(row, paper, feedback_queries.my_consent(work.session, row.id, work.actor.person_id))


def governing_at(work: Work, meeting_id: UUID) -> dict[str, int]:
    """Give every setting as it governs what follows from a meeting; it began under the agreement of that meeting (R115)."""
    meeting = there(agenda_queries.meeting(work.session, meeting_id))
    return governing(work.session, meeting.cell_id, meeting.agreement_id)


def is_own(actor: Actor, row: FeedbackSheet) -> bool:
    """Tell whether the actor drafted a sheet, and still acts for the police."""
    return row.drafter_id == actor.person_id and actor.role in POLICE


def state_of(row: FeedbackSheet, now: datetime) -> str:
    """Give the state of a sheet at a moment: whoever has not answered in time has not agreed."""
    if row.state == ASKED and row.answer_until is not None and now > row.answer_until:
        return BLOCKED
    return row.state


def window_of(actor: Actor, row: FeedbackSheet) -> datetime | None:
    """Give until when an actor has a sheet in sight: its drafter a month after its last step, others while it is asked."""
    return row.moved_at + sight_queries.FINISHING if is_own(actor, row) else row.answer_until


def sheet_standing(work: Work, found: Shown | None) -> Standing:
    """Give the actor's standing on a sheet: part of it has who drafted it, and who is asked about it."""
    actor = work.actor
    if found is None or actor.role not in TABLE or actor.cell_id != found.row.cell_id:
        return Standing.NONE
    row = found.row
    if actor.person_id is None or invitation_queries.is_excluded(work.session, actor.person_id, row.case_id):
        return Standing.EXCLUDED
    until = window_of(actor, row)
    asked = found.consent is not None and row.state in {ASKED, AGREED}
    if until is None or work.now > until or not (is_own(actor, row) or asked):
        return Standing.NONE
    return Standing.PART


def sheet_facts(work: Work, found: Shown | None, **known: Any) -> Facts:
    """Give Facts on a sheet."""
    standing = sheet_standing(work, found)
    if found is None or standing <= Standing.NONE:
        return work.facts(standing=standing)
    known.setdefault("window_until", window_of(work.actor, found.row))
    return work.facts(
        standing=standing,
        state=state_of(found.row, work.now),
        own=is_own(work.actor, found.row),
        still_listed=found.paper.case_state in OPEN_CASE,
        locks_on=found.paper.locks_on,
        **known,
    )


def about_sheet(found: Shown | None) -> About:
    """Give what a journal line says of a sheet: pseudonymous ids, never an answer."""
    if found is None:
        return About(object_type="feedbackSheet")
    row = found.row
    return About(row.municipality_id, row.case_id, found.paper.subject_id, "feedbackSheet", row.id)


def place_facts(work: Work, place: Any | None, agenda_item_id: UUID, **known: Any) -> Facts:
    """Give Facts on a discussion for the police: ATTENDING for who was recorded present, as long as a sheet can follow.

    Whoever sits at the item otherwise has the standing they have there; of the police it ends at being invited.
    """
    if place is not None and work.actor.role in POLICE:
        known.setdefault("state", place.case_state)
        return work.facts(
            standing=Standing.ATTENDING, window_until=place.until, locks_on=place.locks_on, **known
        )
    standing = item_standing(work, sight_queries.seat(work.session, work.actor, agenda_item_id))
    if work.actor.role in POLICE:
        standing = min(standing, Standing.INVITED)
    return work.facts(standing=standing)


def about_place(work: Work, place: Any | None, agenda_item_id: UUID, noun: str, row_id: UUID) -> About:
    """Give what a journal line says of a discussion; to who only sits at the item what that shows."""
    if place is not None:
        return About(place.municipality_id, place.case_id, place.subject_id, noun, row_id)
    seat = sight_queries.seat(work.session, work.actor, agenda_item_id)
    return about_item(seat.item if seat else None, noun, row_id)
