"""The routes of the strategic and tactical table, one line each, as in `table`."""

from __future__ import annotations

from datetime import timedelta

from app.rules.actions import Action as A  # noqa: N817 — a column of the table

from .line import Line, soon

TOPIC = {"kind": "trend", "title": "Verzonnen", "text": "Verzonnen.", "namesNobody": True}
PLAN = {
    "title": "Verzonnen",
    "text": "Verzonnen.",
    "startsOn": "2026-01-01",
    "endsOn": "2027-12-31",
    "namesNobody": True,
}
GOAL = {"title": "Verzonnen", "text": "Verzonnen.", "namesNobody": True}
MEASURE = {"title": "Verzonnen", "dueOn": "2026-09-01", "namesNobody": True}

STRATEGY_JSON: dict[str, Line] = {
    # the strategic and tactical table
    "create_topic": Line("once", lambda k: k.own_cell(A.TOPIC_CREATE, nobody_named=True), lambda k: TOPIC),
    "list_topic": Line("once", lambda k: k.own_cell(A.TOPIC_LIST), query=lambda k: {"state": "all"}),
    "read_topic": Line("policy", lambda k: k.on_topic(A.TOPIC_READ)),
    "change_topic": Line("policy", lambda k: k.on_topic(A.TOPIC_CHANGE), lambda k: TOPIC),
    "close_topic": Line("policy", lambda k: k.on_topic(A.TOPIC_CLOSE), lambda k: {"outcome": "treated"}),
    "plan_policy_meeting": Line("policy", lambda k: k.on_policy_table(A.POLICY_MEETING_PLAN), lambda k: {
        "tableId": k.policy_table, "startsAt": (k.now + timedelta(days=9)).isoformat(),
        "endsAt": (k.now + timedelta(days=9, hours=2)).isoformat(), "place": "Raadzaal", "chairId": k.person("coordinator")}),
    "list_policy_meeting": Line("once", lambda k: k.own_cell(A.POLICY_MEETING_LIST), query=lambda k: {"when": "all"}),
    "read_policy_meeting": Line("policy", lambda k: k.on_policy_meeting(A.POLICY_MEETING_READ)),
    "convene_policy_meeting": Line("policy", lambda k: k.on_policy_meeting(A.POLICY_MEETING_CONVENE)),
    "move_policy_meeting": Line("policy", lambda k: k.on_policy_meeting(A.POLICY_MEETING_MOVE), lambda k: {
        "startsAt": (k.now + timedelta(days=9)).isoformat(), "endsAt": (k.now + timedelta(days=9, hours=2)).isoformat(),
        "reason": "otherReason"}),
    "cancel_policy_meeting": Line("policy", lambda k: k.on_policy_meeting(A.POLICY_MEETING_CANCEL), lambda k: {
        "reason": "otherReason"}),
    "print_policy_meeting": Line("policy", lambda k: [*k.on_policy_meeting(A.POLICY_MEETING_READ),
        *k.on_policy_meeting(A.POLICY_MEETING_PRINT)]),
    "open_policy_meeting": Line("policy", lambda k: k.on_policy_meeting(A.POLICY_MEETING_OPEN)),
    "close_policy_meeting": Line("policy", lambda k: k.on_policy_meeting(A.POLICY_MEETING_CLOSE)),
    "attend_policy_meeting": Line("policy", lambda k: k.on_policy_meeting(A.POLICY_MEETING_ATTEND), lambda k: {
        "personId": k.person("strategicMember")}),
    "add_agenda_topic": Line("policy", lambda k: k.on_policy_meeting(A.AGENDA_TOPIC_ADD), lambda k: {
        "policyMeetingId": k.id("policyMeetingId"), "topicId": k.waiting_topic}),
    "withdraw_agenda_topic": Line("policy", lambda k: k.on_policy_meeting(A.AGENDA_TOPIC_WITHDRAW)),
    "minute_agenda_topic": Line("policy", lambda k: k.on_policy_meeting(A.AGENDA_TOPIC_MINUTE), lambda k: {
        "notes": "Verzonnen.", "outcome": "treated", "namesNobody": True}),
    "draft_policy_plan": Line("once", lambda k: k.own_cell(A.POLICY_PLAN_DRAFT, nobody_named=True), lambda k: PLAN),
    "list_policy_plan": Line("once", lambda k: k.own_cell(A.POLICY_PLAN_LIST)),
    "read_policy_plan": Line("policy", lambda k: k.on_plan(A.POLICY_PLAN_READ)),
    "change_policy_plan": Line("policy", lambda k: k.on_plan(A.POLICY_PLAN_CHANGE), lambda k: PLAN),
    "adopt_policy_plan": Line("policy", lambda k: k.on_plan(A.POLICY_PLAN_ADOPT)),
    "add_goal": Line("policy", lambda k: k.on_plan(A.GOAL_ADD), lambda k: GOAL | {"policyPlanId": k.id("policyPlanId")}),
    "change_goal": Line("policy", lambda k: k.on_plan(A.GOAL_CHANGE), lambda k: GOAL),
    "add_measure": Line("policy", lambda k: k.on_plan(A.MEASURE_ADD), lambda k: MEASURE | {
        "goalId": k.id("goalId"), "ownerId": k.person("strategicMember")}),
    "list_measure": Line("once", lambda k: k.own_cell(A.MEASURE_LIST)),
    "change_measure": Line("policy", lambda k: k.on_measure(A.MEASURE_CHANGE), lambda k: MEASURE | {
        "ownerId": k.person("strategicMember")}),
    "evaluate_measure": Line("policy", lambda k: k.on_measure(A.MEASURE_EVALUATE), lambda k: {
        "state": "done", "done": "Verzonnen.", "brought": "Verzonnen.", "evaluatedOn": soon(k, 0), "namesNobody": True},
        then=lambda k: k.plan_runs()),
}  # fmt: skip

