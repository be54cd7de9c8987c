"""What the directory answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.kernel.shapes import Document, Page, View


class MandateView(View):
    """A mandate as shown to its holder and to those who keep the list."""

    mandate_id: UUID
    person_id: UUID
    person_name: str | None = None
    role: str
    cell_id: UUID | None = None
    cell_name: str | None = None
    municipality_id: UUID | None = None
    municipality_name: str | None = None
    starts_on: date
    ends_on: date | None = None
    clearance_level: str | None = None
    clearance_until: date | None = None


class SessionView(Document):
    """One's own session. Tokens stand in it once, when they are made."""

    session_id: UUID
    state: str
    person_id: UUID | None = None
    name: str | None = None
    language: str | None = None
    expires_at: datetime | None = None
    mandate: MandateView | None = None
    mandates: list[MandateView] | None = None
    undertaking_until: date | None = None
    access_token: str | None = None
    token_type: str | None = None
    expires_in: int | None = None
    refresh_token: str | None = None
    confirmed_until: datetime | None = None
    """Until when the second factor that was given is fresh enough for the gravest acts."""
    device: str | None = Field(default=None, exclude=True)
    """What a browser keeps, so that tries under this name are counted apart (limiting)."""


class SessionItem(View):
    """One of one's own sessions in the list."""

    session_id: UUID
    href: str
    channel: str
    opened_with: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime
    locked: bool
    present: bool
    """Whether this is the session that asks."""


class SessionList(View):
    """One's own open sessions, the one used last first."""

    href: str = Field(serialization_alias="self")
    items: list[SessionItem]


class RevokedView(View):
    """How many sessions of a person were ended."""

    person_id: UUID
    ended: int


class ChallengeView(View):
    """What a browser hands to `navigator.credentials`; its challenge serves once, for this session."""

    session_id: UUID
    public_key: dict[str, Any]
    own_passkeys: int | None = None
    """How many passkeys one has; told in one's own open session only."""


class PasskeyView(View):
    """A passkey as its owner sees it."""

    passkey_id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None = None


class PasskeyList(View):
    """One's own passkeys, oldest first."""

    href: str = Field(serialization_alias="self")
    items: list[PasskeyView]


class RecoveryView(Document):
    """A recovery. *half* stands in it once: the half of the code that its reader hands to the person."""

    recovery_id: UUID
    person_id: UUID
    person_name: str
    state: str
    ground: str
    proposed_as: str
    proposed_at: datetime
    expires_at: datetime
    half: str | None = None


class RecoveryList(View):
    """Recoveries under way, the newest first."""

    href: str = Field(serialization_alias="self")
    items: list[RecoveryView]


class RecoveredView(View):
    """What somebody gets who used a recovery: the secret for their authenticator app, once."""

    totp_secret: str


class ReferralView(View):
    """Where to go at the provider, and with what to come back."""

    address: str


class AcceptedView(SessionView):
    """A session that begins with a provider's answer, and where its reader was going."""

    following: str


class RepresentativeView(Document):
    """Who represents a service for good in a cell, and for which period."""

    representative_id: UUID
    person_id: UUID
    person_name: str
    agency_id: UUID
    agency_name: str
    cell_id: UUID
    cell_name: str
    starts_on: date
    ends_on: date | None = None
    document: str
    current: bool
    """Whether it holds today."""


class RepresentativeList(View):
    """Permanent representatives by service, without those whose time is over."""

    href: str = Field(serialization_alias="self")
    items: list[RepresentativeView]


class NoticeView(View):
    """A notice for its reader: a code with its text, and a case reference at most (R37)."""

    notice_id: UUID
    code: str
    text: str
    reference: str | None = None
    due_on: date | None = None
    created_at: datetime
    read_at: datetime | None = None


class NoticePage(Page[NoticeView]):
    """One's own notices, newest first."""


class ReadNoticesView(View):
    """How many notices were marked as read now."""

    marked: int


class MailAddressView(View):
    """Where a person's notices are sent; without an address they stand on the page Today only."""

    href: str = Field(serialization_alias="self")
    person_id: UUID
    address: str | None = None
    set_at: datetime | None = None
    """When it was chosen; left out for the address that the account was made with."""


class PostView(View):
    """How the sending of notices fares, in numbers."""

    href: str = Field(serialization_alias="self")
    configured: bool
    """Whether there is a mail server to hand them to."""
    waiting: int
    without_address: int
    """Of those that wait: for people without an e-mail address."""
    undeliverable: int
    oldest: datetime | None = None
    """Since when the oldest one waits."""
    fault: str | None = None
    """Why the last try failed, as a code; left out when none did."""


class FederatedIdentityView(Document):
    """That a subject of the provider is a person, or that their first sign-in is expected."""

    federated_identity_id: UUID
    person_id: UUID
    person_name: str
    issuer: str
    subject: str | None = None
    state: str
    expected_until: date | None = None
    linked_at: datetime | None = None


class FederatedIdentityList(View):
    """Links with the provider by person, without those that ended."""

    href: str = Field(serialization_alias="self")
    items: list[FederatedIdentityView]


class UndertakingView(Document):
    """The secrecy undertaking: text in the reader's language, version, and until when one's confirmation holds."""

    text_version: str
    text: str
    valid_until: date | None = None


class AgencyView(Document):
    """A service or organisation."""

    agency_id: UUID
    name: str
    regime: str
    ground_list: str
    ground_code: str
    organisation_code: str | None = None


class AgencyList(View):
    """Agencies by name."""

    href: str = Field(serialization_alias="self")
    items: list[AgencyView]


class PersonView(Document):
    """An account. *totp_secret* stands in it once, when the account is made, to be put into an authenticator app."""

    person_id: UUID
    username: str | None = None
    name: str
    agency_id: UUID
    agency_name: str | None = None
    language: str
    roles: list[str] | None = None
    manages_service: bool | None = None
    """For an administrator: is the management of the service, or a line manager there (R28)."""
    account_version: int | None = None
    """For an administrator: what `If-Match` takes for a change."""
    totp_secret: str | None = None


class PersonList(View):
    """Persons by name."""

    href: str = Field(serialization_alias="self")
    items: list[PersonView]


class MandateList(View):
    """Mandates by person."""

    href: str = Field(serialization_alias="self")
    items: list[MandateView]
