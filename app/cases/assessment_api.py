"""The JSON door of weighing risk and protection, and of the chronology."""

from __future__ import annotations

from fastapi import APIRouter

from app.cases import assessment_commands as c
from app.cases import assessment_views as v
from app.cases import assessments, chronologies
from app.kernel.http.routes import endpoint

router = APIRouter()

endpoint(router, "GET", "/cases/{caseId}/assessments", assessments.read_assessment, c.ReadAssessment, v.AssessmentList,
         tag="Cases", summary="Read how risk and protection were weighed")  # fmt: skip
endpoint(router, "POST", "/assessments", assessments.write_assessment, c.WriteAssessment, v.AssessmentList,
         tag="Cases", summary="Weigh risk and protection", status=201,
         location="/api/v1/cases/{caseId}/assessments")  # fmt: skip
endpoint(router, "POST", "/assessments/{assessmentId}/factors/{factorId}/open", assessments.open_factor_assessment,
         c.OpenFactorAssessment, v.FactorView, tag="Cases", summary="Open a factor of a sensitive category")  # fmt: skip
endpoint(router, "GET", "/cases/{caseId}/chronology", chronologies.read_chronology, chronologies.ReadChronology,
         chronologies.ChronologyView, tag="Cases", summary="Read a case as a story")  # fmt: skip
