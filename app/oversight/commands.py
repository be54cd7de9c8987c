"""What can be asked of the processing log."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, Line
from app.rules.actions import Action

Outcome = Literal["allowed", "hidden", "refused", "conflict"]


class ListJournal(Command):
    """List the lines of the log of one's municipality, newest first; days are days in Brussels, both included."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    case_id: UUID | None = None
    actor_id: UUID | None = None
    action: Action | None = None
    outcome: Outcome | None = None
    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class ExportJournal(Command):
    """Export lines of the log of one's municipality as a file that proves itself.

    *reason*: a code of the list accessReasons; it stands in the file and in the log (R60, R107).
    """

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    case_id: UUID | None = None
    actor_id: UUID | None = None
    action: Action | None = None
    outcome: Outcome | None = None
    reason: Line = "supervision"


class ListCheckpoint(Command):
    """List the signed statements of what the log of one's municipality was, newest first."""

    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class ExplainAccess(Command):
    """Explain what the rules say of a person (username), an act and a case (reference or id)."""

    person: Line
    action: Action
    case: Line
