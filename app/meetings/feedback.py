"""The feedback sheet until everybody agreed: drafting it, asking, answering, reading (R78, R79, R81).

Drafted by a member of the police who was there; agreed to by everybody recorded present, or not issued. Nobody is asked
for a reason and nobody learns how somebody answered: the outcome comes with the last answer (decision 0032).
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.exc import IntegrityError

from app.cases.sealing import open_in, seal_in, subject_of
from app.constitution.standing import cell_facts
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import feedback_queries
from app.meetings.card_mentions import notes_cards
from app.meetings.feedback_commands import (
    AgreeFeedbackSheet,
    AskConsensusFeedbackSheet,
    DraftFeedbackSheet,
    ListFeedbackSheet,
    ReadFeedbackSheet,
)
from app.meetings.feedback_models import FeedbackSheet
from app.meetings.feedback_standing import (
    Shown,
    about_place,
    about_sheet,
    all_shown,
    governing_at,
    is_own,
    place_facts,
    sheet_facts,
    shown,
    state_of,
)
from app.meetings.feedback_views import (
    FeedbackAnswerView,
    FeedbackPlace,
    FeedbackSheetItem,
    FeedbackSheetList,
    FeedbackSheetView,
)
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid

TABLE = "feedback_sheet"
_STEPS = (
    Action.FEEDBACK_SHEET_ASK_CONSENSUS, Action.FEEDBACK_SHEET_AGREE, Action.FEEDBACK_SHEET_ISSUE,
    Action.FEEDBACK_SHEET_FETCH,
)  # fmt: skip


def digest_of(agenda_item_id: UUID, text: str) -> bytes:
    """Give the SHA-256 over the canonical form of a sheet's text: JSON, keys sorted, UTF-8, no spaces."""
    said = {"agendaItemId": str(agenda_item_id), "text": text}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def text_of(work: Work, row: FeedbackSheet) -> str:
    """Open the text of a sheet."""
    return there(open_in(work, row.case_id, TABLE, "text", row.id, row.text))


@operation(Action.FEEDBACK_SHEET_DRAFT)
def draft_feedback_sheet(work: Work, command: DraftFeedbackSheet) -> FeedbackSheetView:
    """Write one's draft on a discussion, or rewrite it (If-Match) until the consensus is asked.

    Raises Problem: 403 for who was not recorded present, 409 without the two confirmations (R56, R81), on somebody who
    left the list (R78) or more than a month after the sitting.
    """
    action, row_id = Action.FEEDBACK_SHEET_DRAFT, new_id()
    place = feedback_queries.place(work.session, command.agenda_item_id)
    row = (
        feedback_queries.my_draft(work.session, place.agenda_item_id, work.actor.person_id) if place else None
    )
    facts = place_facts(
        work,
        place,
        command.agenda_item_id,
        no_classified=command.nothing_classified,
        no_secrets=command.no_secrets,
    )
    about = about_place(work, place, command.agenda_item_id, "feedbackSheet", row.id if row else row_id)
    work.allow(action, facts, about)
    place = there(place)
    digest = digest_of(place.agenda_item_id, command.text)
    if row is not None:
        work.expect(row.version)
        row.text, row.digest = seal_in(work, row.case_id, TABLE, "text", row.id, command.text), digest
        row.moved_at = work.now
        row.version += 1
    else:
        row = FeedbackSheet(
            id=row_id,
            agenda_item_id=place.agenda_item_id,
            meeting_id=place.meeting_id,
            cell_id=place.cell_id,
            case_id=place.case_id,
            municipality_id=place.municipality_id,
            drafter_id=there(work.actor.person_id),
            state="draft",
            text=seal_in(work, place.case_id, TABLE, "text", row_id, command.text),
            digest=digest,
            drafted_at=work.now,
            moved_at=work.now,
            version=1,
        )
        work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError:  # a draft of one's own came between: it is rewritten, not written twice
        raise work.refuse(action, Problem(Kind.CONFLICT, rule="R78"), about) from None
    return sheet_view(work, there(shown(work, row.id)))


@operation(Action.FEEDBACK_SHEET_ASK_CONSENSUS)
def ask_consensus_feedback_sheet(work: Work, command: AskConsensusFeedbackSheet) -> FeedbackSheetView:
    """Fix the text and ask everybody recorded present at that discussion, for as many days as the agreement gives.

    Raises Problem 409: where nobody else was there to ask (R79), where another sheet on the same discussion is under way,
    and a month after the sitting.
    """
    action = Action.FEEDBACK_SHEET_ASK_CONSENSUS
    found = shown(work, command.feedback_sheet_id)
    place = feedback_queries.place(work.session, found.row.agenda_item_id) if found else None
    facts = sheet_facts(
        work,
        found,
        window_until=place.until if place else None,
        others_present=place is not None and place.others > 0,
    )
    about = about_sheet(found)
    work.allow(action, facts, about)
    found, place = there(found), there(place)
    work.expect(found.row.version)
    if place.under_way:
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R79"), about, reason="underWay")
    days = governing_at(work, found.row.meeting_id)["feedback_answer_days"]
    try:
        asked = feedback_queries.ask_consensus(work.session, found.row.id, work.now + timedelta(days=days))
    except IntegrityError:
        raise work.refuse(action, Problem(Kind.CONFLICT, rule="R79"), about, reason="underWay") from None
    if asked is None:  # it was asked in the same breath, or somebody took back that this person was there
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R79"), about)
    work.session.expire(found.row)
    return sheet_view(work, there(shown(work, found.row.id)))


