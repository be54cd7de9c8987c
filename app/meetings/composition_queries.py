"""What a cell has: who is in office, tables, grounds to record."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import (
    and_,
    func,
    select,
)
from sqlalchemy.orm import Session

from app.constitution.models import CellMunicipality, ConsultationTable, Municipality
from app.directory.models import Mandate
from app.directory.office_queries import in_office
from app.rules.roles import Role


def mandated_roles(session: Session, cell_id: UUID | None, today: date) -> dict[str, date | None]:
    """Give the roles of a cell's current mandates, each with the latest end of a clearance among them."""
    rows = session.execute(
        select(Mandate.role, func.max(Mandate.clearance_until))
        .where(Mandate.cell_id == cell_id, *in_office(today))
        .group_by(Mandate.role)
    )
    return {row.role: row[1] for row in rows}


def mayors_by_town(session: Session, cell_id: UUID | None, today: date) -> dict[UUID, int]:
    """Give for each municipality of a cell how many mayors are on record today (R1)."""
    mayor = and_(
        Mandate.cell_id == CellMunicipality.cell_id,
        Mandate.municipality_id == CellMunicipality.municipality_id,
        Mandate.role == Role.MAYOR.value,
        *in_office(today),
    )
    rows = session.execute(
        select(CellMunicipality.municipality_id, func.count(Mandate.id))
        .outerjoin(Mandate, mayor)
        .where(CellMunicipality.cell_id == cell_id)
        .group_by(CellMunicipality.municipality_id)
    )
    return {row[0]: row[1] for row in rows}


def has_table(session: Session, cell_id: UUID | None, kind: str) -> bool:
    """Tell whether a cell has a table of a kind (R3)."""
    return (
        session.scalar(select(ConsultationTable.id).filter_by(cell_id=cell_id, kind=kind).limit(1))
        is not None
    )


def every_basis(session: Session, cell_id: UUID | None) -> bool:
    """Tell whether each municipality of a cell has a basis on which it may record case data (R113)."""
    without = (
        select(Municipality.id)
        .join(CellMunicipality, CellMunicipality.municipality_id == Municipality.id)
        .where(CellMunicipality.cell_id == cell_id, Municipality.recording_basis.is_(None))
    )
    return session.scalar(without.limit(1)) is None
