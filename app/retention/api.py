"""The JSON door of the retention room."""

from __future__ import annotations

from fastapi import APIRouter

from app.kernel.http.routes import endpoint
from app.retention import calendar, certificates, looking, sweeping
from app.retention.commands import ListCertificate, ListRetention, PreviewSweep, RunSweep
from app.retention.views import CertificatePage, EndingPage, PreviewView, SweepView

router = APIRouter()

endpoint(router, "GET", "/retention/upcoming", calendar.list_retention, ListRetention, EndingPage,
         tag="Retention", summary="List what ends when, and why")  # fmt: skip
endpoint(router, "POST", "/retention/sweeps/preview", looking.preview_sweep, PreviewSweep, PreviewView,
         tag="Retention", summary="Show what a sweep would do today")  # fmt: skip
endpoint(router, "POST", "/retention/sweeps", sweeping.run_sweep, RunSweep, SweepView,
         tag="Retention", summary="Warn and destroy what is due today")  # fmt: skip
endpoint(router, "GET", "/certificates", certificates.list_certificate, ListCertificate, CertificatePage,
         tag="Retention", summary="List certificates of destruction")  # fmt: skip
