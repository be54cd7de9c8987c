"""What a mayor can delegate, and which part of it each act belongs to (R9).

The act of 30 July 2018 names the mayor for the list; whether that can be delegated is for the agreement to say
(R41). What every delegate may do, whatever the appointment covers, is named; an act that is named nowhere no delegate
may do, for an appointment says what it covers.
"""

from __future__ import annotations

from app.rules.actions import Action

LIST, SCREENING, INVITATIONS, MEETINGS, FILE, CLOSURE, POLICY = PARTS = (
    "list", "screening", "invitations", "meetings", "file", "closure", "policy",
)  # fmt: skip

_BY_NOUN: dict[str, str] = {
    "registration": SCREENING,
    "screeningAnswer": SCREENING,
    "case": FILE,
    "handOver": CLOSURE,
    "statement": FILE,
    "statementVersion": FILE,
    "subjectVersion": FILE,
    "discussion": FILE,
    "attachment": FILE,
    "contact": FILE,
    "chronology": FILE,
    "assessment": FILE,
    "extension": FILE,
    "trajectory": FILE,
    "action": FILE,
    "transmission": FILE,
    "retention": FILE,
    "certificate": FILE,
    "meeting": MEETINGS,
    "agendaItem": MEETINGS,
    "agendaProposal": MEETINGS,
    "attendance": MEETINGS,
    "minutes": MEETINGS,
    "framework": MEETINGS,
    "invitation": INVITATIONS,
    "topic": POLICY,
    "policyMeeting": POLICY,
    "agendaTopic": POLICY,
    "policyPlan": POLICY,
    "goal": POLICY,
    "measure": POLICY,
    "contributionRequest": INVITATIONS,
    "contributionBoard": INVITATIONS,
}

_OF_THEIR_OWN: dict[Action, str] = {
    Action.REGISTRATION_DECIDE: LIST,
    Action.MEETING_CONVENE: INVITATIONS,
    Action.MEETING_INVITE: INVITATIONS,
    Action.CONTRIBUTION_REQUEST_OPEN: MEETINGS,
    Action.CASE_PROPOSE_CLOSURE: CLOSURE,
    Action.CASE_CLOSE: CLOSURE,
    Action.CASE_KEEP_OPEN: CLOSURE,
    Action.CASE_RELIST: LIST,
    Action.HAND_OVER_RECEIVE: SCREENING,
    Action.CASE_LEAVE_OFF: MEETINGS,
    Action.EXTENSION_DECIDE: CLOSURE,
    Action.EXTENSION_REVIEW: CLOSURE,
    Action.SUBJECT_QUERY: SCREENING,
    Action.SUBJECT_CORRECT: FILE,
}

FOR_EVERY_DELEGATE = frozenset(
    {
        Action.AGENCY_LIST, Action.PERSON_LIST, Action.MANDATE_LIST, Action.MUNICIPALITY_LIST, Action.CELL_LIST,
        Action.TABLE_LIST, Action.AGREEMENT_READ, Action.AGREEMENT_LIST, Action.AGREEMENT_COMPARE, Action.AGREEMENT_PRINT,
        Action.PUBLIC_NOTICE_PRINT,
        Action.CONSTITUTION_CHECK, Action.RECORDING_BASIS_LIST,
        Action.REGISTRATION_SUBMIT, Action.REGISTRATION_WITHDRAW, Action.MEETING_LIST,
        Action.INVITATION_LIST, Action.INVITATION_ANSWER, Action.EXCLUSION_DECLARE,
        Action.INVITATION_NOMINATE, Action.NOMINATION_LIST, Action.NOMINATION_TAKE_BACK,
        Action.BRIEFING_RECORD, Action.BRIEFING_LIST, Action.NOTICE_LIST, Action.NOTICE_READ,
        Action.CONTRIBUTION_REQUEST_LIST, Action.CONTRIBUTION_REQUEST_ANSWER, Action.CONTRIBUTION_REQUEST_WITHDRAW,
        Action.MAIL_ADDRESS_READ, Action.MAIL_ADDRESS_CHANGE,
        Action.TOPIC_LIST, Action.TOPIC_READ, Action.POLICY_MEETING_LIST, Action.POLICY_MEETING_READ,
        Action.POLICY_MEETING_PRINT,
        Action.POLICY_PLAN_LIST, Action.POLICY_PLAN_READ, Action.MEASURE_LIST,
        Action.FEEDBACK_SHEET_AGREE, Action.FEEDBACK_SHEET_READ, Action.FEEDBACK_SHEET_LIST,
        Action.CALENDAR_OPEN, Action.CALENDAR_CLOSE, Action.CALENDAR_LIST, Action.CALENDAR_READ,
    }
)  # fmt: skip
"""What somebody does for themselves, or needs to find their way."""


def part_of(action: Action) -> str | None:
    """Give the part of a mayor's task that *action* belongs to; None for what is no part of it."""
    if action in FOR_EVERY_DELEGATE:
        return None
    return _OF_THEIR_OWN.get(action) or _BY_NOUN.get(action.noun)


def within(action: Action, delegated: frozenset[str] | None) -> bool:
    """Tell whether an appointment covers *action*; an appointment without any known part covers nothing."""
    parts = (delegated or frozenset()) & set(PARTS)
    return bool(parts) and (action in FOR_EVERY_DELEGATE or part_of(action) in parts)
