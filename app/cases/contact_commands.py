"""What can be asked about third persons in a file."""

from __future__ import annotations

from uuid import UUID

from app.kernel.shapes import Command, Day, FileLine, FileText, Line


class AddContact(Command):
    """Note a contact or relation of the person discussed, with the reason why that is necessary (R49, R53)."""

    case_id: UUID
    contact_name: FileLine
    relation: Line
    need: FileText
    origin: Line
    stated_on: Day | None = None
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class ListContact(Command):
    """Give the contacts of a case, for a stated reason (R107)."""

    case_id: UUID
    reason: Line | None = None


class RemoveContact(Command):
    """Take a contact out of the file for good, because it is not needed any more (R86)."""

    contact_id: UUID
