"""What can be asked of an extension (R87 to R91)."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, FileText, Line

_Radio = Field(json_schema_extra={"form": {"kind": "radio"}})


class ProposeExtension(Command):
    """Propose to keep the data of a person for more than a year: on which objective ground, why, and until when (R87)."""

    case_id: UUID
    ground: Line
    """A code of extensionGrounds."""
    reasons: FileText
    until: Day
    nothing_classified: bool = False


class ReadExtension(Command):
    """Read the extensions of one case with their reasons, for a stated reason (R107)."""

    case_id: UUID
    reason: Line | None = None


class ListExtension(Command):
    """List the extensions of one's municipality that wait or hold: dates and grounds, no reasons (R87, R89)."""


class WithdrawExtension(Command):
    """Take back a proposal on which nobody decided."""

    extension_id: UUID


class DecideExtension(Command):
    """Grant a discussed extension until a day, or refuse it; with reasons in writing (R87)."""

    extension_id: UUID
    decision: Annotated[Literal["grant", "refuse"], _Radio]
    until: Day | None = None
    """The last day on which the data may be kept; only where it is granted."""
    reasons: FileText
    linked_to_prevention: bool = False
    nothing_classified: bool = False


class ReviewExtension(Command):
    """Say whether the reasons of an extension still hold (R89)."""

    extension_id: UUID
    outcome: Annotated[Literal["goesOn", "ends"], _Radio]
    reasons: FileText
    nothing_classified: bool = False
