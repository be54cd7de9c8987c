"""What can be asked about the end of files."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Command


class ListRetention(Command):
    """List what ends within so many days: references and dates, never names (R90)."""

    days: Annotated[int, Field(ge=0, le=1830)] = 365
    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class PreviewSweep(Command):
    """Show what a sweep would do today in one municipality; nothing is changed."""

    municipality_id: UUID


class LookSweep(Command):
    """Look in which municipalities something is due today; nothing is changed."""


class RunSweep(Command):
    """Send the warnings that are due and destroy what has to be gone today in one municipality (R86, R90)."""

    municipality_id: UUID


class ListCertificate(Command):
    """List the certificates of what was destroyed (R93)."""

    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


BATCH = 100
"""How many files one commit destroys: a process that dies loses no more than that of its work, and nothing of theirs."""


class DestroyCase(Command):
    """Order the destruction of cases, or finish it once their keys are gone: all of them or none."""

    case_ids: Annotated[list[UUID], Field(min_length=1, max_length=BATCH)]
    step: Literal["order", "finish"]


class PurgeCase(Command):
    """Order the end of a case that another municipality accepted (R84, R92)."""

    case_id: UUID


class LapseHandOver(Command):
    """Erase the package of a hand-over that was withdrawn or that nobody accepted in time, or say that its key is gone."""

    hand_over_id: UUID
    step: Literal["order", "finish"]


class EraseRegistration(Command):
    """Order the erasure of a registration, or finish it once its key is gone."""

    registration_id: UUID
    step: Literal["order", "finish"]


class DestroyContact(Command):
    """Destroy what is known of the third persons of a municipality's files whose end has come (R49, R86)."""

    municipality_id: UUID


class RotateKey(Command):
    """Order the replacement of a municipality's key, or say that it is done."""

    municipality_id: UUID
    step: Literal["order", "finish"]


class RotateWrappingKey(Command):
    """Order the replacement of the installation's wrapping key, or say that it is done."""

    step: Literal["order", "finish"]


class MakeBackup(Command):
    """Copy the main database, the key store, or both, each into a file of its own."""

    part: Literal["both", "main", "keys"]
