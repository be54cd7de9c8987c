"""The secrecy undertaking: read before first access, confirmed, renewed (art. 458ter, R16, R17)."""

from __future__ import annotations

from datetime import timedelta

from app.constitution.agreements import settings_of
from app.constitution.reference import citation
from app.directory.actors import self_facts
from app.directory.commands import ConfirmUndertaking, PrintUndertaking, ReadUndertaking
from app.directory.models import TEXT_VERSION, Agency, Person, Undertaking
from app.directory.views import UndertakingView
from app.kernel.i18n import format_date, translate
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.printing import Document, Facts, Paper, Paragraph, Signatures, Words, paper
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import invalid
from app.rules.settings import setting

TEXT = "undertaking.text"


def undertaking_text(work: Work, language: str = "") -> str:
    """Give the undertaking in the reader's language or another, with the article on secrecy as it stands today (R8)."""
    language = language or work.actor.language
    return translate(language, TEXT, secrecy=citation("secrecyDuty", language, work.today) or "")


@operation(Action.UNDERTAKING_READ)
def read_undertaking(work: Work, command: ReadUndertaking) -> UndertakingView:
    """Give the undertaking in the reader's language, and until when their own confirmation holds."""
    del command
    work.allow(Action.UNDERTAKING_READ, self_facts(work), About(object_type="undertaking"))
    return UndertakingView(
        href=href("undertakings", "current"),
        text_version=TEXT_VERSION,
        text=undertaking_text(work),
        valid_until=work.actor.undertaking_until,
    )


@operation(Action.UNDERTAKING_PRINT)
def print_undertaking(work: Work, command: PrintUndertaking) -> Paper:
    """Print the undertaking in a language, with a place to sign: for a file on paper, or to read at leisure."""
    work.allow(Action.UNDERTAKING_PRINT, self_facts(work), About(object_type="undertaking"))
    words = Words(command.language)
    person = work.session.get_one(Person, there(work.actor.person_id))
    agency = work.session.get_one(Agency, person.agency_id)
    paragraphs = [part for part in undertaking_text(work, words.language).split("\n") if part.strip()]
    until = work.actor.undertaking_until
    return paper(
        Document(
            title=words.phrase("Secrecy undertaking"),
            language=words.language,
            blocks=(
                *(Paragraph(part) for part in paragraphs),
                Facts(
                    (
                        (words.phrase("Name"), person.name),
                        (words.phrase("Service"), agency.name),
                        (words.phrase("Version of the text"), TEXT_VERSION),
                        *(
                            ((words.phrase("Confirmed until"), format_date(words.language, until)),)
                            if until
                            else ()
                        ),
                    )
                ),
                Signatures(((words.phrase("Date and signature"), "\n\n……………………………………"),)),
            ),
            made_on=work.today,
            banner="LIVC R",
        ),
        "undertaking",
    )


@operation(Action.UNDERTAKING_CONFIRM)
def confirm_undertaking(work: Work, command: ConfirmUndertaking) -> UndertakingView:
    """Record that this person confirmed the secrecy duty, in which version and language, and until when."""
    row_id = new_id()
    work.allow(
        Action.UNDERTAKING_CONFIRM, self_facts(work), About(object_type="undertaking", object_id=row_id)
    )
    if command.text_version != TEXT_VERSION:
        raise invalid("textVersion", "not the version in force")
    actor = work.actor
    if actor.person_id is None:  # decided above; says so to the type checker
        raise AssertionError
    fixed = settings_of(work.session, actor.cell_id)
    until = work.today + timedelta(days=setting(fixed, "undertaking_renewal_days"))
    work.session.add(
        Undertaking(
            id=row_id,
            person_id=actor.person_id,
            text_version=TEXT_VERSION,
            language=actor.language,
            confirmed_at=work.now,
            valid_until=until,
        )
    )
    return UndertakingView(
        href=href("undertakings", "current"),
        text_version=TEXT_VERSION,
        text=undertaking_text(work),
        valid_until=until,
    )
