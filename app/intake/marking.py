"""Marking what has no marks yet: files from before there were any, and all files when the rules of sound change.

Marks need the opened identity, so no revision of the schema can make them: the server does, at its start and with
`livcr migrate`, a batch at a time and each batch with its lines in the processing log (ADR 0019).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

import orjson

from app.cases.marking import SCHEME, mark_again
from app.cases.models import SubjectMark
from app.cases.sealing import subject_of
from app.cases.standing import about_case
from app.intake import queries
from app.intake.commands import MarkSubject
from app.intake.registering import place
from app.intake.standing import about_registration
from app.intake.views import MarkedView
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.vault import Shredded
from app.kernel.work import Installation, Work, there
from app.kernel.work import work as open_work
from app.rules.actions import Action
from app.rules.facts import Actor, Standing
from app.rules.policy import abilities
from app.rules.roles import Role

ROBOT: Final = Actor(role=Role.ROBOT)
_BATCH: Final = 200


@operation(Action.SUBJECT_MARK)
def mark_subject(work: Work, command: MarkSubject) -> MarkedView:
    """Mark some files of a municipality that need it, and say how many; for the server alone."""
    standing = Standing.PART if work.actor.role is Role.ROBOT else Standing.NONE
    facts = work.facts(standing=standing)
    rows: list[queries.Marked] = []
    if abilities(work.actor, facts, Action.SUBJECT_MARK):
        rows = queries.unmarked(work.session, command.municipality_id, SCHEME, _BATCH)
    abouts = [about_case(r.case) if r.case else about_registration(r.registration) for r in rows]
    work.allow(Action.SUBJECT_MARK, facts, abouts, reason="marked")
    return MarkedView(municipality_id=command.municipality_id, marked=sum(_mark(work, row) for row in rows))


def _mark(work: Work, row: queries.Marked) -> bool:
    try:
        if row.case is not None:
            mark = row.mark or SubjectMark(
                id=new_id(), municipality_id=row.case.municipality_id, case_id=row.case.id
            )
            name, born = subject_of(work, row.case)
        else:
            file = there(row.registration)
            mark = row.mark or SubjectMark(
                id=new_id(), municipality_id=file.municipality_id, registration_id=file.id
            )
            said = orjson.loads(work.vault.unseal(place(file.id, "subject"), there(file.subject)))
            name, born = said["name"], said["birthDate"]
        mark_again(work, mark, name or "", date.fromisoformat(born) if born else None)
    except Shredded:  # its key is gone: the sweep clears the rows
        return False
    return True


def mark_all(installation: Installation, now: datetime | None = None) -> int:
    """Mark every file that needs it, of every municipality; give how many. Nothing to do leaves no line."""
    total = 0
    stuck: set[UUID] = set()
    while waiting := _waiting(installation) - stuck:
        for municipality_id in sorted(waiting):
            robot = replace(ROBOT, municipalities=frozenset({municipality_id}))
            with open_work(installation, robot, channel="robot", now=now, retention=True) as unit:
                marked = mark_subject(unit, MarkSubject.of(municipality_id=municipality_id)).marked
            total += marked
            if not marked:  # what is left there cannot be opened any more: the sweep clears it
                stuck.add(municipality_id)
    return total


def _waiting(installation: Installation) -> set[UUID]:
    with installation.retention_sessions() as session:
        return queries.municipalities_with_unmarked(session, SCHEME)
