"""The web application: both doors, one installation. A composition root."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.cases import api as cases_api
from app.cases import (
    assessment_api,
    assessment_pages,
    attachment_api,
    attachment_pages,
    break_glass_pages,
    chronology_pages,
    closing_pages,
    contact_api,
    contact_pages,
    correction_pages,
    discussion_pages,
    extension_api,
    extension_pages,
    trajectory_pages,
)
from app.cases import pages as cases_pages
from app.constitution import api as constitution_api
from app.constitution import basis_pages, checklist_pages, draft_pages, signing_pages
from app.constitution import pages as constitution_pages
from app.constitution.reference import citation, load_rules
from app.directory import (
    account_pages,
    federation_pages,
    notice_pages,
    post_pages,
    proving_pages,
    recovery_pages,
    representative_pages,
)
from app.directory import api as directory_api
from app.directory import pages as directory_pages
from app.directory.actors import recognise_page
from app.directory.turning_away import note_refusal
from app.intake import api as intake_api
from app.intake import finding_pages
from app.intake import pages as intake_pages
from app.kernel.clock import brussels_day
from app.kernel.http import openapi
from app.kernel.http.hardening import Assets, Hardening
from app.kernel.http.holding import BEAT, Holding
from app.kernel.http.limits import BodyLimit
from app.kernel.http.message_pages import problem_page
from app.kernel.http.problems import as_problem, problem_response
from app.kernel.shapes import BASE
from app.kernel.work import Installation
from app.meetings import (
    addendum_pages,
    calendar_pages,
    changing_pages,
    composition_pages,
    contribution_pages,
    feedback_api,
    feedback_pages,
    framing_pages,
    hand_over_api,
    hand_over_pages,
    invitation_pages,
    nomination_pages,
    printing_pages,
    sitting_pages,
    tabling_pages,
    transmission_pages,
)
from app.meetings import api as meetings_api
from app.meetings import pages as meetings_pages
from app.oversight import api as oversight_api
from app.oversight import pages as oversight_pages
from app.retention import api as retention_api
from app.retention import pages as retention_pages
from app.rules.problems import Problem
from app.strategy import api as strategy_api
from app.strategy import changing_pages as policy_changing_pages
from app.strategy import meeting_pages as policy_meeting_pages
from app.strategy import pages as strategy_pages
from app.strategy import plan_pages as policy_plan_pages

TAGS = [
    {"name": name, "description": text}
    for name, text in (
        ("Sessions", "Signing in and out, acting under a mandate."),
        ("Directory", "Agencies, persons, mandates, undertakings."),
        ("Constitution", "Municipalities, cells, tables, the agreement in force."),
        ("Intake", "Registrations: bringing a signal, screening, deciding."),
        ("Cases", "The municipality's own file."),
        ("Meetings", "Agenda, invitations, attendance, minutes."),
        ("Strategy", "The strategic and tactical table: topics, meetings on them, the policy plan."),
        ("Retention", "What ends when; destruction and its certificates."),
        ("Oversight", "The processing log, its checkpoints and exports."),
        ("Reference data", "Code lists in four languages."),
        ("Service", "Health and documentation."),
    )
]

PAGES = (
    directory_pages, federation_pages, proving_pages, account_pages, notice_pages, recovery_pages, representative_pages,
    constitution_pages, basis_pages, draft_pages, checklist_pages, signing_pages,
    post_pages, calendar_pages, contribution_pages,
    intake_pages, finding_pages, cases_pages, closing_pages, attachment_pages, contact_pages, assessment_pages,
    chronology_pages, trajectory_pages, discussion_pages, extension_pages, correction_pages, break_glass_pages,
    meetings_pages, composition_pages, tabling_pages, changing_pages, printing_pages, framing_pages, invitation_pages,
    hand_over_pages, nomination_pages, sitting_pages, addendum_pages,
    feedback_pages, transmission_pages,
    strategy_pages, policy_meeting_pages, policy_changing_pages, policy_plan_pages, retention_pages, oversight_pages,
)  # fmt: skip


log = logging.getLogger("livcr")


def rule_text(number: str, language: str) -> tuple[str, str]:
    """Give what a rule asks and the legal reference in force today, for a refusal that explains itself."""
    rule = load_rules().get(int(number[1:])) if number[1:].isdecimal() else None
    if rule is None:
        return "", ""
    today = brussels_day(datetime.now(UTC))
    cited = [citation(key, language, today) for key in rule.legal]
    return rule.label.of(language), "; ".join(c for c in cited if c)


def json_door() -> FastAPI:
    """Build the JSON door alone: enough to describe it, with nothing behind it yet."""
    app = FastAPI(
        title="LIVC R case consultation",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        openapi_tags=TAGS,
        redirect_slashes=False,
    )
    # Doors are tried in this order: what is asked all day comes first.
    for api in (
        cases_api,
        attachment_api,
        contact_api,
        assessment_api,
        extension_api,
        meetings_api,
        feedback_api,
        hand_over_api,
        intake_api,
        directory_api,
        constitution_api,
        strategy_api,
        retention_api,
        oversight_api,
    ):
        app.include_router(api.router, prefix=BASE)
    openapi.publish(app)
    return app


def create_app(installation: Installation, *, beat: float = BEAT) -> FastAPI:
    """Build the application around an installation. *beat*: of what is answered alike, there or not; 0 for none."""
    app = json_door()
    app.state.installation = installation
    app.state.rule_text = rule_text
    app.state.recognise_page = recognise_page
    app.state.ask_proof = proving_pages.ask_proof
    app.state.note_refusal = _note_refusal
    for pages in PAGES:
        app.include_router(pages.router)
    app.mount("/static", Assets(), name="static")
    for kind in (RequestValidationError, HTTPException, Problem, Exception):
        app.add_exception_handler(kind, _answer_problem)

    @app.get(f"{BASE}/health", include_in_schema=False)
    def _health() -> dict[str, str]:
        return {"status": "UP"}

    app.add_middleware(BodyLimit)
    app.add_middleware(Hardening)
    app.add_middleware(Holding, beat=beat)
    return app


def _answer_problem(request: Request, fault: Exception) -> Response:
    problem = as_problem(fault)
    _note_refusal(request, problem)
    if request.url.path.startswith(f"{BASE}/"):
        return problem_response(request, problem)
    return problem_page(request, problem)


def _note_refusal(request: Request, problem: Problem) -> None:
    """Leave a line of what was refused before it was an act; that it cannot be left keeps nobody from the answer."""
    door = "api" if request.url.path.startswith(f"{BASE}/") else "page"
    try:
        note_refusal(request, problem, door)
    except Exception:
        log.exception("a refusal at the door has no line in the log")
