"""Making the misuse digest: by itself every night, each day of the log once, whatever the clock or the process did (R105, R106).

A digest follows the one before: it looks through the days since then, and through earlier days of which lines were written
meanwhile. What is made is one transaction with its line in the log; a process that dies leaves nothing half done, and the
next run makes up for every night that was missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.constitution.agreements import settings_of
from app.directory.models import Notice
from app.directory.notices import NoticeCode
from app.kernel.clock import brussels_day
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Installation, Work
from app.kernel.work import work as open_work
from app.oversight import digest_queries as queries
from app.oversight.detecting import look
from app.oversight.digest_commands import MakeDigest
from app.oversight.digest_day import Day, Finding
from app.oversight.digest_models import Digest, DigestLine
from app.oversight.digest_views import DigestMadeView
from app.rules.actions import Action
from app.rules.facts import Actor, Standing
from app.rules.retention import years_after
from app.rules.roles import Role
from app.rules.settings import setting
from app.rules.signs import HABITS, KEPT_YEARS, QUIET_DAYS

_MARGIN: Final = timedelta(hours=1)
"""A day is looked through when it is over for this long: what began before midnight is written by then."""
_FIRST_DAYS: Final = 31
"""How far back the first digest of a municipality goes."""


@dataclass(frozen=True, slots=True)
class Due:
    """The days that are to be looked through, and what came before."""

    first: date
    last: date
    number: int
    after: int
    """The last line of the log that the digest before knew of."""


@operation(Action.DIGEST_MAKE)
def make_digest(work: Work, command: MakeDigest) -> DigestMadeView:
    """Look through the days of a municipality's log that are due, keep what wants a look, and tell who answers for it."""
    standing = Standing.PART if work.actor.role is Role.ROBOT else Standing.NONE
    digest_id = new_id()
    about = About(command.municipality_id, object_type="digest", object_id=digest_id)
    work.allow(Action.DIGEST_MAKE, work.facts(standing=standing), about)
    queries.take_turn(work.session, command.municipality_id)
    cell_id = dict(queries.municipalities(work.session)).get(command.municipality_id)
    fixed = settings_of(work.session, cell_id)
    due = due_of(work.session, command.municipality_id, fixed, work.now)
    if due is None:
        return DigestMadeView(municipality_id=command.municipality_id)
    upto = queries.last_entry(work.session)
    found = _found(work, command.municipality_id, fixed, due)
    work.installation.vault.within({command.municipality_id}).new_file(digest_id, command.municipality_id)
    work.session.add(
        Digest(
            id=digest_id,
            municipality_id=command.municipality_id,
            number=due.number,
            first_day=due.first,
            last_day=due.last,
            made_at=work.now,
            upto=upto,
            found=len(found),
        )
    )
    work.session.flush()
    work.session.add_all(_line(digest_id, command.municipality_id, day, each) for day, each in found)
    work.session.flush()
    _tell(work, command.municipality_id, fixed, digest_id if found else None)
    return DigestMadeView(
        municipality_id=command.municipality_id,
        digest_id=digest_id,
        first_day=due.first,
        last_day=due.last,
        lines=len(found),
    )


def due_of(session: Session, municipality_id: UUID, fixed: dict[str, int], now: datetime) -> Due | None:
    """Give what is to be looked through now; None while a night or the days that were agreed are not over.

    Where the clock was set back since the digest before, yesterday is looked through once more: each thing is shown once
    all the same, and lines written since then are not passed over.
    """
    yesterday = brussels_day(now - _MARGIN) - timedelta(days=1)
    before = queries.last_digest(session, municipality_id)
    if before is None:
        first = queries.first_entry_day(session, municipality_id)
        if first is None or first > yesterday:
            return None
        return Due(max(first, yesterday - timedelta(days=_FIRST_DAYS - 1)), yesterday, 1, 0)
    if before.last_day > yesterday:  # the clock went back: once a day, until it has caught up
        if before.made_at <= now or brussels_day(before.made_at - _MARGIN) == brussels_day(now - _MARGIN):
            return None
        return Due(yesterday, yesterday, before.number + 1, before.upto)
    if (yesterday - before.last_day).days < setting(fixed, "digest_days"):
        return None
    return Due(before.last_day + timedelta(days=1), yesterday, before.number + 1, before.upto)


