"""What the consultation answers. The name of a person discussed stands only where that person's item is open."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.cases.views import StatementView
from app.kernel.shapes import Document, Page, View


class Why(View):
    """Why somebody sees an item: on which ground, by whose invitation, until when."""

    standing: str
    ground_list: str | None = None
    ground_code: str | None = None
    invited_by: str | None = None
    invited_at: datetime | None = None
    visible_until: datetime | None = None


class AgendaEntry(View):
    """An item as it stands on the agenda of one reader; *position* counts what this reader sees."""

    agenda_item_id: UUID
    href: str
    case_id: UUID
    municipality_id: UUID
    reference: str
    subject_name: str | None = None
    question: str | None = None
    """Name and question are left out for a desk that gives no reason after the sitting (R107)."""
    minutes: int
    position: int
    present: bool | None = None
    invitation_id: UUID | None = None
    invitation_state: str | None = None
    invitation_version: int | None = None
    why: Why


class MeetingView(Document):
    """A meeting and its agenda, as far as this reader may see it."""

    meeting_id: UUID
    cell_id: UUID
    table_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    state: str
    chair_id: UUID
    secretary_id: UUID | None = None
    window_until: datetime
    items: list[AgendaEntry] | None = None
    """The agenda, when it is consulted; a change to the meeting answers without it."""


class MeetingItem(View):
    """A meeting in a list."""

    meeting_id: UUID
    href: str
    table_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    state: str


class MeetingPage(Page[MeetingItem]):
    """Meetings that concern the reader."""


class TablePerson(View):
    """Somebody at the table, for those who sit there themselves. Never the person discussed."""

    person_id: UUID
    name: str
    agency_name: str
    present: bool | None = None
    invitation_id: UUID | None = None
    invitation_state: str | None = None
    invitation_version: int | None = None
    refusal_reason: str | None = None
    """For mayor and delegate only (R33)."""


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


class AgendaItemView(Document):
    """One item, as far as this reader may see it."""

    agenda_item_id: UUID
    meeting_id: UUID
    meeting_state: str
    case_id: UUID
    municipality_id: UUID
    reference: str
    subject_name: str | None = None
    question: str
    minutes: int
    why: Why
    people: list[TablePerson]
    briefings: list[BriefingView] | None = None
    """Who was briefed when; for the desk that keeps the file only (R36)."""
    statements: list[StatementView]


class InvitationView(Document):
    """One invitation."""

    invitation_id: UUID
    meeting_id: UUID
    agenda_item_id: UUID
    person_id: UUID
    purpose: str
    """Fixed by law (R2)."""
    legal_reference: str | None = None
    """The decree or act under which the invitation goes out (R27)."""
    regime: str
    ground_list: str
    ground_code: str
    state: str
    sent_at: datetime | None = None
    answered_at: datetime | None = None


class InvitationItem(View):
    """One of the reader's own invitations: a case reference at most, never a name (R37)."""

    invitation_id: UUID
    href: str
    version: int
    """What `If-Match` takes for an answer."""
    meeting_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    reference: str | None = None
    purpose: str
    """Fixed by law (R2)."""
    legal_reference: str | None = None
    """The decree or act under which the invitation goes out (R27)."""
    regime: str
    ground_list: str
    ground_code: str
    state: str
    abilities: list[str]


class InvitationPage(Page[InvitationItem]):
    """The reader's own invitations."""


class AttendanceView(View):
    """Who was in the room for one item."""

    agenda_item_id: UUID
    person_id: UUID
    present: bool
    recorded_at: datetime


class RemarkView(View):
    """A remark on one item of the minutes."""

    remark_id: UUID
    agenda_item_id: UUID
    person_id: UUID
    person_name: str | None = None
    text: str
    remarked_at: datetime


class MinutesItemView(Document):
    """What the table agreed on one item; *item_version* is what `If-Match` takes to rewrite it."""

    minutes_item_id: UUID
    agenda_item_id: UUID
    case_id: UUID
    reference: str | None = None
    item_version: int
    assessment: str
    decisions: str
    digest: str | None = None
    remarks: list[RemarkView]


class MinutesView(Document):
    """The minutes of a meeting, as far as this reader may see them."""

    meeting_id: UUID
    purpose: str
    state: str
    submitted_at: datetime | None = None
    remarks_until: datetime | None = None
    approved_at: datetime | None = None
    readable_until: datetime | None = None
    items: list[MinutesItemView]
