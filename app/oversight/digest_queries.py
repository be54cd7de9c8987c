"""Every SELECT of the misuse digest: what a day is looked at with, and what oversight reads of it.

Making a digest reads the columns of the log that it is made from, as the retention role; oversight reads what was found, and
the log itself, under row-level security.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.cases.likeness_models import NameLikeness
from app.cases.models import Case, Trajectory
from app.constitution.models import CellMunicipality, Municipality
from app.directory.models import Agency, Mandate, Person
from app.directory.office_queries import in_office
from app.kernel.clock import BRUSSELS, brussels_day
from app.kernel.ids import NIL
from app.kernel.journal.store import ENTRY
from app.oversight.digest_day import Done, Links, Pair, days_back
from app.oversight.digest_models import Digest, DigestAnswer, DigestLine
from app.rules.signs import LOOKING, READS, SCREENING

_AT_ONCE = 2000
"""Lines of the log that are held at a time."""
_EXPLAINS_ALONE = "explained"


def midnight(day: date) -> datetime:
    """Give the moment at which a day begins in Brussels."""
    return datetime.combine(day, time(), BRUSSELS)


def _bounds(first: date, last: date) -> dict[str, datetime]:
    return {"from_": midnight(first), "to": midnight(last + timedelta(days=1))}


def municipalities(session: Session) -> list[tuple[UUID, UUID | None]]:
    """Give every municipality with its cell, if it has one."""
    query = (
        select(Municipality.id, CellMunicipality.cell_id)
        .outerjoin(CellMunicipality, CellMunicipality.municipality_id == Municipality.id)
        .order_by(Municipality.id)
    )
    return [(row.id, row.cell_id) for row in session.execute(query)]


def last_digest(session: Session, municipality_id: UUID) -> Digest | None:
    """Give the digest that was made last, or None."""
    query = (
        select(Digest)
        .where(Digest.municipality_id == municipality_id)
        .order_by(Digest.number.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def take_turn(session: Session, municipality_id: UUID) -> None:
    """Wait until no other process makes a digest of this municipality."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('livcr digest'), hashtext(:m))"),
        {"m": str(municipality_id)},
    )


def first_entry_day(session: Session, municipality_id: UUID) -> date | None:
    """Give the day of the first line of a municipality's log, or None."""
    moment = session.scalar(select(func.min(ENTRY.c.at)).where(ENTRY.c.controller == municipality_id))
    return brussels_day(moment) if moment else None


def last_entry(session: Session) -> int:
    """Give the number of the last line of the log."""
    return session.scalar(select(func.max(ENTRY.c.id))) or 0


def late_days(session: Session, municipality_id: UUID, after: int, before: date, since: int) -> list[date]:
    """Give the days before *before* of which lines were written after line *after*, in the log of the years from *since*."""
    days = session.scalars(
        text(
            "SELECT DISTINCT (e.at AT TIME ZONE 'Europe/Brussels')::date FROM journal.entry e"
            " WHERE e.year >= :since AND e.id > :after AND e.at < :before AND e.controller IN (:m, :nil) ORDER BY 1"
        ),
        {"m": municipality_id, "nil": NIL, "after": after, "before": midnight(before), "since": since},
    )
    return list(days)


_OF_A_DAY = text(
    """
    SELECT e.id, e.entry_id, e.at, e.actor_id, e.mandate_id, e.agency_id, e.role, e.action, e.outcome, e.reason, e.case_id,
           e.trace_id, e.break_glass
    FROM journal.entry e WHERE e.controller = :m AND e.at >= :from_ AND e.at < :to
    UNION ALL
    SELECT e.id, e.entry_id, e.at, e.actor_id, e.mandate_id, e.agency_id, e.role, e.action, e.outcome, e.reason, NULL,
           e.trace_id, e.break_glass
    FROM journal.entry e WHERE e.controller = :nil AND e.at >= :from_ AND e.at < :to
      AND e.outcome IN ('hidden', 'refused') AND e.actor_id IN (
        SELECT d.person_id FROM mandate d
        WHERE (d.municipality_id = :m OR (d.municipality_id IS NULL
               AND (d.cell_id IS NULL OR d.cell_id IN (SELECT c.cell_id FROM cell_municipality c WHERE c.municipality_id = :m))))
          AND (d.id = e.mandate_id OR e.mandate_id IS NULL))
    ORDER BY at, id
    """
)
"""The lines of a day. Who is told that something is not there leaves a line of no municipality: it is shown where they serve."""


