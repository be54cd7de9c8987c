"""Who a file is about, where that was written down wrongly: corrected by the desk, what stood there before kept (R55).

The marks by which the person is found are made anew in the same transaction: from then on the file is found by the
corrected name, and no longer by the wrong one (ADR 0019). What was signed stays as it was signed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import orjson

from app.cases import queries, version_queries
from app.cases.commands import CorrectSubject, ListSubjectVersion
from app.cases.marking import mark_case
from app.cases.models import Case
from app.cases.sealing import open_in, seal_in, subject_of
from app.cases.standing import about_case, case_facts
from app.cases.version_models import SubjectVersion
from app.cases.views import SubjectVersionList, SubjectVersionView
from app.constitution.codes import codes
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.conditions import ADULT
from app.rules.facts import age_on
from app.rules.policy import abilities
from app.rules.problems import invalid
from app.rules.roles import Role

_TABLE = "subject_version"


@operation(Action.SUBJECT_CORRECT)
def correct_subject(work: Work, command: CorrectSubject) -> SubjectVersionList:
    """Correct name and date of birth of the person a file is about (If-Match of the case).

    The mayor is told by reference, since the list is theirs (R40). Raises Problem: 404 and 403 to who does not keep the
    file, 409 once it is locked and for a child under twelve by anybody but the mayor (R50), 400 for a day of birth to come
    and where nothing would change, 412 when somebody changed the case in the meantime.
    """
    known = command.reason in codes("accessReasons", work.today)
    case = queries.case(work.session, command.case_id, lock=True)
    born = command.birth_date
    facts = case_facts(
        work,
        case,
        access_reason=known,
        # Who is a child after the correction is one the mayor alone keeps on the list (R50).
        age_known=born is not None,
        age=age_on(born, work.today) if born and born <= work.today else None,
        presumed_adult=born is None,
        best_interest_note=True,
        exceptional_reasons=True,
    )
    if born is not None and born > work.today:
        facts = replace(facts, age=ADULT)  # refused below, with the field named
    about = about_case(case, "subject", case.subject_id if case else None)
    work.allow(Action.SUBJECT_CORRECT, facts, about, reason=command.reason if known else "")
    case = there(case)
    work.expect(case.version)
    if command.birth_date is not None and command.birth_date > work.today:
        raise invalid("birthDate", "error.dayToCome", kind="invalidPeriod")
    said = {
        "name": command.subject_name,
        "birthDate": command.birth_date.isoformat() if command.birth_date else None,
    }
    if (said["name"], said["birthDate"]) == subject_of(work, case):
        raise invalid("subjectName", "error.unchanged")
    version_id = new_id()
    work.session.add(
        SubjectVersion(
            id=version_id,
            case_id=case.id,
            municipality_id=case.municipality_id,
            version=case.version,
            subject=there(case.subject),
            replaced_by=there(work.actor.person_id),
            replaced_at=work.now,
            reason=seal_in(work, case.id, _TABLE, "reason", version_id, command.reason_text),
        )
    )
    work.session.flush()
    case.subject = seal_in(work, case.id, "case_file", "subject", case.id, orjson.dumps(said).decode())
    case.version += 1
    work.session.flush()
    mark_case(work, case, command.subject_name, command.birth_date)
    for person_id in queries.desk_of(work.session, case, work.today, {Role.MAYOR}):
        if person_id != work.actor.person_id:
            leave_notice(work, person_id, NoticeCode.IDENTITY_CORRECTED, case.reference, case.municipality_id)
    work.session.flush()
    return _list(work, case)


@operation(Action.SUBJECT_VERSION_LIST)
def list_subject_version(work: Work, command: ListSubjectVersion) -> SubjectVersionList:
    """Give who a file is about, and who it was said to be about before, to its desk (R55)."""
    known = command.reason in codes("accessReasons", work.today)
    case = queries.case(work.session, command.case_id)
    work.allow(
        Action.SUBJECT_VERSION_LIST,
        case_facts(work, case, access_reason=known),
        about_case(case, "subject", case.subject_id if case else None),
        reason=(command.reason or "") if known else "",
    )
    return _list(work, there(case))


def _list(work: Work, case: Case) -> SubjectVersionList:
    name, born = subject_of(work, case)
    return SubjectVersionList(
        version=case.version,
        href=href(f"cases/{case.id}/subject"),
        case_id=case.id,
        reference=case.reference,
        subject_name=name,
        birth_date=date.fromisoformat(born) if born else None,
        items=[
            _version(work, case, row, by) for row, by in version_queries.of_subject(work.session, case.id)
        ],
        abilities=abilities(
            work.actor, case_facts(work, case, access_reason=True, age=ADULT), Action.SUBJECT_CORRECT
        ),
    )


def _version(work: Work, case: Case, row: SubjectVersion, by: str) -> SubjectVersionView:
    # The same bytes as they were in the case, and so the same place.
    said: Any = orjson.loads(there(open_in(work, case.id, "case_file", "subject", case.id, row.subject)))
    return SubjectVersionView(
        number=row.version,
        subject_name=said["name"],
        birth_date=date.fromisoformat(said["birthDate"]) if said["birthDate"] else None,
        replaced_at=row.replaced_at,
        replaced_by_name=by,
        reason_text=there(open_in(work, case.id, _TABLE, "reason", row.id, row.reason)),
    )
