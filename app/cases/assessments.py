"""Weighing risk and protection side by side, and how that changed (R74, R75). Nothing is counted, nothing decides (R47)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from app.cases import assessment_queries, queries
from app.cases.assessment_commands import (
    FACTORS_MOST,
    Factor,
    OpenFactorAssessment,
    ReadAssessment,
    WriteAssessment,
)
from app.cases.assessment_models import Assessment
from app.cases.assessment_views import AssessmentList, AssessmentView, FactorView
from app.cases.sealing import open_in, seal_in
from app.cases.source_queries import names
from app.cases.sources import needs_reason, origins_admitted, source_of
from app.cases.standing import about_case, case_facts
from app.cases.statements import KEPT_FROM_MINUTES
from app.cases.views import DiscussionView
from app.constitution.agreements import settings_of
from app.constitution.codes import checked, codes
from app.kernel.clock import brussels_day
from app.kernel.i18n import register_codes
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.sealed import Sealed
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.audience import CATEGORY_OF_DOMAIN, CATEGORY_WITH_REASON, closed_by_default, repeats
from app.rules.facts import Facts, Standing
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.settings import setting

_TABLE = "assessment"
register_codes("error", ["withoutCategory", "repeatsClosed"])
_TEXTS = ("what", "speaksFor", "speaksAgainst", "missing")
_MARKS = ("category", "categoryReason", "contributorId", "origin", "statedOn")
_ORIGIN_OF_WRITER = "municipality"
"""Where a factor from before anybody was asked comes from: whoever wrote it works for the municipality."""


@operation(Action.ASSESSMENT_WRITE)
def write_assessment(work: Work, command: WriteAssessment) -> AssessmentList:
    """Write an assessment, which stays as it is until the case goes: what changes is written in the next one.

    Raises Problem: 404 and 403 as for the file; 409 where risk is weighed without anything that protects (R74), where an
    instrument was not in trained hands or the agreement has none noted (R75), without the confirmations that the law asks
    for, and where somebody else wrote one since this one was begun; 400 for a meeting that did not discuss the person.
    """
    case = queries.case_sheet(work.session, work.actor, command.case_id)
    row_id = new_id()
    before = assessment_queries.assessments(work.session, case.id) if case else []
    sides = {factor.side for factor in command.factors}
    sides |= {each["side"] for each in _last(work, before).values() if UUID(each["factorId"]) in command.kept}
    facts = case_facts(
        work,
        case,
        excluded=case and case.excluded,
        recording_basis=bool(case and case.recording_basis),
        balanced="protective" in sides or not sides,
        assessor_trained=not command.instruments
        or (_noted_here(work, case) and all(each.assessor_trained for each in command.instruments)),
        proportionate=command.relevant_and_proportionate,
        no_classified=command.nothing_classified,
        origin_admitted=origins_admitted(*command.factors),
        category_reason=all(each.category_reason or not needs_reason(each) for each in command.factors),
    )
    about = about_case(case, _TABLE, row_id)
    work.allow(Action.ASSESSMENT_WRITE, facts, about)
    case = there(queries.case(work.session, there(case).id, lock=True))  # two writers wait for each other
    _check(work, command, case.id)
    before = assessment_queries.assessments(work.session, case.id)
    if command.starts_from != (before[0].id if before else None):
        raise work.refuse(Action.ASSESSMENT_WRITE, Problem(Kind.CONFLICT), about, reason="writtenMeanwhile")
    factors = _factors(work, case, facts, command, before)
    _demand_closed_stays_closed(command, factors)
    body = {
        "factors": factors,
        "instruments": [each.model_dump(mode="json", by_alias=True) for each in command.instruments],
        "weighed": command.weighed,
    }
    work.session.add(
        Assessment(
            id=row_id,
            case_id=case.id,
            municipality_id=case.municipality_id,
            meeting_id=command.meeting_id,
            body=seal_in(work, case.id, _TABLE, "body", row_id, orjson.dumps(body).decode()),
            written_by=there(work.actor.person_id),
            written_at=work.now,
        )
    )
    work.session.flush()
    return _list(work, there(queries.case_sheet(work.session, work.actor, case.id)))


def _noted_here(work: Work, case: Any) -> bool:
    """Tell whether the agreement has the use of licensed instruments noted (R75)."""
    return case is not None and setting(settings_of(work.session, case.cell_id), "licensed_instruments") == 1


def _check(work: Work, command: WriteAssessment, case_id: UUID) -> None:
    for factor in command.factors:
        checked("lifeDomains", factor.life_domain, work.today, "lifeDomain")
    for each in command.instruments:
        checked("assessmentInstruments", each.instrument, work.today, "instrument")
        if each.used_on > work.today:
            raise invalid("usedOn", "in the future", kind="invalidPeriod")
    if command.meeting_id is not None and not queries.was_discussed(
        work.session, case_id, command.meeting_id
    ):
        raise invalid("meetingId", "did not discuss this person", kind="referencedResourceNotFound")


def _last(work: Work, rows: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """Give the factors of the latest of these assessments by their ids."""
    return {each["factorId"]: each for each in _body(work, rows[0])["factors"]} if rows else {}


def _factors(
    work: Work, case: Any, facts: Facts, command: WriteAssessment, before: Sequence[Any]
) -> list[dict[str, Any]]:
    """Give the factors as they are kept: those that were written, and those that go along unopened.

    Raises Problem 400 for none or too many, and for one to keep that the last assessment does not have, or that has no
    category yet (R51).
    """
    if not 0 < len(command.factors) + len(command.kept) <= FACTORS_MOST:
        raise invalid("factors", "error.missing", kind="requiredInput")
    known = {each["factorId"]: each for row in reversed(before) for each in _body(work, row)["factors"]}
    last, found = _last(work, before), []
    written = {factor.factor_id for factor in command.factors}
    for factor_id in command.kept:
        each = last.get(str(factor_id))
        if each is None or factor_id in written or each in found:
            raise invalid("kept", "no factor of the last assessment", kind="referencedResourceNotFound")
        if "category" not in each:
            raise invalid("kept", "error.withoutCategory", kind="requiredInput")
        found.append(each)
    return found + [
        _written(work, case, facts, each, known.get(str(each.factor_id))) for each in command.factors
    ]


def _written(
    work: Work, case: Any, facts: Facts, factor: Factor, before: dict[str, Any] | None
) -> dict[str, Any]:
    """Give one factor as it is kept: under its own id if this case has it from before, and with all its marks.

    A mark that is left out stays as it was; who brought it is not asked again, for they may have left since. Raises
    Problem 400 for a factor from before categories were asked for that still has none: it stays closed, never presumed (R51).
    """
    if before is not None and "category" not in before and factor.category is None:
        raise invalid("category", "error.missing", kind="requiredInput")
    said = factor.model_dump(mode="json", by_alias=True, exclude_none=True)
    if before is None:
        said["factorId"] = str(new_id())
    else:
        said = {name: before[name] for name in _MARKS if name in before} | said
    same = (
        before is not None and "agencyId" in before and said.get("contributorId") == before["contributorId"]
    )
    whole = Factor.model_validate(said | ({"contributorId": None} if same else {}))
    source = source_of(work, case, facts, whole, CATEGORY_OF_DOMAIN[factor.life_domain])
    said |= {"category": source.category, "origin": source.origin, "statedOn": source.stated_on.isoformat()}
    if before is not None and same:
        return said | {"agencyId": before["agencyId"]}
    return said | {"contributorId": str(source.contributor_id), "agencyId": str(source.agency_id)}


def _demand_closed_stays_closed(command: WriteAssessment, factors: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what is open to every reader of the file and repeats a factor that is closed to them (R52)."""
    closed = [each[name] for each in factors if closed_by_default(each["category"]) for name in _TEXTS]
    told = {"weighed": [command.weighed]} | {
        "instrumentConclusion": [each.instrument_conclusion for each in command.instruments]
    }
    for name, texts in told.items():
        if any(repeats(text, said) for text in texts for said in closed):
            raise invalid(name, "error.repeatsClosed")


