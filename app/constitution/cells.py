"""Municipalities, cells and tables: what stands before anything is discussed (R1 to R3, R113)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.constitution.commands import (
    CreateCell,
    CreateMunicipality,
    CreateTable,
    ListCell,
    ListMunicipality,
    ListTable,
    ReadRefData,
)
from app.constitution.contents import table_of
from app.constitution.models import Cell, CellMunicipality, ConsultationTable, Municipality
from app.constitution.recording_bases import FLANDERS
from app.constitution.reference import LANGUAGES, load_lists
from app.constitution.regions import profile_of
from app.constitution.standing import cell_facts
from app.constitution.tables import last_meetings, next_meeting, terms_by_cell
from app.constitution.views import (
    CellList,
    CellView,
    MunicipalityList,
    MunicipalityView,
    RefDataEntry,
    RefDataView,
    TableList,
    TableView,
)
from app.kernel.i18n import translate
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import invalid, not_found
from app.rules.roles import DESK, Role

PURPOSE = "livcr.purpose"
"""The one purpose, fixed by law (R2); shown on each invitation, case and set of minutes."""


def _all(work: Work) -> bool:
    return work.actor.role is Role.ADMINISTRATOR


@operation(Action.MUNICIPALITY_CREATE)
def create_municipality(work: Work, command: CreateMunicipality) -> MunicipalityView:
    """Add a municipality. In Flanders the decree is the recording basis; elsewhere one is signed off (R113).

    Raises Problem 400 for a code that is there already, and for a profile that is not the one of the code.
    """
    row_id = new_id()
    work.allow(
        Action.MUNICIPALITY_CREATE,
        cell_facts(work, None),
        About(row_id, object_type="municipality", object_id=row_id),
    )
    if command.nis_code and work.session.scalar(select(Municipality.id).filter_by(nis_code=command.nis_code)):
        raise invalid("nisCode", "already there")
    if command.nis_code and profile_of(command.nis_code) != command.profile:
        raise invalid("profile", "another law applies in the municipality with this code (R113)")
    basis = {"act": "flemishDecree.categories"} if command.profile == FLANDERS else None
    row = Municipality(
        id=row_id,
        nis_code=command.nis_code,
        names={
            lang: name
            for lang, name in (("nl", command.name_nl), ("fr", command.name_fr), ("de", command.name_de))
            if name
        },
        profile=command.profile,
        recording_basis=basis,
        created_at=work.now,
        version=1,
    )
    work.session.add(row)
    return _municipality(row)


def _municipality(row: Municipality) -> MunicipalityView:
    return MunicipalityView(
        version=row.version,
        href=href("municipalities", row.id),
        municipality_id=row.id,
        names=row.names,
        nis_code=row.nis_code,
        profile=row.profile,
        recording_basis=row.recording_basis is not None,
    )


@operation(Action.MUNICIPALITY_LIST)
def list_municipality(work: Work, command: ListMunicipality) -> MunicipalityList:
    """Give the municipalities of one's own cell; an administrator sees all."""
    del command
    work.allow(
        Action.MUNICIPALITY_LIST, cell_facts(work, work.actor.cell_id), About(object_type="municipality")
    )
    query = select(Municipality)
    if not _all(work):
        query = query.join(CellMunicipality).where(CellMunicipality.cell_id == work.actor.cell_id)
    rows = sorted(work.session.scalars(query), key=lambda row: row.names.get("nl", ""))
    return MunicipalityList(href=href("municipalities"), items=[_municipality(row) for row in rows])


@operation(Action.CELL_CREATE)
def create_cell(work: Work, command: CreateCell) -> CellView:
    """Set up a cell. A municipal cell has one municipality, a joint one at least two; none sits in two cells (R1)."""
    row = Cell(id=new_id(), kind=command.kind, name=command.name, created_at=work.now, version=1)
    work.allow(Action.CELL_CREATE, cell_facts(work, None), About(object_type="cell", object_id=row.id))
    wanted = list(dict.fromkeys(command.municipality_ids))
    if (command.kind == "municipal") != (len(wanted) == 1):
        raise invalid("municipalityIds", "one for a municipal cell, two or more for a joint one (R1)")
    for municipality_id in wanted:
        if work.session.get(Municipality, municipality_id) is None:
            raise invalid("municipalityIds", "no such municipality", kind="referencedResourceNotFound")
        if work.session.scalar(select(CellMunicipality.cell_id).filter_by(municipality_id=municipality_id)):
            raise invalid("municipalityIds", "already takes part in a cell")
    work.session.add(row)
    work.session.flush()
    work.session.add_all(CellMunicipality(cell_id=row.id, municipality_id=m) for m in wanted)
    return _cell(work, row, wanted)


