"""What can be asked of intake."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import BirthDay, Command, Line, Prose


class SubmitRegistration(Command):
    """Bring a signal to the mayor or delegate (R39). Speaking is a right, never a duty (R31).

    *origin*: where it comes from (R53); left out, what the submitter's own service says.
    """

    municipality_id: UUID
    subject_name: Line
    birth_date: BirthDay | None = None
    narrative: Prose
    phenomenon: Line
    urgency: Line
    origin: Line | None = None
    anonymous: bool = False
    nothing_classified: bool = False


class ListRegistration(Command):
    """List registrations: the desk those of its municipality, anybody else their own."""

    state: Literal["open", "all"] = "open"
    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class ReadRegistration(Command):
    """Read one registration; its submitter reads a receipt."""

    registration_id: UUID


class ScreenRegistration(Command):
    """Take a registration into screening, with the mayor's note for whoever prepares it (R43)."""

    registration_id: UUID
    note: Prose | None = None


class DecideRegistration(Command):
    """Decide: on the list with stated indications, or one of the other outcomes (R40, R44).

    Nobody under twelve is listed without exceptional reasons, no minor without a note on their best interest; where no
    date of birth is known, the mayor states that this is an adult as far as known (R50).
    """

    registration_id: UUID
    outcome: Literal["listed", "notListed", "referred", "moreInformationWanted", "passedToPolice"]
    indications: Prose
    exceptional_reasons: Prose | None = None
    best_interest_note: Prose | None = None
    presumed_adult: bool = False
