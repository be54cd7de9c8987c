"""Reading a form that was sent: a Command, or what is wrong with it in sentences.

What somebody typed is never in an error text, so that no message, log or page title can carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from app.kernel import i18n
from app.kernel.shapes import Command

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

from app.kernel.http.questions import Question, questions_of

RESERVED: Final = frozenset({"csrfToken", "etag"})
"""Names every form may carry for the page's own use; no Command has them."""
WHOLE_FORM: Final = ""
"""The key of errors that belong to no single field."""

THE_RULE: Final = "§"
"""The key under which stands, for whoever wants to know, on which rule and article a refusal rests."""

Value = str | list[str]
C = TypeVar("C", bound=Command)

_TRUE: Final = frozenset({"true", "on", "yes", "1"})
_FALSE: Final = frozenset({"false", "off", "no", "0"})
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


def _read_one(question: Question, text: str) -> Any:
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


def _read(question: Question, sent: list[str]) -> Any:
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


def _explain(detail: ErrorDetails, question: Question | None, language: str) -> str:
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
    questions = {question.name: question for question in questions_of(command_cls)}
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
    refusal: ValidationError, questions: Mapping[str, Question], language: str, errors: dict[str, str]
) -> None:
    """Add what the Command refused; the first error of a field is the one that is told."""
    for detail in refusal.errors(include_url=False, include_input=False):
        name = str(detail["loc"][0]) if detail["loc"] else WHOLE_FORM
        question = questions.get(name)
        errors.setdefault(name if question else WHOLE_FORM, _explain(detail, question, language))
