"""Pages of the basis on which a municipality outside Flanders may record case data (R113)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution import recording_bases as bases
from app.constitution.cells import list_municipality
from app.constitution.commands import (
    ListMunicipality,
    ListRecordingBasis,
    ProposeRecordingBasis,
    SignOffRecordingBasis,
)
from app.constitution.views import RecordingBasisView
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_form, require
from app.kernel.http.frames import TONES, Block, able, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import Role

router = APIRouter()
_ALL = "/recording-bases"
register_codes("hint", ["proposeRecordingBasis.document"])
register_codes("option.basisDecision", ["approve", "refuse"])
menu_line(
    78, _ALL, to_translate("Recording bases"),
    able(Action.RECORDING_BASIS_LIST, frozenset({Role.ADMINISTRATOR, Role.DPO})),
)  # fmt: skip


def _name(call: PageCall, names: dict[str, str]) -> str:
    return names.get(call.language) or next(iter(names.values()))


def _show(call: PageCall, work: Work) -> Response:
    view = bases.list_recording_basis(work, asked(call, ListRecordingBasis))
    return call.show(
        "constitution/recording_bases.html",
        call.phrase("Recording bases"),
        call.phrase(
            "Outside Flanders no case data can be recorded before the data protection officer signed the basis off."
        ),
        view=view,
        names={each.recording_basis_id: _name(call, each.names) for each in view.items},
        here=_ALL,
        tones=TONES,
    )


page_get(router, _ALL, _show)


def _to_all(*_: object) -> str:
    return _ALL


def _prepare_proposal(call: PageCall, work: Work) -> Prepared:
    require(bases.list_recording_basis(work, ListRecordingBasis()).abilities, Action.RECORDING_BASIS_PROPOSE)
    towns = [t for t in list_municipality(work, ListMunicipality()).items if t.profile != bases.FLANDERS]
    return Prepared(
        back=_ALL,
        options={"municipalityId": [(str(t.municipality_id), _name(call, t.names)) for t in towns]},
        breadcrumb=[(call.phrase("Recording bases"), _ALL)],
    )


page_form(
    router,
    FormRow(
        _ALL + "/new", ProposeRecordingBasis, Action.RECORDING_BASIS_PROPOSE, bases.propose_recording_basis,
        _prepare_proposal, _to_all,
        title=to_translate("Propose a recording basis"),
        purpose=to_translate(
            "Which text lets this municipality keep case data. Its data protection officer signs it off or refuses it."
        ),
        submit=to_translate("Propose"),
    ),
)  # fmt: skip


def _prepare_decision(call: PageCall, work: Work) -> Prepared:
    wanted = call.id("recordingBasisId")
    found = bases.list_recording_basis(work, ListRecordingBasis()).items
    row: RecordingBasisView | None = next((each for each in found if each.recording_basis_id == wanted), None)
    if row is None:
        raise not_found()
    require(row.abilities, Action.RECORDING_BASIS_SIGN_OFF)
    return Prepared(
        back=_ALL,
        version=row.version,
        intro=f"{_name(call, row.names)}: {row.act}, {row.article}; {row.document} ({format_date(call.language, row.dated)})",
        options={
            "decision": [
                (each, call.phrase(f"option.basisDecision.{each}")) for each in ("approve", "refuse")
            ]
        },
        breadcrumb=[(call.phrase("Recording bases"), _ALL)],
    )


page_form(
    router,
    FormRow(
        _ALL + "/{recordingBasisId}/sign-off", SignOffRecordingBasis, Action.RECORDING_BASIS_SIGN_OFF,
        bases.sign_off_recording_basis, _prepare_decision, _to_all,
        title=to_translate("Sign a recording basis off"),
        purpose=to_translate("From your signature on, case data can be recorded in this municipality on this basis."),
        submit=to_translate("Decide"),
    ),
)  # fmt: skip


@today_block(14, able(Action.RECORDING_BASIS_SIGN_OFF))
def _waiting(call: PageCall, work: Work) -> Block | None:
    """Show a data protection officer the basis that waits for a signature."""
    found = bases.list_recording_basis(work, ListRecordingBasis()).items
    rows = [each for each in found if Action.RECORDING_BASIS_SIGN_OFF in each.abilities]
    if not rows:
        return None
    return Block(
        call.phrase("A recording basis waits for you"),
        [
            {
                "title": _name(call, each.names),
                "href": f"{_ALL}/{each.recording_basis_id}/sign-off",
                "meta": f"{each.act}, {each.article}",
                "state": (call.phrase(f"state.recordingBasis.{each.state}"), TONES[each.state]),
            }
            for each in rows
        ],
    )
