"""What feedback sheets and the register of what leaves the house answer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, Page, View


class CardMentionView(View):
    """That a card was mentioned: the day and the meeting (R57)."""

    card_mention_id: UUID
    agenda_item_id: UUID
    meeting_id: UUID
    mentioned_on: date


class FeedbackPlace(View):
    """A discussion one was recorded present at as a member of the police."""

    agenda_item_id: UUID
    case_id: UUID
    reference: str
    starts_at: datetime
    until: datetime
    """By when a sheet on it has to be drafted and asked about."""
    card_mentioned_on: date | None = None
    abilities: list[str]


class FeedbackSheetItem(View):
    """A sheet in a list: no text, no name."""

    feedback_sheet_id: UUID
    href: str
    reference: str
    starts_at: datetime
    state: str
    own: bool
    answered: bool | None = None
    """Whether one gave one's own answer; left out for who drafted it."""
    answer_until: datetime | None = None
    abilities: list[str]


class FeedbackSheetList(View):
    """One's own sheets and those one is asked about; for the police also what they can draft one on."""

    href: str = Field(serialization_alias="self")
    items: list[FeedbackSheetItem]
    places: list[FeedbackPlace]


class FeedbackSheetView(Document):
    """A sheet with its text. How others answered is told to nobody: who drafted it sees how many did."""

    feedback_sheet_id: UUID
    agenda_item_id: UUID
    reference: str
    subject_name: str | None
    birth_date: date | None
    starts_at: datetime
    text: str
    digest: str
    state: str | None = None
    """Only for who drafted it."""
    own: bool
    asked: int | None = None
    answered: int | None = None
    my_answer: bool | None = None
    answer_until: datetime | None = None
    blocked_because: str | None = None
    issued_at: datetime | None = None


class FeedbackAnswerView(View):
    """One's own answer."""

    feedback_sheet_id: UUID
    agrees: bool
    answered_at: datetime


class TransmissionView(View):
    """A line of the register: ids and a digest, nothing of what it says and no name of the person discussed."""

    transmission_id: UUID
    municipality_id: UUID
    case_id: UUID
    reference: str | None = None
    """Only to the desk that keeps the file."""
    ground: str
    sender_id: UUID
    sender_name: str
    recipient_type: str
    recipient_name: str
    sent_at: datetime
    digest: str
    object_type: str
    object_id: UUID | None = None


class TransmissionPage(Page[TransmissionView]):
    """Part of the register."""
