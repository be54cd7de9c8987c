"""What the consultation answers. The name of a person discussed stands only where that person's item is open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.cases.views import StatementView
from app.kernel.shapes import Document, Page, View
from app.meetings.briefing_views import BriefingView


class Why(View):
    """Why somebody sees an item: on which ground, by whose invitation, until when."""

    standing: str
    ground_list: str | None = None
    ground_code: str | None = None
    invited_by: str | None = None
    invited_at: datetime | None = None
    visible_until: datetime | None = None


class Letter(View):
    """What an invitation says, to whom it was sent: all that a decree wants in it; the name stands with the item (R27, R37)."""

    purpose: str
    starts_at: datetime
    ends_at: datetime
    place: str
    services: list[str]
    """Invited to the same item, one's own among them."""
    legal_reference: str | None = None
    urgency_reason: str | None = None
    """Why there is less notice than the decree wants (R26)."""
    child_reason: str | None = None
    """Why a child under twelve has to be discussed (R29)."""


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
    starts_at: datetime
    """When it is expected to begin, as the whole agenda runs."""
    position: int
    late: bool | None = None
    """Put on the agenda after the meeting was convened."""
    version: int | None = None
    """What `If-Match` takes for a change; to the desk alone."""
    written: bool | None = None
    """Whether its minutes were written; told to who writes them, while they are a draft."""
    present: bool | None = None
    invitation_id: UUID | None = None
    invitation_state: str | None = None
    invitation_version: int | None = None
    core_absent: list[str] | None = None
    """During the sitting, to who keeps its record: mayor or police is not noted where the case is discussed (R11)."""
    why: Why


class AgendaChangeView(View):
    """That something changed since people were convened: what kind, when, by whom; no content."""

    kind: str
    agenda_item_id: UUID | None = None
    reason: str | None = None
    changed_at: datetime
    changed_by: str


class PutOffItem(View):
    """An item of one's own municipality that is no longer on the agenda."""

    agenda_item_id: UUID
    href: str
    reference: str
    state: str
    reason: str | None = None


class AgendaBlock(View):
    """How many minutes a municipality of a joint cell has on an agenda; nothing else of what it tables (R4)."""

    municipality_id: UUID
    name: str
    minutes: int


class Holding(View):
    """What who holds a meeting is told beside its agenda; the counts are of the desk's own municipality (R4)."""

    chair_name: str | None = None
    secretary_name: str | None = None
    agreement_number: int | None = None
    """Of the agreement under which it was convened."""
    agreement_from: datetime | None = None
    """From when that agreement governed."""
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    next_step: str | None = None
    """What is to be done now (`nextStep`); left out when nothing is left."""
    remarks_until: datetime | None = None
    prepared: int | None = None
    sent: int | None = None
    coming: int | None = None
    declined: int | None = None


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
    agreement_id: UUID | None = None
    """The agreement under which it was convened."""
    framework: bool | None = None
    """A service of the French Community is asked: the agenda begins with its legal and ethical framework (R38)."""
    framework_unsaid: bool | None = None
    """Such a service was noted as present and its framework is not on record; told to who holds the meeting (R38)."""
    items: list[AgendaEntry] | None = None
    """The agenda, when it is consulted; a change to the meeting answers without it."""
    minutes_available: int | None = None
    """How long the meeting is; told with *blocks* to who holds it."""
    blocks: list[AgendaBlock] | None = None
    put_off: list[PutOffItem] | None = None
    """Items that were postponed or taken off; for the desk that keeps their files."""
    changes: list[AgendaChangeView] | None = None
    """What changed since the meeting was convened."""
    overdue: bool | None = None
    """Should have been closed, or opened, by now; told to who holds it."""
    holding: Holding | None = None
    """Left out for who only sits at an item."""


class MeetingItem(View):
    """A meeting in a list."""

    meeting_id: UUID
    href: str
    table_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    state: str
    own_items: int | None = None
    """How many cases the reader's own municipality has on it; told to its desk."""
    waiting: int | None = None
    """How many invitations of the reader's own municipality are prepared and not sent; told to its desk."""
    minutes_state: str | None = None
    """Of a meeting that was held: how far its minutes are."""
    next_step: str | None = None
    """What is to be done now; told to the desk that planned it, chairs it, or has an item on it."""


class MeetingPage(Page[MeetingItem]):
    """Meetings that concern the reader."""


class PresenceMove(View):
    """That somebody came, left, or was taken off the record, and when."""

    kind: str
    moved_at: datetime


