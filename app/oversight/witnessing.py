"""Asking witnesses to cosign the newest checkpoints (c2sp.org/tlog-witness; ADR 0051).

A witness that is away, slow or wrong is put off, later each time, and stops nothing: neither sealing nor other
witnesses nor an export. What it says is kept beside the checkpoint and goes out with it.
"""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import httpx2
from sqlalchemy import Connection

from app.kernel.i18n import register_codes
from app.kernel.journal.note import NoteInvalid, Verifier, cosigned, split
from app.kernel.journal.sealer import NodeTable
from app.kernel.journal.tree import Tree
from app.kernel.journal.witness import request_text
from app.kernel.settings import Settings
from app.kernel.work import Installation
from app.oversight import log_queries as queries

log = logging.getLogger("livcr")
BY_FOLDER: Final = "folder"
"""In place of an address: this witness reads the folder of published checkpoints and leaves its answer there."""
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60))
SECONDS: Final = 5.0
AT_ONCE_SECONDS: Final = 2.0
"""How long an export waits for a witness."""
_LONGEST_ANSWER = 1 << 16
_OK, _CONFLICT, _OURS, _SPLIT = 200, 409, 500, 422
_SIZE = re.compile("(0|[1-9][0-9]{0,17})\n")

UNREACHABLE, UNABLE, REFUSED, DISAGREES, SPOILED = "unreachable", "unable", "refused", "disagrees", "spoiled"
FAULTS: Final = (UNREACHABLE, UNABLE, REFUSED, DISAGREES, SPOILED)
register_codes("witnessFault", FAULTS)


@dataclass(frozen=True, slots=True)
class Distant:
    """A witness that the settings name: its key, and where it answers."""

    key: Verifier
    address: str


class NotCosigned(Exception):  # noqa: N818 — it says what went wrong, by its code
    """A witness did not cosign."""

    @property
    def code(self) -> str:
        """Give the kind of the fault."""
        return str(self.args[0])


def witnesses_of(settings: Settings) -> list[Distant]:
    """Give the witnesses of this installation."""
    words = settings.witnesses.split()
    return [Distant(Verifier.parse(words[i]), words[i + 1]) for i in range(0, len(words), 2)]


def witness_all(
    installation: Installation, *, controller: UUID | None = None, seconds: float = SECONDS
) -> dict[str, int]:
    """Have every newest checkpoint cosigned that is not yet; gives how many were, by witness."""
    done: dict[str, int] = {}
    for witness in witnesses_of(installation.settings):
        if witness.address != BY_FOLDER:
            done[witness.key.quoted] = _ask_one(installation, witness, controller, seconds)
    return done


def _ask_one(installation: Installation, witness: Distant, controller: UUID | None, seconds: float) -> int:
    now, name, cosignatures, away = installation.clock.now(), witness.key.quoted, 0, ""
    engine = installation.sealer.engine
    with engine.connect() as conn:
        waiting = queries.unwitnessed(conn, name, now, controller)
    if not waiting:
        return 0
    ends = time.monotonic() + seconds if controller else None
    with httpx2.Client(timeout=seconds, trust_env=False, follow_redirects=False) as client:
        for tree in waiting:
            try:
                line, at = _Asking(client, witness, engine.connect, ends, away).cosignature(tree)
            except NotCosigned as fault:
                away = fault.code if fault.code in {UNREACHABLE, UNABLE} else ""
                with engine.begin() as conn:
                    queries.put_off(conn, tree, name, fault.code, now, PAUSES)
                tell = log.error if fault.code == DISAGREES else log.warning
                tell("witness %s: %s, tried again later", name, fault.code)
                continue
            with engine.begin() as conn:
                queries.keep_cosignature(conn, tree, tree.size, name, at, line)
            cosignatures += 1
    return cosignatures


@dataclass(frozen=True, slots=True)
class _Asking:
    """One witness at the other end of a line."""

    client: httpx2.Client
    witness: Distant
    connect: Any
    ends: float | None
    away: str
    """Why it is not asked any more in this round; empty while it is."""

    def cosignature(self, tree: Any) -> tuple[str, datetime]:
        """Give the line with which the witness cosigns, and its time; raises NotCosigned."""
        if self.away:
            raise NotCosigned(self.away)
        seen = min(tree.seen or 0, tree.size)  # a log that was cut back is to be told so by its witness
        status, said = self._submit(tree, seen)
        told = _SIZE.fullmatch(said) if status == _CONFLICT else None
        if told and int(told[1]) != seen:
            if int(told[1]) > tree.size:  # it has seen a longer log than we have: ours was cut back
                raise NotCosigned(DISAGREES)
            status, said = self._submit(tree, int(told[1]))
        if status == _OK:
            return cosignature_in(tree.note, said, self.witness.key)
        if status >= _OURS:
            raise NotCosigned(UNABLE)
        raise NotCosigned(DISAGREES if status in {_CONFLICT, _SPLIT} else REFUSED)

    def _submit(self, tree: Any, old: int) -> tuple[int, str]:
        with self.connect() as conn:
            body = request_text(old, proof_from(conn, tree, old), tree.note)
        began = time.monotonic()
        limit = self.ends or began + 4 * SECONDS
        if began >= limit:
            raise NotCosigned(UNREACHABLE)
        url = self.witness.address.rstrip("/") + "/add-checkpoint"
        try:
            with self.client.stream("POST", url, content=body.encode()) as answer:
                said = b""
                for piece in answer.iter_bytes():
                    said += piece
                    if len(said) > _LONGEST_ANSWER or time.monotonic() > limit:
                        raise NotCosigned(UNREACHABLE)
                return answer.status_code, said.decode()
        except UnicodeDecodeError:
            raise NotCosigned(SPOILED) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError):
            raise NotCosigned(UNREACHABLE) from None


def proof_from(conn: Connection, tree: Any, old: int) -> list[bytes]:
    """Give the proof that a tree continues what it was at an older size; none from nothing."""
    nodes = NodeTable(conn, tree.controller, tree.year)
    return Tree(nodes, tree.size).consistency(old) if 0 < old < tree.size else []


def cosignature_in(note: str, said: str, key: Verifier) -> tuple[str, datetime]:
    """Find the line of a witness in its answer, verified; raises NotCosigned when there is none that holds."""
    try:
        lines = [each for each in split(f"{split(note)[0]}\n{said}")[1] if each.key_id == key.key_id]
        line = "".join(each.line() for each in lines[:1])
        at = cosigned(note + line, [key])[key]
    except (NoteInvalid, KeyError):
        raise NotCosigned(SPOILED) from None
    return line, at.astimezone(UTC)
