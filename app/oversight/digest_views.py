"""What is answered of the misuse digest: codes, moments and pseudonymous ids; never anything of a file."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, Page, View


class DigestMadeView(View):
    """What a run of the robot made of one municipality's log."""

    municipality_id: UUID
    digest_id: UUID | None = None
    """None where there was nothing to look through yet."""
    first_day: date | None = None
    last_day: date | None = None
    lines: int = 0


class DigestItem(View):
    """One digest: of which days, how many lines it has, how many wait for an answer."""

    digest_id: UUID
    href: str = Field(serialization_alias="self")
    first_day: date
    last_day: date
    made_at: datetime
    lines: int
    waiting: int


class DigestPage(Page[DigestItem]):
    """Digests of one municipality, newest first."""

    looked_until: date | None = None
    """The last day that was looked through, quiet or not."""
    waiting: int
    """How many lines wait for an answer in all."""


class AnswerView(View):
    """One answer to a line, as it was given."""

    conclusion: str
    note: str | None = None
    answered_by: UUID
    answered_name: str | None = None
    answered_at: datetime


class DigestLineView(View):
    """One thing that wants a look, and what was answered."""

    line_id: UUID
    sign: str
    number: str
    """The rule under which it matters."""
    explanation: str
    """What was seen, and what it does not mean, in the reader's language."""
    first_at: datetime
    last_at: datetime
    times: int
    person_id: UUID | None = None
    """Who did it; none for what was done at the console."""
    person_name: str | None = None
    """For the data protection officer alone."""
    role: str | None = None
    agency_name: str | None = None
    action: str
    case_id: UUID | None = None
    """As the log has it; none where a line is about several files, or the log of this municipality names none."""
    entry_id: UUID
    own: bool
    """Whether it is about who reads this: then somebody else answers."""
    answers: list[AnswerView]
    abilities: list[str]


class DigestView(Document):
    """One digest with its lines, those that wait first."""

    digest_id: UUID
    first_day: date
    last_day: date
    made_at: datetime
    gone: int
    """Lines that went with their case."""
    items: list[DigestLineView]
