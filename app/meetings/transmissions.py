"""The register of what leaves the house: nothing does without ground, sender, recipient and digest (R105).

Whatever hands a document out calls `hand_over` in the transaction that does it. A line of the register is written once;
it goes with its case, and what stays of it is the line of the processing log (R92; decision 0032).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from app.cases import queries as cases
from app.cases.standing import about_case, case_facts
from app.constitution.codes import codes
from app.constitution.standing import municipality_facts
from app.directory.models import Person
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import feedback_queries
from app.meetings.feedback_commands import ListTransmission, RecordTransmission
from app.meetings.feedback_models import Transmission
from app.meetings.feedback_views import TransmissionPage, TransmissionView
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.problems import invalid
from app.rules.roles import POLICE

FEEDBACK_SHEET = "feedbackSheet"
OTHERWISE = "document"
"""What left the house without being made here."""
RECIPIENTS = ("transmissionRecipients", "feedbackRecipients")


def hand_over(
    work: Work,
    *,
    case_id: UUID,
    municipality_id: UUID,
    ground: str,
    recipients: Iterable[str],
    recipient_name: str,
    digest: bytes,
    object_type: str,
    object_id: UUID | None = None,
) -> list[Transmission]:
    """Enter in the register that these exact bytes leave for these recipients, in the transaction that hands them out."""
    rows = [
        Transmission(
            id=new_id(),
            case_id=case_id,
            municipality_id=municipality_id,
            ground=ground,
            sender_id=there(work.actor.person_id),
            mandate_id=there(work.actor.mandate_id),
            recipient_type=recipient,
            recipient_name=recipient_name,
            sent_at=work.now,
            digest=digest,
            object_type=object_type,
            object_id=object_id,
        )
        for recipient in recipients
    ]
    work.session.add_all(rows)
    return rows


def recordable_grounds(work: Work) -> list[str]:
    """Give the grounds of what is recorded by hand: a feedback sheet is entered by its issue alone."""
    return [code for code in codes("transmissionGrounds", work.today) if code != FEEDBACK_SHEET]


def recipient_types(work: Work) -> list[str]:
    """Give every kind of recipient."""
    return list(dict.fromkeys(code for name in RECIPIENTS for code in codes(name, work.today)))


@operation(Action.TRANSMISSION_RECORD)
def record_transmission(work: Work, command: RecordTransmission) -> TransmissionView:
    """Record a hand-over made otherwise: by the desk of the case, or by the police who were at its discussion.

    Raises Problem: 404 for a case that is not there for this actor, 409 without a ground of the code list, 400 for a
    recipient of no known kind.
    """
    facts, about, found = _of_case(work, command)
    known = command.ground in recordable_grounds(work)
    work.allow(
        Action.TRANSMISSION_RECORD,
        facts,
        about,
        reason=command.ground if known else "",
        recipients=command.recipient_type if command.recipient_type in recipient_types(work) else "",
    )
    if command.recipient_type not in recipient_types(work):
        raise invalid("recipientType", "not a code of this list", kind="referencedResourceNotFound")
    found = there(found)
    (row,) = hand_over(
        work,
        case_id=command.case_id,
        municipality_id=found.municipality_id,
        ground=command.ground,
        recipients=[command.recipient_type],
        recipient_name=command.recipient_name,
        digest=bytes.fromhex(command.digest),
        object_type=OTHERWISE,
    )
    return _view(row, work.session.get_one(Person, row.sender_id).name, None)


def _of_case(work: Work, command: RecordTransmission) -> tuple[Facts, About, Any]:
    known = {"ground_to_hand_over": command.ground in recordable_grounds(work)}
    if work.actor.role in POLICE:
        place = feedback_queries.place_of_case(work.session, command.case_id)
        if place is None:
            return work.facts(standing=Standing.NONE), About(object_type="transmission"), None
        facts = work.facts(standing=Standing.PART, state=place.case_state, locks_on=place.locks_on, **known)
        return facts, About(place.municipality_id, place.case_id, place.subject_id, "transmission"), place
    case = cases.case(work.session, command.case_id)
    return case_facts(work, case, **known), about_case(case, "transmission"), case


@operation(Action.TRANSMISSION_LIST)
def list_transmission(work: Work, command: ListTransmission) -> TransmissionPage:
    """List what left one's municipality: to its desk with the references of its cases, to oversight with ids alone."""
    actor = work.actor
    rows = feedback_queries.transmissions(
        work.session,
        actor.municipality_id,
        ground=command.ground,
        first=command.from_,
        last=command.to,
        after=position(command.cursor, datetime.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
    work.allow(
        Action.TRANSMISSION_LIST,
        municipality_facts(work, actor.municipality_id, actor.cell_id),
        [About(row.municipality_id, row.case_id, None, "transmission", row.id) for row, *_ in shown]
        or About(actor.municipality_id or About().controller, object_type="transmission"),
    )
    more = None
    if len(rows) > command.page_size:
        more = cursor(shown[-1][0].sent_at.isoformat(), shown[-1][0].id)
    return TransmissionPage(
        href=href("transmissions"),
        items=[_view(*found) for found in shown],
        next=more,
        page_size=command.page_size,
    )


def _view(row: Transmission, sender: str, reference: str | None) -> TransmissionView:
    return TransmissionView(
        transmission_id=row.id,
        municipality_id=row.municipality_id,
        case_id=row.case_id,
        reference=reference,
        ground=row.ground,
        sender_id=row.sender_id,
        sender_name=sender,
        recipient_type=row.recipient_type,
        recipient_name=row.recipient_name,
        sent_at=row.sent_at,
        digest=row.digest.hex(),
        object_type=row.object_type,
        object_id=row.object_id,
    )
