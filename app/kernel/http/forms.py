"""One mechanism for every form: a page asks for the fields of a Command, and gets a Command or errors back.

A form is never written by hand, so it cannot ask less, or accept more, than the JSON door does: both build
the same Command. Field labels are `field.<name>`, hints `hint.<name>`, options `option.<list>.<code>`, errors
`error.<code>`; a label of one form only is `field.<command>.<name>`. What somebody typed is shown back to
them in its field, but never in an error text, so that no message, log or page title can carry it.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, NaiveDatetime, SecretStr, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from app.kernel import i18n
from app.kernel.shapes import Command

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

RESERVED: Final = frozenset({"csrfToken", "etag"})
"""Names every form may carry for the page's own use; no Command has them."""
WHOLE_FORM: Final = ""
"""The key of errors that belong to no single field."""

Kind = Literal[
    "text", "textarea", "password", "email", "select", "radio", "checkbox", "checkboxes",
    "date", "time", "datetime-local", "number", "lines",
]  # fmt: skip
Value = str | list[str]

C = TypeVar("C", bound=Command)

_FEW: Final = 5
"""Up to this many options stand side by side; more go into a drop-down list."""
_LINE: Final = 200
"""A text that may be longer than a Line gets a larger box."""
_TRUE: Final = frozenset({"true", "on", "yes", "1"})
_FALSE: Final = frozenset({"false", "off", "no", "0"})
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
_PASSWORDS: Final = frozenset({"password", "newPassword", "currentPassword"})

_ERRORS: Final = {
    "missing": "missing",
    "string_too_long": "tooLong",
    "too_long": "tooMany",
    "too_short": "tooFew",
    "string_too_short": "tooShort",
    "enum": "notInList",
    "literal_error": "notInList",
    "uuid_parsing": "notInList",
    "uuid_type": "notInList",
    "bool_parsing": "notInList",
    "bool_type": "notInList",
    "int_parsing": "notAWholeNumber",
    "int_type": "notAWholeNumber",
    "int_from_float": "notAWholeNumber",
    "int_parsing_size": "notAWholeNumber",
    "float_parsing": "notANumber",
    "float_type": "notANumber",
    "decimal_parsing": "notANumber",
    "decimal_type": "notANumber",
    "finite_number": "notANumber",
    "greater_than": "tooLow",
    "greater_than_equal": "tooLow",
    "less_than": "tooHigh",
    "less_than_equal": "tooHigh",
    "date_parsing": "notADate",
    "date_type": "notADate",
    "date_from_datetime_parsing": "notADate",
    "date_from_datetime_inexact": "notADate",
    "date_past": "notInThePast",
    "date_future": "notInTheFuture",
    "datetime_past": "notInThePast",
    "datetime_future": "notInTheFuture",
    "time_parsing": "notATime",
    "time_type": "notATime",
    "datetime_parsing": "notAMoment",
    "datetime_type": "notAMoment",
    "datetime_from_date_parsing": "notAMoment",
    "timezone_aware": "notAMoment",
    "string_pattern_mismatch": "wrongForm",
    "extra_forbidden": "unexpected",
}
"""What Pydantic calls an error, and what we tell people."""
_SPOKEN: Final = {
    "must be a single line": "notOneLine",
    "contains characters that cannot be stored": "notStorable",
}
"""The refusals of `shapes`, which are plain ValueErrors."""
_OWN: Final = ("invalid", "repeated", "skippedByClock", "missingOption", "missingSecret", "mustAgree")

i18n.register_codes("error", {*_ERRORS.values(), *_SPOKEN.values(), *_OWN})
i18n.register_codes("option", ("bool.true", "bool.false"))


# What a page shows ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    value: str
    label: str
    selected: bool = False


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

    @property
    def grouped(self) -> bool:
        """Whether the field is a group of controls, which a legend names rather than a label."""
        return self.kind in {"radio", "checkboxes"}

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

    def __getitem__(self, name: str) -> Field:
        """Give one field, for a page that places its fields itself."""
        return next(each for each in self.fields if each.name == name)


# What a Command asks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Question:
    """What the annotation of one property says, without its wrapping."""

    name: str
    inner: Any
    many: bool
    nullable: bool
    required: bool
    default: Any
    limits: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_flag(self) -> bool:
        """A yes that is ticked or not; where not answering is a third answer it is a list instead."""
        return not self.nullable and not self.many and (self.inner is bool or _members(self.inner) == [True])

    @property
    def is_moment(self) -> bool:
        return self.inner in {datetime, AwareDatetime, NaiveDatetime}

    @property
    def is_number(self) -> bool:
        return self.inner in {int, float, Decimal}

    @property
    def is_secret(self) -> bool:
        return self.inner is SecretStr or self.extra.get("kind") == "password" or self.name in _PASSWORDS

    @property
    def codes(self) -> list[str]:
        """The closed list of the type itself, if it has one."""
        if isinstance(self.inner, type) and issubclass(self.inner, Enum):
            return [str(member.value) for member in self.inner]
        if self.inner is bool:
            return ["true", "false"]
        return [str(member) for member in _members(self.inner)]

    @property
    def list_name(self) -> str:
        """The middle of `option.<list>.<code>`: the name of the enumeration, or else of the field."""
        if isinstance(self.inner, type) and (issubclass(self.inner, Enum) or self.inner is bool):
            return to_camel(_snake(self.inner.__name__))
        return self.name


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


