"""Rows of the municipality's own file. Each carries municipality and case: the partitions of access and of keys (R5)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row
from app.kernel.sealed import Sealed


def of_its_case() -> ForeignKeyConstraint:
    """Give the constraint that a row carries the municipality of its own case: no row of E hangs on a case of D (R5)."""
    return ForeignKeyConstraint(
        ("case_id", "municipality_id"), ("case_file.id", "case_file.municipality_id"), ondelete="CASCADE"
    )


class Case(Row):
    """A person on the mayor's list in one municipality (R40). Identity sealed; dates decide its end (R86, R90)."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index(None, "municipality_id", "state", "listed_on"),
        UniqueConstraint("id", "municipality_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    reference: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text)
    phenomenon: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    subject: Mapped[Sealed | None]
    origin: Mapped[str] = mapped_column(Text)
    """Where the signal behind the listing came from (R53, R99)."""
    registration_id: Mapped[UUID | None]
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    listed_on: Mapped[date]
    listed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    counted_from: Mapped[date | None]
    """Of what another municipality handed over: the last discussion there, from which its year runs until there is one here
    (R84, R86)."""
    last_discussed_on: Mapped[date | None]
    review_on: Mapped[date | None]
    extended_until: Mapped[date | None]
    due_on: Mapped[date] = mapped_column(index=True)
    locks_on: Mapped[date]
    warned: Mapped[int | None]
    closure_ground: Mapped[str | None] = mapped_column(Text)
    closure_meeting_id: Mapped[UUID | None]
    closed_on: Mapped[date | None]
    closed_by: Mapped[UUID | None]
    closure_asked_on: Mapped[date | None]
    """When the clock asked for closing because a review was missed; a later discussion answers it (R76)."""
    shred_ordered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Listing(Row):
    """Why a person is on the list, as brought and as decided (R40): for the desk alone, whoever else holds a part.

    A table of its own, since row-level security shows a row or hides it, and never a column of it.
    """

    __tablename__ = "listing"
    __table_args__ = (of_its_case(),)

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    indications: Mapped[Sealed | None]
    signal: Mapped[Sealed | None]
    """What was brought to the mayor, moved here from the registration at the listing, with what the mayor and the screening
    added; before revision 0065 all of it stood in the first."""
    screening_note: Mapped[Sealed | None]
    screening_answers: Mapped[Sealed | None]


class Discussion(Row):
    """The person was discussed in a meeting on a day: the start of the one-year term (R69, R96)."""

    __tablename__ = "discussion"
    __table_args__ = (of_its_case(),)

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True, index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    discussed_on: Mapped[date]


class DiscussionCorrection(Row):
    """That a day of discussion was recorded wrongly: proposed by one role, decided by another (R69)."""

    __tablename__ = "discussion_correction"
    __table_args__ = (
        of_its_case(),
        Index(
            "uq_discussion_correction_open", "case_id", "meeting_id", unique=True,
            postgresql_where=sql_text("state = 'proposed'"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    kind: Mapped[str] = mapped_column(Text)
    """earlier (to *corrected_on*), or notDiscussed."""
    corrected_on: Mapped[date | None]
    reason: Mapped[Sealed]
    state: Mapped[str] = mapped_column(Text)
    """proposed, approved or refused."""
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ReviewDeferral(Row):
    """Why a case whose review was missed was left off an agenda again (R76)."""

    __tablename__ = "review_deferral"
    __table_args__ = (of_its_case(), UniqueConstraint("case_id", "meeting_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    reason: Mapped[Sealed]
    left_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    left_at: Mapped[datetime]


class ClosureAnswer(Row):
    """What was answered to one question of the checklist when the case was closed (R84)."""

    __tablename__ = "closure_answer"
    __table_args__ = (of_its_case(),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"))
    """The version of the agreement that put the question (R115)."""
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    """yes, no or notApplicable."""
    note: Mapped[Sealed | None]
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    answered_on: Mapped[date]


class Relisting(Row):
    """That a closed case was put back on the list: who decided, when, on which indications (R40)."""

    __tablename__ = "relisting"
    __table_args__ = (of_its_case(),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    indications: Mapped[Sealed]
    listed_on: Mapped[date]
    listed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    closed_on: Mapped[date | None]
    """When it had been closed, and on which ground."""
    closure_ground: Mapped[str | None] = mapped_column(Text)


class Statement(Row):
    """One item in the file: category, origin, contributor, date, fact or assessment, use conditions (R51 to R55, R65)."""

    __tablename__ = "statement"
    __table_args__ = (
        of_its_case(),
        ForeignKeyConstraint(
            ("agenda_item_id", "case_id"), ("agenda_item.id", "agenda_item.case_id"), ondelete="CASCADE"
        ),
        CheckConstraint("text IS NOT NULL OR withdrawal_ground IS NOT NULL", name="said_or_withdrawn"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    agenda_item_id: Mapped[UUID | None] = mapped_column(index=True)
    category: Mapped[int]
    origin: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    reliability: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    contributor_id: Mapped[UUID | None]
    contributor_role: Mapped[str | None] = mapped_column(Text)
    """As what they spoke then: the role they held in the cell. The database puts it there, and nobody changes it."""
    agency_id: Mapped[UUID | None]
    entered_by: Mapped[UUID]
    stated_on: Mapped[date]
    text: Mapped[Sealed | None]
    """None once it was withdrawn: its words stand in the earlier versions alone."""
    category_reason: Mapped[Sealed | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[UUID | None]
    """Who corrected or withdrew it last."""
    withdrawal_ground: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)


class BreakGlass(Row):
    """Emergency reading of a file for a set time, by somebody who knows one part of it (R21, ADR 0020).

    Only a function of the database opens one; what may still change is its early end and its review.
    """

    __tablename__ = "break_glass"
    __table_args__ = (of_its_case(), Index(None, "person_id", "mandate_id", "ends_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    reference: Mapped[str] = mapped_column(Text)
    """Of the case: who reviews it may not see the case itself."""
    subject_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    role: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    explanation: Mapped[Sealed]
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """When it ends by itself."""
    closed_at: Mapped[datetime | None]
    """When somebody ended it earlier."""
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    review_note: Mapped[Sealed | None]
    version: Mapped[int] = mapped_column(default=1)


class Attachment(Row):
    """One document in the file: category, origin, contributor, date; name and description sealed (R51 to R53).

    Once removed, the row says that there was one and why it went; its name, its words and its bytes are gone.
    """

    __tablename__ = "attachment"
    __table_args__ = (of_its_case(), UniqueConstraint("id", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    category: Mapped[int]
    origin: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    """Of file: `pdf`, `png`, ... as in `app.kernel.files.inspecting`."""
    size: Mapped[int]
    parts: Mapped[int]
    contributor_id: Mapped[UUID]
    agency_id: Mapped[UUID | None]
    added_by: Mapped[UUID]
    dated_on: Mapped[date]
    added_at: Mapped[datetime]
    name: Mapped[Sealed | None]
    description: Mapped[Sealed | None]
    category_reason: Mapped[Sealed | None]
    digest: Mapped[Sealed | None]
    """SHA-256 of what is kept. Sealed: in the clear it would tell who has a copy whether it is this one."""
    validated_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Of a threat evaluation: who of the police said that OCAD validated it, on which day and under which reference (R58)."""
    validated_on: Mapped[date | None]
    validation_reference: Mapped[Sealed | None]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None]
    removal_ground: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)


class AttachmentPart(Row):
    """Some of the bytes of an attachment, sealed for their number among how many."""

    __tablename__ = "attachment_part"
    __table_args__ = (
        of_its_case(),
        ForeignKeyConstraint(
            ("attachment_id", "case_id"), ("attachment.id", "attachment.case_id"), ondelete="CASCADE"
        ),
    )

    attachment_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    content: Mapped[Sealed]


class Trajectory(Row):
    """The optional individual plan: who follows it and its aims per life domain (R71, R72)."""

    __tablename__ = "trajectory"
    __table_args__ = (of_its_case(), UniqueConstraint("id", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(unique=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    case_manager_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    aims: Mapped[Sealed]
    person_informed: Mapped[str] = mapped_column(Text)
    started_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)


class ActionRow(Row):
    """One action of a trajectory: owner, due date, outcome. An owner sees their own only (R72, R73)."""

    __tablename__ = "action_item"
    __table_args__ = (
        of_its_case(),
        ForeignKeyConstraint(
            ("trajectory_id", "case_id"), ("trajectory.id", "trajectory.case_id"), ondelete="CASCADE"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    trajectory_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    life_domain: Mapped[str] = mapped_column(Text)
    text: Mapped[Sealed]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(Text)
    outcome: Mapped[Sealed | None]
    completed_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class SubjectMark(Row):
    """Keyed marks of who a file is about, sealed under the file's own key: how a person is found again (ADR 0019).

    The file is the case once there is one, the registration before. Only the desk of the municipality reads them.
    """

    __tablename__ = "subject_mark"
    __table_args__ = (
        of_its_case(),
        CheckConstraint("registration_id IS NOT NULL OR case_id IS NOT NULL", name="of_a_file"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    registration_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), unique=True
    )
    case_id: Mapped[UUID | None] = mapped_column(unique=True)
    scheme: Mapped[int]
    """By which rules the marks were made; those of older rules are made again."""
    marks: Mapped[Sealed]

    @property
    def file_id(self) -> UUID | None:
        """Under whose key the marks are sealed."""
        return self.case_id or self.registration_id
