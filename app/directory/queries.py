"""Every SELECT of the directory."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.constitution.models import Cell, Municipality
from app.directory.models import Agency, Credential, Mandate, Person, SignIn, Undertaking
from app.directory.views import MandateView


def by_username(session: Session, username: str) -> Any:
    """Give person and credential of a username, or None."""
    return session.execute(
        select(Person, Credential)
        .join(Credential, Credential.person_id == Person.id)
        .where(Person.username == username)
    ).one_or_none()


def credential(session: Session, person_id: UUID) -> Credential:
    """Give the credential of a person, locked, so that one code is taken once."""
    return session.scalars(select(Credential).filter_by(person_id=person_id).with_for_update()).one()


def sign_in(session: Session, session_id: UUID) -> SignIn | None:
    """Give a session row, locked."""
    return session.scalars(select(SignIn).filter_by(id=session_id).with_for_update()).one_or_none()


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
        _current(today).where(Mandate.person_id == person_id).order_by(Mandate.starts_on, Mandate.id)
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
    if cell_id is None:
        query = query.outerjoin(Mandate, current)
    else:
        query = query.join(Mandate, current & (Mandate.cell_id == cell_id))
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
    return session.scalars(
        select(Credential)
        .join(Person, Person.id == Credential.person_id)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.id == session_id, SignIn.state == "secondFactorWanted", Person.demo)
    ).one_or_none()
