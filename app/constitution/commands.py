"""What can be asked of the constitution."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.kernel.shapes import Command, Day, Line, Prose

NisCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]


class CreateMunicipality(Command):
    """Add a municipality: controller and partition of its case data (R5, R113)."""

    name_nl: Line
    name_fr: Line | None = None
    name_de: Line | None = None
    nis_code: NisCode | None = None
    profile: Literal["flanders", "wallonia", "brussels", "germanSpeakingCommunity"]
    basis_act: Line | None = None
    basis_document: Line | None = None
    basis_signed_off_by: Line | None = None
    basis_date: Day | None = None


class ListMunicipality(Command):
    """List the municipalities of one's cell (an administrator: all)."""


class CreateCell(Command):
    """Set up a LIVC R for one municipality, or a joint one for several (R1)."""

    kind: Literal["municipal", "zonal"]
    name: Line
    municipality_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=50)]


class ListCell(Command):
    """List one's cell (an administrator: all cells)."""


class CreateTable(Command):
    """Add a table to a cell: operational, strategic or tactical (R3)."""

    cell_id: UUID
    kind: Literal["operational", "strategic", "tactical"]
    name: Line


class ListTable(Command):
    """List the tables of one's cell."""


class AdoptAgreement(Command):
    """Adopt a version of the local cooperation agreement: the four answers and the settings they fix (R115).

    *nationalNumberGround*: the law or authorization under which the national number may be used to find somebody
    again; without one it is refused everywhere.
    """

    cell_id: UUID
    document: Line
    adopted_on: Day
    answer_register: Prose
    answer_discuss: Prose
    answer_record: Prose
    answer_close: Prose
    settings: dict[str, int] = Field(default_factory=dict, max_length=50)
    national_number_ground: Prose | None = None


class ReadAgreement(Command):
    """Read the agreement in force in a cell, with every setting as it applies today."""

    cell_id: UUID


class ReadRefData(Command):
    """Read a code list in its four languages."""

    list_name: Line
