"""What the consultation tells of a case: the meeting on whose agenda it stands, and a hand-over that is under way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from app.cases.telling import MEETINGS, TELLERS, Told, then
from app.cases.waiting import WAITERS, Waiting
from app.kernel.i18n import to_translate
from app.kernel.work import Work
from app.meetings import agenda_queries, hand_over_queries
from app.rules.actions import Action
from app.rules.facts import Facts
from app.rules.policy import abilities


def _agenda(work: Work, case: Any) -> Iterable[Told]:
    for starts in agenda_queries.coming_days(work.session, work.actor, [case.id]).values():
        yield then(starts, MEETINGS, to_translate("The person is on the agenda of a meeting."))


TELLERS.append(_agenda)


_HAND_OVER = {
    "proposed": to_translate(
        "A hand-over to %(town)s was proposed: the mayor, or the delegate where allowed, sends it."
    ),
    "sent": to_translate(
        "A hand-over to %(town)s waits there until %(day)s. If nobody accepts it, the case goes on here."
    ),
    "received": to_translate(
        "%(town)s accepted this file. Here it is shut for good, destroyed within the hour, and cannot be kept longer."
    ),
}


def _hand_over(work: Work, case_id: UUID, facts: Facts) -> Iterable[Waiting]:
    if not abilities(work.actor, facts, Action.HAND_OVER_LIST):
        return
    for row in hand_over_queries.of_case(work.session, case_id):
        town = hand_over_queries.municipality(work.session, row.to_municipality_id)
        names = town.names if town else {}
        name = names.get(work.actor.language) or next(iter(names.values()), "")
        yield Waiting(_HAND_OVER[row.state], {"town": name, "day": row.accept_until}, "handOver")


WAITERS.append(_hand_over)
