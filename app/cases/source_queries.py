"""Every SELECT of who brought an item of a file, and from where."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.models import Agency, Exclusion
from app.kernel.database import lean_rows

_NAMES = """
    SELECT id, name FROM person WHERE id = ANY(%(ids)s) UNION ALL SELECT id, name FROM agency WHERE id = ANY(%(ids)s)
"""


def regime_of(session: Session, agency_id: UUID) -> str:
    """Give the regime of a service; empty for one that is not there."""
    return session.scalar(select(Agency.regime).filter_by(id=agency_id)) or ""


def names(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Give the names of people and services by their ids."""
    return {row.id: row.name for row in lean_rows(session, _NAMES, ids=list(ids))} if ids else {}


def is_excluded(session: Session, person_id: UUID, case_id: UUID) -> bool:
    """Tell whether somebody declared a conflict on a case, or was declared to have one."""
    query = select(Exclusion.case_id).filter_by(person_id=person_id, case_id=case_id)
    return session.scalar(query) is not None