def _found(work: Work, municipality_id: UUID, fixed: dict[str, int], due: Due) -> list[tuple[date, Finding]]:
    """Look through each day by itself, the earliest first; give what was not shown before, with its day."""
    session = work.session
    shown = set(queries.shown_on(session, municipality_id))
    seen: dict[UUID, date] = {}
    for pattern, day in shown:
        seen[pattern] = max(day, seen.get(pattern, day))
    quiet = queries.explained_since(session, municipality_id, work.now - timedelta(days=QUIET_DAYS))
    days = [due.first + timedelta(days=n) for n in range((due.last - due.first).days + 1)]
    if due.number > 1:
        days = queries.late_days(session, municipality_id, due.after, due.first, due.first.year - 1) + days
    found: list[tuple[date, Finding]] = []
    for day in days:
        known = _known(session, municipality_id, fixed, day, seen)
        for each in look(known, queries.of_a_day(session, municipality_id, day)):
            if (each.pattern, day) in shown or (each.sign in HABITS and each.pattern in quiet):
                continue
            found.append((day, each))
            shown.add((each.pattern, day))
            seen[each.pattern] = max(day, seen.get(each.pattern, day))
    return found


def _known(
    session: Session, municipality_id: UUID, fixed: dict[str, int], day: date, seen: dict[UUID, date]
) -> Day:
    done = queries.done_until(session, municipality_id, day)
    today = {case_id for (_, case_id), days in done.items() if day in days}
    return Day(
        day,
        fixed,
        links=queries.links_of(session, today),
        done=done,
        likeness=queries.likenesses(session, municipality_id),
        ends_today=queries.ending_on(session, day),
        searched=queries.searched_until(session, municipality_id, day),
        seen=dict(seen),
    )


def _line(digest_id: UUID, municipality_id: UUID, day: date, found: Finding) -> DigestLine:
    entry: Any = found.entry
    return DigestLine(
        id=new_id(),
        digest_id=digest_id,
        municipality_id=municipality_id,
        case_id=found.case_id,
        sign=found.sign,
        pattern=found.pattern,
        on_day=day,
        person_id=entry.actor_id,
        mandate_id=entry.mandate_id,
        role=entry.role,
        agency_id=entry.agency_id,
        action=entry.action,
        entry_id=entry.entry_id,
        first_at=entry.at,
        last_at=found.last_at,
        times=found.times,
    )


def _tell(work: Work, municipality_id: UUID, fixed: dict[str, int], new: UUID | None) -> None:
    """Tell the data protection officers that there is something new, and once a week that lines wait too long."""
    late = work.now - timedelta(days=setting(fixed, "digest_answer_days"))
    waits = [row for row in queries.waiting(work.session, municipality_id) if row.made_at < late]
    year, week, _ = work.today.isocalendar()
    for person_id in queries.in_charge(work.session, municipality_id, work.today):
        if new is not None:
            _leave(work, municipality_id, person_id, NoticeCode.DIGEST_READY, uuid5(new, "digestReady"))
        if any(row.person_id != person_id for row in waits):  # nobody is reminded of a line on themselves
            mark = uuid5(municipality_id, f"digestWaits:{year}:{week}")
            _leave(work, municipality_id, person_id, NoticeCode.DIGEST_WAITS, mark)


def _leave(work: Work, municipality_id: UUID, person_id: UUID, code: NoticeCode, occasion: UUID) -> None:
    values = {
        "id": new_id(), "person_id": person_id, "code": code.value, "reference": "", "municipality_id": municipality_id,
        "created_at": work.now, "occasion": occasion,
    }  # fmt: skip
    work.session.execute(insert(Notice).values(values).on_conflict_do_nothing())


def digest_all(installation: Installation, now: datetime | None = None) -> int:
    """Make every digest that is due, as the robot; give how many lines they have. Nothing due leaves no line in the log."""
    moment = now or installation.clock.now()
    _let_go(installation, moment)
    lines = 0
    for municipality_id in _where_due(installation, moment):
        with open_work(
            installation, Actor(role=Role.ROBOT), channel="robot", now=moment, retention=True
        ) as unit:
            lines += make_digest(unit, MakeDigest.of(municipality_id=municipality_id)).lines
    return lines


def _where_due(installation: Installation, moment: datetime) -> list[UUID]:
    with installation.retention_sessions() as session:
        return [
            municipality_id
            for municipality_id, cell_id in queries.municipalities(session)
            if due_of(session, municipality_id, settings_of(session, cell_id), moment)
        ]


def _let_go(installation: Installation, moment: datetime) -> None:
    """Delete the digests whose time is over: their keys first, so that no older copy tells what was noted in them."""
    with installation.retention_sessions() as session, session.begin():
        gone = queries.over(session, years_after(brussels_day(moment), -KEPT_YEARS))
        if gone:
            installation.vault.shred(*gone)
            session.execute(delete(Digest).where(Digest.id.in_(gone)))
