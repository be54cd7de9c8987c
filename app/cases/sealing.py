"""Where the sealed values of a file stand, and opening them on purpose."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from app.kernel.sealed import Sealed
from app.kernel.vault import Place
from app.kernel.work import Work

LISTED_UNDER = "case_file"
"""The table in the place of what was listed. It stood there until revision 0012, which moved the sealed bytes without a
key to bind them anew: another name would open none of them."""


def case_place(case_id: UUID, table: str, column: str, row_id: UUID) -> Place:
    """Give the place of a sealed value that belongs to a case."""
    return Place(case_id, table, column, row_id)


def seal_in(work: Work, case_id: UUID, table: str, column: str, row_id: UUID, text: str) -> Sealed:
    """Seal a text into a row of a case."""
    return work.vault.seal(case_place(case_id, table, column, row_id), text)


def open_in(
    work: Work, case_id: UUID, table: str, column: str, row_id: UUID, value: Sealed | None
) -> str | None:
    """Open a text of a row of a case; None stays None."""
    return None if value is None else work.vault.unseal(case_place(case_id, table, column, row_id), value)


def subject_of(work: Work, case: Any) -> tuple[str | None, str | None]:
    """Give (name, birth date) of the person concerned."""
    text = open_in(work, case.id, "case_file", "subject", case.id, case.subject)
    if text is None:
        return None, None
    said = orjson.loads(text)
    return said["name"], said["birthDate"]
