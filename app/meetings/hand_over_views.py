"""What is answered on hand-overs: references, states and days; never a name."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, View


class HandOverView(Document):
    """One hand-over of one's own municipality."""

    hand_over_id: UUID
    case_id: UUID
    case_reference: str
    reference: str
    state: str
    to_municipality_id: UUID
    to_name: str
    proposed_at: datetime
    sent_at: datetime | None = None
    accept_until: date | None = None


class OfferedView(View):
    """What another municipality offers: that it has a file to hand over, and until when. Nothing of it."""

    hand_over_id: UUID
    reference: str
    from_municipality_id: UUID
    from_name: str
    accept_until: date
    abilities: list[str] = Field(default_factory=list)


class HandOverList(View):
    """One's own hand-overs, the newest first, and what is offered."""

    href: str = Field(serialization_alias="self")
    items: list[HandOverView]
    offered: list[OfferedView]


class ReceivedView(View):
    """What became of an accepted hand-over: a registration, and the day on which it ends at the latest."""

    registration_id: UUID
    href: str
    reference: str
    due_on: date
