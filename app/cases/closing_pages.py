"""Pages of the end of following somebody: closing with its checklist, and back on the list (R40, R84, R96)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, create_model

from app.cases import closing, queries, relisting
from app.cases import commands as c
from app.cases.pages import ONE_CASE, about_file, back_to_file, opened_file
from app.constitution.agreements import agreement_in_force
from app.constitution.checklists import CLOSING, CODES, OWN, Question, agreed, wording
from app.constitution.labels import label
from app.constitution.reference import load_lists
from app.kernel.http.form_pages import FormRow, Prepared, page_form, require
from app.kernel.http.pages import PageCall
from app.kernel.http.questions import snake
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.shapes import Command, Day, FileText
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import Issue, Kind, Problem, invalid

router = APIRouter()
register_codes("option.closureReply", c.ClosureReply)

_CODES = [entry.code for entry in load_lists()[CODES[CLOSING]].entries] + [*OWN]
"""Every question that closing can ask, as the form knows them."""
_ASKED: dict[str, Any] = {}
for _code in _CODES:
    _ASKED[snake(_code)] = (
        c.ClosureReply | None,
        Field(default=None, json_schema_extra={"form": {"kind": "radio"}}),
    )
    _ASKED[f"{snake(_code)}_note"] = (FileText | None, None)
AnswerAndClose = create_model(
    "AnswerAndClose",
    __base__=Command,
    __module__=__name__,
    case_id=(UUID, ...),
    **_ASKED,
    data_until=(Day | None, None),
)
AnswerAndClose.__doc__ = (
    "Answer the checklist of closing, each question with room for why; which are asked is for its list (R84)."
)


def _asked(work: Work, case_id: UUID) -> list[Question]:
    """Give the questions of the agreement in force in the cell of a case."""
    case = queries.case(work.session, case_id)
    if case is None:
        return []  # who does not see it hears so from the operation
    agreement = agreement_in_force(work.session, case.cell_id)
    return agreed(agreement.checklists if agreement else {}, CLOSING, work.today)


def _close(work: Work, form: Any) -> Any:
    said = form.model_dump(by_alias=True)
    missing: list[Issue] = []
    answers = []
    for each in _asked(work, form.case_id):
        code = each["code"]
        answer, note = said[code], said[f"{code}Note"]
        if answer is None or (answer is c.ClosureReply.NO and not note):
            name = code if answer is None else f"{code}Note"
            missing += invalid(name, "error.missing", kind="requiredInput").issues
        else:
            answers.append(c.ChecklistAnswer(question=code, answer=answer, note=note))
    if missing:
        raise Problem(Kind.BAD_REQUEST, issues=tuple(missing))
    return closing.close_case(
        work, c.CloseCase(caseId=form.case_id, dataUntil=form.data_until, checklist=answers)
    )


def _prepare_close(call: PageCall, work: Work) -> Prepared:
    view = opened_file(call, work)
    require(view.abilities, Action.CASE_CLOSE)
    ground = label("closureGrounds", view.closure_ground, call.language)
    said = [f"{call.phrase('Ground for closing')}: {ground}."] if ground else []
    waiting = [each for each in view.trajectory.actions if each.state == "open"] if view.trajectory else []
    said += [
        call.phrase(
            "Still open: an action of %(name)s, due on %(day)s.",
            name=each.owner_name or "–",
            day=format_date(call.language, each.due_on),
        )
        for each in waiting
    ]
    said.append(
        call.phrase(
            "Its data are destroyed on %(due)s at the latest.", due=format_date(call.language, view.due_on)
        )
    )
    said.append(
        call.phrase(
            "Who was present at a discussion of it is told, by its reference alone, that their own file has a term as well."
        )
    )
    said.append(call.phrase("With every no, say why. The remark is kept sealed in the file."))
    asked = {each["code"]: wording(each, call.language) for each in _asked(work, view.case_id)}
    remarks = {f"{code}Note": call.phrase("Remark: %(question)s", question=asked[code]) for code in asked}
    return replace(
        about_file(call, view, intro=" ".join(said)),
        labels=asked | remarks,
        required=list(asked),
        hidden={name: "" for code in _CODES if code not in asked for name in (code, f"{code}Note")},
    )


page_form(
    router,
    FormRow(
        ONE_CASE + "/close", AnswerAndClose, Action.CASE_CLOSE, _close, _prepare_close, back_to_file,
        title=to_translate("Close this case"),
        purpose=to_translate(
            "The case leaves the list and goes off every agenda to come. Its data stay no longer than needed, at most"
            " until their term ends; then they are destroyed."
        ),
        submit=to_translate("Close this case"), hidden=[*_CODES, *(f"{code}Note" for code in _CODES)],
    ),
)  # fmt: skip


def end_after_discussion(work: Work, view: Any, day: Any) -> Any:
    """Give the last day of the data of a case, were the person discussed on a day (R96)."""
    return relisting.due_after_discussion(work, queries.case(work.session, view.case_id), day)


def effect_on_the_date(call: PageCall, work: Work, view: Any, day: Any) -> str:
    """Say what a discussion on a day would do to the end of the data (R96)."""
    later = end_after_discussion(work, view, day)
    return call.phrase(
        "Now its data go on %(due)s at the latest. Discussed in a meeting on %(day)s, they would go on %(later)s.",
        due=format_date(call.language, view.due_on),
        day=format_date(call.language, day),
        later=format_date(call.language, later),
    )


def _prepare_relisting(call: PageCall, work: Work) -> Prepared:
    view = opened_file(call, work)
    require(view.abilities, Action.CASE_RELIST)
    return about_file(
        call,
        view,
        intro=effect_on_the_date(call, work, view, work.today)
        + " "
        + call.phrase("The decision itself changes no date."),
    )


page_form(
    router,
    FormRow(
        ONE_CASE + "/relist", c.RelistCase, Action.CASE_RELIST, relisting.relist_case, _prepare_relisting, back_to_file,
        title=to_translate("Back on the list"),
        purpose=to_translate(
            "A closed case is followed again only by a new decision, with the indications for it. After that it can be put"
            " on an agenda."
        ),
        submit=to_translate("Put back on the list"),
    ),
)  # fmt: skip
