"""The roles a mandate can give, and what each combination excludes.

Source: Act of 30 July 2018 art. 3 (core members and invited participants), R9 to R15, R106.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody acts as. A person may hold several mandates and acts under one at a time."""

    MAYOR = "mayor"
    DELEGATE = "delegate"
    COORDINATOR = "coordinator"
    SECRETARY = "secretary"
    CASE_MANAGER = "caseManager"
    POLICE_MEMBER = "policeMember"
    INFORMATION_OFFICER = "informationOfficer"
    PARTICIPANT = "participant"
    STRATEGIC_MEMBER = "strategicMember"
    DPO = "dpo"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    ROBOT = "robot"


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


EVERYONE = frozenset(Role)
PEOPLE = EVERYONE - {Role.ROBOT}
MAYORAL = _roles(Role.MAYOR, Role.DELEGATE)
DESK = MAYORAL | {Role.COORDINATOR}
"""Those who keep the municipality's own file (R5, R14)."""
POLICE = _roles(Role.POLICE_MEMBER, Role.INFORMATION_OFFICER)
"""Those who need a security clearance of at least 'secret' (R10)."""
TABLE = DESK | POLICE | {Role.PARTICIPANT, Role.SECRETARY, Role.CASE_MANAGER}
"""Those who can sit at an operational table."""
STRATEGISTS = DESK | {Role.STRATEGIC_MEMBER}
"""Those who sit at the strategic and the tactical table, where no person is discussed (R6)."""
OVERSIGHT = _roles(Role.AUDITOR, Role.DPO)
BREAKERS = _roles(Role.CASE_MANAGER) | POLICE
"""Who can be in need of a file they know one part of, by break-glass (R21; decisions 0020, 0024).

Never a participant (R18), and never a delegate: no emergency is wider than a written appointment (R9).
"""
GLASS_WATCHERS = _roles(Role.COORDINATOR, Role.DPO)
"""Who is told of a break-glass at once, and owes its review (R21)."""

MUNICIPAL = DESK | {Role.DPO, Role.AUDITOR}
"""Roles whose mandate names one municipality; without it they reach nothing of it (R4, R5)."""

EXCLUDES: dict[Role, frozenset[Role]] = {
    Role.AUDITOR: TABLE | {Role.STRATEGIC_MEMBER, Role.ADMINISTRATOR},
    # Who hands out the accounts never sees any content, nor the log of it.
    Role.ADMINISTRATOR: TABLE | OVERSIGHT,
    # Who watches over the processing does not decide on it (GDPR art. 38).
    Role.DPO: TABLE | {Role.ADMINISTRATOR},
    # The police sit at the table for the police: the act sets them beside the mayor and the municipal official.
    Role.POLICE_MEMBER: TABLE - POLICE,
    Role.INFORMATION_OFFICER: TABLE - POLICE,
}
"""Separation of duties: a person who holds the key may hold none of the values (R11, R106)."""


def incompatible(role: Role, held: frozenset[Role]) -> frozenset[Role]:
    """Give the roles in *held* that one person may not combine with *role*."""
    against = EXCLUDES.get(role, frozenset()) & held
    return against | frozenset(other for other in held if role in EXCLUDES.get(other, frozenset()))
