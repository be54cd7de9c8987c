"""Rows of the consultation. Access of everyone but the desk follows from these (R18, R19, R62, R68)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed

TABLED = "tabled"
"""State of an item that is on the agenda."""
NEVER_SENT = frozenset({"draft", "removed"})
"""States of an invitation that is its desk's alone: whom it names was never told."""


def of_its_item() -> ForeignKeyConstraint:
    """Give the constraint that a row carries the case of its own agenda item."""
    return ForeignKeyConstraint(
        ("agenda_item_id", "case_id"), ("agenda_item.id", "agenda_item.case_id"), ondelete="CASCADE"
    )


def of_its_meeting() -> ForeignKeyConstraint:
    """Give the constraint that a row carries the meeting of its own agenda item."""
    return ForeignKeyConstraint(
        ("agenda_item_id", "meeting_id"), ("agenda_item.id", "agenda_item.meeting_id"), ondelete="CASCADE"
    )


def of_its_minutes() -> ForeignKeyConstraint:
    """Give the constraint that a row carries the meeting of its own minutes."""
    return ForeignKeyConstraint(("minutes_id", "meeting_id"), ("minutes.id", "minutes.meeting_id"))


CASE_TABLE = "operational"
"""The one kind of table at which persons are discussed; no other can have such a meeting (R6)."""


class Meeting(Row):
    """A sitting of an operational table. Holds nothing of any person discussed.

    The other tables, where nobody is discussed, have meetings of their own: the database admits none of theirs (R6).
    """

    __tablename__ = "meeting"
    __table_args__ = (
        ForeignKeyConstraint(
            ("table_id", "cell_id", "table_kind"),
            ("consultation_table.id", "consultation_table.cell_id", "consultation_table.kind"),
        ),
        CheckConstraint("table_kind = 'operational'", name="table_kind"),
        CheckConstraint("ends_at >= starts_at AND ends_at - starts_at <= interval '24 hours'", name="period"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    """Of the desk that planned it; in a joint cell the others hold it only with an item of their own (R4)."""
    table_id: Mapped[UUID] = mapped_column(ForeignKey("consultation_table.id"), index=True)
    table_kind: Mapped[str] = mapped_column(Text, default=CASE_TABLE, server_default=CASE_TABLE)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(Text)
    chair_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    secretary_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text)
    convened_at: Mapped[datetime | None]
    convened_by: Mapped[UUID | None]
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"))
    """The agreement under which it was convened (R115)."""
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    window_until: Mapped[datetime]
    """Until when those invited may read its items: a set time after the end (R19)."""
    extract_until: Mapped[datetime | None]
    """Until when those who attended may read their extract of the approved minutes (R68)."""
    blocks: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid()))
    """In which order the municipalities of a joint cell table their items; the planning desk first, until one was chosen."""
    created_by: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)


class AgendaItem(Row):
    """A case on the agenda, or a topic. The question put to the table is sealed under the case's key."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        of_its_case(),
        Index(None, "meeting_id", "case_id", unique=True, postgresql_where=text("state = 'tabled'")),
        UniqueConstraint("id", "case_id"),
        UniqueConstraint("id", "meeting_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    case_id: Mapped[UUID] = mapped_column(index=True)
    subject_id: Mapped[UUID]
    position: Mapped[int]
    """Among the items of its own municipality."""
    starts_after: Mapped[int] = mapped_column(default=0)
    """Minutes from the start of the meeting, as the whole agenda runs; the database counts it."""
    minutes: Mapped[int]
    question: Mapped[Sealed]
    purpose: Mapped[str] = mapped_column(Text, default="person", server_default="person")
    """What is discussed: the person, an extension alone, which starts no term anew (R88), or both."""
    state: Mapped[str] = mapped_column(Text, default=TABLED)
    """tabled, postponed or takenOff: off the agenda, an item is there for its own desk alone."""
    put_off_reason: Mapped[str | None] = mapped_column(Text)
    added_at: Mapped[datetime | None]
    """When it came on the agenda: after convening, it is late."""
    version: Mapped[int] = mapped_column(default=1)


class Invitation(Row):
    """A person invited to one item, on one ground, under one regime (R22 to R36)."""

    __tablename__ = "invitation"
    __table_args__ = (
        of_its_case(),
        of_its_item(),
        of_its_meeting(),
        UniqueConstraint("agenda_item_id", "person_id"),
        Index(None, "person_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    regime: Mapped[str] = mapped_column(Text)
    ground_list: Mapped[str] = mapped_column(Text)
    ground_code: Mapped[str] = mapped_column(Text)
    ground_reason: Mapped[Sealed | None]
    urgency_reason: Mapped[Sealed | None]
    child_reason: Mapped[Sealed | None]
    """Why a child under twelve is spoken of, which the French Community wants said (R29)."""
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who took this one back; empty where it went with its item. Carrying the item over does not ask them again (R24)."""
    nominated_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """The management of this service, which was asked and named this person to come instead (R28)."""
    nominated_as: Mapped[str | None] = mapped_column(Text)
    """handler, superior or permanentRepresentative."""
    state: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    refusal_reason: Mapped[Sealed | None]
    version: Mapped[int] = mapped_column(default=1)


