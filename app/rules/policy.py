"""Who may do what, when, and under which rule: the whole policy, one line an action.

`decide` is the only judge: lists, buttons, both doors and the generated `docs/authorisation.md` all ask it.
Order of answers (domain, section 3): no standing, so not there for you (404); standing without the right
(403); right in the wrong state or against a rule of law (409).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from app.rules.actions import Action as A  # noqa: N817 — a column of the table
from app.rules.conditions import BEGUN
from app.rules.conditions import Condition as C  # noqa: N817 — a column of the table
from app.rules.delegation import within
from app.rules.facts import Actor, Facts, Standing
from app.rules.lifecycle import OPEN_CASE, READABLE_CASE, STATES, sources
from app.rules.roles import (
    BREAKERS,
    DESK,
    EVERYONE,
    GLASS_WATCHERS,
    MAYORAL,
    OVERSIGHT,
    PEOPLE,
    POLICE,
    STRATEGISTS,
    TABLE,
    Role,
)
from app.rules.rule import Rule
from app.rules.strategy import STRATEGY

NONE, PART, INVITED, ATTENDING, FILE = (
    Standing.NONE, Standing.PART, Standing.INVITED, Standing.ATTENDING, Standing.FILE,
)  # fmt: skip


class Outcome(Enum):
    """What the rules answer; the values are the journal's."""

    ALLOW = "allowed"
    HIDE = "hidden"
    REFUSE = "refused"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, the rule it rests on, and the condition that failed, if one did."""

    outcome: Outcome
    number: str
    condition: C | None = None
    by_glass: bool = False
    """Whether it was judged as a reading by break-glass; the journal says so."""


ACCESS = (C.SECOND_FACTOR, C.UNDERTAKING_CONFIRMED, C.DELEGATION_IN_SCOPE)
"""Every act but getting in needs two factors (R20), a current undertaking (R16) and, for a delegate, a scope (R9)."""

ROBOT = frozenset({Role.ROBOT})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
MAYOR = frozenset({Role.MAYOR})
COORDINATOR = frozenset({Role.COORDINATOR})
CONTRIBUTORS = DESK | POLICE | {Role.PARTICIPANT, Role.SECRETARY, Role.CASE_MANAGER}
MINUTE_TAKERS = DESK | {Role.SECRETARY}
"""Those who open and close a sitting and record who is there."""
WRITERS = frozenset({Role.COORDINATOR, Role.SECRETARY})
"""Those who write the minutes (R67)."""
RECOVERERS = ADMINISTRATOR | {Role.COORDINATOR}
"""Those who decide together that somebody gets new means to sign in: one of each."""
NAMERS = ADMINISTRATOR | {Role.COORDINATOR}
"""Those who name the permanent representative of a service."""
_OWN_KEYS = (C.SECOND_FACTOR, C.RECENTLY_CONFIRMED)
"""What proves who one is changes only for who has just proved it in full."""
_CONSTITUTION_READERS = PEOPLE
_UNDECIDED = frozenset({"received", "inScreening", "moreInformationWanted"})
R21 = "R21"
_MEETING_BEFORE = frozenset({"draft", "convened"})
_ON_AGENDA = frozenset({"convened", "inSession", "closed"})
_IN_SESSION = frozenset({"inSession"})
_ASKED = frozenset(STATES["invitation"]) - {"draft", "removed"}

POLICY: dict[A, Rule] = {
    # signing in (standing on oneself; VISITOR has none and needs none)
    A.SESSION_OPEN: Rule("R14", EVERYONE, NONE, before_access=True),
    A.SESSION_CONFIRM: Rule("R20", EVERYONE, NONE, before_access=True),
    A.SESSION_CHALLENGE: Rule("R20", EVERYONE, NONE, before_access=True),
    A.SESSION_UNLOCK: Rule("R20", EVERYONE, FILE, frozenset({"active"}), before_access=True),
    # by way of a provider of identities: there, back with its answer, and ended at its word
    A.SESSION_REFER: Rule("R14", EVERYONE, NONE, before_access=True),
    A.SESSION_ACCEPT: Rule("R20", EVERYONE, NONE, before_access=True),
    A.SESSION_RECALL: Rule("R14", EVERYONE, NONE, before_access=True),
    A.SESSION_REFRESH: Rule("R14", EVERYONE, NONE, before_access=True),
    A.SESSION_SWITCH: Rule("R14", EVERYONE, FILE, frozenset({"active"}), before_access=True),
    A.SESSION_READ: Rule("R14", EVERYONE, FILE, before_access=True),
    A.SESSION_CLOSE: Rule("R14", EVERYONE, FILE, before_access=True),
    A.SESSION_LIST: Rule("R14", EVERYONE, FILE, before_access=True),
    A.SESSION_REVOKE: Rule("R14", ADMINISTRATOR, PART),
    A.PASSWORD_CHANGE: Rule("R20", EVERYONE, FILE, conditions=_OWN_KEYS, before_access=True),
    A.PASSKEY_OFFER: Rule("R20", EVERYONE, FILE, conditions=_OWN_KEYS, before_access=True),
    A.PASSKEY_REGISTER: Rule("R20", EVERYONE, FILE, conditions=_OWN_KEYS, before_access=True),
    A.PASSKEY_LIST: Rule("R20", EVERYONE, FILE, before_access=True),
    A.PASSKEY_REMOVE: Rule("R20", EVERYONE, FILE, conditions=_OWN_KEYS, before_access=True),
    A.RECOVERY_PROPOSE: Rule("R20", RECOVERERS, PART, conditions=(C.NOT_ABOUT_ONESELF, C.RECENTLY_CONFIRMED)),
    A.RECOVERY_APPROVE: Rule(
        "R20", RECOVERERS, PART, sources(A.RECOVERY_APPROVE), (C.NOT_ABOUT_ONESELF, C.OTHER_HALF, C.RECENTLY_CONFIRMED),
    ),
    A.RECOVERY_LIST: Rule("R20", RECOVERERS, PART),
    A.RECOVERY_USE: Rule("R20", EVERYONE, NONE, sources(A.RECOVERY_USE), before_access=True),
    # what is refused at the door, before it is an act: a line, and nothing else
    A.REQUEST_REFUSE: Rule("R105", EVERYONE, NONE, before_access=True),
    A.UNDERTAKING_READ: Rule("R16", EVERYONE, FILE, before_access=True),
    A.UNDERTAKING_PRINT: Rule("R16", EVERYONE, FILE, before_access=True),
    A.UNDERTAKING_CONFIRM: Rule("R16", EVERYONE, FILE, conditions=(C.SECOND_FACTOR,), before_access=True),
    # directory
    A.AGENCY_CREATE: Rule("R22", ADMINISTRATOR, PART),
    A.AGENCY_IDENTIFY: Rule("R14", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.AGENCY_LIST: Rule("R22", DESK | ADMINISTRATOR | {Role.SECRETARY}, PART),
    A.PERSON_CREATE: Rule("R14", ADMINISTRATOR, PART),
    A.PERSON_CHANGE: Rule("R14", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.PERSON_LIST: Rule("R14", DESK | ADMINISTRATOR | {Role.SECRETARY, Role.CASE_MANAGER}, PART),
    A.MANDATE_GRANT: Rule("R9", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.MANDATE_END: Rule("R9", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.MANDATE_LIST: Rule("R14", DESK | ADMINISTRATOR | OVERSIGHT, PART),
    A.FEDERATED_IDENTITY_EXPECT: Rule("R14", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.FEDERATED_IDENTITY_LINK: Rule("R14", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.FEDERATED_IDENTITY_UNLINK: Rule("R14", ADMINISTRATOR, PART),
    A.FEDERATED_IDENTITY_LIST: Rule("R14", ADMINISTRATOR, PART),
    # who represents a service for good in a cell
    A.REPRESENTATIVE_NAME: Rule("R36", NAMERS, PART),
    A.REPRESENTATIVE_END: Rule("R36", NAMERS, PART),
    A.REPRESENTATIVE_LIST: Rule("R36", NAMERS, PART),
    A.EXCLUSION_DECLARE: Rule("R14", TABLE, PART),
    # what somebody was told
    A.NOTICE_LIST: Rule("R37", PEOPLE, FILE),
    A.NOTICE_READ: Rule("R37", PEOPLE, FILE),
    A.NOTICE_REMIND: Rule("R37", ROBOT, PART),
    A.NOTICE_SEND: Rule("R37", ROBOT, PART),
    A.MAIL_ADDRESS_READ: Rule("R37", PEOPLE, FILE),
    A.MAIL_ADDRESS_CHANGE: Rule("R37", PEOPLE, FILE, conditions=(C.RECENTLY_CONFIRMED,)),
    A.MAIL_ADDRESS_ASSIGN: Rule("R37", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.POST_READ: Rule("R37", ADMINISTRATOR, PART),
    A.CALENDAR_OPEN: Rule("R37", TABLE | STRATEGISTS, FILE, conditions=(C.RECENTLY_CONFIRMED,)),
    A.CALENDAR_CLOSE: Rule("R37", PEOPLE, FILE),
    A.CALENDAR_LIST: Rule("R37", PEOPLE, FILE),
    # by an address alone: the operation asks for mandate, undertaking and clearance, and answers 404 without them
    A.CALENDAR_READ: Rule("R37", TABLE | STRATEGISTS, FILE, before_access=True),
    # constitution
    A.MUNICIPALITY_CREATE: Rule("R113", ADMINISTRATOR, PART),
    A.MUNICIPALITY_LIST: Rule("R1", PEOPLE, PART),
    # Outside Flanders: proposed by one, signed off by the officer of the municipality, who is somebody else.
    A.RECORDING_BASIS_PROPOSE: Rule("R113", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.RECORDING_BASIS_SIGN_OFF: Rule(
        "R113", frozenset({Role.DPO}), PART, sources(A.RECORDING_BASIS_SIGN_OFF), (C.REVIEWED_BY_ANOTHER, C.RECENTLY_CONFIRMED),
    ),
    A.RECORDING_BASIS_LIST: Rule("R113", ADMINISTRATOR | OVERSIGHT | DESK, PART),
    A.CELL_CREATE: Rule("R1", ADMINISTRATOR, PART),
    A.CELL_LIST: Rule("R1", PEOPLE, PART),
    A.TABLE_CREATE: Rule("R3", ADMINISTRATOR | {Role.COORDINATOR}, PART),
    A.TABLE_LIST: Rule("R3", PEOPLE, PART),
    # the agreement: drafted by the coordinator, signed by every mayor, adopted as it was signed
    A.AGREEMENT_DRAFT: Rule("R115", frozenset({Role.COORDINATOR}), FILE),
    A.AGREEMENT_DISCARD: Rule(
        "R115", MAYOR | {Role.COORDINATOR}, FILE, sources(A.AGREEMENT_DISCARD), (C.UNSIGNED, C.RECENTLY_CONFIRMED),
    ),
    A.AGREEMENT_SIGN: Rule(
        "R1", MAYOR, FILE, sources(A.AGREEMENT_ADOPT), (C.AGREEMENT_WHOLE, C.RECENTLY_CONFIRMED),
    ),
    A.AGREEMENT_RECORD_SIGNATURE: Rule(
        "R115", frozenset({Role.COORDINATOR}), FILE, sources(A.AGREEMENT_ADOPT), (C.AGREEMENT_WHOLE,),
    ),
    A.AGREEMENT_ADOPT: Rule(
        "R115", MAYOR, FILE, sources(A.AGREEMENT_ADOPT), (C.AGREEMENT_WHOLE, C.EVERY_MAYOR_SIGNED, C.RECENTLY_CONFIRMED),
    ),
    A.AGREEMENT_READ: Rule("R115", PEOPLE, PART),
    A.AGREEMENT_LIST: Rule("R115", PEOPLE, PART),
    A.AGREEMENT_COMPARE: Rule("R115", PEOPLE, PART),
    A.AGREEMENT_PRINT: Rule("R115", PEOPLE, PART),
    A.PUBLIC_NOTICE_PRINT: Rule("R103", PEOPLE, PART),
    A.CONSTITUTION_CHECK: Rule("R11", DESK | ADMINISTRATOR, PART),
    A.REF_DATA_READ: Rule("R111", EVERYONE, NONE, before_access=True),
    # intake
    A.REGISTRATION_SUBMIT: Rule("R39", CONTRIBUTORS, PART,
        conditions=(C.RECORDING_BASIS, C.NOTHING_CLASSIFIED, C.ORIGIN_ADMITTED)),
    A.REGISTRATION_LIST: Rule("R39", CONTRIBUTORS, PART),
    A.REGISTRATION_READ: Rule("R39", CONTRIBUTORS, PART, conditions=(C.RECEIVED_BY_MAYOR, C.NOT_LOCKED)),
    A.REGISTRATION_SCREEN: Rule(
        "R39", MAYORAL, FILE, sources(A.REGISTRATION_SCREEN), (C.NUMBER_GROUND,),
    ),
    A.REGISTRATION_DECIDE: Rule(
        "R40", MAYORAL, FILE, sources(A.REGISTRATION_DECIDE),
        (C.LISTING_AUTHORITY, C.RECORDING_BASIS, C.AGE_GATE, C.RECENTLY_CONFIRMED),
    ),
    # Until the mayor or delegate took it up, who brought a signal takes it back; the sweep erases it then.
    A.REGISTRATION_WITHDRAW: Rule("R46", CONTRIBUTORS, PART, sources(A.REGISTRATION_WITHDRAW), (C.OWN,)),
    # In screening the mayor or delegate has received it already (R39).
    A.SCREENING_ANSWER_RECORD: Rule("R43", DESK, FILE, frozenset({"inScreening"})),
    A.REGISTRATION_ALERT: Rule("R45", ROBOT, PART, _UNDECIDED),
    # finding a person again: what it finds, its reader could open
    A.REGISTRATION_COMPARE: Rule(
        "R43", DESK, FILE, _UNDECIDED, (C.RECEIVED_BY_MAYOR, C.NOT_LOCKED),
    ),
    A.SUBJECT_QUERY: Rule("R107", DESK, FILE, conditions=(C.ACCESS_REASON, C.NUMBER_GROUND)),
    A.SUBJECT_MARK: Rule("R109", ROBOT, PART),
    # the file
    A.CASE_LIST: Rule("R14", DESK, PART),
    A.CASE_OPEN: Rule(
        "R107", DESK, FILE, READABLE_CASE, (C.CLEARANCE_VALID, C.ACCESS_REASON, C.NOT_LOCKED), by_glass=True,
    ),
    A.CASE_MONITOR: Rule("R76", DESK, FILE, sources(A.CASE_MONITOR), (C.NOT_LOCKED,)),
    A.CASE_PROPOSE_CLOSURE: Rule(
        "R85", DESK, FILE, sources(A.CASE_PROPOSE_CLOSURE), (C.DISCUSSED, C.NOT_LOCKED),
    ),
    A.CASE_CLOSE: Rule("R85", MAYORAL, FILE, sources(A.CASE_CLOSE), (C.LISTING_AUTHORITY, C.DISCUSSED, C.NOT_LOCKED)),
    A.CASE_KEEP_OPEN: Rule("R85", MAYORAL, FILE, sources(A.CASE_KEEP_OPEN), (C.LISTING_AUTHORITY, C.NOT_LOCKED)),
    # back on the list: decided as the first time, with indications; it starts no term anew
    A.CASE_RELIST: Rule(
        "R40", MAYORAL, FILE, sources(A.CASE_RELIST),
        (C.LISTING_AUTHORITY, C.RECORDING_BASIS, C.NOT_LOCKED, C.RECENTLY_CONFIRMED),
    ),
    # a review that nobody held: the clock asks, the table discusses, a named person decides
    A.CASE_ASK_CLOSURE: Rule("R76", ROBOT, PART, sources(A.CASE_PROPOSE_CLOSURE), (C.REVIEW_MISSED, C.NOT_LOCKED)),
    A.CASE_LEAVE_OFF: Rule("R76", DESK, FILE, OPEN_CASE, (C.CLOSURE_ASKED, C.NOT_LOCKED)),
    # moving house: to another municipality as a signal, never as a file
    A.HAND_OVER_LIST: Rule("R84", DESK, PART),
    A.HAND_OVER_PROPOSE: Rule("R84", DESK, FILE, OPEN_CASE, (C.MOVED, C.WITHIN_YEAR, C.NOT_LOCKED)),
    A.HAND_OVER_SEND: Rule(
        "R39", MAYORAL, FILE, sources(A.HAND_OVER_SEND),
        (C.LISTING_AUTHORITY, C.MOVED, C.WITHIN_YEAR, C.RECEIVER_MAY_RECORD, C.NOT_LOCKED, C.RECENTLY_CONFIRMED),
    ),
    A.HAND_OVER_WITHDRAW: Rule("R84", MAYORAL, FILE, sources(A.HAND_OVER_WITHDRAW)),
    A.HAND_OVER_RECEIVE: Rule(
        "R40", MAYORAL, PART, sources(A.HAND_OVER_RECEIVE), (C.RECORDING_BASIS, C.RECENTLY_CONFIRMED),
    ),
    # the day of the last discussion: set by the record of a meeting, corrected by two roles, and only to an earlier end
    A.DISCUSSION_LIST: Rule("R96", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.DISCUSSION_PROPOSE: Rule("R69", COORDINATOR, FILE, READABLE_CASE, (C.NOT_LOCKED,)),
    A.DISCUSSION_DECIDE: Rule("R69", MAYOR, FILE, READABLE_CASE, (C.BY_ANOTHER, C.NOT_LOCKED, C.RECENTLY_CONFIRMED)),
    # Keeping a file for more than a year: proposed by the desk, discussed in a meeting, decided with reasons before the year
    # is over, also when the file is shut meanwhile (R90), and looked at anew every year.
    A.EXTENSION_PROPOSE: Rule(
        "R87", DESK, FILE, OPEN_CASE,
        (C.NOTHING_CLASSIFIED, C.OBJECTIVE_GROUND, C.EXTENSION_IN_TIME, C.EXTENSION_LIMIT, C.NOT_LOCKED),
    ),
    A.EXTENSION_READ: Rule("R87", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON,)),
    A.EXTENSION_LIST: Rule("R87", DESK | {Role.DPO}, PART),
    A.EXTENSION_WITHDRAW: Rule("R87", DESK, FILE, sources(A.EXTENSION_WITHDRAW)),
    A.EXTENSION_DECIDE: Rule(
        "R87", MAYORAL, FILE, sources(A.EXTENSION_DECIDE),
        (
            C.LISTING_AUTHORITY, C.NOTHING_CLASSIFIED, C.OBJECTIVE_GROUND, C.PREVENTION_LINK, C.EXTENSION_IN_TIME,
            C.EXTENSION_LIMIT, C.RECENTLY_CONFIRMED,
        ),
    ),
    A.EXTENSION_REVIEW: Rule(
        "R89", MAYORAL, FILE, sources(A.EXTENSION_REVIEW),
        (C.LISTING_AUTHORITY, C.NOTHING_CLASSIFIED, C.WITHIN_TERM, C.RECENTLY_CONFIRMED),
    ),
    A.STATEMENT_CREATE: Rule(
        "R51", CONTRIBUTORS, ATTENDING, OPEN_CASE,
        (
            C.CLEARANCE_VALID, C.RECORDING_BASIS, C.RELEVANT, C.NOTHING_CLASSIFIED, C.ORIGIN_ADMITTED, C.CATEGORY_REASON,
            C.NOT_LOCKED,
        ),
    ),
    A.STATEMENT_OPEN: Rule("R52", CONTRIBUTORS, ATTENDING, READABLE_CASE, (C.CLEARANCE_VALID, C.ACCESS_REASON, C.NOT_LOCKED)),
    # What was said is corrected by who said it, or by the desk; the earlier version stays until the case is destroyed.
    A.STATEMENT_CORRECT: Rule(
        "R55", CONTRIBUTORS, ATTENDING, READABLE_CASE,
        (
            C.CLEARANCE_VALID, C.OWN_WORDS, C.RELEVANT, C.NOTHING_CLASSIFIED, C.ORIGIN_ADMITTED, C.CATEGORY_REASON, C.NOT_LOCKED,
        ),
    ),
    A.STATEMENT_WITHDRAW: Rule("R65", CONTRIBUTORS, ATTENDING, READABLE_CASE, (C.CLEARANCE_VALID, C.OWN_WORDS, C.NOT_LOCKED)),
    A.STATEMENT_VERSION_LIST: Rule("R55", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.STATEMENT_VERSION_OPEN: Rule("R52", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    # Who a file is about, where the registration had it wrong: the marks by which the person is found go with it.
    A.SUBJECT_CORRECT: Rule(
        "R55", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.AGE_GATE, C.NOT_LOCKED, C.RECENTLY_CONFIRMED),
    ),
    A.SUBJECT_VERSION_LIST: Rule("R55", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.BREAK_GLASS_OPEN: Rule(
        "R21", BREAKERS, PART, OPEN_CASE,
        (C.CLEARANCE_VALID, C.BREAK_GLASS_ON, C.WATCHERS_TOLD, C.ACCESS_REASON, C.NOT_LOCKED),
    ),
    A.BREAK_GLASS_CLOSE: Rule("R21", BREAKERS | GLASS_WATCHERS, PART, sources(A.BREAK_GLASS_CLOSE)),
    A.BREAK_GLASS_LIST: Rule("R21", BREAKERS | GLASS_WATCHERS | MAYOR, PART),
    A.BREAK_GLASS_REVIEW: Rule(
        "R21", GLASS_WATCHERS, PART, sources(A.BREAK_GLASS_REVIEW), (C.REVIEWED_BY_ANOTHER,),
    ),
    # A document is the municipality's own: the table shares in words, the desk decides what is kept (R18, R66).
    A.ATTACHMENT_ADD: Rule(
        "R51", DESK, FILE, OPEN_CASE,
        (C.RECORDING_BASIS, C.RELEVANT, C.NOTHING_CLASSIFIED, C.ATTACHABLE_ORIGIN, C.CATEGORY_REASON, C.NOT_LOCKED),
    ),
    A.ATTACHMENT_LIST: Rule("R107", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.ATTACHMENT_READ: Rule("R52", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.ATTACHMENT_REMOVE: Rule("R86", DESK, FILE, READABLE_CASE, (C.NOT_LOCKED,)),
    A.CHRONOLOGY_READ: Rule("R107", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    # Third persons: of the desk alone, no longer than needed, and never by way of an emergency (R49).
    A.CONTACT_ADD: Rule(
        "R49", DESK, FILE, OPEN_CASE,
        (C.RECORDING_BASIS, C.NOT_LOCKED, C.WITHIN_TERM, C.RELEVANT, C.NOTHING_CLASSIFIED, C.ORIGIN_ADMITTED),
    ),
    A.CONTACT_LIST: Rule("R49", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.CONTACT_OPEN: Rule("R52", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.CONTACT_REMOVE: Rule("R86", DESK, FILE, READABLE_CASE, (C.NOT_LOCKED,)),
    A.ASSESSMENT_WRITE: Rule(
        "R74", DESK, FILE, OPEN_CASE,
        (
            C.RECORDING_BASIS, C.NOT_LOCKED, C.RELEVANT, C.NOTHING_CLASSIFIED, C.ORIGIN_ADMITTED, C.CATEGORY_REASON, C.BALANCED,
            C.ASSESSOR_TRAINED,
        ),
    ),
    A.ASSESSMENT_READ: Rule("R74", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.ASSESSMENT_OPEN_FACTOR: Rule("R52", DESK, FILE, READABLE_CASE, (C.ACCESS_REASON, C.NOT_LOCKED)),
    A.TRAJECTORY_START: Rule("R71", DESK, FILE, sources(A.TRAJECTORY_START), (C.NOT_LOCKED,)),
    A.TRAJECTORY_READ: Rule(
        "R72", DESK | {Role.CASE_MANAGER}, PART, READABLE_CASE, (C.CLEARANCE_VALID, C.ACCESS_REASON, C.NOT_LOCKED),
        by_glass=True,
    ),
    A.ACTION_ASSIGN: Rule("R72", DESK | {Role.CASE_MANAGER}, PART, frozenset({"inTrajectory"}), (C.NOT_LOCKED,)),
    A.ACTION_LIST: Rule("R73", TABLE, PART),
    A.ACTION_COMPLETE: Rule("R73", TABLE, PART, sources(A.ACTION_COMPLETE), (C.NOT_LOCKED,)),
    # the consultation
    A.MEETING_PLAN: Rule("R3", DESK, PART, conditions=(C.TABLE_AGREED,)),
    A.MEETING_LIST: Rule("R18", TABLE, PART),
    A.MEETING_READ: Rule("R18", TABLE, INVITED, conditions=(C.CLEARANCE_VALID,)),
    # Until it sits, each desk of the cell puts its own cases on an agenda, also on one that another desk planned (R4).
    A.MEETING_TABLE: Rule("R61", DESK, INVITED, _MEETING_BEFORE, (C.CONSTITUTION_COMPLETE,)),
    A.MEETING_REVIEW: Rule("R24", DESK, FILE, _MEETING_BEFORE),
    A.MEETING_CONVENE: Rule(
        "R24", MAYORAL, FILE, sources(A.MEETING_CONVENE), (C.CONSTITUTION_COMPLETE, C.NOTHING_LEFT_OFF),
    ),
    A.MEETING_INVITE: Rule("R24", MAYORAL, FILE, frozenset({"convened"})),
    # Of the desk that planned it, and of its chair. Once people were convened, day and calling off are the mayor's.
    # After the sitting only who chairs, named by the mayor: for a chair who left before the minutes were approved.
    A.MEETING_CHANGE: Rule("R13", DESK, FILE, frozenset({"draft", "convened", "inSession", "closed"}), (C.NEW_CHAIR_BY_MAYOR,)),
    A.MEETING_MOVE: Rule("R24", DESK, FILE, _MEETING_BEFORE, (C.BY_MAYOR, C.NOTICE_PERIOD, C.NOTICE_AGREED)),
    A.MEETING_CANCEL: Rule("R24", DESK, FILE, sources(A.MEETING_CANCEL), (C.BY_MAYOR,)),
    A.MEETING_OPEN: Rule(
        "R11", MINUTE_TAKERS, FILE, sources(A.MEETING_OPEN),
        (C.CONSTITUTION_COMPLETE, C.CORE_RECORDED, C.CHAIR_MANDATED, C.DAY_COME),
    ),
    A.MEETING_CLOSE: Rule("R69", MINUTE_TAKERS, FILE, sources(A.MEETING_CLOSE)),
    # On paper: what its reader may read, for those who prepare and hold the meeting; others read on screen (R68).
    A.MEETING_PRINT: Rule("R68", MINUTE_TAKERS, FILE),
    A.AGENDA_PROPOSAL_LIST: Rule("R61", DESK, INVITED, _MEETING_BEFORE),
    A.AGENDA_ITEM_ADD: Rule("R61", DESK, FILE, OPEN_CASE, (C.CONSTITUTION_COMPLETE, C.NOT_LOCKED)),
    A.AGENDA_ITEM_READ: Rule(
        "R18", TABLE, INVITED, _ON_AGENDA | {"draft", "cancelled", "postponed", "takenOff"},
        (C.CLEARANCE_VALID, C.WINDOW_OPEN, C.ACCESS_REASON, C.NOT_LOCKED),
    ),
    # A desk orders and changes its own items alone: it does not see the others of a joint cell (R4).
    A.AGENDA_ITEM_ORDER: Rule("R61", DESK, FILE, _MEETING_BEFORE),
    A.AGENDA_ITEM_CHANGE: Rule("R61", DESK, FILE, _MEETING_BEFORE, (C.NOT_LOCKED,)),
    A.AGENDA_ITEM_POSTPONE: Rule("R69", DESK, FILE, sources(A.AGENDA_ITEM_POSTPONE)),
    A.AGENDA_ITEM_TAKE_OFF: Rule("R61", DESK, FILE, sources(A.AGENDA_ITEM_TAKE_OFF)),
    A.AGENDA_ITEM_CARRY_OVER: Rule(
        "R61", DESK, FILE, frozenset({"postponed", "cancelled", "notDiscussed"}), (C.NOT_LOCKED,),
    ),
    A.INVITATION_PREPARE: Rule(
        "R22", DESK, FILE, _MEETING_BEFORE,
        (C.NOT_LOCKED, C.ON_THE_LIST, C.GROUND_STATED, C.RESIDUAL_REASON, C.LINE_MANAGER, C.CHILD_REASON),
    ),
    A.INVITATION_SEND: Rule(
        "R24", MAYORAL, FILE, sources(A.INVITATION_SEND),
        (
            C.NOT_LOCKED, C.ON_THE_LIST, C.GROUND_STATED, C.RESIDUAL_REASON, C.LINE_MANAGER, C.CHILD_REASON,
            C.NOTICE_PERIOD, C.NOTICE_AGREED,
        ),
    ),
    A.INVITATION_WITHDRAW: Rule("R24", MAYORAL, FILE, sources(A.INVITATION_WITHDRAW)),
    A.INVITATION_REMOVE: Rule("R22", DESK, FILE, sources(A.INVITATION_REMOVE)),
    A.INVITATION_LIST: Rule("R31", TABLE, PART),
    A.INVITATION_ANSWER: Rule(
        "R31", TABLE, PART, sources(A.INVITATION_ANSWER), (C.OWN, C.CLEARANCE_VALID, C.REFUSAL_REASON, C.CARE_RELATION),
    ),
    A.INVITATION_PRINT: Rule("R24", DESK, FILE, _ASKED, (C.NOT_LOCKED,)),
    # The management of a service of the French Community names who of the service comes in its place.
    A.INVITATION_NOMINATE: Rule(
        "R28", TABLE, PART, sources(A.INVITATION_NOMINATE),
        (C.OWN, C.CLEARANCE_VALID, C.LINE_MANAGER, C.CARE_RELATION, C.NOMINEE_FITS),
    ),
    A.NOMINATION_LIST: Rule(
        "R28", TABLE, PART, sources(A.INVITATION_NOMINATE) | sources(A.NOMINATION_TAKE_BACK),
        (C.OWN, C.CLEARANCE_VALID, C.LINE_MANAGER),
    ),
    A.NOMINATION_TAKE_BACK: Rule("R28", TABLE, PART, sources(A.NOMINATION_TAKE_BACK), (C.OWN, C.CLEARANCE_VALID)),
    # A question to one invited person before the meeting; nobody has to answer, and nobody reads the answer before it sits.
    A.CONTRIBUTION_REQUEST_SEND: Rule(
        "R24", MAYORAL, FILE, frozenset({"convened"}), (C.NOT_LOCKED, C.ON_THE_LIST),
    ),
    A.CONTRIBUTION_REQUEST_LIST: Rule("R31", TABLE, PART, conditions=(C.OWN,)),
    A.CONTRIBUTION_REQUEST_ANSWER: Rule(
        "R64", TABLE, INVITED, frozenset({"convened"}),
        (
            C.OWN, C.CLEARANCE_VALID, C.RECORDING_BASIS, C.CARE_RELATION, C.WINDOW_OPEN, C.NOT_LOCKED, C.RELEVANT,
            C.NOTHING_CLASSIFIED, C.ORIGIN_ADMITTED, C.CATEGORY_REASON,
        ),
    ),
    A.CONTRIBUTION_REQUEST_WITHDRAW: Rule(
        "R64", TABLE, INVITED, frozenset({"convened"}), (C.OWN, C.CLEARANCE_VALID, C.WINDOW_OPEN, C.NOT_LOCKED),
    ),
    A.CONTRIBUTION_REQUEST_OPEN: Rule(
        "R18", MINUTE_TAKERS, ATTENDING, frozenset({"inSession"}), (C.RECORDING_BASIS, C.NOT_LOCKED),
    ),
    A.CONTRIBUTION_BOARD_READ: Rule("R24", DESK, FILE, _ON_AGENDA, (C.NOT_LOCKED,)),
    # That a colleague was briefed, with date and case: it gives the colleague no sight of anything (R18).
    A.BRIEFING_RECORD: Rule(
        "R36", TABLE, INVITED, _ON_AGENDA,
        (C.OWN, C.CLEARANCE_VALID, C.WINDOW_OPEN, C.NOT_LOCKED, C.BRIEFING_KNOWN, C.WAS_PRESENT, C.HANDLER_BOUND),
    ),
    A.BRIEFING_LIST: Rule(
        "R36", TABLE, INVITED, _ON_AGENDA,
        (C.OWN, C.CLEARANCE_VALID, C.WINDOW_OPEN, C.NOT_LOCKED, C.BRIEFING_KNOWN),
    ),
    A.ATTENDANCE_RECORD: Rule("R62", MINUTE_TAKERS, ATTENDING, _IN_SESSION, (C.ON_THE_LIST,)),
    # What the police bring about and take along. A card: that it was mentioned, and no word of it (R57).
    A.CARD_MENTION_RECORD: Rule("R57", POLICE, ATTENDING, _IN_SESSION, (C.CLEARANCE_VALID, C.CARD_NOTED, C.NOT_LOCKED)),
    # By who was recorded present, for a month after the sitting. From asking on nobody changes the text; those asked read
    # it until the day by which to answer, and only while it can come to an issue.
    A.FEEDBACK_SHEET_DRAFT: Rule(
        "R78", POLICE, ATTENDING, OPEN_CASE,
        (C.CLEARANCE_VALID, C.WINDOW_OPEN, C.NOTHING_CLASSIFIED, C.NO_SECRETS, C.NOT_LOCKED),
    ),
    A.FEEDBACK_SHEET_ASK_CONSENSUS: Rule(
        "R79", POLICE, PART, sources(A.FEEDBACK_SHEET_ASK_CONSENSUS),
        (C.OWN, C.CLEARANCE_VALID, C.STILL_LISTED, C.NOT_LOCKED, C.WINDOW_OPEN, C.OTHERS_PRESENT),
    ),
    A.FEEDBACK_SHEET_AGREE: Rule(
        "R79", TABLE, PART, sources(A.FEEDBACK_SHEET_AGREE),
        (C.CLEARANCE_VALID, C.STILL_LISTED, C.NOT_LOCKED, C.WINDOW_OPEN),
    ),
    A.FEEDBACK_SHEET_READ: Rule("R79", TABLE, PART, conditions=(C.CLEARANCE_VALID, C.NOT_LOCKED, C.WINDOW_OPEN)),
    A.FEEDBACK_SHEET_LIST: Rule("R79", TABLE, PART),
    A.FEEDBACK_SHEET_ISSUE: Rule(
        "R80", POLICE, PART, sources(A.FEEDBACK_SHEET_ISSUE),
        (
            C.OWN, C.CLEARANCE_VALID, C.STILL_LISTED, C.NOT_LOCKED, C.WINDOW_OPEN, C.CONSENSUS, C.RECIPIENT_COMPETENT,
            C.RECENTLY_CONFIRMED,
        ),
    ),
    A.FEEDBACK_SHEET_FETCH: Rule(
        "R83", POLICE, PART, frozenset({"issued"}),
        (C.OWN, C.CLEARANCE_VALID, C.NOT_LOCKED, C.WINDOW_OPEN, C.RECENTLY_CONFIRMED),
    ),
    A.TRANSMISSION_RECORD: Rule(
        "R105", DESK | POLICE, PART, READABLE_CASE, (C.CLEARANCE_VALID, C.HAND_OVER_GROUND, C.NOT_LOCKED),
    ),
    A.TRANSMISSION_LIST: Rule("R105", DESK | OVERSIGHT, PART),
    # What a service of the French Community says of its framework: its own, or for it by who holds the meeting.
    A.FRAMEWORK_LIST: Rule("R38", TABLE, INVITED),
    A.FRAMEWORK_STATE: Rule("R38", TABLE, INVITED, _IN_SESSION, (C.OWN,)),
    A.MINUTES_DRAFT: Rule("R66", WRITERS, ATTENDING, frozenset({"draft"}), (C.NOT_LOCKED, C.USE_CONDITIONS)),
    A.MINUTES_SUBMIT: Rule("R67", WRITERS, ATTENDING, sources(A.MINUTES_SUBMIT), (C.USE_CONDITIONS,)),
    A.MINUTES_REMARK: Rule("R67", TABLE, ATTENDING, frozenset({"submitted"}), (C.CLEARANCE_VALID, C.WINDOW_OPEN)),
    A.MINUTES_ASSENT: Rule("R67", TABLE, ATTENDING, frozenset({"submitted"}), (C.CLEARANCE_VALID, C.WINDOW_OPEN)),
    A.MINUTES_REVISE: Rule("R67", WRITERS, ATTENDING, sources(A.MINUTES_REVISE)),
    A.MINUTES_APPROVE: Rule("R67", DESK, PART, sources(A.MINUTES_APPROVE), (C.CHAIRS, C.REMARKS_OVER, C.USE_CONDITIONS)),
    # What the chair approved stays; a correction stands beside it once somebody else than its writer agreed.
    A.MINUTES_CORRECT: Rule("R67", DESK, FILE, frozenset({"approved"}), (C.NOT_LOCKED, C.USE_CONDITIONS)),
    A.MINUTES_DECIDE_CORRECTION: Rule(
        "R67", DESK, FILE, frozenset({"approved"}), (C.DECIDES_CORRECTION, C.NOT_LOCKED, C.USE_CONDITIONS),
    ),
    A.MINUTES_READ: Rule(
        "R68", TABLE, ATTENDING, conditions=(C.CLEARANCE_VALID, C.WINDOW_OPEN, C.ACCESS_REASON, C.NOT_LOCKED),
    ),
    A.MINUTES_PRINT: Rule(
        "R68", TABLE, ATTENDING, frozenset({"approved"}),
        (C.CLEARANCE_VALID, C.DOWNLOAD_ALLOWED, C.OWN_FILE_BASIS),
    ),
    **STRATEGY,
    # the end
    A.RETENTION_LIST: Rule("R90", DESK | {Role.DPO}, PART),
    A.SWEEP_PREVIEW: Rule("R90", ROBOT | {Role.DPO}, PART),
    A.SWEEP_LOOK: Rule("R90", ROBOT, PART),
    A.SWEEP_RUN: Rule("R90", ROBOT | {Role.DPO}, PART),
    A.CERTIFICATE_LIST: Rule("R93", DESK | OVERSIGHT, PART),
    A.CASE_DESTROY: Rule("R86", ROBOT | {Role.DPO}, PART, sources(A.CASE_DESTROY) | BEGUN, (C.TERM_OVER,)),
    A.CASE_PURGE: Rule("R92", ROBOT | {Role.DPO}, PART, frozenset({"received"})),
    A.HAND_OVER_LAPSE: Rule("R84", ROBOT | {Role.DPO}, PART, frozenset({"sent", "withdrawn", "lapsed"}), (C.LAPSED,)),
    A.REGISTRATION_ERASE: Rule("R46", ROBOT | {Role.DPO}, PART, sources(A.REGISTRATION_ERASE) | BEGUN, (C.TERM_OVER,)),
    A.CONTACT_DESTROY: Rule("R86", ROBOT | {Role.DPO}, PART),
    A.KEY_ROTATE: Rule("R109", ROBOT | ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.WRAPPING_KEY_ROTATE: Rule("R109", ROBOT | ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.BACKUP_MAKE: Rule("R109", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    # oversight
    A.JOURNAL_LIST: Rule("R106", OVERSIGHT, PART),
    A.JOURNAL_EXPORT: Rule("R106", OVERSIGHT, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.CHECKPOINT_LIST: Rule("R106", OVERSIGHT, PART),
    A.ACCESS_EXPLAIN: Rule("R106", ROBOT, PART),
}  # fmt: skip


def decide(actor: Actor, action: A, facts: Facts) -> Decision:  # noqa: PLR0911 — one return an answer
    """Judge one act on one object.

    In: who acts, what, and what is known of the object. Out: a Decision; an action without a row is
    refused. Pure: no clock, no database, no text.
    """
    rule = POLICY.get(action)
    if rule is None:
        return Decision(Outcome.REFUSE, "R14")
    if facts.standing is Standing.EXCLUDED:
        return Decision(Outcome.HIDE, rule.number)
    if _needs_glass(rule, action, actor, facts) and actor.role in BREAKERS and facts.broken_glass is True:
        # Getting there is all that the emergency replaces: every other condition holds as always.
        return replace(_judged(rule, actor, facts, R21), by_glass=True)
    if facts.standing is Standing.NONE and rule.standing > Standing.NONE:
        return Decision(Outcome.HIDE, rule.number)
    if rule.standing > Standing.NONE and actor.role not in rule.roles and not _without_mandate(actor, rule):
        return Decision(Outcome.REFUSE, rule.number)
    if facts.standing < rule.standing:
        return Decision(Outcome.REFUSE, rule.number)
    if actor.role is Role.DELEGATE:
        facts = replace(facts, delegated=within(action, actor.delegation))
    return _judged(rule, actor, facts, rule.number)


def _needs_glass(rule: Rule, action: A, actor: Actor, facts: Facts) -> bool:
    """Tell whether a reading could be reached by break-glass and by nothing else: who may read anyway needs none."""
    reached = actor.role in rule.roles and facts.standing >= rule.standing
    return rule.by_glass and not (
        reached and (actor.role is not Role.DELEGATE or within(action, actor.delegation))
    )


def _judged(rule: Rule, actor: Actor, facts: Facts, number: str) -> Decision:
    """Judge conditions and state for somebody who reaches the object; *number* is the rule of a yes."""
    for condition in (
        rule.conditions if rule.before_access or actor.role is Role.ROBOT else (*ACCESS, *rule.conditions)
    ):
        if not condition.met(actor, facts):
            return Decision(Outcome.CONFLICT, condition.number, condition)
        if condition is ACCESS[-1] and not _state_fits(rule, facts):
            return Decision(Outcome.CONFLICT, rule.number)
    if not _state_fits(rule, facts):
        return Decision(Outcome.CONFLICT, rule.number)
    return Decision(Outcome.ALLOW, number)


def wants_confirmation(action: A) -> bool:
    """Tell whether an act is among the gravest, which want a second factor given within the last minutes."""
    return C.RECENTLY_CONFIRMED in POLICY[action].conditions


def _without_mandate(actor: Actor, rule: Rule) -> bool:
    """Tell whether somebody who signed in, and holds no mandate now, asks for what belongs to getting in and out."""
    return actor.role is None and actor.person_id is not None and rule.before_access


def _state_fits(rule: Rule, facts: Facts) -> bool:
    return rule.states is None or facts.state in rule.states


def abilities(actor: Actor, facts: Facts, *actions: A) -> list[str]:
    """Give those of *actions* that this actor may do now, as codes for a View's `abilities`.

    What asks for a fresh second factor is among them: to confirm is a step on the way, not a right.
    """
    actor = replace(actor, recently_confirmed=True)
    return [a.value for a in actions if decide(actor, a, facts).outcome is Outcome.ALLOW]
