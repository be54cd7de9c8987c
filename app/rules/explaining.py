"""Why somebody may do something, or not: `decide`, told step by step.

For whoever has to account for an access, or for a refusal: every step of the judgement with its rule, also those
after the first that fails. Nothing is judged here; the answer is `decide`'s own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from app.rules.actions import Action
from app.rules.conditions import Condition as C  # noqa: N817 — a column of the table
from app.rules.delegation import within
from app.rules.facts import NEVER, Actor, Facts, Standing
from app.rules.policy import ACCESS, POLICY, R21, Decision, decide
from app.rules.roles import Role

ASKED_OF_THE_REQUEST = frozenset(
    {
        C.ACCESS_REASON, C.RELEVANT, C.NOTHING_CLASSIFIED, C.ORIGIN_ADMITTED, C.ATTACHABLE_ORIGIN, C.CATEGORY_REASON, C.OWN_WORDS,
        C.GROUND_STATED, C.RESIDUAL_REASON, C.NOTICE_PERIOD, C.LINE_MANAGER, C.REFUSAL_REASON, C.CARE_RELATION, C.AGE_GATE,
        C.NOMINEE_FITS,
        C.DISCUSSED, C.OWN, C.CHAIRS, C.DECIDES_CORRECTION, C.WAS_PRESENT, C.HANDLER_BOUND, C.DOWNLOAD_ALLOWED, C.BY_ANOTHER,
        C.REVIEWED_BY_ANOTHER, C.USE_CONDITIONS, C.BREAK_GLASS_ON, C.WATCHERS_TOLD, C.NOT_ABOUT_ONESELF, C.OTHER_HALF,
        C.RECENTLY_CONFIRMED, C.CHAIR_MANDATED, C.DAY_COME, C.CHILD_REASON,
        C.CONSTITUTION_COMPLETE, C.AGREEMENT_WHOLE, C.EVERY_MAYOR_SIGNED,
        C.UNSIGNED, C.TABLE_AGREED, C.NUMBER_GROUND, C.RECORDING_BASIS, C.CORE_RECORDED,
        C.LISTING_AUTHORITY, C.NOBODY_NAMED,
        C.CARD_NOTED, C.STILL_LISTED, C.ON_THE_LIST, C.NO_SECRETS, C.OTHERS_PRESENT, C.CONSENSUS, C.RECIPIENT_COMPETENT,
        C.MOVED, C.WITHIN_YEAR, C.RECEIVER_MAY_RECORD, C.LAPSED,
        C.REVIEW_MISSED, C.CLOSURE_ASKED, C.NOTHING_LEFT_OFF, C.HAND_OVER_GROUND,
        C.NOTICE_AGREED, C.OWN_FILE_BASIS, C.BRIEFING_KNOWN, C.REMARKS_OVER,
        C.BALANCED, C.ASSESSOR_TRAINED,
        C.OBJECTIVE_GROUND, C.PREVENTION_LINK, C.EXTENSION_LIMIT, C.EXTENSION_IN_TIME,
    }
)  # fmt: skip
"""Conditions that depend on what the request says, or on more than this person and this case."""

_WHOSE = {C.OWN: True, C.CHAIRS: True, C.DECIDES_CORRECTION: True, C.NOT_ABOUT_ONESELF: False}
"""Of these the ones that are known where the caller knows whose the object is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the judgement. *met* None: only the request itself can tell."""

    name: str
    number: str
    met: bool | None


def explain(actor: Actor, action: Action, facts: Facts) -> tuple[Decision, list[Step]]:
    """Judge as `decide` would if the request itself were in order, and say how each question was answered.

    In: who acts, what, what is known of the object. Out: the decision, and the steps in the order in which they are
    asked. An action without a row in the policy is refused, without steps.
    """
    rule = POLICY.get(action)
    whose = [_WHOSE[c] for c in rule.conditions if c in _WHOSE] if rule and facts.own is None else []
    in_order = _as_if_in_order(replace(facts, own=whose[0]) if whose else facts)
    decision = decide(replace(actor, recently_confirmed=True), action, in_order)
    if rule is None:
        return decision, []
    if actor.role is Role.DELEGATE:
        facts = replace(facts, delegated=within(action, actor.delegation))
    open_to_all = rule.standing is Standing.NONE
    steps = [
        Step("notExcluded", "R14", facts.standing is not Standing.EXCLUDED),
    ]
    if decision.by_glass:  # role and standing are what the emergency replaces
        steps.append(Step("breakGlass", R21, met=True))
    else:
        steps += [
            Step("role", rule.number, open_to_all or actor.role in rule.roles),
            Step("standing", rule.number, facts.standing >= rule.standing),
        ]
    if rule.states is not None:
        steps.append(Step("state", rule.number, facts.state in rule.states))
    access = () if rule.before_access or actor.role is Role.ROBOT else ACCESS
    for condition in (*access, *rule.conditions):
        asked = condition in ASKED_OF_THE_REQUEST and not (condition in _WHOSE and facts.own is not None)
        steps.append(Step(condition.name, condition.number, None if asked else condition.met(actor, facts)))
    return decision, steps


def _as_if_in_order(facts: Facts) -> Facts:
    """Give the facts under which every condition asked of the request is met."""
    return replace(
        facts,
        access_reason=True,
        proportionate=True,
        balanced=True,
        assessor_trained=True,
        no_classified=True,
        origin_admitted=True,
        attachable_origin=True,
        category_reason=True,
        own_words=True,
        ground_stated=True,
        residual_reason=True,
        notice_days=0,
        notice_required=0,
        notice_agreed=0,
        line_manager_addressed=True,
        nominee_fits=True,
        child_reason=True,
        refusal_reason=True,
        care_relation=True,
        was_present=True,
        handler_bound=True,
        briefing_known=True,
        download_allowed=True,
        own_file_basis=True,
        age=18,
        discussed=True,
        constitution_complete=True,
        agreement_whole=True,
        signed_by_nobody=True,
        table_agreed=True,
        every_mayor_signed=True,
        recording_basis=True,
        number_ground=True,
        counterpart=True,
        core_recorded=True,
        chair_mandated=True,
        day_come=True,
        listing_by_delegate=True,
        use_conditions_kept=True,
        nobody_named=True,
        remarks_over=True,
        break_glass_on=True,
        watchers_told=True,
        proposed_by_actor=False,
        card_noted=True,
        still_listed=True,
        no_secrets=True,
        others_present=True,
        everybody_agreed=True,
        recipient_competent=True,
        ground_to_hand_over=True,
        moved=True,
        within_year=True,
        receiver_may_record=True,
        lapsed=True,
        review_missed=True,
        closure_asked=True,
        nothing_left_off=True,
        objective_ground=True,
        linked_to_prevention=True,
        term_ends_on=NEVER - timedelta(days=1),
        extension_until=NEVER,
        extension_limit=NEVER,
    )
