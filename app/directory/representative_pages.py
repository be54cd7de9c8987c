"""Pages for naming the permanent representatives of services (R36); they stand in the list of members."""

from __future__ import annotations

from fastapi import APIRouter

from app.constitution.cells import list_cell
from app.constitution.commands import ListCell
from app.directory import representatives
from app.directory.choosing import as_choice
from app.directory.commands import EndRepresentative, ListPerson, ListRepresentative, NameRepresentative
from app.directory.mandates import list_person
from app.kernel.http.form_pages import FormRow, Prepared, page_form
from app.kernel.http.pages import PageCall
from app.kernel.i18n import to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import TABLE

router = APIRouter()
_MEMBERS = "/members"
_ALL = _MEMBERS + "/representatives"


def _prepare_name(call: PageCall, work: Work) -> Prepared:
    named = {each.person_id for each in representatives.list_representative(work, ListRepresentative()).items}
    people = [
        p
        for p in list_person(work, ListPerson()).items
        if TABLE & set(p.roles or ()) and p.person_id not in named
    ]
    cell_id = work.actor.cell_id
    options = {"personId": [as_choice(each) for each in people]}
    if cell_id is None:
        options["cellId"] = [(str(c.cell_id), c.name) for c in list_cell(work, ListCell()).items]
    return Prepared(
        back=_MEMBERS,
        options=options,
        values={"startsOn": work.today},
        hidden={"cellId": cell_id} if cell_id is not None else {},
        breadcrumb=[(call.phrase("Members and mandates"), _MEMBERS)],
    )


page_form(
    router,
    FormRow(
        _ALL + "/new", NameRepresentative, Action.REPRESENTATIVE_NAME, representatives.name_representative,
        _prepare_name, lambda _call, _view: _MEMBERS,
        title=to_translate("Name a permanent representative"),
        purpose=to_translate("Who stands in for a service in this cell: one person at a time."),
        submit=to_translate("Name this person"),
    ),
)  # fmt: skip


def _prepare_end(call: PageCall, work: Work) -> Prepared:
    wanted = call.id("representativeId")
    rows = representatives.list_representative(work, ListRepresentative()).items
    row = next((each for each in rows if each.representative_id == wanted), None)
    if row is None:
        raise not_found()
    return Prepared(
        back=_MEMBERS,
        version=row.version,
        values={"endsOn": work.today},
        intro=f"{row.person_name}, {row.agency_name}",
        breadcrumb=[(call.phrase("Members and mandates"), _MEMBERS)],
    )


page_form(
    router,
    FormRow(
        _ALL + "/{representativeId}/end", EndRepresentative, Action.REPRESENTATIVE_END,
        representatives.end_representative, _prepare_end, lambda _call, _view: _MEMBERS,
        title=to_translate("End as permanent representative"),
        purpose=to_translate("It holds until midnight of the last day."),
        submit=to_translate("Let it end"),
    ),
)  # fmt: skip
