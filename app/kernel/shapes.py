"""Shapes of what comes in (Command) and goes out (View), in the REST profile's naming.

A Command refuses what it does not know, so that a mistyped or smuggled property is an error and never
silence. Texts have a limit and survive any Unicode that PostgreSQL can store; what it cannot store
(NUL, lone surrogates) is refused by name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Final, Generic, TypeVar, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)
from pydantic.alias_generators import to_camel


def _refuse_unstorable(text: str) -> None:
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        msg = "contains characters that cannot be stored"
        raise ValueError(msg)


def _storable(text: str) -> str:
    _refuse_unstorable(text)
    return unicodedata.normalize("NFC", text)


def _storable_secret(secret: SecretStr) -> SecretStr:
    _refuse_unstorable(secret.get_secret_value())
    return secret


def _one_line(text: str) -> str:
    if any(unicodedata.category(c) == "Cc" or c in "\u2028\u2029" for c in text):
        msg = "must be a single line"
        raise ValueError(msg)
    return text


_storable_text = AfterValidator(_storable)

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    _storable_text,
    AfterValidator(_one_line),
]
"""A single line of text, 1 to 200 characters: a name, a title, a place."""

Prose = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000), _storable_text
]
"""Running text, 1 to 5000 characters: a reason, a statement, a note."""


class _InFile:
    """Marks a text that goes into somebody's file; `operation` looks at it (R57)."""


FileText = Annotated[Prose, _InFile()]
"""Running text that goes into somebody's file: a command with one that names a card or a T.E.R. list is refused (R57)."""

FileLine = Annotated[Line, _InFile()]
"""A single line that goes into somebody's file, looked at in the same way: a name, a description."""

Secret = Annotated[SecretStr, AfterValidator(_storable_secret)]
"""A password or a token: taken as it is, and shown by no log and no error."""

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2049, 12, 31)
"""No day or moment outside these comes in: whatever term is added to one stays a date that everything can hold."""
_FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_AFTER: Final = datetime(2050, 1, 1, tzinfo=UTC)

Moment = Annotated[AwareDatetime, Field(ge=_FIRST, lt=_AFTER)]
"""A point in time with its offset (RFC 3339), within the years that the system knows."""

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A calendar day, within the years that the system knows."""

BirthDay = Annotated[date, Field(ge=date(1900, 1, 1), le=LAST_DAY)]
"""The day somebody was born."""


def is_known_moment(moment: datetime) -> bool:
    """Tell whether an aware moment lies within the years that the system knows."""
    return _FIRST <= moment < _AFTER


class Command(BaseModel):
    """What an actor asks for: an imperative, built alike by the JSON door, the page door and the CLI."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=False, extra="forbid", frozen=True
    )

    @classmethod
    def of(cls, **values: Any) -> Any:
        """Build a Command from Python code, by the names of its fields."""
        return cls.model_validate({to_camel(k): v for k, v in values.items()})


@cache
def _file_fields(command_cls: type[Command]) -> frozenset[str]:
    """Give the names of the properties of which some text goes into a file."""
    return frozenset(
        name
        for name, field in command_cls.model_fields.items()
        if any(isinstance(each, _InFile) for each in field.metadata) or _marked(field.annotation)
    )


def _marked(annotation: Any) -> bool:
    metadata = getattr(annotation, "__metadata__", ())
    return any(isinstance(each, _InFile) for each in metadata) or any(
        _marked(each) for each in get_args(annotation)
    )


def file_texts(command: Command) -> Iterator[str]:
    """Give every text of a command that goes into a file, those of its parts with them."""
    for name in type(command).model_fields:
        yield from _texts(getattr(command, name), name in _file_fields(type(command)))


def _texts(value: Any, in_file: bool) -> Iterator[str]:
    if isinstance(value, Command):
        yield from file_texts(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each, in_file)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _texts(each, in_file)
    elif in_file and isinstance(value, str):
        yield value


class View(BaseModel):
    """What an Operation answers: a noun, and nothing that its reader may not see.

    A property without a value is left out, never null (REST profile, jsn-null).
    """

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    def wire_bytes(self) -> bytes:
        """Give the JSON of this View as it leaves."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class Document(View):
    """A View of one thing that can change: its version is its ETag, its abilities what this actor may do now."""

    version: int | None = Field(default=None, exclude=True)
    href: str = Field(serialization_alias="self")
    abilities: list[str] = Field(default_factory=list)


V = TypeVar("V", bound=View)


class Page(View, Generic[V]):
    """Part of a collection, and where the next part begins."""

    href: str = Field(serialization_alias="self")
    items: list[V]
    next: str | None = None
    page_size: int


BASE = "/api/v1"


def href(collection: str, item: object = "") -> str:
    """Give the address of a collection or of one of its documents."""
    return f"{BASE}/{collection}/{item}" if item else f"{BASE}/{collection}"
