"""Codes in words: what pages show of a code list."""

from __future__ import annotations

from datetime import date

from app.constitution.reference import load_lists


def label(list_name: str, code: str | None, language: str) -> str:
    """Give the text of a code, also of one no longer in force; an unknown code stands for itself."""
    if code is None:
        return ""
    try:
        return load_lists()[list_name].entry(code).labels.of(language)
    except LookupError:
        return code


def choices(list_name: str, language: str, day: date) -> list[tuple[str, str]]:
    """Give the codes of a list in force on a day with their texts, as a form offers them."""
    return [(entry.code, entry.labels.of(language)) for entry in load_lists()[list_name].in_force(day)]
