"""What can be asked of the consultation."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.printing import DocumentLanguage
from app.kernel.shapes import Command, Day, FileText, Line, Moment, Prose, Secret
from app.meetings.reasons import PutOff, TakenOff

_PageSize = Annotated[int, Field(ge=1, le=100)]
Minutes = Annotated[int, Field(ge=1, le=240)]
"""How long an item takes."""
GroundList = Literal["groundsGeneral", "groundsFlemish", "groundsFrenchCommunity"]


class PlanMeeting(Command):
    """Plan a sitting of a table: when, where, who chairs and who takes the minutes (R13, R67)."""

    table_id: UUID
    starts_at: Moment
    ends_at: Moment
    place: Line
    chair_id: UUID
    secretary_id: UUID | None = None


class ListMeeting(Command):
    """List the meetings that concern the actor: coming ones first, or all, or those whose minutes wait, newest first."""

    when: Literal["upcoming", "all", "minutesWait"] = "upcoming"
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


class CheckConstitution(Command):
    """Check what stands of a cell's constitution, and what is missing before a case may be tabled (art. 458ter)."""

    cell_id: UUID


class OpenMeeting(Command):
    """Open the sitting, once the core composition is recorded (R10, R11)."""

    meeting_id: UUID


class CloseMeeting(Command):
    """Close the sitting; from here run the reading window and the terms of those discussed (R19, R69)."""

    meeting_id: UUID


class AddAgendaItem(Command):
    """Put a listed case on the agenda, with the question to the table (R61).

    *purpose*: the person, an extension alone, which starts no term anew (R88), or both. Left out: the person.
    """

    meeting_id: UUID
    case_id: UUID
    question: FileText
    purpose: Annotated[
        Literal["person", "extension", "both"] | None, Field(json_schema_extra={"form": {"kind": "radio"}})
    ] = None
    minutes: Minutes = 20


class ListAgendaProposal(Command):
    """List what an agenda could hold: the cases of one's own municipality that ask to be discussed, each with why."""

    meeting_id: UUID


class Invitee(Command):
    """Somebody to invite for an entry; without a ground, on the usual one of their service (R22)."""

    person_id: UUID
    ground_list: GroundList | None = None
    ground_code: Line | None = None
    ground_reason: FileText | None = None
    urgency_reason: FileText | None = None
    child_reason: FileText | None = None


class Entry(Command):
    """A case to put on the agenda, with the question to the table and whom to invite for it."""

    case_id: UUID
    question: FileText
    purpose: Literal["person", "extension", "both"] | None = None
    minutes: Minutes = 20
    people: Annotated[list[Invitee], Field(max_length=40, default_factory=list)]


class TableMeeting(Command):
    """Put several cases on the agenda at once, with their invitations prepared: all of them or none (R61)."""

    meeting_id: UUID
    entries: Annotated[list[Entry], Field(min_length=1, max_length=40)]


class LeaveOffCase(Command):
    """Say why a case whose review was missed is not put on the agenda of a meeting (R76)."""

    case_id: UUID
    meeting_id: UUID
    reason_text: FileText


class OrderAgendaItem(Command):
    """Move an item to a place among the items of its own municipality, from 1 (R4)."""

    agenda_item_id: UUID
    position: Annotated[int, Field(ge=1, le=1000)]


class ChangeAgendaItem(Command):
    """Change how long an item takes, what is asked of the table, or both."""

    agenda_item_id: UUID
    minutes: Minutes | None = None
    question: FileText | None = None


class PostponeAgendaItem(Command):
    """Put an item off to a later meeting: it does not count as discussed (R69)."""

    agenda_item_id: UUID
    reason: PutOff


class TakeOffAgendaItem(Command):
    """Take an item off the agenda."""

    agenda_item_id: UUID
    reason: TakenOff


class CarryOverAgendaItem(Command):
    """Put an item that was not discussed on a later meeting, with its question and whom it asked."""

    agenda_item_id: UUID
    meeting_id: UUID


class ChangeMeeting(Command):
    """Change where a meeting is, who chairs, who takes the minutes, or which municipality comes first (R4, R13, R67)."""

    meeting_id: UUID
    place: Line | None = None
    chair_id: UUID | None = None
    secretary_id: UUID | None = None
    blocks: Annotated[list[UUID], Field(max_length=100)] | None = None
    """Municipalities in the order in which their items come."""


