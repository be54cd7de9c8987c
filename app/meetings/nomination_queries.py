"""What the database says of naming who comes for a service: to the management that was asked, of its own service alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.directory.models import TEXT_VERSION, Person, Undertaking
from app.kernel.database import lean_rows
from app.meetings.models import Invitation


def nominees(session: Session, invitation_id: UUID, today: date) -> dict[UUID, tuple[str, UUID | None]]:
    """Give (name, the invitation that lies there for them already, if any) of whom one can name, by person.

    They work in the same service, sit in the cell, confirmed the secrecy text in force, declared no conflict, and were
    not asked yet. The database gives one answer for every reason against somebody.
    """
    bound = exists().where(
        Undertaking.person_id == Person.id,
        Undertaking.text_version == TEXT_VERSION,
        Undertaking.valid_until >= today,
    )
    said = "SELECT person_id, invitation_id FROM nominees(%(invitation)s)"
    found = {row.person_id: row.invitation_id for row in lean_rows(session, said, invitation=invitation_id)}
    rows = session.execute(
        select(Person.id, Person.name).where(Person.id.in_(found), bound).order_by(Person.name, Person.id)
    )
    return {row.id: (row.name, found[row.id]) for row in rows}


def named(session: Session, invitations: Iterable[UUID]) -> dict[UUID, Any]:
    """Give (person_id, name, nominated_as, state) of who comes in one's place, by one's own invitation."""
    wanted = list(invitations)
    if not wanted:
        return {}
    said = "SELECT invitation_id, person_id, name, nominated_as, state FROM named_for(%(invitations)s)"
    return {row.invitation_id: row for row in lean_rows(session, said, invitations=wanted)}


def nominate(session: Session, row: Invitation, made: dict[str, Any]) -> bool:
    """Have the database ask somebody in one's place, under one's own invitation; False where it does not let one.

    *made*: id, person_id, nominated_as, and the reasons sealed for that invitation (child_reason, urgency_reason).
    """
    asked: ColumnElement[bool] = func.nominate(
        row.id,
        made["person_id"],
        made["id"],
        made["nominated_as"],
        made["child_reason"],
        made["urgency_reason"],
    )
    return _told(session, asked)


def take_back(session: Session, row: Invitation) -> bool:
    """Have the database ask who came in one's place no longer; False where it does not let one."""
    return _told(session, func.take_back_nomination(row.id))


def _told(session: Session, asked: ColumnElement[bool]) -> bool:
    session.flush()
    done = bool(session.scalar(select(asked)))
    session.expire_all()
    return done
