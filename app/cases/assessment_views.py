"""What is answered about weighing risk and protection. No number stands in it: nothing is counted or scored (R47)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.cases.views import DiscussionView
from app.kernel.shapes import Document, View


class FactorView(View):
    """One factor, with what speaks for it and against it, and what is missing; a closed one without its words (R52)."""

    factor_id: UUID
    side: str
    life_domain: str
    what: str | None = None
    speaks_for: str | None = None
    speaks_against: str | None = None
    missing: str | None = None
    category: int
    """Of the fourteen; 14 for one that was written before anybody was asked for it."""
    category_reason: str | None = None
    sensitive: bool = False
    """Closed until it is opened, one at a time."""
    origin: str | None = None
    contributor_id: UUID | None = None
    contributor_name: str | None = None
    agency_name: str | None = None
    stated_on: date | None = None
    mark: str = Field(default="", exclude=True, repr=False)
    """Tells whether the words of a closed one changed, and nothing else; it never leaves."""


class InstrumentView(View):
    """That an instrument was used, and what was concluded."""

    instrument: str
    used_on: date
    assessor_name: str
    assessor_trained: bool
    instrument_conclusion: str


class AssessmentView(View):
    """One assessment as it was written."""

    assessment_id: UUID
    case_id: UUID
    meeting_id: UUID | None = None
    discussed_on: date | None = None
    """The day of the discussion that it weighs; none: written between two meetings."""
    written_at: datetime
    written_by_name: str | None = None
    factors: list[FactorView]
    instruments: list[InstrumentView]
    weighed: str


class AssessmentList(Document):
    """The assessments of a case, latest first, and the discussions that one can weigh."""

    case_id: UUID
    reference: str
    instruments_noted: bool
    """Whether the agreement has it noted that a licensed instrument was used (R75)."""
    discussions: list[DiscussionView]
    items: list[AssessmentView]
