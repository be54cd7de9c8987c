"""The page on which the desk looks whether a person is known in its municipality (R43, R107).

What is asked goes in the body of a form, never in an address, and the answer stands on the same page: nothing of it
is kept by a browser's history or by a server's log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.cases.marking import Match
from app.constitution.agreements import may_use_number
from app.constitution.cells import list_municipality
from app.constitution.commands import ListMunicipality
from app.constitution.labels import choices
from app.intake.commands import QuerySubject
from app.intake.finding import AN_HOUR, query_subject
from app.intake.views import SubjectMatches
from app.kernel.http.form_pages import told
from app.kernel.http.form_reading import WHOLE_FORM, Value, parse_form
from app.kernel.http.forms import form_of, register_form
from app.kernel.http.frames import TONES, able, may, menu_line
from app.kernel.http.pages import PAGES, Elsewhere, Page, PageCall
from app.kernel.http.problems import as_problem
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import Kind, Problem
from app.rules.roles import DESK

router = APIRouter()
ADDRESS: Final = "/find"

register_form(QuerySubject)
register_codes("hint.querySubject", ["name", "birthDate", "nationalNumber"])
register_codes("hint.screenRegistration", ["nationalNumber"])
register_codes("error", ["tooLittleToFind"])
register_codes("matched", [match.code for match in Match])
register_codes("bornAs", ["same", "near"])
menu_line(15, ADDRESS, to_translate("Find a person"), able(Action.SUBJECT_QUERY, DESK))

_TOLD_IN_THE_FORM: Final = {Kind.BAD_REQUEST, Kind.RULE_NOT_MET, Kind.TOO_MANY_REQUESTS}


def _show(call: Page) -> Response:
    def run() -> Response:
        with call.work() as unit:
            call.admit(unit)
            return _shown(call, unit)

    return call.answer(run)


def _send(call: Page) -> Response:
    return call.answer(lambda: _answered(call))


def _answered(call: PageCall) -> Response:
    command, values, errors = parse_form(QuerySubject, call.items, call.language)
    try:
        with call.work() as unit:
            call.admit(unit)
            if command is None:
                return _shown(call, unit, values, errors, status=Kind.BAD_REQUEST.status)
            return _shown(call, unit, values, found=query_subject(unit, command))
    except Elsewhere:
        raise
    except Exception as fault:  # noqa: BLE001 — every fault becomes a Problem
        problem = as_problem(fault)
        if problem.kind not in _TOLD_IN_THE_FORM:
            raise problem from None
        with call.work() as unit:
            call.admit(unit)
            return _shown(call, unit, values, _errors(call, problem), status=problem.kind.status)


def _errors(call: PageCall, problem: Problem) -> dict[str, str]:
    if problem.kind is Kind.TOO_MANY_REQUESTS:
        return {
            WHOLE_FORM: call.phrase("You searched %(most)s times within the hour. Go on later.", most=AN_HOUR)
        }
    return told(call, problem)


def _shown(
    call: PageCall,
    work: Work,
    values: Mapping[str, Value] | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    found: SubjectMatches | None = None,
    status: int = 200,
) -> Response:
    towns = {town.municipality_id: town.names for town in list_municipality(work, ListMunicipality()).items}
    if not may(work.actor, Action.SUBJECT_QUERY):
        raise Problem(Kind.MISSING_PERMISSION)
    names = towns.get(work.actor.municipality_id, {}) if work.actor.municipality_id else {}
    form = form_of(
        QuerySubject,
        call.language,
        values or {"reason": "newInformation"},
        errors or {},
        {"reason": choices("accessReasons", call.language, work.today)},
        {} if may_use_number(work.session, work.actor.cell_id) else {"nationalNumber": ""},
    )
    return call.show(
        "intake/find.html",
        call.phrase("Find a person"),
        call.phrase("Look whether somebody is known here already, as a registration or as a case."),
        status=status,
        form=form,
        town=names.get(call.language) or next(iter(names.values()), ""),
        found=found,
        tones=TONES,
    )


router.add_api_route(ADDRESS, _show, methods=["GET"], include_in_schema=False)
router.add_api_route(ADDRESS, _send, methods=["POST"], include_in_schema=False)
PAGES.extend([("GET", ADDRESS), ("POST", ADDRESS)])
