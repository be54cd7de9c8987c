"""The whole policy as a reviewed table: action x standing x state x role, with every condition met.

`matrix.csv` is the expectation. After a change of the policy that was meant:

    .venv/bin/python tests/rules/test_matrix.py

writes it anew, and the difference is what a reviewer reads. One line is one action at one standing in one
state; a column a role. `A` allowed, `H` hidden (404), `R` refused (403), `C` conflict (409); a number behind it
where another rule than the row's own said so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from app.documenting.objects import states_seen
from app.rules.actions import Action
from app.rules.conditions import BEGUN, Condition
from app.rules.delegation import PARTS
from app.rules.facts import VISITOR, Actor, Facts, Standing
from app.rules.lifecycle import STATES
from app.rules.policy import ACCESS, POLICY, Outcome, abilities, decide
from app.rules.roles import BREAKERS, DESK, MAYORAL, POLICE, TABLE, Role

MATRIX = Path(__file__).with_name("matrix.csv")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = date(2030, 1, 1)
LETTER = {Outcome.ALLOW: "A", Outcome.HIDE: "H", Outcome.REFUSE: "R", Outcome.CONFLICT: "C"}

MET = Facts(
    now=NOW,
    today=NOW.date(),
    own=True,
    window_until=datetime(2030, 1, 1, tzinfo=UTC),
    constitution_complete=True,
    agreement_whole=True,
    signed_by_nobody=True,
    table_agreed=True,
    every_mayor_signed=True,
    recording_basis=True,
    number_ground=True,
    core_recorded=True,
    chair_mandated=True,
    day_come=True,
    ground_stated=True,
    residual_reason=True,
    notice_days=20,
    notice_required=14,
    notice_agreed=7,
    line_manager_addressed=True,
    child_reason=True,
    care_relation=True,
    refusal_reason=True,
    was_present=True,
    handler_bound=True,
    nominee_fits=True,
    briefing_known=True,
    download_allowed=True,
    own_file_basis=True,
    access_reason=True,
    age=30,
    age_known=True,
    listing_by_delegate=True,
    discussed=True,
    due_on=LATER,
    locks_on=LATER,
    term_ends_on=LATER,
    extension_until=date(2031, 1, 1),
    extension_limit=date(2031, 1, 1),
    objective_ground=True,
    linked_to_prevention=True,
    proportionate=True,
    balanced=True,
    assessor_trained=True,
    no_classified=True,
    origin_admitted=True,
    attachable_origin=True,
    category_reason=True,
    own_words=True,
    counterpart=True,
    remarks_over=True,
    break_glass_on=True,
    watchers_told=True,
    proposed_by_actor=False,
    use_conditions_kept=True,
    nobody_named=True,
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
)
"""Every condition met, for every role that can meet it."""


def somebody(role: Role | None) -> Actor:
    """Give an actor of *role* who has done all that getting in asks for; None is a visitor."""
    if role is None:
        return VISITOR
    return Actor(
        person_id=UUID(int=1),
        mandate_id=UUID(int=2),
        role=role,
        second_factor=True,
        recently_confirmed=True,
        undertaking_until=LATER,
        clearance_until=LATER if role in POLICE else None,
        delegation=frozenset(PARTS) if role is Role.DELEGATE else None,
    )


def met(action: Action, **over: object) -> Facts:
    """Give Facts under which every condition of *action* is met; destroying is for when the term is over."""
    over_now: dict[str, object] = {}
    if Condition.TERM_OVER in POLICY[action].conditions:
        over_now["due_on"] = NOW.date()
    if Condition.NOT_ABOUT_ONESELF in POLICY[action].conditions:
        over_now["own"] = False
    return replace(MET, **(over_now | over))


ROLES: tuple[Role | None, ...] = (None, *Role)


def lines() -> Iterator[list[str]]:
    """Give the matrix, line by line, as `decide` answers today."""
    yield ["action", "rule", "standing", "state", *(role or "visitor" for role in ROLES)]
    for action in Action:
        number = POLICY[action].number
        for standing in Standing:
            for state in (None, *states_seen(action)):
                facts = met(action, standing=standing, state=state)
                cells = []
                for role in ROLES:
                    answer = decide(somebody(role), action, facts)
                    other = "" if answer.number == number else f" {answer.number}"
                    cells.append(LETTER[answer.outcome] + other)
                yield [action.value, number, standing.name.lower(), state or "", *cells]


def test_the_matrix_says_what_the_rules_decide():
    expected = list(csv.reader(io.StringIO(MATRIX.read_text(encoding="utf-8"))))
    found = list(lines())
    different = [f"reviewed {e}\ndecided  {f}" for e, f in zip(expected, found, strict=False) if e != f]
    assert not different, "\n".join(different[:20])
    assert len(expected) == len(found)


def test_every_action_has_a_row_and_every_row_an_action():
    assert set(POLICY) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_a_policy_row_knows_only_states_its_object_has(action):
    beyond = BEGUN if Condition.TERM_OVER in POLICY[action].conditions else frozenset()
    assert (POLICY[action].states or frozenset()) - beyond <= set(states_seen(action))


def test_an_action_without_a_row_is_refused(monkeypatch):
    monkeypatch.delitem(POLICY, Action.CASE_OPEN)
    answer = decide(
        somebody(Role.MAYOR), Action.CASE_OPEN, replace(MET, standing=Standing.FILE, state="listed")
    )
    assert (answer.outcome, answer.number, answer.condition) == (Outcome.REFUSE, "R14", None)


# -- what must hold whatever the table says ---------------------------------------------------------------------


def _allowed() -> Iterator[tuple[Action, Standing, Role | None]]:
    for action in Action:
        for standing in Standing:
            for state in (None, *states_seen(action)):
                for role in ROLES:
                    answer = decide(somebody(role), action, met(action, standing=standing, state=state))
                    if answer.outcome is Outcome.ALLOW:
                        yield action, standing, role


ALLOWED = frozenset(_allowed())
GETTING_IN = {a for a in Action if POLICY[a].before_access}
CASE_NOUNS = {
    "case",
    "statement",
    "statementVersion",
    "subjectVersion",
    "attachment",
    "assessment",
    "chronology",
    "contact",
    "trajectory",
    "action",
    "agendaItem",
    "invitation",
    "nomination",
    "briefing",
    "attendance",
    "minutes",
}


def test_an_excluded_person_may_do_nothing_and_is_told_nothing():
    for action in Action:
        for role in ROLES:
            for state in (None, *states_seen(action)):
                answer = decide(somebody(role), action, met(action, standing=Standing.EXCLUDED, state=state))
                assert answer.outcome is Outcome.HIDE, (action, role)


def test_without_standing_nothing_but_getting_in_answers_at_all():
    for action in set(Action) - GETTING_IN:
        for role in ROLES:
            answer = decide(somebody(role), action, met(action, standing=Standing.NONE))
            assert answer.outcome is Outcome.HIDE, (action, role)


def test_somebody_whose_mandate_is_over_can_still_look_at_their_session_and_sign_out():
    former = Actor(person_id=UUID(int=1), session_id=UUID(int=2), second_factor=True, recently_confirmed=True)
    oneself = Facts(standing=Standing.FILE, state="active", own=True)
    may = {action for action in Action if decide(former, action, oneself).outcome is Outcome.ALLOW}
    assert may <= {action for action, rule in POLICY.items() if rule.before_access}
    assert may >= {Action.SESSION_READ, Action.SESSION_CLOSE, Action.UNDERTAKING_READ}


def test_a_visitor_may_only_begin_to_sign_in_and_read_code_lists():
    may = {action for action, _, role in ALLOWED if role is None}
    by_provider = {Action.SESSION_REFER, Action.SESSION_ACCEPT, Action.SESSION_RECALL, Action.REQUEST_REFUSE}
    by_password = {
        Action.SESSION_OPEN,
        Action.SESSION_CONFIRM,
        Action.SESSION_CHALLENGE,
        Action.SESSION_REFRESH,
    }
    assert may == by_password | by_provider | {Action.RECOVERY_USE, Action.REF_DATA_READ}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.STRATEGIC_MEMBER])
def test_those_who_never_see_a_case_can_do_nothing_with_one(role):
    may = {action for action, _, who in ALLOWED if who is role}
    assert not {a for a in may if a.noun in CASE_NOUNS | {"registration"}}


def test_the_data_protection_officer_ends_files_but_reads_none():
    may = {action for action, _, who in ALLOWED if who is Role.DPO}
    assert {a for a in may if a.noun in CASE_NOUNS | {"registration"}} == {
        Action.CASE_DESTROY,
        Action.CASE_PURGE,
        Action.CONTACT_DESTROY,
        Action.REGISTRATION_ERASE,
    }


def test_the_robot_does_what_the_console_and_the_clock_ask_and_nothing_else():
    may = {action for action, _, who in ALLOWED if who is Role.ROBOT} - GETTING_IN
    ends = {
        Action.SWEEP_LOOK,
        Action.SWEEP_PREVIEW,
        Action.SWEEP_RUN,
        Action.CASE_DESTROY,
        Action.REGISTRATION_ERASE,
        Action.CONTACT_DESTROY,
    }
    keys = {Action.KEY_ROTATE, Action.WRAPPING_KEY_ROTATE}
    assert may == ends | keys | {
        Action.ACCESS_EXPLAIN,
        Action.SUBJECT_MARK,
        Action.REGISTRATION_ALERT,
        Action.CASE_ASK_CLOSURE,
        Action.CASE_PURGE,
        Action.HAND_OVER_LAPSE,
        Action.NOTICE_REMIND,
        Action.NOTICE_SEND,
    }


def test_only_the_desk_finds_a_person_again():
    finders = {who for a, _, who in ALLOWED if a in {Action.SUBJECT_QUERY, Action.REGISTRATION_COMPARE}}
    assert finders == DESK


def test_the_log_is_read_by_auditor_and_data_protection_officer_alone():
    readers = {who for action, _, who in ALLOWED if action in {Action.JOURNAL_LIST, Action.JOURNAL_EXPORT}}
    assert readers == {Role.AUDITOR, Role.DPO}


@pytest.mark.parametrize(
    "action",
    [
        Action.REGISTRATION_SCREEN,
        Action.REGISTRATION_DECIDE,
        Action.MEETING_CONVENE,
        Action.INVITATION_SEND,
        Action.CASE_CLOSE,
        Action.CASE_RELIST,
        Action.HAND_OVER_SEND,
        Action.HAND_OVER_RECEIVE,
    ],
)
def test_what_the_law_gives_the_mayor_is_for_mayor_and_delegate_alone(action):
    assert {who for a, _, who in ALLOWED if a is action} == MAYORAL


def test_the_agreement_that_says_what_a_delegate_may_is_the_mayor_s_alone():
    assert {who for a, _, who in ALLOWED if a is Action.AGREEMENT_ADOPT} == {Role.MAYOR}


def test_no_whole_file_is_ever_open_to_anybody_but_the_desk():
    for action, standing, who in ALLOWED:
        if action.noun == "case" and action not in {
            Action.CASE_LIST,
            Action.CASE_DESTROY,
            Action.CASE_PURGE,
            Action.CASE_ASK_CLOSURE,
        }:
            assert who in DESK, action
            assert standing is Standing.FILE, action


def test_a_participant_reaches_only_what_they_were_invited_to_brought_or_own():
    about_cases = {(a, s) for a, s, who in ALLOWED if who is Role.PARTICIPANT and a.noun in CASE_NOUNS}
    with_a_part = {a for a, s in about_cases if s is Standing.PART}
    assert with_a_part == {
        Action.ACTION_LIST,
        Action.ACTION_COMPLETE,
        Action.INVITATION_LIST,
        Action.INVITATION_ANSWER,
        Action.INVITATION_NOMINATE,
        Action.NOMINATION_LIST,
        Action.NOMINATION_TAKE_BACK,
    }
    at_the_table = {a for a, s in about_cases if s is Standing.INVITED} - with_a_part
    assert at_the_table == {Action.AGENDA_ITEM_READ, Action.BRIEFING_RECORD, Action.BRIEFING_LIST}
    attended = {a for a, s in about_cases if s is Standing.ATTENDING} - at_the_table - with_a_part
    assert attended == {
        Action.MINUTES_READ, Action.MINUTES_PRINT, Action.MINUTES_REMARK, Action.MINUTES_ASSENT, Action.STATEMENT_CREATE,
        Action.STATEMENT_OPEN, Action.STATEMENT_CORRECT, Action.STATEMENT_WITHDRAW,
    }  # fmt: skip


def test_a_stronger_standing_never_takes_a_right_away():
    for action, standing, who in ALLOWED:
        for stronger in (s for s in Standing if s > standing):
            assert (action, stronger, who) in ALLOWED


@pytest.mark.parametrize("action", sorted(set(Action) - GETTING_IN))
def test_nobody_does_anything_before_second_factor_and_undertaking(action):
    """R20 and R16 come first, whatever else is in order; a delegate also needs a scope (R9)."""
    rule = POLICY[action]
    states = sorted(rule.states) if rule.states else [None]
    for role in rule.roles - {Role.ROBOT}:
        facts = replace(MET, standing=Standing.FILE, state=states[0])
        bare = somebody(role)
        for missing, number in (
            (replace(bare, second_factor=False), "R20"),
            (replace(bare, undertaking_until=None), "R16"),
            (replace(bare, undertaking_until=date(2026, 3, 1)), "R16"),
        ):
            answer = decide(missing, action, facts)
            assert (answer.outcome, answer.number) == (Outcome.CONFLICT, number), role
        if role is Role.DELEGATE:
            answer = decide(replace(bare, delegation=frozenset()), action, facts)
            assert (answer.outcome, answer.condition) == (Outcome.CONFLICT, Condition.DELEGATION_IN_SCOPE)


def test_getting_in_is_the_whole_list_of_what_comes_before():
    assert ACCESS == (Condition.SECOND_FACTOR, Condition.UNDERTAKING_CONFIRMED, Condition.DELEGATION_IN_SCOPE)
    assert {a.noun for a in GETTING_IN} == {
        "session", "password", "passkey", "recovery", "undertaking", "refData", "request", "calendar",
    }  # fmt: skip
    assert {a for a in GETTING_IN if a.noun == "recovery"} == {Action.RECOVERY_USE}
    assert {a for a in GETTING_IN if a.noun == "calendar"} == {Action.CALENDAR_READ}
    assert Action.SESSION_REVOKE not in GETTING_IN


# -- the order of answers ---------------------------------------------------------------------------------------


def test_the_state_is_said_before_conditions_of_the_act_and_after_those_of_access():
    mayor, wrong = (
        somebody(Role.MAYOR),
        replace(MET, standing=Standing.FILE, state="closed", access_reason=None),
    )
    assert decide(mayor, Action.CASE_PROPOSE_CLOSURE, replace(wrong, discussed=None)).condition is None
    unsworn = replace(mayor, undertaking_until=None)
    assert decide(unsworn, Action.CASE_PROPOSE_CLOSURE, wrong).condition is Condition.UNDERTAKING_CONFIRMED


def test_the_robot_needs_the_state_but_no_second_factor():
    robot = Actor(role=Role.ROBOT)
    facts = met(Action.CASE_DESTROY, standing=Standing.PART)
    assert decide(robot, Action.CASE_DESTROY, replace(facts, state="closed")).outcome is Outcome.ALLOW
    assert decide(robot, Action.CASE_DESTROY, replace(facts, state=None)).outcome is Outcome.CONFLICT


def test_abilities_are_the_actions_allowed_now():
    facts = replace(MET, standing=Standing.FILE, state="inSession")
    offered = abilities(
        somebody(Role.SECRETARY), facts, Action.MEETING_OPEN, Action.MEETING_CLOSE, Action.MEETING_CONVENE
    )
    assert offered == ["meeting.close"]


@pytest.mark.parametrize("action", [a for a in Action if POLICY[a].conditions])
def test_each_condition_of_a_row_can_stop_it_alone(action):
    """With everything else in order, one condition that is not met is the answer, by its own number."""
    rule = POLICY[action]
    state = min(rule.states) if rule.states else "inScreening"
    for condition in rule.conditions:
        stopped = set()
        for role in rule.roles | (BREAKERS if rule.by_glass else frozenset()):
            for facts, actor in _without(condition, somebody(role)):
                known = {
                    "standing": Standing.FILE,
                    "state": facts.state or state,
                    "broken_glass": rule.by_glass,
                }
                answer = decide(actor, action, replace(facts, **known))
                if answer.outcome is Outcome.CONFLICT:
                    stopped.add((answer.number, answer.condition))
        assert (condition.number, condition) in stopped


def _without(condition: Condition, actor: Actor) -> Iterator[tuple[Facts, Actor]]:
    for own in (True, False):
        yield replace(MET, **({"own": own} | dict.fromkeys(BREAKS.get(condition, ())))), actor
    yield replace(MET, own=False), actor
    yield replace(MET, locks_on=NOW.date()), actor
    yield replace(MET, state="received", own=False), actor
    yield replace(MET, due_on=LATER), actor
    yield MET, replace(actor, clearance_until=None)
    yield MET, replace(actor, second_factor=False)
    yield MET, replace(actor, recently_confirmed=False)
    yield replace(MET, own=False), replace(actor, recently_confirmed=False)


BREAKS: dict[Condition, tuple[str, ...]] = {
    Condition.CONSTITUTION_COMPLETE: ("constitution_complete",),
    Condition.AGREEMENT_WHOLE: ("agreement_whole",),
    Condition.TABLE_AGREED: ("table_agreed",),
    Condition.UNSIGNED: ("signed_by_nobody",),
    Condition.EVERY_MAYOR_SIGNED: ("every_mayor_signed",),
    Condition.RECORDING_BASIS: ("recording_basis",),
    Condition.NUMBER_GROUND: ("number_ground",),
    Condition.CORE_RECORDED: ("core_recorded",),
    Condition.CHAIR_MANDATED: ("chair_mandated",),
    Condition.DAY_COME: ("day_come",),
    Condition.LISTING_AUTHORITY: ("listing_by_delegate",),
    Condition.AGE_GATE: ("age", "age_known"),
    Condition.GROUND_STATED: ("ground_stated",),
    Condition.RESIDUAL_REASON: ("residual_reason",),
    Condition.NOTICE_PERIOD: ("notice_required",),
    Condition.NOTICE_AGREED: ("notice_agreed",),
    Condition.LINE_MANAGER: ("line_manager_addressed",),
    Condition.CHILD_REASON: ("child_reason",),
    Condition.REFUSAL_REASON: ("refusal_reason",),
    Condition.CARE_RELATION: ("care_relation",),
    Condition.WAS_PRESENT: ("was_present",),
    Condition.HANDLER_BOUND: ("handler_bound",),
    Condition.NOMINEE_FITS: ("nominee_fits",),
    Condition.BRIEFING_KNOWN: ("briefing_known",),
    Condition.DOWNLOAD_ALLOWED: ("download_allowed",),
    Condition.OWN_FILE_BASIS: ("own_file_basis",),
    Condition.BY_ANOTHER: ("proposed_by_actor",),
    Condition.CARD_NOTED: ("card_noted",),
    Condition.STILL_LISTED: ("still_listed",),
    Condition.ON_THE_LIST: ("still_listed",),
    Condition.NO_SECRETS: ("no_secrets",),
    Condition.OTHERS_PRESENT: ("others_present",),
    Condition.CONSENSUS: ("everybody_agreed",),
    Condition.RECIPIENT_COMPETENT: ("recipient_competent",),
    Condition.MOVED: ("moved",),
    Condition.WITHIN_YEAR: ("within_year",),
    Condition.RECEIVER_MAY_RECORD: ("receiver_may_record",),
    Condition.LAPSED: ("lapsed",),
    Condition.REVIEW_MISSED: ("review_missed",),
    Condition.CLOSURE_ASKED: ("closure_asked",),
    Condition.NOTHING_LEFT_OFF: ("nothing_left_off",),
    Condition.OBJECTIVE_GROUND: ("objective_ground",),
    Condition.PREVENTION_LINK: ("linked_to_prevention",),
    Condition.EXTENSION_LIMIT: ("extension_until",),
    Condition.EXTENSION_IN_TIME: ("term_ends_on",),
    Condition.HAND_OVER_GROUND: ("ground_to_hand_over",),
    Condition.OTHER_HALF: ("counterpart",),
    Condition.REMARKS_OVER: ("remarks_over",),
    Condition.WINDOW_OPEN: ("window_until",),
    Condition.ACCESS_REASON: ("access_reason",),
    Condition.WITHIN_TERM: ("due_on",),
    Condition.RELEVANT: ("proportionate",),
    Condition.BALANCED: ("balanced",),
    Condition.ASSESSOR_TRAINED: ("assessor_trained",),
    Condition.NOTHING_CLASSIFIED: ("no_classified",),
    Condition.ORIGIN_ADMITTED: ("origin_admitted",),
    Condition.ATTACHABLE_ORIGIN: ("attachable_origin",),
    Condition.CATEGORY_REASON: ("category_reason",),
    Condition.OWN_WORDS: ("own_words",),
    Condition.DISCUSSED: ("discussed",),
    Condition.BREAK_GLASS_ON: ("break_glass_on",),
    Condition.WATCHERS_TOLD: ("watchers_told",),
    Condition.NOBODY_NAMED: ("nobody_named",),
    Condition.REVIEWED_BY_ANOTHER: ("proposed_by_actor",),
    Condition.DECIDES_CORRECTION: ("proposed_by_actor",),
    Condition.USE_CONDITIONS: ("use_conditions_kept",),
}


def test_the_roles_of_the_matrix_are_all_there_are():
    assert len(ROLES) == len(Role) + 1 == 14
    assert set(Role) > TABLE
    assert all(STATES.values())


if __name__ == "__main__":
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines())
