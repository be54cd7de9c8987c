"""The draft of the agreement by steps: the coordinator fills it in, the mayors sign it, one of them adopts it (R1, R115)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, create_model
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from app.constitution.agreements import compare_agreement, list_agreement
from app.constitution.articles import QUESTIONS, load_articles
from app.constitution.checklists import CHECKLISTS
from app.constitution.commands import (
    Chair,
    CompareAgreement,
    DraftAgreement,
    Function,
    ListAgreement,
)
from app.constitution.contents import KINDS, NUMBER_GROUND, OPERATIONAL
from app.constitution.drafting import NONE_SAID, draft_agreement, possible_parties, services
from app.constitution.pages import (
    ADDRESS,
    change_rows,
    own_cell,
    parts,
    version_address,
)
from app.constitution.views import AgreementView, ComparisonView, TableTermsView
from app.kernel.http.form_pages import FormRow, Prepared, page_form, require
from app.kernel.http.pages import PageCall, page_get, page_post
from app.kernel.i18n import register_codes, to_translate
from app.kernel.shapes import Command, Line, Prose
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.settings import SETTINGS

router = APIRouter()
DRAFT = ADDRESS + "/draft"
register_codes("unit", ["minutes", "hours", "days", "months"])


class DraftParties(Command):
    """Choose the services that are party to the agreement."""

    party_ids: Annotated[tuple[UUID, ...], Field(max_length=100)]


class DraftAnswers(Command):
    """Answer the four questions, and name the ground for the national number if there is one."""

    answer_register: Prose
    answer_discuss: Prose
    answer_record: Prose
    answer_close: Prose
    national_number_ground: Prose | None = None


class DraftTable(Command):
    """Say of the operational table who chairs it, how often it meets and who sits there."""

    name: Line
    chair: Chair = "coordinator"
    cadence_weeks: Annotated[int, Field(ge=1, le=52)] = 13
    functions: Annotated[tuple[Function, ...], Field(max_length=9)]
    agency_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()


class DraftOtherTable(DraftTable):
    """Say of a further table whether the cell has it, and the same as of the operational one."""

    held: bool = False


_ASKED: dict[str, Any] = {
    name: (bool, False) if row.unit == "yesno" else (Annotated[int, Field(ge=row.least, le=row.most)], ...)
    for name, row in SETTINGS.items()
}
DraftSettings = create_model("DraftSettings", __base__=Command, __module__=__name__, **_ASKED)
DraftSettings.__doc__ = "Fix every setting."


def draft_told(work: Work) -> ComparisonView | None:
    """Give the draft of one's own cell, or None."""
    cell = own_cell(work)
    items = list_agreement(work, ListAgreement(cellId=cell.cell_id)).items
    found = next((each for each in items if each.state == "draft"), None)
    return compare_agreement(work, CompareAgreement(agreementId=found.agreement_id)) if found else None


def _there(work: Work) -> AgreementView:
    """Give the draft to change. Raises Problem: 404 while there is none, 409 for who may not change it."""
    told = draft_told(work)
    if told is None:
        raise not_found()
    require(told.agreement.abilities, Action.AGREEMENT_DRAFT)
    return told.agreement


# the draft as a whole ------------------------------------------------------------------------------------


def _overview(call: PageCall, work: Work) -> Response:
    told = draft_told(work)
    view = told.agreement if told else None
    return call.show(
        "constitution/draft.html",
        call.phrase("Draft of the agreement"),
        call.phrase("First filled in, then signed by every mayor, then adopted. Until then the agreement in force stays."),
        may_draft=work.actor.role == "coordinator",
        back=ADDRESS,
        steps=_steps(call, view) if view else [],
        lacks=[call.phrase(f"agreementLacks.{code}") for code in (view.lacks or [])] if view else [],
        changes=change_rows(call, told.changes) if told else [],
        former=told.former_number if told else None,
        address=version_address(view.agreement_id) if view else "",
        **(parts(call, view) if view else {"view": None}),
    )  # fmt: skip


page_get(router, DRAFT, _overview)

_OF_STEP = {
    "parties": {"parties"},
    "operational": {"operationalTable", "coreMembers", "chair", "informationOfficerChairs"},
    "answers": set(QUESTIONS),
    "settings": {"settings"},
    **{name: {name} for name in CHECKLISTS},
}


def _steps(call: PageCall, view: AgreementView) -> list[dict[str, Any]]:
    lacks = set(view.lacks or [])
    may = Action.AGREEMENT_DRAFT.value in view.abilities
    held = {table.kind for table in view.tables}
    titles = [
        ("parties", call.phrase("Services that are party")),
        *((kind, call.phrase(f"tableKind.{kind}")) for kind in KINDS),
        ("answers", call.phrase("The four questions")),
        ("settings", call.phrase("Settings")),
        *((name, call.phrase(f"checklist.{name}")) for name in CHECKLISTS),
    ]
    found = []
    for name, title in titles:
        if name in KINDS and name != OPERATIONAL and name not in held:
            state = (call.phrase("Not held"), "neutral")
        elif lacks & _OF_STEP.get(name, set()):
            state = (call.phrase("To fill in"), "warning")
        else:
            state = (call.phrase("Filled in"), "success")
        found.append({"title": title, "href": f"{DRAFT}/{name}" if may else "", "state": state})
    return found


def _start(call: PageCall, work: Work) -> Response:
    draft_agreement(work, DraftAgreement(cellId=own_cell(work).cell_id))
    return call.go(DRAFT, done=Action.AGREEMENT_DRAFT.value)


page_post(router, DRAFT + "/start", _start)


# the steps -----------------------------------------------------------------------------------------------

Values = Callable[[AgreementView], dict[str, Any]]


