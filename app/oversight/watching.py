"""Whether the log is sealed, complete and witnessed, in a few numbers (R106).

Times of lines and of the question are those of one clock, the database's. A full recomputation is `livcr journal check`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.kernel.i18n import register_codes
from app.kernel.operation import operation
from app.kernel.work import Installation, Work, there
from app.oversight import proof_queries as queries
from app.oversight.commands import ReadLogStatus
from app.oversight.standing import about_log, log_facts
from app.oversight.views import LogStatusView, TreeStatus, WitnessStatus
from app.rules.actions import Action

LATE: Final = timedelta(minutes=5)
"""Sealing runs every few seconds: what waits longer says that it stands still."""
IN_ORDER, STANDS_STILL = "inOrder", "standsStill"
register_codes("sealing", [IN_ORDER, STANDS_STILL])


@operation(Action.LOG_STATUS_READ)
def read_log_status(work: Work, _command: ReadLogStatus) -> LogStatusView:
    """Say how the log of the actor's municipality stands: sealed until when, by whom witnessed, with which gaps."""
    work.allow(Action.LOG_STATUS_READ, log_facts(work), about_log(work, "logStatus"))
    controller = there(work.actor.municipality_id)
    rows, said = queries.trees(work.session, controller), queries.witnesses(work.session, controller)
    waiting = [row for row in rows if row.waiting]
    since = min((row.since for row in waiting), default=None)
    late = since is not None and rows[0].now - since > LATE
    return LogStatusView(
        sealing=STANDS_STILL if late else IN_ORDER,
        waiting=sum(row.waiting for row in waiting),
        waiting_since=since,
        trees=[
            TreeStatus(
                year=row.year,
                size=row.size,
                at=row.at,
                age_seconds=_seconds(row.now - row.at) if row.at else None,
                gaps=abs(row.size - row.leaves) + abs(row.entries - row.leaves - row.waiting),
                witnesses=[
                    WitnessStatus(
                        witness=each.witness,
                        size=each.size,
                        at=each.at,
                        age_seconds=_seconds(row.now - each.at) if each.at else None,
                        current=each.size == row.size,
                        fault=each.fault,
                        fault_since=each.since,
                    )
                    for each in said
                    if each.year == row.year
                ],
            )
            for row in rows
        ],
    )


def _seconds(age: timedelta) -> int:
    """Give an age in whole seconds; a clock that stands ahead makes nothing younger than now."""
    return max(0, int(age.total_seconds()))


def sealing_stands_still(installation: Installation) -> bool:
    """Tell whether anything waits to be sealed for longer than it should; of no municipality in particular."""
    with installation.sessions() as session:
        since, now = queries.unsealed_since(session)
    return since is not None and now - since > LATE
