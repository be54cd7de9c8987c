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
        "passedToPolice", "withdrawn", "erased",
    ),
    "case": (
        "listed", "underDiscussion", "inTrajectory", "monitored", "closureProposed", "closed", "destroyed",
    ),
    "meeting": ("draft", "convened", "inSession", "closed", "cancelled"),
    # As its meeting, until it was put off.
    "agendaItem": (
        "draft", "convened", "inSession", "closed", "notDiscussed", "cancelled", "postponed", "takenOff",
    ),
    "invitation": (
        "draft", "sent", "accepted", "declined", "mustDecline", "noAnswer", "attended", "absent", "removed", "withdrawn",
        "passedOn",
    ),
    "contributionRequest": ("asked", "answered", "nothingToShare", "opened"),
    "minutes": ("draft", "submitted", "approved"),
    "feedbackSheet": ("draft", "consensusAsked", "agreed", "blocked", "issued"),
    "handOver": ("proposed", "sent", "received", "withdrawn", "lapsed"),
    "extension": ("proposed", "discussed", "decided", "refused", "withdrawn", "ended"),
    "breakGlass": ("open", "ended", "reviewed"),
    "action": ("open", "done", "notDone"),
    "topic": ("open", "onAgenda", "treated", "parked"),
    "policyMeeting": ("draft", "convened", "inSession", "closed", "cancelled"),
    "policyPlan": ("draft", "adopted"),
    "measure": ("planned", "underWay", "done", "stopped"),
    "agreement": ("draft", "adopted", "superseded", "discarded"),
    "recordingBasis": ("proposed", "signed", "refused"),
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
    Action.REGISTRATION_WITHDRAW: _move("registration", "received", "withdrawn", "R46"),
    Action.REGISTRATION_ERASE: _move(
        "registration",
        "received inScreening moreInformationWanted notListed referred passedToPolice withdrawn",
        "erased",
        "R46",
    ),
    Action.MEETING_CONVENE: _move("meeting", "draft", "convened", "R24"),
    Action.MEETING_OPEN: _move("meeting", "convened", "inSession", "R11"),
    Action.MEETING_CLOSE: _move("meeting", "inSession", "closed", "R69"),
    Action.MEETING_CANCEL: _move("meeting", "draft convened", "cancelled", "R24"),
    Action.AGENDA_ITEM_POSTPONE: _move("agendaItem", "convened inSession", "postponed", "R69"),
    Action.AGENDA_ITEM_TAKE_OFF: _move("agendaItem", "draft convened", "takenOff", "R61"),
    Action.INVITATION_WITHDRAW: _move("invitation", "sent accepted passedOn", "withdrawn", "R24"),
    Action.INVITATION_REMOVE: _move("invitation", "draft", "removed", "R22"),
    Action.INVITATION_SEND: _move("invitation", "draft", "sent", "R24"),
    Action.INVITATION_ANSWER: _move(
        "invitation", "sent accepted declined mustDecline", "accepted declined mustDecline", "R31"
    ),
    Action.INVITATION_NOMINATE: _move("invitation", "sent accepted", "passedOn", "R28"),
    Action.NOMINATION_TAKE_BACK: _move("invitation", "passedOn", "sent", "R28"),
    Action.MINUTES_SUBMIT: _move("minutes", "draft", "submitted", "R67"),
    Action.MINUTES_REVISE: _move("minutes", "submitted", "draft", "R67"),
    Action.MINUTES_APPROVE: _move("minutes", "submitted", "approved", "R67"),
    Action.FEEDBACK_SHEET_ASK_CONSENSUS: _move("feedbackSheet", "draft", "consensusAsked", "R79"),
    Action.FEEDBACK_SHEET_AGREE: _move("feedbackSheet", "consensusAsked", "agreed blocked", "R79"),
    Action.FEEDBACK_SHEET_ISSUE: _move("feedbackSheet", "agreed", "issued", "R80"),
    Action.TRAJECTORY_START: _move("case", "underDiscussion monitored", "inTrajectory", "R71"),
    Action.CASE_MONITOR: _move("case", "underDiscussion inTrajectory", "monitored", "R76"),
    Action.CASE_PROPOSE_CLOSURE: _move(
        "case", "listed underDiscussion inTrajectory monitored", "closureProposed", "R85"
    ),
    Action.CASE_CLOSE: _move("case", "closureProposed", "closed", "R85"),
    Action.CASE_KEEP_OPEN: _move("case", "closureProposed", "listed underDiscussion inTrajectory", "R85"),
    Action.CASE_RELIST: _move("case", "closed", "listed inTrajectory", "R40"),
    Action.HAND_OVER_SEND: _move("handOver", "proposed", "sent", "R39"),
    Action.HAND_OVER_RECEIVE: _move("handOver", "sent", "received", "R40"),
    Action.HAND_OVER_WITHDRAW: _move("handOver", "proposed sent", "withdrawn", "R84"),
    Action.HAND_OVER_LAPSE: _move("handOver", "sent withdrawn lapsed", "withdrawn lapsed", "R84"),
    Action.EXTENSION_WITHDRAW: _move("extension", "proposed discussed", "withdrawn", "R87"),
    Action.EXTENSION_DECIDE: _move("extension", "discussed", "decided refused", "R87"),
    Action.EXTENSION_REVIEW: _move("extension", "decided", "decided ended", "R89"),
    Action.CASE_DESTROY: _move("case", " ".join(sorted(READABLE_CASE)), "destroyed", "R86"),
    Action.RECORDING_BASIS_SIGN_OFF: _move("recordingBasis", "proposed", "signed refused", "R113"),
    Action.AGREEMENT_DISCARD: _move("agreement", "draft", "discarded", "R115"),
    Action.AGREEMENT_ADOPT: _move("agreement", "draft", "adopted", "R115"),
    Action.RECOVERY_APPROVE: _move("recovery", "proposed", "agreed", "R20"),
    Action.RECOVERY_USE: _move("recovery", "agreed", "used", "R20"),
    Action.BREAK_GLASS_CLOSE: _move("breakGlass", "open", "ended", "R21"),
    Action.BREAK_GLASS_REVIEW: _move("breakGlass", "ended", "reviewed", "R21"),
    Action.TOPIC_CLOSE: _move("topic", "open parked", "treated parked", "R6"),
    Action.POLICY_MEETING_CONVENE: _move("policyMeeting", "draft", "convened", "R3"),
    Action.POLICY_MEETING_CANCEL: _move("policyMeeting", "draft convened", "cancelled", "R3"),
    Action.POLICY_MEETING_OPEN: _move("policyMeeting", "convened", "inSession", "R13"),
    Action.POLICY_MEETING_CLOSE: _move("policyMeeting", "inSession", "closed", "R13"),
    Action.POLICY_PLAN_ADOPT: _move("policyPlan", "draft", "draft adopted", "R1"),
    Action.MEASURE_EVALUATE: _move("measure", "planned underWay", "underWay done stopped", "R6"),
    Action.ACTION_COMPLETE: _move("action", "open", "done notDone", "R72"),
}


def sources(action: Action) -> frozenset[str]:
    """Give the states from which *action* is possible."""
    return TRANSITIONS[action].sources


def target(action: Action) -> str:
    """Give the one state that follows *action*; ValueError where it has several."""
    (only,) = TRANSITIONS[action].targets
    return only
