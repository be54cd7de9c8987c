"""People as choices of a form: id, and name with service."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.directory.commands import ListPerson
from app.directory.mandates import list_person
from app.kernel.work import Work
from app.rules.roles import TABLE, Role


def as_choice(person: Any) -> tuple[str, str]:
    """Give the choice of a person. In: anything with person_id, name and agency_name."""
    return str(person.person_id), f"{person.name}, {person.agency_name or ''}"


def accounts(work: Work) -> list[tuple[str, str]]:
    """Give the accounts an administrator knows as choices, by name and user name."""
    people = list_person(work, ListPerson()).items
    return [(str(each.person_id), f"{each.name} ({each.username})") for each in people]


def people_of_cell(work: Work, roles: Collection[Role] | None = None) -> list[tuple[str, str]]:
    """Give the members of the cell as choices, or those with one of *roles*."""
    return [
        as_choice(each)
        for each in list_person(work, ListPerson()).items
        if roles is None or set(roles) & set(each.roles or ())
    ]


def people_by_agency(work: Work) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give those of the cell who can sit at its table as choices, by agency."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in list_person(work, ListPerson()).items:
        if set(each.roles or ()) & TABLE:
            found.setdefault(each.agency_name or "", []).append((str(each.person_id), each.name))
    return sorted(found.items())
