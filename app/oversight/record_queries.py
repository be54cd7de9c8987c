"""Every SELECT behind the records of a controller. Row-level security shows each its own assessments and exports."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from app.constitution.models import Agreement, Cell, CellMunicipality, Municipality
from app.directory.models import TEXT_VERSION, Agency, Mandate, Person, Undertaking
from app.directory.office_queries import in_office
from app.oversight.record_models import ImpactAssessment, RecordExport
from app.rules.roles import Role


def municipality(session: Session, municipality_id: UUID) -> Municipality | None:
    """Give a controller."""
    return session.get(Municipality, municipality_id)


def cell_of(session: Session, cell_id: UUID | None) -> Cell | None:
    """Give the cell of an actor."""
    return session.get(Cell, cell_id) if cell_id else None


def towns_of(session: Session, cell_id: UUID | None) -> list[Municipality]:
    """Give the municipalities of a cell, each a controller of its own (R5)."""
    query = select(Municipality).join(CellMunicipality).where(CellMunicipality.cell_id == cell_id)
    return list(session.scalars(query.order_by(Municipality.nis_code, Municipality.id)))


def agreement(session: Session, cell_id: UUID | None) -> Agreement | None:
    """Give the agreement in force of a cell."""
    query = select(Agreement).where(Agreement.cell_id == cell_id, Agreement.state == "adopted")
    return session.scalars(query).one_or_none()


def holders(
    session: Session, municipality_id: UUID, roles: Collection[Role], today: date
) -> list[tuple[str, str | None]]:
    """Give name and address of who holds one of these offices of a municipality today."""
    query = (
        select(Person.name, Person.email)
        .join(Mandate, Mandate.person_id == Person.id)
        .where(
            Mandate.municipality_id == municipality_id,
            Mandate.role.in_(roles),
            Person.active,
            *in_office(today),
        )
        .order_by(Person.name)
    )
    return [(name, email) for name, email in session.execute(query)]


def with_access(session: Session, municipality_id: UUID, cell_id: UUID | None, today: date) -> list[Any]:
    """Give a row for each mandate of today in this cell that is of this municipality, or of the whole table.

    Out: person_id, role, scope, clearance_until, and of the service regime, ground_list, ground_code; bound: whether the
    secrecy undertaking in force was confirmed (R16). No name.
    """
    bound = (
        select(func.max(Undertaking.valid_until) >= today)
        .where(Undertaking.person_id == Mandate.person_id, Undertaking.text_version == TEXT_VERSION)
        .scalar_subquery()
    )
    query = (
        select(
            Mandate.person_id, Mandate.role, Mandate.scope, Mandate.clearance_until, Agency.regime, Agency.ground_list,
            Agency.ground_code, func.coalesce(bound, False).label("bound"),
        )
        .join(Person, Person.id == Mandate.person_id)
        .join(Agency, Agency.id == Person.agency_id)
        .where(
            Mandate.cell_id == cell_id,
            or_(Mandate.municipality_id.is_(None), Mandate.municipality_id == municipality_id),
            Person.active,
            *in_office(today),
        )
    )  # fmt: skip
    return list(session.execute(query))


def secured_tables(session: Session) -> tuple[int, int]:
    """Give how many tables there are, and how many of them have row-level security on."""
    row = session.execute(
        text(
            "SELECT count(*) AS every, count(*) FILTER (WHERE c.relrowsecurity) AS secured FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'journal')"
            " AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'alembic_version'"
        )
    ).one()
    return row.every, row.secured


def assessments(session: Session, municipality_id: UUID | None) -> list[ImpactAssessment]:
    """Give the impact assessments of a municipality, the newest date first; None: of every one this actor may see."""
    query = select(ImpactAssessment)
    if municipality_id is not None:
        query = query.filter_by(municipality_id=municipality_id)
    return list(session.scalars(query.order_by(ImpactAssessment.dated.desc(), ImpactAssessment.id.desc())))


def every_town(session: Session) -> list[Municipality]:
    """Give every municipality that is part of a cell."""
    query = select(Municipality).where(Municipality.id.in_(select(CellMunicipality.municipality_id)))
    return list(session.scalars(query.order_by(Municipality.nis_code, Municipality.id)))


def last_export(session: Session, municipality_id: UUID, kind: str) -> RecordExport | None:
    """Give what was last exported of a record."""
    query = select(RecordExport).filter_by(municipality_id=municipality_id, kind=kind)
    return session.scalars(query.order_by(RecordExport.exported_at.desc(), RecordExport.id.desc())).first()
