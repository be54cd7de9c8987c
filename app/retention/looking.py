"""Looking what a sweep would do, before it does it: for a reader (R90), and to know where there is anything to do at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Work
from app.retention import queries
from app.retention.calendar import about_ending
from app.retention.commands import LookSweep, PreviewSweep
from app.retention.standing import about_sweep, retention_facts
from app.retention.views import LookedView, PlannedView, PreviewView
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.policy import abilities
from app.rules.retention import WARNING_DAYS, warning_due
from app.rules.roles import Role

_PREVIEW_MOST = 10_000


@operation(Action.SWEEP_PREVIEW)
def preview_sweep(work: Work, command: PreviewSweep) -> PreviewView:
    """Show what a sweep would do today with what is still there to read; one journal line per file concerned.

    Asked under the reader's own rights, not the sweep's, so that the database too shows a municipality to its own
    oversight alone. What was ordered already and only has to be finished is there for nobody any more (R92): of that, it
    is said how many they are.
    """
    facts = retention_facts(work, command.municipality_id)
    rows: list[Any] = []
    if abilities(work.actor, facts, Action.SWEEP_PREVIEW):  # nobody else's refusal names a file in the log
        last = work.today + timedelta(days=max(WARNING_DAYS))
        found = queries.calendar(work.session, last, None, _PREVIEW_MOST)
        rows = [row for row in found if row.municipality_id == command.municipality_id]
    planned = [(row, _planned(row, work.today)) for row in rows]
    abouts = [about_ending(row) for row, view in planned if view is not None]
    work.allow(Action.SWEEP_PREVIEW, facts, abouts or about_sweep(command.municipality_id, facts.standing))
    order = ("destroy", "erase", "warn")
    items = sorted((view for _, view in planned if view), key=lambda v: (order.index(v.act), v.due_on))
    return PreviewView(
        municipality_id=command.municipality_id,
        on=work.today,
        items=items,
        unfinished=queries.unfinished(work.session),
    )


def _planned(row: Any, today: date) -> PlannedView | None:
    """Give what a sweep would do with one row of the calendar today; None for nothing yet."""
    if row.due_on <= today:
        act = "destroy" if row.kind == "case" else "erase"
        return PlannedView(act=act, reference=row.reference, due_on=row.due_on)
    warning = warning_due(today, row.due_on, row.warned) if row.kind == "case" else None
    if warning is None:
        return None
    return PlannedView(act="warn", reference=row.reference, due_on=row.due_on, warning=warning)


@operation(Action.SWEEP_LOOK)
def look_sweep(work: Work, _: LookSweep) -> LookedView:
    """Name the municipalities in which something is due today. One journal line says that the sweep looked at all of them.

    Where nothing is due a sweep has nothing to open, and writes no line of its own: the log of a quiet town stays readable.
    """
    ours = work.actor.role is Role.ROBOT
    facts = work.facts(standing=Standing.PART if ours else Standing.NONE)
    work.allow(Action.SWEEP_LOOK, facts, About(object_type="municipality"))
    due = queries.where_due(work.session, work.today)
    every = queries.municipality_ids(work.session)
    return LookedView(on=work.today, municipality_ids=[each for each in every if each in due])
