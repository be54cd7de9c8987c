"""What never came as far as an act, and is refused at the door: a line of it all the same (R105).

A token that does not hold, a form that another site sent, an address that is none, input that no form knows. Whoever
reads the log sees that somebody tried. What is refused within an act has its line there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import Request

from app.directory import limiting
from app.directory.commands import RefuseRequest
from app.kernel.http.call import Call, address_of, is_loopback
from app.kernel.http.pages import PageCall
from app.kernel.http.problems import trace_of
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Installation, Work
from app.rules.actions import Action
from app.rules.facts import VISITOR, Actor
from app.rules.problems import Kind, Problem

_OURS: Final = 500
"""From this status on the fault is ours, and says nothing of who called."""


@operation(Action.REQUEST_REFUSE)
def refuse_request(work: Work, command: RefuseRequest) -> None:
    """Leave a line of a refusal at the door; not of each, where one address is refused again and again."""
    problem = Problem(Kind.BAD_REQUEST)
    if limiting.has_room_for_line(work):
        work.refuse(Action.REQUEST_REFUSE, problem, About(object_type="request"), reason=command.reason)
    raise problem


def note_refusal(request: Request, problem: Problem, door: str) -> None:
    """Note what was refused at a door, under whoever a session of theirs says they are."""
    if problem.logged or problem.kind.status >= _OURS or problem.kind is Kind.TOO_MANY_REQUESTS:
        return
    installation: Installation = request.app.state.installation
    reason = problem.why or problem.kind.code
    actor = _WHO[door](request)
    with installation.sessions() as session:
        unit = Work(
            installation, session, actor, channel=door, trace_id=trace_of(request),
            loopback=is_loopback(request), address=address_of(request),
        )  # fmt: skip
        try:
            refuse_request(unit, RefuseRequest(reason=reason))
        except Problem:
            unit.abandon()


def _by_token(request: Request) -> Actor:
    person_id = Call(request).recall()
    return Actor(person_id=person_id) if person_id else VISITOR


def _by_cookie(request: Request) -> Actor:
    call = PageCall(request, [])
    call.recall()
    return Actor(person_id=call.reader.actor.person_id) if call.reader else VISITOR


_WHO: dict[str, Callable[[Request], Actor]] = {"api": _by_token, "page": _by_cookie}
