"""Weighing risk and protection side by side, and how that changed (R74, R75). Nothing is counted, nothing decides (R47)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from app.cases import assessment_queries, queries
from app.cases.assessment_commands import Factor, ReadAssessment, WriteAssessment
from app.cases.assessment_models import Assessment
from app.cases.assessment_views import AssessmentList, AssessmentView
from app.cases.sealing import open_in, seal_in
from app.cases.standing import about_case, case_facts
from app.cases.views import DiscussionView
from app.constitution.codes import checked, codes
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.sealed import Sealed
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid

_TABLE = "assessment"


@operation(Action.ASSESSMENT_WRITE)
def write_assessment(work: Work, command: WriteAssessment) -> AssessmentList:
    """Write an assessment, which stays as it is until the case goes: what changes is written in the next one.

    Raises Problem: 404 and 403 as for the file; 409 where risk is weighed without anything that protects (R74), where an
    instrument was not in trained hands (R75), without the confirmations that the law asks for, and where somebody else wrote
    one since this one was begun; 400 for a meeting that did not discuss the person.
    """
    case = queries.case_sheet(work.session, work.actor, command.case_id)
    row_id = new_id()
    sides = {factor.side for factor in command.factors}
    facts = case_facts(
        work,
        case,
        excluded=case and case.excluded,
        recording_basis=bool(case and case.recording_basis),
        balanced="protective" in sides,
        assessor_trained=all(each.assessor_trained for each in command.instruments),
        proportionate=command.relevant_and_proportionate,
        no_classified=command.nothing_classified,
    )
    about = about_case(case, _TABLE, row_id)
    work.allow(Action.ASSESSMENT_WRITE, facts, about)
    case = there(queries.case(work.session, there(case).id, lock=True))  # two writers wait for each other
    _check(work, command, case.id)
    before = assessment_queries.assessments(work.session, case.id)
    if command.starts_from != (before[0].id if before else None):
        raise work.refuse(Action.ASSESSMENT_WRITE, Problem(Kind.CONFLICT), about, reason="writtenMeanwhile")
    known = {each["factorId"] for row in before for each in _body(work, row)["factors"]}
    body = {
        "factors": [_kept(factor, known) for factor in command.factors],
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


def _kept(factor: Factor, known: set[str]) -> dict[str, str]:
    """Give a factor as it is kept: under its own id, if this case has it from before, else under a new one."""
    said: dict[str, str] = factor.model_dump(mode="json", by_alias=True)
    if said.get("factorId") not in known:
        said["factorId"] = str(new_id())
    return said


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
    )
    return AssessmentList(
        href=f"{href('cases', case.id)}/assessments",
        abilities=abilities(work.actor, facts, Action.ASSESSMENT_WRITE),
        case_id=case.id,
        reference=case.reference,
        discussions=[
            DiscussionView(meeting_id=meeting_id, discussed_on=day)
            for meeting_id, day in case.discussions or ()
        ],
        items=[_view(work, row) for row in assessment_queries.assessments(work.session, case.id)],
    )


def _body(work: Work, row: Any) -> dict[str, Any]:
    text = open_in(work, row.case_id, _TABLE, "body", row.id, Sealed(row.body))
    body: dict[str, Any] = orjson.loads(text or "{}")
    return body


def _view(work: Work, row: Any) -> AssessmentView:
    return AssessmentView.model_validate(
        _body(work, row)
        | {
            "assessmentId": row.id,
            "caseId": row.case_id,
            "meetingId": row.meeting_id,
            "discussedOn": row.discussed_on,
            "writtenAt": row.written_at,
            "writtenByName": row.written_by_name,
        }
    )
