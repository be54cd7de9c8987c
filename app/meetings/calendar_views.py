"""What is answered about one's own calendar addresses, and the calendar itself (R37)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import View


class CalendarView(View):
    """A calendar address of one's own; the address itself once, when it is made."""

    href: str = Field(serialization_alias="self")
    calendar_id: UUID
    mandate_id: UUID
    present: bool
    """Whether it is for the mandate one acts under now."""
    opened_at: datetime
    fetched_on: date | None = None
    address: str | None = None


class CalendarList(View):
    """One's own calendar addresses that work, oldest first."""

    href: str = Field(serialization_alias="self")
    items: list[CalendarView]


class CalendarFile(View):
    """A calendar as text/calendar."""

    content: str
