"""Every SELECT of signing in by way of a provider of identities."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.directory.models import AgencyCode, FederatedIdentity, Person, SignInReferral


def take_referral(
    session: Session, state_hash: bytes, browser_hash: bytes, moment: datetime, not_before: datetime
) -> str | None:
    """Use up a journey to the provider, and give where it was going.

    None when this browser has none of that state, used it before, or began it before *not_before*.
    """
    return session.scalar(
        update(SignInReferral)
        .where(SignInReferral.state_hash == state_hash, SignInReferral.browser_hash == browser_hash)
        .where(SignInReferral.used_at.is_(None), SignInReferral.created_at > not_before)
        .values(used_at=moment)
        .returning(SignInReferral.following)
    )


def federated_persons(session: Session, issuer: str, subject: str) -> list[Any]:
    """Give (identity_id, person_id, proven, agency_code) of the accounts linked to a subject, to who has not signed in."""
    linked = func.federated_persons(issuer, subject).table_valued("identity_id", "person_id", "proven")
    return list(
        session.execute(
            select(
                linked.c.identity_id,
                linked.c.person_id,
                linked.c.proven,
                AgencyCode.code.label("agency_code"),
            )
            .join(Person, Person.id == linked.c.person_id)
            .outerjoin(AgencyCode, AgencyCode.agency_id == Person.agency_id)
        )
    )


def active_by_name(session: Session, name: str) -> list[Any]:
    """Give (Person, agency_code) of the active accounts with this user name or e-mail address; two are enough to know."""
    return list(
        session.execute(
            select(Person, AgencyCode.code.label("agency_code"))
            .outerjoin(AgencyCode, AgencyCode.agency_id == Person.agency_id)
            .where(Person.active, (func.lower(Person.username) == name) | (func.lower(Person.email) == name))
            .limit(2)
        )
    )


def take_expected(session: Session, issuer: str, person_id: UUID, subject: str) -> UUID | None:
    """Turn the first sign-in expected of a person into a link with this subject; None when none is expected."""
    return session.scalar(select(func.take_expected_identity(issuer, person_id, subject)))


def recall_sessions(
    session: Session,
    *,
    before: datetime,
    issuer: str | None = None,
    subject: str | None = None,
    provider_session: bytes | None = None,
    identity_id: UUID | None = None,
) -> list[UUID]:
    """End the sessions that began at a provider before a moment, and give which: by its word, or with a link."""
    ended = func.recall_sessions(issuer, subject, provider_session, identity_id, before).table_valued(
        "session_id"
    )
    return list(session.scalars(select(ended.c.session_id)))


def federated_identity(session: Session, identity_id: UUID) -> FederatedIdentity | None:
    """Give a link with the provider, locked."""
    return session.scalars(
        select(FederatedIdentity).filter_by(id=identity_id).with_for_update()
    ).one_or_none()


def federated_identities(session: Session) -> list[Any]:
    """Give (link, name of the person) of all that hold or are expected, by name."""
    return list(
        session.execute(
            select(FederatedIdentity, Person.name)
            .join(Person, Person.id == FederatedIdentity.person_id)
            .where(FederatedIdentity.state != "ended")
            .order_by(Person.name, FederatedIdentity.id)
        )
    )
