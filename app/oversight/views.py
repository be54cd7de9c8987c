"""What oversight answers: ids, codes and moments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.kernel.shapes import Page, View


class EntryView(View):
    """One line of the log: who did what, on which case, under which rule, for which reason. Never content."""

    entry_id: UUID
    at: datetime
    recorded_at: datetime
    actor_id: UUID | None = None
    mandate_id: UUID | None = None
    agency_id: UUID | None = None
    role: str | None = None
    action: str
    outcome: str
    rule: str | None = None
    legal_basis: str | None = None
    reason: str | None = None
    case_id: UUID | None = None
    subject_id: UUID | None = None
    object_type: str | None = None
    object_id: UUID | None = None
    channel: str
    recipients: str | None = None
    trace_id: UUID
    related_trace_id: UUID | None = None


class EntryPage(Page[EntryView]):
    """Lines of the log, newest first."""


class CheckpointView(View):
    """A signed statement: so many leaves, this root, at this moment."""

    year: int
    size: int
    root: str
    """In base64."""
    at: datetime
    note: str
    """The signed note as C2SP describes it; any tool for such notes can check it."""


class CheckpointPage(Page[CheckpointView]):
    """Checkpoints, newest first, and the public key that signed them."""

    public_key: str


class StepView(View):
    """One question of a judgement, the rule it rests on, and the answer; none where only the request can tell."""

    name: str
    rule: str
    met: bool | None = None


class MandateExplained(View):
    """What the rules and the database say under one mandate."""

    role: str
    cell: str
    outcome: str
    rule: str
    standing: str
    steps: list[StepView]
    rows_shown: dict[str, int]
    """Rows of the case that the database itself shows under this mandate, by table; the second lock."""


class AccessExplained(View):
    """What somebody may do with a case, under each mandate, and why."""

    person: str
    action: str
    reference: str
    mandates: list[MandateExplained]
