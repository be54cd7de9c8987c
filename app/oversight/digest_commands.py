"""What can be asked of the misuse digest."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command, FileText

Conclusion = Literal["explained", "spokenTo", "reported", "breachOpened", "falseAlarm"]


class MakeDigest(Command):
    """Look through the log of a municipality for the days that nobody looked through yet."""

    municipality_id: UUID


class ListDigest(Command):
    """List the digests of one's municipality: those that want an answer first, each newest first."""

    waiting: bool = False
    """Those alone of which a line waits for an answer."""
    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class ReadDigest(Command):
    """Read the lines of a digest, with what was answered to them."""

    digest_id: UUID


class AnswerDigest(Command):
    """Answer a line of a digest. An answer stays as it was given; who knows more later answers again."""

    digest_id: UUID
    line_id: UUID
    conclusion: Annotated[Conclusion, Field(json_schema_extra={"form": {"kind": "radio"}})]
    note: FileText | None = None
