"""Every SELECT about what stood in a file before it was corrected (R55). Row-level security gives it to the desk alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Statement
from app.cases.version_models import StatementVersion, SubjectVersion
from app.directory.models import Person


def lock_statement(session: Session, statement_id: UUID) -> Statement:
    """Give a statement to change, locked, as it stands now. Raises NoResultFound where the database lets nobody change it."""
    found = select(Statement).filter_by(id=statement_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()


def of_case(session: Session, case_id: UUID) -> list[StatementVersion]:
    """Give all earlier versions of the statements of a case."""
    return list(session.scalars(select(StatementVersion).filter_by(case_id=case_id)))


def of_statement(session: Session, statement_id: UUID) -> list[Any]:
    """Give (earlier version, name of who replaced it) of a statement, latest first."""
    found = (
        select(StatementVersion, Person.name)
        .join(Person, Person.id == StatementVersion.replaced_by)
        .where(StatementVersion.statement_id == statement_id)
        .order_by(StatementVersion.version.desc())
    )
    return list(session.execute(found))


def one(session: Session, version_id: UUID) -> Any:
    """Give (earlier version, name of who replaced it, statement) if the database lets this actor see it."""
    found = (
        select(StatementVersion, Person.name, Statement)
        .join(Person, Person.id == StatementVersion.replaced_by)
        .join(Statement, Statement.id == StatementVersion.statement_id)
        .where(StatementVersion.id == version_id)
    )
    return session.execute(found).one_or_none()


def of_subject(session: Session, case_id: UUID) -> list[Any]:
    """Give (earlier identity, name of who replaced it) of a case, latest first."""
    found = (
        select(SubjectVersion, Person.name)
        .join(Person, Person.id == SubjectVersion.replaced_by)
        .where(SubjectVersion.case_id == case_id)
        .order_by(SubjectVersion.version.desc())
    )
    return list(session.execute(found))
