"""Drafting the next version of the agreement: one draft a cell, changed from the version its writer has seen (R115)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.constitution.agreement_views import agreement_view, ever_signed
from app.constitution.agreements import about_agreement, agreement_in_force
from app.constitution.checklists import ALWAYS, CHECKLISTS, OWN, Question, agreed, common
from app.constitution.commands import DiscardAgreement, DraftAgreement, QuestionTerms, TableTerms
from app.constitution.contents import NUMBER_GROUND, Wanted
from app.constitution.models import Agreement, Cell, Municipality
from app.constitution.standing import cell_facts, version_facts
from app.constitution.views import AgreementView
from app.constitution.writing import write
from app.kernel.i18n import register_codes
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.lifecycle import target
from app.rules.problems import invalid
from app.rules.settings import SETTINGS, faults, setting

NONE_SAID = "-"
"""What takes the ground for the national number away again."""

register_codes("error", ["askedEverywhere"])
_NAMES = text("SELECT id, name FROM agency WHERE id = ANY(:ids)")
_SERVICES = text("SELECT id, name FROM agency ORDER BY name, id")


def services(work: Work) -> list[tuple[str, str]]:
    """Give the services that can be a member of a table, as a form offers them."""
    return [(str(row.id), row.name) for row in work.session.execute(_SERVICES)]


def possible_parties(work: Work, chosen: Collection[UUID | None]) -> list[tuple[str, str]]:
    """Give the services that can sign beside the municipalities, and those that were chosen already.

    A municipality is a party by law: as a service of the same name it would stand there twice.
    """
    towns = {name for names in work.session.scalars(select(Municipality.names)) for name in names.values()}
    listed = work.session.execute(_SERVICES)
    return [(str(row.id), row.name) for row in listed if row.name not in towns or row.id in chosen]


def draft_of(work: Work, cell_id: UUID | None, *, lock: bool = False) -> Agreement | None:
    """Give the draft of a cell, as far as the database shows it to this actor."""
    query = select(Agreement).filter_by(cell_id=cell_id, state="draft")
    return work.session.scalars(query.with_for_update() if lock else query).one_or_none()


@operation(Action.AGREEMENT_DRAFT)
def draft_agreement(work: Work, command: DraftAgreement) -> AgreementView:
    """Begin the draft, or change it. A change makes it another text, which nobody has signed yet.

    Raises Problem: 400 for a setting outside its bounds or an unknown service, 412 when it was changed meanwhile.
    """
    facts = cell_facts(work, command.cell_id)
    work.allow(Action.AGREEMENT_DRAFT, facts, about_agreement(work, None))
    there(
        work.session.get(Cell, command.cell_id, with_for_update=True)
    )  # one draft at most, also of two at once
    row = draft_of(work, command.cell_id, lock=True)
    if row is None:
        row = _begun(work, command.cell_id)
    else:
        work.expect(row.version)
        row.version += 1
    with work.session.no_autoflush:  # the database takes parts and text together, or not at all
        wanted = _changed(work, command, row)
        row.parties, row.tables, row.answers = wanted.parties, wanted.tables, wanted.answers
        row.settings, row.checklists = wanted.settings, wanted.checklists
        write(work, row)
    row.changed_by = work.actor.person_id
    work.session.add(row)
    work.session.flush()
    return agreement_view(work, row)


@operation(Action.AGREEMENT_DISCARD)
def discard_agreement(work: Work, command: DiscardAgreement) -> AgreementView:
    """Discard the draft: it will never be adopted, and another one can be begun. The agreement in force stays.

    Raises Problem: 409 for a coordinator once somebody signed it, or when it is a draft no longer; 412 when it was
    changed meanwhile.
    """
    row = version(work, command.agreement_id)
    facts = version_facts(work, row, signed_by_nobody=row is not None and not ever_signed(work, row))
    work.allow(Action.AGREEMENT_DISCARD, facts, about_agreement(work, command.agreement_id))
    row = there(row)
    work.expect(row.version)
    row.state = target(Action.AGREEMENT_DISCARD)
    row.version += 1
    work.session.flush()
    return agreement_view(work, row)


def version(work: Work, agreement_id: UUID) -> Agreement | None:
    """Give a version, locked where this actor may change it."""
    query = select(Agreement).filter_by(id=agreement_id)
    return (
        work.session.scalars(query.with_for_update()).one_or_none()
        or work.session.scalars(query).one_or_none()
    )


def _begun(work: Work, cell_id: UUID) -> Agreement:
    """Give a new draft, which reads as the agreement in force does."""
    former = agreement_in_force(work.session, cell_id)
    last = work.session.scalar(
        select(Agreement.number).filter_by(cell_id=cell_id).order_by(Agreement.number.desc()).limit(1)
    )
    return Agreement(
        id=new_id(),
        cell_id=cell_id,
        number=(last or 0) + 1,
        parties=list(former.parties) if former else [],
        tables=list(former.tables) if former else [],
        answers=dict(former.answers) if former else {},
        settings=dict(former.settings) if former else {},
        checklists=dict(former.checklists) if former else {},
        written="",
        state="draft",
        version=1,
    )


def _changed(work: Work, command: DraftAgreement, row: Agreement) -> Wanted:
    # Every setting is written down, also one left as it is: what is signed leaves nothing to a default.
    settings = {name: setting(row.settings, name) for name in SETTINGS}
    asked = {name: getattr(command, name) for name in CHECKLISTS}
    checklists = {
        name: agreed(row.checklists, name, work.today) if said is None else _questions(work, name, said)
        for name, said in asked.items()
    }
    wanted = Wanted(list(row.parties), list(row.tables), dict(row.answers), settings, checklists)
    if command.party_ids is not None:
        wanted.parties = _named(work, command.party_ids, "partyIds")
    if command.tables is not None:
        wanted.tables = [_terms(work, each) for each in command.tables]
        if len({each["kind"] for each in wanted.tables}) < len(wanted.tables):
            raise invalid("tables", "each kind of table once (R3)")
    for question, answer in (
        ("register", command.answer_register),
        ("discuss", command.answer_discuss),
        ("record", command.answer_record),
        ("close", command.answer_close),
        (NUMBER_GROUND, command.national_number_ground),
    ):
        if answer is not None:
            wanted.answers[question] = answer
    if wanted.answers.get(NUMBER_GROUND) == NONE_SAID:
        del wanted.answers[NUMBER_GROUND]
    if command.settings is not None:
        wrong = faults(command.settings)
        if wrong:
            name, why = next(iter(wrong.items()))
            raise invalid(f"settings.{name}", why)
        wanted.settings |= command.settings
    return wanted


def _questions(work: Work, name: str, asked: tuple[QuestionTerms, ...]) -> list[Question]:
    """Give a checklist in the words in which it is put. Raises Problem for one that leaves out what every cell asks."""
    known = {each["code"]: each for each in common(name, work.today)}
    found: dict[str, Question] = {}
    for number, each in enumerate(asked):
        own = each.code in OWN
        if own is not bool(each.texts) or not (own or each.code in known) or each.code in found:
            raise invalid(
                f"{name}.{number}",
                "a question that everybody has, or one of the cell's own in its words; each once",
            )
        found[each.code] = {"code": each.code, "texts": each.texts} if own else known[each.code]
    if ALWAYS[name] - set(found):
        raise invalid(name, "error.askedEverywhere", kind="requiredInput")
    return list(found.values())


def _terms(work: Work, table: TableTerms) -> dict[str, Any]:
    return {
        "kind": table.kind,
        "name": table.name,
        "chair": table.chair,
        "cadenceWeeks": table.cadence_weeks,
        "functions": list(dict.fromkeys(table.functions)),
        "agencies": _named(work, table.agency_ids, "tables"),
    }


def _named(work: Work, ids: tuple[UUID, ...], field: str) -> list[dict[str, Any]]:
    """Give services with the name they have now: it stays in what they sign. Raises Problem for an unknown one."""
    asked = list(dict.fromkeys(ids))
    found = {row.id: row.name for row in work.session.execute(_NAMES, {"ids": asked})} if asked else {}
    if set(found) != set(asked):
        raise invalid(field, "no such service", kind="referencedResourceNotFound")
    return [{"agencyId": str(each), "name": found[each]} for each in asked]
