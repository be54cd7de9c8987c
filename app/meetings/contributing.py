"""The contribution round: a question to one invited person before the meeting, answered or not (R18, R24, R64).

Nobody has to answer, and having nothing to share is an answer; nothing is counted or held against anybody. What is
written is its writer's alone until somebody at the item opens it in the sitting: then it stands among the statements of
that item, with the conditions it was given under. It goes, unread, when its writer has no part any more, and with a
meeting that did not open it (decision 0035). Its text is sealed from the first under the place of the statement it
will be, so that opening moves it and reads nothing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.cases import queries as cases
from app.cases.sealing import open_in, seal_in
from app.cases.statements import FIRST_DAY
from app.constitution.codes import checked
from app.constitution.standing import cell_facts
from app.directory.notices import NoticeCode, leave_notice
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import contribution_queries, invitation_queries, sight_queries
from app.meetings.contribution_commands import (
    AnswerContributionRequest,
    ListContributionRequest,
    OpenContributionRequest,
    ReadContributionBoard,
    SendContributionRequest,
    WithdrawContributionRequest,
)
from app.meetings.contribution_views import (
    BoardEntry,
    ContributionBoard,
    ContributionRequestList,
    ContributionRequestView,
    OpenedView,
    OwnAnswer,
)
from app.meetings.models import Contribution, ContributionRequest
from app.meetings.standing import about_item, item_facts, item_standing, writing_standing
from app.rules.actions import Action
from app.rules.audience import CATEGORY_WITH_REASON, ORIGINS_KEPT_OUT
from app.rules.conditions import Condition
from app.rules.facts import Facts, Standing
from app.rules.legal import FRENCH_COMMUNITY
from app.rules.lifecycle import OPEN_CASE
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid

_INVITED = frozenset({"sent", "accepted"})
_SAID_YES = frozenset({"accepted", "attended"})
_THING = "contributionRequest"


@operation(Action.CONTRIBUTION_REQUEST_SEND)
def send_contribution_request(work: Work, command: SendContributionRequest) -> ContributionRequestView:
    """Ask one invited person a question on their item, and leave a notice.

    Raises Problem: 404 for an invitation that is not there; 409 before it was sent, after a refusal or a conflict declared,
    or when this person was asked already.
    """
    action, row_id = Action.CONTRIBUTION_REQUEST_SEND, new_id()
    invitation = invitation_queries.invitation(work.session, command.invitation_id)
    seat = sight_queries.seat(work.session, work.actor, invitation.agenda_item_id) if invitation else None
    about = about_item(seat.item if seat else None, _THING, row_id)
    recipients = str(invitation.person_id) if seat and invitation else ""
    work.allow(action, item_facts(work, seat), about, recipients=recipients)
    invitation, seat = there(invitation), there(seat)
    gone = invitation_queries.is_excluded(work.session, invitation.person_id, invitation.case_id)
    if invitation.state not in _INVITED or gone:
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R24"), about)
    row = ContributionRequest(
        id=row_id,
        invitation_id=invitation.id,
        agenda_item_id=invitation.agenda_item_id,
        case_id=invitation.case_id,
        municipality_id=invitation.municipality_id,
        person_id=invitation.person_id,
        question=seal_in(
            work, invitation.case_id, "contribution_request", "question", row_id, command.question
        ),
        state="asked",
        asked_at=work.now,
        asked_by=there(work.actor.person_id),
        version=1,
    )
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError:
        raise work.refuse(action, Problem(Kind.CONFLICT, rule="R64"), about, reason="askedAlready") from None
    case = there(cases.case(work.session, row.case_id))
    leave_notice(work, row.person_id, NoticeCode.CONTRIBUTION_ASKED, case.reference, row.municipality_id)
    return _view(work, row, seat, command.question)


def _facts(
    work: Work, row: ContributionRequest | None, seat: sight_queries.Seat | None, **known: Any
) -> Facts:
    """Give the Facts on a question to oneself; somebody else's is not there."""
    if row is None or seat is None or row.person_id != work.actor.person_id:
        return work.facts(standing=Standing.NONE)
    return item_facts(work, seat, own=True, **known)


def _record_facts(work: Work, seat: sight_queries.Seat | None) -> dict[str, Any]:
    """Give what is asked where something will stand in a file, as a statement does: a basis, and a case that is open.

    The state is the case's own once it is followed no longer.
    """
    case = cases.case_sheet(work.session, work.actor, seat.item.case_id) if seat else None
    known: dict[str, Any] = {"recording_basis": bool(case and case.recording_basis)}
    if case is not None and case.state not in OPEN_CASE:
        known["state"] = case.state
    return known


def _cares(seat: sight_queries.Seat | None) -> bool:
    """Tell whether a service of the French Community said that it cares for the person; another need not (R35)."""
    invitation = seat.invitation if seat else None
    return invitation is None or invitation.regime != FRENCH_COMMUNITY or invitation.state in _SAID_YES


