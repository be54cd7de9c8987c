"""The end of a year of the log: as a whole, once its term is over, with a line and a certificate (R93, R105; decision 0054)."""

from __future__ import annotations

from datetime import date, datetime

from app.kernel.clock import brussels_day
from app.kernel.ids import NIL, new_id
from app.kernel.journal import segments
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Installation, Work, there
from app.kernel.work import work as open_work
from app.retention import queries
from app.retention.certificates import digest_of
from app.retention.commands import DestroyJournalYear
from app.retention.models import Certificate
from app.retention.views import JournalYearView
from app.rules.actions import Action
from app.rules.facts import Actor, Standing
from app.rules.retention import journal_year_due_on
from app.rules.roles import Role

_ROBOT = Actor(role=Role.ROBOT)


@operation(Action.JOURNAL_YEAR_DESTROY)
def destroy_journal_year(work: Work, command: DestroyJournalYear) -> JournalYearView:
    """Drop a year of the log whose term is over: one line for each controller concerned, and a certificate.

    All of it is one commit: a process that dies leaves the year whole, and the next sweep takes it up again. A year that is
    gone already goes once more without harm, and without another certificate.
    """
    years = work.installation.settings.journal_years
    due_on = journal_year_due_on(command.year, years)
    held = segments.lines_of(work.session, command.year)
    abouts = [About(controller, object_type="journalYear") for controller, _ in held]
    standing = Standing.PART if work.actor.role is Role.ROBOT else Standing.NONE
    work.allow(
        Action.JOURNAL_YEAR_DESTROY,
        work.facts(standing=standing, due_on=due_on),
        abouts or About(object_type="journalYear"),
        reason="termOver",
    )
    gone = segments.expire(work.session, command.year, years)
    if gone:
        _certify(work, command.year, due_on, [each for each in held if each[0] != NIL])
    return JournalYearView(year=command.year, gone=gone)


def _certify(work: Work, year: int, due_on: date, held: list[tuple[object, int]]) -> None:
    references = {
        f"L-{year}-{str(controller)[-8:].upper()}": (controller, lines) for controller, lines in held
    }
    known = queries.certified(
        work.session, references
    )  # a copy from before that was put back loses its year once more
    for reference, (controller, lines) in references.items():
        if reference in known:
            continue
        row = Certificate(
            id=new_id(), municipality_id=controller, reference=reference, kind="journalYear", listed_on=date(year, 1, 1),
            last_discussed_on=None, due_on=due_on, destroyed_at=work.now, ground="journal",
            executor=str(there(work.actor.role)), counts={"entry": lines}, digest="",
        )  # fmt: skip
        row.digest = digest_of(row)
        work.session.add(row)


def keep_years(installation: Installation, now: datetime) -> None:
    """Make the years to come, and drop each year whose term is over, the oldest first, each in a commit of its own."""
    with installation.retention_sessions() as session:
        session.info["now"] = now
        with session.begin():
            segments.make_years(session)
            kept = segments.kept_years(session)
    today, years = brussels_day(now), installation.settings.journal_years
    over = [year for year in kept if journal_year_due_on(year, years) <= today]
    if over:
        installation.sealer.seal_all()  # what is not sealed does not go
    for year in over:
        with open_work(installation, _ROBOT, channel="robot", now=now, retention=True) as unit:
            destroy_journal_year(unit, DestroyJournalYear.of(year=year))
