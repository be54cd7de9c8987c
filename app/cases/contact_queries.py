"""Every SELECT of third persons in files. Row-level security stands behind each of them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kernel.database import lean_rows

_CONTACTS = """
    SELECT k.*, p.name AS added_by_name, b.name AS contributor_name, g.name AS agency_name, s.ends_on
    FROM contact k
    JOIN case_file c ON c.id = k.case_id
    CROSS JOIN LATERAL (SELECT contact_ends_on(k.keep_until, c) AS ends_on) s
    LEFT JOIN person p ON p.id = k.added_by
    LEFT JOIN person b ON b.id = k.contributor_id
    LEFT JOIN agency g ON g.id = k.agency_id
    WHERE {which}
    ORDER BY s.ends_on, k.added_at, k.id
"""
_OF_CASE = _CONTACTS.format(which="k.case_id = %(case)s")
_ONE = _CONTACTS.format(which="k.id = %(id)s")
_IS_OVER = """
    FROM contact k
    JOIN case_file c ON c.id = k.case_id
    WHERE contact_ends_on(k.keep_until, c) <= %(today)s AND c.shred_ordered_at IS NULL
"""
_OVER = f"""
    SELECT k.id, k.case_id, k.municipality_id, c.subject_id, contact_ends_on(k.keep_until, c) AS ends_on
    {_IS_OVER} AND k.municipality_id = %(municipality)s
      AND NOT EXISTS (SELECT FROM exclusion x WHERE x.case_id = k.case_id AND x.person_id = %(person)s)
    ORDER BY k.id
"""
_WHERE_OVER = f"SELECT DISTINCT k.municipality_id {_IS_OVER}"


_FORGET = text("SELECT forget_contact(:id)")


def contacts(session: Session, case_id: UUID) -> list[Any]:
    """Give the contacts of a case as lean rows with their end and who noted them, soonest end first."""
    return lean_rows(session, _OF_CASE, case=case_id)


def contact(session: Session, contact_id: UUID) -> Any:
    """Give one contact as such a row, if the database lets this actor see it."""
    rows = lean_rows(session, _ONE, id=contact_id)
    return rows[0] if rows else None


def contacts_over(session: Session, municipality_id: UUID, today: date, person_id: UUID | None) -> list[Any]:
    """Give the contacts that have to be gone today, but those of a case this person declared a conflict on."""
    return lean_rows(session, _OVER, municipality=municipality_id, today=today, person=person_id)


def where_over(session: Session, today: date) -> set[UUID]:
    """Give the municipalities of which `contacts_over` names somebody, for who declared no conflict."""
    return {row.municipality_id for row in lean_rows(session, _WHERE_OVER, today=today)}


def forget_contact(session: Session, contact_id: UUID) -> bool:
    """Let the database delete a contact for its desk; False, and nothing done, where it sees a reason not to."""
    return bool(session.scalar(_FORGET, {"id": contact_id}))
