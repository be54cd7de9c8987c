"""What an agreement says: parties, tables, answers, settings, checklists; and what it lacks before anybody can sign it.

One place judges whether a version is whole (art. 458ter: participants, purpose and method are fixed beforehand), for the
draft's page, for signing and for adopting alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.constitution.articles import QUESTIONS
from app.constitution.checklists import CHECKLISTS, left_out
from app.kernel.i18n import register_codes
from app.rules.roles import DESK, MAYORAL, PEOPLE, POLICE, Role
from app.rules.settings import SETTINGS, faults

OPERATIONAL, STRATEGIC, TACTICAL = KINDS = ("operational", "strategic", "tactical")
"""The tables a cell can work with: one, two or three of them, each kind once (R3)."""
NUMBER_GROUND = "nationalNumber"
"""The answer in which an agreement names the ground for using the national number, if there is one."""

CHAIRS = DESK
"""Who can chair the operational table (R13); an information officer is not suited to it (R12)."""
MEMBERS = PEOPLE - {Role.ADMINISTRATOR, Role.AUDITOR, Role.DPO}
"""The functions somebody can have at a table."""

LACKS = (
    *QUESTIONS, "settings", *CHECKLISTS, "parties", "operationalTable", "tableTwice", "coreMembers", "chair",
    "informationOfficerChairs",
)  # fmt: skip
"""What an agreement can lack or have wrong, as codes; none of it may stand in one that is signed."""
register_codes("agreementLacks", LACKS)


class Content(Protocol):
    """What of a version is agreed: of the row, or of a draft still to be written."""

    parties: Any
    tables: Any
    answers: Any
    settings: Any
    checklists: Any


@dataclass(slots=True)
class Wanted:
    """A content before it is a row."""

    parties: list[dict[str, Any]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    settings: dict[str, int] = field(default_factory=dict)
    checklists: dict[str, Any] = field(default_factory=dict)


def lacking(content: Content) -> list[str]:
    """Give what keeps an agreement from being signed, as codes of LACKS; empty when it is whole."""
    found = [question for question in QUESTIONS if not content.answers.get(question, "").strip()]
    if faults(content.settings) or set(content.settings) != set(SETTINGS):  # nothing is left to a default
        found.append("settings")
    found += [name for name in CHECKLISTS if left_out(content.checklists, name)]
    if not content.parties:
        found.append("parties")
    return found + _tables_lack(content.tables)


def _tables_lack(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    kinds = [table["kind"] for table in tables]
    found = ["tableTwice"] if len(set(kinds)) < len(kinds) else []
    operational = table_of(tables, OPERATIONAL)
    if operational is None:
        return [*found, "operationalTable"]
    functions = set(operational["functions"])
    if not (functions & MAYORAL and functions & POLICE and Role.COORDINATOR in functions):
        found.append("coreMembers")  # mayor or delegate, police, prevention official (R11)
    if operational["chair"] == Role.INFORMATION_OFFICER:
        found.append("informationOfficerChairs")
    elif operational["chair"] not in CHAIRS:
        found.append("chair")
    return found


def table_of(tables: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any] | None:
    """Give the terms of one kind of table, or None where the cell agreed on none."""
    return next((table for table in tables if table["kind"] == kind), None)
