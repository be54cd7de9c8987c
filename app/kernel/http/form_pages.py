"""A form of the page door as one row: the questions come from a Command, the answer goes to its Operation.

GET shows the form; POST runs the same Operation as the JSON door and sends the reader on. What was typed is
never lost by a refusal: the form comes back with its values and says what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from fastapi import APIRouter
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from app.kernel.http.forms import WHOLE_FORM, Value, form_of, parse_form, register_form
from app.kernel.http.frames import announces
from app.kernel.http.pages import PAGES, Elsewhere, Page, PageCall, Proof, page_post
from app.kernel.http.problems import as_problem
from app.kernel.i18n import knows, register_codes, translate
from app.kernel.shapes import Command
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.policy import wants_confirmation
from app.rules.problems import INPUT, INPUT_EXT, Issue, Kind, Problem

C = TypeVar("C", bound=Command)
V = TypeVar("V")

_BRACES: Final = re.compile(r"{(\w+)}")
_TOLD_IN_THE_FORM: Final = {
    Kind.BAD_REQUEST, Kind.RULE_NOT_MET, Kind.ILLEGAL_TRANSITION, Kind.CONFLICT, Kind.PRECONDITION_FAILED,
    Kind.INVALID_TOKEN,
}  # fmt: skip
_BOXES: Final = {"R56": "nothingClassified", "R65": "relevantAndProportionate"}
"""What a rule asks to be said by ticking a box."""
_ISSUES: Final = {
    INPUT_EXT + "requiredInput": "error.missing",
    INPUT_EXT + "invalidPeriod": "error.invalidPeriod",
    INPUT + "referencedResourceNotFound": "error.notInList",
}
register_codes("error", ["invalidPeriod"])


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one form needs besides its Command, loaded by Operations and in the language of the page."""

    back: str
    """Where Cancel goes."""
    options: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    hidden: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    title: str = ""
    intro: str = ""
    warning: str = ""
    breadcrumb: Sequence[tuple[str, str]] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    """For a template of the feature's own."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of the page door; title, purpose and submit are message ids."""

    path: str
    command: type[Command]
    action: Action
    operation: Callable[[Work, Any], Any]
    prepare: Callable[[PageCall, Work], Prepared]
    after: Callable[[PageCall, Any], str]
    title: str
    purpose: str
    submit: str
    template: str = "form_page.html"
    kind: str = "primary"
    confirm: str = ""
    show: Callable[[PageCall, Any], Response] | None = None
    """A page of its own for what the answer says only once, instead of the page that *after* names."""
    hidden: Sequence[str] = ()
    """Properties that go along unseen; the address gives its own."""

    @property
    def in_path(self) -> list[str]:
        """Names of the properties that stand in the address."""
        return _BRACES.findall(self.path)


def page_form(router: APIRouter, row: FormRow, *, before_access: bool = False) -> None:
    """Add a form: GET shows it, POST sends it."""
    register_form(row.command, hidden=[*row.in_path, *row.hidden])
    announces(row.action)

    def show(call: Page) -> Response:
        def run() -> Response:
            with call.work() as unit:
                call.admit(unit, before_access=before_access)
                return _shown(row, call, unit, None, {}, 200)

        return call.answer(run)

    def send(call: Page) -> Response:
        return call.answer(lambda: _sent(row, call, before_access=before_access))

    router.add_api_route(row.path, show, methods=["GET"], include_in_schema=False)
    router.add_api_route(row.path, send, methods=["POST"], include_in_schema=False)
    PAGES.extend([("GET", row.path), ("POST", row.path)])


def _sent(row: FormRow, call: PageCall, *, before_access: bool) -> Response:
    command, values, errors = parse_form(row.command, _items(call, row.in_path), call.language)
    try:
        with call.work() as unit:
            call.admit(unit, before_access=before_access)
            if command is None:
                return _shown(row, call, unit, values, errors, Kind.BAD_REQUEST.status)
            view = row.operation(unit, command)
            if row.show is not None:
                return row.show(call, view)
            href = row.after(call, view)
            return call.go(href, done=row.action.value)
    except (Elsewhere, Proof):
        raise
    except Exception as fault:  # noqa: BLE001 — every fault becomes a Problem
        problem = as_problem(fault)
        # Where the form itself is out of reach by now, the refusal stands on a page of its own.
        if problem.kind in _TOLD_IN_THE_FORM:
            with suppress(Problem), call.work() as unit:
                call.admit(unit, before_access=before_access)
                return _shown(row, call, unit, values, told(call, problem, row.command), problem.kind.status)
        raise problem from None


def _items(call: PageCall, in_path: Sequence[str]) -> list[tuple[str, str]]:
    """Give the fields sent, with what stands in the address taken from there and from nowhere else."""
    sent = [(name, text) for name, text in call.items if name not in in_path]
    return sent + [(name, str(call.id(name))) for name in in_path]


