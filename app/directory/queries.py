"""Every SELECT of the directory."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from app.constitution.models import Cell, CellMunicipality, Municipality
from app.directory.models import (
    Agency,
    AgencyCode,
    Credential,
    FederatedIdentity,
    Mandate,
    Person,
    SignIn,
    SignInReferral,
    Undertaking,
)
from app.directory.views import MandateView
from app.kernel.database import say_who


def by_username(session: Session, username: str) -> Person | None:
    """Give the person with a username, or None."""
    return session.scalars(select(Person).filter_by(username=username)).one_or_none()


def password_hash(session: Session, person_id: UUID) -> str | None:
    """Give the hash of a person's password to somebody who has not signed in yet; None when there is no such person."""
    return session.scalar(select(func.password_hash_for(person_id)))


def credential(session: Session, person_id: UUID) -> Credential | None:
    """Give one's own credential, locked, so that one code is taken once; nobody else's."""
    return session.scalars(select(Credential).filter_by(person_id=person_id).with_for_update()).one_or_none()


def take_try(session: Session, session_id: UUID, channel: str, moment: datetime, most: int) -> Any:
    """Take one of the tries of a sign-in that waits for its code, and give whose it is (`person_id`, perhaps nobody's).

    None when there is no such sign-in at this door, or when it is too late or all its tries are taken.
    """
    return session.execute(
        update(SignIn)
        .where(SignIn.id == session_id, SignIn.channel == channel, SignIn.state == "secondFactorWanted")
        .where(SignIn.expires_at > moment, SignIn.failures < most)
        .values(failures=SignIn.failures + 1)
        .returning(SignIn.person_id)
    ).first()


def session_row(session: Session, session_id: UUID) -> SignIn | None:
    """Give a session row as it is, not locked: whose it is has to be proven first."""
    return session.scalars(select(SignIn).filter_by(id=session_id)).one_or_none()


def sign_in(session: Session, session_id: UUID) -> SignIn | None:
    """Give a session row, locked and as it is now: one's own, or one that waits for its code."""
    query = select(SignIn).filter_by(id=session_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def person_locked(session: Session, person_id: UUID) -> Person | None:
    """Give a person, locked, so that two mandates for one person are weighed one after the other."""
    return session.scalars(select(Person).filter_by(id=person_id).with_for_update()).one_or_none()


def municipalities_of(session: Session, cell_id: UUID) -> list[UUID]:
    """Give the municipalities of a cell, in one order."""
    query = select(CellMunicipality.municipality_id).filter_by(cell_id=cell_id)
    return list(session.scalars(query.order_by(CellMunicipality.municipality_id)))


def _current(today: date) -> Select[Mandate, str, str, dict[str, str]]:
    return (
        select(Mandate, Person.name, Cell.name, Municipality.names)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Cell, Cell.id == Mandate.cell_id)
        .outerjoin(Municipality, Municipality.id == Mandate.municipality_id)
        .where(Mandate.starts_on <= today, (Mandate.ends_on.is_(None)) | (Mandate.ends_on >= today))
    )


def mandates_of(session: Session, person_id: UUID, today: date, language: str) -> list[MandateView]:
    """Give a person's current mandates, oldest first."""
    rows = session.execute(
        _current(today)
        .where(Mandate.person_id == person_id)
        .order_by(Mandate.starts_on, Mandate.created_at, Mandate.id)
    )
    return [mandate_view(*row, language=language) for row in rows]


def mandates_in(session: Session, cell_id: UUID | None, today: date, language: str) -> list[MandateView]:
    """Give the current mandates of a cell (None: of all cells), by person."""
    query = _current(today)
    if cell_id is not None:
        query = query.where(Mandate.cell_id == cell_id)
    return [
        mandate_view(*row, language=language)
        for row in session.execute(query.order_by(Person.name, Mandate.role, Mandate.id))
    ]


def mandate_view(
    mandate: Mandate, person_name: str, cell_name: str | None, names: dict[str, str] | None, *, language: str
) -> MandateView:
    """Give a mandate with the names of what it points to."""
    return MandateView(
        mandate_id=mandate.id,
        person_id=mandate.person_id,
        person_name=person_name,
        role=mandate.role,
        cell_id=mandate.cell_id,
        cell_name=cell_name,
        municipality_id=mandate.municipality_id,
        municipality_name=(names or {}).get(language) or next(iter((names or {}).values()), None),
        starts_on=mandate.starts_on,
        ends_on=mandate.ends_on,
        clearance_level=mandate.clearance_level,
        clearance_until=mandate.clearance_until,
    )


def undertaking_until(session: Session, person_id: UUID) -> date | None:
    """Give the last day on which a person's confirmed undertaking holds."""
    return session.scalar(
        select(Undertaking.valid_until)
        .filter_by(person_id=person_id)
        .order_by(Undertaking.valid_until.desc())
        .limit(1)
    )


def agencies(session: Session) -> list[Agency]:
    """Give all agencies by name."""
    return list(session.scalars(select(Agency).order_by(Agency.name, Agency.id)))


def persons_in(session: Session, cell_id: UUID | None, today: date) -> list[Any]:
    """Give (person, agency name, role) of those with a current mandate in a cell, or of everybody (None)."""
    query = select(Person, Agency.name, Mandate.role).join(Agency, Agency.id == Person.agency_id)
    current = (
        (Mandate.person_id == Person.id)
        & (Mandate.starts_on <= today)
        & ((Mandate.ends_on.is_(None)) | (Mandate.ends_on >= today))
    )
    inside = current if cell_id is None else current & (Mandate.cell_id == cell_id)
    query = query.join(Mandate, inside, isouter=cell_id is None)
    return list(session.execute(query.order_by(Person.name, Person.id)))


def roles_held(session: Session, person_id: UUID, today: date) -> frozenset[str]:
    """Give the roles of a person's current and coming mandates."""
    return frozenset(
        session.scalars(
            select(Mandate.role).where(
                Mandate.person_id == person_id, (Mandate.ends_on.is_(None)) | (Mandate.ends_on >= today)
            )
        )
    )


def demo_persons(session: Session, today: date) -> list[Any]:
    """Give (name, username, role, cell name) of the invented persons of a demonstration."""
    return list(
        session.execute(
            select(Person.name, Person.username, Mandate.role, Cell.name.label("cell_name"))
            .join(Mandate, Mandate.person_id == Person.id)
            .outerjoin(Cell, Cell.id == Mandate.cell_id)
            .where(Person.demo, Person.active, Mandate.starts_on <= today)
            .where((Mandate.ends_on.is_(None)) | (Mandate.ends_on >= today))
            .order_by(Cell.name.nulls_last(), Person.name, Mandate.role)
        )
    )


def demo_credential(session: Session, session_id: UUID) -> Credential | None:
    """Give the credential behind an open sign-in of an invented person; None for anybody else."""
    person_id = session.scalar(
        select(Person.id)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.id == session_id, SignIn.state == "secondFactorWanted", Person.demo)
    )
    if person_id is None:
        return None
    say_who(session.connection(), person_id, None, None)
    return session.get(Credential, person_id)


# Signing in by way of a provider ---------------------------------------------------------------------------


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


def agency_codes(session: Session) -> dict[UUID, str]:
    """Give the code of each agency that has one."""
    return {row.agency_id: row.code for row in session.scalars(select(AgencyCode))}
