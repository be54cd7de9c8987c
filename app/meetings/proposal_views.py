"""What is answered while an agenda is made: proposals, what was tabled, what convening would send; by reference alone."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, View
from app.meetings.views import AgendaBlock


class ProposalReason(View):
    """Why a case asks to be discussed: a code, and the day it counts from or until."""

    code: str
    day: date | None = None


class ProposedPerson(View):
    """Somebody to invite, on their usual ground: of the core of the cell, or from the last discussion."""

    person_id: UUID
    name: str
    agency_name: str
    ground_list: str
    ground_code: str
    why: str
    busy: bool | None = None
    """Has another appointment in this system then; of what kind is not told."""


class Proposal(View):
    """A case that could stand on the agenda, by its reference."""

    case_id: UUID
    href: str
    reference: str
    state: str
    reasons: list[ProposalReason]
    minutes: int
    question: str
    people: list[ProposedPerson]
    left_off: bool | None = None
    """A review was missed, and somebody said why the case is not on this agenda all the same (R76)."""


class ProposalList(View):
    """What one's own municipality could put on an agenda, the weightiest first."""

    href: str = Field(serialization_alias="self")
    meeting_id: UUID
    items: list[Proposal]


class TabledItem(View):
    """A case that was put on the agenda, with the invitations prepared for it."""

    agenda_item_id: UUID
    href: str
    case_id: UUID
    reference: str
    invitation_ids: list[UUID]


class TabledView(Document):
    """What was put on the agenda of a meeting at once; the version is the meeting's."""

    meeting_id: UUID
    items: list[TabledItem]


class ReviewPerson(View):
    """Somebody who was or would be invited for an item."""

    invitation_id: UUID
    person_id: UUID
    name: str
    agency_name: str
    ground_list: str
    ground_code: str
    state: str
    problems: list[str]
    """What stands in the way of sending, as codes: a notice too short, a reason missing."""
    busy: bool | None = None
    ground_reason: str | None = None
    """Why this ground; this and the next two for who sends it, mayor or delegate (R23, R24)."""
    urgency_reason: str | None = None
    child_reason: str | None = None


class ReviewItem(View):
    """An item of one's own municipality and who is asked for it."""

    agenda_item_id: UUID
    href: str
    reference: str
    question: str | None = None
    """What is asked of the table; left out of a locked case (R90)."""
    minutes: int
    starts_at: datetime
    late: bool | None = None
    """Put on the agenda after the meeting was convened."""
    people: list[ReviewPerson]


class ReviewView(Document):
    """What convening would send, before it is sent; without the name of a person discussed."""

    meeting_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    state: str
    chair_name: str | None = None
    minutes_available: int
    blocks: list[AgendaBlock]
    problems: list[str]
    """What concerns the meeting as a whole, as codes."""
    items: list[ReviewItem]
