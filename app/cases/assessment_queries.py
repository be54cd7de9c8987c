"""Every SELECT of assessments. Row-level security stands behind each of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.database import lean_rows

_ASSESSMENTS = """
    SELECT a.*, p.name AS written_by_name, d.discussed_on
    FROM assessment a
    LEFT JOIN person p ON p.id = a.written_by
    LEFT JOIN discussion d ON d.case_id = a.case_id AND d.meeting_id = a.meeting_id
    WHERE {which}
    ORDER BY a.written_at DESC, a.id DESC
"""
_OF_CASE = _ASSESSMENTS.format(which="a.case_id = %(case)s")
_ONE = _ASSESSMENTS.format(which="a.id = %(id)s")


def assessments(session: Session, case_id: UUID) -> list[Any]:
    """Give the assessments of a case as lean rows with who wrote them and the day they weigh, latest first."""
    return lean_rows(session, _OF_CASE, case=case_id)


def assessment(session: Session, assessment_id: UUID) -> Any:
    """Give one assessment as such a row, if the database lets this actor see it."""
    rows = lean_rows(session, _ONE, id=assessment_id)
    return rows[0] if rows else None
