"""What can be asked of the directory."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

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


class OpenSession(Command):
    """First step of signing in: name and password."""

    username: Username
    password: Secret = Field(max_length=128)


class ConfirmSession(Command):
    """Second step: the one-time code; opens the session under a mandate."""

    session_id: UUID
    code: Code
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


class ReadUndertaking(Command):
    """Read the text of the secrecy undertaking in force, and until when one's own confirmation holds."""


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
    """Add an account for one named individual."""

    username: Username
    name: Line
    agency_id: UUID
    language: Language = "nl"
    email: Line | None = None
    password: Secret = Field(min_length=12, max_length=128)
    volunteer: bool = False
    line_manager_id: UUID | None = None


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
