"""Finding a person again in one's own municipality: by keyed marks, for the desk alone (R42, R43, R107; ADR 0019).

What is found is what its reader could open now: nothing of another municipality, of a case they are excluded from,
of a file that is locked or ends, of a registration that the mayor did not receive yet. All else counts for nothing.
Each person found is a line in the processing log; what was asked for stands nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.cases.marking import Marks, Match, kept_marks, marks_of
from app.cases.standing import about_case, case_facts
from app.constitution.agreements import may_use_number
from app.constitution.codes import codes
from app.constitution.standing import municipality_facts
from app.intake import queries
from app.intake.commands import CompareRegistration, QuerySubject
from app.intake.registering import WITHDRAWN
from app.intake.standing import about_registration, registration_facts
from app.intake.views import SubjectMatch, SubjectMatches
from app.kernel.journal.store import About
from app.kernel.names.alike import Dates
from app.kernel.names.spelling import parts_of
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.vault import Shredded
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import NEVER
from app.rules.policy import Outcome, abilities, decide
from app.rules.problems import Kind, Problem, invalid

MOST: Final = 20
"""An answer holds no more; there is no next page."""
AN_HOUR: Final = 60
"""So often somebody may ask in an hour: more than any screening takes, too slow for going through a list of names."""
_TWO_PARTS: Final = 2


@operation(Action.SUBJECT_QUERY)
def query_subject(work: Work, command: QuerySubject) -> SubjectMatches:
    """Look for a person among the registrations and cases of one's own municipality.

    Raises Problem: 400 for too little to go on, 409 without a reason of the list or a ground for the number, 429
    after too many questions within the hour.
    """
    actor = work.actor
    known = command.reason in codes("accessReasons", work.today)
    usable = command.national_number is None or may_use_number(work.session, actor.cell_id)
    facts = municipality_facts(
        work, actor.municipality_id, actor.cell_id, access_reason=known, number_ground=usable
    )
    found: list[_Found] = []
    if actor.municipality_id is not None and abilities(actor, facts, Action.SUBJECT_QUERY):
        _demand_enough(command)
        _keep_pace(work)
        wanted = marks_of(
            work, actor.municipality_id, command.name, command.birth_date, command.national_number
        )
        found = _search(work, actor.municipality_id, wanted)
    nobody = About(actor.municipality_id or About().controller, object_type="subject")
    work.allow(
        Action.SUBJECT_QUERY,
        facts,
        [each.about for each in found[:MOST]] or nobody,
        reason=command.reason if known else "",
    )
    return _answer(href("subjects/query"), found)


@operation(Action.REGISTRATION_COMPARE)
def compare_registration(work: Work, command: CompareRegistration) -> SubjectMatches:
    """Look whether the person of a registration is known here already. One line for each person found, and its own."""
    row = queries.registration(work.session, command.registration_id)
    facts = registration_facts(work, row)
    found: list[_Found] = []
    if row is not None and abilities(work.actor, facts, Action.REGISTRATION_COMPARE):
        mark = queries.marks_of_registration(work.session, row.id)
        if mark is not None:
            found = _search(work, row.municipality_id, kept_marks(work, mark), but=row.id)
    work.allow(
        Action.REGISTRATION_COMPARE,
        facts,
        [about_registration(row), *(each.about for each in found[:MOST])],
    )
    return _answer(f"{href('registrations', there(row).id)}/duplicates", found)


def _demand_enough(command: QuerySubject) -> None:
    parts = [part for part in parts_of(command.name or "") if not part.initial]
    if command.national_number is None and not parts:
        raise invalid("name", "error.missing", kind="requiredInput")
    if command.national_number is None and len(parts) < _TWO_PARTS and command.birth_date is None:
        raise invalid("name", "error.tooLittleToFind")


def _keep_pace(work: Work) -> None:
    """Count a question. Raises Problem 429 for one too many within the hour."""
    begun = queries.count_question(work.session, there(work.actor.person_id), work.now, AN_HOUR)
    if begun is not None:
        wait = max(1, 3600 - int((work.now - begun).total_seconds()))
        raise work.refuse(
            Action.SUBJECT_QUERY,
            Problem(Kind.TOO_MANY_REQUESTS, rule="R107", retry_after=wait),
            About(work.actor.municipality_id or About().controller, object_type="subject"),
        )


# -- the search ---------------------------------------------------------------------------------------------------


class _Found:
    """One file that matches: its row, how it matched, what the birth dates say."""

    __slots__ = ("about", "dates", "match", "row")

    def __init__(self, row: Any, match: Match, dates: Dates) -> None:
        self.row, self.match, self.dates = row, match, dates
        self.about = about_case(row.case) if row.case else about_registration(row.registration)

    @property
    def rank(self) -> tuple[int, int, int]:
        return self.match, -self.dates, -self.since.toordinal()

    @property
    def since(self) -> date:
        day: date = self.row.case.listed_on if self.row.case else self.row.registration.received_on
        return day


def _search(work: Work, municipality_id: UUID, wanted: Marks, *, but: UUID | None = None) -> list[_Found]:
    """Give the files whose marks match, the surest first, of those that this actor could open."""
    rows = list(_within_reach(work, municipality_id, but))
    work.vault.prepare(row.mark.file_id for row in rows)
    found = []
    for row in rows:
        try:
            match = wanted.match(kept_marks(work, row.mark))
        except Shredded:  # its key is gone and its rows are on their way
            continue
        if match is not None:
            found.append(_Found(row, *match))
    return sorted(found, key=lambda each: each.rank)


def _within_reach(work: Work, municipality_id: UUID, but: UUID | None) -> Iterator[Any]:
    """Give the marked files that the rules would let this actor read now; nothing else is even compared."""
    for row in queries.marked_files(work.session, work.actor, municipality_id, but):
        if there(row.mark).case_id is not None:
            facts = case_facts(work, row.case, excluded=row.excluded, access_reason=True)
            action = Action.CASE_OPEN
        elif there(row.registration).state == WITHDRAWN:
            continue  # what it told is gone, and its marks go with the next sweep
        else:
            facts = registration_facts(work, row.registration, excluded=False, locks_on=NEVER)
            action = Action.REGISTRATION_READ
        if decide(work.actor, action, facts).outcome is Outcome.ALLOW:
            yield row


_SAID: Final = {Dates.SAME: "same", Dates.NEAR: "near"}


def _answer(address: str, found: list[_Found]) -> SubjectMatches:
    return SubjectMatches(
        href=address,
        items=[_view(each) for each in found[:MOST]],
        more=True if len(found) > MOST else None,
    )


def _view(each: _Found) -> SubjectMatch:
    case, registration = each.row.case, each.row.registration
    file = case or registration
    return SubjectMatch(
        kind="case" if case else "registration",
        case_id=case.id if case else None,
        registration_id=None if case else registration.id,
        href=href("cases" if case else "registrations", file.id),
        reference=file.reference,
        state=file.state,
        since=each.since,
        matched=each.match.code,
        birth_date=_SAID.get(each.dates),
    )
