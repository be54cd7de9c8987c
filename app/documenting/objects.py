"""What the generated pages know of states beyond the transitions: beginnings, and what follows from something else."""

from __future__ import annotations

from app.rules.actions import Action
from app.rules.lifecycle import STATES

STARTS = {
    "registration": "received",
    "case": "listed",
    "meeting": "draft",
    "agendaItem": "draft",
    "invitation": "draft",
    "contributionRequest": "asked",
    "minutes": "draft",
    "feedbackSheet": "draft",
    "breakGlass": "open",
    "handOver": "proposed",
    "action": "open",
    "topic": "open",
    "policyMeeting": "draft",
    "policyPlan": "draft",
    "measure": "planned",
    "agreement": "draft",
    "recordingBasis": "proposed",
    "session": "secondFactorWanted",
    "recovery": "proposed",
}
"""The state in which each object begins."""

STATE_OF = {
    Action.DISCUSSION_LIST: "case",
    Action.DISCUSSION_PROPOSE: "case",
    Action.DISCUSSION_DECIDE: "case",
    Action.HAND_OVER_PROPOSE: "case",
    Action.CASE_PURGE: "handOver",
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
    Action.AGENDA_PROPOSAL_LIST: "meeting",
    Action.INVITATION_PREPARE: "meeting",
    Action.ATTENDANCE_RECORD: "meeting",
    Action.CARD_MENTION_RECORD: "meeting",
    Action.FEEDBACK_SHEET_DRAFT: "case",
    Action.TRANSMISSION_RECORD: "case",
    Action.FRAMEWORK_LIST: "meeting",
    Action.FRAMEWORK_STATE: "meeting",
    Action.CONTRIBUTION_REQUEST_SEND: "meeting",
    Action.CONTRIBUTION_REQUEST_LIST: "meeting",
    Action.CONTRIBUTION_REQUEST_ANSWER: "meeting",
    Action.CONTRIBUTION_REQUEST_WITHDRAW: "meeting",
    Action.CONTRIBUTION_REQUEST_OPEN: "meeting",
    Action.CONTRIBUTION_BOARD_READ: "meeting",
    Action.NOMINATION_LIST: "invitation",
    Action.NOMINATION_TAKE_BACK: "invitation",
    Action.BRIEFING_RECORD: "meeting",
    Action.BRIEFING_LIST: "meeting",
    Action.AGENDA_TOPIC_ADD: "policyMeeting",
    Action.AGENDA_TOPIC_WITHDRAW: "policyMeeting",
    Action.AGENDA_TOPIC_MINUTE: "policyMeeting",
    Action.GOAL_ADD: "policyPlan",
    Action.GOAL_CHANGE: "policyPlan",
    Action.MEASURE_ADD: "policyPlan",
}
"""Whose state an action looks at, where that is not the object it is named after."""

CONSEQUENCES: tuple[tuple[str, str, str, Action], ...] = (
    ("registration", "listed", "erased", Action.CASE_DESTROY),
    ("case", "", "listed", Action.REGISTRATION_DECIDE),
    ("registration", "", "received", Action.HAND_OVER_RECEIVE),
    ("case", "listed", "underDiscussion", Action.MEETING_CLOSE),
    ("topic", "open", "onAgenda", Action.AGENDA_TOPIC_ADD),
    ("topic", "parked", "onAgenda", Action.AGENDA_TOPIC_ADD),
    ("topic", "onAgenda", "open", Action.AGENDA_TOPIC_WITHDRAW),
    ("topic", "onAgenda", "open", Action.POLICY_MEETING_CANCEL),
    ("topic", "onAgenda", "treated", Action.POLICY_MEETING_CLOSE),
    ("topic", "onAgenda", "parked", Action.POLICY_MEETING_CLOSE),
    ("topic", "onAgenda", "open", Action.POLICY_MEETING_CLOSE),
    ("agendaItem", "draft", "convened", Action.MEETING_CONVENE),
    ("agendaItem", "convened", "inSession", Action.MEETING_OPEN),
    ("agendaItem", "inSession", "closed", Action.MEETING_CLOSE),
    ("agendaItem", "inSession", "notDiscussed", Action.MEETING_CLOSE),
    ("agendaItem", "convened", "cancelled", Action.MEETING_CANCEL),
    ("agendaItem", "draft", "takenOff", Action.CASE_CLOSE),
    ("agendaItem", "convened", "takenOff", Action.CASE_CLOSE),
    ("agendaItem", "inSession", "takenOff", Action.CASE_CLOSE),
    ("feedbackSheet", "consensusAsked", "blocked", Action.ATTENDANCE_RECORD),
    ("feedbackSheet", "agreed", "blocked", Action.ATTENDANCE_RECORD),
    ("feedbackSheet", "agreed", "blocked", Action.FEEDBACK_SHEET_ASK_CONSENSUS),
    ("agreement", "adopted", "superseded", Action.AGREEMENT_ADOPT),
    ("session", "secondFactorWanted", "active", Action.SESSION_CONFIRM),
    ("session", "secondFactorWanted", "active", Action.SESSION_ACCEPT),
    ("session", "active", "closed", Action.SESSION_CLOSE),
    ("session", "active", "closed", Action.SESSION_RECALL),
    ("session", "active", "closed", Action.SESSION_REVOKE),
    ("recovery", "agreed", "ended", Action.RECOVERY_USE),
    ("contributionRequest", "asked", "answered", Action.CONTRIBUTION_REQUEST_ANSWER),
    ("contributionRequest", "asked", "nothingToShare", Action.CONTRIBUTION_REQUEST_ANSWER),
    ("contributionRequest", "answered", "asked", Action.CONTRIBUTION_REQUEST_WITHDRAW),
    ("contributionRequest", "nothingToShare", "asked", Action.CONTRIBUTION_REQUEST_WITHDRAW),
    ("contributionRequest", "answered", "opened", Action.CONTRIBUTION_REQUEST_OPEN),
)
"""Moves that follow from an action on something else, or from getting in: (object, from, to, action)."""


def states_seen(action: Action) -> tuple[str, ...]:
    """Give every state that the object an action looks at can be in; none where no object has states."""
    return STATES.get(STATE_OF.get(action, action.noun), ())