@operation(Action.FEEDBACK_SHEET_AGREE)
def agree_feedback_sheet(work: Work, command: AgreeFeedbackSheet) -> FeedbackAnswerView:
    """Keep whether one agrees; it can be changed until the last answer comes in. The log holds that one answered, not how.

    Raises Problem: 404 for who is not asked, 400 for the digest of another text, 409 once nothing is asked any more; who
    drafted the sheet agreed by asking.
    """
    action = Action.FEEDBACK_SHEET_AGREE
    found = shown(work, command.feedback_sheet_id)
    about = about_sheet(found)
    work.allow(action, sheet_facts(work, found), about)
    row = there(found).row
    demand_the_text(work, action, row)
    if command.digest != row.digest.hex():
        raise invalid("digest", "not the digest of this text")
    kept = None
    if not is_own(work.actor, row):
        kept = feedback_queries.answer(work.session, row.id, agrees=command.agrees)
    if kept is None:
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R79"), about)
    return FeedbackAnswerView(feedback_sheet_id=row.id, agrees=command.agrees, answered_at=work.now)


def demand_the_text(work: Work, action: Action, row: FeedbackSheet) -> None:
    """Refuse what was written past this door. Raises Problem 409."""
    if row.digest != digest_of(row.agenda_item_id, text_of(work, row)):
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R79"))


@operation(Action.FEEDBACK_SHEET_READ)
def read_feedback_sheet(work: Work, command: ReadFeedbackSheet) -> FeedbackSheetView:
    """Give a sheet to who drafted it, and to who is asked about it for as long as they are."""
    found = shown(work, command.feedback_sheet_id)
    work.allow(Action.FEEDBACK_SHEET_READ, sheet_facts(work, found), about_sheet(found))
    return sheet_view(work, there(found))


@operation(Action.FEEDBACK_SHEET_LIST)
def list_feedback_sheet(work: Work, command: ListFeedbackSheet) -> FeedbackSheetList:
    """List what one drafted, what one is asked about and what one can draft on; one journal line for each.

    To police without a valid clearance nothing (R10).
    """
    del command
    cleared = Condition.CLEARANCE_VALID.met(work.actor, work.facts())
    found = all_shown(work) if cleared else []
    places = feedback_queries.places(work.session) if cleared else []
    lines = [about_sheet(each) for each in found] + [
        About(p.municipality_id, p.case_id, p.subject_id, "agendaItem", p.agenda_item_id) for p in places
    ]
    work.allow(Action.FEEDBACK_SHEET_LIST, cell_facts(work, work.actor.cell_id), lines)
    return FeedbackSheetList(
        href=href("feedbackSheets"), items=[_item(work, each) for each in found], places=_places(work, places)
    )


def _places(work: Work, rows: list[Any]) -> list[FeedbackPlace]:
    mentions = feedback_queries.my_mentions(work.session, work.actor.person_id) if rows else {}
    noted = {meeting_id: notes_cards(work, meeting_id) for meeting_id in {p.meeting_id for p in rows}}
    views = []
    for p in rows:
        ready = {"no_classified": True, "no_secrets": True}
        drafting = place_facts(work, p, p.agenda_item_id, **ready)
        noting = place_facts(work, p, p.agenda_item_id, state=p.meeting_state, card_noted=noted[p.meeting_id])
        mention = mentions.get(p.agenda_item_id)
        views.append(
            FeedbackPlace(
                agenda_item_id=p.agenda_item_id,
                case_id=p.case_id,
                reference=p.reference,
                starts_at=p.starts_at,
                until=p.until,
                card_mentioned_on=mention.mentioned_on if mention else None,
                abilities=abilities(work.actor, drafting, Action.FEEDBACK_SHEET_DRAFT)
                + (abilities(work.actor, noting, Action.CARD_MENTION_RECORD) if mention is None else []),
            )
        )
    return views


def _abilities(work: Work, found: Shown) -> list[str]:
    """Give the steps this reader can take; what a step asks of others is asked when it is taken."""
    ready = {"others_present": True, "everybody_agreed": True, "recipient_competent": True}
    able = abilities(work.actor, sheet_facts(work, found, **ready), *_STEPS)
    return [
        each
        for each in able
        if each != Action.FEEDBACK_SHEET_AGREE.value or not is_own(work.actor, found.row)
    ]


def _item(work: Work, found: Shown) -> FeedbackSheetItem:
    row, own = found.row, is_own(work.actor, found.row)
    return FeedbackSheetItem(
        feedback_sheet_id=row.id,
        href=href("feedbackSheets", row.id),
        reference=found.paper.reference,
        starts_at=found.paper.starts_at,
        state=state_of(row, work.now),
        own=own,
        answered=None if own or found.consent is None else found.consent.answered_at is not None,
        answer_until=row.answer_until,
        abilities=_abilities(work, found),
    )


def sheet_view(work: Work, found: Shown) -> FeedbackSheetView:
    """Give a sheet with its text, to who may read it."""
    row, own = found.row, is_own(work.actor, found.row)
    name, born = subject_of(work, found.paper)
    state = state_of(row, work.now)
    return FeedbackSheetView(
        version=row.version,
        href=href("feedbackSheets", row.id),
        feedback_sheet_id=row.id,
        agenda_item_id=row.agenda_item_id,
        reference=found.paper.reference,
        subject_name=name,
        birth_date=date.fromisoformat(born) if born else None,
        starts_at=found.paper.starts_at,
        text=text_of(work, row),
        digest=row.digest.hex(),
        state=state if own else None,
        own=own,
        asked=found.paper.asked if own and row.asked_at else None,
        answered=found.paper.answered if own and row.asked_at else None,
        my_answer=None if own or found.consent is None else found.consent.agreed,
        answer_until=row.answer_until,
        blocked_because=(row.blocked_because or "noConsensus") if own and state == "blocked" else None,
        issued_at=row.issued_at,
        abilities=_abilities(work, found),
    )
