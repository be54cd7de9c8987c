"""The local cooperation agreement: adopting a version, and the settings in force (R115).

Changing a setting means adopting a new version. Without an agreement in force nothing can be tabled.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.constitution.commands import AdoptAgreement, ReadAgreement
from app.constitution.models import Agreement, Cell
from app.constitution.reference import citation
from app.constitution.standing import cell_facts
from app.constitution.views import AgreementView, SettingView
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.problems import Kind, Problem, invalid, not_found
from app.rules.settings import SETTINGS, faults, setting


def agreement_in_force(session: Session, cell_id: UUID | None) -> Agreement | None:
    """Give the agreement in force in a cell, or None."""
    if cell_id is None:
        return None
    return session.scalars(select(Agreement).filter_by(cell_id=cell_id, state="adopted")).one_or_none()


def settings_of(session: Session, cell_id: UUID | None) -> dict[str, int]:
    """Give the settings the agreement in force fixes; empty without one, so that the defaults apply."""
    if cell_id is None:
        return {}
    return session.scalar(select(Agreement.settings).filter_by(cell_id=cell_id, state="adopted")) or {}


NUMBER_GROUND = "nationalNumber"
"""The answer in which an agreement names the ground for using the national number, if there is one."""


def may_use_number(session: Session, cell_id: UUID | None) -> bool:
    """Tell whether the agreement in force names a law or an authorization for using the national number."""
    agreement = agreement_in_force(session, cell_id)
    return agreement is not None and bool(agreement.answers.get(NUMBER_GROUND))


@operation(Action.AGREEMENT_ADOPT)
def adopt_agreement(work: Work, command: AdoptAgreement) -> AgreementView:
    """Adopt the next version; the one before is superseded. Raises Problem for a setting outside its bounds."""
    row_id = new_id()
    work.allow(
        Action.AGREEMENT_ADOPT,
        cell_facts(work, command.cell_id),
        About(controller_of(work), object_type="agreement", object_id=row_id),
    )
    wrong = faults(command.settings)
    if wrong:
        name, why = next(iter(wrong.items()))
        raise invalid(f"settings.{name}", why)
    if command.adopted_on > work.today:
        raise invalid("adoptedOn", "in the future", kind="invalidPeriod")
    if work.session.get(Cell, command.cell_id, with_for_update=True) is None:
        raise not_found()
    before = agreement_in_force(work.session, command.cell_id)
    if before is not None:
        before.state = "superseded"
        before.version += 1
        work.session.flush()
    row = Agreement(
        id=row_id,
        cell_id=command.cell_id,
        number=(before.number if before else 0) + 1,
        document=command.document,
        answers={
            "register": command.answer_register,
            "discuss": command.answer_discuss,
            "record": command.answer_record,
            "close": command.answer_close,
        }
        | ({NUMBER_GROUND: command.national_number_ground} if command.national_number_ground else {}),
        settings=dict(command.settings),
        state="adopted",
        adopted_on=command.adopted_on,
        adopted_by=work.actor.person_id,
        version=1,
    )
    work.session.add(row)
    return _view(work, row)


def controller_of(work: Work) -> UUID:
    """Give the municipality an act of this actor belongs to, or the installation's nil id."""
    return work.actor.municipality_id or About().controller


@operation(Action.AGREEMENT_READ)
def read_agreement(work: Work, command: ReadAgreement) -> AgreementView:
    """Give the agreement in force with every setting. Raises Problem 404 while there is none."""
    facts = cell_facts(work, command.cell_id)
    work.allow(Action.AGREEMENT_READ, facts, About(controller_of(work), object_type="agreement"))
    row = agreement_in_force(work.session, command.cell_id)
    if row is None:
        if facts.standing is Standing.NONE:
            raise not_found()
        raise Problem(Kind.NOT_FOUND)
    return _view(work, row)


def _view(work: Work, row: Agreement) -> AgreementView:
    return AgreementView(
        version=row.version,
        href=href("agreements", row.id),
        agreement_id=row.id,
        cell_id=row.cell_id,
        number=row.number,
        state=row.state,
        document=row.document,
        adopted_on=row.adopted_on,
        answers=row.answers,
        settings=[
            SettingView(
                name=name,
                value=setting(row.settings, name),
                unit=each.unit,
                least=each.least,
                most=each.most,
                rule=each.number,
                legal_reference=citation(each.law, work.actor.language, work.today) if each.law else None,
            )
            for name, each in SETTINGS.items()
        ],
    )
