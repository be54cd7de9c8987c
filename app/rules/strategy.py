"""Who may do what at the strategic and tactical table: about topics, never about a person (R6)."""

from __future__ import annotations

from app.rules.actions import Action as A  # noqa: N817 — a column of the table
from app.rules.conditions import Condition as C  # noqa: N817 — a column of the table
from app.rules.facts import Standing
from app.rules.lifecycle import sources
from app.rules.roles import DESK, STRATEGISTS, Role
from app.rules.rule import Rule

PART, FILE = Standing.PART, Standing.FILE
MAYOR = frozenset({Role.MAYOR})
_BEFORE = frozenset({"draft", "convened"})
_IN_SESSION = frozenset({"inSession"})
_UNTREATED = frozenset({"open", "parked"})
_UNDONE = frozenset({"planned", "underWay"})

STRATEGY: dict[A, Rule] = {
    A.TOPIC_CREATE: Rule("R6", STRATEGISTS, PART, conditions=(C.NOBODY_NAMED,)),
    A.TOPIC_LIST: Rule("R6", STRATEGISTS, PART),
    A.TOPIC_READ: Rule("R6", STRATEGISTS, PART),
    A.TOPIC_CHANGE: Rule("R6", STRATEGISTS, PART, _UNTREATED | {"onAgenda"}, (C.OWN, C.NOBODY_NAMED)),
    A.TOPIC_CLOSE: Rule("R6", DESK, FILE, sources(A.TOPIC_CLOSE)),
    A.POLICY_MEETING_PLAN: Rule("R3", DESK, PART, conditions=(C.TABLE_AGREED, C.NOBODY_NAMED)),
    A.POLICY_MEETING_LIST: Rule("R6", STRATEGISTS, PART),
    A.POLICY_MEETING_READ: Rule("R6", STRATEGISTS, PART),
    A.POLICY_MEETING_CONVENE: Rule("R3", DESK, FILE, sources(A.POLICY_MEETING_CONVENE)),
    A.POLICY_MEETING_MOVE: Rule("R3", DESK, FILE, _BEFORE, (C.NOBODY_NAMED,)),
    A.POLICY_MEETING_CANCEL: Rule("R3", DESK, FILE, sources(A.POLICY_MEETING_CANCEL)),
    A.POLICY_MEETING_PRINT: Rule("R6", STRATEGISTS, PART),
    A.POLICY_MEETING_OPEN: Rule("R13", DESK, FILE, sources(A.POLICY_MEETING_OPEN)),
    A.POLICY_MEETING_CLOSE: Rule("R13", DESK, FILE, sources(A.POLICY_MEETING_CLOSE)),
    A.POLICY_MEETING_ATTEND: Rule("R114", DESK, FILE, _IN_SESSION),
    A.AGENDA_TOPIC_ADD: Rule("R6", DESK, FILE, _BEFORE),
    A.AGENDA_TOPIC_WITHDRAW: Rule("R6", DESK, FILE, _BEFORE),
    A.AGENDA_TOPIC_MINUTE: Rule("R6", DESK, FILE, _IN_SESSION | {"closed"}, (C.NOBODY_NAMED,)),
    A.POLICY_PLAN_DRAFT: Rule("R6", STRATEGISTS, PART, conditions=(C.NOBODY_NAMED,)),
    A.POLICY_PLAN_LIST: Rule("R6", STRATEGISTS, PART),
    A.POLICY_PLAN_READ: Rule("R6", STRATEGISTS, PART),
    A.POLICY_PLAN_CHANGE: Rule("R6", STRATEGISTS, PART, frozenset({"draft"}), (C.NOBODY_NAMED,)),
    A.POLICY_PLAN_ADOPT: Rule("R1", MAYOR, FILE, sources(A.POLICY_PLAN_ADOPT), (C.RECENTLY_CONFIRMED,)),
    A.GOAL_ADD: Rule("R6", STRATEGISTS, PART, frozenset({"draft"}), (C.NOBODY_NAMED,)),
    A.GOAL_CHANGE: Rule("R6", STRATEGISTS, PART, frozenset({"draft"}), (C.NOBODY_NAMED,)),
    # A plan that runs takes measures in; its goals are what the mayors adopted.
    A.MEASURE_ADD: Rule("R6", STRATEGISTS, PART, frozenset({"draft", "adopted"}), (C.NOBODY_NAMED,)),
    A.MEASURE_CHANGE: Rule("R6", STRATEGISTS, PART, _UNDONE, (C.NOBODY_NAMED,)),
    A.MEASURE_EVALUATE: Rule("R6", STRATEGISTS, PART, sources(A.MEASURE_EVALUATE), (C.OWN, C.NOBODY_NAMED)),
    A.MEASURE_LIST: Rule("R6", STRATEGISTS, PART),
}
"""Rows of the policy."""
