"""The pages of the agreement: its text as in force, every setting as it applies, and the versions before it (R115)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution.agreements import compare_agreement, list_agreement, read_agreement
from app.constitution.articles import amount
from app.constitution.cells import list_cell
from app.constitution.commands import (
    CompareAgreement,
    ListAgreement,
    ListCell,
    PrintAgreement,
    PrintPublicNotice,
    ReadAgreement,
)
from app.constitution.printing import print_agreement
from app.constitution.public_notice import print_public_notice
from app.constitution.views import AgreementView, CellView, TableTermsView
from app.kernel.http.form_pages import asked
from app.kernel.http.frames import able, menu_line
from app.kernel.http.pages import PageCall, page_get
from app.kernel.http.papers import download
from app.kernel.i18n import NAMES, format_date, register_codes, to_translate, translate_many
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import EVERYONE, Role

router = APIRouter()
ADDRESS = "/agreement"
VERSIONS = ADDRESS + "/versions"
_ONE = VERSIONS + "/{agreementId}"
TONES = {"draft": "warning", "adopted": "success", "superseded": "closed", "discarded": "closed"}

menu_line(
    70, ADDRESS, to_translate("Agreement"), able(Action.AGREEMENT_READ, EVERYONE - {Role.ADMINISTRATOR})
)
register_codes("state.agreement", TONES)


def version_address(agreement_id: object) -> str:
    """Give the page of one version."""
    return f"{VERSIONS}/{agreement_id}"


def own_cell(work: Work) -> CellView:
    """Give the cell of who reads. Raises Problem 404 for who has none."""
    if work.actor.cell_id is None:
        raise not_found()
    cell = next(iter(list_cell(work, ListCell()).items), None)
    if cell is None:
        raise not_found()
    return cell


def parts(call: PageCall, view: AgreementView) -> dict[str, Any]:
    """Give what the text of a version needs on a page: settings in words, tables, places to fetch it."""
    return {
        "view": view,
        "settings": [(each, amount(call.language, each.name, each.value)) for each in view.settings],
        "tables": [table_rows(call, table) for table in view.tables],
        "documents": _papers(f"{version_address(view.agreement_id)}/document"),
        "notices": _papers(f"{version_address(view.agreement_id)}/public-notice"),
        "signed": [
            (party.name, party.signed_by or "–", party.capacity or "–",
             format_date(call.language, party.signed_on) if party.signed_on else "–")
            for party in view.parties
        ],
    }  # fmt: skip


def _papers(address: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Give a document as (language, its name, (kind, address)): the document's language is chosen, not the reader's."""
    return [
        (code, NAMES[code], [(kind, f"{address}?language={code}&format={kind}") for kind in ("pdf", "docx")])
        for code in ("nl", "fr", "de")
    ]


def named(kind: str, name: str) -> str:
    """Give a table as its kind and its name; one of them where they are the same."""
    return kind if name.casefold() == kind.casefold() else f"{kind}: {name}"


def table_rows(call: PageCall, table: TableTermsView) -> tuple[str, str, str, str]:
    """Give a table as a row: its kind and name, its chair, how often it meets, its members."""
    members = [call.phrase(f"role.{code}") for code in table.functions]
    members += [each.name for each in table.agencies]
    return (
        named(call.phrase(f"tableKind.{table.kind}"), table.name),
        call.phrase(f"role.{table.chair}"),
        translate_many(call.language, "every %(num)s week", "every %(num)s weeks", table.cadence_weeks),
        ", ".join(members),
    )


def _in_force(call: PageCall, work: Work) -> Response:
    cell = own_cell(work)
    versions = list_agreement(work, ListAgreement(cellId=cell.cell_id)).items
    states = {each.state for each in versions}
    view = read_agreement(work, ReadAgreement(cellId=cell.cell_id)) if "adopted" in states else None
    return call.show(
        "constitution/agreement.html",
        call.phrase("The local agreement"),
        call.phrase("What this cell agreed, and what follows from it for everybody here."),
        cell=cell,
        purpose=cell.purpose[call.language],
        drafted="draft" in states,
        may_draft=work.actor.role is Role.COORDINATOR,
        **(parts(call, view) if view else {"view": None}),
    )


page_get(router, ADDRESS, _in_force)


def _versions(call: PageCall, work: Work) -> Response:
    cell = own_cell(work)
    items = list_agreement(work, ListAgreement(cellId=cell.cell_id)).items
    return call.show(
        "constitution/versions.html",
        call.phrase("Versions of the agreement"),
        call.phrase("Which agreement was in force when, and what each version changed."),
        items=[
            {
                "title": call.phrase("Version %(number)s", number=each.number),
                "href": version_address(each.agreement_id),
                "note": " · ".join(_period(call, each)),
                "state": (call.phrase(f"state.agreement.{each.state}"), TONES[each.state]),
            }
            for each in items
        ],
    )


def _period(call: PageCall, each: Any) -> list[str]:
    said = [each.document] if each.document else []
    if each.in_force_from:
        said.append(call.phrase("from %(day)s", day=format_date(call.language, each.in_force_from)))
    if each.in_force_until:
        said.append(call.phrase("until %(day)s", day=format_date(call.language, each.in_force_until)))
    return said


page_get(router, VERSIONS, _versions)


def _version(call: PageCall, work: Work) -> Response:
    told = compare_agreement(work, asked(call, CompareAgreement))
    return call.show(
        "constitution/version.html",
        call.phrase("Agreement, version %(number)s", number=told.agreement.number),
        call.phrase("The text as it reads from its settings, and what it changed."),
        former=told.former_number,
        changes=change_rows(call, told.changes),
        state=(call.phrase(f"state.agreement.{told.agreement.state}"), TONES[told.agreement.state]),
        **parts(call, told.agreement),
    )


def change_rows(call: PageCall, changes: list[Any]) -> list[tuple[str, str, str]]:
    """Give what a version changed as rows: what, before, after."""
    names = {"agreementParties": call.phrase("Parties")}
    return [
        (names.get(each.name) or call.phrase(each.name), each.before or "", each.after or "")
        for each in changes
    ]


page_get(router, _ONE, _version)


def _document(call: PageCall, work: Work) -> Response:
    printed = print_agreement(work, asked(call, PrintAgreement))
    return call.finish(download(printed))


page_get(router, _ONE + "/document", _document)


def _public_notice(call: PageCall, work: Work) -> Response:
    return call.finish(download(print_public_notice(work, asked(call, PrintPublicNotice))))


page_get(router, _ONE + "/public-notice", _public_notice)
