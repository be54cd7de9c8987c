"""Screening and deciding: a named person puts somebody on the list, or does not (R40 to R47, R50)."""

from __future__ import annotations

from datetime import date

import orjson

from app.cases.listing import put_on_list
from app.cases.marking import add_number
from app.constitution.agreements import agreement_in_force, may_use_number
from app.constitution.models import Municipality
from app.intake import queries
from app.intake.commands import DecideRegistration, ScreenRegistration
from app.intake.models import Registration
from app.intake.registering import place, shown
from app.intake.screening import answers_in_words
from app.intake.standing import about_registration, registration_facts
from app.intake.views import RegistrationView
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.conditions import UNDER_TWELVE, Condition
from app.rules.facts import Facts, age_on
from app.rules.lifecycle import target
from app.rules.problems import Issue, Kind, Problem, asked_for
from app.rules.retention import registration_due_on
from app.rules.roles import Role
from app.rules.settings import setting


@operation(Action.REGISTRATION_SCREEN)
def screen_registration(work: Work, command: ScreenRegistration) -> RegistrationView:
    """Take a registration into screening; from here the coordinator may prepare it."""
    row = queries.registration(work.session, command.registration_id, lock=True)
    number = command.national_number
    usable = number is None or may_use_number(work.session, row.cell_id if row else None)
    facts = registration_facts(work, row, number_ground=usable)
    work.allow(Action.REGISTRATION_SCREEN, facts, about_registration(row))
    row = there(row)
    work.expect(row.version)
    if number is not None:
        add_number(work, row.id, row.municipality_id, number)
    row.state = target(Action.REGISTRATION_SCREEN)
    if row.screened_under is None:  # what it asks stays what it was when it began (R43)
        agreement = agreement_in_force(work.session, row.cell_id)
        row.screened_under = agreement.id if agreement else None
    row.screened_by = work.actor.person_id
    if command.note:
        row.screening = work.vault.seal(place(row.id, "screening"), command.note)
    row.version += 1
    return shown(work, row)


@operation(Action.REGISTRATION_DECIDE)
def decide_registration(work: Work, command: DecideRegistration) -> RegistrationView:
    """Decide on a registration. Listing makes a case, with decision-maker, date and stated indications (R40)."""
    row = queries.registration(work.session, command.registration_id, lock=True)
    listing = command.outcome == "listed"
    agreement = agreement_in_force(work.session, row.cell_id) if row else None
    fixed = agreement.settings if agreement else {}
    town = work.session.get(Municipality, row.municipality_id) if row else None
    born = _birth_date(work, row) if row is not None and listing else None
    facts = registration_facts(
        work,
        row,
        listing_by_delegate=not listing or setting(fixed, "listing_by_delegate") == 1,
        recording_basis=town is not None and town.recording_basis is not None,
        age_known=listing and born is not None,
        age=age_on(born, work.today) if born else None,
        exceptional_reasons=bool(command.exceptional_reasons),
        best_interest_note=bool(command.best_interest_note),
        presumed_adult=not listing or command.presumed_adult,
    )
    about = about_registration(row)
    work.allow(Action.REGISTRATION_DECIDE, facts, about, reason=command.outcome, at=_mended(work, facts))
    row = there(row)
    work.expect(row.version)
    if listing:
        if agreement is None:  # the agreement in force governs the case, so there has to be one (R115)
            raise work.refuse(
                Action.REGISTRATION_DECIDE,
                Problem(Kind.RULE_NOT_MET, rule="R115", why="rule.R115"),
                about_registration(row),
            )
        case = put_on_list(work, row, agreement, _stated(command), answers_in_words(work, row))
        row.answers = None
        row.case_id = case.id
    row.state = command.outcome
    row.decided_by, row.decided_on = work.actor.person_id, work.today
    row.decision_reason = work.vault.seal(place(row.id, "decision_reason"), _stated(command))
    due_on = registration_due_on(row.received_on, row.decided_on, row.state, fixed)
    if due_on and row.due_on and row.state == "moreInformationWanted":
        due_on = min(due_on, row.due_on)  # its term runs on: a later agreement does not lengthen it (R115)
    if due_on and row.ends_by:
        due_on = min(due_on, row.ends_by)  # handed over: its term over there runs on
    row.due_on = due_on
    row.version += 1
    return shown(work, row)


def _mended(work: Work, facts: Facts) -> dict[Condition, list[Issue]]:
    """Say where in the form the weighing of age is mended (R50); of a child under twelve the mayor alone decides."""
    if facts.age is None:
        return {Condition.AGE_GATE: [asked_for("presumedAdult", "error.adultOrChild")]}
    said = "error.underTwelve" if facts.age < UNDER_TWELVE else "error.underAge"
    lacking = [] if facts.best_interest_note else [asked_for("bestInterestNote", said)]
    if facts.age < UNDER_TWELVE and work.actor.role is not Role.MAYOR:
        return {}
    if facts.age < UNDER_TWELVE and not facts.exceptional_reasons:
        lacking.append(asked_for("exceptionalReasons", said))
    return {Condition.AGE_GATE: lacking}


def _stated(command: DecideRegistration) -> str:
    parts = [command.indications, command.exceptional_reasons, command.best_interest_note]
    return "\n\n".join(part for part in parts if part)


def _birth_date(work: Work, row: Registration) -> date | None:
    if row.subject is None:
        return None
    said = orjson.loads(work.vault.unseal(place(row.id, "subject"), row.subject))["birthDate"]
    return date.fromisoformat(said) if said else None
