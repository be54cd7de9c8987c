"""What can be asked of feedback sheets, mentions of a card and the register of what leaves the house."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.kernel.shapes import Command, Day, FileLine, FileText, Line

Digest = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")]
"""A SHA-256, as 64 hexadecimal digits."""


class RecordCardMention(Command):
    """Note that an information card was mentioned at an item: the day and the meeting, no word of it (R57, R59)."""

    agenda_item_id: UUID


class DraftFeedbackSheet(Command):
    """Write, or rewrite, one's feedback sheet on a person discussed: an evaluation of the follow-up (R78, R81)."""

    agenda_item_id: UUID
    text: FileText
    nothing_classified: bool = False
    no_secrets: bool = False
    """Nothing in it that somebody told in the consultation under professional secrecy (R81)."""


class AskConsensusFeedbackSheet(Command):
    """Fix the text and ask everybody who was recorded present; who asks agrees by asking (R79)."""

    feedback_sheet_id: UUID


class AgreeFeedbackSheet(Command):
    """Say whether one agrees that this text goes out. No reason is asked (R79).

    *digest*: of the text one has read, so that nobody agrees to another.
    """

    feedback_sheet_id: UUID
    agrees: bool
    digest: Digest


class ReadFeedbackSheet(Command):
    """Read a sheet: one's own, or one that one is asked about."""

    feedback_sheet_id: UUID


class ListFeedbackSheet(Command):
    """List one's own sheets, those one is asked about, and the discussions one can draft a sheet on."""


class IssueFeedbackSheet(Command):
    """Make the document of a sheet to which everybody agreed, to hand it over oneself; nothing is sent (R80, R83)."""

    feedback_sheet_id: UUID
    recipients: Annotated[tuple[Line, ...], Field(min_length=1, max_length=10)]
    """Codes of feedbackRecipients."""
    recipient_name: FileLine
    """Which office receives it: a service, no person."""
    competent_for_area: bool = False
    language: Literal["nl", "fr", "de"] = "nl"


class FetchFeedbackSheet(Command):
    """Fetch the document of an issued sheet, to hand it over."""

    feedback_sheet_id: UUID


class RecordTransmission(Command):
    """Record that something of a case left the house otherwise: ground, recipient, digest of the exact bytes (R105)."""

    case_id: UUID
    ground: Line
    """A code of transmissionGrounds."""
    recipient_type: Line
    """A code of transmissionRecipients or of feedbackRecipients."""
    recipient_name: FileLine
    """Which office received it: a service, no person."""
    digest: Digest


class ListTransmission(Command):
    """List what left one's municipality, newest first; days are days in Brussels, both included."""

    ground: Line | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25
