"""The questions of the screening: answered in words by the desk, read by who decides, printed nowhere (R43, R47).

The agreement fixes the questions; a screening keeps those with which it began. The answers are sealed under the
registration's key. They go with it; at a listing they move into the file, along with what was reported (R40).
"""

from __future__ import annotations

import orjson

from app.constitution.checklists import wording
from app.intake import queries
from app.intake.commands import RecordScreeningAnswer
from app.intake.models import Registration
from app.intake.registering import asked_of, place, shown
from app.intake.standing import about_registration, registration_facts
from app.intake.views import RegistrationView
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import invalid


@operation(Action.SCREENING_ANSWER_RECORD)
def record_screening_answer(work: Work, command: RecordScreeningAnswer) -> RegistrationView:
    """Record the answers to the questions of the screening, all anew (If-Match).

    Raises Problem: 400 for a question that is not of its list, 404 and 403 to who does not keep the file, 409 outside the
    screening, 412 when somebody else changed the registration in the meantime.
    """
    row = queries.registration(work.session, command.registration_id, lock=True)
    work.allow(Action.SCREENING_ANSWER_RECORD, registration_facts(work, row), about_registration(row))
    row = there(row)
    work.expect(row.version)
    said = command.answers
    if odd := said.keys() - {each["code"] for each in asked_of(work, row)}:
        raise invalid(
            f"answers.{min(odd)}", "not a question of this screening", kind="referencedResourceNotFound"
        )
    row.answers = work.vault.seal(place(row.id, "answers"), orjson.dumps(said).decode()) if said else None
    row.answered_by, row.answered_at = work.actor.person_id, work.now
    row.version += 1
    return shown(work, row)


def answers_in_words(work: Work, row: Registration) -> str:
    """Give questions and answers as running text, for the file; empty where nothing was answered."""
    if row.answers is None:
        return ""
    said: dict[str, str] = orjson.loads(work.vault.unseal(place(row.id, "answers"), row.answers))
    return "\n\n".join(
        f"{wording(each, work.actor.language)}\n{said[each['code']]}"
        for each in asked_of(work, row)
        if each["code"] in said
    )