def of_a_day(session: Session, municipality_id: UUID, day: date) -> Iterator[Any]:
    """Give the lines of a day in their order, some at a time."""
    values = {"m": municipality_id, "nil": NIL} | _bounds(day, day)
    yield from session.execute(_OF_A_DAY, values, execution_options={"yield_per": _AT_ONCE})


_DONE = text(
    """
    SELECT e.actor_id, e.case_id, (e.at AT TIME ZONE 'Europe/Brussels')::date AS day,
           bool_or(e.action = ANY(:reads)) AS read,
           bool_or(split_part(e.action, '.', 2) <> ALL(:looking)) AS wrote
    FROM journal.entry e
    WHERE e.controller = :m AND e.at >= :from_ AND e.at < :to AND e.outcome = 'allowed'
      AND e.actor_id IS NOT NULL AND e.case_id IS NOT NULL
    GROUP BY 1, 2, 3
    """
)


def done_until(session: Session, municipality_id: UUID, day: date) -> dict[Pair, dict[date, Done]]:
    """Give what each person did with each case on each of the days that a day is looked at with."""
    found: dict[Pair, dict[date, Done]] = {}
    values = {"m": municipality_id, "reads": [a.value for a in READS], "looking": list(LOOKING)}
    for row in session.execute(_DONE, values | _bounds(days_back(day), day)):
        found.setdefault((row.actor_id, row.case_id), {})[row.day] = Done(row.read, row.wrote)
    return found


_SITTINGS = text(
    "SELECT i.case_id, m.starts_at, m.ends_at FROM agenda_item i JOIN meeting m ON m.id = i.meeting_id"
    " WHERE i.case_id = ANY(:cases) AND m.state <> 'cancelled'"
)
_SPANS = text(
    """
    SELECT id AS case_id, listed_on - 14 AS a, listed_on + 30 AS b FROM case_file WHERE id = ANY(:cases)
    UNION ALL SELECT id, review_on - 14, review_on + 14 FROM case_file WHERE id = ANY(:cases) AND review_on IS NOT NULL
    UNION ALL SELECT id, due_on - 90, due_on FROM case_file WHERE id = ANY(:cases)
    UNION ALL SELECT id, closed_on - 14, closed_on + 14 FROM case_file WHERE id = ANY(:cases) AND closed_on IS NOT NULL
    UNION ALL SELECT case_id, due_on - 14, coalesce(completed_on, due_on) + 14 FROM action_item WHERE case_id = ANY(:cases)
    UNION ALL SELECT case_id, created_at::date - 3, created_at::date + 14 FROM action_item WHERE case_id = ANY(:cases)
    UNION ALL SELECT case_id, stated_on - 3, stated_on + 7 FROM statement WHERE case_id = ANY(:cases)
    UNION ALL SELECT case_id, proposed_at::date - 14, coalesce(decided_at, proposed_at)::date + 30 FROM extension
        WHERE case_id = ANY(:cases)
    """
)


