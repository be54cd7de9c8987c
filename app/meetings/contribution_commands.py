"""What can be asked of the contribution round."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, FileText, Line
from app.rules.audience import Audience


class SendContributionRequest(Command):
    """Ask one invited person a question before the meeting."""

    invitation_id: UUID
    question: FileText


class ListContributionRequest(Command):
    """List the questions to oneself before a coming meeting."""


class AnswerContributionRequest(Command):
    """Answer a question to oneself: with a contribution, or that one has nothing to share (R64, R65)."""

    contribution_request_id: UUID
    nothing_to_share: bool = False
    text: FileText | None = None
    category: Annotated[int, Field(ge=1, le=14)] | None = None
    category_reason: FileText | None = None
    origin: Line | None = None
    kind: Literal["fact", "assessment"] | None = None
    reliability: Line | None = None
    audience: Annotated[Audience, Field(json_schema_extra={"form": {"kind": "radio"}})] = Audience.PRESENT
    stated_on: Day | None = None
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class WithdrawContributionRequest(Command):
    """Take back one's own answer, until the meeting begins."""

    contribution_request_id: UUID


class OpenContributionRequest(Command):
    """Open in the sitting what was written for an item."""

    agenda_item_id: UUID


class ReadContributionBoard(Command):
    """See who was asked for an item and who answered."""

    agenda_item_id: UUID
