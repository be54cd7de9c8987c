"""What can be asked of the minutes."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from app.kernel.printing import DocumentLanguage
from app.kernel.shapes import Command, FileText, Line


class DraftMinutes(Command):
    """Write, or rewrite, what the table agreed on one item (R66)."""

    meeting_id: UUID
    agenda_item_id: UUID
    assessment: FileText
    decisions: FileText
    actions: FileText | None = None
    """Who does what by when, as agreed at the table."""


class SubmitMinutes(Command):
    """Lay the minutes before those who were there, for their remarks (R67)."""

    meeting_id: UUID


class RemarkMinutes(Command):
    """Remark on one item of submitted minutes (R67)."""

    meeting_id: UUID
    agenda_item_id: UUID
    text: FileText


class AssentMinutes(Command):
    """Say that one has no remark on the minutes as they were submitted (R67)."""

    meeting_id: UUID


class ReviseMinutes(Command):
    """Take submitted minutes back to be written on; the days for remarks begin anew when they are submitted again (R67)."""

    meeting_id: UUID


class ApproveMinutes(Command):
    """Approve the minutes as chair; from here they do not change (R67)."""

    meeting_id: UUID


class CorrectMinutes(Command):
    """Write what an item of approved minutes should have said; the text that was approved stays (R67)."""

    meeting_id: UUID
    agenda_item_id: UUID
    text: FileText


class DecideCorrectionMinutes(Command):
    """Approve a correction of approved minutes, or refuse it: the chair or the mayor, never who wrote it (R67)."""

    meeting_id: UUID
    agenda_item_id: UUID
    addendum_id: UUID
    decision: Literal["approve", "refuse"]


class ReadMinutes(Command):
    """Read the minutes: the desk its own items, anybody else the items attended, for as long as it lasts (R68)."""

    meeting_id: UUID
    reason: Line | None = None
    """Why the desk reads approved minutes: a code of accessReasons (R107)."""


class PrintMinutes(Command):
    """Print approved minutes, or the extract of them that one may read (R68)."""

    meeting_id: UUID
    language: DocumentLanguage = "nl"
    reason: Line | None = None
    """Why the desk prints approved minutes: a code of accessReasons (R107)."""
