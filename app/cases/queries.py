"""Every SELECT of the file. Row-level security stands behind each of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, aliased

from app.cases.models import ActionRow, Case, Discussion, Statement, Trajectory
from app.directory.models import Agency, Exclusion, Person
from app.rules.facts import Actor
from app.rules.lifecycle import OPEN_CASE


def case(session: Session, case_id: UUID, *, lock: bool = False) -> Case | None:
    """Give a case if the database lets this actor see it."""
    query = select(Case).filter_by(id=case_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def visible_cases(
    session: Session, actor: Actor, *, state: str, after: tuple[Any, ...] | None, limit: int
) -> list[Any]:
    """Give the cases of the actor's own municipality as lean rows, most recently listed first.

    Only the desk has a caseload (R14, R18); an exclusion beats the desk, also here.
    """
    query = select(
        Case.id, Case.municipality_id, Case.subject_id, Case.reference, Case.state, Case.phenomenon, Case.listed_on,
        Case.last_discussed_on, Case.review_on, Case.due_on, Case.locks_on,
    ).where(
        Case.municipality_id == actor.municipality_id,
        Case.id.not_in(select(Exclusion.case_id).filter_by(person_id=actor.person_id)),
    )  # fmt: skip
    if state == "open":
        query = query.where(Case.state.in_(sorted(OPEN_CASE)))
    else:
        query = query.where(Case.state == "closed" if state == "closed" else Case.state != "destroyed")
    if after is not None:
        query = query.where(tuple_(Case.listed_on, Case.id) < tuple_(*after))
    return list(session.execute(query.order_by(Case.listed_on.desc(), Case.id.desc()).limit(limit)))


def discussions(session: Session, case_id: UUID) -> list[Discussion]:
    """Give the days on which the person was discussed, latest first (R96)."""
    return list(
        session.scalars(
            select(Discussion).filter_by(case_id=case_id).order_by(Discussion.discussed_on.desc())
        )
    )


def was_discussed(session: Session, case_id: UUID, meeting_id: UUID | None) -> bool:
    """Tell whether the meeting record says that the person was discussed there."""
    return (
        session.get(Discussion, {"case_id": case_id, "meeting_id": meeting_id}) is not None
        if meeting_id
        else False
    )


def statements(session: Session, case_id: UUID) -> list[Any]:
    """Give (statement, contributor name, agency name), oldest first."""
    return list(
        session.execute(
            select(Statement, Person.name, Agency.name)
            .outerjoin(Person, Person.id == Statement.contributor_id)
            .outerjoin(Agency, Agency.id == Statement.agency_id)
            .where(Statement.case_id == case_id)
            .order_by(Statement.stated_on, Statement.created_at, Statement.id)
        )
    )


def statement(session: Session, statement_id: UUID) -> Any:
    """Give (statement, contributor name, agency name) if the database lets this actor see it."""
    return session.execute(
        select(Statement, Person.name, Agency.name)
        .outerjoin(Person, Person.id == Statement.contributor_id)
        .outerjoin(Agency, Agency.id == Statement.agency_id)
        .where(Statement.id == statement_id)
    ).one_or_none()


def trajectory(session: Session, case_id: UUID) -> Any:
    """Give (trajectory, case manager's name) of a case, or None."""
    return session.execute(
        select(Trajectory, Person.name)
        .join(Person, Person.id == Trajectory.case_manager_id)
        .where(Trajectory.case_id == case_id)
    ).one_or_none()


def actions_of(session: Session, case_id: UUID) -> list[Any]:
    """Give (action, owner's name) of a case, by due date."""
    return list(
        session.execute(
            select(ActionRow, Person.name)
            .join(Person, Person.id == ActionRow.owner_id)
            .where(ActionRow.case_id == case_id)
            .order_by(ActionRow.due_on, ActionRow.id)
        )
    )


def own_actions(session: Session, actor: Actor) -> list[Any]:
    """Give (action, owner's name, case reference, subject id) of one's own open actions, by due date (R73)."""
    mine = aliased(Case)
    return list(
        session.execute(
            select(ActionRow, Person.name, mine.reference, mine.subject_id)
            .join(Person, Person.id == ActionRow.owner_id)
            .join(mine, mine.id == ActionRow.case_id)
            .where(
                ActionRow.owner_id == actor.person_id,
                ActionRow.state == "open",
                ActionRow.case_id.not_in(select(Exclusion.case_id).filter_by(person_id=actor.person_id)),
            )
            .order_by(ActionRow.due_on, ActionRow.id)
        )
    )


def action(session: Session, action_id: UUID) -> ActionRow | None:
    """Give an action, locked, if the database lets this actor see it."""
    return session.scalars(select(ActionRow).filter_by(id=action_id).with_for_update()).one_or_none()


def person_name(session: Session, person_id: UUID) -> str | None:
    """Give the name of an account."""
    return session.scalar(select(Person.name).filter_by(id=person_id))
