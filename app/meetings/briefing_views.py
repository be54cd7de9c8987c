"""That somebody invited briefed a colleague of their own service: whom, when, and whom they could (R36)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import View


class BriefingView(View):
    """That somebody invited briefed a colleague of their own service: whom and when (R36)."""

    briefing_id: UUID
    representative_name: str
    handler_name: str
    moment: str
    briefed_on: date
    recorded_at: datetime


class Colleague(View):
    """Somebody of one's own service who can be briefed."""

    person_id: UUID
    name: str


class BriefingList(View):
    """Whom one briefed for one's own invitation, and whom one could."""

    href: str = Field(serialization_alias="self")
    starts_at: datetime
    ends_at: datetime
    place: str
    was_present: bool
    """Whether one was recorded present: what allows a briefing afterwards."""
    items: list[BriefingView]
    colleagues: list[Colleague]
