"""What the generated pages know of states beyond the transitions: beginnings, and what follows from something else."""

from __future__ import annotations

from app.rules.actions import Action
from app.rules.lifecycle import STATES

STARTS = {
    "registration": "received",
    "case": "listed",
    "meeting": "draft",
    "invitation": "draft",
    "minutes": "draft",
    "breakGlass": "open",
    "action": "open",
    "agreement": "adopted",
    "session": "secondFactorWanted",
    "recovery": "proposed",
}
"""The state in which each object begins."""

STATE_OF = {
    Action.STATEMENT_CREATE: "case",
    Action.STATEMENT_OPEN: "case",
    Action.BREAK_GLASS_OPEN: "case",
    Action.ATTACHMENT_ADD: "case",
    Action.ATTACHMENT_LIST: "case",
    Action.ATTACHMENT_READ: "case",
    Action.ATTACHMENT_REMOVE: "case",
    Action.TRAJECTORY_START: "case",
    Action.TRAJECTORY_READ: "case",
    Action.ACTION_ASSIGN: "case",
    Action.AGENDA_ITEM_ADD: "case",
    Action.AGENDA_ITEM_READ: "meeting",
    Action.INVITATION_PREPARE: "meeting",
    Action.ATTENDANCE_RECORD: "meeting",
    Action.BRIEFING_RECORD: "meeting",
    Action.BRIEFING_LIST: "meeting",
}
"""Whose state an action looks at, where that is not the object it is named after."""

CONSEQUENCES: tuple[tuple[str, str, str, Action], ...] = (
    ("registration", "listed", "erased", Action.CASE_DESTROY),
    ("case", "", "listed", Action.REGISTRATION_DECIDE),
    ("case", "listed", "underDiscussion", Action.MEETING_CLOSE),
    ("agreement", "adopted", "superseded", Action.AGREEMENT_ADOPT),
    ("session", "secondFactorWanted", "active", Action.SESSION_CONFIRM),
    ("session", "secondFactorWanted", "active", Action.SESSION_ACCEPT),
    ("session", "active", "closed", Action.SESSION_CLOSE),
    ("session", "active", "closed", Action.SESSION_RECALL),
    ("session", "active", "closed", Action.SESSION_REVOKE),
    ("recovery", "agreed", "ended", Action.RECOVERY_USE),
)
"""Moves that follow from an action on something else, or from getting in: (object, from, to, action)."""


def states_seen(action: Action) -> tuple[str, ...]:
    """Give every state that the object an action looks at can be in; none where no object has states."""
    return STATES.get(STATE_OF.get(action, action.noun), ())
