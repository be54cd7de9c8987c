"""Signing in by way of a provider of identities such as ACM/IDM (OpenID Connect): there, back, and out (R14, R20).

What a provider says never makes a person, a mandate or a right. It says who somebody is; which account that is, an
administrator said beforehand (`federated_identities`). The organisation somebody chose there has to be the agency of
the account, each time. An administrator alone lets nobody in: the first time through a link, our own one-time code
is asked, whatever the provider says of a second factor.

What goes along with the browser is one secret in a cookie; nonce and PKCE verifier follow from it and from the
state, so that nothing which could be stolen is stored. No connection to the database is held while the provider is
asked. Who is refused learns that they were not signed in, and nothing of whether there is an account; why, the
processing log says.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.directory import federated_queries, limiting
from app.directory.commands import AcceptSession, RecallSession, ReferSession
from app.directory.models import FederatedSession, Person, SignInReferral
from app.directory.signing_in import open_for, waiting_for
from app.directory.trying import may_be_here
from app.directory.views import AcceptedView, ReferralView, SessionView
from app.kernel.identity import new_secret, secret_hash
from app.kernel.journal.store import About
from app.kernel.openid import SKEW_SECONDS, NotBelieved, OpenId, ProviderSilent
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.facts import VISITOR, Actor
from app.rules.problems import Kind, Problem, not_found

_BACK_WITHIN: Final = timedelta(minutes=10)
_VERIFIED_BY_PROVIDER: Final = "email"
OPENED_WITH: Final = "provider"

SILENT, NOT_BELIEVED, NOT_STARTED, NOT_LET_IN = (
    "providerSilent", "providerNotBelieved", "providerNotStarted", "providerNotLetIn",
)  # fmt: skip
"""What a reader is told: `error.<code>` is the sentence. The log says more."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider said of somebody, as far as we look at it."""

    subject: str
    agency: str
    """The organisation they chose there, in the form of `organisation_code`; empty if none was said."""
    person: str
    """User name or e-mail address, only where it can be relied upon; in small letters."""
    second_factor: bool
    session: str


def organisation_code(said: object) -> str:
    """Give a code of an organisation as it is compared: without dots, spaces, hyphens and `BE` before a KBO number."""
    if not isinstance(said, str):
        return ""
    bare = "".join(c for c in said.upper() if c.isalnum())
    return bare.removeprefix("BE") if bare.removeprefix("BE").isdecimal() else bare


def told_by(openid: OpenId, claims: dict[str, Any]) -> Told:
    """Read the claims of a provider under the names that the settings give them."""
    settings = openid.settings
    means = claims.get("amr")
    said = {m for m in (claims.get("acr"), *(means if isinstance(means, list) else ())) if isinstance(m, str)}
    person = claims.get(settings.oidc_person_claim) if settings.oidc_person_claim else None
    if settings.oidc_person_claim == _VERIFIED_BY_PROVIDER and claims.get("email_verified") is not True:
        person = None
    return Told(
        subject=str(claims["sub"]),
        agency=organisation_code(claims.get(settings.oidc_agency_claim))
        if settings.oidc_agency_claim
        else "",
        person=person.strip().lower() if isinstance(person, str) and person.isprintable() else "",
        second_factor=bool(said & set(settings.oidc_second_factor.split())),
        session=_session_of(claims),
    )


def _session_of(claims: dict[str, Any]) -> str:
    said = claims.get("sid")
    return said if isinstance(said, str) and said.isprintable() else ""


def _about(session_id: UUID | None = None) -> About:
    return About(object_type="session", object_id=session_id)


def _derived(browser: str, purpose: str, state: str) -> str:
    """Give the nonce or the verifier of one journey: only this browser's secret leads to it."""
    mark = hmac.digest(browser.encode(), f"{purpose}:{state}".encode(), "sha256")
    return base64.urlsafe_b64encode(mark).rstrip(b"=").decode()


def _provider(work: Work, action: Action) -> OpenId:
    """Give the provider; where none is configured there is nothing here. No connection is held from here on."""
    openid = work.installation.openid
    if openid is None:
        raise work.refuse(action, not_found(), _about())
    work.session.rollback()
    return openid


