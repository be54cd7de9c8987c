"""The rules of law and policy that an act must meet, each as one named condition with its R-number.

A condition is a pure test on Actor and Facts. What a feature did not derive is None and counts as not met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from app.rules.facts import Actor, Facts
from app.rules.roles import MAYORAL, POLICE, Role

UNDER_TWELVE = 12
_UNTIL_CLOSED = frozenset({"draft", "convened", "inSession"})
ADULT = 18
BEGUN = frozenset({"destroyed", "erased"})
"""States of a file whose destruction was ordered and only has to be finished (R92)."""


@dataclass(frozen=True, slots=True)
class Test:
    """One condition: its R-number, the key of its legal reference, whether it is law, and the test."""

    number: str
    legal: str
    law: bool
    met: Callable[[Actor, Facts], bool]


def _undertaking(actor: Actor, facts: Facts) -> bool:
    return bool(actor.undertaking_until and facts.today and actor.undertaking_until >= facts.today)


def _clearance(actor: Actor, facts: Facts) -> bool:
    if actor.role not in POLICE:
        return True
    return bool(actor.clearance_until and facts.today and actor.clearance_until >= facts.today)


def _window(actor: Actor, facts: Facts) -> bool:
    del actor
    return bool(facts.window_until and facts.now and facts.now <= facts.window_until)


def _notice(actor: Actor, facts: Facts) -> bool:
    del actor
    return _in_time(facts, facts.notice_required)


def _agreed_notice(actor: Actor, facts: Facts) -> bool:
    del actor
    return _in_time(facts, facts.notice_agreed)


def _in_time(facts: Facts, term: int | None) -> bool:
    if term is None or facts.notice_days is None:
        return False
    return facts.notice_days >= term or facts.urgency_reason is True


def _age(actor: Actor, facts: Facts) -> bool:
    child = (
        actor.role is Role.MAYOR and facts.exceptional_reasons is True and facts.best_interest_note is True
    )
    if (
        facts.age_known is False
    ):  # often so with adults, and then the mayor stands for it; else it may be a child
        return facts.presumed_adult is True or child
    if facts.age is None:
        return False
    if facts.age < UNDER_TWELVE:
        return child
    return facts.age >= ADULT or facts.best_interest_note is True


def _listing_authority(actor: Actor, facts: Facts) -> bool:
    return actor.role is Role.MAYOR or (actor.role is Role.DELEGATE and facts.listing_by_delegate is True)


def _received_by_mayor(actor: Actor, facts: Facts) -> bool:
    return actor.role is not Role.COORDINATOR or facts.own is True or facts.state not in {None, "received"}


def _access_reason(actor: Actor, facts: Facts) -> bool:
    del actor
    return facts.access_reason is True


def _not_locked(actor: Actor, facts: Facts) -> bool:
    del actor
    return bool(facts.today and facts.locks_on and facts.today < facts.locks_on)


def _within_term(actor: Actor, facts: Facts) -> bool:
    del actor
    return bool(facts.today and facts.due_on and facts.today < facts.due_on)


def _term_over(actor: Actor, facts: Facts) -> bool:
    del actor
    if facts.state in BEGUN:
        return True  # its keys are gone already: what is left is finished, on whichever day
    return bool(facts.today and facts.due_on and facts.today >= facts.due_on)


def _extension_in_time(actor: Actor, facts: Facts) -> bool:
    del actor
    return bool(facts.today and facts.term_ends_on and facts.today < facts.term_ends_on)


def _extension_limit(actor: Actor, facts: Facts) -> bool:
    del actor
    known = facts.extension_until and facts.extension_limit and facts.term_ends_on
    return bool(known and facts.term_ends_on < facts.extension_until <= facts.extension_limit)  # type: ignore[operator]


def _recently_confirmed(actor: Actor, facts: Facts) -> bool:
    del facts
    return actor.recently_confirmed or actor.role is Role.ROBOT  # a machine has no code to give


def _delegation(actor: Actor, facts: Facts) -> bool:
    return actor.role is not Role.DELEGATE or facts.delegated is True


class Condition(Enum):
    """The conditions. `docs/authorisation.md` prints this table."""

    SECOND_FACTOR = Test("R20", "gdpr.security", law=False, met=lambda a, _: a.second_factor)
    UNDERTAKING_CONFIRMED = Test("R16", "secrecyDuty", law=True, met=_undertaking)
    DELEGATION_IN_SCOPE = Test("R9", "livcrAct.core", law=True, met=_delegation)
    CLEARANCE_VALID = Test("R10", "livcrAct.core", law=True, met=_clearance)
    # Local policy: the law asks that participants, purpose and method are fixed beforehand, not for an agreement.
    CONSTITUTION_COMPLETE = Test("R115", "", law=False, met=lambda _, f: f.constitution_complete is True)
    # Purpose, participants and method are fixed beforehand: an agreement with a gap fixes nothing (art. 458ter).
    AGREEMENT_WHOLE = Test("R115", "caseConsultation", law=False, met=lambda _, f: f.agreement_whole is True)
    # Participants are fixed beforehand: a table that nobody agreed on has no members, no chair and no meeting.
    TABLE_AGREED = Test("R115", "caseConsultation", law=False, met=lambda _, f: f.table_agreed is True)
    # What somebody put a signature under is no longer its writer's alone to throw away.
    UNSIGNED = Test(
        "R115",
        "caseConsultation",
        law=False,
        met=lambda a, f: a.role is Role.MAYOR or f.signed_by_nobody is True,
    )
    EVERY_MAYOR_SIGNED = Test(
        "R1", "livcrAct.jointCell", law=True, met=lambda _, f: f.every_mayor_signed is True
    )
    RECORDING_BASIS = Test(
        "R113", "livcrAct.noProcessing", law=True, met=lambda _, f: f.recording_basis is True
    )
    # The national number may be used only where a law or an authorisation says so; a keyed hash of it is use as well.
    NUMBER_GROUND = Test("R113", "nationalRegister.use", law=True, met=lambda _, f: f.number_ground is True)
    CHAIR_MANDATED = Test("R13", "", law=False, met=lambda _, f: f.chair_mandated is True)
    # The day on which a sitting opens is the day of discussion, from which the term runs: it is the day that was announced.
    DAY_COME = Test("R69", "flemishDecree.retention", law=True, met=lambda _, f: f.day_come is True)
    BY_MAYOR = Test(
        "R24", "livcrAct.invited", law=True, met=lambda a, f: a.role in MAYORAL or f.state == "draft"
    )
    CORE_RECORDED = Test("R11", "livcrAct.core", law=True, met=lambda _, f: f.core_recorded is True)
    RECEIVED_BY_MAYOR = Test("R39", "flemishDecree.registration", law=True, met=_received_by_mayor)
    LISTING_AUTHORITY = Test("R41", "livcrAct.list", law=False, met=_listing_authority)
    AGE_GATE = Test("R50", "frenchDecree.children", law=False, met=_age)
    GROUND_STATED = Test("R22", "livcrAct.invited", law=True, met=lambda _, f: f.ground_stated is True)
    RESIDUAL_REASON = Test(
        "R23", "flemishDecree.residualClause", law=True, met=lambda _, f: f.residual_reason is True
    )
    NOTICE_PERIOD = Test("R26", "frenchDecree.notice", law=True, met=_notice)
    # No law gives a Flemish service a notice: only what the agreement of the cell promises it, and none by default.
    NOTICE_AGREED = Test("R30", "", law=False, met=_agreed_notice)
    LINE_MANAGER = Test(
        "R28", "frenchDecree.addressee", law=True, met=lambda _, f: f.line_manager_addressed is True
    )
    NOMINEE_FITS = Test(
        "R28", "frenchDecree.participation", law=True, met=lambda _, f: f.nominee_fits is True
    )
    CHILD_REASON = Test("R29", "frenchDecree.children", law=True, met=lambda _, f: f.child_reason is True)
    REFUSAL_REASON = Test(
        "R32", "flemishDecree.voluntary", law=True, met=lambda _, f: f.refusal_reason is True
    )
    CARE_RELATION = Test(
        "R35", "frenchDecree.careRelation", law=True, met=lambda _, f: f.care_relation is True
    )
    WAS_PRESENT = Test(
        "R36", "flemishDecree.permanentRepresentative", law=True, met=lambda _, f: f.was_present is True
    )
    HANDLER_BOUND = Test(
        "R36", "flemishDecree.permanentRepresentative", law=True, met=lambda _, f: f.handler_bound is True
    )
    # One decree knows the permanent representative, the other who came for the service; no other text knows a briefing.
    BRIEFING_KNOWN = Test(
        "R36", "flemishDecree.permanentRepresentative", law=True, met=lambda _, f: f.briefing_known is True
    )
    DOWNLOAD_ALLOWED = Test(
        "R68", "flemishDecree.operations", law=False, met=lambda _, f: f.download_allowed is True
    )
    # An agreement gives nobody a ground to keep a file: of the decrees the Flemish one alone lets a participant do that.
    OWN_FILE_BASIS = Test(
        "R113", "livcrAct.noProcessing", law=True, met=lambda _, f: f.own_file_basis is True
    )
    CARD_NOTED = Test("R59", "dpa.securityOrigin", law=False, met=lambda _, f: f.card_noted is True)
    STILL_LISTED = Test("R78", "livcrAct.feedbackSheet", law=True, met=lambda _, f: f.still_listed is True)
    # Whoever left the mayor's list is on no agenda any more, and nobody is asked about them (R42).
    ON_THE_LIST = Test("R61", "livcrAct.list", law=True, met=lambda _, f: f.still_listed is True)
    NO_SECRETS = Test("R81", "livcrAct.feedbackSheet", law=True, met=lambda _, f: f.no_secrets is True)
    OTHERS_PRESENT = Test(
        "R79", "livcrAct.feedbackSheet", law=True, met=lambda _, f: f.others_present is True
    )
    CONSENSUS = Test("R79", "livcrAct.feedbackSheet", law=True, met=lambda _, f: f.everybody_agreed is True)
    RECIPIENT_COMPETENT = Test(
        "R80", "livcrAct.feedbackSheet", law=True, met=lambda _, f: f.recipient_competent is True
    )
    HAND_OVER_GROUND = Test("R105", "dpa.logging", law=False, met=lambda _, f: f.ground_to_hand_over is True)
    WINDOW_OPEN = Test("R19", "flemishDecree.operations", law=False, met=_window)
    ACCESS_REASON = Test("R107", "", law=False, met=_access_reason)
    BREAK_GLASS_ON = Test("R21", "", law=False, met=lambda _, f: f.break_glass_on is True)
    WATCHERS_TOLD = Test("R21", "", law=False, met=lambda _, f: f.watchers_told is True)
    REVIEWED_BY_ANOTHER = Test("R21", "", law=False, met=lambda _, f: f.proposed_by_actor is False)
    BY_ANOTHER = Test(
        "R69", "flemishDecree.retention", law=True, met=lambda _, f: f.proposed_by_actor is False
    )
    NOBODY_NAMED = Test("R6", "flemishDecree.operations", law=True, met=lambda _, f: f.nobody_named is True)
    USE_CONDITIONS = Test("R66", "", law=False, met=lambda _, f: f.use_conditions_kept is True)
    NOT_LOCKED = Test("R90", "flemishDecree.retention", law=False, met=_not_locked)
    WITHIN_TERM = Test("R86", "flemishDecree.retention", law=True, met=_within_term)
    OBJECTIVE_GROUND = Test(
        "R87", "flemishDecree.extension", law=True, met=lambda _, f: f.objective_ground is True
    )
    PREVENTION_LINK = Test(
        "R87", "flemishDecree.extension", law=True, met=lambda _, f: f.linked_to_prevention is True
    )
    EXTENSION_LIMIT = Test("R87", "flemishDecree.extension", law=True, met=_extension_limit)
    EXTENSION_IN_TIME = Test("R91", "flemishDecree.extension", law=True, met=_extension_in_time)
    TERM_OVER = Test("R86", "flemishDecree.retention", law=True, met=_term_over)
    RELEVANT = Test("R65", "flemishDecree.sharing", law=True, met=lambda _, f: f.proportionate is True)
    # Who looks for risk alone finds risk alone: what protects is weighed with it.
    BALANCED = Test("R74", "", law=False, met=lambda _, f: f.balanced is True)
    ASSESSOR_TRAINED = Test("R75", "", law=False, met=lambda _, f: f.assessor_trained is True)
    NOTHING_CLASSIFIED = Test(
        "R56", "terAct.unclassified", law=True, met=lambda _, f: f.no_classified is True
    )
    ORIGIN_ADMITTED = Test("R57", "terAct.cardUse", law=True, met=lambda _, f: f.origin_admitted is True)
    ATTACHABLE_ORIGIN = Test(
        "R58", "terAct.threatEvaluation", law=True, met=lambda _, f: f.attachable_origin is True
    )
    CATEGORY_REASON = Test(
        "R51", "flemishDecree.categories", law=True, met=lambda _, f: f.category_reason is True
    )
    # Nobody corrects or takes back what somebody else contributed, but the desk in its own file (R65).
    OWN_WORDS = Test("R65", "flemishDecree.sharing", law=True, met=lambda _, f: f.own_words is True)
    DISCUSSED = Test(
        "R85",
        "flemishDecree.retention",
        law=False,
        met=lambda _, f: f.discussed is True or f.struck_off is True,
    )
    # What is no longer needed goes: whether it still is has to be asked when its day comes, and not be let slip.
    REVIEW_MISSED = Test(
        "R76", "flemishDecree.retention", law=False, met=lambda _, f: f.review_missed is True
    )
    CLOSURE_ASKED = Test(
        "R76", "flemishDecree.retention", law=False, met=lambda _, f: f.closure_asked is True
    )
    NOTHING_LEFT_OFF = Test(
        "R76", "flemishDecree.retention", law=False, met=lambda _, f: f.nothing_left_off is True
    )
    MOVED = Test("R84", "", law=False, met=lambda _, f: f.moved is True)
    RECEIVER_MAY_RECORD = Test(
        "R113", "livcrAct.noProcessing", law=True, met=lambda _, f: f.receiver_may_record is True
    )
    WITHIN_YEAR = Test("R86", "flemishDecree.retention", law=True, met=lambda _, f: f.within_year is True)
    LAPSED = Test("R84", "", law=False, met=lambda _, f: f.lapsed is True)
    NEW_CHAIR_BY_MAYOR = Test(
        "R13", "", law=False, met=lambda a, f: a.role in MAYORAL or f.state in _UNTIL_CLOSED
    )
    DECIDES_CORRECTION = Test(
        "R67", "", law=False, met=lambda _, f: f.own is True and f.proposed_by_actor is False
    )
    REMARKS_OVER = Test("R67", "", law=False, met=lambda _, f: f.remarks_over is True)
    CHAIRS = Test("R67", "", law=False, met=lambda _, f: f.own is True)
    NOT_ABOUT_ONESELF = Test("R20", "gdpr.security", law=False, met=lambda _, f: f.own is False)
    OTHER_HALF = Test("R20", "gdpr.security", law=False, met=lambda _, f: f.counterpart is True)
    # Last where it is asked for: nobody is sent for a code who would be refused all the same.
    RECENTLY_CONFIRMED = Test("R20", "gdpr.security", law=False, met=_recently_confirmed)
    OWN = Test("R14", "flemishDecree.controller", law=True, met=lambda _, f: f.own is True)

    @property
    def number(self) -> str:
        """R-number of the rule this condition serves."""
        return self.value.number

    def met(self, actor: Actor, facts: Facts) -> bool:
        """Tell whether the condition holds; unknown facts count as not met."""
        return self.value.met(actor, facts)
