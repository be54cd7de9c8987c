"""Sessions that are open: their tokens, the mandate in them, the list of one's own, and how they end (R14, R20).

A session ends when its owner signs out or ends it from another one, when an administrator ends all of a person's,
when an old refresh token comes back, after too many wrong confirmations, and at the latest after its absolute life. A
session that is left idle is locked: it does nothing until its owner confirms. All of it by the machine's clock.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.constitution.standing import cell_facts
from app.directory import limiting, queries, trying
from app.directory.actors import is_idle, self_facts
from app.directory.commands import (
    CloseSession,
    ListSession,
    ReadSession,
    RefreshSession,
    RevokeSession,
    SwitchSession,
    UnlockSession,
)
from app.directory.models import Person, SignIn
from app.directory.views import MandateView, RevokedView, SessionItem, SessionList, SessionView
from app.kernel.identity import Claims, new_secret, secret_hash
from app.kernel.journal.store import About, Decided, append
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Actor
from app.rules.policy import Outcome
from app.rules.problems import Kind, Problem, not_found


def about_session(session_id: UUID | None = None) -> About:
    """Give what a line on a session is about."""
    return About(object_type="session", object_id=session_id)


def chosen(
    work: Work, action: Action, row: SignIn, mandates: list[MandateView], wanted: UUID | None
) -> MandateView | None:
    """Give the mandate asked for, or the first current one. Raises Problem 404 for one that is not one's own."""
    if wanted is None:
        return mandates[0] if mandates else None
    found = next((m for m in mandates if m.mandate_id == wanted), None)
    if found is None:
        raise work.refuse(action, not_found(), about_session(row.id))
    return found


def tokens(work: Work, row: SignIn, mandate: MandateView | None, mandates: list[MandateView]) -> SessionView:
    """Give a session with new tokens; the old ones stop working."""
    secret = _refresh_token(work, row.id, new_secret())
    row.previous_hash, row.secret_hash = row.secret_hash, secret_hash(secret)
    settings = work.installation.settings
    view = _view(work, row, mandate, mandates)
    view.undertaking_until = queries.undertaking_until(work.session, there(row.person_id))
    view.access_token = work.installation.tokens.issue(
        Claims(there(row.person_id), row.id, row.mandate_id), settings.access_minutes
    )
    view.token_type = "Bearer"  # noqa: S105 — the scheme's name
    view.expires_in = settings.access_minutes * 60
    view.refresh_token = secret
    return view


def _refresh_token(work: Work, session_id: UUID, nonce: str) -> str:
    """Give a token that says, however old, that it was made here for this session."""
    mark = work.installation.provider.mark(session_id.bytes + nonce.encode(), b"refresh")
    return f"{nonce}.{mark.hex()}"


def _was_ours(work: Work, session_id: UUID, token: str) -> bool:
    made = _refresh_token(work, session_id, token.partition(".")[0])
    return hmac.compare_digest(made.encode(), token.encode())


def plain(work: Work, row: SignIn, mandates: list[MandateView]) -> SessionView:
    """Give a session without its tokens."""
    view = _view(work, row, next((m for m in mandates if m.mandate_id == row.mandate_id), None), mandates)
    view.undertaking_until = work.actor.undertaking_until
    return view


def _view(work: Work, row: SignIn, mandate: MandateView | None, mandates: list[MandateView]) -> SessionView:
    person = work.session.get_one(Person, there(row.person_id))
    fresh = timedelta(minutes=work.installation.settings.confirm_minutes)
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
        confirmed_until=row.confirmed_at + fresh if row.confirmed_at else None,
    )


@operation(Action.SESSION_REFRESH)
def refresh_session(work: Work, command: RefreshSession) -> SessionView:
    """Give a new access token and a new refresh token. A refresh token works once. Raises Problem 401 otherwise.

    Two hold a token that is used again, and one of them took it: the whole session is closed, however many tokens came
    after that one. Asking for a token is not yet using the session: one that is left idle stays locked.
    """
    row = queries.session_row(work.session, command.session_id)
    moment = work.installation.clock.now()
    said = command.refresh_token.get_secret_value()
    given = secret_hash(said)
    if (
        row is None
        or row.person_id is None
        or row.channel != "api"
        or row.channel != work.channel
        or row.state != "active"
        or row.expires_at <= moment
        or not (given == row.secret_hash or _was_ours(work, row.id, said))
    ):
        limiting.admit_stray(work, Action.SESSION_REFRESH)
        raise work.refuse(Action.SESSION_REFRESH, Problem(Kind.INVALID_TOKEN), about_session())
    person_id = row.person_id
    work.act_as(Actor(person_id=person_id, session_id=row.id, mandate_id=row.mandate_id))
    row = there(queries.sign_in(work.session, command.session_id))
    if row.secret_hash != given:
        close_in_refusal(work, command.session_id, "refreshTokenReused")
        raise work.refuse(Action.SESSION_REFRESH, Problem(Kind.INVALID_TOKEN), about_session(row.id))
    work.allow(Action.SESSION_REFRESH, work.facts(), about_session(row.id))
    mandates = queries.mandates_of(work.session, person_id, work.today, "nl")
    return tokens(work, row, next((m for m in mandates if m.mandate_id == row.mandate_id), None), mandates)


def close_in_refusal(work: Work, session_id: UUID, reason: str) -> None:
    """Have a refusal close a session, with a line that says so beside the refusal's own."""
    work.after_undo.append(lambda session: _close(work, session, session_id, reason))


