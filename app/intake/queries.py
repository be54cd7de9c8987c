"""Every SELECT of intake. Row-level security stands behind each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, literal, or_, select, text, true, tuple_, union
from sqlalchemy.orm import Session, load_only

from app.cases.models import Case, SubjectMark
from app.directory.models import Agency, Exclusion, Mandate, Notice, Person
from app.directory.office_queries import in_office
from app.intake.models import Registration
from app.rules.delegation import SCREENING
from app.rules.facts import Actor
from app.rules.roles import DESK, Role

OPEN = ("received", "inScreening", "moreInformationWanted")


def registration(session: Session, registration_id: UUID, *, lock: bool = False) -> Registration | None:
    """Give a registration if the database lets this actor see it; locked, if it lets them change it too.

    Its submitter may see and not change it: that is for the rules to say.
    """
    query = select(Registration).filter_by(id=registration_id)
    locked = session.scalars(query.with_for_update()).one_or_none() if lock else None
    return locked or session.scalars(query).one_or_none()


def visible_registrations(
    session: Session, actor: Actor, *, only_open: bool, after: tuple[Any, ...] | None, limit: int
) -> list[Registration]:
    """Give the registrations this actor may know of, newest first; none of a case they are excluded from."""
    excluded = select(Exclusion.case_id).filter_by(person_id=actor.person_id)
    query = select(Registration).where(
        Registration.state != "erased",
        or_(Registration.case_id.is_(None), Registration.case_id.not_in(excluded)),
    )
    mine = Registration.submitted_by == actor.person_id  # a desk, too, brings signals to another municipality
    if actor.role in DESK and actor.municipality_id is not None:
        mine = or_(mine, Registration.municipality_id == actor.municipality_id)
    query = query.where(mine)
    if only_open:
        query = query.where(Registration.state.in_(OPEN))
    if after is not None:
        query = query.where(tuple_(Registration.received_at, Registration.id) < tuple_(*after))
    return list(
        session.scalars(query.order_by(Registration.received_at.desc(), Registration.id.desc()).limit(limit))
    )


def case_locks_on(session: Session, case_id: UUID) -> date | None:
    """Give the day on which the case made from a registration is locked; None if this actor sees no such case."""
    return session.scalar(select(Case.locks_on).filter_by(id=case_id))


def who_brought_it(session: Session, row: Registration) -> Any:
    """Give (person name, agency name) of the submitter; no name of a person where the signal is anonymous."""
    return session.execute(
        select(Person.name, Agency.name)
        .select_from(Agency)
        .outerjoin(Person, Person.id == row.submitted_by)
        .where(Agency.id == row.agency_id)
    ).one()


# -- finding a person again ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marked:
    """A file and its marks: the case once there is one, else the registration; whether one is excluded from it."""

    mark: SubjectMark | None
    registration: Registration | None
    case: Case | None
    excluded: bool


_OF_CASE = (
    Case.id, Case.municipality_id, Case.cell_id, Case.subject_id, Case.reference, Case.state, Case.listed_on,
    Case.due_on, Case.locks_on,
)  # fmt: skip
_OF_REGISTRATION = (
    Registration.id, Registration.municipality_id, Registration.case_id, Registration.subject_id,
    Registration.submitted_by, Registration.reference, Registration.state, Registration.received_on,
)  # fmt: skip


def marked_files(
    session: Session, actor: Actor, municipality_id: UUID, but: UUID | None = None
) -> list[Marked]:
    """Give the marked files of a municipality but one registration, as far as the database lets this actor see them."""
    excluded = and_(Exclusion.case_id == SubjectMark.case_id, Exclusion.person_id == actor.person_id)
    query = (
        select(SubjectMark, Registration, Case, Exclusion.case_id.is_not(None))
        .outerjoin(Registration, Registration.id == SubjectMark.registration_id)
        .outerjoin(Case, Case.id == SubjectMark.case_id)
        .outerjoin(Exclusion, excluded)
        .where(
            SubjectMark.municipality_id == municipality_id,
            SubjectMark.registration_id.is_distinct_from(but) if but is not None else true(),
        )
        .options(load_only(*_OF_CASE), load_only(*_OF_REGISTRATION))  # nothing sealed but the marks
    )
    return [Marked(*row) for row in session.execute(query)]


def marks_of_registration(session: Session, registration_id: UUID) -> SubjectMark | None:
    """Give the marks of a registration, if the database lets this actor see them."""
    return session.scalars(select(SubjectMark).filter_by(registration_id=registration_id)).one_or_none()


_COUNT = text("""
    INSERT INTO subject_query_pace AS p (person_id, since, asked) VALUES (:person, :now, 1)
    ON CONFLICT (person_id) DO UPDATE SET
        since = CASE WHEN p.since <= :an_hour_ago THEN :now ELSE p.since END,
        asked = CASE WHEN p.since <= :an_hour_ago THEN 1 ELSE p.asked + 1 END
    WHERE p.since <= :an_hour_ago OR p.asked < :most
    RETURNING asked
