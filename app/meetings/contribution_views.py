"""What the contribution round answers: questions to oneself, who answered, how much was opened; never what (R18)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, View


class OwnAnswer(View):
    """What one wrote oneself for a meeting, until it is opened there; nobody else reads it before (R18)."""

    category: int
    origin: str
    kind: str
    audience: str
    stated_on: date
    text: str


class ContributionRequestView(Document):
    """A question before a meeting, for who was asked; or, to who asked it, that it was sent."""

    contribution_request_id: UUID
    agenda_item_id: UUID
    meeting_id: UUID
    starts_at: datetime
    reference: str
    question: str
    state: str
    asked_at: datetime
    answered_at: datetime | None = None
    meeting_state: str
    answer: OwnAnswer | None = None
    """One's own contribution, for who wrote it alone."""


class ContributionRequestList(View):
    """The questions to oneself, the nearest meeting first."""

    href: str = Field(serialization_alias="self")
    items: list[ContributionRequestView]


class BoardEntry(View):
    """Somebody invited to an item, and how far the question to them is; without *state* none was asked."""

    invitation_id: UUID
    person_id: UUID
    person_name: str
    invitation_state: str
    state: str | None = None
    asked_at: datetime | None = None


class ContributionBoard(View):
    """Who was asked for an item and who answered, never what."""

    href: str = Field(serialization_alias="self")
    agenda_item_id: UUID
    meeting_state: str
    items: list[BoardEntry]
    may_ask: bool
    may_open: bool
    """Whether the meeting sits and the reader is in the room."""


class OpenedView(View):
    """How much of what was written for an item was opened now."""

    agenda_item_id: UUID
    opened: int
