"""The local cooperation agreement: the version in force, the settings it fixes, and the versions before it (R115).

Changing a setting means adopting a new version (`signing`). Without an agreement in force nothing can be tabled.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.constitution.agreement_views import agreement_view, changes_between
from app.constitution.commands import CompareAgreement, ListAgreement, ReadAgreement
from app.constitution.contents import NUMBER_GROUND
from app.constitution.models import Agreement
from app.constitution.standing import NEVER_ADOPTED, cell_facts, version_facts
from app.constitution.views import AgreementItem, AgreementList, AgreementView, ComparisonView
from app.kernel.clock import BRUSSELS
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.problems import Kind, Problem, not_found
from app.rules.settings import strictest


def agreement_in_force(
    session: Session, cell_id: UUID | None, at: datetime | None = None
) -> Agreement | None:
    """Give the agreement in force in a cell, now or at a moment that is past; None where there was none."""
    if cell_id is None:
        return None
    query = select(Agreement).filter_by(cell_id=cell_id)
    if at is None:
        return session.scalars(query.filter_by(state="adopted")).one_or_none()
    ended = or_(Agreement.superseded_at.is_(None), Agreement.superseded_at > at)
    query = query.where(Agreement.adopted_at <= at, ended)
    return session.scalars(query.order_by(Agreement.number.desc()).limit(1)).one_or_none()


def settings_of(session: Session, cell_id: UUID | None) -> dict[str, int]:
    """Give the settings the agreement in force fixes; empty without one, so that the defaults apply."""
    if cell_id is None:
        return {}
    return session.scalar(select(Agreement.settings).filter_by(cell_id=cell_id, state="adopted")) or {}


def governing(session: Session, cell_id: UUID, agreement_id: UUID | None) -> dict[str, int]:
    """Give every setting as it governs what began under a version: the stricter of then and now.

    For what people were promised or may still see: a later agreement never opens it wider or longer, and a stricter
    one applies at once.
    """
    versions = [settings_of(session, cell_id)]
    if agreement_id is not None:
        versions.append(session.scalar(select(Agreement.settings).filter_by(id=agreement_id)) or {})
    return strictest(*versions)


def may_use_number(session: Session, cell_id: UUID | None) -> bool:
    """Tell whether the agreement in force names a law or an authorization for using the national number."""
    agreement = agreement_in_force(session, cell_id)
    return agreement is not None and bool(agreement.answers.get(NUMBER_GROUND))


def controller_of(work: Work) -> UUID:
    """Give the municipality an act of this actor belongs to, or the installation's nil id."""
    return work.actor.municipality_id or About().controller


def about_agreement(work: Work, row_id: UUID | None) -> About:
    """Give what a journal line says of a version of the agreement."""
    return About(controller_of(work), object_type="agreement", object_id=row_id)


@operation(Action.AGREEMENT_READ)
def read_agreement(work: Work, command: ReadAgreement) -> AgreementView:
    """Give the agreement in force, now or on a day, with its text. Raises Problem 404 while there is none."""
    facts = cell_facts(work, command.cell_id)
    work.allow(Action.AGREEMENT_READ, facts, about_agreement(work, None))
    row = agreement_in_force(work.session, command.cell_id, _end_of(command.on, work) if command.on else None)
    if row is None:
        if facts.standing is Standing.NONE:
            raise not_found()
        raise Problem(Kind.NOT_FOUND)
    return agreement_view(work, row)


def _end_of(day: date, work: Work) -> datetime:
    end = datetime.combine(day + timedelta(days=1), time(), BRUSSELS) - timedelta(microseconds=1)
    return min(end, work.now)


@operation(Action.AGREEMENT_LIST)
def list_agreement(work: Work, command: ListAgreement) -> AgreementList:
    """Give the versions of a cell's agreement, the newest first; of what was never adopted only its desk knows."""
    facts = cell_facts(work, command.cell_id)
    work.allow(Action.AGREEMENT_LIST, facts, about_agreement(work, None))
    query = select(Agreement).filter_by(cell_id=command.cell_id).order_by(Agreement.number.desc())
    if facts.standing is not Standing.FILE:
        query = query.where(Agreement.state.not_in(NEVER_ADOPTED))
    return AgreementList(
        href=href(f"cells/{command.cell_id}/agreements"),
        items=[
            AgreementItem(
                agreement_id=row.id,
                href=href("agreements", row.id),
                number=row.number,
                state=row.state,
                document=row.document,
                adopted_on=row.adopted_on,
                in_force_from=row.adopted_at,
                in_force_until=row.superseded_at,
            )
            for row in work.session.scalars(query)
        ],
    )


@operation(Action.AGREEMENT_COMPARE)
def compare_agreement(work: Work, command: CompareAgreement) -> ComparisonView:
    """Give one version with its text, and what differs from the version before it, settings side by side."""
    row = work.session.get(Agreement, command.agreement_id)
    work.allow(
        Action.AGREEMENT_COMPARE, version_facts(work, row), about_agreement(work, command.agreement_id)
    )
    row = there(row)
    former = work.session.scalars(
        select(Agreement)
        .filter_by(cell_id=row.cell_id)
        .where(Agreement.number < row.number, Agreement.state.not_in(NEVER_ADOPTED))
        .order_by(Agreement.number.desc())
        .limit(1)
    ).one_or_none()
    return ComparisonView(
        href=href("agreements", row.id),
        version=row.version,
        agreement=agreement_view(work, row),
        former_number=former.number if former else None,
        changes=changes_between(work.actor.language, former, row, work.today) if former else [],
    )
