"""Pages of oversight: the processing log with its filters and exports, and the checkpoints (R105, R106)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import FileResponse, Response, StreamingResponse

from app.kernel.http.form_pages import asked
from app.kernel.http.forms import Field, Option
from app.kernel.http.frames import Block, able, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get, page_send
from app.kernel.i18n import format_moment, format_number, register_codes, to_translate
from app.kernel.journal.forms import FORMS, Format
from app.kernel.work import Work
from app.oversight import exporting, reading
from app.oversight.commands import ExportJournal, ListCheckpoint, ListJournal
from app.oversight.keeping import Shelf
from app.oversight.status_pages import status_block
from app.oversight.views import EntryView
from app.rules.actions import Action
from app.rules.problems import not_found

router = APIRouter()
_ALL = "/journal"
_YES_NO = (("true", to_translate("Yes")), ("false", to_translate("No")))
OUTCOMES = ("allowed", "hidden", "refused", "conflict")
FILTERS = ("from", "to", "action", "outcome", "caseId", "subjectId", "actorId", "agencyId", "breakGlass")
_FORMATS: dict[str, Format] = {name: name for name in FORMS}

_TABS = (
    (to_translate("Lines"), _ALL),
    (to_translate("Timeline"), _ALL + "/timeline"),
    (to_translate("Who saw what"), _ALL + "/matrix"),
)
menu_line(60, _ALL, to_translate("Processing log"), able(Action.JOURNAL_LIST))
menu_line(65, "/checkpoints", to_translate("Checkpoints"), able(Action.CHECKPOINT_LIST))
register_codes("journalOutcome", OUTCOMES)
register_codes("field", FILTERS)
register_codes("exportForm", FORMS)


def _chosen(call: PageCall) -> dict[str, str]:
    """Give the filters of the address, without the empty ones that a form sends along."""
    query = call.request.query_params
    return {name: query[name] for name in FILTERS if query.get(name)}


def _field(
    call: PageCall, name: str, kind: str, chosen: dict[str, str], options: tuple[Option, ...] = ()
) -> Field:
    value = chosen.get(name, "")
    return Field(
        name=name,
        id=f"f-{name}",
        label=call.phrase(f"field.{name}"),
        kind=kind,  # type: ignore[arg-type]
        required=False,
        value=value,
        options=tuple(Option(each.value, each.label, each.value == value) for each in options),
    )


def filter_fields(call: PageCall, chosen: dict[str, str], *names: str) -> list[Field]:
    """Give these filters of a page of the log, with what is chosen."""
    options = {
        "action": [(each.value, f"action.{each.value}") for each in Action],
        "outcome": [(each, f"journalOutcome.{each}") for each in OUTCOMES],
        "breakGlass": _YES_NO,
    }
    return [
        _field(
            call, name, "date" if name in {"from", "to"} else "select" if name in options else "text", chosen,
            tuple(Option(value, call.phrase(text)) for value, text in options.get(name, ())),
        )
        for name in names
    ]  # fmt: skip


def tabs(call: PageCall, here: str) -> list[tuple[str, str, bool]]:
    """Give the views of the log: (name, address, whether it is this one)."""
    return [(call.phrase(text), href, href == here) for text, href in _TABS]


def _kept(call: PageCall, work: Work) -> list[tuple[str, str, str, str]]:
    """Give the reader's own prepared exports: name, how far, until when, and where to fetch it once it is ready."""
    shelf, now = Shelf(work.installation).sweep(), work.installation.clock.now()
    found = []
    for each in shelf.of(work.actor.person_id, work.actor.municipality_id):
        if each.stopped(now):
            said = call.phrase("It stopped; ask for it again")
        elif each.ready:
            said = call.phrase("Ready, %(lines)s lines", lines=format_number(call.language, each.lines))
        else:
            said = call.phrase(
                "Being made, %(lines)s lines so far", lines=format_number(call.language, each.lines)
            )
        until = format_moment(call.language, each.until(), "medium")
        found.append((each.name, said, until, f"{_ALL}/exports/{each.export_id}" if each.ready else ""))
    return found