@operation(Action.ASSESSMENT_READ)
def read_assessment(work: Work, command: ReadAssessment) -> AssessmentList:
    """Give every assessment of a case, latest first, for a reason of the pick-list, which goes to the journal (R107)."""
    case = queries.case_sheet(work.session, work.actor, command.case_id)
    known = command.reason in codes("accessReasons", work.today)
    facts = case_facts(work, case, excluded=case and case.excluded, access_reason=known)
    work.allow(
        Action.ASSESSMENT_READ,
        facts,
        about_case(case, _TABLE),
        reason=(command.reason or "") if known else "",
    )
    return _list(work, there(case))


def _list(work: Work, case: Any) -> AssessmentList:
    facts = case_facts(
        work,
        case,
        excluded=False,
        recording_basis=bool(case.recording_basis),
        balanced=True,
        assessor_trained=True,
        proportionate=True,
        no_classified=True,
        origin_admitted=True,
        category_reason=True,
    )
    return AssessmentList(
        href=f"{href('cases', case.id)}/assessments",
        abilities=abilities(work.actor, facts, Action.ASSESSMENT_WRITE),
        case_id=case.id,
        reference=case.reference,
        instruments_noted=_noted_here(work, case),
        discussions=[
            DiscussionView(meeting_id=meeting_id, discussed_on=day)
            for meeting_id, day in case.discussions or ()
        ],
        items=_views(work, assessment_queries.assessments(work.session, case.id)),
    )


