"""What was asked of whom before a meeting, and moving what was written for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.directory.models import Person
from app.meetings.models import NEVER_SENT, AgendaItem, Contribution, ContributionRequest, Invitation, Meeting
from app.rules.facts import Actor


def request(session: Session, request_id: UUID) -> ContributionRequest | None:
    """Give one question, as far as the database shows it to this actor."""
    query = select(ContributionRequest).filter_by(id=request_id)
    return session.scalars(query).one_or_none()


def own_requests(session: Session, actor: Actor, now: datetime) -> list[ContributionRequest]:
    """Give the questions to an actor whose meeting is not over, the nearest meeting first."""
    query = (
        select(ContributionRequest)
        .join(AgendaItem, AgendaItem.id == ContributionRequest.agenda_item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            ContributionRequest.person_id == actor.person_id,
            Meeting.state.in_(("convened", "inSession")),
            Meeting.window_until >= now,
        )
    )
    return list(session.scalars(query.order_by(Meeting.starts_at, ContributionRequest.id)))


def own_contribution(session: Session, request_id: UUID) -> Contribution | None:
    """Give what was written as an answer, to its writer; the database shows it to nobody else."""
    return session.scalars(select(Contribution).filter_by(request_id=request_id)).one_or_none()


def board(session: Session, agenda_item_id: UUID) -> list[Any]:
    """Give (invitation, person, question or None) of those invited to an item, by name."""
    query = (
        select(Invitation, Person, ContributionRequest)
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(ContributionRequest, ContributionRequest.invitation_id == Invitation.id)
        .where(
            Invitation.agenda_item_id == agenda_item_id, Invitation.state.not_in((*NEVER_SENT, "withdrawn"))
        )
    )
    return list(session.execute(query.order_by(Person.name, Person.id)))


def withdraw(session: Session, request_id: UUID) -> bool:
    """Take back an answer of one's own; False when it is too late or there is none."""
    session.flush()
    return bool(session.scalar(select(func.withdraw_contribution(request_id))))


def open_all(session: Session, agenda_item_id: UUID) -> list[Any]:
    """Open what was written for an item, and give (statement_id, person_id) of each."""
    session.flush()
    return list(session.execute(text("SELECT * FROM open_contributions(:i)"), {"i": agenda_item_id}))
