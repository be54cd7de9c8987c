"""Destroying a file so that nothing brings it back: ordered, shredded, deleted, certified (R86, R92, R93).

Three steps, each committed before the next and each harmless to repeat: the main database says that it has
to go, the key store loses its keys and keeps a tombstone, the main database loses its rows. A process that
dies anywhere leaves an order that `resume` finishes; a main database restored from an older copy is
recognised by the tombstones and cleaned the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import CursorResult, delete, or_
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.standing import about_case
from app.directory.models import Exclusion, Notice
from app.intake.models import Registration
from app.intake.standing import about_registration
from app.kernel.database import Row
from app.kernel.idempotency import Answered
from app.kernel.ids import new_id, new_reference
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings.hand_over_queries import packages_of, received_of
from app.retention import queries
from app.retention.calendar import term_of
from app.retention.certificates import digest_of
from app.retention.commands import DestroyCase, EraseRegistration
from app.retention.models import Certificate
from app.retention.standing import retention_facts
from app.retention.views import DestructionView
from app.rules.actions import Action
from app.rules.lifecycle import target


class KeysRemain(RuntimeError):  # noqa: N818 — a fact about the file
    """Rows may go only after their keys: something tried to skip the second step."""


class NotYet(RuntimeError):  # noqa: N818 — a fact about the file
    """The database itself held on to the file: its day has not come, or nobody ordered its end."""


@operation(Action.CASE_DESTROY)
def destroy_case(work: Work, command: DestroyCase) -> DestructionView:
    """Order a case's destruction or, when its keys are gone, delete what is left and certify it.

    From the order on nobody reaches the file any more. Raises Problem 409 before the due date (R86), KeysRemain when the
    second step was left out.
    """
    row = queries.case(work.session, command.case_id)
    registrations = queries.registrations_of(work.session, row) if row else []
    gone = work.vault.destroyed([command.case_id])
    begun = row is not None and (row.shred_ordered_at is not None or bool(gone))
    work.allow(
        Action.CASE_DESTROY,
        retention_facts(
            work,
            row.municipality_id if row else None,
            state=target(Action.CASE_DESTROY) if begun else row.state if row else None,
            due_on=row.due_on if row else None,
        ),
        about_case(row),
        reason=_reason(command.step, begun=begun),
    )
    row = there(row)
    keys = [row.id, *(each.id for each in registrations), *packages_of(work.session, row.id)]
    accepted = received_of(work.session, row.id)
    if command.step == "order":
        row.shred_ordered_at = row.shred_ordered_at or work.now
        row.state = target(Action.CASE_DESTROY)
        row.version += 1
        for each in registrations:
            each.state = target(Action.REGISTRATION_ERASE)
            each.version += 1
        return DestructionView(step="ordered", file_ids=keys)
    _demand_tombs(work, keys)
    counts = _delete_all(work.session, row.id)
    references = [
        *([accepted.reference] if accepted else []),
        row.reference,
        *(each.reference for each in registrations),
    ]
    for each in registrations:
        work.session.delete(each)
    work.session.flush()
    counts["registration"] = len(registrations)
    _forget(work, keys, references)
    extended = row.extended_until is not None and row.extended_until >= row.due_on
    certify(
        work,
        reference=row.reference,
        kind="case",
        municipality_id=row.municipality_id,
        listed_on=row.listed_on,
        last_discussed_on=row.last_discussed_on,
        due_on=row.due_on,
        ground="handedOver" if accepted else term_of("case", "", extended=extended),
        counts={name: count for name, count in counts.items() if count},
    )
    return DestructionView(step="destroyed", file_ids=keys)


@operation(Action.REGISTRATION_ERASE)
def erase_registration(work: Work, command: EraseRegistration) -> DestructionView:
    """Order a registration's erasure or, when its key is gone, delete it. What stays is a count (R46).

    The certificate gets a reference of its own: not even the registration's number survives. Raises as `destroy_case`.
    """
    row = queries.registration(work.session, command.registration_id)
    gone = work.vault.destroyed([command.registration_id])
    erased = target(Action.REGISTRATION_ERASE)
    begun = row is not None and (row.state == erased or bool(gone))
    work.allow(
        Action.REGISTRATION_ERASE,
        retention_facts(
            work,
            row.municipality_id if row else None,
            state=erased if begun else row.state if row else None,
            due_on=row.due_on if row else None,
        ),
        about_registration(row),
        reason=_reason(command.step, begun=begun),
    )
    row = there(row)
    if command.step == "order":
        row.state = erased
        row.version += 1
        return DestructionView(step="ordered", file_ids=[row.id])
    _demand_tombs(work, [row.id])
    work.session.delete(row)
    work.session.flush()
    _forget(work, [row.id], [row.reference])
    certify(
        work,
        reference=new_reference(work.today.year).replace("C-", "E-", 1),
        kind="registration",
        municipality_id=row.municipality_id,
        listed_on=row.received_on,
        last_discussed_on=None,
        due_on=row.due_on or work.today,
        ground=term_of("registration", "decision" if row.decided_on else "receipt", extended=False),
        counts={"registration": 1},
    )
    return DestructionView(step="destroyed", file_ids=[row.id])


def _reason(step: str, *, begun: bool) -> str:
    if step == "finish":
        return "destroyed"
    return "resumed" if begun else "ordered"


def _demand_tombs(work: Work, keys: list[UUID]) -> None:
    if set(keys) - work.vault.destroyed(keys):
        raise KeysRemain


def _delete_all(session: Session, case_id: UUID) -> dict[str, int]:
    """Delete every row of a case and give how many there were, by table.

    It asks the tables themselves, so that one added later is not forgotten: whatever carries a case goes.
    """
    counts: dict[str, int] = {}
    for table in reversed(Row.metadata.sorted_tables):
        if "case_id" in table.c and table.name not in {Registration.__tablename__, Exclusion.__tablename__}:
            counts[str(table.name)] = _removed(
                session.execute(table.delete().where(table.c.case_id == case_id))
            )
    session.execute(delete(Exclusion).where(Exclusion.case_id == case_id))
    counts[Case.__tablename__] = _removed(session.execute(delete(Case).where(Case.id == case_id)))
    if counts[Case.__tablename__] != 1:  # the database's own opinion of the date differs: then nothing goes
        raise NotYet
    return counts


def _removed(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


def _forget(work: Work, file_ids: Iterable[UUID], references: list[str]) -> None:
    """Delete what else mentions a file: notices, and where keyed requests left their result (R92)."""
    session = work.session
    session.execute(delete(Notice).where(Notice.reference.in_(references)))
    for file_id in file_ids:
        where = (Answered.location.contains(str(file_id)), Answered.href.contains(str(file_id)))
        session.execute(delete(Answered).where(or_(*where)))


def certify(work: Work, **said: object) -> None:
    """Put down a certificate; the first of a reference stands (R93)."""
    row = Certificate(
        id=new_id(), destroyed_at=work.now, executor=str(there(work.actor.role)), digest="", **said
    )
    row.digest = digest_of(row)
    # Rows that came back from an older copy are certified already: the first certificate stands.
    if not queries.is_certified(work.session, row.reference):
        work.session.add(row)
