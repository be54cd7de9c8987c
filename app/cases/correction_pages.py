"""Pages of correcting and withdrawing what stands in a file, and of what stood there before (R55, R65)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import commands as c
from app.cases import correcting, identity, statements
from app.cases.pages import (
    CASES,
    ONE_CASE,
    ask_reason,
    case_address,
    stated_reason,
    statement_options,
    statement_words,
)
from app.cases.views import StatementView, SubjectVersionList
from app.kernel.http.form_pages import FormRow, Prepared, page_form, require
from app.kernel.http.pages import Elsewhere, PageCall, page_get, page_post, with_query
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.audience import ORIGINS_KEPT_OUT

router = APIRouter()
_STATEMENT = "/statements/{statementId}"
_SUBJECT = ONE_CASE + "/subject"
_FOR_CORRECTION = "minutesAndCorrection"

register_codes("option.ground", ["incorrect", "notNecessary", "notAsMeant", "otherPerson", "noLongerShared"])
register_codes("hint.correctStatement", ["reasonText", "statedOn"])
register_codes("hint.correctSubject", ["reasonText", "subjectName"])
register_codes("hint.withdrawStatement", ["ground"])
register_codes("error", ["dayToCome", "longAgo", "beforeBirth", "unchanged"])


def _opened(call: PageCall, work: Work, action: Action) -> StatementView:
    """Open the statement to change it. Raises Problem where this reader cannot."""
    wanted = c.OpenStatement(statementId=call.id("statementId"), reason=_FOR_CORRECTION)
    view = statements.open_statement(work, wanted)
    require(view.abilities, action)
    return view


def _prepare_correction(call: PageCall, work: Work) -> Prepared:
    view = _opened(call, work, Action.STATEMENT_CORRECT)
    options = statement_options(call.language, work.today)
    # What the security services know is said at the table alone; what was said to come from there may stay so (R57).
    options["origin"] = [
        each for each in options["origin"] if each[0] not in ORIGINS_KEPT_OUT or each[0] == view.origin
    ]
    return Prepared(
        back=call.next("/"),
        version=view.version,
        options=options,
        values={
            "text": view.text,
            "category": str(view.category),
            "categoryReason": view.category_reason,
            "origin": view.origin,
            "kind": view.kind,
            "reliability": view.reliability,
            "statedOn": view.stated_on,
        },
        intro=call.phrase(
            "Who contributed it and how it may be used stay as they are. Minutes that were signed keep what they say."
        ),
    )


def _back(call: PageCall, _view: object = None) -> str:
    return call.next("/")


page_form(
    router,
    FormRow(
        _STATEMENT + "/correct", c.CorrectStatement, Action.STATEMENT_CORRECT, correcting.correct_statement,
        _prepare_correction, _back,
        title=to_translate("Correct a statement"),
        purpose=to_translate(
            "Readers see the new text, marked as corrected. What it said before stays for the desk until the case is destroyed."
        ),
        submit=to_translate("Correct"),
    ),
)  # fmt: skip


def _prepare_withdrawal(call: PageCall, work: Work) -> Prepared:
    view = _opened(call, work, Action.STATEMENT_WITHDRAW)
    return Prepared(back=call.next("/"), version=view.version, intro=view.text or "")


page_form(
    router,
    FormRow(
        _STATEMENT + "/withdraw", c.WithdrawStatement, Action.STATEMENT_WITHDRAW, correcting.withdraw_statement,
        _prepare_withdrawal, _back,
        title=to_translate("Take a statement back"),
        purpose=to_translate(
            "Its words go out of sight of the table, and into no minutes. That there was a statement stays visible; its words"
            " stay for the desk alone, until the case is destroyed."
        ),
        submit=to_translate("Take back"),
        kind="danger",
        confirm=to_translate("A statement that was taken back does not come back: it can be made again."),
    ),
)  # fmt: skip


# What a statement said before ------------------------------------------------------------------------------


def _versions(call: PageCall, work: Work) -> Response:
    reason = stated_reason(call)
    if not reason:
        return ask_reason(call, work)
    wanted = c.ListStatementVersion(statementId=call.id("statementId"), reason=reason)
    view = correcting.list_statement_version(work, wanted)
    categories, words = statement_words(call.language)
    return call.show(
        "cases/statement_versions.html",
        call.phrase("What this statement said before"),
        call.phrase(
            "Each correction keeps what stood there, with who, when and why, until the case is destroyed."
        ),
        view=view,
        reason=reason,
        here=call.here(),
        file=with_query(case_address(view.case_id), reason=reason),
        categories=categories,
        words=words,
    )


page_get(router, _STATEMENT + "/versions", _versions)


def _open_version(call: PageCall, work: Work) -> Response:
    wanted = c.OpenStatementVersion(
        statementVersionId=call.id("statementVersionId"), reason=call.sent("reason")
    )
    view = correcting.open_statement_version(work, wanted)
    categories, words = statement_words(call.language)
    return call.show(
        "cases/statement_version.html",
        call.phrase("An earlier version"),
        call.phrase("A sensitive category: each opening stands in the processing log."),
        each=view,
        categories=categories,
        words=words,
        back=call.next("/"),
    )


page_post(router, "/statement-versions/{statementVersionId}", _open_version)


# Who the file is about ---------------------------------------------------------------------------------------


def _identity(call: PageCall, work: Work) -> SubjectVersionList:
    """Read who the file is about for the reason in the address. Raises Elsewhere where there is none yet."""
    reason = stated_reason(call)
    if not reason:
        raise Elsewhere(f"{case_address(call.id('caseId'))}/subject")
    return identity.list_subject_version(work, c.ListSubjectVersion(caseId=call.id("caseId"), reason=reason))


def _subject(call: PageCall, work: Work) -> Response:
    if not stated_reason(call):
        return ask_reason(call, work)
    view = _identity(call, work)
    return call.show(
        "cases/subject.html",
        call.phrase("Who this file is about"),
        call.phrase("As it is written down now, and as it was before it was corrected."),
        view=view,
        here=f"{case_address(view.case_id)}/subject",
        query=with_query("", reason=stated_reason(call)),
    )


page_get(router, _SUBJECT, _subject)


def _prepare_subject(call: PageCall, work: Work) -> Prepared:
    view = _identity(call, work)
    require(view.abilities, Action.SUBJECT_CORRECT)
    return Prepared(
        back=_subject_address(call),
        version=view.version,
        values={"subjectName": view.subject_name, "birthDate": view.birth_date},
        hidden={"reason": stated_reason(call)},
        breadcrumb=[
            (call.phrase("Cases"), CASES),
            (view.reference, with_query(case_address(view.case_id), reason=stated_reason(call))),
        ],
        intro=call.phrase(
            "From then on the person is found by the corrected name and no longer by the old one. Minutes, extracts and"
            " feedback sheets that were signed or handed over are not changed by it."
        ),
    )


def _subject_address(call: PageCall, _view: object = None) -> str:
    return with_query(f"{case_address(call.id('caseId'))}/subject", reason=stated_reason(call))


page_form(
    router,
    FormRow(
        _SUBJECT + "/correct", c.CorrectSubject, Action.SUBJECT_CORRECT, identity.correct_subject,
        _prepare_subject, _subject_address,
        title=to_translate("Correct who this file is about"),
        purpose=to_translate(
            "For a name or a date of birth that was written down wrongly. If the file is about somebody else altogether, close"
            " it as listed in error."
        ),
        submit=to_translate("Correct"),
        hidden=("reason",),
    ),
)  # fmt: skip
