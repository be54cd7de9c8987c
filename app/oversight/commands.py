"""What can be asked of the processing log."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, Line
from app.rules.actions import Action

Outcome = Literal["allowed", "hidden", "refused", "conflict"]


class JournalFilter(Command):
    """Which lines of the log of one's municipality; days are days in Brussels, both included.

    *subjectId*: the person concerned. *agencyId*: the service of who acted. *breakGlass*: reached by emergency access or not.
    """

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    case_id: UUID | None = None
    subject_id: UUID | None = None
    actor_id: UUID | None = None
    agency_id: UUID | None = None
    action: Action | None = None
    outcome: Outcome | None = None
    break_glass: bool | None = None


class ListJournal(JournalFilter):
    """List the lines of the log of one's municipality, newest first."""

    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class CountJournal(JournalFilter):
    """Count the lines of the log of one's municipality: by day, by act, and by who acted on which case.

    At most ten years at once. Without days the last thirty, and all years where one case or person concerned is asked for.
    """


class ExportJournal(JournalFilter):
    """Export lines of the log of one's municipality as a file that proves itself.

    *reason*: a code of the list accessReasons; it stands in the file and in the log (R60, R107).
    """

    reason: Line = "supervision"
    later: bool = False
    """Whether the file is made afterwards and kept for a day, instead of being the answer."""
    kept: UUID | None = None
    """The export made so that is fetched."""


class ListCheckpoint(Command):
    """List the signed statements of what the log of one's municipality was, newest first."""

    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class ReadProof(Command):
    """Prove that an entry is in the log (`entryId`), or that the log continues what it was (`year`, `oldSize`).

    *size*: that of a checkpoint; the newest when it is not said.
    """

    entry_id: UUID | None = None
    year: Annotated[int | None, Field(ge=2000, le=9999)] = None
    old_size: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    size: Annotated[int | None, Field(ge=1, lt=2**63)] = None


class ReadLogStatus(Command):
    """Read how the log of one's municipality stands: sealed, witnessed, complete."""


class CheckJournal(Command):
    """Recompute the whole log, and compare it with checkpoints that were kept elsewhere (signed notes)."""

    kept: list[str] = Field(default_factory=list)


class RotateLogKey(Command):
    """Replace the key that signs the log: one line that it is ordered, one that it is done."""

    step: Literal["order", "finish"]


class ExplainAccess(Command):
    """Explain what the rules say of a person (username), an act and a case (reference or id)."""

    person: Line
    action: Action
    case: Line
