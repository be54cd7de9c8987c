"""Reading and exporting the records of a controller: of its processing (R104), and of who has access (R15)."""

from __future__ import annotations

from collections.abc import Callable

from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.printing import Paper
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.oversight import access_categories as access
from app.oversight import processing_record as processing
from app.oversight import record_queries
from app.oversight.record_commands import (
    ExportAccessCategories,
    ExportProcessingRecord,
    ReadAccessCategories,
    ReadProcessingRecord,
)
from app.oversight.record_models import RecordExport
from app.oversight.record_papers import as_paper
from app.oversight.record_shape import Entry, Record, changes
from app.oversight.record_views import DifferenceView, FieldView, RecordEntryView, RecordView
from app.oversight.standing import about_log, log_facts
from app.rules.actions import Action
from app.rules.policy import abilities

Making = Callable[[Work, str], Record]
_COMPARED_IN = "en"
"""The language in which a record is compared with what was exported, whichever that was in."""


@operation(Action.PROCESSING_RECORD_READ)
def read_processing_record(work: Work, command: ReadProcessingRecord) -> RecordView:
    """Give the record of processing activities as it is today, and what changed since it was last exported."""
    work.allow(Action.PROCESSING_RECORD_READ, log_facts(work), about_log(work, processing.KIND))
    return _view(work, processing.processing_record, command.language, Action.PROCESSING_RECORD_EXPORT)


@operation(Action.PROCESSING_RECORD_EXPORT)
def export_processing_record(work: Work, command: ExportProcessingRecord) -> Paper:
    """Give the record as a file, and remember what it said."""
    work.allow(Action.PROCESSING_RECORD_EXPORT, log_facts(work), about_log(work, processing.KIND))
    record = processing.processing_record(work, command.language)
    _remember(work, processing.processing_record)
    return as_paper(record, work.today, command.format)


@operation(Action.ACCESS_CATEGORIES_READ)
def read_access_categories(work: Work, command: ReadAccessCategories) -> RecordView:
    """Give the list of categories of persons as it is today, and what changed since it was last exported."""
    work.allow(Action.ACCESS_CATEGORIES_READ, log_facts(work), about_log(work, access.KIND))
    return _view(work, access.access_categories, command.language, Action.ACCESS_CATEGORIES_EXPORT)


@operation(Action.ACCESS_CATEGORIES_EXPORT)
def export_access_categories(work: Work, command: ExportAccessCategories) -> Paper:
    """Give the list as a file, and remember what it said."""
    work.allow(Action.ACCESS_CATEGORIES_EXPORT, log_facts(work), about_log(work, access.KIND))
    record = access.access_categories(work, command.language)
    _remember(work, access.access_categories)
    return as_paper(record, work.today, command.format)


def _remember(work: Work, make: Making) -> None:
    record = make(work, _COMPARED_IN)
    work.session.add(
        RecordExport(
            id=new_id(),
            municipality_id=there(work.actor.municipality_id),
            kind=record.kind,
            said=record.digests(),
            exported_by=there(work.actor.person_id),
            exported_at=work.now,
        )
    )
    work.session.flush()


def _view(work: Work, make: Making, language: str | None, export: Action) -> RecordView:
    record = make(work, language or work.actor.language)
    last = record_queries.last_export(work.session, there(work.actor.municipality_id), record.kind)
    different = changes(last.said, make(work, _COMPARED_IN).digests()) if last else []
    return RecordView(
        href=href(record.kind),
        title=record.title,
        language=record.language,
        about=_entry(record, record.about),
        items=[_entry(record, each) for each in record.entries],
        general=_entry(record, record.general),
        exported_at=last.exported_at if last else None,
        changes=[_change(each) for each in different],
        abilities=abilities(work.actor, log_facts(work), export),
    )


def _change(key: str) -> DifferenceView:
    entry, _, field = key.partition("/")
    return DifferenceView(entry=entry, field=field or None)


def _entry(record: Record, part: Entry) -> RecordEntryView:
    return RecordEntryView(
        code=part.code,
        name=part.name,
        fields=[
            FieldView(code=each.code, label=each.label(record.language), text=each.text) for each in part.said
        ],
        actions=[action.value for action in part.actions],
    )
