"""What the retention room answers: references, dates and counts. Never a name."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Page, View


class WhyView(View):
    """Why a date is what it is: the day its term started, the rule, the legal reference (R86)."""

    start: str
    """What started the term: listing, lastDiscussion, receipt, decision, withdrawal or sender (the discussion there)."""
    started_on: date
    term: str
    """Which row of the retention schedule applies."""
    rule: str
    legal_reference: str | None = None
    """None where no text sets the term: then it is local policy."""
    citation: str | None = None
    kept_until: date | None = None
    """The last day of an extension in force; the file goes earlier unless reviews carry it there (R87, R89)."""
    nearer: str | None = None
    """What brought the day nearer than the term: handedOver, cameWithIt (its end came with a hand-over), decided."""
    term_ends_on: date | None = None
    """The day until which the term would have allowed it, where something brought the day nearer."""


class EndingView(View):
    """One file with the day on which it must be gone."""

    kind: str
    case_id: UUID | None = None
    registration_id: UUID | None = None
    reference: str
    state: str
    due_on: date
    locks_on: date | None = None
    locked: bool
    next_warning: date | None = None
    why: WhyView
    abilities: list[str] = Field(default_factory=list)
    """`registration.read` or `case.open` where the reader can ask to open it."""


class EndingPage(Page[EndingView]):
    """What ends when, soonest first."""

    unfinished: int | None = None
    """How many files were ordered to be destroyed and are not finished, where there are any (R92)."""


class PlannedView(View):
    """One thing a sweep would do."""

    act: str
    """destroy, erase or warn."""
    reference: str
    due_on: date
    warning: int | None = None


class PreviewView(View):
    """What a sweep would do today."""

    municipality_id: UUID
    on: date
    items: list[PlannedView]
    unfinished: int
    """Files that were ordered to be destroyed and are not finished: there for nobody, and taken up by every sweep."""


class LookedView(View):
    """Where a sweep has something to do today."""

    on: date
    municipality_ids: list[UUID]
    """In the order in which they are swept."""


class SweepView(View):
    """What a sweep did, in counts."""

    municipality_id: UUID
    on: date
    warned: int
    destroyed: int
    erased: int
    contacts: int
    """Third persons who went from files that stay."""
    left: int
    """Files that could not be finished now; the next sweep takes them up again."""


class CertificateView(View):
    """Evidence that a file was destroyed, without anything of the person.

    The digest is SHA-256 in hexadecimal over the other properties as JSON with sorted keys, no spaces.
    """

    certificate_id: UUID
    municipality_id: UUID
    reference: str
    kind: str
    listed_on: date
    last_discussed_on: date | None = None
    due_on: date
    destroyed_at: datetime
    ground: str
    executor: str
    counts: dict[str, int]
    digest: str = ""


class CertificatePage(Page[CertificateView]):
    """Certificates, newest first."""


class DestructionView(View):
    """How far a destruction has come, and which files' keys it is about."""

    step: str
    file_ids: list[UUID]


class PurgedView(View):
    """That a case which another municipality accepted is due."""

    case_id: UUID


class LapsedView(View):
    """That the package of a hand-over is erased."""

    hand_over_id: UUID
    state: str
    package_id: UUID
    """Under whose key it lay."""


class ContactsGoneView(View):
    """How many third persons went from the files of a municipality."""

    municipality_id: UUID
    contacts: int


class RotationView(View):
    """How far the replacement of a key has come; without a municipality it is the installation's."""

    step: str
    municipality_id: UUID | None = None


class BackupView(View):
    """What may be copied now."""

    part: str
