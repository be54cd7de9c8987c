"""Keeping a file for more than a year: proposed, discussed in a meeting, decided with reasons, looked at yearly (R87 to R91).

That a meeting discussed it is said by the record of that meeting alone (`app.meetings.sitting`). The database grants and
reviews by functions of its own, which hold to the law whatever is asked of them (decision 0041).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.cases import extension_queries, queries
from app.cases.extension_commands import (
    DecideExtension,
    ListExtension,
    ProposeExtension,
    ReadExtension,
    ReviewExtension,
    WithdrawExtension,
)
from app.cases.extension_models import Extension, ExtensionReview
from app.cases.extension_views import (
    ExtensionSheet,
    ExtensionView,
    ReviewedView,
    WatchedExtension,
    WatchedExtensions,
)
from app.cases.models import Case
from app.cases.sealing import open_in, seal_in
from app.cases.standing import about_case, case_facts, counted_from
from app.cases.waiting import elsewhere
from app.constitution.agreements import settings_of
from app.constitution.codes import checked, codes
from app.constitution.standing import municipality_facts
from app.directory.office_queries import person_name
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.facts import NEVER, Facts, Standing
from app.rules.lifecycle import READABLE_CASE, target
from app.rules.policy import abilities
from app.rules.problems import Issue, Kind, Problem, asked_for, invalid
from app.rules.retention import EXTENSION_MOST_YEARS, case_due_on, kept_until, months_after, years_after
from app.rules.settings import setting

_TABLE, _REVIEWS = "extension", "extension_review"
GRANT = "grant"
_STEPS = (Action.EXTENSION_WITHDRAW, Action.EXTENSION_DECIDE, Action.EXTENSION_REVIEW)


def _term(work: Work, case: Case) -> dict[str, Any]:
    """Give the days that bound an extension: the end without one, and the last day of law (R87, R91)."""
    ordinary = case_due_on(counted_from(case), settings_of(work.session, case.cell_id))
    if case.extended_until is None:
        ordinary = min(ordinary, case.due_on)  # a decision to close can have brought the end nearer
    # Counted from a discussion: of a person whom nobody discussed here, nothing is kept longer.
    last = case.last_discussed_on
    return {
        "term_ends_on": ordinary,
        "extension_limit": years_after(last, EXTENSION_MOST_YEARS) if last else None,
    }


def _facts(work: Work, case: Case | None, row: Extension | None, **known: Any) -> Facts:
    """Give the Facts on one extension: those on its case, with the extension's own state."""
    if case is None or row is None or case.state not in READABLE_CASE:
        return work.facts(standing=Standing.NONE)
    return replace(case_facts(work, case, **_term(work, case), **known), state=row.state)


def _mended(facts: Facts) -> dict[Condition, list[Issue]]:
    """Say where in the form a refusal by the law of extensions is mended, with the days between which it has to end."""
    found = {Condition.PREVENTION_LINK: [asked_for("linkedToPrevention", "error.noLink")]}
    if facts.term_ends_on and facts.extension_limit and facts.today and facts.today < facts.term_ends_on:
        days = {"after": facts.term_ends_on, "most": facts.extension_limit}
        found[Condition.EXTENSION_LIMIT] = [asked_for("until", "error.untilWithin", **days)]
    return found


def _of_extension(work: Work, extension_id: Any) -> tuple[Case | None, Extension | None]:
    """Give an extension and its case, the case locked first: as the sweep does, so that neither waits for the other."""
    row = extension_queries.extension(work.session, extension_id)
    case = queries.case(work.session, row.case_id, lock=True) if row else None
    if row is not None:
        work.session.refresh(row)  # somebody may have decided on it while the case was waited for
    return case, row


@operation(Action.EXTENSION_PROPOSE)
def propose_extension(work: Work, command: ProposeExtension) -> ExtensionSheet:
    """Propose to keep a file longer; a meeting has to discuss it before anybody can decide (R87).

    Raises Problem: 404 for a case that is not there for the actor, 409 without an objective ground, for a day outside the
    five years, once the term is over or the file locked, 400 while another one waits.
    """
    case = queries.case(work.session, command.case_id, lock=True)
    row_id = new_id()
    facts = case_facts(
        work,
        case,
        objective_ground=command.ground in codes("extensionGrounds", work.today),
        extension_until=command.until,
        no_classified=command.nothing_classified,
        **(_term(work, case) if case else {}),
    )
    about = about_case(case, _TABLE, row_id)
    work.allow(Action.EXTENSION_PROPOSE, facts, about, reason=command.ground, at=_mended(facts))
    case = there(case)
    work.expect(case.version)
    if extension_queries.waiting(work.session, case.id) is not None:
        raise invalid("caseId", "an extension waits already")
    work.session.add(
        Extension(
            id=row_id,
            case_id=case.id,
            municipality_id=case.municipality_id,
            state="proposed",
            ground=checked("extensionGrounds", command.ground, work.today, "ground"),
            reasons=seal_in(work, case.id, _TABLE, "reasons", row_id, command.reasons),
            asked_until=command.until,
            proposed_by=work.actor.person_id,
            proposed_at=work.now,
            version=1,
        )
    )
    case.version += 1
    work.session.flush()
    return _sheet(work, case)


