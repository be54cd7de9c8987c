"""What naming who comes for a service answers: whom one named and whom one can, of one's own service alone (R28)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import View
from app.meetings.briefing_views import Colleague


class NominationView(View):
    """Who comes in one's place, and what they answered."""

    person_id: UUID
    name: str
    nominated_as: str
    state: str
    """Of their own invitation."""


class NominationList(View):
    """Whom one named for one's own invitation, and whom one can."""

    href: str = Field(serialization_alias="self")
    version: int
    """What `If-Match` takes, of one's own invitation."""
    starts_at: datetime
    ends_at: datetime
    place: str
    reference: str | None = None
    """Of the case, while the item is in sight; never the name (R37)."""
    items: list[NominationView]
    colleagues: list[Colleague]
