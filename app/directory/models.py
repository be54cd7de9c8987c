"""Rows of the directory: named individuals, what they are mandated for, how they sign in (R9, R10, R14, R16)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Row


class Agency(Row):
    """A service or organisation with the ground on which its members can take part (R22)."""

    __tablename__ = "agency"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    regime: Mapped[str] = mapped_column(Text)
    """flemish, frenchCommunity, municipal, police or other."""
    ground_list: Mapped[str] = mapped_column(Text)
    ground_code: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Person(Row):
    """A user account: one named individual of one agency. Never the person discussed."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    language: Mapped[str] = mapped_column(Text)
    volunteer: Mapped[bool] = mapped_column(default=False)
    line_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    manages_service: Mapped[bool] = mapped_column(default=False)
    """Is the management of the service, or somebody's line manager there; never taken for granted (R28)."""
    demo: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Credential(Row):
    """How a person proves who they are. The secret of the second factor is sealed under the installation's key."""

    __tablename__ = "credential"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(Text)
    totp_secret: Mapped[bytes] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int] = mapped_column(default=0)


class Passkey(Row):
    """A passkey or security key of a person (WebAuthn). What is kept of it proves nothing without the key itself."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class Recovery(Row):
    """New means to sign in for somebody who lost theirs: two people decide, each of whom knows half of a code."""

    __tablename__ = "recovery"
    __table_args__ = (
        CheckConstraint(
            "person_id <> proposed_by AND person_id <> approved_by AND proposed_by <> approved_by",
            "three_people",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    """proposed, agreed, used or ended."""
    ground: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID]
    proposed_as: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime]
    first_hash: Mapped[bytes] = mapped_column(LargeBinary)
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    second_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class TryLimit(Row):
    """How much of what somebody may try is spent: one row an address, or a name at an address; by hash."""

    __tablename__ = "try_limit"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    spent_until: Mapped[datetime]
    refused: Mapped[int] = mapped_column(default=0)


class SignInPause(Row):
    """How often the tries for one user name, or for one account's codes, failed; by hash, whether it exists or not."""

    __tablename__ = "sign_in_pause"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime]
    paused_until: Mapped[datetime | None]


class Mandate(Row):
    """Person x cell x role for a period; what somebody acts under (R9, R10)."""

    __tablename__ = "mandate"
    __table_args__ = (Index(None, "cell_id", "role"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    cell_id: Mapped[UUID | None] = mapped_column(ForeignKey("cell.id"))
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    document: Mapped[str] = mapped_column(Text)
    scope: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    clearance_until: Mapped[date | None]
    clearance_level: Mapped[str | None] = mapped_column(Text)
    """secret or topSecret, of a police member (R10)."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


TEXT_VERSION: Final = "2026-3"
"""Version of the secrecy undertaking in force; a new text wants a new confirmation of everybody (R16)."""


class Undertaking(Row):
    """The secrecy undertaking a person confirmed: which text, when, until when (R16, R17)."""

    __tablename__ = "undertaking"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    text_version: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime]
    valid_until: Mapped[date]


class SignIn(Row):
    """A session: from password to sign-out. Holds hashes of its secrets only."""

    __tablename__ = "session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None: a sign-in that leads nowhere, given for a wrong password during a pause."""
    mandate_id: Mapped[UUID | None] = mapped_column(ForeignKey("mandate.id"), index=True)
    channel: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """Of the cookie (pages) or of the refresh token (API)."""
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the refresh token before this one: whoever still uses it took it from somewhere."""
    csrf_token: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]
    """When a second factor was last given; the gravest acts want it fresh."""
    opened_with: Mapped[str] = mapped_column(Text, default="password", server_default="password")
    """password, passkey, console, or provider (of identities)."""
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the next passkey has to sign; it serves once."""


class Representative(Row):
    """Who represents an agency for good in a cell, for a period (R36); an invitation to them is addressed rightly (R28)."""

    __tablename__ = "representative"
    __table_args__ = (
        Index(None, "cell_id", "agency_id", unique=True, postgresql_where=text("ends_on IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    cell_id: Mapped[UUID] = mapped_column(ForeignKey("cell.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    document: Mapped[str] = mapped_column(Text)
    named_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class AgencyCode(Row):
    """The code by which a provider of identities names an agency: KBO number, OVO code, institution number."""

    __tablename__ = "agency_code"

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class FederatedIdentity(Row):
    """That a provider's subject is this person: expected by an administrator, linked, ended."""

    __tablename__ = "federated_identity"
    __table_args__ = (
        # One way in through a provider at most, so that a second one is never added unnoticed beside the first.
        Index(None, "issuer", "person_id", unique=True, postgresql_where=text("state <> 'ended'")),
        Index(None, "issuer", "subject"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    """The provider's own name for somebody; None while the first sign-in is expected."""
    state: Mapped[str] = mapped_column(Text)
    """expected, linked or ended."""
    expected_until: Mapped[date | None]
    created_at: Mapped[datetime]
    linked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class FederatedSession(Row):
    """That a session began at a provider, so that it can be ended there and from there."""

    __tablename__ = "federated_session"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"), primary_key=True)
    federated_identity_id: Mapped[UUID] = mapped_column(ForeignKey("federated_identity.id"), index=True)
    provider_session_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]


class SignInReferral(Row):
    """A reader sent to a provider: by hash, for one browser, to come back once and soon."""

    __tablename__ = "sign_in_referral"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    following: Mapped[str] = mapped_column(Text)
    """Where on this site they were going."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Exclusion(Row):
    """A declared conflict or kinship: beats every grant on that case."""

    __tablename__ = "exclusion"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    declared_at: Mapped[datetime]


class Notice(Row):
    """A message for one person: a code and a case reference at most, never a name (R37, R95)."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "occasion"),
        Index("ix_notice_waiting", "person_id", postgresql_where=text("post_state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    occasion: Mapped[UUID | None]
    """What a reminder is of, and on which step; nobody is reminded of one twice."""
    post_state: Mapped[str] = mapped_column(Text, default="waiting", server_default="waiting")
    """waiting, sent, undeliverable, or leftOut: then it stands on the page Today only."""
    mail_id: Mapped[UUID | None]
    """The letter it was put into; nothing changes in that letter until it is known whether it was sent."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(Text)
    """Why the last try failed, as a code."""


class MailAddress(Row):
    """Where a person's notices are sent, if they or an administrator chose another address than the account's."""

    __tablename__ = "mail_address"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