def _asked(work: Work, action: Action, ask: Callable[[], Any]) -> Any:
    """Ask the provider, and refuse in one sentence when it is silent or is not believed."""
    try:
        return ask()
    except ProviderSilent as silent:
        problem, reason = Problem(Kind.UNAVAILABLE, why=SILENT, retry_after=60), silent.reason
    except NotBelieved as wrong:
        problem, reason = Problem(Kind.INVALID_TOKEN, why=NOT_BELIEVED), wrong.reason
    raise work.refuse(action, problem, _about(), reason=reason)


# There -------------------------------------------------------------------------------------------------------


@operation(Action.SESSION_REFER)
def refer_session(work: Work, command: ReferSession) -> ReferralView:
    """Give the address at the provider.

    Raises Problem: 404 where there is no provider, 429 after too many tries from one address, 503 when it is silent.
    """
    openid = _provider(work, Action.SESSION_REFER)
    limiting.admit_try(work, Action.SESSION_REFER)
    browser, state = command.browser.get_secret_value(), new_secret()
    nonce, verifier = (_derived(browser, purpose, state) for purpose in ("nonce", "verifier"))
    address = _asked(
        work,
        Action.SESSION_REFER,
        lambda: openid.authorization_address(state, nonce, verifier, command.language),
    )
    work.allow(Action.SESSION_REFER, work.facts(), _about())
    work.session.add(
        SignInReferral(
            state_hash=secret_hash(state),
            browser_hash=secret_hash(browser),
            following=command.following,
            created_at=work.installation.clock.now(),
        )
    )
    return ReferralView(address=address)


# Back --------------------------------------------------------------------------------------------------------


@operation(Action.SESSION_ACCEPT)
def accept_session(work: Work, command: AcceptSession) -> AcceptedView:
    """Believe the provider's answer, find the account that was linked to it, and open a session or ask for our code.

    Raises Problem: 401 for an answer that this browser did not ask for, is too late, was used, does not hold or leads
    to no account; 503 when the provider does not answer.
    """
    openid = _provider(work, Action.SESSION_ACCEPT)
    work.act_as(VISITOR)  # whoever signed in here before is not who comes back
    moment = work.installation.clock.now()
    following = _taken(work, command, moment)
    if command.code is None:
        raise _not_let_in(work, "declinedByProvider")
    if command.issuer is not None and command.issuer != openid.issuer:  # RFC 9207
        raise work.refuse(
            Action.SESSION_ACCEPT, Problem(Kind.INVALID_TOKEN, why=NOT_BELIEVED), _about(), reason="issuer"
        )
    code, state = command.code.get_secret_value(), command.state.get_secret_value()
    nonce, verifier = (
        _derived(command.browser.get_secret_value(), purpose, state) for purpose in ("nonce", "verifier")
    )
    claims = _asked(work, Action.SESSION_ACCEPT, lambda: openid.claims(code, nonce, verifier, moment))
    told = told_by(openid, claims)
    found = _whose(work, openid, told)
    return AcceptedView(**dict(_begun(work, told, found, moment)), following=following)


def _taken(work: Work, command: AcceptSession, moment: datetime) -> str:
    """Use up the journey this browser began, and give where it was going.

    For good: in a transaction of its own, before anything else is known.
    """
    with work.installation.sessions() as own:
        following = federated_queries.take_referral(
            own,
            secret_hash(command.state.get_secret_value()),
            secret_hash(command.browser.get_secret_value()),
            moment,
            moment - _BACK_WITHIN,
        )
        own.commit()
    if following is None:
        problem = Problem(Kind.INVALID_TOKEN, why=NOT_STARTED)
        raise work.refuse(Action.SESSION_ACCEPT, problem, _about(), reason="stateUnknown")
    return following


@dataclass(frozen=True, slots=True)
class Found:
    """Whose account it is, through which link, and whether its owner came through it before with their own code."""

    identity_id: UUID
    person: Person
    proven: bool
    first: bool


def _not_let_in(work: Work, reason: str, about: About | None = None) -> Problem:
    return work.refuse(
        Action.SESSION_ACCEPT, Problem(Kind.INVALID_TOKEN, why=NOT_LET_IN), about or _about(), reason=reason
    )


