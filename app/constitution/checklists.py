"""The questions that the agreement fixes: what is looked at in a screening, and before a case is closed (R43, R84).

They stand in the text of each version, in the words in which they are put. A question of the lists `screeningQuestions` and
`closingChecklist` reads as there; a cell may leave out the others than those asked everywhere, and ask some of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.constitution.models import Agreement
from app.constitution.reference import LANGUAGES, load_lists
from app.constitution.views import QuestionView

SCREENING, CLOSING = CHECKLISTS = ("screening", "closing")
CODES: Final = {SCREENING: "screeningQuestions", CLOSING: "closingChecklist"}
"""Checklist -> the code list of the questions that everybody has."""
ALWAYS: Final = {
    # The decision states the indications (R40); a danger does not wait, and a child is judged by another gate (R44, R50).
    SCREENING: frozenset({"indications", "urgency", "age"}),
    # What is not needed any more goes, of third persons first (R49, R86); each service has a term of its own (R95).
    CLOSING: frozenset({"contactsRemoved", "partnersTold"}),
}
"""What every cell asks, because the law or somebody's safety rests on it."""
OWN: Final = ("own1", "own2", "own3", "own4", "own5")
"""The places for questions of the cell's own."""

Question = dict[str, Any]
"""A question as it stands in the text of a version: its code, and its words by language."""


def common(name: str, day: date) -> list[Question]:
    """Give the questions of a checklist that everybody has, as in force on a day."""
    return [
        {"code": entry.code, "texts": {language: entry.labels.of(language) for language in LANGUAGES}}
        for entry in load_lists()[CODES[name]].in_force(day)
    ]


def agreed(checklists: Mapping[str, list[Question]] | None, name: str, day: date) -> list[Question]:
    """Give the questions of a checklist as a version has them; one from before versions had them asks what all have."""
    found = (checklists or {}).get(name)
    return common(name, day) if found is None else found


def questions(session: Session, agreement_id: UUID | None, name: str, day: date) -> list[Question]:
    """Give the questions of a checklist under a version; without one, what all have."""
    if agreement_id is None:
        return common(name, day)
    return agreed(session.scalar(select(Agreement.checklists).filter_by(id=agreement_id)), name, day)


def wording(question: Question, language: str) -> str:
    """Give a question in a language, or in the first of those in which the cell put it."""
    texts: dict[str, str] = question["texts"]
    return texts.get(language) or next(texts[each] for each in LANGUAGES if texts.get(each))


def in_words(listed: Iterable[Question], language: str) -> list[QuestionView]:
    """Give questions as their reader sees them."""
    return [
        QuestionView(
            code=each["code"],
            text=wording(each, language),
            texts=each["texts"] if each["code"] in OWN else None,
        )
        for each in listed
    ]


def left_out(checklists: Mapping[str, list[Question]], name: str) -> frozenset[str]:
    """Give what a checklist leaves out though every cell asks it; none where it has what all have."""
    found = checklists.get(name)
    return frozenset() if found is None else ALWAYS[name] - {each["code"] for each in found}
