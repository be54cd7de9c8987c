"""Pages of intake: bringing a signal, following it, screening it, deciding on it (R39 to R50)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import create_model
from starlette.responses import Response

from app.constitution.agreements import may_use_number, settings_of
from app.constitution.cells import list_municipality
from app.constitution.checklists import CODES, OWN, SCREENING
from app.constitution.commands import ListMunicipality
from app.constitution.labels import choices, label
from app.constitution.reference import load_lists
from app.intake.commands import (
    CompareRegistration,
    DecideRegistration,
    ListRegistration,
    ReadRegistration,
    RecordScreeningAnswer,
    ScreenRegistration,
    SubmitRegistration,
    WithdrawRegistration,
)
from app.intake.deciding import decide_registration, screen_registration
from app.intake.finding import compare_registration
from app.intake.registering import (
    list_registration,
    read_registration,
    submit_registration,
    withdraw_registration,
)
from app.intake.screening import record_screening_answer
from app.intake.views import RegistrationItem, RegistrationView, SubjectMatches
from app.kernel.clock import brussels_day
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.http.questions import snake
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.shapes import Command, FileText
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.audience import ORIGINS_KEPT_OUT
from app.rules.conditions import ADULT
from app.rules.facts import age_on
from app.rules.retention import case_due_on, registration_due_on
from app.rules.roles import DESK, EVERYONE, MAYORAL

router = APIRouter()
_ALL = "/registrations"
_ONE = _ALL + "/{registrationId}"
IMMEDIATE = "immediateDanger"
"""The urgency that no page treats as one more line in a list."""

register_codes("hint", ["subjectName", "narrative", "anonymous", "indications", "exceptionalReasons"])
register_codes("hint", ["bestInterestNote", "nothingClassified", "presumedAdult", "urgency"])
register_codes("hint.answerScreening", ["indications"])
register_codes("error", ["underTwelve", "underAge", "adultOrChild"])
register_codes("state.registration", ["decided"])
menu_line(10, _ALL, to_translate("Registrations"), able(Action.REGISTRATION_LIST))


def _address(registration_id: object) -> str:
    return f"{_ALL}/{registration_id}"


def _list(call: PageCall, work: Work) -> Response:
    command = asked(call, ListRegistration)
    page = list_registration(work, command)
    towns = {town.municipality_id: town.names for town in list_municipality(work, ListMunicipality()).items}
    return call.show(
        "intake/registrations.html",
        call.phrase("Registrations"),
        call.phrase("Signals that were brought to the mayor, and what became of them."),
        rows=[
            (item, _town(towns.get(item.municipality_id, {}), call.language), _words(call, item))
            for item in page.items
        ],
        state=command.state,
        following=page.next,
        may_submit=may(work.actor, Action.REGISTRATION_SUBMIT),
        desk=work.actor.role in DESK,
        immediate=IMMEDIATE,
        tones=TONES,
    )


def _town(names: dict[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "")


def _words(call: PageCall, item: RegistrationItem | RegistrationView) -> dict[str, str]:
    return {
        "phenomenon": label("phenomena", item.phenomenon, call.language),
        "urgency": label("urgencies", item.urgency, call.language),
    }


page_get(router, _ALL, _list)


def _prepare_submit(call: PageCall, work: Work) -> Prepared:
    towns = list_municipality(work, ListMunicipality()).items
    own = [t for t in towns if t.municipality_id == work.actor.municipality_id] or towns
    return Prepared(
        back=_ALL,
        options={
            "municipalityId": [(str(t.municipality_id), _town(t.names, call.language)) for t in towns],
            "phenomenon": choices("phenomena", call.language, work.today),
            "urgency": choices("urgencies", call.language, work.today),
            "origin": [
                option
                for option in choices("originTags", call.language, work.today)
                if option[0] not in ORIGINS_KEPT_OUT
            ],
        },
        values={"municipalityId": own[0].municipality_id if len(own) == 1 else None, "urgency": "normal"},
        # In a municipal cell there is nothing to choose.
        hidden={"municipalityId": towns[0].municipality_id} if len(towns) == 1 else {},
        intro=call.phrase(
            "You decide what you share: speaking is a right, never a duty. Write facts, and say where they come from."
        ),
        breadcrumb=[(call.phrase("Registrations"), _ALL)],
    )


page_form(
    router,
    FormRow(
        _ALL + "/new", SubmitRegistration, Action.REGISTRATION_SUBMIT, submit_registration, _prepare_submit,
        # Nobody can follow an anonymous signal, not even who brought it.
        lambda _, view: _ALL if view.anonymous else _address(view.registration_id),
        title=to_translate("Bring a signal"),
        purpose=to_translate(
            "Report signs of radicalisation to the mayor, only to prevent terrorist offences. The mayor decides what"
            " follows."
        ),
        submit=to_translate("Send to the mayor"),
    ),
)  # fmt: skip


def _read(call: PageCall, work: Work) -> Response:
    view = read_registration(work, asked(call, ReadRegistration))
    return call.show(
        "intake/registration.html",
        call.phrase("Registration %(reference)s", reference=view.reference),
        call.phrase("What was brought, and what the mayor decided.")
        if view.decided_on
        else call.phrase("What was brought. The mayor decides what follows."),
        immediate=view.urgency == IMMEDIATE,
        view=view,
        words=_words(call, view),
        known=_known_here(work, view),
        receipt=view.phenomenon is None and view.case_id is None,
        tones=TONES,
        here=_address(view.registration_id),
    )


page_get(router, _ONE, _read)
page_button(
    router,
    _ONE + "/withdraw",
    WithdrawRegistration,
    Action.REGISTRATION_WITHDRAW,
    withdraw_registration,
    lambda _, view: _address(view.registration_id),
)


def _known_here(work: Work, view: RegistrationView) -> SubjectMatches | None:
    """Give who may be known already, for whom it is: the desk, while it has to decide."""
    if Action.REGISTRATION_COMPARE.value not in view.abilities:
        return None
    return compare_registration(work, CompareRegistration(registrationId=view.registration_id))


def _about(call: PageCall, work: Work, view: RegistrationView) -> Prepared:
    return Prepared(
        back=_address(view.registration_id),
        version=view.version,
        breadcrumb=[(call.phrase("Registrations"), _ALL), (view.reference, _address(view.registration_id))],
        context={
            "view": view,
            "words": _words(call, view),
            "known": _known_here(work, view),
            "tones": TONES,
        },
    )


def _prepare_screen(call: PageCall, work: Work) -> Prepared:
    view = read_registration(work, ReadRegistration(registrationId=call.id("registrationId")))
    require(view.abilities, Action.REGISTRATION_SCREEN)
    usable = may_use_number(work.session, work.actor.cell_id)
    return replace(_about(call, work, view), hidden={} if usable else {"nationalNumber": ""})


page_form(
    router,
    FormRow(
        _ONE + "/screen", ScreenRegistration, Action.REGISTRATION_SCREEN, screen_registration, _prepare_screen,
        lambda _, view: _address(view.registration_id),
        title=to_translate("Take into screening"),
        purpose=to_translate("From now on the coordinator can read this registration and prepare your decision."),
        submit=to_translate("Take into screening"),
        template="intake/weigh.html",
    ),
)  # fmt: skip


_CODES = [entry.code for entry in load_lists()[CODES[SCREENING]].entries] + [*OWN]
"""Every question that a screening can have, as the form knows them."""
AnswerScreening = create_model(
    "AnswerScreening",
    __base__=Command,
    __module__=__name__,
    __doc__="Answer the questions of a screening, each in a field of its own; which are asked is for its list.",
    registration_id=(UUID, ...),
    **{snake(code): (FileText | None, None) for code in _CODES},
)  # type: ignore[call-overload]


def _answer(work: Work, form: Any) -> RegistrationView:
    said = form.model_dump(by_alias=True, exclude={"registration_id"}, exclude_none=True)
    return record_screening_answer(
        work, RecordScreeningAnswer(registrationId=form.registration_id, answers=said)
    )


def _prepare_answers(call: PageCall, work: Work) -> Prepared:
    view = read_registration(work, ReadRegistration(registrationId=call.id("registrationId")))
    require(view.abilities, Action.SCREENING_ANSWER_RECORD)
    asked = {each.code: each.text for each in view.questions or []}
    return replace(
        _about(call, work, view),
        values=view.answers or {},
        labels=asked,
        hidden={code: "" for code in _CODES if code not in asked},
    )


page_form(
    router,
    FormRow(
        _ONE + "/answers", AnswerScreening, Action.SCREENING_ANSWER_RECORD, _answer,
        _prepare_answers, lambda _, view: _address(view.registration_id),
        title=to_translate("Questions of the screening"),
        purpose=to_translate(
            "Answer in words what you know; leave open what you do not. There is no score. Who decides reads the answers, and"
            " they are printed nowhere."
        ),
        submit=to_translate("Save the answers"),
        template="intake/weigh.html", hidden=_CODES,
    ),
)  # fmt: skip


def _prepare_decide(call: PageCall, work: Work) -> Prepared:
    view = read_registration(work, ReadRegistration(registrationId=call.id("registrationId")))
    require(view.abilities, Action.REGISTRATION_DECIDE)
    ready = replace(_about(call, work, view), hidden=_not_asked(view, work.today))
    return replace(ready, context={**ready.context, "consequences": _consequences(call, work, view)})


def _consequences(call: PageCall, work: Work, view: RegistrationView) -> list[tuple[str, str]]:
    """Say what each outcome leads to, with its dates, before somebody decides (R44, R46)."""
    fixed = settings_of(work.session, work.actor.cell_id) if work.actor.cell_id else {}

    def gone(outcome: str) -> str:
        day = registration_due_on(brussels_day(view.received_at), work.today, outcome, fixed)
        return format_date(call.language, day) if day else ""

    erased = call.phrase(
        "The registration is erased on %(day)s at the latest; only a count stays.", day=gone("notListed")
    )
    told = {
        "listed": call.phrase(
            "The person becomes a case with a file, and can be put on an agenda. Unless they are discussed, everything is"
            " destroyed on %(day)s at the latest.",
            day=format_date(call.language, case_due_on(work.today, fixed)),
        ),
        "notListed": erased,
        "referred": call.phrase("You tell the service yourself: nothing is sent from here.") + " " + erased,
        "moreInformationWanted": call.phrase(
            "It stays open, and can be screened and decided later. Its term runs on: without a decision it is erased on"
            " %(day)s.",
            day=gone("moreInformationWanted"),
        ),
        "passedToPolice": call.phrase(
            "For immediate danger: call the police at once, nothing is sent from here."
        )
        + " "
        + erased,
    }
    return [(call.phrase(f"option.outcome.{outcome}"), text) for outcome, text in told.items()]


def _not_asked(view: RegistrationView, today: date) -> dict[str, str]:
    """Leave out what is asked for a child, or for somebody whose age nobody knows (R50), where it is neither."""
    if view.birth_date is None:
        return {}
    for_a_child = (
        {} if age_on(view.birth_date, today) < ADULT else {"exceptionalReasons": "", "bestInterestNote": ""}
    )
    return {"presumedAdult": "", **for_a_child}


page_form(
    router,
    FormRow(
        _ONE + "/decide", DecideRegistration, Action.REGISTRATION_DECIDE, decide_registration, _prepare_decide,
        lambda _, view: _address(view.registration_id),
        title=to_translate("Decide on this registration"),
        purpose=to_translate("Only your decision puts somebody on the list. State what it rests on."),
        submit=to_translate("Record the decision"),
        template="intake/weigh.html",
    ),
)  # fmt: skip


@today_block(10, able(Action.REGISTRATION_LIST, DESK))
def _waiting(call: PageCall, work: Work) -> Block:
    """Show registrations that wait here, the most urgent first: for the mayor those to decide.

    What somebody of the desk brought to another municipality waits there.
    """
    items = [
        item
        for item in list_registration(work, ListRegistration()).items
        if item.municipality_id == work.actor.municipality_id
    ]
    items.sort(key=lambda item: item.urgency != IMMEDIATE)
    mayoral = work.actor.role in MAYORAL
    return Block(
        call.phrase("Registrations that wait for a decision")
        if mayoral
        else call.phrase("Registrations waiting"),
        [_pick(call, item) for item in items],
        link=(call.phrase("All registrations"), _ALL),
        empty=call.phrase("No registration is waiting."),
    )


def _pick(call: PageCall, item: RegistrationItem) -> dict[str, object]:
    note = call.phrase("received on %(day)s", day=format_date(call.language, item.received_at))
    if item.due_on:
        note += " · " + call.phrase(
            "to be decided before %(day)s", day=format_date(call.language, item.due_on)
        )
    if Action.REGISTRATION_READ.value not in item.abilities:
        note += " · " + call.phrase("the mayor or delegate sees it first")
    return {
        "title": f"{item.reference} · {label('phenomena', item.phenomenon, call.language)}"
        if item.phenomenon
        else item.reference,
        "href": _address(item.registration_id) if Action.REGISTRATION_READ.value in item.abilities else "",
        "note": note,
        "state": (label("urgencies", IMMEDIATE, call.language), "danger")
        if item.urgency == IMMEDIATE
        else (call.phrase(f"state.registration.{item.state}"), TONES[item.state]),
    }


@today_block(60, able(Action.REGISTRATION_SUBMIT, EVERYONE - DESK))
def _own(call: PageCall, work: Work) -> Block:
    """Show somebody's own signals, and how to bring one."""
    items = list_registration(work, ListRegistration(state="all", pageSize=5)).items
    return Block(
        call.phrase("My signals"),
        [_pick(call, item) for item in items],
        link=(call.phrase("Bring a signal"), _ALL + "/new"),
        empty=call.phrase(
            "You have no signal under way. You can bring one when you see signs of radicalisation."
        ),
    )
