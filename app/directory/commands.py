"""What can be asked of the directory."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints
from pydantic_core import from_json

from app.kernel.printing import DocumentLanguage
from app.kernel.shapes import Command, Day, Line, Secret
from app.rules.roles import Role

Language = Literal["nl", "fr", "de", "en"]
Username = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[a-zA-Z0-9._@+-]{3,100}$")
]
OrganisationCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9. -]{2,40}$")]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\x21-\x7e]{1,255}$")]
Opaque = Annotated[SecretStr, Field(max_length=4000)]
"""What a browser or a provider brings; compared or passed on, never stored or shown."""
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]


def _object(said: Any) -> Any:
    """Read a JSON object that a form could only send as text. Raises ValueError for what is not JSON."""
    return from_json(said) if isinstance(said, str) else said


PasskeyAnswer = Annotated[dict[str, Any], BeforeValidator(_object)]
"""What a browser's `PublicKeyCredential.toJSON()` gives."""
Typed = Annotated[Secret, Field(max_length=512)]
"""A password as it was typed, before it is looked at; longer than any that is taken (passwords)."""
HalfCode = Annotated[Secret, Field(max_length=40)]


class OpenSession(Command):
    """First step of signing in: name and password."""

    username: Username
    password: Typed


class ConfirmSession(Command):
    """Give a second factor, a one-time code or a passkey: it opens the session under a mandate.

    For a session that is open already it says that its owner is still there: what asks for a fresh confirmation is
    possible again for some minutes, and a locked session wakes up.
    """

    session_id: UUID
    code: Code | None = None
    passkey: PasskeyAnswer | None = None
    mandate_id: UUID | None = None


class ReferSession(Command):
    """Go to the provider of identities to sign in there."""

    following: str = Field("/", max_length=2000)
    browser: Opaque
    language: Language


class AcceptSession(Command):
    """Come back from the provider with its answer."""

    state: Opaque
    browser: Opaque
    code: Opaque | None = None
    issuer: str | None = Field(None, max_length=500)


class RecallSession(Command):
    """End the sessions of somebody whom the provider signed out (back-channel logout)."""

    logout_token: Opaque


class ChallengeSession(Command):
    """Ask for what a passkey has to sign to confirm a session; without one, to sign in with a passkey alone.

    The challenge serves once.
    """

    session_id: UUID | None = None


class UnlockSession(Command):
    """Wake up a session that was left idle, with the password."""

    session_id: UUID
    password: Typed


class RefreshSession(Command):
    """Ask for a new access token with the refresh token; the old refresh token stops working."""

    session_id: UUID
    refresh_token: Secret = Field(max_length=200)


class SwitchSession(Command):
    """Act under another of one's own mandates from now on."""

    session_id: UUID
    mandate_id: UUID


class ReadSession(Command):
    """Look at one's own session: who am I, under which mandate, what else could I act under."""

    session_id: UUID


class CloseSession(Command):
    """Sign out."""

    session_id: UUID


class RefuseRequest(Command):
    """Note that a request was refused before it was an act; *reason*: a code."""

    reason: str = Field(max_length=100)


class ListSession(Command):
    """List one's own sessions that are open."""


class RevokeSession(Command):
    """End every session of a person."""

    person_id: UUID


class ChangePassword(Command):
    """Change one's own password: the present one, and the new one."""

    current_password: Typed
    new_password: Typed


class OfferPasskey(Command):
    """Ask for what a browser needs to make a passkey; the challenge in it serves once."""


class RegisterPasskey(Command):
    """Keep a new passkey under a name of one's own."""

    name: Line
    passkey: PasskeyAnswer


class ListPasskey(Command):
    """List one's own passkeys."""


class RemovePasskey(Command):
    """Remove one of one's own passkeys: it opens nothing from now on."""

    passkey_id: UUID


class ProposeRecovery(Command):
    """Propose that somebody gets new means to sign in; gives the first half of a code."""

    person_id: UUID
    ground: Literal["secondFactorLost", "passwordLost", "bothLost", "suspicion", "newAccount"]
    identity_checked: Literal[True]


class ApproveRecovery(Command):
    """Agree to a proposed recovery, in the other role; gives the second half of the code."""

    recovery_id: UUID
    identity_checked: Literal[True]


class ListRecovery(Command):
    """List the recoveries under way that are for oneself to know."""


