"""Signing in: password, then a one-time code, then a session under one mandate (R14, R20).

A pause after failures slows guessing without locking anybody out for good: it never grows past a minute and
ends by itself. Sessions follow the machine's clock, never a story's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.directory import queries
from app.directory.actors import self_facts
from app.directory.commands import (
    CloseSession,
    ConfirmSession,
    OpenSession,
    ReadSession,
    RefreshSession,
    SwitchSession,
)
from app.directory.models import Credential, Person, SignIn
from app.directory.views import MandateView, SessionView
from app.kernel.identity import Claims, accepted_step, new_secret, password_fits, secret_hash
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.facts import Actor
from app.rules.problems import Kind, Problem, not_found

_FREE_FAILURES = 5
_LONGEST_PAUSE = timedelta(seconds=60)
_CODE_WITHIN = timedelta(minutes=10)
_CODE_TRIES = 5


def _about(session_id: UUID | None = None) -> About:
    return About(object_type="session", object_id=session_id)


@operation(Action.SESSION_OPEN)
def open_session(work: Work, command: OpenSession) -> SessionView:
    """Check name and password and open a session that still wants its second factor.

    Raises Problem: 401 for a wrong name or password (the same answer, after the same time), 429 during a pause.
    """
    found = queries.by_username(work.session, command.username)
    moment = work.installation.clock.now()
    person, credential = (found[0], found[1]) if found else (None, None)
    usable = person is not None and person.active and _may_be_here(work, person)
    paused = (
        credential is not None and credential.paused_until is not None and credential.paused_until > moment
    )
    fits = password_fits(
        command.password.get_secret_value(), credential.password_hash if credential and not paused else None
    )
    if paused:
        raise work.refuse(Action.SESSION_OPEN, Problem(Kind.TOO_MANY_REQUESTS, retry_after=60), _about())
    if person is None or credential is None or not usable or not fits:
        if credential is not None and usable:
            _count_failure(work, credential, moment)
        raise work.refuse(
            Action.SESSION_OPEN, Problem(Kind.INVALID_TOKEN, why="wrongNameOrPassword"), _about()
        )
    credential.failures, credential.paused_until = 0, None
    row = SignIn(
        id=new_id(),
        person_id=person.id,
        channel=work.channel,
        state="secondFactorWanted",
        opened_at=moment,
        seen_at=moment,
        expires_at=moment + _CODE_WITHIN,
    )
    work.session.add(row)
    work.allow(Action.SESSION_OPEN, work.facts(), _about(row.id))
    return SessionView(
        href=href("sessions", row.id), session_id=row.id, state=row.state, expires_at=row.expires_at
    )


def _may_be_here(work: Work, person: Person) -> bool:
    """Tell whether this account may sign in here: demo accounts on this machine in a demonstration only."""
    return not person.demo or (work.installation.demo and work.loopback)


def _count_failure(work: Work, credential: Credential, moment: datetime) -> None:
    """Count a failure in a transaction of its own, because the refusal undoes this one."""
    failures = credential.failures + 1
    pause = (
        min(_LONGEST_PAUSE, timedelta(seconds=2 ** min(failures - _FREE_FAILURES, 6)))
        if failures > _FREE_FAILURES
        else None
    )

    person_id = credential.person_id

    def write(session: Session) -> None:
        row = queries.credential(session, person_id)
        row.failures, row.paused_until = failures, moment + pause if pause else None

    work.after_undo.append(write)


@operation(Action.SESSION_CONFIRM)
def confirm_session(work: Work, command: ConfirmSession) -> SessionView:
    """Check the one-time code and open the session, under the mandate asked for or the first current one.

    Raises Problem: 404 for a session that does not want a code, 401 for a wrong or used code.
    """
    row = queries.sign_in(work.session, command.session_id)
    moment = work.installation.clock.now()
    if (
        row is None
        or row.state != "secondFactorWanted"
        or row.expires_at <= moment
        or row.failures >= _CODE_TRIES
    ):
        raise work.refuse(Action.SESSION_CONFIRM, not_found(), _about())
    credential = queries.credential(work.session, row.person_id)
    secret = work.installation.provider.unwrap(credential.totp_secret, row.person_id.bytes).decode()
    step = accepted_step(secret, command.code, moment, credential.totp_last_step)
    if step is None:
        failures = row.failures + 1

        def write(session: Session) -> None:
            again = queries.sign_in(session, command.session_id)
            if again is not None:
                again.failures = failures

        work.after_undo.append(write)
        raise work.refuse(
            Action.SESSION_CONFIRM, Problem(Kind.INVALID_TOKEN, why="wrongCode"), _about(row.id)
        )
    credential.totp_last_step = step
    work.act_as(Actor(person_id=row.person_id, session_id=row.id))
    mandates = queries.mandates_of(work.session, row.person_id, work.today, "nl")
    mandate = _chosen(mandates, command.mandate_id)
    row.state = "active"
    row.mandate_id = mandate.mandate_id if mandate else None
    row.expires_at = moment + timedelta(hours=work.installation.settings.session_hours)
    row.seen_at = moment
    row.csrf_token = new_secret()
    work.allow(Action.SESSION_CONFIRM, work.facts(), _about(row.id))
    return _tokens(work, row, mandate, mandates)


def _chosen(mandates: list[MandateView], wanted: UUID | None) -> MandateView | None:
    if wanted is None:
        return mandates[0] if mandates else None
    found = next((m for m in mandates if m.mandate_id == wanted), None)
    if found is None:
        raise not_found()
    return found


def _tokens(work: Work, row: SignIn, mandate: MandateView | None, mandates: list[MandateView]) -> SessionView:
    secret = new_secret()
    row.secret_hash = secret_hash(secret)
    settings = work.installation.settings
    person = work.session.get_one(Person, row.person_id)
    return SessionView(
        href=href("sessions", row.id),
        session_id=row.id,
        state=row.state,
        person_id=person.id,
        name=person.name,
        language=person.language,
        expires_at=row.expires_at,
        mandate=mandate,
        mandates=mandates,
        undertaking_until=queries.undertaking_until(work.session, person.id),
        access_token=work.installation.tokens.issue(
            Claims(person.id, row.id, row.mandate_id), settings.access_minutes
        ),
        token_type="Bearer",  # noqa: S106 — the scheme's name
        expires_in=settings.access_minutes * 60,
        refresh_token=secret,
    )


@operation(Action.SESSION_REFRESH)
def refresh_session(work: Work, command: RefreshSession) -> SessionView:
    """Give a new access token and a new refresh token. A refresh token works once. Raises Problem 401 otherwise."""
    row = queries.sign_in(work.session, command.session_id)
    moment = work.installation.clock.now()
    given = secret_hash(command.refresh_token.get_secret_value())
    if (
        row is None
        or row.state != "active"
        or row.expires_at <= moment
        or row.secret_hash != given
        or row.channel != "api"
    ):
        raise work.refuse(Action.SESSION_REFRESH, Problem(Kind.INVALID_TOKEN), _about())
    work.act_as(Actor(person_id=row.person_id, session_id=row.id, mandate_id=row.mandate_id))
    work.allow(Action.SESSION_REFRESH, work.facts(), _about(row.id))
    row.seen_at = moment
    mandates = queries.mandates_of(work.session, row.person_id, work.today, "nl")
    return _tokens(work, row, next((m for m in mandates if m.mandate_id == row.mandate_id), None), mandates)


def _own(work: Work, action: Action, session_id: UUID) -> SignIn:
    """Give one's own session; anybody else's is not there."""
    row = queries.sign_in(work.session, session_id)
    if row is None or row.person_id != work.actor.person_id:
        raise work.refuse(action, not_found(), _about())
    work.allow(action, self_facts(work, row.state), _about(row.id))
    return row


@operation(Action.SESSION_SWITCH)
def switch_session(work: Work, command: SwitchSession) -> SessionView:
    """Act under another mandate of one's own. Raises Problem 404 for a mandate that is not one's own or not current."""
    row = _own(work, Action.SESSION_SWITCH, command.session_id)
    mandates = queries.mandates_of(work.session, row.person_id, work.today, work.actor.language)
    mandate = _chosen(mandates, command.mandate_id)
    row.mandate_id = command.mandate_id
    return _tokens(work, row, mandate, mandates) if row.channel == "api" else _plain(work, row, mandates)


@operation(Action.SESSION_READ)
def read_session(work: Work, command: ReadSession) -> SessionView:
    """Give one's own session without its tokens."""
    row = _own(work, Action.SESSION_READ, command.session_id)
    return _plain(
        work, row, queries.mandates_of(work.session, row.person_id, work.today, work.actor.language)
    )


def _plain(work: Work, row: SignIn, mandates: list[MandateView]) -> SessionView:
    person = work.session.get_one(Person, row.person_id)
    return SessionView(
        href=href("sessions", row.id),
        session_id=row.id,
        state=row.state,
        person_id=person.id,
        name=person.name,
        language=person.language,
        expires_at=row.expires_at,
        mandate=next((m for m in mandates if m.mandate_id == row.mandate_id), None),
        mandates=mandates,
        undertaking_until=work.actor.undertaking_until,
    )


@operation(Action.SESSION_CLOSE)
def close_session(work: Work, command: CloseSession) -> None:
    """Sign out: the session and every token of it stop working at once."""
    row = _own(work, Action.SESSION_CLOSE, command.session_id)
    row.state, row.closed_at, row.secret_hash = "closed", work.installation.clock.now(), None
