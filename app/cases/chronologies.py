"""The chronology of a case: what happened, and what is to come, as a story (R107)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.cases import assessment_queries, extension_queries, queries, telling
from app.cases.discussion_queries import corrections
from app.cases.standing import about_case, case_facts
from app.cases.statements import statement_views
from app.cases.telling import TELLERS, Told
from app.cases.trajectories import trajectory_view
from app.constitution.codes import codes
from app.constitution.labels import label
from app.constitution.reference import load_lists
from app.kernel.i18n import format_date, format_days, translate
from app.kernel.operation import operation
from app.kernel.shapes import Command, Line, View
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Facts


class ReadChronology(Command):
    """Read what happened with a case, in order of time, for a stated reason (R107)."""

    case_id: UUID
    reason: Line | None = None


class EventView(View):
    """One thing that happened, or is to come, in a sentence of the reader's language."""

    on: date
    lane: str
    """`information`, `decisions`, `meetings` or `actions`."""
    sentence: str
    quote: str | None = None
    closed: bool | None = None
    """Words that are closed by default are opened on their own, in the file (R52)."""
    ahead: bool | None = None
    """It is still to come."""
    page: str | None = None


class ChronologyView(View):
    """A case as a story, the oldest event first."""

    case_id: UUID
    reference: str
    today: date
    items: list[EventView]


@operation(Action.CHRONOLOGY_READ)
def read_chronology(work: Work, command: ReadChronology) -> ChronologyView:
    """Tell a case in order of time. One line in the journal, as for opening the file; nothing more is shown than there.

    Raises Problem 409 without a reason of the pick-list, and once the file is shut.
    """
    case = queries.case_sheet(work.session, work.actor, command.case_id, whole=True)
    known = command.reason in codes("accessReasons", work.today)
    facts = case_facts(work, case, excluded=case and case.excluded, access_reason=known)
    work.allow(
        Action.CHRONOLOGY_READ, facts, about_case(case), reason=(command.reason or "") if known else ""
    )
    case = there(case)
    told = telling.in_order(_told(work, case, facts))
    return ChronologyView(
        case_id=case.id,
        reference=case.reference,
        today=work.today,
        items=[_view(work, each) for each in told],
    )


def _told(work: Work, case: Any, facts: Facts) -> list[Told]:
    """Give what is told, such that what falls on one day stands in the order in which it comes about."""
    found = queries.trajectory(work.session, case.id) if case.has_trajectory else None
    plan = trajectory_view(work, case, found) if found else None
    agreed = {row.id: row.created_at for row, _ in queries.actions_of(work.session, case.id)} if found else {}
    return [
        *(each for teller in TELLERS for each in teller(work, case)),
        *telling.of_the_list(case),
        *telling.of_meetings(case, corrections(work.session, case.id)),
        *telling.of_what_was_said(statement_views(work, queries.statements(work.session, case.id), facts)),
        *telling.of_documents(queries.attachments(work.session, case.id)),
        *telling.of_assessments(assessment_queries.assessments(work.session, case.id)),
        *telling.of_the_plan(plan, agreed, work.today),
        *telling.of_closure(case, queries.relistings(work.session, case.id)),
        *telling.of_extensions(
            extension_queries.of_case(work.session, case.id), extension_queries.reviews(work.session, case.id)
        ),
        *telling.of_what_comes(case, work.today),
    ]


def _view(work: Work, told: Told) -> EventView:
    language = work.actor.language
    words = {
        name: _in_words(language, name, value) for name, value in told.values.items() if value is not None
    }
    if "capacity" in words:
        words["name"] = f"{words['name']}, {words['capacity']}"
    return EventView(
        on=told.on,
        lane=told.lane,
        sentence=translate(language, told.says, **words),
        quote=told.quote,
        closed=told.closed or None,
        ahead=True if told.on > work.today else None,
        page=told.href,
    )


def _in_words(language: str, name: str, value: Any) -> str:
    """Put a value into words: a day, a code of the list that it is named after, or the name that it is."""
    if isinstance(value, list):
        return format_days(language, value)
    if isinstance(value, datetime | date):
        return format_date(language, value)
    if name == "capacity":
        return translate(language, f"role.{value}")
    if name == "dataCategories":
        entries = load_lists()[name].entries
        return next((each.labels.of(language) for each in entries if each.number == value), str(value))
    return label(name, value, language) if name in load_lists() else str(value)