def links_of(session: Session, cases: Collection[UUID]) -> dict[UUID, Links]:
    """Give what explains the reading of each case: of those that are still there."""
    values = {"cases": list(cases)}
    there = session.scalars(select(Case.id).where(Case.id.in_(values["cases"]))).all()
    spans: dict[UUID, list[tuple[date, date]]] = {each: [] for each in there}
    sittings: dict[UUID, list[tuple[datetime, datetime]]] = {each: [] for each in there}
    for row in session.execute(_SPANS, values):
        spans[row.case_id].append((row.a, row.b))
    for row in session.execute(_SITTINGS, values):
        sittings[row.case_id].append((row.starts_at, row.ends_at))
    plans = select(Trajectory.case_id, Trajectory.case_manager_id).where(Trajectory.case_id.in_(there))
    follows = {row.case_id: row.case_manager_id for row in session.execute(plans)}
    return {each: Links(tuple(spans[each]), tuple(sittings[each]), follows.get(each)) for each in there}


def likenesses(session: Session, municipality_id: UUID) -> dict[Pair, str]:
    """Give the readers who bear a name of the person in a file, by reader and case."""
    rows = session.scalars(select(NameLikeness).where(NameLikeness.municipality_id == municipality_id))
    return {(row.person_id, row.case_id): row.kind for row in rows}


def ending_on(session: Session, day: date) -> frozenset[UUID]:
    """Give the mandates of which *day* is the last, where the person has none of the same kind on the next."""
    following = (
        select(Mandate.person_id, Mandate.role, Mandate.cell_id)
        .where(*in_office(day + timedelta(days=1)))
        .subquery()
    )
    goes_on = (
        select(following.c.person_id)
        .where(
            following.c.person_id == Mandate.person_id,
            following.c.role == Mandate.role,
            following.c.cell_id.is_not_distinct_from(Mandate.cell_id),
        )
        .exists()
    )
    return frozenset(session.scalars(select(Mandate.id).where(Mandate.ends_on == day, ~goes_on)))


_SEARCHED = text(
    """
    SELECT q.person_id, q.mark, array_agg(DISTINCT (q.asked_at AT TIME ZONE 'Europe/Brussels')::date) AS days
    FROM subject_query_mark q
    WHERE q.municipality_id = :m AND q.asked_at >= :from_ AND q.asked_at < :to AND NOT EXISTS (
        SELECT 1 FROM journal.entry e WHERE e.controller = :m AND e.actor_id = q.person_id AND e.action = ANY(:screening)
          AND e.at BETWEEN q.asked_at - interval '12 hours' AND q.asked_at + interval '12 hours')
    GROUP BY 1, 2
    """
)


def searched_until(session: Session, municipality_id: UUID, day: date) -> dict[tuple[UUID, str], list[date]]:
    """Give the days on which somebody asked for one name with no signal at hand, by person and keyed mark."""
    values = {"m": municipality_id, "screening": [a.value for a in SCREENING]}
    rows = session.execute(_SEARCHED, values | _bounds(days_back(day), day))
    return {(row.person_id, row.mark): list(row.days) for row in rows}


def shown_on(session: Session, municipality_id: UUID) -> list[tuple[UUID, date]]:
    """Give every pattern that was shown, with its day."""
    query = select(DigestLine.pattern, DigestLine.on_day).where(DigestLine.municipality_id == municipality_id)
    return [(row.pattern, row.on_day) for row in session.execute(query)]


def explained_since(session: Session, municipality_id: UUID, since: datetime) -> set[UUID]:
    """Give the patterns that were answered as explained since a moment."""
    query = (
        select(DigestLine.pattern)
        .join(DigestAnswer, DigestAnswer.line_id == DigestLine.id)
        .where(
            DigestLine.municipality_id == municipality_id,
            DigestAnswer.conclusion == _EXPLAINS_ALONE,
            DigestAnswer.answered_at >= since,
        )
    )
    return set(session.scalars(query))


def in_charge(session: Session, municipality_id: UUID, today: date) -> list[UUID]:
    """Give the data protection officers of a municipality in office."""
    query = (
        select(Mandate.person_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            Mandate.municipality_id == municipality_id,
            Mandate.role == "dpo",
            Person.active,
            *in_office(today),
        )
    )
    return sorted(set(session.scalars(query)))