class UseRecovery(Command):
    """Take new means to sign in, with both halves of the code: a new password, a new secret for one-time codes."""

    username: Username
    first_half: HalfCode
    second_half: HalfCode
    new_password: Typed


class ReadUndertaking(Command):
    """Read the text of the secrecy undertaking in force, and until when one's own confirmation holds."""


class PrintUndertaking(Command):
    """Print the secrecy undertaking, in the language of who is to sign it."""

    language: DocumentLanguage = "nl"


class ConfirmUndertaking(Command):
    """Confirm the secrecy undertaking (art. 458ter) in the version shown."""

    text_version: Line
    confirmed: Literal[True]


class CreateAgency(Command):
    """Add a service or organisation, with the ground on which its members can take part (R22)."""

    name: Line
    regime: Literal["flemish", "frenchCommunity", "municipal", "police", "other"]
    ground_list: Literal["groundsFlemish", "groundsFrenchCommunity", "groundsGeneral"]
    ground_code: Line


class IdentifyAgency(Command):
    """Record the code by which a provider of identities names an agency: KBO number, OVO code, institution number."""

    agency_id: UUID
    code: OrganisationCode


class ListAgency(Command):
    """List agencies by name."""


class CreatePerson(Command):
    """Add an account for one named individual.

    *password*: a first one, which whoever adds the account then knows. Left out, nobody can sign in until the person
    takes means of their own by a recovery, on which an administrator and a coordinator decide (R20).
    *manages_service*: is the management there, or a line manager; nobody is unless it is said (R28).
    """

    username: Username
    name: Line
    agency_id: UUID
    language: Language = "nl"
    email: Line | None = None
    password: Typed | None = None
    volunteer: bool = False
    line_manager_id: UUID | None = None
    manages_service: bool = False


class ChangePerson(Command):
    """Say whether somebody manages their service, or is a line manager there; nobody does unless it is said (R28, If-Match)."""

    person_id: UUID
    manages_service: bool = False


class ListPerson(Command):
    """List the persons with a mandate in one's cell (an administrator: all)."""


class GrantMandate(Command):
    """Give a person a role in a cell, for a period, on a document."""

    person_id: UUID
    role: Role
    cell_id: UUID | None = None
    municipality_id: UUID | None = None
    starts_on: Day
    ends_on: Day | None = None
    document: Line
    scope: tuple[Line, ...] | None = None
    clearance_level: Literal["secret", "topSecret"] | None = None
    clearance_until: Day | None = None


class EndMandate(Command):
    """Let a mandate end on a day; it holds until midnight of that day in Brussels."""

    mandate_id: UUID
    ends_on: Day


class ListMandate(Command):
    """List the mandates of one's cell."""


class NameRepresentative(Command):
    """Name who represents their own service for good in a cell, for a period, on a document (R36)."""

    person_id: UUID
    cell_id: UUID
    starts_on: Day
    ends_on: Day | None = None
    document: Line


class EndRepresentative(Command):
    """Let somebody's time as permanent representative end on a day; it holds until midnight of that day."""

    representative_id: UUID
    ends_on: Day


class ListRepresentative(Command):
    """List the permanent representatives of one's cell."""


class ListNotice(Command):
    """List one's own notices, the newest first; *unread*: those alone that were not marked as read."""

    unread: bool = False
    cursor: str | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 25


class ReadNotice(Command):
    """Mark one notice of one's own as read; without an id, all of them."""

    notice_id: UUID | None = None


class ReadMailAddress(Command):
    """Look up where one's own notices are sent."""


class ChangeMailAddress(Command):
    """Have one's own notices sent to another e-mail address."""

    address: Line


class AssignMailAddress(Command):
    """Have somebody's notices sent to an e-mail address."""

    person_id: UUID
    address: Line


class ReadPost(Command):
    """See how the sending of notices fares."""


class ExpectFederatedIdentity(Command):
    """Expect a person's first sign-in by way of the provider, until a day."""

    person_id: UUID
    expected_until: Day


class LinkFederatedIdentity(Command):
    """Record that the provider's subject is this person."""

    person_id: UUID
    subject: Subject


class UnlinkFederatedIdentity(Command):
    """Take a link with the provider away, and end the sessions that began with it."""

    federated_identity_id: UUID


class ListFederatedIdentity(Command):
    """List who can sign in by way of the provider, and who is expected to."""
