"""Every SELECT of the retention room. The sweep's own run as the database's retention role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, text, tuple_, union
from sqlalchemy.orm import Session

from app.cases.contact_queries import where_over
from app.cases.extension_models import Extension
from app.cases.models import Case
from app.constitution.models import Municipality
from app.directory.models import Exclusion
from app.intake.models import Registration
from app.meetings import hand_over_queries
from app.meetings.models import AgendaItem, Meeting
from app.meetings.sight_queries import FINISHING
from app.retention.models import Certificate
from app.rules.retention import WARNING_DAYS

_CHUNK = 5000


def calendar(session: Session, until: date, after: tuple[Any, ...] | None, limit: int) -> list[Any]:
    """Give what ends until a day, soonest first, as far as this actor may know."""
    beyond = "" if after is None else " AND (due_on, id) > (:after_day, :after_id)"
    values = {} if after is None else {"after_day": after[0], "after_id": after[1]}
    return list(
        session.execute(
            text(
                f"SELECT * FROM retention_calendar() WHERE due_on <= :until{beyond} ORDER BY due_on, id LIMIT :limit"
            ),
            {"until": until, "limit": limit} | values,
        )
    )


def unfinished(session: Session) -> int:
    """Give how many files of this actor's municipality were ordered to be destroyed and are not finished."""
    return int(session.scalar(text("SELECT unfinished_destructions()")) or 0)


def items_over(now: datetime) -> Select[UUID]:
    """Give the query of the items whose meeting is so long past that nobody sits at them or finishes their record."""
    ended = Meeting.ends_at + FINISHING < now
    return select(AgendaItem.id).join(Meeting, Meeting.id == AgendaItem.meeting_id).where(ended)


def municipality_ids(session: Session) -> list[UUID]:
    """Give every municipality."""
    return list(session.scalars(select(Municipality.id).order_by(Municipality.created_at, Municipality.id)))


def _not_of(person_id: UUID | None) -> ColumnElement[bool]:
    """Leave out cases that this person declared a conflict on; the robot has none and takes them (domain, section 3)."""
    return ~exists().where(Exclusion.case_id == Case.id, Exclusion.person_id == person_id)


def _case_due(today: date) -> ColumnElement[bool]:
    return Case.due_on <= today


def _case_near(today: date) -> ColumnElement[bool]:
    last = today + timedelta(days=max(WARNING_DAYS))
    return and_(Case.due_on > today, Case.due_on <= last, Case.shred_ordered_at.is_(None))


def _not_told(today: date) -> ColumnElement[bool]:
    """As `warning_due` says it of one case: some warning was reached that is later than the last one sent."""
    return or_(
        *(
            and_(Case.due_on <= today + timedelta(days=days), or_(Case.warned.is_(None), Case.warned > days))
            for days in WARNING_DAYS
        )
    )


def _registration_due(today: date) -> ColumnElement[bool]:
    over = or_(Registration.due_on <= today, Registration.state == "erased")
    return and_(over, ~exists().where(Case.id == Registration.case_id))


def where_due(session: Session, today: date) -> set[UUID]:
    """Give the municipalities in which a sweep has something to do: as its own questions ask it, of all of them at once."""
    found = set(
        session.scalars(
            union(
                select(Case.municipality_id).where(_case_due(today)),
                select(Case.municipality_id).where(_case_near(today), _not_told(today)),
                select(Registration.municipality_id).where(_registration_due(today)),
                hand_over_queries.where_due(today),
            )
        )
    )
    return found | where_over(session, today)


def due_cases(session: Session, municipality_id: UUID, today: date, person_id: UUID | None) -> list[UUID]:
    """Give the cases whose data must be gone today or should have been before, oldest first, by id."""
    query = select(Case.id).where(
        Case.municipality_id == municipality_id, _case_due(today), _not_of(person_id)
    )
    return list(session.scalars(query.order_by(Case.due_on, Case.id)))


