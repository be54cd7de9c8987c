"""What a Command asks: each property of it as a question, read from its annotation alone."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, NaiveDatetime, SecretStr, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from app.kernel.shapes import Command

_PASSWORDS: Final = frozenset({"password", "newPassword", "currentPassword"})


@dataclass(frozen=True, slots=True)
class Question:
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
        """Whether a moment is asked."""
        return self.inner in {datetime, AwareDatetime, NaiveDatetime}

    @property
    def is_number(self) -> bool:
        """Whether a number is asked."""
        return self.inner in {int, float, Decimal}

    @property
    def is_secret(self) -> bool:
        """Whether nothing of the answer is ever shown back."""
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
            return to_camel(snake(self.inner.__name__))
        return self.name


def snake(name: str) -> str:
    """Write a name of a class as a name of a property."""
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


def questions_of(command_cls: type[Command]) -> list[Question]:
    """Give the questions of a Command, in its order. Raises TypeError for what a form cannot ask."""
    asked = []
    for python_name, info in command_cls.model_fields.items():
        inner, many, nullable, limits = _unwrap(info.annotation, _limits(info.metadata))
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        form = extra.get("form")
        asked.append(
            Question(
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
