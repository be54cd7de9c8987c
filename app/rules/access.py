"""Who reaches what a file says of somebody's health, offences, origin or convictions: read off the policy (R15, R52)."""

from __future__ import annotations

from collections.abc import Collection

from app.rules.actions import Action as A  # noqa: N817 — a column of the table
from app.rules.delegation import within
from app.rules.facts import Standing
from app.rules.policy import POLICY
from app.rules.roles import POLICE, Role

READS: tuple[A, ...] = (
    *(action for action in A if POLICY[action].number == "R52"),
    A.REGISTRATION_READ, A.CASE_OPEN, A.CONTRIBUTION_REQUEST_OPEN, A.AGENDA_ITEM_READ, A.TRAJECTORY_READ, A.MINUTES_READ,
    A.FEEDBACK_SHEET_READ,
)  # fmt: skip
"""Acts that show what somebody wrote of a person: those that open an item closed by default, and those whose free text
may say as much."""

SENSITIVE_LABELS = ("health", "policeAndJudicial", "origin", "convictions")
"""The categories of the decree that are closed by default (R52), as the list of them calls them: health and offences first."""


def reads_of(role: Role, scope: Collection[str] | None = None) -> tuple[A, ...]:
    """Give the acts by which a role reads it; of a delegate those within the scope of the appointment (R9)."""
    return tuple(
        action
        for action in READS
        if role in POLICY[action].roles
        and (role is not Role.DELEGATE or within(action, frozenset(scope or ())))
    )


def extent_of(role: Role, reads: Collection[A]) -> str:
    """Give how far a role reaches: the whole file, what is shared at a meeting, one part, or its own signal alone."""
    if any(POLICY[action].standing is Standing.FILE for action in reads):
        return "file"
    if A.TRAJECTORY_READ in reads:
        return "trajectory"
    if A.CONTRIBUTION_REQUEST_OPEN in reads:
        return "minutes"
    return "cleared" if role in POLICE else "meeting"
