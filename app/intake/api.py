"""The JSON door of intake."""

from __future__ import annotations

from fastapi import APIRouter

from app.intake import deciding, finding, registering, screening
from app.intake import telling as _telling  # noqa: F401 — it tells its part of a chronology
from app.intake.commands import (
    CompareRegistration,
    DecideRegistration,
    ListRegistration,
    QuerySubject,
    ReadRegistration,
    RecordScreeningAnswer,
    ScreenRegistration,
    SubmitRegistration,
    WithdrawRegistration,
)
from app.intake.views import RegistrationPage, RegistrationView, SubjectMatches
from app.kernel.http.routes import endpoint

router = APIRouter()
_ONE = "/registrations/{registrationId}"

endpoint(router, "POST", "/registrations", registering.submit_registration, SubmitRegistration, RegistrationView,
         tag="Intake", summary="Bring a signal", status=201, location="/api/v1/registrations/{registrationId}")  # fmt: skip
endpoint(router, "GET", "/registrations", registering.list_registration, ListRegistration, RegistrationPage,
         tag="Intake", summary="List registrations")  # fmt: skip
endpoint(router, "GET", _ONE, registering.read_registration, ReadRegistration, RegistrationView,
         tag="Intake", summary="Read a registration")  # fmt: skip
endpoint(router, "POST", _ONE + "/screen", deciding.screen_registration, ScreenRegistration, RegistrationView,
         tag="Intake", summary="Take a registration into screening")  # fmt: skip
endpoint(router, "POST", _ONE + "/decide", deciding.decide_registration, DecideRegistration, RegistrationView,
         tag="Intake", summary="Decide on a registration")  # fmt: skip
endpoint(router, "POST", _ONE + "/withdraw", registering.withdraw_registration, WithdrawRegistration, RegistrationView,
         tag="Intake", summary="Take a signal back")  # fmt: skip
endpoint(router, "POST", _ONE + "/answers", screening.record_screening_answer, RecordScreeningAnswer, RegistrationView,
         tag="Intake", summary="Answer the questions of the screening")  # fmt: skip
endpoint(router, "GET", _ONE + "/duplicates", finding.compare_registration, CompareRegistration, SubjectMatches,
         tag="Intake", summary="Ask whether the person is known here already")  # fmt: skip
endpoint(router, "POST", "/subjects/query", finding.query_subject, QuerySubject, SubjectMatches,
         tag="Intake", summary="Look for a person by number, name and birth date, or sound")  # fmt: skip
