"""Pages of recovery: two people decide, each hands over half a code, and the person takes new means to sign in (R20)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.directory import recovering
from app.directory.commands import ApproveRecovery, ListPerson, ListRecovery, ProposeRecovery, UseRecovery
from app.directory.mandates import list_person
from app.directory.views import RecoveryView
from app.kernel.http.form_pages import FormRow, Prepared, page_form, told
from app.kernel.http.form_reading import WHOLE_FORM, parse_form
from app.kernel.http.forms import form_of, register_form
from app.kernel.http.frames import TONES, able, menu_line
from app.kernel.http.pages import PAGES, Page, PageCall, page_get
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import Kind, Problem, not_found

router = APIRouter()
_ALL = "/recoveries"
_USE = "/sign-in/recovery"

register_form(UseRecovery)
register_codes("hint", ["identityChecked", "firstHalf"])
menu_line(85, _ALL, to_translate("Recovery"), able(Action.RECOVERY_LIST))


def _list(call: PageCall, work: Work) -> Response:
    return call.show(
        "directory/recoveries.html",
        call.phrase("Recovery"),
        call.phrase(
            "For somebody who can no longer sign in. An administrator and a coordinator decide it together, and each"
            " gives the person half of a code."
        ),
        rows=recovering.list_recovery(work, ListRecovery()).items,
        tones=TONES,
    )


page_get(router, _ALL, _list)


def _show_half(call: PageCall, view: RecoveryView) -> Response:
    return call.show(
        "directory/half.html",
        call.phrase("Half of the code"),
        call.phrase("Hand this to the person yourself. It is shown only now."),
        view=view,
    )


def _prepare_propose(call: PageCall, work: Work) -> Prepared:
    people = [p for p in list_person(work, ListPerson()).items if p.person_id != work.actor.person_id]
    return Prepared(
        back=_ALL,
        options={"personId": [(str(p.person_id), f"{p.name} · {p.agency_name or ''}") for p in people]},
        breadcrumb=[(call.phrase("Recovery"), _ALL)],
    )


page_form(
    router,
    FormRow(
        _ALL + "/new", ProposeRecovery, Action.RECOVERY_PROPOSE, recovering.propose_recovery, _prepare_propose,
        lambda _call, _view: _ALL,
        title=to_translate("Propose a recovery"),
        purpose=to_translate("Only for somebody whom you have seen, or whose voice you know."),
        submit=to_translate("Propose it"),
        show=_show_half,
    ),
)  # fmt: skip


def _prepare_approve(call: PageCall, work: Work) -> Prepared:
    wanted = call.id("recoveryId")
    rows = recovering.list_recovery(work, ListRecovery()).items
    row = next((each for each in rows if each.recovery_id == wanted), None)
    if row is None or Action.RECOVERY_APPROVE.value not in row.abilities:
        raise not_found()
    return Prepared(
        back=_ALL,
        version=row.version,
        intro=call.phrase("It is for %(name)s.", name=row.person_name),
        breadcrumb=[(call.phrase("Recovery"), _ALL)],
    )


page_form(
    router,
    FormRow(
        _ALL + "/{recoveryId}/approve", ApproveRecovery, Action.RECOVERY_APPROVE, recovering.approve_recovery,
        _prepare_approve, lambda _call, _view: _ALL,
        title=to_translate("Agree to the recovery"),
        purpose=to_translate("Only for somebody whom you have seen, or whose voice you know."),
        submit=to_translate("I agree"),
        show=_show_half,
    ),
)  # fmt: skip


# For the person, who cannot sign in -------------------------------------------------------------------------


def _form(call: PageCall, values: dict[str, object], errors: dict[str, str], status: int) -> Response:
    call.form_token()
    return call.show(
        "form_page.html",
        call.phrase("Take new means to sign in"),
        call.phrase("With the two halves of the code that an administrator and a coordinator gave you."),
        status=status,
        form=form_of(UseRecovery, call.language, values, errors),
        action=_USE,
        submit=call.phrase("Continue"),
        cancel="/sign-in",
    )


def _use(call: PageCall) -> Response:
    call.check_form(call.form_secret)
    command, values, errors = parse_form(UseRecovery, call.items, call.language)
    if command is None:
        return _form(call, dict(values), errors, Kind.BAD_REQUEST.status)
    try:
        with call.work() as unit:
            view = recovering.use_recovery(unit, command)
    except Problem as problem:
        if problem.kind is Kind.INVALID_TOKEN:
            return _form(
                call, dict(values), {WHOLE_FORM: call.phrase("recovery.wrongCode")}, Kind.BAD_REQUEST.status
            )
        if problem.kind is Kind.BAD_REQUEST:
            return _form(call, dict(values), told(call, problem), Kind.BAD_REQUEST.status)
        raise
    return call.show(
        "directory/recovered.html",
        call.phrase("One step is left"),
        call.phrase("Put this secret into your authenticator app. It is shown only now."),
        secret=view.totp_secret,
    )


@router.get(_USE, include_in_schema=False)
def _use_page(call: Page) -> Response:
    return call.answer(lambda: _form(call, {}, {}, 200))


@router.post(_USE, include_in_schema=False)
def _use_sent(call: Page) -> Response:
    return call.answer(lambda: _use(call))


PAGES.extend([("GET", _USE), ("POST", _USE)])
