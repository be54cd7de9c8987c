"""Signing in: password and then a second factor, or a passkey alone; a session under one mandate (R14, R20).

What fails is counted and makes guessing slow; how, and why the owner still gets in, say `pausing` and `limiting`. How
a try is made says `trying`. The number starts anew only when password and code were both right. A session belongs to
the door at which it was opened. Sessions follow the machine's clock, never a story's.

Confirming again is the same act in a session that is open: a second factor, given by who holds the session's token
or cookie. It makes the gravest acts possible for some minutes, and wakes up a session that was left idle.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.directory import limiting, queries, trying
from app.directory.commands import ChallengeSession, ConfirmSession, OpenSession
from app.directory.models import Person, SignIn
from app.directory.sessions import about_session, chosen, close_in_refusal, plain, tokens
from app.directory.views import ChallengeView, SessionView
from app.kernel import passkeys
from app.kernel.identity import new_secret
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Actor
from app.rules.problems import Kind, Problem, invalid, not_found

_CODE_WITHIN = timedelta(minutes=10)


@operation(Action.SESSION_OPEN)
def open_session(work: Work, command: OpenSession) -> SessionView:
    """Check name and password and open a session that still wants its second factor.

    During a pause a wrong name or password opens one too, which no code will fit. Raises Problem: 401 for a wrong
    name or password outside a pause: the same answer, after the same time; 429 after too many tries.
    """
    limiting.admit_try(work, Action.SESSION_OPEN, command.username)
    moment = work.installation.clock.now()
    tried = trying.try_password(work, command.username, command.password.get_secret_value(), moment)
    if tried.person_id is None and tried.counted:
        raise work.refuse(
            Action.SESSION_OPEN, Problem(Kind.INVALID_TOKEN, why="wrongNameOrPassword"), about_session()
        )
    row = waiting_for(work, tried.person_id, moment, "password")
    reason = "wrongDuringPause" if tried.person_id is None else ""
    work.allow(Action.SESSION_OPEN, work.facts(), about_session(row.id), reason=reason)
    return SessionView(
        href=href("sessions", row.id), session_id=row.id, state=row.state, expires_at=row.expires_at
    )


def waiting_for(work: Work, person_id: UUID | None, moment: datetime, opened_with: str) -> SignIn:
    """Add a sign-in that waits for its second factor."""
    row = SignIn(
        id=new_id(),
        person_id=person_id,
        channel=work.channel,
        state="secondFactorWanted",
        opened_at=moment,
        seen_at=moment,
        expires_at=moment + _CODE_WITHIN,
        opened_with=opened_with,
    )
    work.session.add(row)
    return row


@operation(Action.SESSION_CHALLENGE)
def challenge_session(work: Work, command: ChallengeSession) -> ChallengeView:
    """Give a new challenge for a passkey: for a sign-in that waits, for one's own open session, or to begin one.

    Whose passkey it may be is not said, so the answer is the same whether the password before it was right.
    Raises Problem: 404 for any other session; 429 after too many tries.
    """
    moment = work.installation.clock.now()
    challenge, options = passkeys.request_options(passkeys.site_of(work.installation.settings))
    if command.session_id is None:
        limiting.admit_try(work, Action.SESSION_CHALLENGE)
        row = waiting_for(work, None, moment, "passkey")
    else:
        found = queries.session_row(work.session, command.session_id)
        own = found is not None and found.id == work.actor.session_id and found.state == "active"
        if found is None or not (own or _still_waits(work, found, moment)):
            limiting.admit_stray(work, Action.SESSION_CHALLENGE)
            raise work.refuse(Action.SESSION_CHALLENGE, not_found(), about_session())
        if not own:
            limiting.admit_challenge(work, found.id)
        row = there(queries.sign_in(work.session, found.id))
    row.challenge = challenge
    work.allow(Action.SESSION_CHALLENGE, work.facts(), about_session(row.id))
    known = (
        len(queries.own_passkeys(work.session, row.person_id))
        if row.state == "active" and row.person_id
        else None
    )
    return ChallengeView(session_id=row.id, public_key=options, own_passkeys=known)


def _still_waits(work: Work, row: SignIn, moment: datetime) -> bool:
    return row.state == "secondFactorWanted" and row.channel == work.channel and row.expires_at > moment


@operation(Action.SESSION_CONFIRM)
def confirm_session(work: Work, command: ConfirmSession) -> SessionView:
    """Check a code or a passkey and open the session, under the mandate asked for or the first current one.

    In one's own open session: confirm again. Raises Problem: 404 for a session that wants no second factor at this
    door, or a mandate that is not one's own (the code is used up); 401 for a wrong or used code, and for any code
    during a pause.
    """
    if (command.code is None) == (command.passkey is None):
        raise invalid("code", "either a code or a passkey", kind="requiredInput")
    moment = work.installation.clock.now()
    if work.actor.session_id == command.session_id:
        return _confirm_again(work, command, moment)
    if command.passkey is not None:
        tried = trying.try_passkey(work, command.session_id, command.passkey, moment)
    else:
        tried = trying.try_code(work, command.session_id, command.code or "", moment)
    if tried is None:
        limiting.admit_stray(work, Action.SESSION_CONFIRM)
        raise work.refuse(Action.SESSION_CONFIRM, not_found(), about_session())
    if tried.person_id is None:
        raise work.refuse(
            Action.SESSION_CONFIRM,
            Problem(Kind.INVALID_TOKEN, why="wrongCode"),
            about_session(command.session_id),
        )
    work.act_as(Actor(person_id=tried.person_id, session_id=command.session_id))
    row = queries.sign_in(work.session, command.session_id)
    if row is None or row.state != "secondFactorWanted":  # opened meanwhile, with another code
        raise work.refuse(Action.SESSION_CONFIRM, not_found(), about_session(command.session_id))
    if row.person_id is None:  # begun with a passkey alone: whose it is stands in a session of its own
        row.failures = trying.TRIES
        row = waiting_for(work, tried.person_id, moment, "passkey")
        work.session.flush()
    work.allow(Action.SESSION_CONFIRM, work.facts(), about_session(row.id))
    return open_for(work, row, tried.person_id, command.mandate_id)


def open_for(work: Work, row: SignIn, person_id: UUID, mandate_id: UUID | None = None) -> SessionView:
    """Open a waiting session for somebody who has proved who they are, and give its tokens.

    In: the waiting row, whose it is, the mandate asked for (None: the first current one). The decision was taken.
    Raises Problem 404 for a mandate that is not one's own.
    """
    moment = work.installation.clock.now()
    mandates = queries.mandates_of(work.session, person_id, work.today, "nl")
    mandate = chosen(work, Action.SESSION_CONFIRM, row, mandates, mandate_id)
    row.state = "active"
    row.mandate_id = mandate.mandate_id if mandate else None
    row.expires_at = moment + timedelta(hours=work.installation.settings.session_hours)
    row.seen_at = row.confirmed_at = moment
    row.failures, row.challenge = 0, None
    row.csrf_token = new_secret()
    view = tokens(work, row, mandate, mandates)
    if row.channel == "page":
        view.device = limiting.device_mark(work, work.session.get_one(Person, person_id).username)
    return view


def _confirm_again(work: Work, command: ConfirmSession, moment: datetime) -> SessionView:
    """Confirm in one's own open session. The fifth wrong answer in a row ends it: whoever sits there now signs in anew.

    No code of anybody else's is used up by it, and nobody else's session ends.
    """
    about = about_session(command.session_id)
    fits = trying.take_again(work, moment) and (
        trying.passkey_again(work, command.passkey, moment)
        if command.passkey is not None
        else trying.code_again(work, command.code or "", moment)
    )
    row = there(queries.sign_in(work.session, command.session_id))
    if not fits:
        if row.failures >= trying.TRIES:
            close_in_refusal(work, row.id, "tooManyTries")
        raise work.refuse(Action.SESSION_CONFIRM, Problem(Kind.INVALID_TOKEN, why="wrongCode"), about)
    work.allow(Action.SESSION_CONFIRM, work.facts(), about, reason="again")
    mandates = queries.mandates_of(work.session, there(row.person_id), work.today, work.actor.language)
    row.seen_at = row.confirmed_at = moment
    row.failures = 0
    if row.channel == "page":  # a session that may do more has another cookie
        return tokens(
            work, row, next((m for m in mandates if m.mandate_id == row.mandate_id), None), mandates
        )
    return plain(work, row, mandates)
