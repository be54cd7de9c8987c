"""What can be asked of intake."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.kernel.names.national_number import national_number
from app.kernel.shapes import BirthDay, Command, FileLine, FileText, Line

NationalNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(national_number)
]
"""A Belgian national or BIS number, its check digits tried."""


class SubmitRegistration(Command):
    """Bring a signal to the mayor or delegate (R39). Speaking is a right, never a duty (R31).

    *origin*: where it comes from (R53); left out, what the submitter's own service says.
    """

    municipality_id: UUID
    subject_name: FileLine
    birth_date: BirthDay | None = None
    narrative: FileText
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
    """Take a registration into screening, with the mayor's note for whoever prepares it (R43).

    *nationalNumber*: kept as a keyed mark alone, and only where the agreement names a ground for using it.
    """

    registration_id: UUID
    note: FileText | None = None
    national_number: NationalNumber | None = None


class WithdrawRegistration(Command):
    """Take back a signal that one brought, before the mayor or delegate took it up; it is erased (R46)."""

    registration_id: UUID


class RecordScreeningAnswer(Command):
    """Answer the questions of the screening, in words and never with a score (R43, R47). All of them may wait.

    *answers*: by the code of the question, as the agreement had them when the screening began. What is left out is as it
    was not answered: the whole is recorded anew each time (If-Match).
    """

    registration_id: UUID
    answers: Annotated[dict[str, FileText], Field(max_length=40)]


class DecideRegistration(Command):
    """Decide: on the list with stated indications, or one of the other outcomes (R40, R44).

    No minor is listed without a note on their best interest, and nobody under twelve unless the mayor also gives
    exceptional reasons; where no date of birth is known, it is the mayor who states that this is an adult as far as
    known, or it is judged as a child's (R50).
    """

    registration_id: UUID
    outcome: Literal["listed", "notListed", "referred", "moreInformationWanted", "passedToPolice"]
    indications: FileText
    exceptional_reasons: FileText | None = None
    best_interest_note: FileText | None = None
    presumed_adult: bool = False


class CompareRegistration(Command):
    """Ask whether the person of a registration is known here already: a duplicate, or somebody with a case."""

    registration_id: UUID


class QuerySubject(Command):
    """Look whether a person is known here, for a stated reason (R107): by number, name and birth date, or by sound.

    A name needs two parts, or a birth date with it.
    """

    name: Line | None = None
    birth_date: BirthDay | None = None
    national_number: NationalNumber | None = None
    reason: Line


class AlertRegistration(Command):
    """Tell who decides that a signal waits for longer than the agreement has it (R45); for the server alone."""

    registration_id: UUID


class MarkSubject(Command):
    """Mark the files of a municipality that have no marks yet, or marks made by older rules; for the server alone."""

    municipality_id: UUID