def _cell(work: Work, row: Cell, municipalities: list[UUID]) -> CellView:
    del work
    return CellView(
        version=row.version,
        href=href("cells", row.id),
        cell_id=row.id,
        kind=row.kind,
        name=row.name,
        municipality_ids=municipalities,
        purpose={language: translate(language, PURPOSE) for language in LANGUAGES},
    )


@operation(Action.CELL_LIST)
def list_cell(work: Work, command: ListCell) -> CellList:
    """Give one's own cell; an administrator sees all."""
    del command
    work.allow(Action.CELL_LIST, cell_facts(work, work.actor.cell_id), About(object_type="cell"))
    query = select(Cell, CellMunicipality.municipality_id).join(CellMunicipality).order_by(Cell.name, Cell.id)
    if not _all(work):
        query = query.where(Cell.id == work.actor.cell_id)
    found: dict[UUID, tuple[Cell, list[UUID]]] = {}
    for cell, municipality_id in work.session.execute(query):
        found.setdefault(cell.id, (cell, []))[1].append(municipality_id)
    return CellList(href=href("cells"), items=[_cell(work, cell, towns) for cell, towns in found.values()])


@operation(Action.TABLE_CREATE)
def create_table(work: Work, command: CreateTable) -> TableView:
    """Add a table to a cell; one of each kind (R3)."""
    row = ConsultationTable(
        id=new_id(),
        cell_id=command.cell_id,
        kind=command.kind,
        name=command.name,
        created_at=work.now,
        version=1,
    )
    work.allow(
        Action.TABLE_CREATE, cell_facts(work, command.cell_id), About(object_type="table", object_id=row.id)
    )
    if work.session.get(Cell, command.cell_id) is None:
        raise not_found()
    if work.session.scalar(
        select(ConsultationTable.id).filter_by(cell_id=command.cell_id, kind=command.kind)
    ):
        raise invalid("kind", "this cell has such a table already (R3)")
    work.session.add(row)
    return _table(row)


def _table(row: ConsultationTable) -> TableView:
    return TableView(
        version=row.version,
        href=href("tables", row.id),
        table_id=row.id,
        cell_id=row.cell_id,
        kind=row.kind,
        name=row.name,
    )


def _as_agreed(view: TableView, terms: Mapping[str, Any] | None) -> TableView:
    if terms is not None:
        view.agreed, view.chair, view.cadence_weeks = True, terms["chair"], terms["cadenceWeeks"]
        view.functions = list(terms["functions"])
    return view


@operation(Action.TABLE_LIST)
def list_table(work: Work, command: ListTable) -> TableList:
    """Give the tables of one's own cell, as agreed, to the desk with when the next meeting falls; an administrator sees all."""
    del command
    work.allow(Action.TABLE_LIST, cell_facts(work, work.actor.cell_id), About(object_type="table"))
    query = select(ConsultationTable).order_by(ConsultationTable.name, ConsultationTable.id)
    if not _all(work):
        query = query.where(ConsultationTable.cell_id == work.actor.cell_id)
    agreed = terms_by_cell(work.session)
    last = last_meetings(work.session) if work.actor.role in DESK else {}
    items = []
    for row in work.session.scalars(query):
        view = _as_agreed(_table(row), table_of(agreed.get(row.cell_id, []), row.kind))
        if view.cadence_weeks and row.id in last:
            view.next_starts_at, view.next_ends_at = next_meeting(
                last[row.id], view.cadence_weeks, work.today
            )
        items.append(view)
    return TableList(href=href("tables"), items=items)


@operation(Action.REF_DATA_READ)
def read_ref_data(work: Work, command: ReadRefData) -> RefDataView:
    """Give a code list in its four languages. Public: it holds nothing of anybody."""
    work.allow(Action.REF_DATA_READ, work.facts(), About(object_type="refData"))
    found = load_lists().get(command.list_name)
    if found is None:
        raise not_found()
    return RefDataView(
        href=href("refData", found.name),
        name=found.name,
        description=found.description,
        source=found.source,
        items=[
            RefDataEntry(
                code=e.code,
                labels={language: e.labels.of(language) for language in LANGUAGES},
                valid_from=e.valid_from,
                valid_to=e.valid_to,
                source=e.source,
            )
            for e in found.entries
        ],
    )
