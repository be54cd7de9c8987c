"""One mechanism for every form: a page asks for the fields of a Command, and gets a Command or errors back.

A form is never written by hand, so it cannot ask less, or accept more, than the JSON door does: both build
the same Command. Field labels are `field.<name>`, hints `hint.<name>`, options `option.<list>.<code>`, errors
`error.<code>`; a label of one form only is `field.<command>.<name>`. What somebody typed is shown back to
them in its field, but never in an error text, so that no message, log or page title can carry it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Final, Literal, TypeVar

from pydantic.alias_generators import to_camel

from app.kernel import i18n
from app.kernel.http.form_reading import THE_RULE
from app.kernel.http.questions import Question, questions_of, snake
from app.kernel.shapes import Command

Kind = Literal[
    "text", "textarea", "password", "email", "select", "radio", "checkbox", "checkboxes",
    "date", "time", "datetime-local", "number", "lines",
]  # fmt: skip
Choice = tuple[str, str] | tuple[str, str, str]
"""A value, its label, and under which heading it stands where a list has headings."""

C = TypeVar("C", bound=Command)

_FEW: Final = 5
"""Up to this many options stand side by side; more go into a drop-down list."""
_LINE: Final = 200
"""A text that may be longer than a Line gets a larger box."""
_AUTOCOMPLETE: Final = {
    "userName": "username",
    "username": "username",
    "password": "current-password",
    "newPassword": "new-password",
    "currentPassword": "current-password",
    "code": "one-time-code",
    "email": "email",
    "oneTimeCode": "one-time-code",
}

i18n.register_codes("option", ("bool.true", "bool.false"))


# What a page shows ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    value: str
    label: str
    selected: bool = False
    group: str = ""
    """Under which heading it stands in a long list."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form, in the reader's language."""

    name: str
    """As it is sent: the name of the property in JSON."""
    id: str
    label: str
    kind: Kind
    required: bool
    hint: str = ""
    value: str = ""
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    autocomplete: str = "off"
    input_mode: str = ""
    error: str = ""
    free_text: bool = False
    """Running text, under which the warning about classified information stands (R56)."""
    where_filled: bool = False
    """Asked only where its part of the form is filled in at all: neither required of everybody nor optional."""

    @property
    def grouped(self) -> bool:
        """Whether the field is a group of controls, which a legend names rather than a label."""
        return self.kind in {"radio", "checkboxes"}

    @property
    def left_out(self) -> bool:
        """Whether nothing may be answered; a radio that is chosen is not left out any more."""
        chosen = self.kind == "radio" and any(option.selected for option in self.options)
        return not self.required and not self.where_filled and not chosen

    @property
    def target(self) -> str:
        """The id that an error summary links to: of a group, its first control."""
        return f"{self.id}-1" if self.grouped and self.options else self.id

    @property
    def described_by(self) -> str:
        """The ids of what a screen reader reads along with the control."""
        parts = [("hint", self.hint), ("error", self.error), ("classified", self.free_text)]
        return " ".join(f"{self.id}-{name}" for name, present in parts if present)


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the error summary. Without a target it concerns the form as a whole."""

    label: str
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A whole form: its questions, what goes along unseen, and what was wrong with the last attempt."""

    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...] = ()
    faults: tuple[Fault, ...] = ()
    rule: str = ""
    """On which rule and article a refusal rests."""

    def __getitem__(self, name: str) -> Field:
        """Give one field, for a page that places its fields itself."""
        return next(each for each in self.fields if each.name == name)


# What pages ask for --------------------------------------------------------------------------------------


_registered: set[type[Command]] = set()


def register_form(command_cls: type[C], *, hidden: Collection[str] = ()) -> type[C]:
    """Say that pages ask for this Command, so that the texts of its fields are required in every language.

    *hidden* names the fields that never show. Commands made up in tests need no translation.
    """
    _registered.add(command_cls)
    if command_cls.__module__.startswith("app."):
        shown = [question for question in questions_of(command_cls) if question.name not in hidden]
        i18n.register_codes("field", [question.name for question in shown])
        for question in shown:
            if question.inner is not bool and not question.is_flag:
                i18n.register_codes(f"option.{question.list_name}", question.codes)
    return command_cls


def registered_forms() -> frozenset[type[Command]]:
    """Give every Command that pages ask for."""
    return frozenset(_registered)


def _kind(question: Question, choices: int | None) -> Kind:
    """Choose the control. *choices*: the number of options, or None where anything may be typed."""
    asked = question.extra.get("kind")
    kind: Kind = asked or _typed_kind(question)
    if asked:
        return kind
    if question.is_secret:
        return "password"
    if question.is_flag:
        return "checkbox"
    if question.many:
        return "lines" if choices is None else "checkboxes"
    if choices is not None:
        return "radio" if question.required and 0 < choices <= _FEW else "select"
    return kind


