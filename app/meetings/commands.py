"""What can be asked of the consultation."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, Line, Moment, Prose

_PageSize = Annotated[int, Field(ge=1, le=100)]


class PlanMeeting(Command):
    """Plan a sitting of a table: when, where, who chairs and who takes the minutes (R13, R67)."""

    table_id: UUID
    starts_at: Moment
    ends_at: Moment
    place: Line
    chair_id: UUID
    secretary_id: UUID | None = None


class ListMeeting(Command):
    """List the meetings that concern the actor: coming ones first, or all, newest first."""

    when: Literal["upcoming", "all"] = "upcoming"
    cursor: str | None = None
    page_size: _PageSize = 25


class ReadMeeting(Command):
    """Consult the agenda: the meeting with the items this reader may see (R18, R19)."""

    meeting_id: UUID
    reason: Line | None = None
    """Why the desk reads the names again after the sitting: a code of accessReasons (R107)."""


class ConveneMeeting(Command):
    """Fix the agenda and send the invitations prepared for the mayor's own municipality (R24)."""

    meeting_id: UUID


class OpenMeeting(Command):
    """Open the sitting, once the core composition is recorded (R10, R11)."""

    meeting_id: UUID


class CloseMeeting(Command):
    """Close the sitting; from here run the reading window and the terms of those discussed (R19, R69)."""

    meeting_id: UUID


class AddAgendaItem(Command):
    """Put a listed case on the agenda, with the question to the table (R61)."""

    meeting_id: UUID
    case_id: UUID
    question: Prose
    minutes: Annotated[int, Field(ge=1, le=240)] = 20


class ReadAgendaItem(Command):
    """Read one item: the question, who is at the table, what was contributed."""

    agenda_item_id: UUID
    reason: Line | None = None
    """Why the desk reads it again after the sitting: a code of accessReasons (R107)."""


class PrepareInvitation(Command):
    """Prepare an invitation to one item; without a ground there is none (R22, R23)."""

    agenda_item_id: UUID
    person_id: UUID
    ground_list: Literal["groundsGeneral", "groundsFlemish", "groundsFrenchCommunity"] | None = None
    ground_code: Line | None = None
    ground_reason: Prose | None = None
    urgency_reason: Prose | None = None


class SendInvitation(Command):
    """Send one prepared invitation to a convened meeting; mayor or delegate only (R24)."""

    invitation_id: UUID


class ListInvitation(Command):
    """List one's own invitations."""

    when: Literal["upcoming", "all"] = "upcoming"
    cursor: str | None = None
    page_size: _PageSize = 25


class AnswerInvitation(Command):
    """Answer one's own invitation (R31). A service of the French Community is asked for no reason (R34)."""

    invitation_id: UUID
    answer: Literal["accepted", "declined", "mustDecline"]
    reason: Prose | None = None
    care_relation: bool | None = None
    """A French Community service says, when accepting, that it has a care relation with the person (R35)."""


class RecordBriefing(Command):
    """Record that one briefed a colleague of one's own service, before the meeting or after it (R36)."""

    invitation_id: UUID
    handler_id: UUID
    moment: Literal["before", "after"]
    briefed_on: Day


class ListBriefing(Command):
    """List whom one briefed for one's own invitation, and whom one could."""

    invitation_id: UUID


class RecordAttendance(Command):
    """Record that somebody is, or is no longer, in the room for one item (R62)."""

    agenda_item_id: UUID
    person_id: UUID
    present: bool = True


class DraftMinutes(Command):
    """Write, or rewrite, what the table agreed on one item (R66)."""

    meeting_id: UUID
    agenda_item_id: UUID
    assessment: Prose
    decisions: Prose


class SubmitMinutes(Command):
    """Lay the minutes before those who were there, for their remarks (R67)."""

    meeting_id: UUID


class RemarkMinutes(Command):
    """Remark on one item of submitted minutes (R67)."""

    meeting_id: UUID
    agenda_item_id: UUID
    text: Prose


class ApproveMinutes(Command):
    """Approve the minutes as chair; from here they do not change (R67)."""

    meeting_id: UUID


class ReadMinutes(Command):
    """Read the minutes: the desk its own items, anybody else the items attended, for as long as it lasts (R68)."""

    meeting_id: UUID
    reason: Line | None = None
    """Why the desk reads approved minutes: a code of accessReasons (R107)."""
