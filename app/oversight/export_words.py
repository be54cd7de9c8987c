"""What an export says to a person: the words of its workbook, in the language of who exports (R106)."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from app.constitution.reference import load_rules
from app.kernel.clock import BRUSSELS
from app.kernel.i18n import format_moment, knows, to_translate, translate
from app.kernel.journal.leaf import FIELDS
from app.kernel.journal.workbook import Words
from app.kernel.work import Work
from app.oversight.reading import as_said

_PLACES = {name: place for place, name in enumerate(FIELDS)}
_LABELS = {
    "action": "action",
    "outcome": "journalOutcome",
    "role": "role",
    "rule": "rule",
    "processing": "processing",
}
"""The fields that are shown in words, and the codes of their labels."""
_COLUMNS = (
    to_translate("When (time in Brussels)"),
    to_translate("What"),
    to_translate("Outcome"),
    to_translate("As whom"),
    to_translate("Rule"),
    to_translate("Processing activity"),
)
_HELP = (
    (
        to_translate("The left columns"),
        to_translate(
            "Words for people: the moment in Brussels with its distance from UTC, the act, the outcome, the function, the"
            " rule and the processing activity. They follow from the codes on the right."
        ),
    ),
    (
        to_translate("The right columns"),
        to_translate(
            "What the log itself holds, field by field. These texts are sealed. Persons, files and services are ids: who"
            " they are stands in the directory, never here."
        ),
    ),
    (
        to_translate("Each line"),
        to_translate(
            "One act on one person concerned. A list of twenty persons is twenty lines. What was refused is there too."
        ),
    ),
    (
        to_translate("The last sheet"),
        to_translate(
            "The proof: signed checkpoints, and hashes for the lines that were not exported. Leave it as it is."
        ),
    ),
    (
        to_translate("Is this file whole and unchanged?"),
        to_translate(
            "Check it without us, with the public key of the log: livcr journal verify FILE --key KEY, or the page"
            " verify_journal.py of the documentation. A file that a spreadsheet program saved again no longer verifies:"
            " keep the original."
        ),
    ),
)


def export_words(work: Work, filters: dict[str, Any], reason: str, notice: str) -> Words:
    """Give the words of a workbook for who exports: what it is, what was chosen, and a label for each code."""
    language = work.actor.language

    def say(text: str) -> str:
        return translate(language, text)

    chosen = [(say(f"field.{name}"), value) for name, value in as_said(filters).items()]
    about = (
        (say(to_translate("Processing log")), ""),
        (say(to_translate("Exported on")), format_moment(language, work.now)),
        (say(to_translate("Reason")), reason),
        (say(to_translate("What it may be used for")), notice),
        *(chosen or [(say(to_translate("Chosen lines")), say(to_translate("All lines")))]),
        (say(to_translate("How to read it")), ""),
        *((say(heading), say(text)) for heading, text in _HELP),
    )
    sheets = (say(to_translate("Explanation")), say(to_translate("Log")), say(to_translate("Proof")))
    return Words(about, sheets, tuple(map(say, _COLUMNS)), lambda values: _said(language, values))


def _said(language: str, values: list[str]) -> tuple[str, ...]:
    labels = (_label(language, prefix, values[_PLACES[field]]) for field, prefix in _LABELS.items())
    return (_moment(values[_PLACES["at"]]), *labels)


@cache
def _label(language: str, prefix: str, code: str) -> str:
    """Give the label of a code, and the code itself where no language has one (any more)."""
    rule = load_rules().get(int(code[1:])) if prefix == "rule" and code[1:].isdigit() else None
    if rule:
        return f"{code}: {rule.label.of(language)}"
    msgid = f"{prefix}.{code}"
    return translate(language, msgid) if code and knows(language, msgid) else code


def _moment(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(BRUSSELS).isoformat(" ", "seconds")
