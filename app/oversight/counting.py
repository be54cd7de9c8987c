"""Who looked at what, in figures: the lines of the log by day, by act, by actor and by case (R105, R106).

The log holds ids. Who acted is told here by name, because answering for it is what the log is for; whom a case concerns is
told nowhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.kernel.operation import operation
from app.kernel.shapes import View, href
from app.kernel.work import Work, there
from app.oversight import count_queries, queries
from app.oversight.commands import CountJournal
from app.oversight.standing import about_log, log_facts
from app.rules.actions import Action
from app.rules.problems import invalid

USUAL: Final = timedelta(days=29)
MOST_DAYS: Final = 3700
"""Ten years and some: what the log holds at most (R105)."""
_MOST: Final = 100
"""So many actors and cases are told one by one; of the rest, how many they are."""


class DayCount(View):
    """The lines of one day, by how they ended."""

    day: date
    allowed: int = 0
    hidden: int = 0
    refused: int = 0
    conflict: int = 0
    break_glass: int = 0
    """How many of all these were reached by emergency access (R21)."""


class ActCount(View):
    """How often an act was done, and how often it was not allowed."""

    action: str
    lines: int
    not_allowed: int = 0


class ActorCount(View):
    """Who acted, in which role, on how many cases."""

    actor_id: UUID | None = None
    name: str | None = None
    """Of the account; none when it is not there any more, or when the house itself acted."""
    role: str | None = None
    agency: str | None = None
    lines: int
    not_allowed: int = 0
    cases: int = 0


class CaseCount(View):
    """A case by its pseudonymous id: how many lines, by how many actors, when the last."""

    case_id: UUID
    lines: int
    not_allowed: int = 0
    actors: int
    last_at: datetime


class SeenCount(View):
    """How often one actor in one role came to one case."""

    actor_id: UUID | None = None
    role: str | None = None
    case_id: UUID
    lines: int
    not_allowed: int = 0


class JournalCount(View):
    """The lines of a period in figures. Of `actors` and `cases` the busiest come first; `more…` says how many are not told."""

    href: str
    first_day: date | None = None
    last_day: date | None = None
    """The period that was asked for; none where all years were."""
    lines: int
    days: list[DayCount]
    acts: list[ActCount]
    actors: list[ActorCount]
    more_actors: int
    cases: list[CaseCount]
    more_cases: int
    seen: list[SeenCount]


def _period(work: Work, command: CountJournal) -> dict[str, date]:
    """Give the days that are asked for, by the names of the filters. Raises Problem 400 for a period that is none."""
    first, last = command.from_, command.to
    if first is None and last is None:
        narrow = command.case_id or command.subject_id
        return {} if narrow else {"from_": work.today - USUAL, "to": work.today}
    last = last or max(work.today, first or work.today)
    first = first or last - USUAL
    if first > last:
        raise invalid("from", "is after the last day", "query")
    if (last - first).days > MOST_DAYS:
        raise invalid("from", f"asks for more than {MOST_DAYS} days at once", "query")
    return {"from_": first, "to": last}


@operation(Action.JOURNAL_COUNT)
def count_journal(work: Work, command: CountJournal) -> JournalCount:
    """Count the lines of the log of the actor's municipality that fit, and say who came to which case how often."""
    work.allow(
        Action.JOURNAL_COUNT, log_facts(work), about_log(work, "journal", command.case_id, command.subject_id)
    )
    period = _period(work, command)
    filters = queries.chosen(command) | period
    asked = work.session, there(work.actor.municipality_id), filters
    days = _days(count_queries.by_day(*asked))
    rows = count_queries.by_actor_and_case(*asked)
    actors, cases = _actors(work, rows), _cases(rows)
    told_actors, told_cases = actors[:_MOST], cases[:_MOST]
    shown = {(each.actor_id, each.role) for each in told_actors}, {each.case_id for each in told_cases}
    return JournalCount(
        href=href("journalEntries", "counts"),
        first_day=period.get("from_"),
        last_day=period.get("to"),
        lines=sum(row.lines for row in rows),
        days=days,
        acts=_acts(count_queries.by_act(*asked)),
        actors=told_actors,
        more_actors=len(actors) - len(told_actors),
        cases=told_cases,
        more_cases=len(cases) - len(told_cases),
        seen=[
            each
            for each in _seen(rows)
            if (each.actor_id, each.role) in shown[0] and each.case_id in shown[1]
        ],
    )


def _days(rows: Iterable[Any]) -> list[DayCount]:
    counted: dict[date, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counted[row.day][row.outcome] += row.lines
        counted[row.day]["break_glass"] += row.lines if row.break_glass else 0
    return [DayCount(day=day, **numbers) for day, numbers in sorted(counted.items())]


def _acts(rows: Iterable[Any]) -> list[ActCount]:
    acts: dict[str, ActCount] = {}
    for row in rows:
        one = acts.setdefault(row.action, ActCount(action=row.action, lines=0))
        _add(one, row.lines, row.outcome == "allowed")
    return sorted(acts.values(), key=lambda each: (-each.lines, each.action))


def _add(one: Any, lines: int, allowed: bool) -> None:
    one.lines += lines
    one.not_allowed += 0 if allowed else lines


def _actors(work: Work, rows: list[Any]) -> list[ActorCount]:
    names = count_queries.names_of_actors(work.session, (row.actor_id for row in rows if row.actor_id))
    agencies = count_queries.names_of_agencies(work.session, (row.agency_id for row in rows if row.agency_id))
    actors: dict[tuple[UUID | None, str], ActorCount] = {}
    cases: dict[tuple[UUID | None, str], set[UUID]] = defaultdict(set)
    for row in rows:
        key = row.actor_id, row.role
        one = actors.setdefault(
            key,
            ActorCount(
                actor_id=row.actor_id, name=names.get(row.actor_id), role=row.role or None,
                agency=agencies.get(row.agency_id), lines=0,
            ),
        )  # fmt: skip
        _add(one, row.lines, row.allowed)
        if row.case_id:
            cases[key].add(row.case_id)
    for key, one in actors.items():
        one.cases = len(cases[key])
    return sorted(actors.values(), key=lambda each: (-each.lines, each.name or "", each.role or ""))


def _cases(rows: list[Any]) -> list[CaseCount]:
    cases: dict[UUID, CaseCount] = {}
    actors: dict[UUID, set[UUID | None]] = defaultdict(set)
    for row in rows:
        if not row.case_id:
            continue
        one = cases.setdefault(
            row.case_id, CaseCount(case_id=row.case_id, lines=0, actors=0, last_at=row.last_at)
        )
        _add(one, row.lines, row.allowed)
        one.last_at = max(one.last_at, row.last_at)
        actors[row.case_id].add(row.actor_id)
    for case_id, one in cases.items():
        one.actors = len(actors[case_id])
    return sorted(cases.values(), key=lambda each: (-each.lines, each.case_id))


def _seen(rows: list[Any]) -> Iterable[SeenCount]:
    seen: dict[tuple[UUID | None, str, UUID], SeenCount] = {}
    for row in rows:
        if row.case_id:
            key = row.actor_id, row.role, row.case_id
            one = seen.setdefault(
                key,
                SeenCount(actor_id=row.actor_id, role=row.role or None, case_id=row.case_id, lines=0),
            )
            _add(one, row.lines, row.allowed)
    return seen.values()