def due_registrations(session: Session, municipality_id: UUID, today: date) -> list[Registration]:
    """Give the registrations that must be gone today; one that became a case goes with its case."""
    query = select(Registration).where(
        Registration.municipality_id == municipality_id, _registration_due(today)
    )
    return list(session.scalars(query.order_by(Registration.due_on, Registration.id)))


def cases_to_warn_of(
    session: Session, municipality_id: UUID, today: date, person_id: UUID | None, *, lock: bool = False
) -> list[Case]:
    """Give the cases near enough to their end for a warning, not yet due."""
    query = select(Case).where(Case.municipality_id == municipality_id, _case_near(today), _not_of(person_id))
    query = query.order_by(Case.due_on, Case.id)
    return list(session.scalars(query.with_for_update(skip_locked=True) if lock else query))


def locked_cases(session: Session, case_ids: list[UUID]) -> dict[UUID, Case]:
    """Give those of these cases that are there, locked, always in one order."""
    query = select(Case).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update()
    return {row.id: row for row in session.scalars(query)}


def registration(session: Session, registration_id: UUID) -> Registration | None:
    """Give a registration, locked."""
    return session.scalars(select(Registration).filter_by(id=registration_id).with_for_update()).one_or_none()


def registrations_of(session: Session, rows: Iterable[Case]) -> dict[UUID, list[Registration]]:
    """Give the registrations these cases were made from, by case; locked."""
    made_of = {row.registration_id: row.id for row in rows if row.registration_id}
    of_case = [row.id for row in rows]
    query = select(Registration).where(or_(Registration.id.in_(made_of), Registration.case_id.in_(of_case)))
    found: dict[UUID, list[Registration]] = {case_id: [] for case_id in of_case}
    for each in session.scalars(query.order_by(Registration.id).with_for_update()):
        found[each.case_id if each.case_id in found else made_of[each.id]].append(each)
    return found


def granted_beyond(session: Session, case_ids: list[UUID]) -> set[UUID]:
    """Give those of these cases that a decision could have kept beyond the day on which they go (R87, R89)."""
    query = select(Extension.case_id).join(Case, Case.id == Extension.case_id)
    query = query.where(Extension.case_id.in_(case_ids), Extension.until_on > Case.due_on)
    return set(session.scalars(query))


def in_chunks(session: Session, model: type[Case | Registration]) -> Iterator[list[UUID]]:
    """Give the ids of all files there are, some thousands at a time."""
    after: UUID | None = None
    while True:
        query = select(model.id).order_by(model.id).limit(_CHUNK)
        found = list(session.scalars(query if after is None else query.where(model.id > after)))
        if not found:
            return
        yield found
        after = found[-1]


def ordered(session: Session, model: type[Case | Registration]) -> list[UUID]:
    """Give the files whose destruction was ordered and not finished."""
    begun = Case.shred_ordered_at.is_not(None) if model is Case else Registration.state == "erased"
    return list(session.scalars(select(model.id).where(begun).order_by(model.id)))


def certificates(session: Session, after: tuple[Any, ...] | None, limit: int) -> list[Certificate]:
    """Give the certificates this actor may see, newest first."""
    query = select(Certificate)
    if after is not None:
        query = query.where(tuple_(Certificate.destroyed_at, Certificate.id) < tuple_(*after))
    return list(
        session.scalars(query.order_by(Certificate.destroyed_at.desc(), Certificate.id.desc()).limit(limit))
    )


def with_a_case(session: Session, registration_ids: set[UUID]) -> set[UUID]:
    """Give those of these registrations that became a case which is still there: they go with it."""
    query = select(Registration.id).join(Case, Case.id == Registration.case_id)
    return set(session.scalars(query.where(Registration.id.in_(registration_ids))))


def certified(session: Session, references: Iterable[str]) -> set[str]:
    """Give those of these references of which there is a certificate."""
    query = select(Certificate.reference).where(Certificate.reference.in_(list(references)))
    return set(session.scalars(query))
