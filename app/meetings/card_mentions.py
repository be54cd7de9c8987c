"""That an information card was mentioned: noted by the member of the police, where the cell chose so (R57, R59).

The card itself never comes in: it is not placed in anybody's file. What is kept is the day and the meeting. It is shown
to who noted it, for a month, and to nobody else: no minutes, no extract, no file and no answer to a request holds it.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings import feedback_queries
from app.meetings.feedback_commands import RecordCardMention
from app.meetings.feedback_models import CardMention
from app.meetings.feedback_standing import about_place, governing_at, place_facts
from app.meetings.feedback_views import CardMentionView
from app.rules.actions import Action
from app.rules.problems import Kind, Problem


def notes_cards(work: Work, meeting_id: UUID) -> bool:
    """Tell whether the agreement has mentions noted: the one the meeting was convened under, and the one in force."""
    return bool(governing_at(work, meeting_id)["card_mention_note"])


@operation(Action.CARD_MENTION_RECORD)
def record_card_mention(work: Work, command: RecordCardMention) -> CardMentionView:
    """Note that a card was mentioned at an item of the sitting; said again, the first note stands.

    Raises Problem: 403 for who was not recorded present, 409 outside the sitting and where the agreement does not have
    it, that of the meeting or the one in force (R59).
    """
    action, row_id = Action.CARD_MENTION_RECORD, new_id()
    place = feedback_queries.place(work.session, command.agenda_item_id)
    facts = place_facts(
        work,
        place,
        command.agenda_item_id,
        state=place.meeting_state if place else None,
        card_noted=place is not None and notes_cards(work, place.meeting_id),
    )
    about = about_place(work, place, command.agenda_item_id, "cardMention", row_id)
    work.allow(action, facts, about)
    place = there(place)
    row = feedback_queries.my_mentions(work.session, work.actor.person_id).get(place.agenda_item_id)
    if row is None:
        row = CardMention(
            id=row_id,
            agenda_item_id=place.agenda_item_id,
            meeting_id=place.meeting_id,
            case_id=place.case_id,
            municipality_id=place.municipality_id,
            person_id=there(work.actor.person_id),
            mentioned_on=work.today,
        )
        work.session.add(row)
        try:
            work.session.flush()
        except IntegrityError:
            raise work.refuse(action, Problem(Kind.CONFLICT, rule="R57"), about) from None
    return CardMentionView(
        card_mention_id=row.id,
        agenda_item_id=row.agenda_item_id,
        meeting_id=row.meeting_id,
        mentioned_on=row.mentioned_on,
    )
