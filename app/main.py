"""The web application: both doors, one installation. A composition root."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.cases import api as cases_api
from app.constitution import api as constitution_api
from app.constitution.reference import citation, load_rules
from app.directory import api as directory_api
from app.intake import api as intake_api
from app.kernel.clock import brussels_day
from app.kernel.http.problems import as_problem, problem_response, trace_of
from app.kernel.shapes import BASE
from app.kernel.work import Installation

TAGS = [
    {"name": name, "description": text}
    for name, text in (
        ("Sessions", "Signing in and out, acting under a mandate."),
        ("Directory", "Agencies, persons, mandates, undertakings."),
        ("Constitution", "Municipalities, cells, tables, the agreement in force."),
        ("Intake", "Registrations: bringing a signal, screening, deciding."),
        ("Cases", "The municipality's own file."),
        ("Meetings", "Agenda, invitations, attendance, minutes."),
        ("Retention", "What ends when; destruction and its certificates."),
        ("Oversight", "The processing log, its checkpoints and exports."),
        ("Reference data", "Code lists in four languages."),
        ("Service", "Health and documentation."),
    )
]


def rule_text(number: str, language: str) -> tuple[str, str]:
    """Give what a rule asks and the legal reference in force today, for a refusal that explains itself."""
    rule = load_rules().get(int(number[1:])) if number[1:].isdecimal() else None
    if rule is None:
        return "", ""
    today = brussels_day(datetime.now(UTC))
    cited = [citation(key, language, today) for key in rule.legal]
    return rule.label.of(language), "; ".join(c for c in cited if c)


def create_app(installation: Installation) -> FastAPI:
    """Build the application around an installation."""
    app = FastAPI(
        title="LIVC R case consultation",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        openapi_tags=TAGS,
        redirect_slashes=False,
    )
    app.state.installation = installation
    app.state.rule_text = rule_text
    for api in (constitution_api, directory_api, intake_api, cases_api):
        app.include_router(api.router, prefix=BASE)
    for kind in (RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer_problem)

    @app.get(f"{BASE}/health", include_in_schema=False)
    def _health() -> dict[str, str]:
        return {"status": "UP"}

    @app.middleware("http")
    async def _trace(request: Request, call_next: Any) -> Response:
        trace = trace_of(request)
        response: Response = await call_next(request)
        response.headers["BelGov-Trace-Id"] = str(trace)
        related = request.headers.get("belgov-trace-id")
        if related:
            response.headers["BelGov-Related-Trace-Id"] = related
        return response

    return app


def _answer_problem(request: Request, fault: Exception) -> Response:
    return problem_response(request, as_problem(fault))

