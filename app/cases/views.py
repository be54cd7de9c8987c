"""What the file answers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, Page, View


class CaseItem(View):
    """A case in a list: reference, state and dates; nothing of the person."""

    case_id: UUID
    href: str
    reference: str
    state: str
    phenomenon: str
    listed_on: date
    last_discussed_on: date | None = None
    review_on: date | None = None
    due_on: date
    locked: bool | None = None
    closure_asked: bool | None = None
    """A review was missed: the next meeting says whether it is closed, or why it is still necessary (R76)."""
    late_since: date | None = None
    """The day by which the oldest action that is still open should have been done, where that day is over (R73)."""


class CasePage(Page[CaseItem]):
    """Cases, most recently listed first."""


class StatementView(Document):
    """One statement. A sensitive one shows its category; its text is opened on its own (R52).

    A withdrawn one has no text any more: it says that it was withdrawn, by whom and on which ground (R65).
    """

    href: str
    statement_id: UUID
    case_id: UUID
    agenda_item_id: UUID | None = None
    category: int
    sensitive: bool
    origin: str
    kind: str
    reliability: str | None = None
    audience: str
    kept_out_of_minutes: bool | None = None
    """Whether its text may not come back in minutes (R52, R53, R65, R66)."""
    contributor_name: str | None = None
    contributor_role: str | None = None
    """As what they spoke then; left out where it was not kept yet, and in the answer to who writes it down."""
    agency_name: str | None = None
    stated_on: date
    created_at: datetime
    text: str | None = None
    category_reason: str | None = None
    changed_at: datetime | None = None
    """When it was corrected or withdrawn last; left out of one that stands as it was said."""
    changed_by_name: str | None = None
    withdrawal_ground: str | None = None


class StatementVersionView(View):
    """A statement as it stood until somebody corrected or withdrew it; a sensitive one without its text (R52, R55)."""

    statement_version_id: UUID
    statement_id: UUID
    case_id: UUID
    number: int
    category: int
    sensitive: bool
    origin: str
    kind: str
    reliability: str | None = None
    stated_on: date
    text: str | None = None
    category_reason: str | None = None
    replaced_at: datetime
    replaced_by_name: str | None = None
    reason_text: str | None = None


class StatementVersionList(View):
    """A statement as it stands, and what it said before, latest first (R55)."""

    href: str = Field(serialization_alias="self")
    case_id: UUID
    reference: str
    statement: StatementView
    items: list[StatementVersionView]


class SubjectVersionView(View):
    """Who the file was said to be about until that was corrected (R55)."""

    number: int
    subject_name: str | None = None
    birth_date: date | None = None
    replaced_at: datetime
    replaced_by_name: str | None = None
    reason_text: str


class SubjectVersionList(Document):
    """Who the file is about, and who it was said to be about before, latest first (R55)."""

    case_id: UUID
    reference: str
    subject_name: str | None = None
    birth_date: date | None = None
    items: list[SubjectVersionView]


class AttachmentView(Document):
    """One document of a case. Of a sensitive one the list shows no name; it is fetched on its own (R52)."""

    attachment_id: UUID
    case_id: UUID
    category: int
    sensitive: bool
    origin: str
    kind: str
    media_type: str
    size: int
    contributor_name: str | None = None
    agency_name: str | None = None
    added_by_name: str | None = None
    dated_on: date
    added_at: datetime
    file_name: str | None = None
    description: str | None = None
    category_reason: str | None = None
    digest: str | None = None
    """SHA-256 of the bytes that are kept, in hexadecimal digits."""
    validated_by_name: str | None = None
    """Of a threat evaluation: who said that OCAD validated it (R58)."""
    validated_on: date | None = None
    validation_reference: str | None = None
    removed_at: datetime | None = None
    removed_by_name: str | None = None
    removal_ground: str | None = None


class AttachmentList(Document):
    """The documents of a case, oldest first, and how much room there is."""

    case_id: UUID
    items: list[AttachmentView]
    largest_size: int
    room_left: int


class DiscussionView(View):
    """A day on which the person was discussed."""

    meeting_id: UUID
    discussed_on: date


class CorrectionView(View):
    """A correction of such a day: proposed, approved or refused."""

    correction_id: UUID
    meeting_id: UUID
    kind: str
    corrected_on: date | None = None
    reason_text: str
    state: str
    proposed_by: str | None = None
    proposed_at: datetime
    decided_at: datetime | None = None
    due_on_after: date | None = None
    """While it waits: when the data will have to be gone once it is approved."""
    ends_at_once: bool | None = None
    """While it waits: whether that day is here already, so that the next sweep destroys the file (R86)."""
    own: bool
    """The reader proposed it, and so does not decide on it."""


class DiscussionList(Document):
    """The days on which a person was discussed, and the corrections of them (R69, R96)."""

    case_id: UUID
    reference: str
    due_on: date
    items: list[DiscussionView]
    corrections: list[CorrectionView]


class ActionView(Document):
    """One action of a trajectory."""

    action_id: UUID
    case_id: UUID
    case_reference: str
    owner_id: UUID
    owner_name: str | None = None
    life_domain: str
    text: str
    due_on: date
    state: str
    outcome: str | None = None
    completed_on: date | None = None


class ActionList(View):
    """Actions by due date."""

    href: str = Field(serialization_alias="self")
    items: list[ActionView]


class TrajectoryView(Document):
    """The individual plan of a case."""

    trajectory_id: UUID
    case_id: UUID
    case_reference: str
    case_manager_id: UUID
    case_manager_name: str | None = None
    aims: dict[str, str]
    person_informed: str
    started_on: date
    actions: list[ActionView]


class BreakGlassView(Document):
    """An emergency reading: who, of which case, why, until when, and what its review said."""

    break_glass_id: UUID
    case_id: UUID
    reference: str
    state: str
    person_name: str | None = None
    role: str
    own: bool
    reason: str
    explanation: str | None = None
    opened_at: datetime
    ends_at: datetime
    closed_at: datetime | None = None
    reviewed_at: datetime | None = None
    reviewer_name: str | None = None
    outcome: str | None = None
    review_note: str | None = None


class BreakGlassList(View):
    """Emergency readings, latest first."""

    href: str = Field(serialization_alias="self")
    items: list[BreakGlassView]


class CaseStateView(Document):
    """Where a case stands after a step: nothing of its content, which is read by opening the file for a reason (R107)."""

    case_id: UUID
    reference: str
    state: str
    closure_ground: str | None = None
    closed_on: date | None = None
    due_on: date
    locks_on: date


class ClosureAskedView(View):
    """That closing was asked because a review was missed, and how many of the desk were told."""

    case_id: UUID
    told: int


class ChecklistAnswerView(View):
    """What was answered to one question of the checklist at closing; *text*: as it was put."""

    question: str
    text: str
    answer: str
    note: str | None = None
    answered_on: date


class RelistingView(View):
    """That the case was put back on the list after it had been closed, and why."""

    listed_on: date
    listed_by_name: str | None = None
    indications: str
    closed_on: date | None = None
    closure_ground: str | None = None


class WaitView(View):
    """One thing that waits in a case, in a sentence."""

    text: str
    about: str | None = None
    """`extension` or `handOver`; None where it is done in the file."""


class CaseView(Document):
    """The file as its desk reads it; of it what an emergency leads to, where that is how it was opened."""

    case_id: UUID
    municipality_id: UUID
    reference: str
    state: str
    phenomenon: str
    purpose: str
    subject_name: str | None = None
    birth_date: date | None = None
    indications: str | None = None
    signal: str | None = None
    screening_note: str | None = None
    """What the mayor noted while screening: not the words of whoever brought the signal."""
    screening_answers: str | None = None
    origin: str | None = None
    listed_on: date
    listed_by_name: str | None = None
    last_discussed_on: date | None = None
    review_on: date | None = None
    due_on: date
    locks_on: date
    agreement_id: UUID | None = None
    """The agreement under which the person was put on the list."""
    closure_ground: str | None = None
    closure_meeting_id: UUID | None = None
    closed_on: date | None = None
    closed_by_name: str | None = None
    closure_asked: bool | None = None
    """A review was missed: the next meeting says whether the case is closed, or why it is still necessary (R76)."""
    checklist: list[ChecklistAnswerView] = Field(default_factory=list)
    """What was answered at closing, the last time."""
    relistings: list[RelistingView] = Field(default_factory=list)
    break_glass: BreakGlassView | None = None
    """The emergency reading by which the file was opened, if so (R21)."""
    discussions: list[DiscussionView] = Field(default_factory=list)
    statements: list[StatementView] = Field(default_factory=list)
    waits: list[WaitView] = Field(default_factory=list)
    """What is to be done now, the first first."""
    trajectory: TrajectoryView | None = None
