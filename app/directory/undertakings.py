"""The secrecy undertaking: read before first access, confirmed, renewed (art. 458ter, R16, R17)."""

from __future__ import annotations

from datetime import timedelta

from app.constitution.agreements import settings_of
from app.constitution.reference import citation
from app.directory.actors import self_facts
from app.directory.commands import ConfirmUndertaking, ReadUndertaking
from app.directory.models import TEXT_VERSION, Undertaking
from app.directory.views import UndertakingView
from app.kernel.i18n import translate
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import invalid
from app.rules.settings import setting

TEXT = "undertaking.text"


def undertaking_text(work: Work) -> str:
    """Give the undertaking in the reader's language, with the article on secrecy as it stands today (R8)."""
    language = work.actor.language
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
