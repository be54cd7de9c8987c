"""What can be asked about third persons in a file."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, FileLine, FileText, Line


class AddContact(Command):
    """Note a contact or relation of the person discussed, with the reason why that is necessary (R49, R53)."""

    case_id: UUID
    contact_name: FileLine
    relation: Line
    need: FileText
    """Also why it is necessary where the category wants a reason: no contact is without one (R51)."""
    category: Annotated[int, Field(ge=1, le=14)] | None = None
    """By default that of the relation: the household, or whom somebody goes about with."""
    contributor_id: UUID | None = None
    """Who brought it; by default whoever notes it."""
    origin: Line | None = None
    """By default that of the service that brought it."""
    stated_on: Day | None = None
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class ListContact(Command):
    """Give the contacts of a case, for a stated reason (R107)."""

    case_id: UUID
    reason: Line | None = None


class OpenContact(Command):
    """Open one contact of a sensitive category; each opening is logged (R52)."""

    contact_id: UUID
    reason: Line


class RemoveContact(Command):
    """Take a contact out of the file for good, because it is not needed any more (R86)."""

    contact_id: UUID
