"""docs/operations/configuration.md: what an installation is told by its environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from app.documenting.words import MADE, table
from app.kernel.settings import Settings


def configuration() -> str:
    """Give the page of everything an installation is told by its environment."""
    return "\n".join(
        (
            MADE,
            "# Configuration\n",
            ("Everything is told by environment variables, and each has a default that is safe on one's own machine. The rules"
            " of the consultation are not among them: the local cooperation agreement fixes those"
            " ([retention.md](../retention.md) lists them).\n"),
            table(
                "Variable", "Default", "Values", "Meaning",
                rows=(
                    (_environment(name, field), f"`{shown}`" if (shown := _default(field)) else "empty", _values(field),
                     field.description or "")
                    for name, field in Settings.model_fields.items()
                ),
            ),
        )
    )  # fmt: skip


def _default(field: FieldInfo) -> str:
    return "" if field.default is None else str(field.default)


def _environment(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    names = alias.choices if isinstance(alias, AliasChoices) else [alias or f"LIVCR_{name.upper()}"]
    return " or ".join(f"`{each}`" for each in names)


def _values(field: FieldInfo) -> str:
    if field.annotation == Path | None:
        return "path"
    if field.annotation is SecretStr:
        return "text"
    choices = getattr(field.annotation, "__args__", None)
    if choices:
        return " or ".join(f"`{choice}`" for choice in choices)
    words = {"ge": "from", "gt": "more than", "le": "to", "lt": "less than"}
    found = [
        f"{words[k]} {v}"
        for bound in field.metadata
        for k in words
        if (v := getattr(bound, k, None)) is not None
    ]
    kind = getattr(field.annotation, "__name__", "").lower()
    return " ".join(found) or kind.removeprefix("secret").replace("str", "text")