def _own(work: Work, request_id: UUID) -> tuple[ContributionRequest | None, sight_queries.Seat | None]:
    row = contribution_queries.request(work.session, request_id)
    return row, sight_queries.seat(work.session, work.actor, row.agenda_item_id) if row else None


@operation(Action.CONTRIBUTION_REQUEST_LIST)
def list_contribution_request(work: Work, command: ListContributionRequest) -> ContributionRequestList:
    """Give the questions to oneself on items in sight, before their meeting and in it.

    To police without a valid clearance none (R10).
    """
    del command
    cleared = Condition.CLEARANCE_VALID.met(work.actor, work.facts())
    rows = contribution_queries.own_requests(work.session, work.actor, work.now) if cleared else []
    shown = []
    for row in rows:
        seat = sight_queries.seat(work.session, work.actor, row.agenda_item_id)
        if seat is not None and item_standing(work, seat) >= Standing.INVITED:
            shown.append((row, seat))
    work.allow(
        Action.CONTRIBUTION_REQUEST_LIST,
        cell_facts(work, work.actor.cell_id, own=True),
        [About(r.municipality_id, r.case_id, s.item.subject_id, _THING, r.id) for r, s in shown],
    )
    return ContributionRequestList(
        href=href("contributionRequests"),
        items=[
            _view(
                work,
                r,
                s,
                there(open_in(work, r.case_id, "contribution_request", "question", r.id, r.question)),
            )
            for r, s in shown
        ],
    )


def _view(
    work: Work, row: ContributionRequest, seat: sight_queries.Seat, question: str
) -> ContributionRequestView:
    facts = _facts(
        work, row, seat, proportionate=True, no_classified=True, origin_admitted=True, category_reason=True,
        care_relation=True, **_record_facts(work, seat),
    )  # fmt: skip
    offered = abilities(
        work.actor, facts, Action.CONTRIBUTION_REQUEST_ANSWER, Action.CONTRIBUTION_REQUEST_WITHDRAW
    )
    unfit = (
        Action.CONTRIBUTION_REQUEST_WITHDRAW if row.state == "asked" else Action.CONTRIBUTION_REQUEST_ANSWER
    )
    return ContributionRequestView(
        version=row.version,
        href=href("contributionRequests", row.id),
        contribution_request_id=row.id,
        agenda_item_id=row.agenda_item_id,
        meeting_id=seat.meeting.id,
        starts_at=seat.meeting.starts_at,
        reference=there(cases.case(work.session, row.case_id)).reference,
        question=question,
        state=row.state,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        meeting_state=seat.meeting.state,
        answer=_own_answer(work, row),
        abilities=[each for each in offered if each != unfit.value],
    )


def _own_answer(work: Work, row: ContributionRequest) -> OwnAnswer | None:
    """Give back to its writer what they wrote, as long as it waits to be opened."""
    if row.state != "answered" or row.person_id != work.actor.person_id:
        return None
    found = contribution_queries.own_contribution(work.session, row.id)
    if found is None:
        return None
    return OwnAnswer(
        category=found.category,
        origin=found.origin,
        kind=found.kind,
        audience=found.audience,
        stated_on=found.stated_on,
        text=there(open_in(work, row.case_id, "statement", "text", found.id, found.text)),
    )


@operation(Action.CONTRIBUTION_REQUEST_ANSWER)
def answer_contribution_request(work: Work, command: AnswerContributionRequest) -> ContributionRequestView:
    """Answer a question to oneself: with a contribution, or that one has nothing to share.

    Raises Problem: 404 for what is not one's own or not in sight; 409 once the meeting began, after an answer that was not
    taken back, without what the law asks a contribution to say, in a closed case, and to a service of the French
    Community before it said that it cares for the person (R35); 400 for faulty codes.
    """
    action = Action.CONTRIBUTION_REQUEST_ANSWER
    row, seat = _own(work, command.contribution_request_id)
    nothing = command.nothing_to_share
    cleared = seat is not None and cases.holds_clearance(
        work.session, there(work.actor.person_id), seat.meeting.cell_id, work.today
    )
    facts = _facts(
        work,
        row,
        seat,
        proportionate=nothing or command.relevant_and_proportionate,
        no_classified=nothing or command.nothing_classified,
        origin_admitted=nothing or command.origin not in ORIGINS_KEPT_OUT or cleared,
        category_reason=nothing or command.category != CATEGORY_WITH_REASON or bool(command.category_reason),
        care_relation=nothing or _cares(seat),
        **_record_facts(work, seat),
    )
    about = about_item(seat.item if row and seat else None, _THING, row.id if row else None)
    work.allow(action, facts, about)
    row, seat = there(row), there(seat)
    work.expect(row.version)
    if row.state != "asked":
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R64"), about)
    if not nothing:
        work.session.add(_contribution(work, row, command))
        work.session.flush()
    row.state = "nothingToShare" if nothing else "answered"
    row.answered_at, row.version = work.now, row.version + 1
    work.session.flush()
    question = there(open_in(work, row.case_id, "contribution_request", "question", row.id, row.question))
    return _view(work, row, seat, question)


