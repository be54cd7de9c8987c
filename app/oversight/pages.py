"""Pages of oversight: the processing log with its filters and exports, and the checkpoints (R105, R106)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from app.kernel.http.form_pages import asked
from app.kernel.http.forms import Field, Option
from app.kernel.http.frames import Block, able, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_moment, register_codes, to_translate
from app.kernel.journal.exportfile import Format
from app.kernel.work import Work
from app.oversight import exporting, reading
from app.oversight.commands import ExportJournal, ListCheckpoint, ListJournal
from app.oversight.views import EntryView
from app.rules.actions import Action
from app.rules.problems import not_found

router = APIRouter()
_ALL = "/journal"
_OUTCOMES = ("allowed", "hidden", "refused", "conflict")
_FILTERS = ("from", "to", "caseId", "actorId", "action", "outcome")
_MEDIA: dict[str, tuple[Format, str]] = {"csv": ("csv", "text/csv"), "jsonl": ("jsonl", "application/jsonl")}

menu_line(60, _ALL, to_translate("Processing log"), able(Action.JOURNAL_LIST))
menu_line(65, "/checkpoints", to_translate("Checkpoints"), able(Action.CHECKPOINT_LIST))
register_codes("journalOutcome", _OUTCOMES)
register_codes("field", ["from", "to", "caseId", "actorId", "action", "outcome"])


def _chosen(call: PageCall) -> dict[str, str]:
    """Give the filters of the address, without the empty ones that a form sends along."""
    query = call.request.query_params
    return {name: query[name] for name in _FILTERS if query.get(name)}


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


def _list(call: PageCall, work: Work) -> Response:
    page = reading.list_journal(work, asked(call, ListJournal))
    chosen = _chosen(call)
    actions = tuple(Option(a.value, call.phrase(f"action.{a.value}")) for a in Action)
    outcomes = tuple(Option(o, call.phrase(f"journalOutcome.{o}")) for o in _OUTCOMES)
    following = page.next.partition("?")[2] if page.next else ""
    return call.show(
        "oversight/journal.html",
        call.phrase("Processing log"),
        call.phrase(
            "Who did what, on which case, under which rule. Never the content. Your reading is logged too."
        ),
        rows=page.items,
        fields=[
            _field(call, "from", "date", chosen),
            _field(call, "to", "date", chosen),
            _field(call, "action", "select", chosen, actions),
            _field(call, "outcome", "select", chosen, outcomes),
            _field(call, "caseId", "text", chosen),
            _field(call, "actorId", "text", chosen),
        ],
        exports=[(name, f"{_ALL}/export/{name}?{urlencode(chosen)}") for name in _MEDIA],
        following=f"{_ALL}?{following}" if following else "",
        filtered=bool(chosen),
    )


page_get(router, _ALL, _list)


def _export(call: PageCall, work: Work) -> Response:
    form, media = _MEDIA.get(call.request.path_params["form"], (None, ""))
    if form is None:
        raise not_found()
    made = exporting.export_journal(work, asked(call, ExportJournal), form)
    return call.finish(
        StreamingResponse(
            made.chunks(),
            media_type=f"{media}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="journal-{made.export_id}.{form}"'},
        )
    )


page_get(router, _ALL + "/export/{form}", _export)


def _checkpoints(call: PageCall, work: Work) -> Response:
    page = reading.list_checkpoint(work, asked(call, ListCheckpoint))
    following = page.next.partition("?")[2] if page.next else ""
    return call.show(
        "oversight/checkpoints.html",
        call.phrase("Checkpoints"),
        call.phrase(
            "Signed statements of what the log was at a moment. Keep one elsewhere: it proves later changes."
        ),
        rows=page.items,
        public_key=page.public_key,
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
