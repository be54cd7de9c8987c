"""Pages of what a controller has to account for: its record, its list of who has access, its impact assessment (R15, R104)."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from app.kernel.http.form_pages import FormRow, Prepared, asked, page_form, require
from app.kernel.http.frames import Block, able, announces, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.http.papers import download
from app.kernel.i18n import NAMES, register_codes, to_translate
from app.kernel.work import Work
from app.oversight import access_categories, dpia, processing_record, records
from app.oversight import record_commands as c
from app.oversight.record_papers import MEDIA
from app.oversight.record_views import RecordView
from app.rules.actions import Action

router = APIRouter()
_RECORD, _ACCESS, _DPIA = "/processing-record", "/access-list", "/impact-assessments"
menu_line(68, _RECORD, to_translate("Records"), able(Action.PROCESSING_RECORD_READ))
announces(Action.DPIA_RECORD)
register_codes("hint", ["recordDpia.reference"])


def _tabs(call: PageCall, here: str) -> list[tuple[str, str, bool]]:
    named = ((_RECORD, "Processing activities"), (_ACCESS, "Who has access"), (_DPIA, "Impact assessment"))
    return [(call.phrase(name), address, address == here) for address, name in named]


to_translate("Processing activities"), to_translate("Who has access"), to_translate("Impact assessment")


def _shown(
    call: PageCall, view: RecordView, address: str, named: Callable[[str, str], str], purpose: str
) -> Response:
    return call.show(
        "oversight/record.html",
        view.title,
        purpose,
        tabs=_tabs(call, address),
        view=view,
        papers=[
            (code, NAMES[code], [(kind, f"{address}/document?language={code}&format={kind}") for kind in MEDIA])
            for code in NAMES
        ] if view.abilities else [],
        changes=[
            (named(each.entry, call.language), call.phrase(f"recordField.{each.field}") if each.field else "")
            for each in view.changes
        ],
    )  # fmt: skip


def _record(call: PageCall, work: Work) -> Response:
    view = records.read_processing_record(work, c.ReadProcessingRecord(language=call.language))
    purpose = call.phrase("Made from what is configured and in force today; nobody keeps it up by hand.")
    return _shown(call, view, _RECORD, processing_record.name_of, purpose)


def _access(call: PageCall, work: Work) -> Response:
    view = records.read_access_categories(work, c.ReadAccessCategories(language=call.language))
    purpose = call.phrase("Functions at kinds of services, and how many people hold them today. No names.")
    return _shown(call, view, _ACCESS, access_categories.name_of, purpose)


page_get(router, _RECORD, _record)
page_get(router, _ACCESS, _access)


def _record_paper(call: PageCall, work: Work) -> Response:
    return call.finish(
        download(records.export_processing_record(work, asked(call, c.ExportProcessingRecord)))
    )


def _access_paper(call: PageCall, work: Work) -> Response:
    return call.finish(
        download(records.export_access_categories(work, asked(call, c.ExportAccessCategories)))
    )


page_get(router, _RECORD + "/document", _record_paper)
page_get(router, _ACCESS + "/document", _access_paper)


def _assessments(call: PageCall, work: Work) -> Response:
    view = dpia.list_dpia(work, c.ListDpia())
    return call.show(
        "oversight/impact_assessments.html",
        call.phrase("Impact assessment"),
        call.phrase(
            "Before data are processed, their controller weighs what that means for people. Here stands when, and where it"
            " is kept."
        ),
        tabs=_tabs(call, _DPIA) if may(work.actor, Action.PROCESSING_RECORD_READ) else [],
        view=view,
        missing=[_town(call, each.names) for each in view.missing],
        new=_DPIA + "/new",
    )  # fmt: skip


page_get(router, _DPIA, _assessments)


def _town(call: PageCall, names: dict[str, str]) -> str:
    return names.get(call.language) or next(iter(names.values()))


def _prepare(call: PageCall, work: Work) -> Prepared:
    require(dpia.list_dpia(work, c.ListDpia()).abilities, Action.DPIA_RECORD)
    return Prepared(back=_DPIA, breadcrumb=[(call.phrase("Impact assessment"), _DPIA)])


page_form(
    router,
    FormRow(
        _DPIA + "/new", c.RecordDpia, Action.DPIA_RECORD, dpia.record_dpia, _prepare, lambda *_: _DPIA,
        title=to_translate("Record an impact assessment"),
        purpose=to_translate("Its date, and where the document is kept. The document itself stays with the controller."),
        submit=to_translate("Record"),
    ),
)  # fmt: skip


@today_block(2, able(Action.DPIA_LIST))
def _missing(call: PageCall, work: Work) -> Block | None:
    """Warn, where people really work, until an impact assessment is recorded (R104); a demonstration has none."""
    if work.installation.demo:
        return None
    view = dpia.list_dpia(work, c.ListDpia())
    if not view.missing:
        return None
    return Block(
        call.phrase("An impact assessment is missing"),
        [
            {
                "title": _town(call, each.names),
                "href": _DPIA,
                "note": call.phrase(
                    "The law asks for it before data are processed. The data protection officer records its date."
                ),
                "state": (call.phrase("missing"), "danger"),
            }
            for each in view.missing
        ],
    )  # fmt: skip
