"""A form of the page door as one row: the questions come from a Command, the answer goes to its Operation.

GET shows the form; POST runs the same Operation as the JSON door and sends the reader on. What was typed is
never lost by a refusal: the form comes back with its values and says what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from fastapi import APIRouter
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from app.kernel.http.form_reading import THE_RULE, WHOLE_FORM, Value, parse_form
from app.kernel.http.forms import Choice, Field, Form, form_of, register_form
from app.kernel.http.frames import announces
from app.kernel.http.pages import PAGES, Elsewhere, Page, PageCall, Proof, page_post
from app.kernel.http.problems import as_problem, sentence_of
from app.kernel.i18n import register_codes, translate
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
_BOXES: Final = {
    "R6": "namesNobody", "R56": "nothingClassified", "R65": "relevantAndProportionate", "R80": "competentForArea",
    "R81": "noSecrets",
}  # fmt: skip
"""What a rule asks to be said by ticking a box."""
_FIELDS: Final = {"R26": "urgencyReason", "R29": "childReason", "R32": "reason", "R35": "careRelation"}
"""What a rule asks to be filled in: the refusal stands with that field, where the form has it."""
_AS_IT_IS: Final = frozenset(
    {"R4", "R14", "R18", "R42", "R46", "R54", "R68", "R86", "R88", "R90", "R91", "R92", "R96"}
)
"""Rules that say how things are: nobody can do what they ask."""
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
    options: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    hidden: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that are no text of the house: a question as a cell put it."""
    required: Collection[str] = ()
    """What is asked for on this page, though the Command can do without."""
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
    call.typed = typed_of(row.command, call.language, values)

    def act(unit: Work) -> Response:
        if command is None:
            also = _left_empty(call, row.command)
            return _shown(row, call, unit, values, also | errors, Kind.BAD_REQUEST.status)
        view = row.operation(unit, command)
        if row.show is not None:
            return row.show(call, view)
        return call.go(row.after(call, view), done=row.action.value)

    def again(unit: Work, problem: Problem) -> Response:
        return _shown(row, call, unit, values, told(call, problem, row.command), problem.kind.status)

    return sent_form(call, act, again, before_access=before_access)


def sent_form(
    call: PageCall,
    act: Callable[[Work], Response],
    again: Callable[[Work, Problem], Response],
    *,
    also: Collection[Kind] = (),
    before_access: bool = False,
) -> Response:
    """Do what a form that was sent asks for; a refusal that a form can say is said in the form, shown *again*.

    In: the act and the form, each in a work of its own; the kinds of refusal that this form says besides. Raises Problem
    for any other refusal, and where the form itself is out of reach by now: it then stands on a page of its own.
    """
    try:
        with call.work() as unit:
            call.admit(unit, before_access=before_access)
            return act(unit)
    except (Elsewhere, Proof):
        raise
    except Exception as fault:  # noqa: BLE001 — every fault becomes a Problem
        problem = as_problem(fault)
        if problem.kind in _TOLD_IN_THE_FORM or problem.kind in also:
            with suppress(Problem), call.work() as unit:
                call.admit(unit, before_access=before_access)
                return again(unit, problem)
        raise problem from None


def typed_of(command: type[Command], language: str, values: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Give (label, text) of the running texts that were typed: what would be a loss. Never a password or a code."""
    return [
        (field.label, field.value)
        for field in form_of(command, language, values).fields
        if field.free_text and field.value.strip()
    ]


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
        ready.labels,
        ready.required,
    )
    theirs = form_of(
        row.command,
        call.language,
        ready.values,
        {},
        ready.options,
        ready.hidden,
        ready.labels,
        ready.required,
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
        differing=differing(form, theirs, ready.values) if status == Kind.PRECONDITION_FAILED.status else [],
        **ready.context,
    )


def differing(mine: Form, theirs: Form, saved: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Give (label, as it stands now, as it was typed) of each field of what is *saved* that two people wrote differently."""
    now = {field.name: field for field in theirs.fields if saved.get(field.name) is not None}
    return [
        (field.label, _read_out(now[field.name]), _read_out(field))
        for field in mine.fields
        if field.name in now and _read_out(field) != _read_out(now[field.name])
    ]


def _read_out(field: Field) -> str:
    chosen = [option.label for option in field.options if option.selected]
    return ", ".join(chosen) if field.options else field.value.replace("\r\n", "\n").strip()


def told(call: PageCall, problem: Problem, command: type[Command] | None = None) -> dict[str, str]:
    """Say a refusal in the words of a form: by field where it concerns one, else of the form as a whole.

    *command*: what the form fills in; a box of it that was left empty is named, rather than the rule that asks for it.
    """
    rule_text = call.request.app.state.rule_text
    boxes = _left_empty(call, command) if command is not None else {}
    cited = rule_of(rule_text, call.language, problem)
    rule = {THE_RULE: cited} if cited else {}
    if problem.issues:
        also = boxes if problem.kind is Kind.RULE_NOT_MET else {}
        return rule | also | {_field(issue): _sentence(call, issue) for issue in problem.issues}
    if command is not None and _BOXES.get(problem.rule or "", "") in boxes:
        return boxes
    field = _FIELDS.get(problem.rule or "", WHOLE_FORM)
    place = field if command is not None and field in _names(command) else WHOLE_FORM
    return rule | {place: reason_of(rule_text, call.language, problem)}


def _left_empty(call: PageCall, command: type[Command]) -> dict[str, str]:
    """Name the boxes that a rule asks for and that nobody ticked, all at once; one that goes along unseen is not asked."""
    said = call.phrase("Tick this if it is so. If it is not, take out what may not be here.")
    asked, sent = _names(command), {name for name, _ in call.items}
    return {box: f"{said} ({rule})" for rule, box in _BOXES.items() if box in asked and box not in sent}


def _names(command: type[Command]) -> set[str]:
    return {field.alias or name for name, field in command.model_fields.items()}


def _field(issue: Issue) -> str:
    return issue.name.partition(".")[0] if issue.place in {"body", "path"} else WHOLE_FORM


def _sentence(call: PageCall, issue: Issue) -> str:
    return sentence_of(call.language, issue) or call.phrase(_ISSUES.get(issue.type, "error.invalid"))


def reason_of(rule_text: Callable[[str, str], tuple[str, str]], language: str, problem: Problem) -> str:
    """Say why something was refused: what is needed, or how things are, where a rule says so."""
    if problem.kind is Kind.PRECONDITION_FAILED:
        return translate(
            language, "Somebody changed this in the meantime. Look at it again; what you wrote is still here."
        )
    if problem.kind is Kind.RULE_NOT_MET:
        required, _ = rule_text(problem.rule, language)
        if required and problem.rule in _AS_IT_IS:
            return f"{required[:1].upper()}{required[1:]}."
        if required:
            return translate(language, "This is needed: %(rule)s.", rule=required)
    return translate(language, f"problem.{problem.kind.code}")


def rule_of(rule_text: Callable[[str, str], tuple[str, str]], language: str, problem: Problem) -> str:
    """Give the rule and the articles on which a refusal rests; empty where it rests on none."""
    if problem.kind is not Kind.RULE_NOT_MET or not problem.rule:
        return ""
    required, reference = rule_text(problem.rule, language)
    return f"{'; '.join(part for part in (problem.rule, reference) if part)}: {required}" if required else ""


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