""")
_SINCE = text("SELECT since FROM subject_query_pace WHERE person_id = :person")


def count_question(session: Session, person_id: UUID, now: datetime, most: int) -> datetime | None:
    """Count a question in the caller's transaction; None, or since when *most* have been asked already.

    One statement under the row's own lock: questions at the same moment count one by one.
    """
    values = {"person": person_id, "now": now, "an_hour_ago": now - timedelta(hours=1), "most": most}
    if session.execute(_COUNT, values).first() is not None:
        return None
    since: datetime | None = session.scalar(_SINCE, {"person": person_id})
    return since


_NEEDS_MARKS = or_(SubjectMark.id.is_(None), SubjectMark.scheme < bindparam("scheme"))
_CASES_TO_MARK = (
    select(SubjectMark, Case)
    .select_from(Case)
    .outerjoin(SubjectMark, SubjectMark.case_id == Case.id)
    .where(Case.subject.is_not(None), Case.shred_ordered_at.is_(None), _NEEDS_MARKS)
)
_REGISTRATIONS_TO_MARK = (
    select(SubjectMark, Registration)
    .select_from(Registration)
    .outerjoin(SubjectMark, SubjectMark.registration_id == Registration.id)
    .where(
        Registration.case_id.is_(None),
        Registration.subject.is_not(None),
        Registration.state != "erased",
        _NEEDS_MARKS,
    )
)


def unmarked(session: Session, municipality_id: UUID, scheme: int, limit: int) -> list[Marked]:
    """Give files without marks by the rules of *scheme*, at most twice *limit*; what is being destroyed is left out."""
    cases = _CASES_TO_MARK.where(Case.municipality_id == municipality_id).order_by(Case.id).limit(limit)
    registrations = (
        _REGISTRATIONS_TO_MARK.where(Registration.municipality_id == municipality_id)
        .order_by(Registration.id)
        .limit(limit)
    )
    asked = {"scheme": scheme}
    return [Marked(mark, None, case, excluded=False) for mark, case in session.execute(cases, asked)] + [
        Marked(mark, registration, None, excluded=False)
        for mark, registration in session.execute(registrations, asked)
    ]


def municipalities_with_unmarked(session: Session, scheme: int) -> set[UUID]:
    """Give the municipalities that have a file to mark."""
    of_cases = _CASES_TO_MARK.with_only_columns(Case.municipality_id)
    of_registrations = _REGISTRATIONS_TO_MARK.with_only_columns(Registration.municipality_id)
    return set(session.scalars(union(of_cases, of_registrations), {"scheme": scheme}))


def undecided(session: Session) -> list[Registration]:
    """Give the registrations nobody decided on yet, the oldest first; asked as the retention role."""
    query = select(Registration).where(Registration.state.in_(OPEN), Registration.case_id.is_(None))
    return list(session.scalars(query.order_by(Registration.received_at, Registration.id)))


def to_alert(session: Session, row: Registration, today: date) -> list[UUID]:
    """Give who looks at a registration: the mayors of its municipality, and delegates whose appointment covers that."""
    covered = and_(Mandate.role == Role.DELEGATE, literal(SCREENING) == any_(Mandate.scope))
    query = (
        select(Mandate.person_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            Mandate.municipality_id == row.municipality_id,
            *in_office(today),
            or_(Mandate.role == Role.MAYOR, covered),
            Person.active,
        )
        .distinct()
    )
    return sorted(session.scalars(query))


def told_of(session: Session, occasion: UUID) -> set[UUID]:
    """Give who was told on an occasion before."""
    return set(session.scalars(select(Notice.person_id).filter_by(occasion=occasion)))
