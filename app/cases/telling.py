"""What happened with a case, told in plain sentences in order of time; rooms above tell their own part.

What a sentence says is a code with its values, so that every reader has it in their own language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from app.kernel.clock import brussels_day
from app.kernel.i18n import to_translate
from app.kernel.work import Work
from app.rules.retention import WARNING_DAYS

INFORMATION, DECISIONS, MEETINGS, ACTIONS = LANES = ("information", "decisions", "meetings", "actions")
"""Of which kind an event is: the lanes of the picture."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event. *says*: a message id; *values*: what it fills in; a day or a code of a list is put into words later."""

    on: date
    lane: str
    says: str
    values: dict[str, Any] = field(default_factory=dict)
    quote: str | None = None
    """Words that go with it, as far as this reader may see them without opening them on purpose (R52)."""
    closed: bool = False
    """There are words, and they are closed by default."""
    href: str | None = None
    """The page where one reads on, without the reason in its address."""
    at: datetime | None = None
    """The moment, where it is known: what falls on one day is told in this order."""


def then(at: datetime, lane: str, says: str, values: dict[str, Any] | None = None, **more: Any) -> Told:
    """Give an event of which the moment is known."""
    return Told(brussels_day(at), lane, says, values or {}, at=at, **more)


def in_order(events: Iterable[Told]) -> list[Told]:
    """Put events in order of time. On one day those with a moment stand in its order, the others where they were."""
    told = sorted(events, key=lambda each: each.on)
    for _, group in groupby(list(enumerate(told)), key=lambda each: each[1].on):
        known = [(place, each, each.at) for place, each in group if each.at is not None]
        for (place, _, _), (_, each, _) in zip(known, sorted(known, key=itemgetter(2)), strict=True):
            told[place] = each
    return told


Teller = Callable[[Work, Any], Iterable[Told]]
"""(work, the case as `queries.case_sheet` gives it) -> what a room above knows of it."""
TELLERS: list[Teller] = []


def of_the_list(case: Any) -> Iterable[Told]:
    """Tell by whose decision the person came on the list."""
    if case.listed_by_name:
        yield Told(
            case.listed_on,
            DECISIONS,
            to_translate("%(name)s put the person on the list."),
            {"name": case.listed_by_name},
        )
    else:
        yield Told(case.listed_on, DECISIONS, to_translate("The person was put on the list."))


def of_meetings(case: Any, corrections: Iterable[Any]) -> Iterable[Told]:
    """Tell the days of discussion, and what was corrected of them."""
    for meeting, day in _days(case):
        yield Told(
            day, MEETINGS, to_translate("A meeting discussed the person."), href=f"/meetings/{meeting}"
        )
    for row in corrections:
        yield then(
            row.proposed_at, DECISIONS, to_translate("It was proposed to correct a day of discussion.")
        )
        if row.decided_at is not None and row.state == "approved":
            says = to_translate("The correction of a day of discussion was approved.")
            yield then(row.decided_at, DECISIONS, says)
        elif row.decided_at is not None:
            yield then(
                row.decided_at, DECISIONS, to_translate("The correction of a day of discussion was refused.")
            )


def _days(case: Any) -> list[tuple[str, date]]:
    return [(str(meeting), date.fromisoformat(str(day))) for meeting, day in case.discussions or ()]


def of_what_was_said(statements: Iterable[Any]) -> Iterable[Told]:
    """Tell the statements: who, as what, for which service, of which category; a sensitive one stays closed (R52)."""
    for view in statements:
        values = {
            "name": view.contributor_name or "–",
            "capacity": view.contributor_role,
            "agency": view.agency_name or "–",
            "dataCategories": view.category,
        }
        says = (
            to_translate("%(name)s (%(agency)s) stated a fact: %(dataCategories)s.")
            if view.kind == "fact"
            else to_translate("%(name)s (%(agency)s) gave an assessment: %(dataCategories)s.")
        )
        gone = view.withdrawal_ground is not None
        shut = view.text is None and not gone
        yield Told(view.stated_on, INFORMATION, says, values, quote=view.text, closed=shut)
        if view.changed_at is not None:
            if gone:
                yield then(view.changed_at, INFORMATION, to_translate("A statement was withdrawn."))
            else:
                yield then(view.changed_at, INFORMATION, to_translate("A statement was corrected."))


def of_documents(rows: Iterable[Any]) -> Iterable[Told]:
    """Tell that a document was added or taken out; never what it is called."""
    for row in rows:
        yield then(row.added_at, INFORMATION, to_translate("A document was added to the file."))
        if row.removed_at is not None:
            yield then(row.removed_at, INFORMATION, to_translate("A document was taken out of the file."))


def of_assessments(rows: Iterable[Any]) -> Iterable[Told]:
    """Tell that risk and protection were weighed, by whom, and after which discussion."""
    for row in rows:
        values = {"name": row.written_by_name or "–", "day": row.discussed_on}
        yield then(
            row.written_at,
            INFORMATION,
            to_translate("%(name)s weighed risk and protection after the meeting of %(day)s.")
            if row.discussed_on
            else to_translate("%(name)s weighed risk and protection between two meetings."),
            values,
        )


