"""The basis on which a municipality outside Flanders may record case data: proposed, and signed off by its officer (R113).

In Flanders the decree is the basis. Elsewhere no case data can be stored until the data protection officer of the
municipality signed what an administrator proposed: the act, its article, the document and its date.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.constitution.commands import (
    ListRecordingBasis,
    ProposeRecordingBasis,
    SignOffRecordingBasis,
)
from app.constitution.models import Municipality, RecordingBasis
from app.constitution.standing import cell_facts, municipality_facts
from app.constitution.views import RecordingBasisList, RecordingBasisView
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Facts
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.roles import Role

PROPOSED = "proposed"
FLANDERS = "flanders"


@operation(Action.RECORDING_BASIS_PROPOSE)
def propose_recording_basis(work: Work, command: ProposeRecordingBasis) -> RecordingBasisView:
    """Propose a basis for a municipality outside Flanders; nothing may be recorded on it until it is signed off.

    Raises Problem: 400 for a municipality that is not there or lies in Flanders and for a date to come, 409 while
    another proposal waits.
    """
    town = work.session.get(Municipality, command.municipality_id)
    row_id = new_id()
    about = _about(town.id if town else None, row_id)
    work.allow(Action.RECORDING_BASIS_PROPOSE, cell_facts(work, None), about)
    if town is None:
        raise invalid("municipalityId", "no such municipality", kind="referencedResourceNotFound")
    if town.profile == FLANDERS:
        raise invalid("municipalityId", "the decree is the basis in Flanders (R113)")
    if command.dated > work.today:
        raise invalid("dated", "in the future", kind="invalidPeriod")
    if _waiting(work, town.id) is not None:
        raise work.refuse(Action.RECORDING_BASIS_PROPOSE, Problem(Kind.CONFLICT, rule="R113"), about)
    row = RecordingBasis(
        id=row_id,
        municipality_id=town.id,
        act=command.act,
        article=command.article,
        document=command.document,
        dated=command.dated,
        state=PROPOSED,
        proposed_by=there(work.actor.person_id),
        proposed_at=work.now,
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    return _view(work, row, town)


def _waiting(work: Work, municipality_id: UUID) -> RecordingBasis | None:
    query = select(RecordingBasis).filter_by(municipality_id=municipality_id, state=PROPOSED)
    return work.session.scalars(query).one_or_none()


@operation(Action.RECORDING_BASIS_SIGN_OFF)
def sign_off_recording_basis(work: Work, command: SignOffRecordingBasis) -> RecordingBasisView:
    """Sign a proposed basis off as the municipality's data protection officer, or refuse it; never one's own proposal.

    Signed, it is the basis from this moment, in place of an earlier one. Raises Problem 409 for one decided on.
    """
    row = work.session.get(RecordingBasis, command.recording_basis_id)
    about = _about(row.municipality_id if row else None, command.recording_basis_id)
    work.allow(Action.RECORDING_BASIS_SIGN_OFF, _facts(work, row), about)
    row = there(row)
    work.expect(row.version)
    waits = select(RecordingBasis).filter_by(id=row.id, state=PROPOSED).with_for_update()
    if work.session.scalars(waits).one_or_none() is None:
        raise work.refuse(Action.RECORDING_BASIS_SIGN_OFF, Problem(Kind.CONFLICT, rule="R113"), about)
    row.state = "signed" if command.decision == "approve" else "refused"
    row.decided_by, row.decided_at = work.actor.person_id, work.now
    row.version += 1
    work.session.flush()
    town = there(work.session.get(Municipality, row.municipality_id))
    work.session.refresh(town)  # the database laid the signed basis down with it
    return _view(work, row, town)


@operation(Action.RECORDING_BASIS_LIST)
def list_recording_basis(work: Work, command: ListRecordingBasis) -> RecordingBasisList:
    """Give the bases proposed for one's municipality, the newest first; an administrator sees all."""
    del command
    facts = cell_facts(work, None)
    if work.actor.role is not Role.ADMINISTRATOR:
        facts = municipality_facts(work, work.actor.municipality_id, work.actor.cell_id)
    work.allow(Action.RECORDING_BASIS_LIST, facts, _about(work.actor.municipality_id))
    rows = work.session.execute(
        select(RecordingBasis, Municipality)
        .join(Municipality, Municipality.id == RecordingBasis.municipality_id)
        .order_by(RecordingBasis.proposed_at.desc(), RecordingBasis.id)
    )
    outside = work.session.scalar(select(Municipality.id).where(Municipality.profile != FLANDERS).limit(1))
    may_propose = abilities(work.actor, cell_facts(work, None), Action.RECORDING_BASIS_PROPOSE)
    return RecordingBasisList(
        href=href("recordingBases"),
        items=[_view(work, row, town) for row, town in rows],
        abilities=may_propose if outside else [],
    )


def _about(municipality_id: UUID | None, row_id: UUID | None = None) -> About:
    return About(municipality_id or About().controller, object_type="recordingBasis", object_id=row_id)


def _facts(work: Work, row: RecordingBasis | None) -> Facts:
    return municipality_facts(
        work,
        row.municipality_id if row else None,
        None,
        state=row.state if row else None,
        proposed_by_actor=row is not None and row.proposed_by == work.actor.person_id,
    )


def _view(work: Work, row: RecordingBasis, town: Municipality) -> RecordingBasisView:
    return RecordingBasisView(
        version=row.version,
        href=href("recordingBases", row.id),
        recording_basis_id=row.id,
        municipality_id=town.id,
        names=town.names,
        act=row.act,
        article=row.article,
        document=row.document,
        dated=row.dated,
        state=row.state,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        abilities=abilities(work.actor, _facts(work, row), Action.RECORDING_BASIS_SIGN_OFF),
    )