@operation(Action.EXTENSION_READ)
def read_extension(work: Work, command: ReadExtension) -> ExtensionSheet:
    """Give the extensions of one case with their reasons, also when the file is shut.

    To decide on one is what it may still be opened for (R90). Raises Problem 409 without a reason of the pick-list (R107).
    """
    case = queries.case(work.session, command.case_id)
    known = command.reason in codes("accessReasons", work.today)
    facts = case_facts(work, case, access_reason=known)
    reason = (command.reason or "") if known else ""
    work.allow(Action.EXTENSION_READ, facts, about_case(case, _TABLE), reason=reason)
    return _sheet(work, there(case))


@operation(Action.EXTENSION_LIST)
def list_extension(work: Work, command: ListExtension) -> WatchedExtensions:
    """List what waits and what holds in one's municipality, without reasons; one journal line for each."""
    del command
    facts = municipality_facts(work, work.actor.municipality_id, work.actor.cell_id)
    allowed = bool(abilities(work.actor, facts, Action.EXTENSION_LIST))
    rows = extension_queries.watched(work.session) if allowed else []
    work.allow(
        Action.EXTENSION_LIST,
        facts,
        [About(row.municipality_id, row.case_id, row.subject_id, _TABLE, row.id) for row in rows],
    )
    return WatchedExtensions(
        href=href("extensions"),
        items=[
            WatchedExtension(
                extension_id=row.id,
                **{
                    name: getattr(row, name)
                    for name in WatchedExtension.model_fields
                    if name != "extension_id"
                },
            )
            for row in rows
        ],
    )


@operation(Action.EXTENSION_WITHDRAW)
def withdraw_extension(work: Work, command: WithdrawExtension) -> ExtensionSheet:
    """Take back a proposal that nobody decided on. Raises Problem 404, 409 once it was decided on."""
    case, row = _of_extension(work, command.extension_id)
    about = about_case(case, _TABLE, row.id if row else None)
    work.allow(Action.EXTENSION_WITHDRAW, _facts(work, case, row), about)
    case, row = there(case), there(row)
    work.expect(case.version)
    row.state = target(Action.EXTENSION_WITHDRAW)
    row.version += 1
    case.version += 1
    work.session.flush()
    return _sheet(work, case)


@operation(Action.EXTENSION_DECIDE)
def decide_extension(work: Work, command: DecideExtension) -> ExtensionSheet:
    """Grant a discussed extension until a day, or refuse it; with reasons in writing (R87, R47).

    A grant carries the file to its end, or to the next review where that comes first. Raises Problem: 404 for one that is
    not there, 409 before a meeting discussed it, beyond the five years, once the year is over, and where the database
    refuses.
    """
    action = Action.EXTENSION_DECIDE
    case, row = _of_extension(work, command.extension_id)
    about = about_case(case, _TABLE, row.id if row else None)
    fixed = settings_of(work.session, case.cell_id) if case else {}
    grants = command.decision == GRANT
    facts = _facts(
        work,
        case,
        row,
        listing_by_delegate=setting(fixed, "listing_by_delegate") == 1,
        objective_ground=not grants
        or (row is not None and row.ground in codes("extensionGrounds", work.today)),
        linked_to_prevention=not grants or command.linked_to_prevention,
        extension_until=command.until,
        no_classified=command.nothing_classified,
    )
    if not grants:  # a refusal keeps nothing, so that no limit bounds it
        facts = replace(facts, extension_until=NEVER, extension_limit=NEVER)
    work.allow(action, facts, about, reason=command.decision, at=_mended(facts))
    case, row = there(case), there(row)
    work.expect(case.version)
    if grants == (command.until is None):
        raise invalid("until", "error.missing" if grants else "error.unexpected")
    said = seal_in(work, case.id, _TABLE, "decision", row.id, command.reasons)
    if not grants:
        row.state, row.decision = "refused", said
        row.decided_by, row.decided_at = work.actor.person_id, work.now
        row.version += 1
        case.version += 1
        work.session.flush()
        return _sheet(work, case)
    review = months_after(work.today, setting(fixed, "extension_review_months"))
    granted = {
        "until": there(command.until),
        "review": review,
        "lock": setting(fixed, "retention_lock_days"),
        "decision": said,
        "linked": command.linked_to_prevention,
    }
    if not extension_queries.decide(work.session, row.id, granted):
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R87"), about)
    work.session.expire_all()
    return _sheet(work, there(queries.case(work.session, case.id)))


