"""What can be asked about weighing risk and protection."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, FileLine, FileText, Line

FACTORS_MOST: Final = 40


class Factor(Command):
    """One factor: in which part of life, what speaks for it and against it, and what nobody knows (R74)."""

    factor_id: UUID | None = None
    """As in the assessment before, so that one sees what became of it."""
    side: Literal["risk", "protective"]
    life_domain: Line
    what: FileText
    speaks_for: FileText
    speaks_against: FileText
    missing: FileText
    category: Annotated[int, Field(ge=1, le=14)] | None = None
    """By default that of the part of life; of a factor from before, what it was (R51)."""
    category_reason: FileText | None = None
    contributor_id: UUID | None = None
    """Who brought it; by default whoever writes."""
    origin: Line | None = None
    """By default that of the service that brought it (R53)."""
    stated_on: Day | None = None


class Instrument(Command):
    """That a licensed instrument was used: its name, when, by whom, and the conclusion in words (R75)."""

    instrument: Line
    used_on: Day
    assessor_name: FileLine
    assessor_trained: bool = False
    instrument_conclusion: FileText


class WriteAssessment(Command):
    """Weigh risk and protection at one moment (R74, R75). It decides nothing; a named person does (R47)."""

    case_id: UUID
    starts_from: UUID | None = None
    """The assessment it began from: the latest there is, or none while there is none."""
    meeting_id: UUID | None = None
    factors: Annotated[list[Factor], Field(max_length=FACTORS_MOST)]
    kept: Annotated[list[UUID], Field(max_length=FACTORS_MOST, default_factory=list)]
    """Factors of the assessment it began from that stay as they are, unopened."""
    instruments: Annotated[list[Instrument], Field(max_length=5, default_factory=list)]
    weighed: FileText
    """What one makes of it: an assessment, apart from what is known."""
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class OpenFactorAssessment(Command):
    """Open one factor of a sensitive category; each opening is logged (R52)."""

    assessment_id: UUID
    factor_id: UUID
    reason: Line


class ReadAssessment(Command):
    """Read the assessments of a case, for a stated reason (R107)."""

    case_id: UUID
    reason: Line | None = None