class AgendaChange(Row):
    """That something changed after the meeting was convened: what kind, when, by whom; no content (R24, R61)."""

    __tablename__ = "agenda_change"
    __table_args__ = (
        of_its_case(),
        of_its_item(),
        CheckConstraint("(agenda_item_id IS NULL) = (case_id IS NULL)", name="of_an_item"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    agenda_item_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    """A code of a closed list."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class Briefing(Row):
    """That an invited person briefed a colleague, before or after: whom, when, on which case; no word of it (R36)."""

    __tablename__ = "briefing"
    __table_args__ = (
        of_its_case(),
        of_its_item(),
        UniqueConstraint("invitation_id", "handler_id", "moment", "briefed_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    agenda_item_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    representative_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    handler_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    moment: Mapped[str] = mapped_column(Text)
    """before or after."""
    briefed_on: Mapped[date]
    recorded_at: Mapped[datetime]


class ContributionRequest(Row):
    """A question to one invited person before the meeting; whether it was answered, never what (R18, R64)."""

    __tablename__ = "contribution_request"
    __table_args__ = (of_its_case(), of_its_item())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), unique=True)
    agenda_item_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    question: Mapped[Sealed]
    state: Mapped[str] = mapped_column(Text)
    """asked, answered, nothingToShare or opened."""
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Contribution(Row):
    """What an invited person wrote for the meeting: theirs alone until it is opened there; then a statement (R18, R65)."""

    __tablename__ = "contribution"
    __table_args__ = (of_its_case(), of_its_item())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Also of the statement it will be: its text is sealed for that place."""
    request_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution_request.id", ondelete="CASCADE"), unique=True
    )
    agenda_item_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    category: Mapped[int]
    origin: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    reliability: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    stated_on: Mapped[date]
    text: Mapped[Sealed]
    category_reason: Mapped[Sealed | None]
    given_at: Mapped[datetime]


class CalendarFeed(Row):
    """An address at which a person's calendar fetches their meetings under one mandate; its secret by hash alone."""

    __tablename__ = "calendar_feed"
    __table_args__ = (Index(None, "mandate_id", unique=True, postgresql_where=text("closed_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    fetched_on: Mapped[date | None]
    """On which day it was fetched last; the log has a line for the first time each day."""


class Attendance(Row):
    """Who was in the room for one item: consensus and secrecy attach to them (R62, R63)."""

    __tablename__ = "attendance"
    __table_args__ = (of_its_case(), of_its_item(), of_its_meeting())

    agenda_item_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    present: Mapped[bool]
    """Was there for it, be it for a while; who came by mistake onto the record was not."""
    left_at: Mapped[datetime | None]
    """Since when somebody who was there is no longer in the room."""
    recorded_at: Mapped[datetime]
    assented_at: Mapped[datetime | None] = mapped_column(default=None)
    """When they said to have no remark on the minutes; it counts for the text as last submitted (R67)."""


class AttendanceMove(Row):
    """That somebody came, left, or was taken off the record of an item: when, and who wrote it down (R62)."""

    __tablename__ = "attendance_move"
    __table_args__ = (of_its_case(), of_its_item(), of_its_meeting())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text)
    """came, left or struck."""
    moved_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class Minutes(Row):
    """One master per meeting; its texts stand per item. Approval fixes it under a digest (R66, R67)."""

    __tablename__ = "minutes"
    __table_args__ = (UniqueConstraint("id", "meeting_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), unique=True)
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    remarks_until: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    leaves: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The digests of all items among filling, fixed by approval: what extracts are proven against."""
    note: Mapped[str | None] = mapped_column(Text)
    """The signed root over them."""
    version: Mapped[int] = mapped_column(default=1)


class MinutesItem(Row):
    """What the table agreed on one case: assessment and decisions, not who said what (R66)."""

    __tablename__ = "minutes_item"
    __table_args__ = (of_its_case(), of_its_item(), of_its_meeting(), of_its_minutes())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), index=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[UUID] = mapped_column(unique=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    assessment: Mapped[Sealed]
    decisions: Mapped[Sealed]
    actions: Mapped[Sealed | None]
    salt: Mapped[Sealed | None]
    """Hashed along with the text, and gone with it: what is left of a digest then tells nothing (R92)."""
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Over the text as written; approval fixes both, from then on neither changes."""
    version: Mapped[int] = mapped_column(default=1)


class Remark(Row):
    """A remark of somebody who was there, within the time the agreement gives (R67)."""

    __tablename__ = "minutes_remark"
    __table_args__ = (of_its_case(), of_its_item())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), index=True)
    agenda_item_id: Mapped[UUID] = mapped_column(index=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[Sealed]
    remarked_at: Mapped[datetime]


class FrameworkStatement(Row):
    """What a service of the French Community says of the rules it sits under; about the service, of no person (R38)."""

    __tablename__ = "framework_statement"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