def _whose(work: Work, openid: OpenId, told: Told) -> Found:
    """Find the one account behind what the provider said. Raises Problem 401, the same for every reason."""
    by_agency = bool(openid.settings.oidc_agency_claim)
    if by_agency and not told.agency:
        raise _not_let_in(work, "noAgencyClaim")
    links = federated_queries.federated_persons(work.session, openid.issuer, told.subject)
    fitting = [each for each in links if not by_agency or organisation_code(each.agency_code) == told.agency]
    if len(fitting) > 1:
        raise _not_let_in(work, "severalAccounts")
    if not fitting:
        if not by_agency:
            raise _not_let_in(work, "unknownSubject")
        return _expected(work, openid, told, known=bool(links))
    (link,) = fitting
    person = work.session.get_one(Person, link.person_id)
    if not (person.active and may_be_here(work, person)):
        raise _not_let_in(work, "accountClosed", _about_link(link.identity_id))
    return Found(link.identity_id, person, proven=link.proven, first=False)


def _about_link(identity_id: UUID) -> About:
    return About(object_type="federatedIdentity", object_id=identity_id)


def _expected(work: Work, openid: OpenId, told: Told, *, known: bool) -> Found:
    """Link a first sign-in that an administrator expects: one active account of that name, of that very agency."""
    named = federated_queries.active_by_name(work.session, told.person) if told.person else []
    reason = ""
    if len(named) > 1:
        reason = "severalAccounts"
    elif not named:
        reason = "otherAgency" if known else "unknownSubject" if told.person else "noPersonClaim"
    elif organisation_code(named[0].agency_code) != told.agency:
        reason = "otherAgency"
    elif not may_be_here(work, named[0].Person):
        reason = "accountClosed"
    if reason:
        raise _not_let_in(work, reason)
    person: Person = named[0].Person
    identity_id = federated_queries.take_expected(work.session, openid.issuer, person.id, told.subject)
    if identity_id is None:
        raise _not_let_in(work, "notExpected")
    return Found(identity_id, person, proven=False, first=True)


def _begun(work: Work, told: Told, found: Found, moment: datetime) -> SessionView:
    """Begin a session: open at once after a second factor that counts, waiting for our own code otherwise."""
    row = waiting_for(work, found.person.id, moment, OPENED_WITH)
    work.session.flush()
    work.session.add(
        FederatedSession(
            session_id=row.id,
            federated_identity_id=found.identity_id,
            provider_session_hash=secret_hash(told.session) if told.session else None,
            opened_at=moment,
        )
    )
    work.session.flush()
    enough = told.second_factor and found.proven
    reason = (
        "secondFactorOfProvider" if enough else "firstThroughThisLink" if found.first else "ownCodeWanted"
    )
    abouts = [_about(row.id), _about_link(found.identity_id)]
    if enough:
        work.act_as(Actor(person_id=found.person.id, session_id=row.id))
    work.allow(Action.SESSION_ACCEPT, work.facts(), abouts, reason=reason)
    if enough:
        view = open_for(work, row, found.person.id)
        row.confirmed_at = view.confirmed_until = (
            None  # a single sign-on may be hours old: no fresh second factor
        )
        return view
    return SessionView(
        href=href("sessions", row.id), session_id=row.id, state=row.state, expires_at=row.expires_at
    )


# Out ---------------------------------------------------------------------------------------------------------


def began_at_provider(work: Work) -> bool:
    """Tell whether the session of who acts began at the provider, so that signing out goes on there."""
    session_id = work.actor.session_id
    return (
        work.installation.openid is not None
        and session_id is not None
        and work.session.get(FederatedSession, session_id) is not None
    )


@operation(Action.SESSION_RECALL)
def recall_session(work: Work, command: RecallSession) -> None:
    """End what began at the provider for somebody it signed out: one of its sessions, or all of that subject.

    Only what was opened before it said so: a token that comes again ends nothing newer. Raises Problem 401 for a token
    that does not hold.
    """
    openid = _provider(work, Action.SESSION_RECALL)
    work.act_as(VISITOR)
    moment = work.installation.clock.now()
    token = command.logout_token.get_secret_value()
    claims = _asked(work, Action.SESSION_RECALL, lambda: openid.logout_claims(token, moment))
    subject, session = claims.get("sub"), _session_of(claims)
    ended = federated_queries.recall_sessions(
        work.session,
        before=datetime.fromtimestamp(claims["iat"] + SKEW_SECONDS, tz=moment.tzinfo),
        issuer=openid.issuer,
        subject=str(subject) if subject else None,
        provider_session=secret_hash(session) if session else None,
    )
    work.allow(Action.SESSION_RECALL, work.facts(), [_about(each) for each in ended])
