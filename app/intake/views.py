"""What intake answers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.constitution.views import QuestionView
from app.kernel.shapes import Document, Page, View


class RegistrationItem(View):
    """A registration in a list: nothing of its content."""

    registration_id: UUID
    href: str
    reference: str
    municipality_id: UUID
    state: str
    received_at: datetime
    phenomenon: str | None = None
    urgency: str | None = None
    due_on: date | None = None
    abilities: list[str] = Field(default_factory=list)
    """`registration.read` where it can be opened: the coordinator waits until the mayor received it (R39)."""


class RegistrationPage(Page[RegistrationItem]):
    """Registrations, newest first."""


class RegistrationView(Document):
    """A registration. Its submitter gets a receipt: received, or decided, and nothing more.

    One that became a case gives its desk the receipt with the outcome and the case: the rest is in the file.
    """

    registration_id: UUID
    reference: str
    municipality_id: UUID
    state: str
    received_at: datetime
    phenomenon: str | None = None
    urgency: str | None = None
    anonymous: bool | None = None
    agency_name: str | None = None
    submitted_by_name: str | None = None
    subject_name: str | None = None
    birth_date: date | None = None
    narrative: str | None = None
    screening_note: str | None = None
    questions: list[QuestionView] | None = None
    """Of its screening, once that began (R43)."""
    answers: dict[str, str] | None = None
    """To the questions of the screening, by code (R43)."""
    answered_by_name: str | None = None
    answered_at: datetime | None = None
    alert_on: date | None = None
    """From when mayor and delegate are reminded that nobody decided yet (R45)."""
    decision_reason: str | None = None
    decided_on: date | None = None
    case_id: UUID | None = None
    due_on: date | None = None


class SubjectMatch(View):
    """A registration or a case that may be about the person: which, and how it was found. Nothing of its content."""

    kind: str
    registration_id: UUID | None = None
    case_id: UUID | None = None
    href: str
    reference: str
    state: str
    since: date
    matched: str
    birth_date: str | None = None
    """`same` or `near`; left out where one of the two is not known."""


class SubjectMatches(View):
    """Who may be meant, the surest first. Only what the reader could open; nothing else counts."""

    href: str = Field(serialization_alias="self")
    items: list[SubjectMatch]
    more: bool | None = None
    """There are more than an answer holds: ask more precisely."""


class AlertedView(View):
    """How many people were told that a signal waits."""

    registration_id: UUID
    told: int


class MarkedView(View):
    """How many files were marked."""

    municipality_id: UUID
    marked: int
