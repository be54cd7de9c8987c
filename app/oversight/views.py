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
    acting_for: UUID | None = None
    """For whom a delegate acted: the mayor."""
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
    processing: str | None = None
    """The processing activity, as the record of processing names it."""
    channel: str
    recipients: str | None = None
    trace_id: UUID
    related_trace_id: UUID | None = None
    break_glass: bool | None = None
    """Whether it was reached by emergency access."""


class ExpiredView(View):
    """A year of the log that is gone as a whole, as its term asks: since when, and after how many years (R105)."""

    year: int
    at: datetime
    years: int


class EntryPage(Page[EntryView]):
    """Lines of the log, newest first, and which years of the period are gone."""

    expired: list[ExpiredView]


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
    former_keys: list[str]
    """Those that signed before it, the last one first."""
    statements: list[str]
    """Signed notes by which one key names the next, the first one first."""


class ProofView(View):
    """A proof as RFC 9162 has it: of a line (leaf), or of an older size; all hashes in base64."""

    year: int
    size: int
    checkpoint: str
    """The signed note that the proof leads to, with the lines of its witnesses."""
    leaf_index: int | None = None
    leaf: str | None = None
    """The bytes of the line as they are hashed, in base64 (docs/journal-format.md)."""
    leaf_hash: str | None = None
    old_size: int | None = None
    old_checkpoint: str | None = None
    hashes: list[str]


class WitnessStatus(View):
    """What one witness said last of one year, and what is wrong with it since when."""

    witness: str
    size: int | None = None
    at: datetime | None = None
    age_seconds: int | None = None
    current: bool
    """Whether it cosigned the newest checkpoint."""
    fault: str | None = None
    fault_since: datetime | None = None


class TreeStatus(View):
    """The log of one year: how many lines are sealed, until when, how many have a gap, who witnessed it."""

    year: int
    size: int
    at: datetime | None = None
    age_seconds: int | None = None
    gaps: int
    witnesses: list[WitnessStatus]


class LogStatusView(View):
    """How the log stands: `inOrder`, or `standsStill` when lines wait longer than five minutes to be sealed."""

    sealing: str
    waiting: int
    waiting_since: datetime | None = None
    trees: list[TreeStatus]


class LogKeyView(View):
    """A step in the replacement of the key that signs the log, and the public half of the one in use."""

    step: str
    key: str


class LogChecked(View):
    """What a recomputation found: a sentence a tree, and whether all is well."""

    fine: bool
    sentences: list[str]


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
