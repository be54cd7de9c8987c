"""The mayor's list: a person becomes a case only by a decision to put them on it (R40)."""

from __future__ import annotations

from datetime import date
from typing import Protocol
from uuid import UUID

import orjson

from app.cases.marking import mark_case
from app.cases.models import Case, Listing
from app.cases.sealing import LISTED_UNDER, seal_in
from app.constitution.models import Agreement
from app.kernel.ids import new_id, new_reference
from app.kernel.sealed import Sealed
from app.kernel.vault import Place
from app.kernel.work import Work, there
from app.rules.retention import case_due_on, locks_on


class Signal(Protocol):
    """What a registration brings into the case made from it."""

    id: UUID
    municipality_id: UUID
    cell_id: UUID
    subject_id: UUID
    phenomenon: str
    origin: str
    subject: Sealed | None
    narrative: Sealed | None
    screening: Sealed | None
    ends_by: date | None
    counted_from: date | None


def put_on_list(
    work: Work, signal: Signal, agreement: Agreement, indications: str, weighed: str = ""
) -> Case:
    """Make a case from a registration that was decided `listed`; part of that decision, never by itself.

    Identity and signal move: they are sealed anew under the case's own key and leave the registration, which from
    now on is a receipt; *weighed*, what the screening answered, goes along. The one-year term starts with the listing,
    or with the last discussion in the municipality that handed it over, until a discussion here starts it anew (R86).
    """
    case_id = new_id()
    work.vault.new_file(case_id, signal.municipality_id)
    identity = _opened(work, signal, "subject", there(signal.subject))
    brought = _opened(work, signal, "narrative", there(signal.narrative))
    note = _opened(work, signal, "screening", signal.screening) if signal.screening is not None else None
    due_on = case_due_on(signal.counted_from or work.today, agreement.settings)
    if signal.ends_by is not None:  # discussed over there already: a listing starts no year anew (R96)
        due_on = min(due_on, signal.ends_by)
    case = Case(
        id=case_id,
        municipality_id=signal.municipality_id,
        cell_id=signal.cell_id,
        reference=new_reference(work.today.year),
        state="listed",
        phenomenon=signal.phenomenon,
        origin=signal.origin,
        subject_id=signal.subject_id,
        subject=seal_in(work, case_id, "case_file", "subject", case_id, identity),
        registration_id=signal.id,
        agreement_id=agreement.id,
        listed_on=work.today,
        listed_by=there(work.actor.person_id),
        counted_from=signal.counted_from,
        due_on=due_on,
        locks_on=locks_on(due_on, agreement.settings),
        version=1,
    )
    work.session.add(case)
    work.session.flush()
    work.session.add(
        Listing(
            case_id=case_id,
            municipality_id=signal.municipality_id,
            indications=seal_in(work, case_id, LISTED_UNDER, "indications", case_id, indications),
            signal=seal_in(work, case_id, LISTED_UNDER, "signal", case_id, brought),
            screening_note=_sealed(work, case_id, "screening_note", note),
            screening_answers=_sealed(work, case_id, "screening_answers", weighed or None),
        )
    )
    said = orjson.loads(identity)
    mark_case(work, case, said["name"], date.fromisoformat(said["birthDate"]) if said["birthDate"] else None)
    signal.subject = signal.narrative = signal.screening = None
    return case


def _sealed(work: Work, case_id: UUID, column: str, text: str | None) -> Sealed | None:
    return seal_in(work, case_id, LISTED_UNDER, column, case_id, text) if text is not None else None


def _opened(work: Work, signal: Signal, column: str, value: Sealed) -> str:
    return work.vault.unseal(Place(signal.id, "registration", column, signal.id), value)
