"""What is missing: the checklist of the constitution, and naming another chair (art. 458ter, R11, R13)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution.cells import list_cell
from app.constitution.commands import ListCell
from app.constitution.views import ConstitutionView
from app.kernel.http.frames import able, menu_line
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.meetings import commands as c
from app.meetings.composition import ADVICE, SITTING, TABLING, check_constitution
from app.rules.actions import Action

router = APIRouter()
_ADDRESS = "/constitution"

menu_line(71, _ADDRESS, to_translate("What is missing"), able(Action.CONSTITUTION_CHECK))
register_codes("constitutionMatter", ["purpose", "participants", "method"])
register_codes("neededFor", [TABLING, SITTING, ADVICE])


def _checklist(call: PageCall, work: Work) -> Response:
    cells = list_cell(work, ListCell()).items
    checks = [
        (cell.name, check_constitution(work, c.CheckConstitution(cellId=cell.cell_id))) for cell in cells
    ]
    return call.show(
        "meetings/constitution.html",
        call.phrase("What is missing"),
        call.phrase(
            "Participants, purpose and method are fixed beforehand; until then no case can be put on an agenda."
        ),
        cells=[(name, view.complete, rows_of(call, view)) for name, view in checks],
    )


def rows_of(call: PageCall, view: ConstitutionView) -> list[tuple[Any, ...]]:
    """Give the checklist as rows: what, what it fixes, whether it stands, what it is needed for, its rule."""
    return [
        (
            call.phrase(f"constitutionPart.{part.code}"),
            call.phrase(f"constitutionMatter.{part.matter}"),
            part.stands,
            call.phrase(f"neededFor.{part.needed_for}"),
            part.rule,
        )
        for part in view.parts
    ]


page_get(router, _ADDRESS, _checklist)