def draft_step(
    name: str,
    command: type[Command],
    change: Callable[[Any, AgreementView], dict[str, Any]],
    values: Values,
    title: str,
    purpose: str,
    *,
    template: str = "form_page.html",
    context: Callable[[PageCall], dict[str, Any]] = lambda _: {},
    labels: Callable[[PageCall, Work], dict[str, str]] = lambda *_: {},
    intro: Callable[[PageCall, Work], str] = lambda *_: "",
    own_words: Sequence[str] = (),
    doors: APIRouter = router,
) -> None:
    """Add a step of the draft: what it asks, what of the draft that changes, and what stands there now.

    *own_words*: the fields whose labels are no text of the house, given by *labels*.
    """

    def prepare(call: PageCall, work: Work) -> Prepared:
        view = _there(work)
        offered = {
            "partyIds": possible_parties(work, {party.agency_id for party in view.parties}),
            "agencyIds": services(work),
        }
        options = {field: listed for field, listed in offered.items() if _asks(command, field)}
        return Prepared(
            back=DRAFT,
            options=options,
            values=values(view),
            version=view.version,
            breadcrumb=[(call.phrase("Agreement"), ADDRESS), (call.phrase("Draft"), DRAFT)],
            context=context(call),
            labels=labels(call, work),
            intro=intro(call, work),
        )

    def send(work: Work, form: Command) -> AgreementView:
        view = _there(work)
        return draft_agreement(work, DraftAgreement(cellId=view.cell_id, **change(form, view)))

    page_form(
        doors,
        FormRow(
            f"{DRAFT}/{name}", command, Action.AGREEMENT_DRAFT, send, prepare, lambda *_: DRAFT,
            title=title, purpose=purpose, submit=to_translate("Save"), template=template, hidden=own_words,
        ),
    )  # fmt: skip


def _asks(command: type[Command], field: str) -> bool:
    return any(info.alias == field for info in command.model_fields.values())


draft_step(
    "parties", DraftParties, lambda form, _: {"partyIds": form.party_ids},
    lambda view: {"partyIds": [party.agency_id for party in view.parties if party.agency_id]},
    to_translate("Services that are party"),
    to_translate("The municipalities of the cell are party by law. Tick the services that sign with them."),
)  # fmt: skip
draft_step(
    "answers", DraftAnswers,
    lambda form, _: {
        "answerRegister": form.answer_register, "answerDiscuss": form.answer_discuss,
        "answerRecord": form.answer_record, "answerClose": form.answer_close,
        "nationalNumberGround": form.national_number_ground or NONE_SAID,
    },
    lambda view: {
        f"answer{question.capitalize()}": view.answers.get(question) for question in QUESTIONS
    } | {"nationalNumberGround": view.answers.get(NUMBER_GROUND)},
    to_translate("The four questions"),
    to_translate("In your own words: how a case is registered, discussed, recorded and closed. Name nobody."),
)  # fmt: skip


def _table_values(kind: str) -> Values:
    def values(view: AgreementView) -> dict[str, Any]:
        table = next((each for each in view.tables if each.kind == kind), None)
        if table is None:
            return {"functions": ["mayor", "coordinator", "policeMember"] if kind == OPERATIONAL else []}
        return {
            "held": True, "name": table.name, "chair": table.chair, "cadenceWeeks": table.cadence_weeks,
            "functions": table.functions, "agencyIds": [each.agency_id for each in table.agencies],
        }  # fmt: skip

    return values


def _kept(table: TableTermsView) -> dict[str, Any]:
    return {
        "kind": table.kind, "name": table.name, "chair": table.chair, "cadenceWeeks": table.cadence_weeks,
        "functions": table.functions, "agencyIds": [each.agency_id for each in table.agencies],
    }  # fmt: skip


def _table_change(kind: str) -> Callable[[Any, AgreementView], dict[str, Any]]:
    def change(form: Any, view: AgreementView) -> dict[str, Any]:
        tables = [_kept(each) for each in view.tables if each.kind != kind]
        if kind == OPERATIONAL or form.held:
            tables.append({
                "kind": kind, "name": form.name, "chair": form.chair, "cadenceWeeks": form.cadence_weeks,
                "functions": form.functions, "agencyIds": form.agency_ids,
            })  # fmt: skip
        return {"tables": tables}

    return change


draft_step(
    OPERATIONAL, DraftTable, _table_change(OPERATIONAL), _table_values(OPERATIONAL), "tableKind.operational",
    to_translate("The table that discusses persons. Mayor or delegate, police and coordinator always sit at it."),
)  # fmt: skip
for _kind in KINDS[1:]:
    draft_step(
        _kind, DraftOtherTable, _table_change(_kind), _table_values(_kind), f"tableKind.{_kind}",
        to_translate("A table for policy and organization. It never discusses a person."),
    )  # fmt: skip


def _bounds(call: PageCall) -> dict[str, Any]:
    """Give the settings by the article that fixes them, each with what it may be."""
    groups = []
    for article in load_articles():
        rows = [
            (to_camel(name), SETTINGS[name].number, SETTINGS[name].least, SETTINGS[name].most,
             call.phrase(f"unit.{SETTINGS[name].unit}"))
            for name in article.settings
        ]  # fmt: skip
        if rows:
            groups.append((f"{article.number}. {article.title.of(call.language)}", rows))
    return {"groups": groups}


draft_step(
    "settings", DraftSettings,
    lambda form, _: {"settings": {name: int(getattr(form, name)) for name in SETTINGS}},
    lambda view: {to_camel(each.name): bool(each.value) if each.unit == "yesno" else each.value for each in view.settings},
    to_translate("Settings"), to_translate("What the system does follows from these. The law sets the limits."),
    template="constitution/draft_settings.html", context=_bounds,
)  # fmt: skip
