"""Destroying a file so that nothing brings it back: ordered, shredded, deleted, certified (R86, R92, R93).

Three steps, each committed before the next and each harmless to repeat: the main database says that it has
to go, the key store loses its keys and keeps a tombstone, the main database loses its rows. A process that
dies anywhere leaves an order that `resume` finishes; a main database restored from an older copy is
recognised by the tombstones and cleaned the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, TextClause, delete, or_, text
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.standing import about_case
from app.directory.models import Notice
from app.intake.models import Registration
from app.intake.standing import about_registration
from app.kernel.database import Row
from app.kernel.idempotency import Answered
from app.kernel.ids import new_id, new_reference
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.meetings.hand_over_queries import packages_of, received_of, references_of
from app.retention import queries
from app.retention.calendar import term_of
from app.retention.certificates import digest_of
from app.retention.commands import DestroyCase, EraseRegistration
from app.retention.models import Certificate
from app.retention.standing import retention_facts
from app.retention.views import DestructionView
from app.rules.actions import Action
from app.rules.lifecycle import target
from app.rules.retention import CASE_TERM_YEARS, years_after


class KeysRemain(RuntimeError):  # noqa: N818 — a fact about the file
    """Rows may go only after their keys: something tried to skip the second step."""


class NotYet(RuntimeError):  # noqa: N818 — a fact about the file
    """The database itself held on to the file: its day has not come, or nobody ordered its end."""


@operation(Action.CASE_DESTROY)
def destroy_case(work: Work, command: DestroyCase) -> DestructionView:
    """Order the destruction of cases or, when their keys are gone, delete what is left and certify each: all or none.

    From the order on nobody reaches the files any more. One journal line per case. Raises Problem 404 for one that is not
    there and 409 before the due date (R86), KeysRemain when the second step was left out.
    """
    wanted = list(dict.fromkeys(command.case_ids))
    rows = queries.locked_cases(work.session, wanted)
    registrations = queries.registrations_of(work.session, list(rows.values()))
    gone = work.vault.destroyed(wanted)
    for case_id in wanted:
        row = rows.get(case_id)
        begun = row is not None and (row.shred_ordered_at is not None or case_id in gone)
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
    every = [each for found in registrations.values() for each in found]
    keys = [*wanted, *(each.id for each in every), *packages_of(work.session, wanted)]
    accepted, references = received_of(work.session, wanted), references_of(work.session, wanted)
    if command.step == "order":
        for row in rows.values():
            row.shred_ordered_at = row.shred_ordered_at or work.now
            row.state = target(Action.CASE_DESTROY)
            if (
                row.id in gone
            ):  # it came back from an older copy, in which its end was still to be brought nearer
                row.due_on = min(row.due_on, work.today)
            row.version += 1
        for each in every:
            each.state = target(Action.REGISTRATION_ERASE)
            each.version += 1
        return DestructionView(step="ordered", file_ids=keys)
    _demand_tombs(work, keys)
    longer = queries.granted_beyond(work.session, wanted)
    counts = _delete_all(work.session, wanted)
    for each in every:
        work.session.delete(each)
    work.session.flush()
    references += [row.reference for row in rows.values()] + [each.reference for each in every]
    _forget(work, keys, references)
    gone_for_good = [
        _said_of(row, counts[row.id], len(registrations[row.id]), _ground(row, accepted, longer))
        for row in rows.values()
    ]
    certify(work, gone_for_good)
    return DestructionView(step="destroyed", file_ids=keys)


def _ground(row: Case, accepted: Collection[UUID], longer: Collection[UUID]) -> str:
    """Name the row of the schedule under which a case goes: each way to its end has one."""
    if row.id in accepted:
        return "handedOver"
    past_the_year = row.due_on > years_after(row.last_discussed_on or row.listed_on, CASE_TERM_YEARS)
    if past_the_year and row.id in longer:
        return "extensionNotCarried"
    extended = row.extended_until is not None and row.extended_until >= row.due_on
    return term_of("case", "", extended=extended)


def _said_of(row: Case, counts: dict[str, int], registrations: int, ground: str) -> dict[str, Any]:
    """Give what the certificate of a case says of it (R93)."""
    went = counts | ({"registration": registrations} if registrations else {})
    return {
        "reference": row.reference,
        "kind": "case",
        "municipality_id": row.municipality_id,
        "listed_on": row.listed_on,
        "last_discussed_on": row.last_discussed_on,
        "due_on": row.due_on,
        "ground": ground,
        "counts": went,
    }


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
        if gone and row.due_on is not None:  # back from an older copy, in which it was not due yet
            row.due_on = min(row.due_on, work.today)
        row.version += 1
        return DestructionView(step="ordered", file_ids=[row.id])
    _demand_tombs(work, [row.id])
    work.session.delete(row)
    work.session.flush()
    _forget(work, [row.id], [row.reference])
    said = {
        "reference": new_reference(work.today.year).replace("C-", "E-", 1),
        "kind": "registration",
        "municipality_id": row.municipality_id,
        "listed_on": row.received_on,
        "last_discussed_on": None,
        "due_on": row.due_on or work.today,
        "ground": term_of("registration", _started_by(row), extended=False),
        "counts": {"registration": 1},
    }
    certify(work, [said])
    return DestructionView(step="destroyed", file_ids=[row.id])


def _started_by(row: Registration) -> str:
    """Give what the term of a registration ran from; what was taken back has no words any more, and no decision."""
    if row.decided_on is None and row.narrative is None:
        return "withdrawal"
    if row.ends_by is not None and row.due_on == row.ends_by:
        return "sender"
    return "decision" if row.decided_on else "receipt"


def _reason(step: str, *, begun: bool) -> str:
    if step == "finish":
        return "destroyed"
    return "resumed" if begun else "ordered"


def _demand_tombs(work: Work, keys: list[UUID]) -> None:
    if set(keys) - work.vault.destroyed(keys):
        raise KeysRemain


def _of_a_case() -> list[Table]:
    """Give every table that carries a case, children before what they hang on: one added later is not forgotten."""
    kept = {Registration.__tablename__, Case.__tablename__}
    carrying = [t for t in reversed(Row.metadata.sorted_tables) if "case_id" in t.c and t.name not in kept]
    return [*carrying, Row.metadata.tables[Case.__tablename__]]


@cache
def _deletion() -> TextClause:
    """Give the one statement that deletes every row of some cases and counts what went, by case and table."""
    went, told = [], []
    for table in _of_a_case():
        column = "id" if table.name == Case.__tablename__ else "case_id"
        went.append(
            f"gone_{table.name} AS (DELETE FROM {table.name} WHERE {column} = ANY(:cases) RETURNING {column})"
        )
        told.append(
            f"SELECT '{table.name}' AS name, {column} AS case_id, count(*) AS rows FROM gone_{table.name} GROUP BY {column}"
        )
    return text(f"WITH {', '.join(went)} {' UNION ALL '.join(told)}")


def _delete_all(session: Session, case_ids: list[UUID]) -> dict[UUID, dict[str, int]]:
    """Delete every row of some cases and give how many there were, by case and table."""
    session.flush()
    counts: dict[UUID, dict[str, int]] = {case_id: {} for case_id in case_ids}
    for row in session.execute(_deletion(), {"cases": case_ids}):
        counts[row.case_id][row.name] = row.rows
    if any(Case.__tablename__ not in went for went in counts.values()):
        raise NotYet  # the database's own opinion of the date differs: then nothing goes
    return counts


def _forget(work: Work, file_ids: Iterable[UUID], references: list[str]) -> None:
    """Delete what else mentions a file: notices, and where keyed requests left their result (R92)."""
    session = work.session
    session.execute(delete(Notice).where(Notice.reference.in_(references)))
    for file_id in file_ids:
        where = (Answered.location.contains(str(file_id)), Answered.href.contains(str(file_id)))
        session.execute(delete(Answered).where(or_(*where)))


def certify(work: Work, gone: list[dict[str, Any]]) -> None:
    """Put down a certificate of each; the first one of a reference stands (R93)."""
    # Rows that came back from an older copy are certified already.
    known = queries.certified(work.session, (said["reference"] for said in gone))
    for said in gone:
        if said["reference"] in known:
            continue
        row = Certificate(
            id=new_id(), destroyed_at=work.now, executor=str(there(work.actor.role)), digest="", **said
        )
        row.digest = digest_of(row)
        work.session.add(row)
