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
from app.rules.lifecycle import OPEN_CASE, READABLE_CASE, sources
from app.rules.roles import (
    BREAKERS,
    DESK,
    EVERYONE,
    GLASS_WATCHERS,
    MAYORAL,
    OVERSIGHT,
    PEOPLE,
    POLICE,
    TABLE,
    Role,
)

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
class Rule:
    """One row of the policy. *states* None: the object's state does not matter."""

    number: str
    roles: frozenset[Role]
    standing: Standing
    states: frozenset[str] | None = None
    conditions: tuple[C, ...] = ()
    before_access: bool = False
    """Belongs to getting in: possible before second factor and secrecy undertaking."""
    by_glass: bool = False
    """A reading that an open break-glass leads to, whatever the standing but an exclusion (R21)."""


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
    A.UNDERTAKING_CONFIRM: Rule("R16", EVERYONE, FILE, conditions=(C.SECOND_FACTOR,), before_access=True),
    # directory
    A.AGENCY_CREATE: Rule("R22", ADMINISTRATOR, PART),
    A.AGENCY_IDENTIFY: Rule("R14", ADMINISTRATOR, PART, conditions=(C.RECENTLY_CONFIRMED,)),
    A.AGENCY_LIST: Rule("R22", DESK | ADMINISTRATOR | {Role.SECRETARY}, PART),
    A.PERSON_CREATE: Rule("R14", ADMINISTRATOR, PART),
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
    # constitution
    A.MUNICIPALITY_CREATE: Rule("R113", ADMINISTRATOR, PART),
    A.MUNICIPALITY_LIST: Rule("R1", PEOPLE, PART),
    A.CELL_CREATE: Rule("R1", ADMINISTRATOR, PART),
    A.CELL_LIST: Rule("R1", PEOPLE, PART),
    A.TABLE_CREATE: Rule("R3", ADMINISTRATOR | {Role.COORDINATOR}, PART),
    A.TABLE_LIST: Rule("R3", PEOPLE, PART),
    A.AGREEMENT_ADOPT: Rule("R115", MAYOR, FILE, conditions=(C.RECENTLY_CONFIRMED,)),
    A.AGREEMENT_READ: Rule("R115", PEOPLE, PART),
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
    A.STATEMENT_CREATE: Rule(
        "R51", CONTRIBUTORS, ATTENDING, OPEN_CASE,
        (
            C.CLEARANCE_VALID, C.RECORDING_BASIS, C.RELEVANT, C.NOTHING_CLASSIFIED, C.ORIGIN_ADMITTED, C.CATEGORY_REASON,
            C.NOT_LOCKED,
        ),
    ),
    A.STATEMENT_OPEN: Rule("R52", CONTRIBUTORS, ATTENDING, READABLE_CASE, (C.CLEARANCE_VALID, C.ACCESS_REASON, C.NOT_LOCKED)),
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
    A.TRAJECTORY_START: Rule("R71", DESK, FILE, sources(A.TRAJECTORY_START), (C.NOT_LOCKED,)),
    A.TRAJECTORY_READ: Rule(
        "R72", DESK | {Role.CASE_MANAGER}, PART, READABLE_CASE, (C.CLEARANCE_VALID, C.ACCESS_REASON, C.NOT_LOCKED),
        by_glass=True,
    ),
    A.ACTION_ASSIGN: Rule("R72", DESK | {Role.CASE_MANAGER}, PART, frozenset({"inTrajectory"}), (C.NOT_LOCKED,)),
    A.ACTION_LIST: Rule("R73", TABLE, PART),
    A.ACTION_COMPLETE: Rule("R73", TABLE, PART, sources(A.ACTION_COMPLETE), (C.NOT_LOCKED,)),
    # the consultation
    A.MEETING_PLAN: Rule("R3", DESK, PART),
    A.MEETING_LIST: Rule("R18", TABLE, PART),
    A.MEETING_READ: Rule("R18", TABLE, INVITED, conditions=(C.CLEARANCE_VALID,)),
    A.MEETING_CONVENE: Rule(
        "R24", MAYORAL, FILE, sources(A.MEETING_CONVENE), (C.CONSTITUTION_COMPLETE,),
    ),
    A.MEETING_OPEN: Rule(
        "R11", MINUTE_TAKERS, FILE, sources(A.MEETING_OPEN), (C.CONSTITUTION_COMPLETE, C.CORE_RECORDED),
    ),
    A.MEETING_CLOSE: Rule("R69", MINUTE_TAKERS, FILE, sources(A.MEETING_CLOSE)),
    A.AGENDA_ITEM_ADD: Rule("R61", DESK, FILE, OPEN_CASE, (C.CONSTITUTION_COMPLETE, C.NOT_LOCKED)),
    A.AGENDA_ITEM_READ: Rule(
        "R18", TABLE, INVITED, _ON_AGENDA | {"draft"},
        (C.CLEARANCE_VALID, C.WINDOW_OPEN, C.ACCESS_REASON, C.NOT_LOCKED),
    ),
    A.INVITATION_PREPARE: Rule(
        "R22", DESK, FILE, _MEETING_BEFORE, (C.NOT_LOCKED, C.GROUND_STATED, C.RESIDUAL_REASON, C.LINE_MANAGER),
    ),
    A.INVITATION_SEND: Rule(
        "R24", MAYORAL, FILE, sources(A.INVITATION_SEND),
        (C.NOT_LOCKED, C.GROUND_STATED, C.RESIDUAL_REASON, C.LINE_MANAGER, C.NOTICE_PERIOD),
    ),
    A.INVITATION_LIST: Rule("R31", TABLE, PART),
    A.INVITATION_ANSWER: Rule(
        "R31", TABLE, PART, sources(A.INVITATION_ANSWER), (C.OWN, C.CLEARANCE_VALID, C.REFUSAL_REASON, C.CARE_RELATION),
    ),
    # That a colleague was briefed, with date and case: it gives the colleague no sight of anything (R18).
    A.BRIEFING_RECORD: Rule(
        "R36", TABLE, INVITED, _ON_AGENDA,
        (C.OWN, C.CLEARANCE_VALID, C.WINDOW_OPEN, C.NOT_LOCKED, C.WAS_PRESENT, C.HANDLER_BOUND),
    ),
    A.BRIEFING_LIST: Rule(
        "R36", TABLE, INVITED, _ON_AGENDA, (C.OWN, C.CLEARANCE_VALID, C.WINDOW_OPEN, C.NOT_LOCKED),
    ),
    A.ATTENDANCE_RECORD: Rule("R62", MINUTE_TAKERS, ATTENDING, _IN_SESSION),
    A.MINUTES_DRAFT: Rule("R66", WRITERS, ATTENDING, frozenset({"draft"}), (C.NOT_LOCKED, C.USE_CONDITIONS)),
    A.MINUTES_SUBMIT: Rule("R67", WRITERS, ATTENDING, sources(A.MINUTES_SUBMIT), (C.USE_CONDITIONS,)),
    A.MINUTES_REMARK: Rule("R67", TABLE, ATTENDING, frozenset({"submitted"}), (C.CLEARANCE_VALID, C.WINDOW_OPEN)),
    A.MINUTES_APPROVE: Rule("R67", DESK, PART, sources(A.MINUTES_APPROVE), (C.CHAIRS, C.USE_CONDITIONS)),
    A.MINUTES_READ: Rule(
        "R68", TABLE, ATTENDING, conditions=(C.CLEARANCE_VALID, C.WINDOW_OPEN, C.ACCESS_REASON, C.NOT_LOCKED),
    ),
    # the end
    A.RETENTION_LIST: Rule("R90", DESK | {Role.DPO}, PART),
    A.SWEEP_PREVIEW: Rule("R90", ROBOT | {Role.DPO}, PART),
    A.SWEEP_RUN: Rule("R90", ROBOT | {Role.DPO}, PART),
    A.CERTIFICATE_LIST: Rule("R93", DESK | OVERSIGHT, PART),
    A.CASE_DESTROY: Rule("R86", ROBOT | {Role.DPO}, PART, sources(A.CASE_DESTROY) | BEGUN, (C.TERM_OVER,)),
    A.REGISTRATION_ERASE: Rule("R46", ROBOT | {Role.DPO}, PART, sources(A.REGISTRATION_ERASE) | BEGUN, (C.TERM_OVER,)),
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
