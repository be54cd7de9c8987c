"""Issuing a feedback sheet: the document, for whom it is, and the line of the register; handed over by the police (R80, R83).

The person is not told of it (R82): nothing of it is in anything that may be told to them (`app.rules.telling`).
"""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import UUID

from app.cases.sealing import case_place, subject_of
from app.constitution.codes import codes
from app.constitution.labels import label
from app.constitution.reference import citation
from app.kernel.i18n import format_date, translate
from app.kernel.operation import operation
from app.kernel.printing import Document, Facts, Heading, Paper, Paragraph, Signatures, as_pdf
from app.kernel.work import Work, there
from app.meetings import feedback_queries
from app.meetings.feedback import TABLE, demand_the_text, sheet_view, text_of
from app.meetings.feedback_commands import FetchFeedbackSheet, IssueFeedbackSheet
from app.meetings.feedback_standing import Shown, about_sheet, governing_at, sheet_facts, shown
from app.meetings.feedback_views import FeedbackSheetView
from app.meetings.transmissions import FEEDBACK_SHEET, hand_over
from app.rules.actions import Action
from app.rules.lifecycle import target

LIST = "feedbackRecipients"
SUPERVISORS = frozenset({"policeSupervision", "intelligenceSupervision"})
"""What the act refers to besides the base services; an agreement may leave them out (R80)."""


def recipients_offered(work: Work, meeting_id: UUID) -> list[str]:
    """Give the kinds of service that may receive a sheet on what was discussed at a meeting."""
    with_supervisors = governing_at(work, meeting_id)["feedback_supervisors"]
    return [code for code in codes(LIST, work.today) if with_supervisors or code not in SUPERVISORS]


def recipients_of(work: Work, feedback_sheet_id: UUID) -> list[str]:
    """Give the kinds of service that may receive one sheet, as a form offers them."""
    return recipients_offered(work, there(shown(work, feedback_sheet_id)).row.meeting_id)


@operation(Action.FEEDBACK_SHEET_ISSUE)
def issue_feedback_sheet(work: Work, command: IssueFeedbackSheet) -> FeedbackSheetView:
    """Make the document of a sheet to which everybody agreed, and enter in the register for whom it is.

    Raises Problem 409: while the consensus is not whole (R79), for a recipient that the law or the agreement does not name
    or that is not confirmed to be competent (R80), for somebody who left the list meanwhile (R78).
    """
    action = Action.FEEDBACK_SHEET_ISSUE
    found = shown(work, command.feedback_sheet_id, lock=True)
    wanted = list(dict.fromkeys(command.recipients))
    offered = found is not None and set(wanted) <= set(recipients_offered(work, found.row.meeting_id))
    facts = sheet_facts(
        work,
        found,
        everybody_agreed=found is not None and feedback_queries.everybody_agreed(work.session, found.row.id),
        recipient_competent=command.competent_for_area and offered,
    )
    work.allow(action, facts, about_sheet(found), recipients=" ".join(wanted) if offered else "")
    found = there(found)
    row = found.row
    work.expect(row.version)
    demand_the_text(work, action, row)
    content = as_pdf(_document(work, found, command, wanted))
    row.document = work.vault.seal_bytes(case_place(row.case_id, TABLE, "document", row.id), content)
    row.state = target(action)
    row.issued_at = row.moved_at = work.now
    row.version += 1
    hand_over(
        work,
        case_id=row.case_id,
        municipality_id=row.municipality_id,
        ground=FEEDBACK_SHEET,
        recipients=wanted,
        recipient_name=command.recipient_name,
        digest=hashlib.sha256(content).digest(),
        object_type=FEEDBACK_SHEET,
        object_id=row.id,
    )
    work.session.flush()
    return sheet_view(work, found)


@operation(Action.FEEDBACK_SHEET_FETCH)
def fetch_feedback_sheet(work: Work, command: FetchFeedbackSheet) -> Paper:
    """Give the document of an issued sheet to who drafted it: the very bytes whose digest stands in the register."""
    found = shown(work, command.feedback_sheet_id)
    work.allow(Action.FEEDBACK_SHEET_FETCH, sheet_facts(work, found), about_sheet(found))
    found = there(found)
    row = found.row
    place = case_place(row.case_id, TABLE, "document", row.id)
    content = work.vault.unseal_bytes(place, there(row.document))
    return Paper(content, "application/pdf", f"{found.paper.reference}.pdf")


def _document(work: Work, found: Shown, command: IssueFeedbackSheet, wanted: list[str]) -> Document:
    """Build what is printed, in the language of who receives it."""
    language, row = command.language, found.row
    name, born = subject_of(work, found.paper)
    sat_on = format_date(language, found.paper.starts_at)
    services = ", ".join(label(LIST, code, language) for code in wanted)
    law = citation("livcrAct.feedbackSheet", language, work.today) or ""
    rows = [
        (translate(language, "For"), f"{services}\n{command.recipient_name}"),
        (translate(language, "Person concerned"), name or ""),
        (
            translate(language, "Date of birth"),
            format_date(language, date.fromisoformat(born)) if born else "",
        ),
        (translate(language, "Discussed on"), sat_on),
        (translate(language, "Legal basis"), law),
    ]
    return Document(
        title=translate(language, "Feedback sheet"),
        language=language,
        made_on=work.today,
        reference=found.paper.reference,
        banner=_banner(work, language),
        blocks=(
            Facts(tuple((said, value) for said, value in rows if value)),
            Heading(translate(language, "Evaluation of the follow-up")),
            Paragraph(text_of(work, row)),
            Heading(translate(language, "Consensus")),
            Paragraph(
                translate(
                    language,
                    "Everybody who was recorded present when the person was discussed agreed to this text: %(count)s persons.",
                    count=found.paper.asked,
                )
            ),
            Paragraph(
                translate(language, "It holds no secrets told in the consultation, and nothing that is classified.")
            ),
            Paragraph(
                " ".join(
                    part
                    for part in (
                        translate(language, "The person concerned is not told that this sheet was handed over."),
                        citation("dpa.transferNotTold", language, work.today) or "",
                    )
                    if part
                )
            ),
            Facts(((translate(language, "Digest of the text (SHA-256)"), row.digest.hex()),)),
            Signatures(((translate(language, "Handed over by the police member of the LIVC R"), ""),)),
        ),
    )  # fmt: skip


def _banner(work: Work, language: str) -> str:
    """Say what a document that leaves may be used for, and the duty that comes with it (R60)."""
    said = translate(language, "export.notice")
    return f"{said} {citation('secrecyDuty', language, work.today) or ''}".strip()
