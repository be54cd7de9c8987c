"""What is answered about third persons in a file."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from app.kernel.shapes import Document


class ContactView(Document):
    """One contact, with the day on which it goes and what sets that day; a closed one without name and reason (R52)."""

    contact_id: UUID
    case_id: UUID
    contact_name: str | None = None
    relation: str
    need: str | None = None
    category: int
    """Of the fourteen; 14 for one that was noted before anybody was asked for it."""
    sensitive: bool
    """Closed until it is opened, one at a time."""
    origin: str
    contributor_name: str | None = None
    agency_name: str | None = None
    stated_on: date
    added_at: datetime
    added_by_name: str | None = None
    ends_on: date
    ends_with: str
    """`ownTerm`, `lastDiscussion`, `caseEnd` or `caseClosed`."""


class ContactList(Document):
    """The contacts of a case, by the day on which they go."""

    case_id: UUID
    reference: str
    term_days: int
    """After how many days a contact noted today goes, unless the case lets go of it earlier."""
    carried_until: date
    """The day on which the case lets go of third persons: without any extension."""
    items: list[ContactView]


class ContactGone(Document):
    """That a contact is gone."""

    contact_id: UUID
    case_id: UUID
