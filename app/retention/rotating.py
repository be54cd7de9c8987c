"""Replacing keys, so that what was destroyed stays destroyed in every older backup (R92, R109; ADR 0018).

Each rotation has two lines in the log: that it was ordered, committed before the first key changes, and that it is
done. A rotation that was broken off leaves the first alone, harms nothing and is run again.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.kernel.journal.store import About
from app.kernel.keys.keeper import Busy
from app.kernel.keys.provider import KeyFault
from app.kernel.operation import operation
from app.kernel.work import Installation, Work
from app.kernel.work import work as open_work
from app.retention.commands import RotateKey, RotateWrappingKey
from app.retention.views import RotationView
from app.rules.actions import Action
from app.rules.facts import Actor, Facts, Standing
from app.rules.roles import Role

log = logging.getLogger("livcr")


@operation(Action.KEY_ROTATE)
def rotate_key(work: Work, command: RotateKey) -> RotationView:
    """Order the rotation of a municipality's key, or say that it is done. The keeper does it, between the two."""
    work.allow(
        Action.KEY_ROTATE,
        _key_facts(work),
        About(command.municipality_id, object_type="key"),
        reason=_REASON[command.step],
    )
    return RotationView(step=command.step, municipality_id=command.municipality_id)


@operation(Action.WRAPPING_KEY_ROTATE)
def rotate_wrapping_key(work: Work, command: RotateWrappingKey) -> RotationView:
    """Order the replacement of the installation's wrapping key, or say that it is done; as `rotate_key`."""
    work.allow(
        Action.WRAPPING_KEY_ROTATE,
        _key_facts(work),
        About(object_type="wrappingKey"),
        reason=_REASON[command.step],
    )
    return RotationView(step=command.step)


_REASON = {"order": "ordered", "finish": "rotated"}


def _key_facts(work: Work) -> Facts:
    """Keys are the installation's: the console and the robot stand to all of them, and open nothing with it."""
    ours = work.actor.role in {Role.ADMINISTRATOR, Role.ROBOT} and work.actor.municipality_id is None
    return work.facts(standing=Standing.PART if ours else Standing.NONE)


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who rotates, when and by which way; every step opens a Work of its own."""

    installation: Installation
    actor: Actor
    now: datetime
    channel: str

    def municipality(self, municipality_id: UUID) -> int | None:
        """Replace one municipality's key. Gives how many files' keys were wrapped anew, None if it has none.

        Raises Problem, Busy, KeyFault.
        """
        with self._work() as unit:
            rotate_key(unit, RotateKey.of(municipality_id=municipality_id, step="order"))
        done = self.installation.keeper.rotate(municipality_id)
        with self._work() as unit:
            rotate_key(unit, RotateKey.of(municipality_id=municipality_id, step="finish"))
        return None if done is None else done.rewrapped

    def wrapping(self) -> int:
        """Replace the wrapping key. Gives how many keys were wrapped anew. Raises Problem, Busy, KeyFault."""
        with self._work() as unit:
            rotate_wrapping_key(unit, RotateWrappingKey.of(step="order"))
        done = self.installation.keeper.rotate_wrapping()
        with self._work() as unit:
            rotate_wrapping_key(unit, RotateWrappingKey.of(step="finish"))
        return done.rewrapped

    def _work(self) -> AbstractContextManager[Work]:
        return open_work(self.installation, self.actor, channel=self.channel, now=self.now, retention=True)


@dataclass(slots=True)
class Ended:
    """What was done to make destruction final: the municipalities with a new key, whether the wrapping key is new."""

    municipalities: list[UUID] = field(default_factory=list)
    wrapping: bool = False
    waits: str = ""
    """Why it is not final yet, as a sentence; empty when it is."""


def make_final(rotation: Rotation) -> Ended:
    """Replace what keys are due since files were destroyed: those of their municipalities, then the wrapping key.

    What is due stands in the key store and not in memory, so whoever comes next finishes what somebody left.
    """
    keeper, ended = rotation.installation.keeper, Ended()
    try:
        for municipality_id in keeper.due():
            rotation.municipality(municipality_id)
            ended.municipalities.append(municipality_id)
        if keeper.wrapping_due():
            if not keeper.provider.makes_keys and keeper.newest_is_current():
                ended.waits = (
                    f"Destroyed files stay readable with older backups until you replace the wrapping key in"
                    f" {keeper.provider.place}."
                )
                log.warning("%s", ended.waits)
                return ended
            rotation.wrapping()
            ended.wrapping = True
    except Busy:
        ended.waits = "Another process is rotating keys at this moment."
    except KeyFault as fault:
        log.warning("keys were not rotated, tried again later: %s", type(fault).__name__)
        ended.waits = str(fault)
    return ended
