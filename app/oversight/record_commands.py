"""What can be asked of the records of a controller."""

from __future__ import annotations

from app.kernel.shapes import Command, Day, Line
from app.oversight.record_papers import RecordFormat, RecordLanguage


class ReadProcessingRecord(Command):
    """Read the record of processing activities of one's municipality, as it is today (R104)."""

    language: RecordLanguage | None = None


class ExportProcessingRecord(Command):
    """Export the record of processing activities (R104)."""

    language: RecordLanguage = "nl"
    format: RecordFormat = "pdf"


class ReadAccessCategories(Command):
    """Read the list of categories of persons with access to health and criminal data, as it is today (R15)."""

    language: RecordLanguage | None = None


class ExportAccessCategories(Command):
    """Export the list of categories of persons with access (R15)."""

    language: RecordLanguage = "nl"
    format: RecordFormat = "pdf"


class RecordDpia(Command):
    """Record that the impact assessment of one's municipality was made: its date, and where it is kept (R104)."""

    dated: Day
    reference: Line


class ListDpia(Command):
    """List the impact assessments, and the municipalities that have none (R104)."""
