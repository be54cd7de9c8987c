"""Pages of the end of following somebody: closing with its checklist, and back on the list (R40, R84, R96)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from app.cases import closing, queries, relisting
from app.cases import commands as c
from app.cases.pages import ONE_CASE, about_file, back_to_file, opened_file
from app.constitution.labels import label
from app.kernel.http.form_pages import FormRow, Prepared, page_form, require
from app.kernel.http.pages import PageCall
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.shapes import Command, Day, FileText
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import invalid

router = APIRouter()
QUESTIONS = {
    "person_told": "personTold", "actions_settled": "actionsSettled", "partners_told": "partnersTold",
    "contacts_removed": "contactsRemoved", "further_care": "furtherCare",
}  # fmt: skip
register_codes("option.closureReply", c.ClosureReply)
register_codes("hint", ["personToldNote"])


class AnswerAndClose(Command):
    """The form of closing: the questions of the checklist, each with room for why (R84)."""

    case_id: UUID
    person_told: c.ClosureReply
    person_told_note: FileText | None = None
    actions_settled: c.ClosureReply
    actions_settled_note: FileText | None = None
    partners_told: c.ClosureReply
    partners_told_note: FileText | None = None
    contacts_removed: c.ClosureReply
    contacts_removed_note: FileText | None = None
    further_care: c.ClosureReply
    further_care_note: FileText | None = None
    data_until: Day | None = None


def _close(work: Work, form: AnswerAndClose) -> Any:
    answers = []
    for name, question in QUESTIONS.items():
        answer, note = getattr(form, name), getattr(form, f"{name}_note")
        if answer is c.ClosureReply.NO and not note:
            raise invalid(f"{question}Note", "error.missing", kind="requiredInput")
        answers.append(c.ChecklistAnswer(question=question, answer=answer, note=note))
    command = c.CloseCase(caseId=form.case_id, dataUntil=form.data_until, checklist=answers)
    return closing.close_case(work, command)


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
    return about_file(call, view, intro=" ".join(said))


page_form(
    router,
    FormRow(
        ONE_CASE + "/close", AnswerAndClose, Action.CASE_CLOSE, _close, _prepare_close, back_to_file,
        title=to_translate("Close this case"),
        purpose=to_translate(
            "The case leaves the list and goes off every agenda to come. Its data stay no longer than needed, at most"
            " until their term ends; then they are destroyed."
        ),
        submit=to_translate("Close this case"),
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
