"""The impact assessment of a controller: its date, and where it is kept; asked for until there is one (R104)."""

from __future__ import annotations

from app.constitution.standing import cell_facts
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.oversight import record_queries
from app.oversight.record_commands import ListDpia, RecordDpia
from app.oversight.record_models import ImpactAssessment
from app.oversight.record_views import DpiaList, DpiaView, MissingView
from app.oversight.standing import about_log, log_facts
from app.rules.actions import Action
from app.rules.facts import Facts
from app.rules.policy import abilities
from app.rules.problems import invalid
from app.rules.roles import Role


@operation(Action.DPIA_RECORD)
def record_dpia(work: Work, command: RecordDpia) -> DpiaView:
    """Record an impact assessment of one's municipality. Raises Problem 400 for a date to come."""
    work.allow(Action.DPIA_RECORD, log_facts(work), about_log(work, "dpia"))
    if command.dated > work.today:
        raise invalid("dated", "in the future", kind="invalidPeriod")
    row = ImpactAssessment(
        id=new_id(),
        municipality_id=there(work.actor.municipality_id),
        dated=command.dated,
        reference=command.reference,
        recorded_by=there(work.actor.person_id),
        recorded_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return _view(row)


@operation(Action.DPIA_LIST)
def list_dpia(work: Work, _: ListDpia) -> DpiaList:
    """List the impact assessments of one's municipality, and whether it lacks one; an administrator hears of all."""
    work.allow(Action.DPIA_LIST, _facts(work), about_log(work, "dpia"))
    town_id = None if work.actor.role is Role.ADMINISTRATOR else work.actor.municipality_id
    rows = record_queries.assessments(work.session, town_id)
    towns = [each for each in record_queries.every_town(work.session) if town_id in {None, each.id}]
    made = {row.municipality_id for row in rows}
    return DpiaList(
        href=href("dpias"),
        items=[_view(row) for row in rows],
        missing=[
            MissingView(municipality_id=each.id, names=each.names) for each in towns if each.id not in made
        ],
        abilities=abilities(work.actor, log_facts(work), Action.DPIA_RECORD),
    )


def _facts(work: Work) -> Facts:
    return cell_facts(work, None) if work.actor.role is Role.ADMINISTRATOR else log_facts(work)


def _view(row: ImpactAssessment) -> DpiaView:
    return DpiaView(
        href=href("dpias", row.id),
        dpia_id=row.id,
        municipality_id=row.municipality_id,
        dated=row.dated,
        reference=row.reference,
        recorded_at=row.recorded_at,
    )