def _settled(question: Question, kind: Kind) -> bool:
    return kind in {"select", "radio"} and not question.nullable and question.default is not None


def _typed_kind(question: Question) -> Kind:
    """Choose the control for something typed in."""
    if question.is_moment:
        return "datetime-local"
    if question.is_number:
        return "number"
    if question.inner is date:
        return "date"
    if question.inner is time:
        return "time"
    long = question.inner is str and question.limits.get("max_length", _LINE) > _LINE
    return "textarea" if long else "text"


def _shown(value: Any) -> str:
    """Write a value as its control expects it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        local = value.astimezone(i18n.BRUSSELS) if value.tzinfo else value
        return local.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, Enum):
        return str(value.value)
    return str(value)


def _shown_list(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, Iterable):
        return [_shown(each) for each in value]
    return [_shown(value)]


def _text(language: str, kind: str, command_cls: type[Command], name: str, *, own_only: bool = False) -> str:
    own = f"{kind}.{to_camel(snake(command_cls.__name__))}.{name}"
    shared = f"{kind}.{name}"
    msgid = own if own_only or i18n.knows(language, own) else shared
    if kind == "hint" and not i18n.knows(language, msgid):
        return ""
    return i18n.translate(language, msgid)


def _usual_hint(language: str, kind: Kind) -> str:
    return i18n.translate(language, "One per line.") if kind == "lines" else ""


def _options(
    question: Question, language: str, given: Sequence[Choice] | None, chosen: Collection[str]
) -> tuple[Option, ...] | None:
    if given is None and (not question.codes or question.is_flag):
        return None
    pairs: Sequence[Choice] | None = given
    if pairs is None:
        listed = f"option.{question.list_name}."
        pairs = [(code, i18n.translate(language, listed + code)) for code in question.codes]
    return tuple(
        Option(value, label, value in chosen, group[0] if group else "") for value, label, *group in pairs
    )


def form_of(
    command_cls: type[Command],
    language: str,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    options: Mapping[str, Sequence[Choice]] | None = None,
    hidden: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
    required: Collection[str] = (),
    *,
    id_prefix: str = "f",
) -> Form:
    """Build the form of a Command, registered before with `register_form`.

    *values* and *errors* come from `parse_form`, or *values* from a View; keys are the names in JSON.
    *options* gives the choices of a field as (value, label) or (value, label, group), translated. *hidden* fields go along
    unseen with the value given; *labels* stand instead of the usual ones, and *required* is asked for whatever the Command
    can do without. Two forms on one page need a different *id_prefix*.
    """
    if command_cls not in _registered:
        raise LookupError(f"register_form({command_cls.__name__}) is missing where its page is defined")
    values, options, hidden, labels = values or {}, options or {}, hidden or {}, labels or {}
    errors = {name: said[:1].upper() + said[1:] for name, said in (errors or {}).items()}
    rule = errors.pop(THE_RULE, "")
    fields = []
    for question in questions_of(command_cls):
        name = question.name
        if name in hidden:
            continue
        value = values.get(name, question.default)
        chosen = _shown_list(value)
        offered = _options(question, language, options.get(name), chosen)
        kind = _kind(question, None if offered is None else len(offered))
        fields.append(
            Field(
                name=name,
                id=f"{id_prefix}-{name}",
                label=labels.get(name) or _text(language, "field", command_cls, name),
                kind=kind,
                # What has an answer of its own is not left out by choosing nothing.
                required=(question.required or name in required or _settled(question, kind))
                and kind != "checkbox",
                hint=_text(language, "hint", command_cls, name, own_only=name in labels)
                or _usual_hint(language, kind),
                value="" if kind == "password" else "\n".join(chosen),
                options=offered or (),
                max_length=None if question.many else question.limits.get("max_length"),
                autocomplete=question.extra.get("autocomplete") or _AUTOCOMPLETE.get(name, "off"),
                input_mode=("numeric" if question.inner is int else "decimal") if kind == "number" else "",
                error=errors.get(name, ""),
                free_text=kind == "textarea",
            )
        )
    shown = {each.name for each in fields}
    faults = [Fault("", text) for name, text in errors.items() if name not in shown]
    faults += [Fault(each.label, each.error, each.target) for each in fields if each.error]
    carried = [(name, each) for name, value in hidden.items() for each in _shown_list(value)]
    return Form(tuple(fields), tuple(carried), tuple(faults), rule)
