"""The processing activities of the house: the one table behind the record of GDPR art. 30 and the log's `processing`.

Every act belongs to exactly one row: to the row that names the act, else to the row that names its noun. A new act
without a row stops the start: nothing is done here that the record does not know. Texts are codes: `processing.caseFile`,
`processingPurpose.caseFile`, in every language.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.rules.actions import Action
from app.rules.audience import CATEGORIES

_OF_THE_DECREE = tuple(CATEGORIES)
_IDENTITY = (1,)


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing activity, as codes: why, on which rules, about whom, what, for whom, until when."""

    code: str
    numbers: tuple[str, ...]
    """The rules it rests on, the weightiest first; `app.rules.legal` leads from each to its legal references."""
    persons: tuple[str, ...]
    """Categories of persons concerned: discussed, contact, user, serviceStaff."""
    categories: tuple[int, ...]
    """Categories of data of the decree (R51)."""
    others: tuple[str, ...]
    """Further data, about who works with the system: account, clearance, message, log."""
    recipients: tuple[str, ...]
    """Kinds of recipients: desk, table, transmission, feedback, otherMunicipality, oversight."""
    terms: tuple[str, ...]
    """Rows of the schedule of `app.rules.retention`."""
    nouns: tuple[str, ...]
    """What it acts upon."""
    acts: tuple[str, ...] = ()
    """Single acts that belong here, whatever their noun."""


ACTIVITIES: tuple[Activity, ...] = (
    Activity(
        "registrations", ("R39", "R51", "R45"), ("discussed", "user"), _OF_THE_DECREE, (), ("desk",),
        ("registrationUndecided", "registrationNotListed", "registrationWithdrawn", "registrationHandedOver"),
        ("registration", "screeningAnswer", "subject"),
    ),
    Activity(
        "caseFile", ("R40", "R51", "R52", "R86"), ("discussed", "contact"), _OF_THE_DECREE, (), ("desk", "table"),
        ("caseData", "caseDataExtended", "extensionNotCarried", "contact"),
        ("case", "discussion", "extension", "statement", "statementVersion", "subjectVersion", "attachment", "chronology",
         "contact", "breakGlass"),
        ("subject.correct",),
    ),
    Activity(
        "followUp", ("R71", "R51", "R52", "R86"), ("discussed", "serviceStaff"), _OF_THE_DECREE, (), ("desk", "table"),
        ("caseData", "caseDataExtended", "extensionNotCarried"), ("assessment", "trajectory", "action"),
    ),
    Activity(
        "consultation", ("R18", "R61", "R52", "R69"), ("discussed", "contact", "user", "serviceStaff"), _OF_THE_DECREE, (),
        ("desk", "table"), ("caseData", "caseDataExtended", "contribution"),
        ("meeting", "agendaProposal", "agendaItem", "invitation", "contributionRequest", "contributionBoard", "nomination",
         "briefing", "attendance", "cardMention", "framework", "minutes"),
    ),
    Activity(
        "transmissions", ("R78", "R80", "R105"), ("discussed", "user"), _OF_THE_DECREE, (),
        ("feedback", "transmission", "otherMunicipality"), ("caseData", "caseDataExtended", "handOverPackage", "handedOver"),
        ("feedbackSheet", "transmission", "handOver"),
    ),
    Activity(
        "retention", ("R86", "R92", "R105"), ("discussed", "contact", "user"), _IDENTITY, (), ("desk", "oversight"),
        ("certificate", "backup", "journal"),
        ("retention", "sweep", "certificate", "archive", "journalYear"),
        ("case.destroy", "case.purge", "contact.destroy", "registration.erase", "handOver.lapse"),
    ),
    Activity(
        "rights", ("R97", "R99", "R101"), ("discussed",), _OF_THE_DECREE, (), ("desk", "oversight"), ("rightsRequest",),
        ("rightsRequest",),
    ),
    Activity(
        "accounts", ("R14", "R9", "R16", "R20"), ("user", "serviceStaff"), (), ("account", "clearance"), ("oversight",),
        ("mailAddress", "calendarAddress"),
        ("session", "password", "passkey", "recovery", "request", "undertaking", "agency", "person", "mandate",
         "federatedIdentity", "representative", "exclusion"),
    ),
    Activity(
        "messages", ("R37",), ("user",), (), ("account", "message"), (), ("notice", "mailAddress", "calendarAddress"),
        ("notice", "post", "mailAddress", "calendar"),
    ),
    Activity(
        "agreements", ("R1", "R11", "R103", "R104"), ("user",), (), ("account",), ("oversight",), ("accountability",),
        ("municipality", "recordingBasis", "cell", "table", "agreement", "publicNotice", "constitution", "refData",
         "legalReference", "processingRecord", "accessCategories", "dpia"),
    ),
    Activity(
        "policy", ("R6", "R112"), ("user",), (), ("account",), ("table",), ("topicAndPlan",),
        ("topic", "policyMeeting", "agendaTopic", "policyPlan", "goal", "measure", "statistics", "annualReport",
         "selfEvaluation"),
    ),
    Activity(
        "oversight", ("R105", "R106"), ("discussed", "user"), (), ("log",), ("oversight",), ("journal", "digest", "searchMark"),
        ("journal", "checkpoint", "proof", "logStatus", "logKey", "digest", "access", "breach"),
    ),
    Activity(
        "security", ("R109", "R92"), ("discussed", "contact", "user"), _OF_THE_DECREE, ("account",), (), ("backup",),
        ("key", "wrappingKey", "backup"),
    ),
)  # fmt: skip
"""In the order of the record."""

OF_CONTACTS = (1, 5, 6)
"""What a file holds of a third person: who they are, and how they stand to the person discussed (R49)."""


def _whose(name: str) -> str:
    """Give the row that an act belongs to. Raises LookupError when none or more than one does."""
    noun = name.split(".", maxsplit=1)[0]
    found = [row.code for row in ACTIVITIES if name in row.acts] or [
        row.code for row in ACTIVITIES if noun in row.nouns
    ]
    if len(found) != 1:
        raise LookupError(f"{name} belongs to {len(found)} processing activities (app/rules/processing.py)")
    return found[0]


_OF: dict[Action, str] = {action: _whose(action.value) for action in Action}


def processing_of(action: Action) -> str:
    """Give the code of the processing activity that an act belongs to: the reference of the log into the record."""
    return _OF[action]


def running() -> tuple[Activity, ...]:
    """Give the activities that this house does: those to which at least one act belongs that can be done here."""
    done = set(_OF.values())
    return tuple(row for row in ACTIVITIES if row.code in done)
