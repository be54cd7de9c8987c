"""What has to stand before a case may be tabled: purpose, participants and method, fixed beforehand (art. 458ter, R9 to R11).

One list of parts, for the refusal that names what is missing, for the page that shows it, and for the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.constitution.agreements import agreement_in_force
from app.constitution.contents import OPERATIONAL, lacking, table_of
from app.constitution.standing import cell_facts
from app.constitution.views import ConstitutionPart, ConstitutionView
from app.kernel.i18n import register_codes
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work
from app.meetings import composition_queries, invitation_queries
from app.meetings.commands import CheckConstitution
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.problems import LIVCR, Issue, Problem
from app.rules.roles import DESK, MAYORAL, POLICE, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

CORE = MAYORAL | POLICE | {Role.COORDINATOR}
"""Mayor or delegate, police member or information officer, prevention official: the core of the cell."""
TABLING, SITTING, ADVICE = "tabling", "sitting", "advice"
"""What a part is needed for: to table a case, to open the sitting, or it is a warning alone."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the constitution: what it fixes, the rule that asks for it, whether it stands today."""

    code: str
    matter: str
    number: str
    stands: bool
    needed_for: str = TABLING


PARTS = (
    "purpose", "agreement", "operationalTable", "everyMayor", "police", "coordinator", "clearance", "recordingBasis",
    "oneMayor", "agreedChair",
)  # fmt: skip
register_codes("constitutionPart", PARTS)
register_codes("constitutionMissing", [code for code in PARTS if code != "purpose"])


def parts_of(work: Work, cell_id: UUID | None) -> list[Part]:
    """Give every part of a cell's constitution as it stands today."""
    session, today = work.session, work.today
    agreement = agreement_in_force(session, cell_id)
    table = table_of(agreement.tables, OPERATIONAL) if agreement else None
    laid = composition_queries.has_table(session, cell_id, OPERATIONAL)
    held = composition_queries.mandated_roles(session, cell_id, today)
    cleared = [
        until for role, until in held.items() if role in POLICE and until is not None and until >= today
    ]
    mayors = composition_queries.mayors_by_town(session, cell_id, today)
    return [
        Part("purpose", "purpose", "R2", stands=True),  # the law itself fixes it
        Part("agreement", "method", "R115", stands=agreement is not None and "settings" not in lacking(agreement)),
        Part("operationalTable", "participants", "R3", stands=table is not None and laid),
        Part("everyMayor", "participants", "R1", stands=bool(mayors) and all(mayors.values())),
        Part("police", "participants", "R11", stands=bool(set(held) & POLICE)),
        Part("coordinator", "participants", "R11", stands=Role.COORDINATOR in held),
        Part("clearance", "participants", "R10", stands=bool(cleared), needed_for=SITTING),
        Part("recordingBasis", "method", "R113", stands=composition_queries.every_basis(session, cell_id), needed_for=ADVICE),
        Part("oneMayor", "participants", "R1", stands=all(n <= 1 for n in mayors.values()), needed_for=ADVICE),
        Part("agreedChair", "participants", "R13", stands=table is None or table["chair"] in held, needed_for=ADVICE),
    ]  # fmt: skip


def missing(work: Work, cell_id: UUID | None) -> list[Part]:
    """Give the parts without which no case may be tabled."""
    return [part for part in parts_of(work, cell_id) if part.needed_for == TABLING and not part.stands]


def is_complete(work: Work, cell_id: UUID | None) -> bool:
    """Tell whether an agreement is in force, with its operational table, and each core function is held today."""
    return not missing(work, cell_id)


def is_core_recorded(work: Work, cell_id: UUID | None) -> bool:
    """Tell whether the core composition is recorded, the police member with a clearance that holds today (R10)."""
    core = {"everyMayor", "police", "coordinator", "clearance"}
    return all(part.stands for part in parts_of(work, cell_id) if part.code in core)


def chair_holds(work: Work, meeting: Any) -> bool:
    """Tell whether the chair of a meeting can still be it: holds a mandate for that today (R13)."""
    return bool(
        invitation_queries.seated(work.session, meeting.chair_id, meeting.cell_id, work.today).roles & DESK
    )


@contextmanager
def saying_what_is_missing(work: Work, cell_id: UUID | None) -> Iterator[None]:
    """Have a refusal for an incomplete constitution name the parts that are missing, each as an issue."""
    try:
        yield
    except Problem as fault:
        if fault.rule != Condition.CONSTITUTION_COMPLETE.number or fault.issues:
            raise
        lacking_now = missing(work, cell_id)
        raise Problem(fault.kind, fault.rule, fault.why, _issues(lacking_now), logged=fault.logged) from None


def _issues(parts: Sequence[Part]) -> tuple[Issue, ...]:
    return tuple(
        Issue(f"{LIVCR}constitutionIncomplete", "state", part.code, f"constitutionMissing.{part.code}")
        for part in parts
    )


@operation(Action.CONSTITUTION_CHECK)
def check_constitution(work: Work, command: CheckConstitution) -> ConstitutionView:
    """Give the checklist of a cell: what stands, what is missing, and what for."""
    facts: Any = cell_facts(work, command.cell_id)
    about = About(
        work.actor.municipality_id or About().controller, object_type="cell", object_id=command.cell_id
    )
    work.allow(Action.CONSTITUTION_CHECK, facts, about)
    parts = parts_of(work, command.cell_id)
    return ConstitutionView(
        href=href(f"cells/{command.cell_id}/constitution"),
        cell_id=command.cell_id,
        complete=all(part.stands for part in parts if part.needed_for == TABLING),
        parts=[
            ConstitutionPart(
                code=part.code,
                matter=part.matter,
                rule=part.number,
                stands=part.stands,
                needed_for=part.needed_for,
            )
            for part in parts
        ],
    )