def _shown(
    row: FormRow,
    call: PageCall,
    unit: Work,
    values: Mapping[str, Value] | None,
    errors: Mapping[str, str],
    status: int,
) -> Response:
    ready = row.prepare(call, unit)
    if values is None and wants_confirmation(row.action) and not unit.actor.recently_confirmed:
        raise Proof(locked=False)  # before anything is typed
    in_path = dict.fromkeys(row.in_path, "")
    form = form_of(
        row.command,
        call.language,
        ready.values if values is None else values,
        errors,
        ready.options,
        {**ready.hidden, **in_path},
    )
    form = replace(form, hidden=tuple((name, value) for name, value in form.hidden if name not in in_path))
    return call.show(
        row.template,
        ready.title or call.phrase(row.title),
        call.phrase(row.purpose),
        status=status,
        form=form,
        action=call.here(),
        submit=call.phrase(row.submit),
        etag=f'"{ready.version}"' if ready.version is not None else None,
        cancel=ready.back,
        kind=row.kind,
        confirm=call.phrase(row.confirm) if row.confirm else "",
        intro=ready.intro,
        warning=ready.warning,
        breadcrumb=ready.breadcrumb,
        **ready.context,
    )


def told(call: PageCall, problem: Problem, command: type[Command] | None = None) -> dict[str, str]:
    """Say a refusal in the words of a form: by field where it concerns one, else of the form as a whole.

    *command*: what the form fills in; a box of it that was left empty is named, rather than the rule that asks for it.
    """
    if problem.issues:
        return {_field(issue): _sentence(call, issue) for issue in problem.issues}
    box = _BOXES.get(problem.rule or "", "")
    if command is not None and box in _names(command) and not any(name == box for name, _ in call.items):
        said = call.phrase("Tick this if it is so. If it is not, take out what may not be here.")
        return {box: f"{said} ({problem.rule})"}
    return {WHOLE_FORM: reason_of(call.request.app.state.rule_text, call.language, problem)}


def _names(command: type[Command]) -> set[str]:
    return {field.alias or name for name, field in command.model_fields.items()}


def _field(issue: Issue) -> str:
    return issue.name.partition(".")[0] if issue.place in {"body", "path"} else WHOLE_FORM


def _sentence(call: PageCall, issue: Issue) -> str:
    if knows(call.language, issue.detail):
        return call.phrase(issue.detail)
    return call.phrase(_ISSUES.get(issue.type, "error.invalid"))


def reason_of(rule_text: Callable[[str, str], tuple[str, str]], language: str, problem: Problem) -> str:
    """Say why something was refused, with the rule it rests on where there is one."""
    if problem.kind is Kind.PRECONDITION_FAILED:
        return translate(
            language, "Somebody changed this in the meantime. Look at it again; what you wrote is still here."
        )
    if problem.kind is Kind.RULE_NOT_MET:
        required, reference = rule_text(problem.rule, language)
        if required:
            text = translate(language, "This is needed: %(rule)s.", rule=required)
            return f"{text} ({'; '.join(part for part in (problem.rule, reference) if part)})"
    return translate(language, f"problem.{problem.kind.code}")


def page_button(
    router: APIRouter,
    path: str,
    command: type[C],
    action: Action,
    operation: Callable[[Work, C], V],
    after: Callable[[PageCall, V], str],
    *,
    before_access: bool = False,
) -> None:
    """Add what one button does: no questions, all that the Command asks goes along unseen."""
    announces(action)
    in_path = _BRACES.findall(path)

    def build(call: PageCall, unit: Work) -> Response:
        made, _, errors = parse_form(command, _items(call, in_path), call.language)
        if made is None:
            raise Problem(
                Kind.BAD_REQUEST,
                issues=tuple(Issue(INPUT + "invalidInput", "body", name, errors[name]) for name in errors),
            )
        return call.go(after(call, operation(unit, made)), done=action.value)

    page_post(router, path, build, before_access=before_access)


def asked(call: PageCall, command: type[C], **also: Any) -> C:
    """Build a Command from the address: what stands in the path, and of the query what the Command knows.

    Raises Problem 400 when the query does not fit.
    """
    known = {info.alias or to_camel(name) for name, info in command.model_fields.items()}
    in_path = [name for name in call.request.path_params if name in known]
    items = [(name, str(call.id(name))) for name in in_path]
    items += [(n, v) for n, v in call.request.query_params.multi_items() if n in known and n not in in_path]
    items += [(name, str(value)) for name, value in also.items()]
    made, _, errors = parse_form(command, items, call.language)
    if made is None:
        raise Problem(
            Kind.BAD_REQUEST,
            issues=tuple(Issue(INPUT + "invalidInput", "query", name, errors[name]) for name in errors),
        )
    return made


def require(abilities: Sequence[str], action: Action) -> None:
    """Refuse to show the form of what this reader cannot do now. Raises Problem 409."""
    if action.value not in abilities:
        raise Problem(Kind.ILLEGAL_TRANSITION)