@operation(Action.ASSESSMENT_OPEN_FACTOR)
def open_factor_assessment(work: Work, command: OpenFactorAssessment) -> FactorView:
    """Open one factor with its words; why somebody opens it, and the opening, go to the journal (R52, R107)."""
    row = assessment_queries.assessment(work.session, command.assessment_id)
    case = queries.case_sheet(work.session, work.actor, row.case_id) if row else None
    known = command.reason in codes("accessReasons", work.today)
    facts = case_facts(work, case, excluded=case and case.excluded, access_reason=known)
    wanted = str(command.factor_id)
    found = (
        next((each for each in _body(work, row)["factors"] if each["factorId"] == wanted), None)
        if row
        else None
    )
    if found is None:
        facts = work.facts(standing=Standing.NONE)
    about = about_case(case, _TABLE, row.id if row else None)
    work.allow(Action.ASSESSMENT_OPEN_FACTOR, facts, about, reason=command.reason if known else "")
    return _factor(row, there(found), _names_in(work, [(row, [found])]), closed=True, opened=True)


def _closed_texts(work: Work, case_id: UUID) -> Iterator[str]:
    """Give the words of every factor that is closed by default, for no minutes to repeat (R52, R66)."""
    bodies = [_body(work, row) for row in assessment_queries.assessments(work.session, case_id)]
    for body, shut in zip(bodies, _shut(bodies), strict=True):
        for each in body["factors"]:
            if each["factorId"] in shut:
                yield from (each[name] for name in _TEXTS)


KEPT_FROM_MINUTES.append(_closed_texts)


def _shut(bodies: Sequence[Mapping[str, Any]]) -> list[set[str]]:
    """Give, for each assessment, latest first, the factors that are closed in it.

    Whoever marks a factor sensitive says it of the same words in the assessments before: they close too (R52).
    """
    marked: set[str] = set()
    found = []
    for body in bodies:
        closed = {each["factorId"] for each in body["factors"] if closed_by_default(each.get("category"))}
        marked |= {each["factorId"] for each in body["factors"] if "category" in each} & closed
        found.append(closed | marked)
    return found


def _body(work: Work, row: Any) -> dict[str, Any]:
    text = open_in(work, row.case_id, _TABLE, "body", row.id, Sealed(row.body))
    body: dict[str, Any] = orjson.loads(text or "{}")
    return body


def _names_in(work: Work, said: Iterable[tuple[Any, Iterable[Any]]]) -> Mapping[UUID, str]:
    ids = {
        UUID(each[name])
        for _, factors in said
        for each in factors
        for name in ("contributorId", "agencyId")
        if name in each
    }
    return names(work.session, ids)


def _views(work: Work, rows: Sequence[Any]) -> list[AssessmentView]:
    bodies = [_body(work, row) for row in rows]
    named = _names_in(work, [(row, body["factors"]) for row, body in zip(rows, bodies, strict=True)])
    return [
        AssessmentView.model_validate(
            body
            | {
                "factors": [
                    _factor(row, each, named, closed=each["factorId"] in shut) for each in body["factors"]
                ],
                "assessmentId": row.id,
                "caseId": row.case_id,
                "meetingId": row.meeting_id,
                "discussedOn": row.discussed_on,
                "writtenAt": row.written_at,
                "writtenByName": row.written_by_name,
            }
        )
        for row, body, shut in zip(rows, bodies, _shut(bodies), strict=True)
    ]


def _factor(
    row: Any, said: Mapping[str, Any], named: Mapping[UUID, str], *, closed: bool, opened: bool = False
) -> FactorView:
    """Give one factor; a closed one without its words. One from before categories were asked for is closed (R51, R52)."""
    category = said.get("category")
    shut = {*_TEXTS, "categoryReason"} if closed and not opened else set()
    words = "\0".join(said[name] for name in _TEXTS)
    old = "agencyId" not in said
    return FactorView.model_validate(
        {name: value for name, value in said.items() if name not in shut | {"agencyId"}}
        | {
            "category": category or CATEGORY_WITH_REASON,
            "sensitive": closed,
            "origin": said.get("origin", _ORIGIN_OF_WRITER),
            "contributorName": row.written_by_name if old else named.get(UUID(said["contributorId"])),
            "agencyName": None if old else named.get(UUID(said["agencyId"])),
            "statedOn": said.get("statedOn") or brussels_day(row.written_at),
            "mark": hashlib.sha256(words.encode()).hexdigest(),
        }
    )