STRATEGY_PAGES: dict[str, Line] = {
    # the strategic and tactical table
    "/strategy": Line("once", lambda k: k.own_cell(A.TOPIC_LIST)),
    "/strategy/topics/new": Line("once", lambda k: [*k.own_cell(A.TOPIC_LIST), *k.offered(k.own_cell(
        A.TOPIC_CREATE, nobody_named=True))]),
    "/strategy/topics/{topicId}": Line("policy", lambda k: k.on_topic(A.TOPIC_READ)),
    "/strategy/topics/{topicId}/change": Line("policy", lambda k: [*k.on_topic(A.TOPIC_READ), *k.offered(
        k.on_topic(A.TOPIC_CHANGE))]),
    "/strategy/meetings": Line("once", lambda k: k.own_cell(A.POLICY_MEETING_LIST), query=lambda k: {"when": "all"}),
    "/strategy/meetings/new": Line("once", lambda k: [*k.own_cell(A.POLICY_MEETING_LIST), *k.offered(k.own_cell(
        A.POLICY_MEETING_PLAN, nobody_named=True, table_agreed=True)), *k.own_cell(A.TABLE_LIST), *k.own_cell(A.PERSON_LIST)]),
    "/strategy/tables/new": Line("once", lambda k: [*k.own_cell(A.POLICY_MEETING_LIST), *k.offered(k.own_cell(
        A.TABLE_CREATE)), *k.own_cell(A.TABLE_LIST)]),
    "/strategy/meetings/{policyMeetingId}": Line("policy", lambda k: k.on_policy_meeting(A.POLICY_MEETING_READ)),
    "/strategy/meetings/{policyMeetingId}/move": Line("policy", lambda k: [*k.on_policy_meeting(A.POLICY_MEETING_READ),
        *k.offered(k.on_policy_meeting(A.POLICY_MEETING_MOVE))]),
    "/strategy/meetings/{policyMeetingId}/cancel": Line("policy", lambda k: [*k.on_policy_meeting(A.POLICY_MEETING_READ),
        *k.offered(k.on_policy_meeting(A.POLICY_MEETING_CANCEL))]),
    "/strategy/meetings/{policyMeetingId}/document": Line("policy", lambda k: [*k.on_policy_meeting(A.POLICY_MEETING_READ),
        *k.on_policy_meeting(A.POLICY_MEETING_PRINT)]),
    "/strategy/meetings/{policyMeetingId}/topics/new": Line("policy", lambda k: [*k.on_policy_meeting(A.POLICY_MEETING_READ),
        *k.offered(k.on_policy_meeting(A.AGENDA_TOPIC_ADD))]),
    "/strategy/agenda-topics/{agendaTopicId}/minutes": Line("policy", lambda k: [*k.on_policy_meeting(A.POLICY_MEETING_READ),
        *k.offered(k.on_policy_meeting(A.AGENDA_TOPIC_MINUTE))], query=lambda k: {"meeting": k.id("policyMeetingId")}),
    "/strategy/plans": Line("once", lambda k: k.own_cell(A.POLICY_PLAN_LIST)),
    "/strategy/plans/new": Line("once", lambda k: [*k.own_cell(A.POLICY_PLAN_LIST), *k.offered(k.own_cell(
        A.POLICY_PLAN_DRAFT, nobody_named=True))]),
    "/strategy/plans/{policyPlanId}": Line("policy", lambda k: k.on_plan(A.POLICY_PLAN_READ)),
    "/strategy/plans/{policyPlanId}/change": Line("policy", lambda k: [*k.on_plan(A.POLICY_PLAN_READ), *k.offered(
        k.on_plan(A.POLICY_PLAN_CHANGE))]),
    "/strategy/plans/{policyPlanId}/goals/new": Line("policy", lambda k: [*k.on_plan(A.POLICY_PLAN_READ), *k.offered(
        k.on_plan(A.GOAL_ADD))]),
    "/strategy/goals/{goalId}/change": Line("policy", lambda k: [*k.on_plan(A.POLICY_PLAN_READ), *k.offered(
        k.on_plan(A.GOAL_CHANGE))], query=lambda k: {"plan": k.id("policyPlanId")}),
    "/strategy/goals/{goalId}/measures/new": Line("policy", lambda k: [*k.on_plan(A.POLICY_PLAN_READ), *k.offered(
        k.on_plan(A.MEASURE_ADD))], query=lambda k: {"plan": k.id("policyPlanId")}),
    "/strategy/measures/{measureId}/change": Line("policy", lambda k: [*k.on_plan(A.POLICY_PLAN_READ), *k.offered(
        k.on_measure(A.MEASURE_CHANGE))], query=lambda k: {"plan": k.id("policyPlanId")}),
    "/strategy/measures/{measureId}/evaluate": Line("policy", lambda k: [*k.on_plan(A.POLICY_PLAN_READ), *k.offered(
        k.on_measure(A.MEASURE_EVALUATE)), *k.only_if(k.plan_runs() is None)], query=lambda k: {"plan": k.id("policyPlanId")}),
}  # fmt: skip
