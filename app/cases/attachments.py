"""Attachments: documents in the municipality's own file, sealed in parts, given only as a download (R51 to R58, R92).

Who sits at the table shares in words; what a document holds besides is for nobody to judge there. So the desk alone
adds one, with the name of who brought it, and the desk alone reads it (R18; docs/decisions/0021).
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from app.cases import queries
from app.cases.commands import AddAttachment, ListAttachment, ReadAttachment, RemoveAttachment
from app.cases.models import Attachment, AttachmentPart, Case
from app.cases.sealing import open_in, seal_in
from app.cases.source_queries import is_excluded
from app.cases.standing import about_case, case_facts
from app.cases.statements import FIRST_DAY, contributor_of
from app.cases.views import AttachmentList, AttachmentView
from app.constitution.codes import checked, codes
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.files.inspecting import KINDS, Taken, inspect
from app.kernel.files.refusing import Refused
from app.kernel.i18n import register_codes
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.printing import Paper
from app.kernel.sealed import Sealed
from app.kernel.shapes import href
from app.kernel.vault import Place
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.audience import CATEGORY_WITH_REASON, ORIGINS_KEPT_OUT, SENSITIVE_CATEGORIES
from app.rules.cards import names_a_card, names_an_evaluation
from app.rules.facts import Facts
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid, not_found

SECURITY_ORIGIN: Final = "securityServices"
"""Of theirs an evaluation that OCAD validated is kept, with who said so (R58); never a card or a list (R57)."""
VALIDATION: Final = ("validated_by", "validated_on", "validation_reference")
"""What is recorded of a validation: all of it, or nothing."""
VALIDATED: Final = "ocadValidated"
"""What the journal says of an evaluation that was attached."""
PART: Final = 256 << 10
_TABLE: Final = "attachment"
log = logging.getLogger("livcr")

register_codes("error", ["validatedByOcad", "notOfThePolice"])
register_codes("refusal", ["caseFull", "alreadyThere", "tooLarge", "cardOrList", "evaluation"])


@operation(Action.ATTACHMENT_ADD)
def add_attachment(work: Work, command: AddAttachment) -> AttachmentView:
    """Look at a document, and seal what may be kept of it into the file.

    Raises Problem: 404 and 403 as for the file itself, 409 when a mark is missing that the law asks for, 400 with the
    one reason why a document is not taken. Each refusal is in the journal; nothing of the document is in any.
    """
    case = queries.case_sheet(work.session, work.actor, command.case_id)
    row_id = new_id()
    about = about_case(case, _TABLE, row_id)
    facts = case_facts(
        work,
        case,
        excluded=case and case.excluded,
        recording_basis=bool(case and case.recording_basis),
        proportionate=command.relevant_and_proportionate,
        no_classified=command.nothing_classified,
        attachable_origin=command.origin != SECURITY_ORIGIN or _validation_said(command),
        category_reason=command.category != CATEGORY_WITH_REASON or bool(command.category_reason),
    )
    evaluation = command.origin == SECURITY_ORIGIN
    work.allow(Action.ATTACHMENT_ADD, facts, about, reason=VALIDATED if evaluation else "")
    case = there(case)
    checked("originTags", command.origin, work.today, "origin")
    dated_on = command.dated_on or work.today
    if dated_on > work.today:
        raise invalid("datedOn", "error.dayToCome", kind="invalidPeriod")
    if dated_on < FIRST_DAY:
        raise invalid("datedOn", "error.longAgo", kind="invalidPeriod")
    _demand_no_card(work, command, about)
    _demand_validation(work, command, case)
    contributor = contributor_of(work, command.contributor_id, None, case, facts.standing, brought=True)
    taken = _looked_at(work, command, about)
    digest = hashlib.sha256(taken.content).hexdigest()
    locked = queries.case(work.session, case.id, lock=True)  # two uploads at once wait for each other
    if locked is None or locked.shred_ordered_at is not None:
        raise not_found()
    _demand_room(work, locked, taken, digest, about)

    def sealed(column: str, text: str) -> Sealed:
        return seal_in(work, locked.id, _TABLE, column, row_id, text)

    pieces = [taken.content[at : at + PART] for at in range(0, len(taken.content), PART)]
    row = Attachment(
        id=row_id,
        case_id=locked.id,
        municipality_id=locked.municipality_id,
        category=command.category,
        origin=command.origin,
        kind=taken.kind,
        size=len(taken.content),
        parts=len(pieces),
        contributor_id=contributor.id,
        agency_id=contributor.agency_id,
        added_by=there(work.actor.person_id),
        dated_on=dated_on,
        added_at=work.now,
        name=sealed("name", taken.name),
        description=sealed("description", command.description),
        category_reason=sealed("category_reason", command.category_reason)
        if command.category_reason
        else None,
        digest=sealed("digest", digest),
        validated_by=command.validated_by,
        validated_on=command.validated_on,
        validation_reference=sealed("validation_reference", command.validation_reference)
        if command.validation_reference
        else None,
        version=1,
    )
    work.session.add(row)
    _tell_who_was_named(work, command, case)
    work.session.flush()
    for number, piece in enumerate(pieces):
        place = _place(locked.id, row_id, number, len(pieces))
        work.session.add(
            AttachmentPart(
                attachment_id=row_id,
                number=number,
                case_id=locked.id,
                municipality_id=locked.municipality_id,
                content=work.vault.seal_bytes(place, piece),
            )
        )
    work.session.flush()
    return _view(work, queries.attachment(work.session, row_id), _known(facts), opened=True)


def refuse_upload(work: Work, problem: Problem) -> None:
    """Journal that an upload was refused before anything could be said of it. Raises *problem*."""
    raise work.refuse(Action.ATTACHMENT_ADD, problem, About(object_type=_TABLE))


def _looked_at(work: Work, command: AddAttachment, about: About) -> Taken:
    if len(command.file) > work.installation.settings.attachment_bytes:
        raise work.refuse(Action.ATTACHMENT_ADD, Problem(Kind.PAYLOAD_TOO_LARGE), about)
    try:
        return inspect(command.file_name, command.file)
    except Refused as refused:
        problem = invalid("file", f"refusal.{refused.reason.value}")
        raise work.refuse(Action.ATTACHMENT_ADD, problem, about) from None


def _demand_no_card(work: Work, command: AddAttachment, about: About) -> None:
    """Refuse what calls itself a card or a list, whatever was declared (R57), or an evaluation that is declared as none (R58)."""
    said = (command.file_name, command.description)
    if names_a_card(*said):
        raise work.refuse(Action.ATTACHMENT_ADD, invalid("file", "refusal.cardOrList"), about)
    if names_an_evaluation(*said) and command.origin != SECURITY_ORIGIN:
        raise work.refuse(Action.ATTACHMENT_ADD, invalid("file", "refusal.evaluation"), about)


def _validation_said(command: AddAttachment) -> bool:
    """Tell whether everything is said of a validation by OCAD: who said so, when, under which reference (R58)."""
    return all(getattr(command, name) is not None for name in VALIDATION)


def _demand_validation(work: Work, command: AddAttachment, case: Any) -> None:
    """Hold what is said of a validation against who could say it, and when.

    Raises Problem 400 for somebody who does not sit here for the police with a clearance that holds (R10), a day that
    cannot be, and for a validation of something that does not come from OCAD: whatever has one is theirs, everywhere.
    """
    if command.origin != SECURITY_ORIGIN:
        if any(getattr(command, name) is not None for name in VALIDATION):
            raise invalid("origin", "error.validatedByOcad")
        return
    person, day = there(command.validated_by), there(command.validated_on)
    if not queries.holds_clearance(work.session, person, case.cell_id, work.today):
        raise invalid("validatedBy", "error.notOfThePolice", kind="referencedResourceNotFound")
    if day > work.today:
        raise invalid("validatedOn", "error.dayToCome", kind="invalidPeriod")
    if day < (command.dated_on or FIRST_DAY):
        raise invalid("validatedOn", "error.longAgo", kind="invalidPeriod")


def _tell_who_was_named(work: Work, command: AddAttachment, case: Any) -> None:
    """Tell whoever is said to have passed a validation on, by reference: nobody is named without hearing of it (R58)."""
    named = command.validated_by
    if named is None or named == work.actor.person_id or is_excluded(work.session, named, case.id):
        return
    leave_notice(work, named, NoticeCode.VALIDATION_NAMED, case.reference, case.municipality_id)


def _demand_room(work: Work, case: Case, taken: Taken, digest: str, about: About) -> None:
    """Hold the case against its limits. Its row is locked: nobody adds in between."""
    settings = work.installation.settings
    kept = [row for row in queries.attachments(work.session, case.id) if row.removed_at is None]
    full = len(kept) >= settings.case_attachments
    if full or sum(row.size for row in kept) + len(taken.content) > settings.case_attachment_bytes:
        raise work.refuse(Action.ATTACHMENT_ADD, invalid("file", "refusal.caseFull"), about)
    if any(row.size == len(taken.content) and _open(work, row, "digest") == digest for row in kept):
        raise work.refuse(Action.ATTACHMENT_ADD, invalid("file", "refusal.alreadyThere"), about)


@operation(Action.ATTACHMENT_LIST)
def list_attachment(work: Work, command: ListAttachment) -> AttachmentList:
    """List the documents of a case, the removed ones without what they were called; for a reason (R107)."""
    case = queries.case_sheet(work.session, work.actor, command.case_id)
    known = command.reason in codes("accessReasons", work.today)
    facts = case_facts(work, case, excluded=case and case.excluded, access_reason=known)
    work.allow(
        Action.ATTACHMENT_LIST, facts, about_case(case, _TABLE), reason=command.reason if known else ""
    )
    case = there(case)
    rows = queries.attachments(work.session, case.id)
    settings = work.installation.settings
    kept = [row.size for row in rows if row.removed_at is None]
    room = settings.case_attachment_bytes - sum(kept)
    facts = _known(facts)
    return AttachmentList(
        href=f"{href('cases', case.id)}/attachments",
        abilities=abilities(work.actor, facts, Action.ATTACHMENT_ADD),
        case_id=case.id,
        items=[_view(work, row, facts) for row in rows],
        largest_size=settings.attachment_bytes,
        room_left=max(room, 0) if len(kept) < settings.case_attachments else 0,
    )


@operation(Action.ATTACHMENT_READ)
def read_attachment(work: Work, command: ReadAttachment) -> Paper:
    """Open one document whole, for a reason that goes to the journal (R52, R107).

    Out: name, media type and bytes, to be sent once the line that says so is committed. What was changed, cut off,
    moved or exchanged in the database does not open, and nothing of it leaves.
    """
    row, case, facts = _found(
        work, command.attachment_id, known=command.reason in codes("accessReasons", work.today)
    )
    work.allow(
        Action.ATTACHMENT_READ,
        facts,
        about_case(case, _TABLE, row.id if row else None),
        reason=command.reason if facts.access_reason else "",
    )
    row = there(row)
    content = _whole(work, row)
    if content is None:
        log.error("an attachment was changed in the database: %s", row.id)
        raise work.refuse(Action.ATTACHMENT_READ, Problem(Kind.INTERNAL), about_case(case, _TABLE, row.id))
    return Paper(content, KINDS[row.kind].media_type, _open(work, row, "name") or "")


def _whole(work: Work, row: Any) -> bytes | None:
    """Open all parts; None when they are not those that were put in, in their order and number."""
    parts = queries.attachment_parts(work.session, row.id)
    try:
        content = b"".join(
            work.vault.unseal_bytes(_place(row.case_id, row.id, number, len(parts)), Sealed(part.content))
            for number, part in enumerate(parts)
        )
        return content if hashlib.sha256(content).hexdigest() == _open(work, row, "digest") else None
    except InvalidTag:
        return None


@operation(Action.ATTACHMENT_REMOVE)
def remove_attachment(work: Work, command: RemoveAttachment) -> AttachmentView:
    """Take a document out of the file for good (If-Match). That there was one, and why it went, stays until the end.

    A backup of the main database still holds its sealed bytes until it expires (R92).
    """
    row, case, facts = _found(work, command.attachment_id)
    work.allow(
        Action.ATTACHMENT_REMOVE,
        facts,
        about_case(case, _TABLE, row.id if row else None),
        reason=command.ground,
    )
    changed = there(queries.attachment_row(work.session, there(row).id))
    work.expect(changed.version)
    if changed.removed_at is not None:
        raise not_found()
    changed.name = changed.description = changed.category_reason = changed.digest = None
    changed.validation_reference = None
    changed.removed_at, changed.removed_by = work.now, work.actor.person_id
    changed.removal_ground = command.ground
    changed.version += 1
    work.session.flush()  # the database itself deletes the bytes
    return _view(work, queries.attachment(work.session, changed.id), _known(facts))


def _found(work: Work, attachment_id: UUID, *, known: bool = False) -> tuple[Any, Any, Facts]:
    """Give an attachment that is still there, its case, and Facts on it; a removed one is like one that never was."""
    row = queries.attachment(work.session, attachment_id)
    row = row if row is not None and row.removed_at is None else None
    case = queries.case_sheet(work.session, work.actor, row.case_id) if row else None
    facts = case_facts(work, case, excluded=case and case.excluded, access_reason=known)
    return row, case, facts


def _known(facts: Facts) -> Facts:
    """Give Facts as they will be when somebody reaches for a document, or adds one, with everything that is asked."""
    return replace(
        facts, access_reason=True, recording_basis=True, proportionate=True, no_classified=True,
        attachable_origin=True, category_reason=True,
    )  # fmt: skip


def _place(case_id: UUID, attachment_id: UUID, number: int, count: int) -> Place:
    """Give the place of one part: its number among how many is bound into its seal."""
    part = number.to_bytes(4, "big") + count.to_bytes(4, "big")
    return Place(case_id, "attachment_part", "content", attachment_id, part)


def _open(work: Work, row: Any, column: str) -> str | None:
    value = getattr(row, column)
    return open_in(work, row.case_id, _TABLE, column, row.id, Sealed(value) if value is not None else None)


def _view(work: Work, row: Any, facts: Facts, *, opened: bool = False) -> AttachmentView:
    """Give what is said of one document; of a sensitive one nothing that its name or description would tell (R52)."""
    sensitive = row.category in SENSITIVE_CATEGORIES or row.origin in ORIGINS_KEPT_OUT
    shown = opened or not sensitive
    there_still = row.removed_at is None
    return AttachmentView(
        version=row.version,
        href=href("attachments", row.id),
        abilities=abilities(work.actor, facts, Action.ATTACHMENT_READ, Action.ATTACHMENT_REMOVE)
        if there_still
        else [],
        attachment_id=row.id,
        case_id=row.case_id,
        category=row.category,
        sensitive=sensitive,
        origin=row.origin,
        kind=row.kind,
        media_type=KINDS[row.kind].media_type,
        size=row.size,
        contributor_name=row.contributor_name,
        agency_name=row.agency_name,
        added_by_name=row.added_by_name,
        dated_on=row.dated_on,
        added_at=row.added_at,
        file_name=_open(work, row, "name") if shown else None,
        description=_open(work, row, "description") if shown else None,
        category_reason=_open(work, row, "category_reason") if shown else None,
        digest=_open(work, row, "digest") if shown else None,
        validated_by_name=row.validated_by_name,
        validated_on=row.validated_on,
        validation_reference=_open(work, row, "validation_reference") if shown else None,
        removed_at=row.removed_at,
        removed_by_name=row.removed_by_name,
        removal_ground=row.removal_ground,
    )