def over(session: Session, before: date) -> list[UUID]:
    """Give the digests whose time is over."""
    return list(session.scalars(select(Digest.id).where(Digest.last_day < before)))


# -- what oversight reads -----------------------------------------------------------------------------------------

_ANSWERED = select(DigestAnswer.id).where(DigestAnswer.line_id == DigestLine.id).exists()


def waiting(session: Session, municipality_id: UUID) -> list[Any]:
    """Give (who it is about, when its digest was made) of each line that nobody answered."""
    query = (
        select(DigestLine.person_id, Digest.made_at)
        .join(Digest, Digest.id == DigestLine.digest_id)
        .where(DigestLine.municipality_id == municipality_id, ~_ANSWERED)
    )
    return list(session.execute(query))


def digests(
    session: Session, municipality_id: UUID, after: tuple[Any, ...] | None, limit: int, *, to_answer: bool
) -> list[Any]:
    """Give digests with how many lines they have and how many of them wait, the newest first."""
    query = (
        select(
            Digest,
            func.count(DigestLine.id).label("lines"),
            func.count(DigestLine.id).filter(~_ANSWERED).label("waiting"),
        )
        .outerjoin(DigestLine, DigestLine.digest_id == Digest.id)
        .where(Digest.municipality_id == municipality_id)
        .group_by(Digest.id)
    )
    if to_answer:
        query = query.having(func.count(DigestLine.id).filter(~_ANSWERED) > 0)
    if after is not None:
        query = query.where(Digest.number < after[0])
    return list(session.execute(query.order_by(Digest.number.desc()).limit(limit)))


def digest(session: Session, digest_id: UUID) -> Digest | None:
    """Give one digest of one's municipality, or None."""
    return session.get(Digest, digest_id)


def lines_of(session: Session, digest_id: UUID) -> list[Any]:
    """Give the lines of a digest with the name and the service of who they are about."""
    query = (
        select(DigestLine, Person.name.label("person_name"), Agency.name.label("agency_name"))
        .outerjoin(Person, Person.id == DigestLine.person_id)
        .outerjoin(Agency, Agency.id == DigestLine.agency_id)
        .where(DigestLine.digest_id == digest_id)
        .order_by(DigestLine.first_at, DigestLine.id)
    )
    return list(session.execute(query))


def line(session: Session, digest_id: UUID, line_id: UUID) -> DigestLine | None:
    """Give one line of a digest, or None."""
    return session.scalars(select(DigestLine).filter_by(id=line_id, digest_id=digest_id)).one_or_none()


def answers_of(session: Session, digest_id: UUID) -> dict[UUID, list[Any]]:
    """Give what was answered to the lines of a digest, by line and in the order in which it was."""
    query = (
        select(DigestAnswer, Person.name.label("answered_name"))
        .join(DigestLine, DigestLine.id == DigestAnswer.line_id)
        .outerjoin(Person, Person.id == DigestAnswer.answered_by)
        .where(DigestLine.digest_id == digest_id)
        .order_by(DigestAnswer.answered_at, DigestAnswer.id)
    )
    found: dict[UUID, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.DigestAnswer.line_id, []).append(row)
    return found


def cases_in_log(session: Session, municipality_id: UUID, lines: Collection[DigestLine]) -> dict[UUID, UUID]:
    """Give the cases that the log names where lines begin, by entry: as row-level security shows the log."""
    query = select(ENTRY.c.entry_id, ENTRY.c.case_id).where(
        ENTRY.c.controller == municipality_id,
        ENTRY.c.at.in_({each.first_at for each in lines}),
        ENTRY.c.entry_id.in_([each.entry_id for each in lines]),
        ENTRY.c.case_id.is_not(None),
    )
    return {row.entry_id: row.case_id for row in session.execute(query)}
