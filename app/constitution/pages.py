"""The page of the agreement: what was agreed, and every setting as it applies today (R115)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution.agreements import read_agreement
from app.constitution.cells import list_cell
from app.constitution.commands import ListCell, ReadAgreement
from app.kernel.http.frames import able, menu_line
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import register_codes, to_translate, translate_many
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import EVERYONE, Role
from app.rules.settings import SETTINGS

router = APIRouter()
_ADDRESS = "/agreement"

menu_line(
    70, _ADDRESS, to_translate("Agreement"), able(Action.AGREEMENT_READ, EVERYONE - {Role.ADMINISTRATOR})
)
register_codes("setting", SETTINGS)


def _value(call: PageCall, value: int, unit: str) -> str:
    if unit == "yesno":
        return call.phrase("option.bool.true") if value else call.phrase("option.bool.false")
    if unit == "minutes":
        return translate_many(call.language, "%(num)s minute", "%(num)s minutes", value)
    if unit == "hours":
        return translate_many(call.language, "%(num)s hour", "%(num)s hours", value)
    if unit == "months":
        return translate_many(call.language, "%(num)s month", "%(num)s months", value)
    return translate_many(call.language, "%(num)s day", "%(num)s days", value)


def _agreement(call: PageCall, work: Work) -> Response:
    cell = next(iter(list_cell(work, ListCell()).items), None)
    if cell is None or work.actor.cell_id is None:
        raise not_found()
    view = read_agreement(work, ReadAgreement(cellId=work.actor.cell_id))
    return call.show(
        "constitution/agreement.html",
        call.phrase("The local agreement"),
        call.phrase("What this cell agreed, and what follows from it for everybody here."),
        view=view,
        cell=cell,
        purpose=cell.purpose[call.language],
        settings=[(each, _value(call, each.value, each.unit)) for each in view.settings],
    )


page_get(router, _ADDRESS, _agreement)
