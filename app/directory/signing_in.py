"""Signing in: password, then a one-time code, then a session under one mandate (R14, R20).

What fails is counted and makes guessing slow; how, and why the owner still gets in, says `pausing`. A try is counted
in a transaction of its own that is over before the answer is known: no refusal undoes it, and no second request can
slip in between. The number starts anew only when password and code were both right. A session belongs to the door at
which it was opened. Sessions follow the machine's clock, never a story's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.directory import pausing, queries
from app.directory.actors import self_facts
from app.directory.commands import (
    CloseSession,
    ConfirmSession,
    OpenSession,
    ReadSession,
    RefreshSession,
    SwitchSession,
)
from app.directory.models import Person, SignIn
from app.directory.views import MandateView, SessionView
from app.kernel.database import say_who
from app.kernel.identity import (
    Claims,
    accepted_step,
    new_secret,
    new_totp_secret,
    password_fits,
    secret_hash,
)
from app.kernel.ids import NIL, new_id
from app.kernel.journal.store import About, Decided, append
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Actor
from app.rules.legal import legal_basis
from app.rules.policy import Outcome
from app.rules.problems import Kind, Problem, not_found

_CODE_WITHIN = timedelta(minutes=10)
_CODE_TRIES = 5


def _about(session_id: UUID | None = None) -> About:
    return About(object_type="session", object_id=session_id)


@operation(Action.SESSION_OPEN)
def open_session(work: Work, command: OpenSession) -> SessionView:
    """Check name and password and open a session that still wants its second factor.

    During a pause a wrong name or password opens one too, which no code will fit. Raises Problem 401 for a wrong
    name or password outside a pause: the same answer, after the same time.
    """
    moment = work.installation.clock.now()
    tried = _try_password(work, command, moment)
    if tried.person_id is None and tried.counted:
        raise work.refuse(
            Action.SESSION_OPEN, Problem(Kind.INVALID_TOKEN, why="wrongNameOrPassword"), _about()
        )
    row = SignIn(
        id=new_id(),
        person_id=tried.person_id,
        channel=work.channel,
        state="secondFactorWanted",
        opened_at=moment,
        seen_at=moment,
        expires_at=moment + _CODE_WITHIN,
    )
    work.session.add(row)
    reason = "wrongDuringPause" if tried.person_id is None else ""
    work.allow(Action.SESSION_OPEN, work.facts(), _about(row.id), reason=reason)
    return SessionView(
        href=href("sessions", row.id), session_id=row.id, state=row.state, expires_at=row.expires_at
    )


class _Tried(NamedTuple):
    """How a try went: whose account it opened (None: nobody's), and whether a failure was counted (not in a pause)."""

    person_id: UUID | None
    counted: bool


def _try_password(work: Work, command: OpenSession, moment: datetime) -> _Tried:
    """Check a password, and count a wrong one. No connection is held while the hash is computed."""
    with work.installation.sessions() as own:
        person = queries.by_username(own, command.username)
        usable = person if person is not None and person.active and may_be_here(work, person) else None
        hashed = queries.password_hash(own, usable.id if usable else NIL)
        own.commit()
        if password_fits(command.password.get_secret_value(), hashed) and usable is not None:
            return _Tried(usable.id, counted=False)
        key = pausing.of_name(command.username)
        counted = pausing.count(own, key, moment, pausing.LONGEST_FOR_NAME)
        own.commit()
    return _Tried(None, counted)


def may_be_here(work: Work, person: Person) -> bool:
    """Tell whether this account may sign in here: demo accounts on this machine in a demonstration only."""
    return not person.demo or (work.installation.demo and work.loopback)


@operation(Action.SESSION_CONFIRM)
def confirm_session(work: Work, command: ConfirmSession) -> SessionView:
    """Check the one-time code and open the session, under the mandate asked for or the first current one.

    Raises Problem: 404 for a session that does not want a code at this door, or a mandate that is not one's own (the
    code is used up); 401 for a wrong or used code, and for any code during a pause.
    """
    moment = work.installation.clock.now()
    tried = _try_code(work, command, moment)
    if tried is None:
        raise work.refuse(Action.SESSION_CONFIRM, not_found(), _about())
    if tried.person_id is None:
        raise work.refuse(
            Action.SESSION_CONFIRM, Problem(Kind.INVALID_TOKEN, why="wrongCode"), _about(command.session_id)
        )
    work.act_as(Actor(person_id=tried.person_id, session_id=command.session_id))
    row = queries.sign_in(work.session, command.session_id)
    if row is None or row.state != "secondFactorWanted":  # opened meanwhile, with another code
        raise work.refuse(Action.SESSION_CONFIRM, not_found(), _about(command.session_id))
    work.allow(Action.SESSION_CONFIRM, work.facts(), _about(row.id))
    return opened(work, Action.SESSION_CONFIRM, row, command.mandate_id)


def opened(work: Work, action: Action, row: SignIn, wanted: UUID | None) -> SessionView:
    """Open a sign-in of the person who acts, all of whose factors were proven, under a mandate of theirs.

    Raises Problem 404 for a mandate that is not one's own.
    """
    moment = work.installation.clock.now()
    mandates = queries.mandates_of(work.session, there(row.person_id), work.today, "nl")
    mandate = _chosen(work, action, row, mandates, wanted)
    row.state = "active"
    row.mandate_id = mandate.mandate_id if mandate else None
    row.expires_at = moment + timedelta(hours=work.installation.settings.session_hours)
    row.seen_at = moment
    row.csrf_token = new_secret()
    return _tokens(work, row, mandate, mandates)


def _try_code(work: Work, command: ConfirmSession, moment: datetime) -> _Tried | None:
    """Check a code, and use it up if it fits. None: there is nothing to try it on.

    The try is taken before the code is looked at, so that no number of requests at once looks at more codes than
    there are tries. A sign-in that leads nowhere goes the same way to the end.
    """
    with work.installation.sessions() as own:
        taken = queries.take_try(own, command.session_id, work.channel, moment, _CODE_TRIES)
        if taken is None:
            return None
        account = taken.person_id or command.session_id
        codes = pausing.of_codes(account)
        counted = pausing.count(own, codes, moment, pausing.LONGEST_FOR_CODES)
        own.commit()
        say_who(own.connection(), account, None, work.now)
        found = queries.credential(own, account)
        secret = (
            work.installation.provider.unwrap(found.totp_secret, account.bytes).decode()
            if found
            else new_totp_secret()
        )
        step = accepted_step(secret, command.code, moment, found.totp_last_step if found else 0)
        if found is None or step is None or not counted:
            return _Tried(None, counted)
        found.totp_last_step = step
        pausing.forget(own, codes, pausing.of_name(own.get_one(Person, account).username))
        own.commit()
    return _Tried(account, counted)


def _chosen(
    work: Work, action: Action, row: SignIn, mandates: list[MandateView], wanted: UUID | None
) -> MandateView | None:
    if wanted is None:
        return mandates[0] if mandates else None
    found = next((m for m in mandates if m.mandate_id == wanted), None)
    if found is None:
        raise work.refuse(action, not_found(), _about(row.id))
    return found


def _tokens(work: Work, row: SignIn, mandate: MandateView | None, mandates: list[MandateView]) -> SessionView:
    secret = new_secret()
    row.previous_hash, row.secret_hash = row.secret_hash, secret_hash(secret)
    settings = work.installation.settings
    person = work.session.get_one(Person, there(row.person_id))
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
    """Give a new access token and a new refresh token. A refresh token works once. Raises Problem 401 otherwise.

    Two hold a token that is used again, and one of them took it: the whole session is closed.
    """
    row = queries.session_row(work.session, command.session_id)
    moment = work.installation.clock.now()
    given = secret_hash(command.refresh_token.get_secret_value())
    if (
        row is None
        or row.person_id is None
        or row.channel != "api"
        or row.channel != work.channel
        or row.state != "active"
        or row.expires_at <= moment
        or given not in {row.secret_hash, row.previous_hash}
    ):
        raise work.refuse(Action.SESSION_REFRESH, Problem(Kind.INVALID_TOKEN), _about())
    person_id = row.person_id
    work.act_as(Actor(person_id=person_id, session_id=row.id, mandate_id=row.mandate_id))
    row = there(queries.sign_in(work.session, command.session_id))
    if row.secret_hash != given:
        work.after_undo.append(lambda session: _close_reused(work, session, command.session_id))
        raise work.refuse(Action.SESSION_REFRESH, Problem(Kind.INVALID_TOKEN), _about(row.id))
    work.allow(Action.SESSION_REFRESH, work.facts(), _about(row.id))
    row.seen_at = moment
    mandates = queries.mandates_of(work.session, person_id, work.today, "nl")
    return _tokens(work, row, next((m for m in mandates if m.mandate_id == row.mandate_id), None), mandates)


def _close_reused(work: Work, session: Session, session_id: UUID) -> None:
    """Close a session whose old refresh token came back, with a line that says so beside the refusal's."""
    row = queries.sign_in(session, session_id)
    if row is None or row.state != "active":
        return
    _end(work, row)
    line = Decided(
        Action.SESSION_CLOSE.value,
        Outcome.ALLOW.value,
        "R14",
        legal_basis("R14"),
        [_about(session_id)],
        reason="refreshTokenReused",
        processing=Action.SESSION_CLOSE.noun,
    )
    append(session, work.circumstance(), [line])


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
    mandates = queries.mandates_of(work.session, there(row.person_id), work.today, work.actor.language)
    mandate = _chosen(work, Action.SESSION_SWITCH, row, mandates, command.mandate_id)
    row.mandate_id = command.mandate_id
    return _tokens(work, row, mandate, mandates) if row.channel == "api" else _plain(work, row, mandates)


@operation(Action.SESSION_READ)
def read_session(work: Work, command: ReadSession) -> SessionView:
    """Give one's own session without its tokens."""
    row = _own(work, Action.SESSION_READ, command.session_id)
    return _plain(
        work, row, queries.mandates_of(work.session, there(row.person_id), work.today, work.actor.language)
    )


def _plain(work: Work, row: SignIn, mandates: list[MandateView]) -> SessionView:
    person = work.session.get_one(Person, there(row.person_id))
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
    _end(work, row)


def _end(work: Work, row: SignIn) -> None:
    row.state, row.closed_at = "closed", work.installation.clock.now()
    row.secret_hash = row.previous_hash = None
