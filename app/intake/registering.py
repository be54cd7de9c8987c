"""Bringing a signal, and following what became of it (R39, R42, R48, R56)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import select

from app.cases.marking import mark_registration
from app.constitution.agreements import settings_of
from app.constitution.checklists import SCREENING, Question, in_words, questions
from app.constitution.codes import checked
from app.constitution.models import CellMunicipality, Municipality
from app.constitution.standing import municipality_facts
from app.directory.models import Agency
from app.directory.office_queries import person_name
from app.intake import queries
from app.intake.commands import ListRegistration, ReadRegistration, SubmitRegistration, WithdrawRegistration
from app.intake.models import Registration
from app.intake.standing import about_registration, registration_facts
from app.intake.views import RegistrationItem, RegistrationPage, RegistrationView
from app.kernel.ids import new_id, new_reference
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.vault import Place
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.audience import ORIGIN_OF_REGIME, ORIGINS_KEPT_OUT
from app.rules.conditions import Condition
from app.rules.facts import NEVER, Facts, Standing
from app.rules.lifecycle import target
from app.rules.policy import abilities
from app.rules.problems import invalid
from app.rules.retention import registration_due_on
from app.rules.settings import setting


def place(registration_id: UUID, column: str) -> Place:
    """Give the place of a sealed value of a registration."""
    return Place(registration_id, "registration", column, registration_id)


@operation(Action.REGISTRATION_SUBMIT)
def submit_registration(work: Work, command: SubmitRegistration) -> RegistrationView:
    """Receive a signal. What is said of a person is sealed under the registration's own key."""
    actor = work.actor
    cell_id = work.session.scalar(
        select(CellMunicipality.cell_id).filter_by(
            municipality_id=command.municipality_id, cell_id=actor.cell_id
        )
    )
    town = work.session.get(Municipality, command.municipality_id)
    row_id, subject_id = new_id(), new_id()
    work.allow(
        Action.REGISTRATION_SUBMIT,
        municipality_facts(
            work,
            command.municipality_id,
            cell_id,
            recording_basis=town is not None and town.recording_basis is not None,
            no_classified=command.nothing_classified,
            origin_admitted=command.origin not in ORIGINS_KEPT_OUT,
        ),
        About(
            command.municipality_id if cell_id else About().controller,
            None,
            subject_id,
            "registration",
            row_id,
        ),
    )
    if cell_id is None or actor.person_id is None or actor.agency_id is None:
        raise AssertionError  # decided above: without a cell in common there is no standing
    checked("phenomena", command.phenomenon, work.today, "phenomenon")
    checked("urgencies", command.urgency, work.today, "urgency")
    if command.birth_date is not None and command.birth_date > work.today:
        raise invalid("birthDate", "error.dayToCome", kind="invalidPeriod")
    regime = work.session.scalar(select(Agency.regime).filter_by(id=actor.agency_id)) or ""
    origin = checked(
        "originTags", command.origin or ORIGIN_OF_REGIME.get(regime, "livcParticipant"), work.today, "origin"
    )
    work.vault.new_file(row_id, command.municipality_id)
    row = Registration(
        id=row_id,
        municipality_id=command.municipality_id,
        cell_id=cell_id,
        reference=new_reference(work.today.year).replace("C-", "A-", 1),
        subject_id=subject_id,
        submitted_by=actor.person_id,
        agency_id=actor.agency_id,
        anonymous=command.anonymous,
        received_at=work.now,
        received_on=work.today,
        state="received",
        phenomenon=command.phenomenon,
        urgency=command.urgency,
        origin=origin,
        subject=work.vault.seal(
            place(row_id, "subject"), subject_json(command.subject_name, command.birth_date)
        ),
        narrative=work.vault.seal(place(row_id, "narrative"), command.narrative),
        due_on=registration_due_on(work.today, None, "received", settings_of(work.session, cell_id)),
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    # Marked, never compared: whether the person is known here is for the desk to find out, and for nobody to be told.
    mark_registration(work, row.id, row.municipality_id, command.subject_name, command.birth_date)
    view = receipt(row)
    view.anonymous = True if row.anonymous else None
    return view


def subject_json(name: str, birth_date: object) -> str:
    """Give a subject's identity as it is sealed."""
    return orjson.dumps({"name": name, "birthDate": str(birth_date) if birth_date else None}).decode()


def receipt(row: Registration) -> RegistrationView:
    """Give what a submitter may know: received, or decided."""
    return RegistrationView(
        version=row.version,
        href=href("registrations", row.id),
        registration_id=row.id,
        reference=row.reference,
        municipality_id=row.municipality_id,
        state=_known(row.state),
        received_at=row.received_at,
    )


WITHDRAWN: Final = "withdrawn"


def _known(state: str) -> str:
    if state == WITHDRAWN:  # by the submitter, who so knows it
        return state
    return "received" if state in queries.OPEN else "decided"


@operation(Action.REGISTRATION_LIST)
def list_registration(work: Work, command: ListRegistration) -> RegistrationPage:
    """Give the registrations this actor may know of, without content: one journal line per person concerned."""
    rows = queries.visible_registrations(
        work.session,
        work.actor,
        only_open=command.state == "open",
        after=position(command.cursor, datetime.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
    standing = Standing.PART if work.actor.role is not None and work.actor.cell_id else Standing.NONE
    work.allow(
        Action.REGISTRATION_LIST, work.facts(standing=standing), [about_registration(r) for r in shown]
    )
    items = []
    for row in shown:
        facts = registration_facts(work, row, excluded=False, locks_on=NEVER)  # a list shows no content
        desk = facts.standing is Standing.FILE
        open_to_desk = desk and row.case_id is None and Condition.RECEIVED_BY_MAYOR.met(work.actor, facts)
        items.append(
            RegistrationItem(
                registration_id=row.id,
                href=href("registrations", row.id),
                reference=row.reference,
                municipality_id=row.municipality_id,
                state=row.state if desk else _known(row.state),
                received_at=row.received_at,
                phenomenon=row.phenomenon if open_to_desk else None,
                urgency=row.urgency if open_to_desk else None,
                due_on=row.due_on if desk else None,
                abilities=abilities(work.actor, facts, Action.REGISTRATION_READ),
            )
        )
    more = cursor(shown[-1].received_at.isoformat(), shown[-1].id) if len(rows) > command.page_size else None
    return RegistrationPage(href=href("registrations"), items=items, next=more, page_size=command.page_size)


@operation(Action.REGISTRATION_READ)
def read_registration(work: Work, command: ReadRegistration) -> RegistrationView:
    """Give a registration to the desk, a receipt to its submitter.

    Raises Problem: 404 for whoever has no part in it or is excluded from its case, 409 before the mayor received it
    and, for the desk, from the day its case is locked.
    """
    row = queries.registration(work.session, command.registration_id)
    facts = registration_facts(work, row)
    work.allow(Action.REGISTRATION_READ, facts, about_registration(row))
    row = there(row)
    return shown(work, row)


def _facts_of_bringer(work: Work, row: Registration | None) -> Facts:
    """Give Facts for taking a signal back; what another municipality handed over is the receiver's alone by now."""
    facts = registration_facts(work, row)
    return replace(facts, own=False) if row is not None and row.ends_by is not None else facts


@operation(Action.REGISTRATION_WITHDRAW)
def withdraw_registration(work: Work, command: WithdrawRegistration) -> RegistrationView:
    """Take back one's own signal (If-Match): what it told is gone at once, and the next sweep erases the rest (R46).

    Only until the mayor or delegate took it up. Raises Problem: 404 to who did not bring it, 409 later on, 412 when it
    changed in the meantime.
    """
    row = queries.registration(work.session, command.registration_id, lock=True)
    work.allow(Action.REGISTRATION_WITHDRAW, _facts_of_bringer(work, row), about_registration(row))
    row = there(row)
    work.expect(row.version)
    row.state = target(Action.REGISTRATION_WITHDRAW)
    row.subject = row.narrative = None
    row.due_on = registration_due_on(row.received_on, work.today, row.state, {})
    row.version += 1
    work.session.flush()
    return receipt(row)


def shown(work: Work, row: Registration) -> RegistrationView:
    """Give a registration as this actor may see it.

    Once it is a case, what was told belongs to the file: the desk opens that for a reason (R107), and gets here a
    receipt with the outcome and the case.
    """
    facts = registration_facts(work, row)
    view = receipt(row)
    if facts.own is True and facts.standing is Standing.PART:
        view.abilities = abilities(work.actor, _facts_of_bringer(work, row), Action.REGISTRATION_WITHDRAW)
    if facts.standing is not Standing.FILE:
        return view
    view.state = row.state
    if row.state == WITHDRAWN:
        return view  # what was told is gone already
    if row.case_id is not None:
        view.case_id = row.case_id
        return view
    if not abilities(work.actor, facts, Action.REGISTRATION_READ):
        return view  # a delegate appointed for the list, and not for what comes in, decides on what the mayor tells (R9)
    view.phenomenon, view.urgency, view.anonymous = row.phenomenon, row.urgency, row.anonymous
    view.due_on, view.decided_on = row.due_on, row.decided_on
    if row.state in queries.OPEN:
        days = setting(settings_of(work.session, row.cell_id), "registration_alert_days")
        view.alert_on = row.received_on + timedelta(days=days)
    view.abilities = abilities(
        work.actor,
        registration_facts(
            work,
            row,
            listing_by_delegate=True,
            recording_basis=True,
            age_known=False,
            presumed_adult=True,
            number_ground=True,
        ),
        Action.REGISTRATION_SCREEN,
        Action.REGISTRATION_DECIDE,
        Action.REGISTRATION_COMPARE,
        Action.SCREENING_ANSWER_RECORD,
        Action.REGISTRATION_WITHDRAW,
    )
    _tell(work, row, view)
    return view


def asked_of(work: Work, row: Registration) -> list[Question]:
    """Give the questions of a screening: as the agreement in force had them when it began (R43)."""
    return questions(work.session, row.screened_under, SCREENING, row.received_on)


def _tell(work: Work, row: Registration, view: RegistrationView) -> None:
    """Add what was told, weighed and decided, and who brought it."""
    person, view.agency_name = queries.who_brought_it(work.session, row)
    view.submitted_by_name = None if row.anonymous else person
    if row.subject is not None:
        subject = orjson.loads(work.vault.unseal(place(row.id, "subject"), row.subject))
        view.subject_name = subject["name"]
        view.birth_date = date.fromisoformat(subject["birthDate"]) if subject["birthDate"] else None
    if row.narrative is not None:
        view.narrative = work.vault.unseal(place(row.id, "narrative"), row.narrative)
    if row.screening is not None:
        view.screening_note = work.vault.unseal(place(row.id, "screening"), row.screening)
    if row.screened_by is not None:
        view.questions = in_words(asked_of(work, row), work.actor.language)
    if row.answers is not None:
        view.answers = orjson.loads(work.vault.unseal(place(row.id, "answers"), row.answers))
        view.answered_by_name = person_name(work.session, row.answered_by) if row.answered_by else None
        view.answered_at = row.answered_at
    if row.decision_reason is not None:
        view.decision_reason = work.vault.unseal(place(row.id, "decision_reason"), row.decision_reason)
