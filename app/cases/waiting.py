"""What waits for somebody in a case, said where the file is opened: after three months nobody remembers where it stood.

Rooms above tell their own part, as in the chronology.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.cases import extension_queries
from app.cases.views import CaseView, WaitView
from app.kernel.i18n import format_date, to_translate, translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.facts import Facts
from app.rules.policy import abilities

CLOSING, CLOSED = "closureProposed", "closed"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. *says*: a message id; *values*: what it fills in, days among them; *about*: what it is done with."""

    says: str
    values: dict[str, Any] = field(default_factory=dict)
    about: str | None = None
    """`extension` or `handOver`; None where it is done in the file."""


Waiter = Callable[[Work, UUID, Facts], Iterable[Waiting]]
"""(work, case id, how the reader stands to it) -> what waits in a room above, as far as the reader may read it there."""
WAITERS: list[Waiter] = []


def elsewhere(work: Work, case_id: UUID, facts: Facts) -> list[WaitView]:
    """Give what waits for a case in the rooms above."""
    return _in_words(work, (each for waiter in WAITERS for each in waiter(work, case_id, facts)))


def waiting(work: Work, view: CaseView, facts: Facts) -> list[WaitView]:
    """Give what waits in a file, the first to do first; of a closed one, nothing. Part of opening the file (R107)."""
    if view.state == CLOSED:
        return []
    own = [
        *_late_actions(work, view),
        *_undiscussed(view),
        *_review(work, view),
        *_closing(view),
        *_extensions(work, view, facts),
    ]
    return [*_in_words(work, own), *elsewhere(work, view.case_id, facts)]


def _in_words(work: Work, found: Iterable[Waiting]) -> list[WaitView]:
    language = work.actor.language
    said = []
    for each in found:
        values = {
            name: format_date(language, value) if isinstance(value, date) else value
            for name, value in each.values.items()
        }
        said.append(WaitView(text=translate(language, each.says, **values), about=each.about))
    return said


def _late_actions(work: Work, view: CaseView) -> Iterable[Waiting]:
    for action in view.trajectory.actions if view.trajectory else ():
        if action.state == "open" and action.due_on < work.today:
            yield Waiting(
                to_translate("An action of %(name)s should have been done by %(day)s."),
                {"name": action.owner_name or "–", "day": action.due_on},
            )


def _undiscussed(view: CaseView) -> Iterable[Waiting]:
    listed_on = view.relistings[-1].listed_on if view.relistings else view.listed_on
    if view.last_discussed_on is None or view.last_discussed_on < listed_on:
        yield Waiting(
            to_translate(
                "No meeting discussed this person since %(listed)s: without one, everything goes on %(day)s."
            ),
            {"listed": listed_on, "day": view.due_on},
        )


def _review(work: Work, view: CaseView) -> Iterable[Waiting]:
    if view.review_on is not None and view.review_on <= work.today and not view.closure_asked:
        yield Waiting(
            to_translate("A meeting was to look by %(day)s whether this case is still needed."),
            {"day": view.review_on},
        )


def _closing(view: CaseView) -> Iterable[Waiting]:
    if view.state == CLOSING:
        yield Waiting(
            to_translate(
                "Closing was proposed. The mayor decides, or the delegate where the agreement allows it."
            )
        )


def _extensions(work: Work, view: CaseView, facts: Facts) -> Iterable[Waiting]:
    if not abilities(work.actor, facts, Action.EXTENSION_READ):
        return
    if (row := extension_queries.waiting(work.session, view.case_id)) is not None:
        says = (
            to_translate("An extension was proposed: a meeting has to discuss it before %(day)s.")
            if row.discussed_on is None
            else to_translate("An extension was discussed: the mayor decides before the data go on %(end)s.")
        )
        yield Waiting(says, {"day": view.locks_on, "end": view.due_on}, "extension")
    elif extension_queries.holding(work.session, view.case_id) is not None:
        yield Waiting(
            to_translate("This file is kept by an extension: look at it anew, or it goes on %(day)s."),
            {"day": view.due_on},
            "extension",
        )
