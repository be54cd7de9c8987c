"""Checking a code against its list, as in force on a day."""

from __future__ import annotations

from datetime import date

from app.constitution.reference import load_lists
from app.rules.problems import invalid


def checked(list_name: str, code: str, day: date, field: str) -> str:
    """Give *code* back if it stands in the list on that day. Raises Problem naming *field* otherwise."""
    if all(entry.code != code for entry in load_lists()[list_name].in_force(day)):
        raise invalid(field, "not a code of this list", kind="referencedResourceNotFound")
    return code


def codes(list_name: str, day: date) -> list[str]:
    """Give the codes of a list in force on a day, in its own order."""
    return [entry.code for entry in load_lists()[list_name].in_force(day)]
