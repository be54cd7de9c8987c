"""Each condition by itself: met, not met, and not known, which counts as not met."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.constitution.reference import load_legal_references, load_rules
from app.rules.conditions import BEGUN, Condition
from app.rules.facts import Actor, Facts
from app.rules.roles import POLICE, Role

C = Condition
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NOTHING = Facts()
PRESENT = Facts(now=NOW, today=TODAY)


def a(role: Role | None = Role.PARTICIPANT, **known: object) -> Actor:
    return Actor(role=role, **known)


def f(**known: object) -> Facts:
    return replace(PRESENT, **known)


# condition -> met, not met; each a list of (actor, facts). Where the facts say nothing is tested below.
CASES: dict[C, tuple[list[tuple[Actor, Facts]], list[tuple[Actor, Facts]]]] = {
    C.SECOND_FACTOR: ([(a(second_factor=True), PRESENT)], [(a(second_factor=False), PRESENT)]),
    C.UNDERTAKING_CONFIRMED: (
        [(a(undertaking_until=TODAY), PRESENT), (a(undertaking_until=TOMORROW), PRESENT)],
        [(a(undertaking_until=YESTERDAY), PRESENT), (a(undertaking_until=TOMORROW), NOTHING)],
    ),
    C.DELEGATION_IN_SCOPE: (
        [(a(Role.DELEGATE), f(delegated=True)), (a(Role.MAYOR), PRESENT)],
        [(a(Role.DELEGATE, delegation=frozenset({"list"})), f(delegated=False))],
    ),
    C.CLEARANCE_VALID: (
        [(a(role, clearance_until=TODAY), PRESENT) for role in POLICE] + [(a(Role.PARTICIPANT), NOTHING)],
        [(a(role, clearance_until=YESTERDAY), PRESENT) for role in POLICE]
        + [(a(Role.POLICE_MEMBER, clearance_until=TODAY), NOTHING)],
    ),
    C.CONSTITUTION_COMPLETE: ([(a(), f(constitution_complete=True))], [(a(), f(constitution_complete=False))]),
    C.AGREEMENT_WHOLE: ([(a(), f(agreement_whole=True))], [(a(), f(agreement_whole=False))]),
    C.TABLE_AGREED: ([(a(), f(table_agreed=True))], [(a(), f(table_agreed=False))]),
    C.UNSIGNED: (
        [(a(), f(signed_by_nobody=True)), (a(role=Role.MAYOR), f(signed_by_nobody=False))],
        [(a(), f(signed_by_nobody=False)), (a(), f())],
    ),
    C.EVERY_MAYOR_SIGNED: ([(a(), f(every_mayor_signed=True))], [(a(), f(every_mayor_signed=False))]),
    C.RECORDING_BASIS: ([(a(), f(recording_basis=True))], [(a(), f(recording_basis=False))]),
    C.NUMBER_GROUND: ([(a(), f(number_ground=True))], [(a(), f(number_ground=False))]),
    C.WITHIN_YEAR: ([(a(), f(within_year=True))], [(a(), f(within_year=False))]),
    C.MOVED: ([(a(), f(moved=True))], [(a(), f(moved=False))]),
    C.RECEIVER_MAY_RECORD: ([(a(), f(receiver_may_record=True))], [(a(), f(receiver_may_record=False))]),
    C.LAPSED: ([(a(), f(lapsed=True))], [(a(), f(lapsed=False))]),
    C.REVIEW_MISSED: ([(a(), f(review_missed=True))], [(a(), f(review_missed=False))]),
    C.CLOSURE_ASKED: ([(a(), f(closure_asked=True))], [(a(), f(closure_asked=False))]),
    C.NOTHING_LEFT_OFF: ([(a(), f(nothing_left_off=True))], [(a(), f(nothing_left_off=False))]),
    C.NOBODY_NAMED: ([(a(), f(nobody_named=True))], [(a(), f(nobody_named=False))]),
    C.CHAIR_MANDATED: ([(a(), f(chair_mandated=True))], [(a(), f(chair_mandated=False))]),
    C.DAY_COME: ([(a(), f(day_come=True))], [(a(), f(day_come=False))]),
    C.BY_MAYOR: (
        [(a(Role.MAYOR), f(state="convened")), (a(Role.DELEGATE), f(state="convened")), (a(Role.COORDINATOR), f(state="draft"))],
        [(a(Role.COORDINATOR), f(state="convened")), (a(Role.COORDINATOR), NOTHING)],
    ),
    C.CORE_RECORDED: ([(a(), f(core_recorded=True))], [(a(), f(core_recorded=False))]),
    C.RECEIVED_BY_MAYOR: (
        [
            (a(Role.COORDINATOR), f(state="inScreening")),
            (a(Role.COORDINATOR), f(state="received", own=True)),
            (a(Role.MAYOR), f(state="received")),
        ],
        [(a(Role.COORDINATOR), f(state="received", own=False))],
    ),
    C.LISTING_AUTHORITY: (
        [(a(Role.MAYOR), NOTHING), (a(Role.DELEGATE), f(listing_by_delegate=True))],
        [(a(Role.DELEGATE), f(listing_by_delegate=False)), (a(Role.COORDINATOR), f(listing_by_delegate=True))],
    ),
    C.AGE_GATE: (
        [
            (a(), f(age=18)),
            (a(), f(age_known=False, presumed_adult=True)),
            (a(Role.MAYOR), f(age_known=False, best_interest_note=True, exceptional_reasons=True)),
            (a(), f(age=17, best_interest_note=True)),
            (a(), f(age=12, best_interest_note=True)),
            (a(Role.MAYOR), f(age=11, best_interest_note=True, exceptional_reasons=True)),
        ],
        [
            (a(Role.MAYOR), f(age_known=False, best_interest_note=True)),
            (a(Role.MAYOR), f(age=11, exceptional_reasons=True)),
            (a(Role.DELEGATE), f(age=11, best_interest_note=True, exceptional_reasons=True)),
            (a(), f(age=17)),
            (a(), f(age=17, exceptional_reasons=True)),
            (a(), f(age=11)),
            (a(), f(age=11, best_interest_note=True)),
            (a(), f(age_known=True)),
            (a(), f(age_known=False)),
            (a(), f(age_known=False, exceptional_reasons=True)),
            (a(), f(age=17, presumed_adult=True)),
            (a(), f(presumed_adult=True)),
        ],
    ),
    C.GROUND_STATED: ([(a(), f(ground_stated=True))], [(a(), f(ground_stated=False))]),
    C.RESIDUAL_REASON: ([(a(), f(residual_reason=True))], [(a(), f(residual_reason=False))]),
    C.NOTICE_PERIOD: (
        [
            (a(), f(notice_required=14, notice_days=14)),
            (a(), f(notice_required=14, notice_days=13, urgency_reason=True)),
            (a(), f(notice_required=0, notice_days=0)),
        ],
        [
            (a(), f(notice_required=14, notice_days=13)),
            (a(), f(notice_required=14, notice_days=13, urgency_reason=False)),
            (a(), f(notice_days=20)),
            (a(), f(notice_required=0)),
        ],
    ),
    C.NOTICE_AGREED: (
        [
            (a(), f(notice_agreed=7, notice_days=7)),
            (a(), f(notice_agreed=7, notice_days=6, urgency_reason=True)),
            (a(), f(notice_agreed=0, notice_days=0)),
        ],
        [
            (a(), f(notice_agreed=7, notice_days=6)),
            (a(), f(notice_days=20, notice_required=14)),
            (a(), f(notice_agreed=0)),
        ],
    ),
    C.CHILD_REASON: ([(a(), f(child_reason=True))], [(a(), f(child_reason=False))]),
    C.LINE_MANAGER: ([(a(), f(line_manager_addressed=True))], [(a(), f(line_manager_addressed=False))]),
    C.REFUSAL_REASON: ([(a(), f(refusal_reason=True))], [(a(), f(refusal_reason=False))]),
    C.CARE_RELATION: ([(a(), f(care_relation=True))], [(a(), f(care_relation=False))]),
    C.WAS_PRESENT: ([(a(), f(was_present=True))], [(a(), f(was_present=False))]),
    C.BRIEFING_KNOWN: ([(a(), f(briefing_known=True))], [(a(), f(briefing_known=False)), (a(), NOTHING)]),
    C.NOMINEE_FITS: ([(a(), f(nominee_fits=True))], [(a(), f(nominee_fits=False)), (a(), NOTHING)]),
    C.HANDLER_BOUND: ([(a(), f(handler_bound=True))], [(a(), f(handler_bound=False))]),
    C.BY_ANOTHER: ([(a(), f(proposed_by_actor=False))], [(a(), f(proposed_by_actor=True))]),
    C.OWN_WORDS: ([(a(), f(own_words=True))], [(a(), f(own_words=False)), (a(), NOTHING)]),
    C.OWN_FILE_BASIS: ([(a(), f(own_file_basis=True))], [(a(), f(own_file_basis=False))]),
    C.DOWNLOAD_ALLOWED: ([(a(), f(download_allowed=True))], [(a(), f(download_allowed=False))]),
    C.CARD_NOTED: ([(a(), f(card_noted=True))], [(a(), f(card_noted=False))]),
    C.ON_THE_LIST: ([(a(), f(still_listed=True))], [(a(), f(still_listed=False)), (a(), NOTHING)]),
    C.STILL_LISTED: ([(a(), f(still_listed=True))], [(a(), f(still_listed=False))]),
    C.NO_SECRETS: ([(a(), f(no_secrets=True))], [(a(), f(no_secrets=False))]),
    C.OTHERS_PRESENT: ([(a(), f(others_present=True))], [(a(), f(others_present=False))]),
    C.CONSENSUS: ([(a(), f(everybody_agreed=True))], [(a(), f(everybody_agreed=False))]),
    C.RECIPIENT_COMPETENT: ([(a(), f(recipient_competent=True))], [(a(), f(recipient_competent=False))]),
    C.HAND_OVER_GROUND: ([(a(), f(ground_to_hand_over=True))], [(a(), f(ground_to_hand_over=False))]),
    C.WINDOW_OPEN: (
        [(a(), f(window_until=NOW)), (a(), f(window_until=NOW + timedelta(seconds=1)))],
        [(a(), f(window_until=NOW - timedelta(seconds=1))), (a(), Facts(window_until=NOW))],
    ),
    C.ACCESS_REASON: ([(a(), f(access_reason=True))], [(a(), f(access_reason=False))]),
    C.NOT_LOCKED: (
        [(a(), f(locks_on=TOMORROW))],
        [(a(), f(locks_on=TODAY)), (a(), f(locks_on=YESTERDAY)), (a(), Facts(locks_on=TOMORROW))],
    ),
    C.WITHIN_TERM: (
        [(a(), f(due_on=TOMORROW))],
        [(a(), f(due_on=TODAY)), (a(), f(due_on=YESTERDAY)), (a(), Facts(due_on=TOMORROW))],
    ),
    C.TERM_OVER: (
        [(a(), f(due_on=TODAY)), (a(), f(due_on=YESTERDAY)), *((a(), f(due_on=TOMORROW, state=s)) for s in BEGUN)],
        [(a(), f(due_on=TOMORROW)), (a(), Facts(due_on=TODAY)), (a(), f(state="closed"))],
    ),
    C.BREAK_GLASS_ON: ([(a(), f(break_glass_on=True))], [(a(), f(break_glass_on=False))]),
    C.WATCHERS_TOLD: ([(a(), f(watchers_told=True))], [(a(), f(watchers_told=False))]),
    C.REVIEWED_BY_ANOTHER: ([(a(), f(proposed_by_actor=False))], [(a(), f(proposed_by_actor=True))]),
    C.DECIDES_CORRECTION: (
        [(a(), f(own=True, proposed_by_actor=False))],
        [
            (a(), f(own=True, proposed_by_actor=True)),
            (a(), f(own=False, proposed_by_actor=False)),
            (a(), f(own=True)),
            (a(), f(proposed_by_actor=False)),
        ],
    ),
    C.NEW_CHAIR_BY_MAYOR: (
        [(a(Role.MAYOR), f(state="closed")), (a(Role.DELEGATE), f(state="closed")), (a(Role.COORDINATOR), f(state="draft"))],
        [(a(Role.COORDINATOR), f(state="closed"))],
    ),
    C.USE_CONDITIONS: ([(a(), f(use_conditions_kept=True))], [(a(), f(use_conditions_kept=False))]),
    C.RELEVANT: ([(a(), f(proportionate=True))], [(a(), f(proportionate=False))]),
    C.BALANCED: ([(a(), f(balanced=True))], [(a(), f(balanced=False)), (a(), f())]),
    C.ASSESSOR_TRAINED: ([(a(), f(assessor_trained=True))], [(a(), f(assessor_trained=False)), (a(), f())]),
    C.NOTHING_CLASSIFIED: ([(a(), f(no_classified=True))], [(a(), f(no_classified=False))]),
    C.ORIGIN_ADMITTED: ([(a(), f(origin_admitted=True))], [(a(), f(origin_admitted=False))]),
    C.ATTACHABLE_ORIGIN: ([(a(), f(attachable_origin=True))], [(a(), f(attachable_origin=False))]),
    C.CATEGORY_REASON: ([(a(), f(category_reason=True))], [(a(), f(category_reason=False))]),
    C.DISCUSSED: (
        [(a(), f(discussed=True)), (a(), f(discussed=False, struck_off=True))],
        [(a(), f(discussed=False)), (a(), f(struck_off=False))],
    ),
    C.OBJECTIVE_GROUND: ([(a(), f(objective_ground=True))], [(a(), f(objective_ground=False))]),
    C.PREVENTION_LINK: ([(a(), f(linked_to_prevention=True))], [(a(), f(linked_to_prevention=False))]),
    C.EXTENSION_LIMIT: (
        [
            (a(), f(term_ends_on=date(2027, 3, 2), extension_until=date(2027, 3, 3), extension_limit=date(2031, 3, 2))),
            (a(), f(term_ends_on=date(2027, 3, 2), extension_until=date(2031, 3, 2), extension_limit=date(2031, 3, 2))),
        ],
        [
            (a(), f(term_ends_on=date(2027, 3, 2), extension_until=date(2031, 3, 3), extension_limit=date(2031, 3, 2))),
            (a(), f(term_ends_on=date(2027, 3, 2), extension_until=date(2027, 3, 2), extension_limit=date(2031, 3, 2))),
            (a(), f(term_ends_on=date(2027, 3, 2), extension_until=date(2028, 3, 2))),
            (a(), f(term_ends_on=date(2027, 3, 2), extension_limit=date(2031, 3, 2))),
            (a(), f(extension_until=date(2028, 3, 2), extension_limit=date(2031, 3, 2))),
        ],
    ),
    C.EXTENSION_IN_TIME: (
        [(a(), f(term_ends_on=TOMORROW))],
        [(a(), f(term_ends_on=TODAY)), (a(), f(term_ends_on=YESTERDAY)), (a(), f(due_on=TOMORROW))],
    ),
    C.NOT_ABOUT_ONESELF: ([(a(), f(own=False))], [(a(), f(own=True))]),
    C.OTHER_HALF: ([(a(), f(counterpart=True))], [(a(), f(counterpart=False))]),
    C.RECENTLY_CONFIRMED: ([(a(recently_confirmed=True), NOTHING)], [(a(second_factor=True), PRESENT)]),
    C.REMARKS_OVER: ([(a(), f(remarks_over=True))], [(a(), f(remarks_over=False)), (a(), f())]),
    C.CHAIRS: ([(a(), f(own=True))], [(a(), f(own=False))]),
    C.OWN: ([(a(), f(own=True))], [(a(), f(own=False))]),
}  # fmt: skip

ASKS_ONLY: dict[C, Role] = {
    C.DELEGATION_IN_SCOPE: Role.DELEGATE,
    C.CLEARANCE_VALID: Role.POLICE_MEMBER,
    C.RECEIVED_BY_MAYOR: Role.COORDINATOR,
    C.LISTING_AUTHORITY: Role.DELEGATE,
}
"""Conditions that one role has to meet; for others there is nothing to know."""


def test_every_condition_is_tested_here():
    assert set(CASES) == set(C)


@pytest.mark.parametrize("condition", C)
def test_a_condition_holds_where_it_is_met(condition):
    for actor, facts in CASES[condition][0]:
        assert condition.met(actor, facts), (actor.role, facts)


@pytest.mark.parametrize("condition", C)
def test_a_condition_stops_where_it_is_not_met(condition):
    for actor, facts in CASES[condition][1]:
        assert not condition.met(actor, facts), (actor.role, facts)


@pytest.mark.parametrize("condition", sorted(C, key=lambda c: c.name))
def test_what_nobody_derived_counts_as_not_met(condition):
    actor = a(ASKS_ONLY.get(condition, Role.PARTICIPANT))
    assert not condition.met(actor, PRESENT)
    assert not condition.met(actor, NOTHING)


@pytest.mark.parametrize("condition", C)
def test_a_condition_stands_on_a_rule_and_a_legal_reference_that_exist(condition):
    rule = load_rules()[int(condition.number.removeprefix("R"))]
    legal = condition.value.legal
    assert legal in load_legal_references() or not (legal or condition.value.law)
    assert legal in rule.legal or not rule.legal, (legal, rule.legal)
    assert condition.value.law == (rule.tag == "LAW")
