"""What the consultation tells of a case in its chronology: the meeting on whose agenda it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.cases.telling import MEETINGS, TELLERS, Told, then
from app.kernel.i18n import to_translate
from app.kernel.work import Work
from app.meetings import agenda_queries


def _agenda(work: Work, case: Any) -> Iterable[Told]:
    for starts in agenda_queries.coming_days(work.session, work.actor, [case.id]).values():
        yield then(starts, MEETINGS, to_translate("The person is on the agenda of a meeting."))


TELLERS.append(_agenda)