def of_the_plan(trajectory: Any, agreed: Mapping[UUID, datetime], today: date) -> Iterable[Told]:
    """Tell the trajectory, and each action: when it was agreed, by when it is due, and what came of it or did not."""
    if trajectory is None:
        return
    yield Told(
        trajectory.started_on, DECISIONS, to_translate("A trajectory began; %(name)s follows it."),
        {"name": trajectory.case_manager_name or "–"},
    )  # fmt: skip
    for action in trajectory.actions:
        values = {"name": action.owner_name or "–", "lifeDomains": action.life_domain}
        yield then(
            agreed[action.action_id], ACTIONS, to_translate("It was agreed what %(name)s does: %(lifeDomains)s."),
            values, quote=action.text,
        )  # fmt: skip
        if action.state == "open":
            says = (
                to_translate("The last day for %(name)s: %(lifeDomains)s.")
                if action.due_on >= today
                else to_translate(
                    "The last day for %(name)s passed, and it is not done yet: %(lifeDomains)s."
                )
            )
            yield Told(action.due_on, ACTIONS, says, values)
        else:
            says = (
                to_translate("%(name)s did what was agreed: %(lifeDomains)s.")
                if action.state == "done"
                else to_translate("%(name)s did not do what was agreed: %(lifeDomains)s.")
            )
            yield Told(action.completed_on or action.due_on, ACTIONS, says, values, quote=action.outcome)


def of_closure(case: Any, relistings: Iterable[Any]) -> Iterable[Told]:
    """Tell what a meeting proposed on closing, the closure itself, and each one that was undone."""
    for row in relistings:
        if row.closed_on is not None:
            yield Told(
                row.closed_on, DECISIONS, to_translate("The case was closed: %(closureGrounds)s."),
                {"closureGrounds": row.closure_ground},
            )  # fmt: skip
        yield Told(
            row.listed_on, DECISIONS, to_translate("%(name)s put the person back on the list."),
            {"name": row.listed_by_name or "–"},
        )  # fmt: skip
    proposed = next((day for meeting, day in _days(case) if meeting == str(case.closure_meeting_id)), None)
    if proposed is not None and case.closure_ground:
        yield Told(
            proposed, MEETINGS, to_translate("It was proposed to close the case: %(closureGrounds)s."),
            {"closureGrounds": case.closure_ground}, href=f"/meetings/{case.closure_meeting_id}",
        )  # fmt: skip
    if case.closed_on is not None and case.state == "closed":
        yield Told(
            case.closed_on, DECISIONS, to_translate("The case was closed: %(closureGrounds)s."),
            {"closureGrounds": case.closure_ground},
        )  # fmt: skip


def of_extensions(rows: Iterable[Any], reviews: Iterable[Any]) -> Iterable[Told]:
    """Tell that the file was to be kept longer, what became of that, and each review of it; never why (R87, R89)."""
    for row in rows:
        yield then(
            row.proposed_at, DECISIONS,
            to_translate("It was proposed to keep the file until %(day)s: %(extensionGrounds)s."),
            {"day": row.asked_until, "extensionGrounds": row.ground},
        )  # fmt: skip
        if row.discussed_on is not None:
            yield Told(
                row.discussed_on, MEETINGS, to_translate("A meeting discussed keeping the file longer."),
                href=f"/meetings/{row.meeting_id}" if row.meeting_id else None,
            )  # fmt: skip
        if row.decided_at is not None and row.until_on is not None:
            yield then(
                row.decided_at, DECISIONS,
                to_translate("It was decided to keep the file, until %(day)s at most."), {"day": row.until_on},
            )  # fmt: skip
        elif row.decided_at is not None:
            yield then(row.decided_at, DECISIONS, to_translate("It was decided not to keep the file longer."))
    for each in reviews:
        says = (
            to_translate("Keeping the file longer was looked at anew: the reasons still hold.")
            if each.outcome == "goesOn"
            else to_translate("Keeping the file longer was looked at anew: the reasons no longer hold.")
        )
        yield then(each.reviewed_at, DECISIONS, says)


def of_what_comes(case: Any, today: date) -> Iterable[Told]:
    """Tell the review, the warnings, the day on which the file shuts and the day on which it is destroyed (R76, R90)."""
    if case.review_on is not None and case.state != "closed":
        yield Told(case.review_on, MEETINGS, to_translate("The next review is due."))
    days = sorted(case.due_on - timedelta(days=before) for before in WARNING_DAYS)
    warned = [day for day in days if day > today]
    if warned:
        says = (
            to_translate("Warnings go out on %(days)s.")
            if len(warned) > 1
            else to_translate("A warning goes out.")
        )
        yield Told(warned[0], DECISIONS, says, {"days": warned})
    yield Told(case.locks_on, DECISIONS, to_translate("The file shuts; nobody opens it any more."))
    yield Told(case.due_on, DECISIONS, to_translate("The data are destroyed, at the latest on this day."))