class TablePerson(View):
    """Somebody at the table, for those who sit there themselves. Never the person discussed."""

    person_id: UUID
    name: str
    agency_name: str
    present: bool | None = None
    invitation_id: UUID | None = None
    invitation_state: str | None = None
    invitation_version: int | None = None
    nominated_by: str | None = None
    """Who manages the service and named this person to come instead (R28)."""
    nominated_as: str | None = None
    refusal_reason: str | None = None
    """For mayor and delegate only (R33)."""
    moves: list[PresenceMove] | None = None
    """Coming and going, for who keeps the record (R62)."""


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
    purpose: str
    """person, extension (which starts no term anew) or both (R88)."""
    minutes: int
    state: str
    put_off_reason: str | None = None
    late: bool | None = None
    why: Why
    left_at: datetime | None = None
    """When the reader left the room, who was there and is no more."""
    letter: Letter | None = None
    """One's own invitation; left out for who keeps the file."""
    people: list[TablePerson]
    core_absent: list[str] | None = None
    """During the sitting, to who keeps its record: mayor or police is not noted where the case is discussed (R11)."""
    busy: list[UUID] | None = None
    """Members of the cell with another appointment in this system then; told to the desk before the sitting."""
    child: bool | None = None
    """The person discussed is under twelve on that day, as far as the date of birth is known; to the desk (R29)."""
    seen_by: list[str] | None = None
    """Who else sees this item now: invited, or its secretary. Told to the desk that keeps the file."""
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
    nominated_name: str | None = None
    """Who of the service comes in one's place, once one named somebody (R28)."""
    nominated_state: str | None = None
    """Of their own invitation."""
    abilities: list[str]


class InvitationPage(Page[InvitationItem]):
    """The reader's own invitations."""


class AttendanceView(View):
    """Who was in the room for one item."""

    agenda_item_id: UUID
    person_id: UUID
    present: bool
    """In the room now."""
    left_at: datetime | None = None
    """When somebody who was there left."""
    recorded_at: datetime


class RemarkView(View):
    """A remark on one item of the minutes."""

    remark_id: UUID
    agenda_item_id: UUID
    person_id: UUID
    person_name: str | None = None
    text: str
    remarked_at: datetime


class FrameworkEntry(View):
    """A service of the French Community at a meeting, and what it said of its framework, if it did."""

    person_id: UUID
    name: str
    agency_name: str
    text: str | None = None
    stated_at: datetime | None = None


class FrameworkList(Document):
    """The fixed item of the agenda on legal and ethical frameworks (R38)."""

    meeting_id: UUID
    items: list[FrameworkEntry]


class AddendumView(View):
    """A correction of one item of approved minutes; it is signed by itself when approved."""

    addendum_id: UUID
    agenda_item_id: UUID
    state: str
    text: str | None = None
    """Left out of the answer to a decision."""
    written_by: str | None = None
    written_at: datetime
    decided_at: datetime | None = None
    own: bool
    """Whether the reader wrote it, and so does not decide on it."""
    salt: str | None = None
    digest: str | None = None
    note: str | None = None
    """The signature over its digest (docs/minutes-format.md)."""
    proven: bool | None = None
    """Whether the text as it stands now is what was approved; left out until then."""


class MinutesItemView(Document):
    """What the table agreed on one item; *item_version* is what `If-Match` takes to rewrite it."""

    minutes_item_id: UUID
    agenda_item_id: UUID
    case_id: UUID
    reference: str | None = None
    item_version: int
    assessment: str
    decisions: str
    actions: str | None = None
    salt: str | None = None
    digest: str | None = None
    leaf_index: int | None = None
    proof: list[str] | None = None
    """The hashes beside the way from this item's digest up to the signed root (docs/minutes-format.md)."""
    proven: bool | None = None
    """Whether the text as it stands now derives from what was approved; left out until then."""
    remarks: list[RemarkView]
    addenda: list[AddendumView]
    """What was corrected since approval, oldest first; to who keeps the file also what waits or was refused."""


class MinutesView(Document):
    """The minutes of a meeting, as far as this reader may see them."""

    meeting_id: UUID
    starts_at: datetime
    purpose: str
    state: str
    submitted_at: datetime | None = None
    remarks_until: datetime | None = None
    approved_at: datetime | None = None
    assented: bool | None = None
    """Whether this reader, who was there, said to have no remark on the text as submitted."""
    assents_lacking: int | None = None
    """How many of those who were there did not say so yet, the chair left out; to who holds the meeting."""
    readable_until: datetime | None = None
    note: str | None = None
    """The signed root of the approved minutes."""
    items: list[MinutesItemView]
