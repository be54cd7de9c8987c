"""Steps of the draft of the agreement: what a screening asks, and what closing a case asks (R43, R84)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import create_model
from pydantic.alias_generators import to_camel

from app.constitution.checklists import ALWAYS, CHECKLISTS, CODES, OWN, common
from app.constitution.draft_pages import draft_step
from app.constitution.reference import load_lists
from app.constitution.views import AgreementView
from app.kernel.http.pages import PageCall
from app.kernel.http.questions import snake
from app.kernel.i18n import NAMES, to_translate
from app.kernel.shapes import Command, Line
from app.kernel.work import Work

router = APIRouter()
_LANGUAGES = ("nl", "fr", "de")
_PLACES = [(own, language) for own in OWN for language in _LANGUAGES]
"""Where a question of the cell's own is written."""


def _asking(name: str) -> type[Command]:
    """Give the form of a checklist: which of the questions that everybody has are left out, and which are its own."""
    fields: dict[str, Any] = {
        f"ask_{snake(entry.code)}": (bool, False)
        for entry in load_lists()[CODES[name]].entries
        if entry.code not in ALWAYS[name]
    }
    fields |= {f"{own}_{language}": (Line | None, None) for own, language in _PLACES}
    made = create_model(f"Draft{name.capitalize()}", __base__=Command, __module__=__name__, **fields)
    made.__doc__ = "Say what is asked besides what every cell asks."
    return made


DraftScreening, DraftClosing = (_asking(name) for name in CHECKLISTS)


def _field_of(code: str) -> str:
    return to_camel(f"ask_{snake(code)}")


def _labels(name: str, call: PageCall, work: Work) -> dict[str, str]:
    found = {
        _field_of(each["code"]): each["texts"][call.language]
        for each in common(name, work.today)
        if each["code"] not in ALWAYS[name]
    }
    return found | {
        to_camel(f"{own}_{language}"): call.phrase(
            "Question %(number)s of your own, in %(language)s",
            number=OWN.index(own) + 1,
            language=NAMES[language],
        )
        for own, language in _PLACES
    }


def _asked_everywhere(name: str, call: PageCall, work: Work) -> str:
    asked = [
        each["texts"][call.language] for each in common(name, work.today) if each["code"] in ALWAYS[name]
    ]
    return call.phrase("Every cell asks:") + " " + " ".join(asked)


def _values(name: str, view: AgreementView) -> dict[str, Any]:
    found: dict[str, Any] = {_field_of(each.code): True for each in view.checklists[name]}
    for each in view.checklists[name]:
        found |= {to_camel(f"{each.code}_{language}"): said for language, said in (each.texts or {}).items()}
    return found


def _change(name: str, form: Command) -> dict[str, Any]:
    said = form.model_dump(by_alias=True)
    asked: list[dict[str, Any]] = [
        {"code": entry.code}
        for entry in load_lists()[CODES[name]].entries
        if entry.code in ALWAYS[name] or said[_field_of(entry.code)]
    ]
    for own in OWN:
        texts = {language: said[to_camel(f"{own}_{language}")] for language in _LANGUAGES}
        if any(texts.values()):
            asked.append({"code": own, **texts})
    return {name: asked}


def _checklist_step(name: str, command: type[Command], title: str, purpose: str) -> None:
    """Add the step of one checklist (R43, R84)."""
    draft_step(
        name, command, lambda form, _: _change(name, form), lambda view: _values(name, view), title, purpose,
        labels=lambda call, work: _labels(name, call, work), intro=lambda call, work: _asked_everywhere(name, call, work),
        own_words=[info.alias or field for field, info in command.model_fields.items()], doors=router,
    )  # fmt: skip


_checklist_step(
    "screening", DraftScreening, "checklist.screening",
    to_translate(
        "What is looked at before the mayor decides on a signal. Leave out what your cell does not need, and add questions"
        " in its own words; they hold once the agreement is adopted. Name nobody."
    ),
)  # fmt: skip
_checklist_step(
    "closing", DraftClosing, "checklist.closing",
    to_translate(
        "What is looked at before a case is closed, each time with yes, no or not applicable. Leave out what your cell does"
        " not need, and add questions in its own words. Name nobody."
    ),
)  # fmt: skip
