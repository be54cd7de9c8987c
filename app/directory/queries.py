"""Every SELECT of the directory."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from app.constitution.models import Cell, CellMunicipality, Municipality
from app.directory.models import (
    TEXT_VERSION,
    Agency,
    AgencyCode,
    Credential,
    Mandate,
    Passkey,
    Person,
    Recovery,
    SignIn,
    Undertaking,
)
from app.directory.office_queries import in_office
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


def take_try(
    session: Session,
    session_id: UUID,
    channel: str,
    moment: datetime,
    most: int,
    state: str = "secondFactorWanted",
) -> Any:
    """Take one of the tries of a session in a state, and give whose it is (`person_id`, perhaps nobody's; `opened_with`).

    None when there is no such session at this door, or when it is too late or all its tries are taken.
    """
    return session.execute(
        update(SignIn)
        .where(SignIn.id == session_id, SignIn.channel == channel, SignIn.state == state)
        .where(SignIn.expires_at > moment, SignIn.failures < most)
        .values(failures=SignIn.failures + 1)
        .returning(SignIn.person_id, SignIn.opened_with)
    ).first()


def take_challenge(session: Session, session_id: UUID) -> bytes | None:
    """Give what the passkey of a session had to sign, and forget it: it serves once."""
    row = sign_in(session, session_id)
    if row is None:
        return None
    challenge, row.challenge = row.challenge, None
    session.flush()
    return challenge


class KnownPasskey(NamedTuple):
    """What a passkey is checked with."""

    id: UUID
    person_id: UUID
    public_key: bytes
    sign_count: int


def passkey_for(session: Session, credential_id: bytes) -> KnownPasskey | None:
    """Give what a passkey is checked with to somebody who has not signed in yet."""
    found = session.execute(
        text("SELECT id, person_id, public_key, sign_count FROM passkey_for(:c)"), {"c": credential_id}
    ).first()
    return (
        KnownPasskey(found.id, found.person_id, bytes(found.public_key), found.sign_count) if found else None
    )


def count_passkey(session: Session, passkey_id: UUID, known: int, count: int, moment: datetime) -> bool:
    """Keep how often one's own passkey was used; False when it was used or removed meanwhile."""
    done = session.execute(
        update(Passkey)
        .where(Passkey.id == passkey_id, Passkey.sign_count == known, Passkey.removed_at.is_(None))
        .values(sign_count=count, used_at=moment)
        .returning(Passkey.id)
    )
    return done.first() is not None


def own_passkeys(session: Session, person_id: UUID) -> list[Passkey]:
    """Give the passkeys of a person that were not removed, oldest first."""
    query = select(Passkey).filter_by(person_id=person_id, removed_at=None)
    return list(session.scalars(query.order_by(Passkey.created_at, Passkey.id)))


def own_passkey(session: Session, person_id: UUID, passkey_id: UUID) -> Passkey | None:
    """Give one passkey of a person, locked."""
    query = select(Passkey).filter_by(id=passkey_id, person_id=person_id, removed_at=None)
    return session.scalars(query.with_for_update()).one_or_none()


def open_sessions(session: Session, person_id: UUID, moment: datetime) -> list[SignIn]:
    """Give the sessions of a person that are open, the one used last first."""
    query = select(SignIn).filter_by(person_id=person_id, state="active").where(SignIn.expires_at > moment)
    return list(session.scalars(query.order_by(SignIn.seen_at.desc(), SignIn.id)))


def unended_sessions(session: Session, person_id: UUID) -> list[SignIn]:
    """Give the sessions of a person that did not end, those that wait for a second factor among them."""
    query = select(SignIn).where(SignIn.person_id == person_id, SignIn.state != "closed")
    return list(session.scalars(query.order_by(SignIn.id)))


def recoveries(session: Session, moment: datetime) -> list[Any]:
    """Give (recovery, name) of the recoveries under way that row-level security shows, the newest first."""
    return list(
        session.execute(
            select(Recovery, Person.name)
            .join(Person, Person.id == Recovery.person_id)
            .where(Recovery.state.in_(("proposed", "agreed")), Recovery.expires_at > moment)
            .order_by(Recovery.proposed_at.desc(), Recovery.id)
        )
    )


def recovery(session: Session, recovery_id: UUID) -> Recovery | None:
    """Give one recovery, locked."""
    return session.scalars(select(Recovery).filter_by(id=recovery_id).with_for_update()).one_or_none()


def recovery_to_try(session: Session, person_id: UUID, moment: datetime, most: int) -> Recovery | None:
    """Give a person's newest approved recovery, as that person, locked; None when no try of one is left."""
    newest = (
        select(Recovery)
        .filter_by(person_id=person_id, state="agreed")
        .where(Recovery.expires_at > moment, Recovery.tries < most)
        .order_by(Recovery.approved_at.desc())
        .limit(1)
        .with_for_update()
    )
    return session.scalars(newest).one_or_none()


def other_recoveries(session: Session, person_id: UUID, but: UUID) -> list[Recovery]:
    """Give the recoveries under way of a person but one, locked."""
    query = select(Recovery).where(
        Recovery.person_id == person_id, Recovery.id != but, Recovery.state.in_(("proposed", "agreed"))
    )
    return list(session.scalars(query.order_by(Recovery.id).with_for_update()))


def session_row(session: Session, session_id: UUID) -> SignIn | None:
    """Give a session row as it is, not locked: whose it is has to be proven first."""
    return session.scalars(select(SignIn).filter_by(id=session_id)).one_or_none()


def sign_in(session: Session, session_id: UUID) -> SignIn | None:
    """Give a session row, locked and as it is now: one's own, or one that waits for its code."""
    query = select(SignIn).filter_by(id=session_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def held_at_that_time(session: Session, row: Mandate, ends_on: date | None) -> bool:
    """Tell whether the person has this very role at this very place already on a day from its beginning to *ends_on*."""
    other = select(Mandate.id).where(
        Mandate.id != row.id,
        Mandate.person_id == row.person_id,
        Mandate.role == row.role,
        Mandate.cell_id.is_not_distinct_from(row.cell_id),
        Mandate.municipality_id.is_not_distinct_from(row.municipality_id),
        or_(Mandate.ends_on.is_(None), Mandate.ends_on >= func.greatest(row.starts_on, Mandate.starts_on)),
    )
    if ends_on is not None:
        other = other.where(Mandate.starts_on <= ends_on)
    return session.scalar(other.limit(1)) is not None


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
        .where(*in_office(today))
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
        .filter_by(person_id=person_id, text_version=TEXT_VERSION)
        .order_by(Undertaking.valid_until.desc())
        .limit(1)
    )


def agencies(session: Session) -> list[Agency]:
    """Give all agencies by name."""
    return list(session.scalars(select(Agency).order_by(Agency.name, Agency.id)))


def persons_in(session: Session, cell_id: UUID | None, today: date) -> list[Any]:
    """Give (person, agency name, role) of those with a current mandate in a cell, or of everybody (None)."""
    query = select(Person, Agency.name, Mandate.role).join(Agency, Agency.id == Person.agency_id)
    current = and_(Mandate.person_id == Person.id, *in_office(today))
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
            .where(Person.demo, Person.active, *in_office(today))
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


def demo_credential_of(session: Session, person_id: UUID) -> Credential | None:
    """Give the credential of an invented person; None for anybody else."""
    if session.scalar(select(Person.id).filter_by(id=person_id, demo=True)) is None:
        return None
    say_who(session.connection(), person_id, None, None)
    return session.get(Credential, person_id)


def post_counts(session: Session) -> Any:
    """Give how many notices wait and why, to an administrator; zeros to anybody else."""
    return session.execute(text("SELECT * FROM post_counts()")).one()


def agency_codes(session: Session) -> dict[UUID, str]:
    """Give the code of each agency that has one."""
    return {row.agency_id: row.code for row in session.scalars(select(AgencyCode))}
