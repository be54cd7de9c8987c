"""Declaring a conflict or kinship: the case goes out of one's sight everywhere, counts and search included."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.cases import queries
from app.cases.standing import about_case, case_standing
from app.directory.models import Exclusion
from app.kernel.operation import operation
from app.kernel.shapes import Command, View
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Standing


class DeclareExclusion(Command):
    """Declare that one must not deal with a case. Nothing undoes it but the end of the file."""

    case_id: UUID


class ExclusionView(View):
    """A declared exclusion."""

    case_id: UUID
    declared_at: datetime


@operation(Action.EXCLUSION_DECLARE)
def declare_exclusion(work: Work, command: DeclareExclusion) -> ExclusionView:
    """Exclude oneself from a case one can see now; from the next request on it is not there any more."""
    case = queries.case(work.session, command.case_id)
    standing = Standing.NONE
    if (
        case is not None and case.state != "destroyed"
    ):  # the database showed it: by file, by part or by agenda
        standing = max(case_standing(work.session, work.actor, case), Standing.PART)
    work.allow(Action.EXCLUSION_DECLARE, work.facts(standing=standing), about_case(case, "exclusion"))
    case = there(case)
    work.session.execute(
        insert(Exclusion)
        .values(
            person_id=work.actor.person_id,
            case_id=case.id,
            municipality_id=case.municipality_id,
            declared_at=work.now,
        )
        .on_conflict_do_nothing()
    )
    return ExclusionView(case_id=case.id, declared_at=work.now)