def _list(call: PageCall, work: Work) -> Response:
    page = reading.list_journal(work, asked(call, ListJournal))
    chosen = _chosen(call)
    following = page.next.partition("?")[2] if page.next else ""
    return call.show(
        "oversight/journal.html",
        call.phrase("Processing log"),
        call.phrase(
            "Who did what, on which case, under which rule. Never the content. Your reading is logged too."
        ),
        tabs=tabs(call, _ALL),
        rows=page.items,
        fields=filter_fields(call, chosen, *FILTERS),
        kept=_kept(call, work),
        chosen=chosen,
        forms=list(FORMS),
        exports=[(name, f"{_ALL}/export/{name}?{urlencode(chosen)}") for name in FORMS],
        following=f"{_ALL}?{following}" if following else "",
        filtered=bool(chosen),
        expired=page.expired,
    )


page_get(router, _ALL, _list)


def _export(call: PageCall, work: Work) -> Response:
    form = _FORMATS.get(call.request.path_params["form"])
    if form is None:
        raise not_found()
    made = exporting.export_journal(work, asked(call, ExportJournal), form)
    return call.finish(
        StreamingResponse(
            made.chunks(),
            media_type=made.media_type,
            headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
        )
    )


page_get(router, _ALL + "/export/{form}", _export)


def _prepare(call: PageCall) -> Response:
    """Have a long export prepared: the filters and the form stand in the form that was sent."""
    given = {name: call.sent(name) for name in FILTERS if call.sent(name)}
    with call.work() as unit:
        call.admit(unit)
        form = _FORMATS.get(call.sent("form"))
        if form is None:
            raise not_found()
        exporting.prepare(unit, ExportJournal.model_validate(given), form)
    return call.go(_ALL, done=Action.JOURNAL_EXPORT.value)


page_send(router, _ALL + "/exports", _prepare)


def _fetch(call: PageCall, work: Work) -> Response:
    kept, path = exporting.fetch(work, call.id("exportId"))
    disposition = {"Content-Disposition": f'attachment; filename="{kept.name}"'}
    return call.finish(FileResponse(path, media_type=kept.media_type, headers=disposition))


page_get(router, _ALL + "/exports/{exportId}", _fetch)


def _checkpoints(call: PageCall, work: Work) -> Response:
    page = reading.list_checkpoint(work, asked(call, ListCheckpoint))
    following = page.next.partition("?")[2] if page.next else ""
    return call.show(
        "oversight/checkpoints.html",
        call.phrase("Checkpoints"),
        call.phrase(
            "Signed statements of what the log was at a moment. Keep one elsewhere: it proves later changes."
        ),
        standing=status_block(call, work),
        rows=page.items,
        public_key=page.public_key,
        former_keys=page.former_keys,
        following=f"/checkpoints?{following}" if following else "",
    )


page_get(router, "/checkpoints", _checkpoints)


_LAST, _SHOWN = 100, 5
_REFUSALS: Final = ("refused", "hidden")
"""Who had no right, and who asked for what is not for them; what a state or a condition forbids is no sign of misuse."""


@today_block(10, able(Action.JOURNAL_LIST))
def _refused(call: PageCall, work: Work) -> Block:
    """Show the last refusals that rest on a rule: where oversight usually begins. What was typed wrongly is none."""
    found = [
        item
        for outcome in _REFUSALS
        for item in reading.list_journal(work, ListJournal(outcome=outcome, pageSize=_LAST)).items
    ]
    telling = [item for item in found if (item.rule if item.outcome == "refused" else item.case_id)]
    by_rule = sorted(telling, key=lambda item: item.at, reverse=True)
    return Block(
        call.phrase("Latest refusals"),
        [_pick(call, item) for item in by_rule[:_SHOWN]],
        link=(call.phrase("To the processing log"), _ALL),
        empty=call.phrase("Of the latest refusals, none is a rule's or about a case.")
        if found
        else call.phrase("Nothing was refused."),
    )


def _pick(call: PageCall, item: EntryView) -> dict[str, object]:
    said = [
        call.phrase(f"role.{item.role}") if item.role else "",
        f"{call.phrase('Case')} {str(item.case_id)[:8]}" if item.case_id else "",
        item.rule or "",
        format_moment(call.language, item.at),
    ]
    return {
        "title": call.phrase(f"action.{item.action}"),
        "href": f"{_ALL}?{urlencode({'outcome': item.outcome, 'action': item.action})}",
        "note": " · ".join(each for each in said if each),
        "state": (call.phrase(f"journalOutcome.{item.outcome}"), "warning"),
    }
