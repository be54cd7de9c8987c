"""Signing a draft as it stands, and adopting what every mayor signed (R1, R4, R115)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from app.constitution.agreement_views import agreement_view, every_mayor_signed, signatures_under
from app.constitution.agreements import about_agreement, agreement_in_force
from app.constitution.commands import AdoptAgreement, RecordSignatureAgreement, SignAgreement
from app.constitution.drafting import version
from app.constitution.models import Agreement, AgreementSignature, ConsultationTable
from app.constitution.standing import version_facts
from app.constitution.views import AgreementView
from app.constitution.writing import wanting
from app.kernel.i18n import translate
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.lifecycle import target
from app.rules.problems import Kind, Problem, invalid

_NAME = text("SELECT name FROM person WHERE id = :id")


@operation(Action.AGREEMENT_SIGN)
def sign_agreement(work: Work, command: SignAgreement) -> AgreementView:
    """Sign the draft for one's municipality. Raises Problem 409 while it lacks something, or where it was signed already."""
    row = version(work, command.agreement_id)
    about = about_agreement(work, command.agreement_id)
    facts = version_facts(work, row, agreement_whole=bool(row and not wanting(work, row)))
    work.allow(Action.AGREEMENT_SIGN, facts, about)
    row = there(row)
    work.expect(row.version)
    town = there(work.actor.municipality_id)
    if town in signatures_under(work, row):
        raise work.refuse(Action.AGREEMENT_SIGN, Problem(Kind.CONFLICT, rule="R1"), about)
    name = str(work.session.scalar(_NAME, {"id": work.actor.person_id}))
    capacity = translate(work.actor.language, "role.mayor")
    _sign(work, row, name, capacity, work.today, municipality_id=town)
    return agreement_view(work, row)


@operation(Action.AGREEMENT_RECORD_SIGNATURE)
def record_signature_agreement(work: Work, command: RecordSignatureAgreement) -> AgreementView:
    """Record a service's signature under the draft as it stands. Raises Problem 400 for who is no party to it."""
    row = version(work, command.agreement_id)
    about = about_agreement(work, command.agreement_id)
    facts = version_facts(work, row, agreement_whole=bool(row and not wanting(work, row)))
    work.allow(Action.AGREEMENT_RECORD_SIGNATURE, facts, about)
    row = there(row)
    work.expect(row.version)
    if str(command.agency_id) not in {each["agencyId"] for each in row.parties}:
        raise invalid("agencyId", "no party to this agreement", kind="referencedResourceNotFound")
    _not_ahead(work, command.signed_on, "signedOn")
    if command.agency_id in signatures_under(work, row):
        raise work.refuse(Action.AGREEMENT_RECORD_SIGNATURE, Problem(Kind.CONFLICT, rule="R115"), about)
    _sign(work, row, command.name, command.capacity, command.signed_on, agency_id=command.agency_id)
    return agreement_view(work, row)


def _sign(
    work: Work,
    row: Agreement,
    name: str,
    capacity: str,
    day: date,
    *,
    municipality_id: UUID | None = None,
    agency_id: UUID | None = None,
) -> None:
    work.session.add(
        AgreementSignature(
            id=new_id(),
            agreement_id=row.id,
            cell_id=row.cell_id,
            municipality_id=municipality_id,
            agency_id=agency_id,
            name=name,
            capacity=capacity,
            signed_on=day,
            digest=row.digest,
            recorded_by=there(work.actor.person_id),
            recorded_at=work.now,
        )
    )
    work.session.flush()


def _not_ahead(work: Work, day: date, field: str) -> None:
    if day > work.today:
        raise invalid(field, "in the future", kind="invalidPeriod")


@operation(Action.AGREEMENT_ADOPT)
def adopt_agreement(work: Work, command: AdoptAgreement) -> AgreementView:
    """Adopt the draft: it governs from this moment, and what was decided before stays as it was decided.

    Raises Problem: 409 while it lacks something or a mayor has not signed it, 400 for a decision in the future.
    """
    row = version(work, command.agreement_id)
    facts = version_facts(
        work,
        row,
        agreement_whole=bool(row and not wanting(work, row)),
        every_mayor_signed=bool(row and every_mayor_signed(work, row)),
    )
    work.allow(Action.AGREEMENT_ADOPT, facts, about_agreement(work, command.agreement_id))
    row = there(row)
    work.expect(row.version)
    _not_ahead(work, command.adopted_on, "adoptedOn")
    before = agreement_in_force(work.session, row.cell_id)
    if before is not None:
        before.state, before.superseded_at = "superseded", work.now
        before.version += 1
        work.session.flush()
    row.state = target(Action.AGREEMENT_ADOPT)
    row.document, row.adopted_on = command.document, command.adopted_on
    row.adopted_at, row.adopted_by = work.now, work.actor.person_id
    row.version += 1
    work.session.flush()
    _lay_tables(work, row)
    return agreement_view(work, row)


def _lay_tables(work: Work, row: Agreement) -> None:
    """Set up the tables that the agreement names and the cell does not have yet (R3); none is taken away."""
    held = set(work.session.scalars(select(ConsultationTable.kind).filter_by(cell_id=row.cell_id)))
    work.session.add_all(
        ConsultationTable(
            id=new_id(),
            cell_id=row.cell_id,
            kind=table["kind"],
            name=table["name"],
            created_at=work.now,
            version=1,
        )
        for table in row.tables
        if table["kind"] not in held
    )
    work.session.flush()
