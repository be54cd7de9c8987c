"""What can be asked of the file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import BirthDay, Command, Day, FileLine, FileText, Line
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


class ListDiscussion(Command):
    """Give the days on which a person was discussed, for a stated reason (R96, R107)."""

    case_id: UUID
    reason: Line | None = None


class ProposeDiscussion(Command):
    """Propose to correct the day a meeting discussed the person: it was earlier, or it did not discuss them (R69)."""

    case_id: UUID
    meeting_id: UUID
    kind: Literal["earlier", "notDiscussed"]
    corrected_on: Day | None = None
    """The true day, where it was earlier."""
    reason_text: FileText


class DecideDiscussion(Command):
    """Decide on a proposed correction, as the mayor (R69).

    *ends_at_once*: that the data may be destroyed at once, asked where the term is over by the corrected day.
    """

    case_id: UUID
    correction_id: UUID
    decision: Literal["approve", "refuse"]
    ends_at_once: bool = False


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


class ClosureReply(StrEnum):
    """What can be answered to a question of the checklist."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "notApplicable"


class ChecklistAnswer(Command):
    """What is said to one question of the checklist at closing; a no says why (R84)."""

    question: Line
    answer: ClosureReply
    note: FileText | None = None


class CloseCase(Command):
    """Close a case on the proposal made in a meeting; decided by whoever decides on the list (R85).

    *dataUntil*: the day on which the data go when they are no longer needed for the whole term (R86).
    """

    case_id: UUID
    data_until: Day | None = None
    checklist: Annotated[list[ChecklistAnswer], Field(max_length=40, default_factory=list)]
    """An answer to every question of the closing checklist of the agreement in force (R84)."""


class RelistCase(Command):
    """Put a closed case back on the list, with the indications for it (R40). Its data go on the same day as before."""

    case_id: UUID
    indications: FileText


class AskClosureCase(Command):
    """Ask for closing of a case whose review nobody held (R76)."""

    case_id: UUID


class CreateStatement(Command):
    """Put one item into the file: category, origin, date, fact or assessment, use conditions (R51 to R55, R65)."""

    case_id: UUID
    agenda_item_id: UUID | None = None
    contributor_id: UUID | None = None
    text: FileText
    category: Annotated[int, Field(ge=1, le=14)]
    category_reason: FileText | None = None
    origin: Line
    kind: Literal["fact", "assessment"]
    reliability: Line | None = None
    audience: Annotated[Audience, Field(json_schema_extra={"form": {"kind": "radio"}})] = Audience.PRESENT
    stated_on: Day | None = None
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class OpenStatement(Command):
    """Open one statement of a sensitive category; each opening is logged (R52)."""

    statement_id: UUID
    reason: Line


class CorrectStatement(Command):
    """Say better what was said: its text and its marks, with the reason. What stood there before is kept (R55)."""

    statement_id: UUID
    text: FileText
    category: Annotated[int, Field(ge=1, le=14)]
    category_reason: FileText | None = None
    origin: Line
    kind: Literal["fact", "assessment"]
    reliability: Line | None = None
    stated_on: Day
    reason_text: FileText
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class WithdrawStatement(Command):
    """Take back what was shared; the table reads its words no more. No reason has to be told, a ground is enough (R64, R65)."""

    statement_id: UUID
    ground: Literal["incorrect", "notNecessary", "notAsMeant", "otherPerson", "noLongerShared"]


class ListStatementVersion(Command):
    """Give what a statement said before it was corrected or withdrawn, for a stated reason (R55, R107)."""

    statement_id: UUID
    reason: Line | None = None


class OpenStatementVersion(Command):
    """Open one earlier version of a sensitive statement; each opening is logged (R52)."""

    statement_version_id: UUID
    reason: Line


class CorrectSubject(Command):
    """Correct who a file is about, with the reason why. What stood there before is kept (R55, R107)."""

    case_id: UUID
    subject_name: FileLine
    birth_date: BirthDay | None = None
    reason_text: FileText
    reason: Line


class ListSubjectVersion(Command):
    """Give who the file was about before it was corrected, for a stated reason (R55, R107)."""

    case_id: UUID
    reason: Line | None = None


class OpenBreakGlass(Command):
    """Read the file of one case for a short time because of an emergency, by its exact reference (R21).

    Coordinator and data protection officer are told at once; one of them reviews it afterwards.
    """

    reference: Line
    reason: Line
    explanation: FileText


class CloseBreakGlass(Command):
    """End an emergency reading before its time (R21)."""

    break_glass_id: UUID


class ListBreakGlass(Command):
    """List emergency readings: one's own, or those of the municipality watched over (R21)."""

    state: Literal["unreviewed", "all"] = "unreviewed"


class ReviewBreakGlass(Command):
    """Say of an emergency reading that has ended whether it was justified (R21)."""

    break_glass_id: UUID
    outcome: Literal["justified", "notJustified"]
    note: FileText


class DescribeAttachment(Command):
    """What is said of a document that goes into the file: the same marks as a statement (R51 to R53, R56, R65).

    *validatedBy*, *validatedOn*, *validationReference*: of a threat evaluation, and of nothing else: the police member or
    information officer who said that OCAD validated it, the day and the reference of that validation (R58).
    """

    case_id: UUID
    description: Line
    category: Annotated[int, Field(ge=1, le=14)]
    category_reason: FileText | None = None
    origin: Line
    contributor_id: UUID | None = None
    dated_on: Day | None = None
    validated_by: UUID | None = None
    validated_on: Day | None = None
    validation_reference: FileLine | None = None
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class AddAttachment(DescribeAttachment):
    """Put one document into the file. It is sent as `multipart/form-data`, the file as its last part."""

    file_name: str = Field(repr=False)
    file: bytes = Field(repr=False)


class ListAttachment(Command):
    """List the documents of a case, for a stated reason (R107)."""

    case_id: UUID
    reason: Line


class ReadAttachment(Command):
    """Fetch one document of a case, for a stated reason; each time is logged (R52, R107)."""

    attachment_id: UUID
    reason: Line


class RemoveAttachment(Command):
    """Take a document out of the file for good, before its term: its bytes, its name and what was said of it."""

    attachment_id: UUID
    ground: Literal["addedInError", "notNecessary", "notPermitted"]


class StartTrajectory(Command):
    """Start the optional individual plan: who follows it, an aim per life domain (R71, R72, R77)."""

    case_id: UUID
    case_manager_id: UUID
    aims: Annotated[dict[Line, FileText], Field(min_length=1, max_length=7)]
    person_informed: Literal["informed", "involved", "notYet"]


class ReadTrajectory(Command):
    """Read the trajectory of a case and its actions."""

    case_id: UUID
    reason: Line | None = None
    """Why somebody reads it who does not follow it: a code of accessReasons (R107)."""


class AssignAction(Command):
    """Give somebody one action of the trajectory, with a day by which it is due (R72, R73)."""

    case_id: UUID
    owner_id: UUID
    life_domain: Line
    text: FileText
    due_on: Day


class ListAction(Command):
    """List one's own open actions."""


class CompleteAction(Command):
    """Say what became of an action."""

    action_id: UUID
    result: Literal["done", "notDone"]
    outcome: FileText
