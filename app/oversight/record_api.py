"""The JSON door of what a controller has to account for."""

from __future__ import annotations

from fastapi import APIRouter

from app.kernel.http.routes import endpoint
from app.oversight import dpia, records
from app.oversight import record_commands as c
from app.oversight import record_views as v
from app.oversight.record_papers import MEDIA

router = APIRouter()
_TAG = "Oversight"

endpoint(router, "GET", "/processingRecord", records.read_processing_record, c.ReadProcessingRecord, v.RecordView,
         tag=_TAG, summary="Read the record of processing activities")  # fmt: skip
endpoint(router, "GET", "/processingRecord/document", records.export_processing_record, c.ExportProcessingRecord, None,
         tag=_TAG, summary="Export the record of processing activities", paper=MEDIA.values())  # fmt: skip
endpoint(router, "GET", "/accessCategories", records.read_access_categories, c.ReadAccessCategories, v.RecordView,
         tag=_TAG, summary="Read the categories of persons with access to health and criminal data")  # fmt: skip
endpoint(router, "GET", "/accessCategories/document", records.export_access_categories, c.ExportAccessCategories, None,
         tag=_TAG, summary="Export the categories of persons with access", paper=MEDIA.values())  # fmt: skip
endpoint(router, "GET", "/dpias", dpia.list_dpia, c.ListDpia, v.DpiaList,
         tag=_TAG, summary="List the impact assessments, and who has none")  # fmt: skip
endpoint(router, "POST", "/dpias", dpia.record_dpia, c.RecordDpia, v.DpiaView,
         tag=_TAG, summary="Record an impact assessment", status=201)  # fmt: skip