class MoveMeeting(Command):
    """Move a meeting to another time (R26)."""

    meeting_id: UUID
    starts_at: Moment
    ends_at: Moment
    urgency_reason: FileText | None = None
    """Why services of the French Community get less notice than the decree wants."""


class CancelMeeting(Command):
    """Call a meeting off."""

    meeting_id: UUID
    reason: Literal["tooFewCome", "chairAway", "placeAway", "nothingToDiscuss", "otherReason"]


class InviteMeeting(Command):
    """Send the invitations prepared for a meeting that is convened already (R24)."""

    meeting_id: UUID


class WithdrawInvitation(Command):
    """Ask somebody no longer who was invited (R24)."""

    invitation_id: UUID


class RemoveInvitation(Command):
    """Take out an invitation that was prepared and not sent."""

    invitation_id: UUID


class ReviewMeeting(Command):
    """See what convening would send: each item with its people, their grounds and what still stands in the way."""

    meeting_id: UUID


class ReadAgendaItem(Command):
    """Read one item: the question, who is at the table, what was contributed."""

    agenda_item_id: UUID
    reason: Line | None = None
    """Why the desk reads it again after the sitting: a code of accessReasons (R107)."""


class PrepareInvitation(Command):
    """Prepare an invitation to one item; without a ground there is none (R22, R23)."""

    agenda_item_id: UUID
    person_id: UUID
    ground_list: GroundList | None = None
    ground_code: Line | None = None
    ground_reason: FileText | None = None
    urgency_reason: FileText | None = None
    child_reason: FileText | None = None
    """Why a child under twelve has to be discussed with a service of the French Community (R29)."""


class SendInvitation(Command):
    """Send one prepared invitation to a convened meeting; mayor or delegate only (R24)."""

    invitation_id: UUID


class ListInvitation(Command):
    """List one's own invitations."""

    when: Literal["upcoming", "all"] = "upcoming"
    cursor: str | None = None
    page_size: _PageSize = 25


class OpenCalendar(Command):
    """Make a secret address at which a calendar fetches one's meetings under the mandate at hand."""


class CloseCalendar(Command):
    """Have one of one's own calendar addresses stop working."""

    calendar_id: UUID


class ListCalendar(Command):
    """List one's own calendar addresses that work."""


class ReadCalendar(Command):
    """Fetch the calendar behind an address."""

    token: Annotated[Secret, Field(max_length=100)]


class SendNotice(Command):
    """Hand one letter to the mail server; for the server alone."""

    mail_id: UUID


class RemindNotice(Command):
    """Leave the reminders that are due now; for the server alone."""


class AnswerInvitation(Command):
    """Answer one's own invitation (R31). A service of the French Community is asked for no reason (R34)."""

    invitation_id: UUID
    answer: Literal["accepted", "declined", "mustDecline"]
    reason: FileText | None = None
    care_relation: bool | None = None
    """A French Community service says, when accepting, that it has a care relation with the person (R35)."""


class RecordBriefing(Command):
    """Record that one briefed the colleague directly involved, of one's own service, before or after the meeting (R36)."""

    invitation_id: UUID
    handler_id: UUID
    moment: Literal["before", "after"]
    briefed_on: Day
    directly_involved: bool = False


class ListBriefing(Command):
    """List whom one briefed for one's own invitation, and whom one could."""

    invitation_id: UUID


class RecordAttendance(Command):
    """Record that somebody came into the room for one item, or left it (R62, R63).

    Who left was there. Who was never there is taken off the record with *correction*.
    """

    agenda_item_id: UUID
    person_id: UUID
    present: bool = True
    correction: bool = False


class PrintMeeting(Command):
    """Print the agenda, in the language of those it is for."""

    meeting_id: UUID
    language: DocumentLanguage = "nl"
    reason: Line | None = None
    """Why the desk prints it after the sitting: a code of accessReasons (R107)."""


class PrintInvitation(Command):
    """Print an invitation that was sent, as a letter without the name of the person (R27, R37)."""

    invitation_id: UUID
    language: DocumentLanguage = "nl"


class ListFramework(Command):
    """Read what the services of the French Community said of their framework, as far as one may."""

    meeting_id: UUID


class StateFramework(Command):
    """Record the legal and ethical framework of a service of the French Community, and its duties to report (R38)."""

    meeting_id: UUID
    person_id: UUID | None = None
    """Whose service said it; by default one's own."""
    text: Prose
