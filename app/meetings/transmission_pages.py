"""Pages of the register of what leaves the house: the list with its filter, and a hand-over made otherwise (R105)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import commands as cases
from app.cases.opening import list_case
from app.constitution.labels import choices, label
from app.kernel.http.form_pages import asked, sent_form, told
from app.kernel.http.form_reading import Value, parse_form
from app.kernel.http.forms import Field, Option, form_of, register_form
from app.kernel.http.frames import able, announces, may, menu_line
from app.kernel.http.pages import PageCall, page_get, page_upload, with_query
from app.kernel.http.uploads import FILE, Upload
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.work import Work
from app.meetings import feedback, transmissions
from app.meetings import feedback_commands as c
from app.rules.actions import Action
from app.rules.problems import Kind, Problem
from app.rules.roles import DESK

router = APIRouter()
_ALL: Final = "/transmissions"
_GROUNDS: Final = "transmissionGrounds"
menu_line(50, _ALL, to_translate("What left the house"), able(Action.TRANSMISSION_LIST))
register_form(c.RecordTransmission)
register_codes("hint", ["digest", "recordTransmission.recipientName"])
register_codes("field", ["from", "to", "recordTransmission.ground"])
announces(Action.TRANSMISSION_RECORD)


def recipient_label(code: str, language: str) -> str:
    """Give the words for a kind of recipient, of whichever list."""
    said = (label(name, code, language) for name in transmissions.RECIPIENTS)
    return next((each for each in said if each != code), code)


def _list(call: PageCall, work: Work) -> Response:
    sent = call.request.query_params
    chosen = {name: sent[name] for name in ("ground", "from", "to") if sent.get(name)}
    page = transmissions.list_transmission(work, asked(call, c.ListTransmission))
    language = call.language
    return call.show(
        "meetings/transmissions.html",
        call.phrase("What left the house"),
        call.phrase("Each hand-over with its ground, its sender, its recipient and a digest of the exact bytes."),
        rows=[
            (item, label(_GROUNDS, item.ground, language), recipient_label(item.recipient_type, language))
            for item in page.items
        ],
        fields=_filters(call, work, chosen),
        filtered=bool(chosen),
        following=with_query(_ALL, **chosen, cursor=page.next) if page.next else "",
        may_record=may(work.actor, Action.TRANSMISSION_RECORD),
    )  # fmt: skip


page_get(router, _ALL, _list)


def _filters(call: PageCall, work: Work, chosen: Mapping[str, str]) -> list[Field]:
    """Give the fields by which the register can be filtered."""
    ground = chosen.get("ground", "")
    offered = tuple(
        Option(code, text, code == ground) for code, text in choices(_GROUNDS, call.language, work.today)
    )
    said = call.phrase("field.recordTransmission.ground")
    return [
        *(
            Field(name, f"f-{name}", call.phrase(f"field.{name}"), "date", required=False, value=chosen.get(name, ""))
            for name in ("from", "to")
        ),
        Field("ground", "f-ground", said, "select", required=False, options=offered),
    ]  # fmt: skip


# A hand-over made otherwise ------------------------------------------------------------------------------


def _cases(call: PageCall, work: Work) -> list[tuple[str, str]]:
    """Give the cases one can say this of: to the desk its own, to the police those they sat at."""
    if work.actor.role in DESK:
        found = list_case(work, cases.ListCase(state="all", pageSize=100)).items
        return [(str(each.case_id), each.reference) for each in found]
    places = feedback.list_feedback_sheet(work, c.ListFeedbackSheet()).places
    return list(
        {
            str(each.case_id): f"{each.reference}, {format_date(call.language, each.starts_at)}"
            for each in places
        }.items()
    )


def _form(
    call: PageCall, work: Work, values: Mapping[str, Value] | None, errors: Mapping[str, str], status: int
) -> Response:
    if not may(work.actor, Action.TRANSMISSION_RECORD):
        transmissions.list_transmission(
            work, c.ListTransmission(pageSize=1)
        )  # says whether one knows of it at all
        raise Problem(Kind.MISSING_PERMISSION)
    language = call.language
    form = form_of(
        c.RecordTransmission,
        language,
        values,
        {name: text for name, text in errors.items() if name != FILE},
        {
            "caseId": _cases(call, work),
            "ground": [(code, label(_GROUNDS, code, language)) for code in transmissions.recordable_grounds(work)],
            "recipientType": [(code, recipient_label(code, language)) for code in transmissions.recipient_types(work)],
        },
    )  # fmt: skip
    return call.show(
        "meetings/transmission_new.html",
        call.phrase("Record a hand-over"),
        call.phrase(
            "Something of a case left the house on paper or by another way: say on which ground, and to whom."
        ),
        status=status,
        form=form,
        file_error=errors.get(FILE, ""),
        action=call.here(),
        cancel=_back(work),
    )


def _back(work: Work) -> str:
    return _ALL if may(work.actor, Action.TRANSMISSION_LIST) else "/feedback"


page_get(router, _ALL + "/new", lambda call, work: _form(call, work, None, {}, 200))


def _send(call: PageCall, upload: Upload) -> Response:
    """Take the digest as typed, or of the file that was chosen, of which nothing else is kept."""
    dropped = {FILE, "digest"} if upload.content else {FILE}
    items = [(name, text) for name, text in call.items if name not in dropped]
    if upload.content:
        items.append(("digest", hashlib.sha256(upload.content).hexdigest()))
    command, values, errors = parse_form(c.RecordTransmission, items, call.language)
    if upload.fault is not None:
        errors[FILE] = call.phrase("This file was not taken in. Type its digest instead.")

    def act(unit: Work) -> Response:
        if command is None or errors:
            return _form(call, unit, values, errors, Kind.BAD_REQUEST.status)
        transmissions.record_transmission(unit, command)
        return call.go(_back(unit), done=Action.TRANSMISSION_RECORD.value)

    def again(unit: Work, problem: Problem) -> Response:
        return _form(call, unit, values, told(call, problem, c.RecordTransmission), problem.kind.status)

    return sent_form(call, act, again, also={Kind.NOT_FOUND})


page_upload(router, _ALL + "/new", _send)