def _members(annotation: Any) -> list[Any]:
    return list(get_args(annotation)) if get_origin(annotation) is Literal else []


def _limits(metadata: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in metadata:
        if isinstance(each, FieldInfo):
            found.update(_limits(each.metadata))
        for name in ("max_length", "min_length"):
            limit = getattr(each, name, None)
            if isinstance(each, StringConstraints) or name in getattr(type(each), "__slots__", ()):
                found.update({name: limit} if limit is not None else {})
    return found


def _unwrap(annotation: Any, limits: dict[str, Any]) -> tuple[Any, bool, bool, dict[str, Any]]:
    """Take optionality, collections and constraints off: the inner type, many, nullable, limits."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        return _unwrap(inner, limits | _limits(metadata))
    if origin in {Union, types.UnionType}:
        kept = [each for each in get_args(annotation) if each is not type(None)]
        if len(kept) != 1:
            raise TypeError("a form cannot ask for one of several types")
        inner, many, _, limits = _unwrap(kept[0], limits)
        return inner, many, True, limits
    if origin in {tuple, list, set, frozenset, Sequence, Collection, Iterable}:
        # The limits met so far count the members; those of one member stand inside.
        inner, _, _, own = _unwrap(get_args(annotation)[0], {})
        return inner, True, False, own
    return annotation, False, False, limits


def _questions(command_cls: type[Command]) -> list[_Question]:
    asked = []
    for python_name, info in command_cls.model_fields.items():
        inner, many, nullable, limits = _unwrap(info.annotation, _limits(info.metadata))
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        form = extra.get("form")
        asked.append(
            _Question(
                name=info.alias or to_camel(python_name),
                inner=inner,
                many=many,
                nullable=nullable,
                required=info.is_required(),
                default=None if info.is_required() or info.default_factory else info.default,
                limits=limits,
                extra=form if isinstance(form, dict) else {},
            )
        )
    return asked


_registered: set[type[Command]] = set()


def register_form(command_cls: type[C], *, hidden: Collection[str] = ()) -> type[C]:
    """Say that pages ask for this Command, so that the texts of its fields are required in every language.

    *hidden* names the fields that never show. Commands made up in tests need no translation.
    """
    _registered.add(command_cls)
    if command_cls.__module__.startswith("app."):
        shown = [question for question in _questions(command_cls) if question.name not in hidden]
        i18n.register_codes("field", [question.name for question in shown])
        for question in shown:
            if question.inner is not bool and not question.is_flag:
                i18n.register_codes(f"option.{question.list_name}", question.codes)
    return command_cls


def registered_forms() -> frozenset[type[Command]]:
    """Give every Command that pages ask for."""
    return frozenset(_registered)


def _kind(question: _Question, choices: int | None) -> Kind:
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


def _typed_kind(question: _Question) -> Kind:
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


def _text(language: str, kind: str, command_cls: type[Command], name: str) -> str:
    own = f"{kind}.{to_camel(_snake(command_cls.__name__))}.{name}"
    shared = f"{kind}.{name}"
    msgid = own if i18n.knows(language, own) else shared
    if kind == "hint" and not i18n.knows(language, msgid):
        return ""
    return i18n.translate(language, msgid)


def _usual_hint(language: str, kind: Kind) -> str:
    return i18n.translate(language, "One per line.") if kind == "lines" else ""


def _options(
    question: _Question, language: str, given: Sequence[tuple[str, str]] | None, chosen: Collection[str]
) -> tuple[Option, ...] | None:
    if given is None and (not question.codes or question.is_flag):
        return None
    pairs = given
    if pairs is None:
        listed = f"option.{question.list_name}."
        pairs = [(code, i18n.translate(language, listed + code)) for code in question.codes]
    return tuple(Option(value, label, value in chosen) for value, label in pairs)


def form_of(
    command_cls: type[Command],
    language: str,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    options: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    hidden: Mapping[str, Any] | None = None,
    *,
    id_prefix: str = "f",
) -> Form:
    """Build the form of a Command, registered before with `register_form`.

    *values* and *errors* come from `parse_form`, or *values* from a View; keys are the names in JSON.
    *options* gives the choices of a field as (value, label), already translated. *hidden* fields go along
    unseen with the value given. Two forms on one page need a different *id_prefix*.
    """
    if command_cls not in _registered:
        raise LookupError(f"register_form({command_cls.__name__}) is missing where its page is defined")
    values, errors, options, hidden = values or {}, errors or {}, options or {}, hidden or {}
    fields = []
    for question in _questions(command_cls):
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
                label=_text(language, "field", command_cls, name),
                kind=kind,
                required=question.required and kind != "checkbox",
                hint=_text(language, "hint", command_cls, name) or _usual_hint(language, kind),
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
    return Form(tuple(fields), tuple(carried), tuple(faults))


# What comes back -----------------------------------------------------------------------------------------


class _UnreadableError(Exception):
    """A text that is not what its control can send. Carries the code of the error."""


def _moment(text: str) -> datetime:
    """Read the local time of a datetime control as a moment in Brussels.

    The hour that the clock skips in March does not exist and is refused; of the hour that comes twice in
    October the first is meant.
    """
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        raise _UnreadableError("notAMoment") from None
    if naive.tzinfo is not None:
        return naive
    moment = naive.replace(tzinfo=i18n.BRUSSELS)
    try:
        back = moment.astimezone(UTC).astimezone(i18n.BRUSSELS).replace(tzinfo=None)
    except OverflowError:
        raise _UnreadableError("notAMoment") from None
    if back != naive:
        raise _UnreadableError("skippedByClock")
    return moment


def _read_one(question: _Question, text: str) -> Any:
    if question.is_moment:
        return _moment(text.strip())
    if question.inner is bool:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise _UnreadableError("notInList")
    if question.is_flag:
        return text.lower() in _TRUE
    if question.inner in {float, Decimal}:
        return text.strip().replace("\u202f", "").replace(" ", "").replace(",", ".")
    if question.inner is int:
        return text.strip()
    return text


def _read(question: _Question, sent: list[str]) -> Any:
    """Turn what was sent for one field into what the Command takes. Only called with something sent."""
    if question.many:
        if question.codes or len(sent) > 1:
            return [_read_one(question, each) for each in sent]
        return [_read_one(question, each) for each in (line.strip() for line in sent[0].splitlines()) if each]
    if len(sent) > 1:
        raise _UnreadableError("repeated")
    return _read_one(question, sent[0])


def _sentence(language: str, code: str, **values: object) -> str:
    return i18n.translate(language, f"error.{code}", **values)


def _explain(detail: ErrorDetails, question: _Question | None, language: str) -> str:
    """Say in a short sentence what is wrong, from the type of the error alone."""
    kind, context = detail["type"], detail.get("ctx", {})
    least, most = context.get("min_length"), context.get("max_length")
    code = _ERRORS.get(kind, "invalid")
    if kind == "value_error":
        code = _SPOKEN.get(str(context.get("error")), "invalid")
    elif i18n.knows(language, f"error.{kind}"):
        code = kind
    if code in {"tooShort", "tooFew"} and least == 1:
        code = "missing"
    if question and code == "missing":
        if question.many and question.codes:
            code = "missingOption"
        elif question.is_secret:
            code = "missingSecret"
        elif not question.is_flag and (question.codes or question.extra.get("kind") in {"radio", "select"}):
            code = "missingOption"
    if question and question.is_flag and code in {"missing", "notInList"}:
        code = "mustAgree"
    limit = next((context[key] for key in ("ge", "gt", "le", "lt") if key in context), "")
    return _sentence(language, code, most=most, least=least, limit=limit)


def parse_form(
    command_cls: type[C], items: Iterable[tuple[str, str]], language: str
) -> tuple[C | None, dict[str, Value], dict[str, str]]:
    """Read a form that was sent: the Command, or None with the errors; and the values, to show them again.

    *items* are the fields as they came, in their order. Errors are sentences by field name; those under
    `WHOLE_FORM` concern the form as a whole, among them a field that this form does not have.
    """
    questions = {question.name: question for question in _questions(command_cls)}
    sent: dict[str, list[str]] = {}
    for name, text in items:
        if name not in RESERVED:
            sent.setdefault(name, []).append(text.replace("\r\n", "\n"))
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    data: dict[str, Any] = {}
    for name, question in questions.items():
        texts = [text for text in sent.pop(name, []) if text.strip() or (text and question.is_secret)]
        values[name] = texts if question.many else "".join(texts[:1])
        try:
            if texts:
                data[name] = _read(question, texts)
            elif question.is_flag or (question.many and question.required):
                # An unticked box sends nothing, and that is an answer.
                data[name] = [] if question.many else False
        except _UnreadableError as unreadable:
            errors[name] = _sentence(language, str(unreadable))
    if sent:
        # Named nowhere: a name somebody made up is as much their text as a value is.
        errors[WHOLE_FORM] = _sentence(language, "unexpected")
    command: C | None = None
    try:
        command = command_cls.model_validate(data)
    except ValidationError as refusal:
        _collect(refusal, questions, language, errors)
    return (None if errors else command), values, errors


def _collect(
    refusal: ValidationError, questions: Mapping[str, _Question], language: str, errors: dict[str, str]
) -> None:
    """Add what the Command refused; the first error of a field is the one that is told."""
    for detail in refusal.errors(include_url=False, include_input=False):
        name = str(detail["loc"][0]) if detail["loc"] else WHOLE_FORM
        question = questions.get(name)
        errors.setdefault(name if question else WHOLE_FORM, _explain(detail, question, language))