@operation(Action.EXTENSION_REVIEW)
def review_extension(work: Work, command: ReviewExtension) -> ExtensionSheet:
    """Say that the reasons of an extension still hold, or that they do not (R89).

    They hold: the file goes on to the next review, or to the end decided. They do not: it is shut, and its data go after
    the days for which a file is shut, never later than they would have. Raises Problem 404; 409 once the data are due,
    and, to go on, once the extension's own day is past, the case is closed or its end was brought nearer.
    """
    action = Action.EXTENSION_REVIEW
    case, row = _of_extension(work, command.extension_id)
    about = about_case(case, _TABLE, row.id if row else None)
    fixed = settings_of(work.session, case.cell_id) if case else {}
    by_delegate = setting(fixed, "listing_by_delegate") == 1
    facts = _facts(work, case, row, listing_by_delegate=by_delegate, no_classified=command.nothing_classified)
    work.allow(action, facts, about, reason=command.outcome)
    case, row = there(case), there(row)
    work.expect(case.version)
    review_id = new_id()
    said: dict[str, Any] = {
        "review": review_id,
        "outcome": command.outcome,
        "reasons": seal_in(work, case.id, _REVIEWS, "reasons", review_id, command.reasons),
        "next": kept_until(work.today, there(row.until_on), fixed),
        "due": case_due_on(counted_from(case), fixed),
        "lock": setting(fixed, "retention_lock_days"),
    }
    if not extension_queries.review(work.session, row.id, said):
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R89"), about)
    work.session.expire_all()
    return _sheet(work, there(queries.case(work.session, case.id)))


def _sheet(work: Work, case: Case) -> ExtensionSheet:
    fixed = settings_of(work.session, case.cell_id)
    term = _term(work, case)
    looked_at = extension_queries.reviews(work.session, case.id)
    rows = extension_queries.of_case(work.session, case.id)
    may_propose = case_facts(
        work, case, **term, extension_until=term["extension_limit"], objective_ground=True, no_classified=True
    )
    waits = any(row.state in {"proposed", "discussed"} for row in rows)
    return ExtensionSheet(
        version=case.version,
        href=href(f"cases/{case.id}/extensions"),
        abilities=[] if waits else abilities(work.actor, may_propose, Action.EXTENSION_PROPOSE),
        case_id=case.id,
        reference=case.reference,
        due_on=case.due_on,
        locks_on=case.locks_on,
        locked=case.locks_on <= work.today,
        term_ends_on=term["term_ends_on"],
        limit_on=term["extension_limit"],
        kept_until=case.extended_until,
        review_months=setting(fixed, "extension_review_months"),
        items=[
            _view(work, case, row, [each for each in looked_at if each.extension_id == row.id])
            for row in rows
        ],
        waits=elsewhere(work, case.id, may_propose),
    )


def _view(work: Work, case: Case, row: Extension, looked_at: list[ExtensionReview]) -> ExtensionView:
    facts = _facts(
        work,
        case,
        row,
        listing_by_delegate=setting(settings_of(work.session, case.cell_id), "listing_by_delegate") == 1,
        objective_ground=True,
        linked_to_prevention=True,
        extension_until=_term(work, case)["extension_limit"],
        no_classified=True,
    )
    return ExtensionView(
        version=row.version,
        extension_id=row.id,
        state=row.state,
        ground=row.ground,
        reasons=open_in(work, case.id, _TABLE, "reasons", row.id, row.reasons),
        asked_until=row.asked_until,
        proposed_by=person_name(work.session, row.proposed_by),
        proposed_at=row.proposed_at,
        meeting_id=row.meeting_id,
        discussed_on=row.discussed_on,
        decision=open_in(work, case.id, _TABLE, "decision", row.id, row.decision),
        decided_by=person_name(work.session, row.decided_by) if row.decided_by else None,
        decided_at=row.decided_at,
        linked_to_prevention=row.linked_to_prevention,
        until_on=row.until_on,
        reviews=[
            ReviewedView(
                outcome=each.outcome,
                reasons=open_in(work, case.id, _REVIEWS, "reasons", each.id, each.reasons),
                reviewed_by=person_name(work.session, each.reviewed_by),
                reviewed_at=each.reviewed_at,
            )
            for each in looked_at
        ],
        abilities=abilities(work.actor, facts, *_STEPS),
    )
