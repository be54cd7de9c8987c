"""What is answered on extensions: to the desk with reasons, to oversight with dates and grounds alone (R87, R89)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.cases.views import WaitView
from app.kernel.shapes import Document, View


class ReviewedView(View):
    """That an extension was looked at anew."""

    outcome: str
    reasons: str | None
    reviewed_by: str | None
    reviewed_at: datetime


class ExtensionView(View):
    """One extension with its reasons and what became of it."""

    version: int
    extension_id: UUID
    state: str
    ground: str
    reasons: str | None
    asked_until: date
    proposed_by: str | None
    proposed_at: datetime
    meeting_id: UUID | None = None
    discussed_on: date | None = None
    decision: str | None = None
    """The reasons of who decided."""
    decided_by: str | None = None
    decided_at: datetime | None = None
    linked_to_prevention: bool | None = None
    """That it serves to prevent terrorism or violent radicalisation, as who granted it confirmed (R87)."""
    until_on: date | None = None
    reviews: list[ReviewedView] = Field(default_factory=list)
    abilities: list[str] = Field(default_factory=list)


class ExtensionSheet(Document):
    """All that is known of keeping one case longer: the days that bound it, and each proposal."""

    case_id: UUID
    reference: str
    due_on: date
    locks_on: date
    locked: bool
    term_ends_on: date
    """Day on which the data would have to be gone without any extension."""
    limit_on: date | None = None
    """The last day that the law allows: five years after the last discussion; none for who was never discussed here."""
    kept_until: date | None = None
    """To which day the extension in force carries the file; it ends there unless it is reviewed before."""
    review_months: int
    items: list[ExtensionView]
    waits: list[WaitView] = Field(default_factory=list)
    """What waits for this case elsewhere: a hand-over that is under way."""


class WatchedExtension(View):
    """One extension without why: reference, ground and dates."""

    extension_id: UUID
    case_id: UUID
    reference: str
    state: str
    ground: str
    proposed_at: datetime
    asked_until: date
    discussed_on: date | None = None
    decided_at: datetime | None = None
    until_on: date | None = None
    due_on: date
    locks_on: date


class WatchedExtensions(View):
    """Extensions of one's municipality that wait or hold, soonest end first."""

    href: str
    items: list[WatchedExtension]