def _close(work: Work, session: Session, session_id: UUID, reason: str) -> None:
    row = queries.sign_in(session, session_id)
    if row is None or row.state != "active":
        return
    end(work, row)
    line = Decided(
        Action.SESSION_CLOSE.value,
        Outcome.ALLOW.value,
        "R14",
        work.basis("R14", About()),
        [about_session(session_id)],
        reason=reason,
        processing=Action.SESSION_CLOSE.noun,
    )
    append(session, work.circumstance(), [line])


def _own(work: Work, action: Action, session_id: UUID) -> SignIn:
    """Give one's own session; anybody else's is not there."""
    row = queries.sign_in(work.session, session_id)
    if row is None or row.person_id != work.actor.person_id:
        raise work.refuse(action, not_found(), about_session())
    work.allow(action, self_facts(work, row.state), about_session(row.id))
    return row


@operation(Action.SESSION_UNLOCK)
def unlock_session(work: Work, command: UnlockSession) -> SessionView:
    """Wake up one's own locked session with the password; it makes no act possible that wants a second factor anew.

    The fifth wrong password in a row ends the session. Raises Problem: 401 for a wrong password, 404 for a session
    that is not the one at hand.
    """
    about = about_session(command.session_id)
    if work.actor.session_id != command.session_id:
        raise work.refuse(Action.SESSION_UNLOCK, not_found(), about_session())
    taken = trying.take_again(work, work.installation.clock.now())
    fits = taken and trying.password_again(work, command.password.get_secret_value())
    row = there(queries.sign_in(work.session, command.session_id))
    if not fits:
        if row.failures >= trying.TRIES:
            close_in_refusal(work, row.id, "tooManyTries")
        raise work.refuse(Action.SESSION_UNLOCK, Problem(Kind.INVALID_TOKEN, why="wrongPassword"), about)
    work.allow(Action.SESSION_UNLOCK, self_facts(work, row.state), about)
    row.seen_at = work.installation.clock.now()
    row.failures -= 1  # its own try alone: who knows the password gets no further guesses at the code by it
    return plain(
        work, row, queries.mandates_of(work.session, there(row.person_id), work.today, work.actor.language)
    )


@operation(Action.SESSION_SWITCH)
def switch_session(work: Work, command: SwitchSession) -> SessionView:
    """Act under another mandate of one's own. Raises Problem 404 for a mandate that is not one's own or not current."""
    row = _own(work, Action.SESSION_SWITCH, command.session_id)
    mandates = queries.mandates_of(work.session, there(row.person_id), work.today, work.actor.language)
    mandate = chosen(work, Action.SESSION_SWITCH, row, mandates, command.mandate_id)
    row.mandate_id = command.mandate_id
    return tokens(work, row, mandate, mandates) if row.channel == "api" else plain(work, row, mandates)


@operation(Action.SESSION_READ)
def read_session(work: Work, command: ReadSession) -> SessionView:
    """Give one's own session without its tokens."""
    row = _own(work, Action.SESSION_READ, command.session_id)
    return plain(
        work, row, queries.mandates_of(work.session, there(row.person_id), work.today, work.actor.language)
    )


@operation(Action.SESSION_LIST)
def list_session(work: Work, command: ListSession) -> SessionList:
    """Give one's own open sessions: with what and when each was opened, and when it was last used."""
    del command
    work.allow(Action.SESSION_LIST, self_facts(work), about_session())
    moment = work.installation.clock.now()
    rows = queries.open_sessions(work.session, there(work.actor.person_id), moment)
    return SessionList(href=href("sessions"), items=[_item(work, row, moment) for row in rows])


def _item(work: Work, row: SignIn, moment: datetime) -> SessionItem:
    return SessionItem(
        session_id=row.id,
        href=href("sessions", row.id),
        channel=row.channel,
        opened_with=row.opened_with,
        opened_at=row.opened_at,
        seen_at=min(row.seen_at, moment),
        expires_at=row.expires_at,
        locked=is_idle(work, row.seen_at),
        present=row.id == work.actor.session_id,
    )


@operation(Action.SESSION_CLOSE)
def close_session(work: Work, command: CloseSession) -> None:
    """Sign out, or end another session of one's own: it and every token of it stop working at once."""
    row = _own(work, Action.SESSION_CLOSE, command.session_id)
    end(work, row)


def end(work: Work, row: SignIn) -> None:
    """End a session of who acts."""
    row.state, row.closed_at = "closed", work.installation.clock.now()
    row.secret_hash = row.previous_hash = row.challenge = None


def end_others(work: Work) -> None:
    """End every session of who acts but the one at hand: what proves who they are has changed.

    A sign-in that still waits for its second factor ends as well: it began with the former password.
    """
    for row in queries.unended_sessions(work.session, there(work.actor.person_id)):
        if row.id != work.actor.session_id:
            end(work, row)


@operation(Action.SESSION_REVOKE)
def revoke_session(work: Work, command: RevokeSession) -> RevokedView:
    """End every session of a person, as an administrator, who learns of them only how many there were."""
    about = About(object_type="person", object_id=command.person_id)
    work.allow(Action.SESSION_REVOKE, cell_facts(work, work.actor.cell_id), about)
    if work.session.get(Person, command.person_id) is None:
        raise work.refuse(Action.SESSION_REVOKE, not_found(), about)
    ended = select(func.end_sessions(command.person_id, work.installation.clock.now()))
    return RevokedView(person_id=command.person_id, ended=work.session.scalar(ended) or 0)
