"""The one question of `likeness`: of which municipality a case is, while what was seen of its reader is put down."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.cases.likeness_models import NameLikeness
from app.cases.models import Case


def keep_likeness(session: Session, case_id: UUID, reader: UUID, kind: str) -> None:
    """Put down that a reader bears a name of who a case is about; once for the two of them, whoever is first."""
    of_case = select(Case.id, literal(reader), Case.municipality_id, literal(kind)).where(Case.id == case_id)
    columns = ["case_id", "person_id", "municipality_id", "kind"]
    session.execute(insert(NameLikeness).from_select(columns, of_case).on_conflict_do_nothing())
