"""Pages of attachments: the list, the form that sends a file, fetching one, taking one out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import attachments
from app.cases import commands as c
from app.cases.attachment_api import with_file
from app.cases.pages import ONE_CASE, case_address, stated_reason, statement_options, statement_words
from app.cases.views import AttachmentList
from app.constitution.labels import label
from app.directory.choosing import people_of_cell
from app.kernel.files.inspecting import KINDS
from app.kernel.http.form_pages import page_button, require, sent_form, told
from app.kernel.http.form_reading import Value, parse_form
from app.kernel.http.forms import form_of, register_form
from app.kernel.http.frames import announces
from app.kernel.http.pages import Elsewhere, PageCall, page_get, page_post, page_upload, with_query
from app.kernel.http.papers import download
from app.kernel.http.uploads import FILE, Upload
from app.kernel.i18n import format_number, register_codes
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.problems import Kind, Problem, invalid
from app.rules.roles import POLICE, TABLE

router = APIRouter()
_LIST: Final = ONE_CASE + "/attachments"
_NEW: Final = _LIST + "/new"
_HIDDEN: Final = ("caseId",)
_ACCEPT: Final = ",".join(f".{extension}" for kind in KINDS.values() for extension in kind.extensions)
_MEGA: Final = 1 << 20

register_form(c.DescribeAttachment, hidden=_HIDDEN)
register_codes("fileKind", KINDS)
register_codes("hint", ["validatedBy"])
register_codes("removalGround", ["addedInError", "notNecessary", "notPermitted"])
announces(Action.ATTACHMENT_ADD)


def size_of(language: str, size: int) -> str:
    """Write a size as people know it: kB below a megabyte, else MB with one decimal."""
    if size < _MEGA:
        return f"{format_number(language, max(1, round(size / 1024)))} kB"
    return f"{format_number(language, round(size / _MEGA, 1))} MB"


def _address(call: PageCall) -> str:
    return with_query(f"{case_address(call.id('caseId'))}/attachments", reason=stated_reason(call))


def _listed(call: PageCall, work: Work) -> AttachmentList:
    """List the documents for the reason in the address. Raises Elsewhere, to the file that asks for one."""
    reason = stated_reason(call)
    if not reason:
        raise Elsewhere(case_address(call.id("caseId")))
    return attachments.list_attachment(work, c.ListAttachment(caseId=call.id("caseId"), reason=reason))


def _list(call: PageCall, work: Work) -> Response:
    view = _listed(call, work)
    language, here = call.language, case_address(view.case_id)
    categories, words = statement_words(language)
    return call.show(
        "cases/attachments.html",
        call.phrase("Documents of this case"),
        call.phrase("Kept sealed, given only as a download, destroyed with the case."),
        view=view,
        here=f"{here}/attachments",
        query=with_query("", reason=stated_reason(call)),
        back=with_query(here, reason=stated_reason(call)),
        reason=stated_reason(call),
        reason_label=label("accessReasons", stated_reason(call), language),
        sizes={each.attachment_id: size_of(language, each.size) for each in view.items},
        room=size_of(language, view.room_left) if view.room_left else "",
        grounds=[
            (code, call.phrase(f"removalGround.{code}"))
            for code in ("addedInError", "notNecessary", "notPermitted")
        ],
        categories=categories,
        words=words,
    )


page_get(router, _LIST, _list)


# Sending one ---------------------------------------------------------------------------------------------


def _form(
    call: PageCall, work: Work, values: Mapping[str, Value] | None, errors: Mapping[str, str], status: int
) -> Response:
    view = _listed(call, work)
    require(view.abilities, Action.ATTACHMENT_ADD)
    options = statement_options(call.language, work.today)
    options["contributorId"] = people_of_cell(work, TABLE)
    options["validatedBy"] = people_of_cell(work, POLICE)
    first: dict[str, Any] = {"contributorId": work.actor.person_id}
    form = form_of(
        c.DescribeAttachment,
        call.language,
        first if values is None else values,
        {name: text for name, text in errors.items() if name != FILE},
        options,
        {"caseId": ""},
    )
    case = case_address(view.case_id)
    return call.show(
        "cases/attachment_new.html",
        call.phrase("Add a document"),
        call.phrase("A file that belongs to this case, with where it comes from."),
        status=status,
        form=form,
        file_error=errors.get(FILE, "")
        or (call.phrase("Choose the file once more: a browser does not keep it.") if errors else ""),
        action=call.here(),
        cancel=_address(call),
        case_address=with_query(case, reason=stated_reason(call)),
        accept=_ACCEPT,
        largest=size_of(call.language, view.largest_size),
        kinds=[call.phrase(f"fileKind.{kind}") for kind in KINDS],
    )


page_get(router, _NEW, lambda call, work: _form(call, work, None, {}, 200))


def _send(call: PageCall, upload: Upload) -> Response:
    """Take a file in, or show the form again and say in it why not. The file itself has to be chosen anew."""
    items = [(name, text) for name, text in call.items if name not in _HIDDEN]
    said, values, errors = parse_form(
        c.DescribeAttachment, [*items, ("caseId", str(call.id("caseId")))], call.language
    )
    if upload.content is None:
        errors[FILE] = call.phrase("refusal.missing")

    def act(unit: Work) -> Response:
        if upload.fault is not None:
            attachments.refuse_upload(unit, upload.fault)
        if said is None or errors:
            return _form(call, unit, values, errors, Kind.BAD_REQUEST.status)
        attachments.add_attachment(unit, with_file(said, upload))
        return call.go(_address(call), done=Action.ATTACHMENT_ADD.value)

    def again(unit: Work, problem: Problem) -> Response:
        return _form(call, unit, values, _told(call, problem), problem.kind.status)

    return sent_form(call, act, again, also={Kind.PAYLOAD_TOO_LARGE})


def _told(call: PageCall, problem: Problem) -> dict[str, str]:
    if problem.rule == Condition.ATTACHABLE_ORIGIN.number:  # the fields that are missing say it
        return {"validatedBy": call.phrase("refusal.evaluation")}
    if problem.kind is Kind.PAYLOAD_TOO_LARGE:
        most = call.installation.settings.attachment_bytes
        return {FILE: call.phrase("refusal.tooLarge", most=size_of(call.language, most))}
    return told(call, problem, c.DescribeAttachment)


page_upload(router, _NEW, _send)


# Fetching one, and taking one out ------------------------------------------------------------------------


def _read(call: PageCall, work: Work) -> Response:
    fetched = attachments.read_attachment(
        work, c.ReadAttachment(attachmentId=call.id("attachmentId"), reason=_reason_sent(call))
    )
    return call.finish(download(fetched))


def _reason_sent(call: PageCall) -> str:
    reason = call.sent("reason").strip()
    if not 0 < len(reason) <= 200 or not reason.isprintable():  # noqa: PLR2004 — a Line
        raise invalid("reason", "error.missing")
    return reason


page_post(router, "/attachments/{attachmentId}/download", _read)
page_button(
    router,
    "/attachments/{attachmentId}/remove",
    c.RemoveAttachment,
    Action.ATTACHMENT_REMOVE,
    attachments.remove_attachment,
    lambda call, _view: call.next("/cases"),
)
