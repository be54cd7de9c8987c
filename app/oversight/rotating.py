"""Replacing the key that signs the log, while the server runs (R106, R109; docs/operations/log.md).

The old key signs a statement that names the new one, and the new one signs it too. Whoever holds either verifies across
the change. What was broken off is finished by running it again: the new key is made once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Installation, Work
from app.kernel.work import work as open_work
from app.oversight import log_queries as queries
from app.oversight.commands import RotateLogKey
from app.oversight.views import LogKeyView
from app.rules.actions import Action
from app.rules.facts import Actor, Standing
from app.rules.roles import Role

_REASON = {"order": "ordered", "finish": "rotated"}


@operation(Action.LOG_KEY_ROTATE)
def rotate_log_key(work: Work, command: RotateLogKey) -> LogKeyView:
    """Order the replacement of the key that signs the log, or say that it is done; `replace_log_key` does it between."""
    work.allow(
        Action.LOG_KEY_ROTATE,
        work.facts(standing=Standing.PART),
        About(object_type="logKey"),
        reason=_REASON[command.step],
    )
    return LogKeyView(step=command.step, key=str(work.installation.signer.verifier))


def replace_log_key(
    installation: Installation, overlap: timedelta, now: datetime | None = None, *, stolen: bool = False
) -> str:
    """Replace the key; gives the statement. *overlap*: how long the old key signs beside the new one.

    *stolen*: the old key signs nothing any more, and nothing that lay beside it is used.

    The statement is kept before the new key is used. Raises OSError of the disk, and then the old key is in use.
    """
    moment = now or installation.clock.now()

    def say(step: str) -> None:
        with open_work(
            installation, Actor(role=Role.ROBOT), channel="cli", now=moment, retention=True
        ) as unit:
            rotate_log_key(unit, RotateLogKey.of(step=step))

    say("order")
    ring, statement = installation.log_keys.prepare(moment, timedelta() if stolen else overlap, stolen=stolen)
    with installation.sealer.engine.begin() as conn:
        kept = queries.keep_statement(conn, str(ring.current.verifier), statement)
    installation.log_keys.take_up(ring)
    say("finish")
    return kept
