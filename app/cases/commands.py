"""What can be asked of the file."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, Line, Prose
from app.rules.audience import Audience


class ListCase(Command):
    """List the cases of one's municipality, most recently listed first. References and dates; no names."""

    state: Literal["open", "closed", "all"] = "open"
    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class OpenCase(Command):
    """Open the file, for a stated reason (R107)."""

    case_id: UUID
    reason: Line


class MonitorCase(Command):
    """Go on following a person without a trajectory."""

    case_id: UUID


class ProposeClosureCase(Command):
    """Propose to close a case that was discussed in a meeting (R84, R85).

    Without a meeting only where there is nothing left to discuss: listed in error, or deceased.
    """

    case_id: UUID
    meeting_id: UUID | None = None
    ground: Line


class KeepOpenCase(Command):
    """Decide against a proposed closure: the case goes on as before (R85)."""

    case_id: UUID


class CloseCase(Command):
    """Close a case on the proposal made in a meeting; decided by whoever decides on the list (R85).

    *dataUntil*: the day on which the data go when they are no longer needed for the whole term (R86).
    """

    case_id: UUID
    data_until: Day | None = None


class CreateStatement(Command):
    """Put one item into the file: category, origin, date, fact or assessment, use conditions (R51 to R55, R65)."""

    case_id: UUID
    agenda_item_id: UUID | None = None
    contributor_id: UUID | None = None
    category: Annotated[int, Field(ge=1, le=14)]
    category_reason: Prose | None = None
    origin: Line
    kind: Literal["fact", "assessment"]
    reliability: Line | None = None
    audience: Audience = Audience.PRESENT
    stated_on: Day | None = None
    text: Prose
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class OpenStatement(Command):
    """Open one statement of a sensitive category; each opening is logged (R52)."""

    statement_id: UUID
    reason: Line


class StartTrajectory(Command):
    """Start the optional individual plan: who follows it, an aim per life domain (R71, R72, R77)."""

    case_id: UUID
    case_manager_id: UUID
    aims: Annotated[dict[Line, Prose], Field(min_length=1, max_length=7)]
    person_informed: Literal["informed", "involved", "notYet"]


class ReadTrajectory(Command):
    """Read the trajectory of a case and its actions."""

    case_id: UUID


class AssignAction(Command):
    """Give somebody one action of the trajectory, with a day by which it is due (R72, R73)."""

    case_id: UUID
    owner_id: UUID
    life_domain: Line
    text: Prose
    due_on: Day


class ListAction(Command):
    """List one's own open actions."""


class CompleteAction(Command):
    """Say what became of an action."""

    action_id: UUID
    result: Literal["done", "notDone"]
    outcome: Prose
