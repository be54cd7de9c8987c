"""Which states an object can be in, and which action moves it from where to where (domain, section 4).

One table for the policy (states in which an action is possible), the operations (state that follows) and
`docs/lifecycle.md`.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.rules.actions import Action

STATES: dict[str, tuple[str, ...]] = {
    "registration": (
        "received", "inScreening", "listed", "notListed", "referred", "moreInformationWanted",
        "passedToPolice", "erased",
    ),
    "case": (
        "listed", "underDiscussion", "inTrajectory", "monitored", "closureProposed", "closed", "destroyed",
    ),
    "meeting": ("draft", "convened", "inSession", "closed"),
    "invitation": (
        "draft", "sent", "accepted", "declined", "mustDecline", "noAnswer", "attended", "absent",
    ),
    "minutes": ("draft", "submitted", "approved"),
    "action": ("open", "done", "notDone"),
    "agreement": ("adopted", "superseded"),
    "session": ("secondFactorWanted", "active", "closed"),
    "recovery": ("proposed", "agreed", "used", "ended"),
}  # fmt: skip

OPEN_CASE = frozenset({"listed", "underDiscussion", "inTrajectory", "monitored", "closureProposed"})
"""States in which a case is followed; only these can be put on an agenda (R61)."""
READABLE_CASE = OPEN_CASE | {"closed"}

STRIKE_OFF = frozenset({"deceased", "listedInError"})
"""Closure grounds on which there is nothing left to discuss: the person leaves the list without a meeting (R84)."""


@dataclass(frozen=True, slots=True)
class Transition:
    """An action moves *noun* from one of *sources* to one of *targets*; *number* is the rule it serves."""

    noun: str
    sources: frozenset[str]
    targets: tuple[str, ...]
    number: str


def _move(noun: str, sources: str, targets: str, number: str) -> Transition:
    return Transition(noun, frozenset(sources.split()), tuple(targets.split()), number)


TRANSITIONS: dict[Action, Transition] = {
    Action.REGISTRATION_SCREEN: _move("registration", "received moreInformationWanted", "inScreening", "R43"),
    Action.REGISTRATION_DECIDE: _move(
        "registration",
        "inScreening moreInformationWanted",
        "listed notListed referred moreInformationWanted passedToPolice",
        "R44",
    ),
    Action.REGISTRATION_ERASE: _move(
        "registration",
        "received inScreening moreInformationWanted notListed referred passedToPolice",
        "erased",
        "R46",
    ),
    Action.MEETING_CONVENE: _move("meeting", "draft", "convened", "R24"),
    Action.MEETING_OPEN: _move("meeting", "convened", "inSession", "R11"),
    Action.MEETING_CLOSE: _move("meeting", "inSession", "closed", "R69"),
    Action.INVITATION_SEND: _move("invitation", "draft", "sent", "R24"),
    Action.INVITATION_ANSWER: _move(
        "invitation", "sent accepted declined mustDecline", "accepted declined mustDecline", "R31"
    ),
    Action.MINUTES_SUBMIT: _move("minutes", "draft", "submitted", "R67"),
    Action.MINUTES_APPROVE: _move("minutes", "submitted", "approved", "R67"),
    Action.TRAJECTORY_START: _move("case", "underDiscussion monitored", "inTrajectory", "R71"),
    Action.CASE_MONITOR: _move("case", "underDiscussion inTrajectory", "monitored", "R76"),
    Action.CASE_PROPOSE_CLOSURE: _move(
        "case", "listed underDiscussion inTrajectory monitored", "closureProposed", "R85"
    ),
    Action.CASE_CLOSE: _move("case", "closureProposed", "closed", "R85"),
    Action.CASE_KEEP_OPEN: _move("case", "closureProposed", "listed underDiscussion inTrajectory", "R85"),
    Action.CASE_DESTROY: _move("case", " ".join(sorted(READABLE_CASE)), "destroyed", "R86"),
    Action.RECOVERY_APPROVE: _move("recovery", "proposed", "agreed", "R20"),
    Action.RECOVERY_USE: _move("recovery", "agreed", "used", "R20"),
    Action.ACTION_COMPLETE: _move("action", "open", "done notDone", "R72"),
}


def sources(action: Action) -> frozenset[str]:
    """Give the states from which *action* is possible."""
    return TRANSITIONS[action].sources


def target(action: Action) -> str:
    """Give the one state that follows *action*; ValueError where it has several."""
    (only,) = TRANSITIONS[action].targets
    return only