def _contribution(work: Work, row: ContributionRequest, command: AnswerContributionRequest) -> Contribution:
    """Give the contribution, sealed under the place of the statement it will be. Raises Problem 400 for what is missing."""
    for name, said in (
        ("category", command.category),
        ("origin", command.origin),
        ("kind", command.kind),
        ("text", command.text),
    ):
        if said is None:
            raise invalid(name, "error.missing", kind="requiredInput")
    checked("originTags", there(command.origin), work.today, "origin")
    if command.reliability is not None:
        checked("reliabilityGrades", command.reliability, work.today, "reliability")
    stated_on = command.stated_on or work.today
    if stated_on > work.today:
        raise invalid("statedOn", "error.dayToCome", kind="invalidPeriod")
    if stated_on < FIRST_DAY:
        raise invalid("statedOn", "error.longAgo", kind="invalidPeriod")
    statement_id = new_id()
    reason = command.category_reason
    return Contribution(
        id=statement_id,
        request_id=row.id,
        agenda_item_id=row.agenda_item_id,
        case_id=row.case_id,
        municipality_id=row.municipality_id,
        person_id=row.person_id,
        category=there(command.category),
        origin=there(command.origin),
        kind=there(command.kind),
        reliability=command.reliability,
        audience=command.audience.value,
        stated_on=stated_on,
        text=seal_in(work, row.case_id, "statement", "text", statement_id, there(command.text)),
        category_reason=seal_in(work, row.case_id, "statement", "category_reason", statement_id, reason)
        if reason
        else None,
        given_at=work.now,
    )


@operation(Action.CONTRIBUTION_REQUEST_WITHDRAW)
def withdraw_contribution_request(
    work: Work, command: WithdrawContributionRequest
) -> ContributionRequestView:
    """Take back one's own answer, until the meeting begins: what was written is gone. Raises Problem 404, 409."""
    action = Action.CONTRIBUTION_REQUEST_WITHDRAW
    row, seat = _own(work, command.contribution_request_id)
    about = about_item(seat.item if row and seat else None, _THING, row.id if row else None)
    work.allow(action, _facts(work, row, seat), about)
    row, seat = there(row), there(seat)
    work.expect(row.version)
    if not contribution_queries.withdraw(work.session, row.id):
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R64"), about)
    work.session.refresh(row)
    question = there(open_in(work, row.case_id, "contribution_request", "question", row.id, row.question))
    return _view(work, row, seat, question)


@operation(Action.CONTRIBUTION_REQUEST_OPEN)
def open_contribution_request(work: Work, command: OpenContributionRequest) -> OpenedView:
    """Open in the sitting what was written for an item; from now on it stands there as statements, with their conditions.

    By who keeps its record: its own desk in the room, or the secretary (R4). Raises Problem 409 in a closed case.
    """
    action = Action.CONTRIBUTION_REQUEST_OPEN
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    work.allow(action, _opening_facts(work, seat), about_item(seat.item if seat else None))
    opened = contribution_queries.open_all(work.session, command.agenda_item_id)
    return OpenedView(agenda_item_id=command.agenda_item_id, opened=len(opened))


def _opening_facts(work: Work, seat: sight_queries.Seat | None) -> Facts:
    standing = writing_standing(work, seat)
    if standing is Standing.FILE and seat is not None and not seat.present:
        standing = Standing.INVITED  # who keeps the file opens it there, not at their desk
    return item_facts(work, seat, standing=standing, **_record_facts(work, seat))


@operation(Action.CONTRIBUTION_BOARD_READ)
def read_contribution_board(work: Work, command: ReadContributionBoard) -> ContributionBoard:
    """Give who was asked and who answered, never what: to the desk whose item it is. Nobody's silence is marked."""
    seat = sight_queries.seat(work.session, work.actor, command.agenda_item_id)
    work.allow(
        Action.CONTRIBUTION_BOARD_READ, item_facts(work, seat), about_item(seat.item if seat else None)
    )
    seat = there(seat)
    rows = contribution_queries.board(work.session, command.agenda_item_id)
    entries = [
        BoardEntry(
            invitation_id=invitation.id,
            person_id=person.id,
            person_name=person.name,
            invitation_state=invitation.state,
            state=asked.state if asked else None,
            asked_at=asked.asked_at if asked else None,
        )
        for invitation, person, asked in rows
    ]
    may_ask = Action.CONTRIBUTION_REQUEST_SEND.value in abilities(
        work.actor, item_facts(work, seat), Action.CONTRIBUTION_REQUEST_SEND
    )
    opening = Action.CONTRIBUTION_REQUEST_OPEN
    return ContributionBoard(
        href=href("agendaItems", seat.item.id) + "/contributionBoard",
        agenda_item_id=seat.item.id,
        meeting_state=seat.meeting.state,
        items=entries,
        may_ask=may_ask,
        may_open=opening.value in abilities(work.actor, _opening_facts(work, seat), opening),
    )
