"""What can be asked about weighing risk and protection."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, Day, FileLine, FileText, Line


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
    factors: Annotated[list[Factor], Field(min_length=1, max_length=40)]
    instruments: Annotated[list[Instrument], Field(max_length=5, default_factory=list)]
    weighed: FileText
    """What one makes of it: an assessment, apart from what is known."""
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


class ReadAssessment(Command):
    """Read the assessments of a case, for a stated reason (R107)."""

    case_id: UUID
    reason: Line | None = None
