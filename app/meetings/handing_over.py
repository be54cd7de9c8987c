"""Moving house: a file goes to another municipality as a signal, never as a file (R39, R40, R84, R113; decision 0047).

What is sent is identity, indications and dates alone, nothing that others contributed, sealed under a key of the receiver's
at once. There it is a registration on which the mayor decides; here the case is destroyed once it was accepted, and not
before. Until then the receiver knows that there is something to accept, and nothing of it.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import orjson

from app.cases import queries as cases
from app.cases.closing import may_move
from app.cases.marking import mark_registration
from app.cases.models import Case
from app.cases.sealing import LISTED_UNDER, open_in, subject_of
from app.cases.standing import about_case, case_facts, case_standing, within_year
from app.constitution.agreements import settings_of
from app.constitution.standing import municipality_facts
from app.intake import queries as intake
from app.intake.registering import place, subject_json
from app.intake.standing import about_registration
from app.kernel.i18n import format_date, register_codes, translate
from app.kernel.ids import new_id, new_reference
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import hand_over_queries as queries
from app.meetings.hand_over_commands import (
    ListHandOver,
    ProposeHandOver,
    ReceiveHandOver,
    SendHandOver,
    WithdrawHandOver,
)
from app.meetings.hand_over_models import HandOver
from app.meetings.hand_over_views import HandOverList, HandOverView, OfferedView, ReceivedView
from app.meetings.transmissions import hand_over
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.lifecycle import target
from app.rules.policy import abilities
from app.rules.problems import Kind, Problem, invalid
from app.rules.retention import registration_due_on
from app.rules.settings import setting

GROUND, RECIPIENT = "municipalHandOver", "otherMunicipality"
register_codes("handOver", ["since", "discussed", "never"])


def hand_over_facts(work: Work, row: HandOver | None, case: Case | None, **known: Any) -> Facts:
    """Give Facts on a hand-over for who keeps the case; none where the database showed none."""
    if row is None or case is None:
        return work.facts(standing=Standing.NONE)
    standing = case_standing(work.session, work.actor, case)
    return work.facts(
        standing=standing,
        state=row.state,
        locks_on=case.locks_on,
        moved=may_move(work, case),
        within_year=within_year(work, case),
        **known,
    )


def _about(case: Case | None, row: HandOver | None) -> About:
    return about_case(case, "handOver", row.id if row else None)


@operation(Action.HAND_OVER_LIST)
def list_hand_over(work: Work, command: ListHandOver) -> HandOverList:
    """List the hand-overs of one's own municipality, and to mayor and delegate what others offer; one line each."""
    del command
    actor = work.actor
    rows = queries.own(work.session, actor)
    offers = queries.offered(work.session)
    here = actor.municipality_id or About().controller
    lines = [_about(case, row) for row, case in rows]
    lines += [About(here, object_type="handOver", object_id=each.id) for each in offers]
    work.allow(
        Action.HAND_OVER_LIST,
        municipality_facts(work, actor.municipality_id, actor.cell_id),
        lines or About(here, object_type="handOver"),
    )
    return HandOverList(
        href=href("handOvers"),
        items=[_view(work, row, case) for row, case in rows],
        offered=[_offered(work, each) for each in offers],
    )


@operation(Action.HAND_OVER_PROPOSE)
def propose_hand_over(work: Work, command: ProposeHandOver) -> HandOverView:
    """Propose to hand over a case of which closing is proposed because the person moved. Nothing is sent yet.

    Raises Problem 400 for one's own municipality or one that may not record, and where a hand-over is under way; 409 for
    a file that an extension alone keeps: that does not travel, so that nothing of it is left to hand over (R86, R87).
    """
    case = cases.case(work.session, command.case_id, lock=True)
    row_id = new_id()
    about = about_case(case, "handOver", row_id)
    in_term = case is not None and within_year(work, case)
    work.allow(
        Action.HAND_OVER_PROPOSE,
        case_facts(work, case, moved=may_move(work, case), within_year=in_term),
        about,
    )
    case = there(case)
    to = queries.municipality(work.session, command.municipality_id)
    if to is None or to.id == case.municipality_id or to.recording_basis is None:
        raise invalid(
            "municipalityId", "no other municipality that may record", kind="referencedResourceNotFound"
        )
    if queries.under_way(work.session, case.id):
        raise invalid("caseId", "a hand-over of this case is under way")
    row = HandOver(
        id=row_id,
        case_id=case.id,
        municipality_id=case.municipality_id,
        to_municipality_id=to.id,
        reference=new_reference(work.today.year).replace("C-", "H-", 1),
        state="proposed",
        proposed_by=there(work.actor.person_id),
        proposed_at=work.now,
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    return _view(work, row, case)


@operation(Action.HAND_OVER_SEND)
def send_hand_over(work: Work, command: SendHandOver) -> HandOverView:
    """Seal identity, indications and dates for the other municipality alone, and tell its mayor that there is a file.

    A line of the register of what left the house is written (R105). The case stays here until the other side accepts.
    """
    row = queries.hand_over(work.session, command.hand_over_id, lock=True)
    case = cases.case(work.session, row.case_id, lock=True) if row else None
    fixed = settings_of(work.session, case.cell_id) if case else {}
    to = queries.municipality(work.session, row.to_municipality_id) if row else None
    facts = hand_over_facts(
        work,
        row,
        case,
        listing_by_delegate=setting(fixed, "listing_by_delegate") == 1,
        receiver_may_record=to is not None and to.recording_basis is not None,
    )
    work.allow(Action.HAND_OVER_SEND, facts, _about(case, row), reason=GROUND, recipients=RECIPIENT)
    row, case, to = there(row), there(case), there(to)
    work.expect(row.version)
    package_id = new_id()
    subject, narrative = _package(work, case)
    theirs = work.installation.vault.within({to.id})  # from here on it opens there, and nowhere else
    theirs.new_file(package_id, to.id)
    row.package_id = package_id
    row.subject = theirs.seal(place(package_id, "subject"), subject)
    row.narrative = theirs.seal(place(package_id, "narrative"), narrative)
    row.state = target(Action.HAND_OVER_SEND)
    row.sent_by, row.sent_at = work.actor.person_id, work.now
    row.accept_until = work.today + timedelta(days=setting(fixed, "hand_over_days"))
    row.version += 1
    hand_over(
        work,
        case_id=case.id,
        municipality_id=case.municipality_id,
        ground=GROUND,
        recipients=[RECIPIENT],
        recipient_name=_name(to.names, work.actor.language),
        digest=hashlib.sha256(bytes(row.subject) + bytes(row.narrative)).digest(),
        object_type="handOver",
        object_id=row.id,
    )
    work.session.flush()
    queries.tell_receiver(work.session, row.id)
    return _view(work, row, case)


def _package(work: Work, case: Case) -> tuple[str, str]:
    """Give (identity, text): who it is, why they were put on the list, since when and when last discussed. No more."""
    language = work.actor.language
    name, born = subject_of(work, case)
    listed = queries.listing(work.session, case.id)
    why = open_in(work, case.id, LISTED_UNDER, "indications", case.id, listed.indications if listed else None)
    town = there(queries.municipality(work.session, case.municipality_id))
    since = format_date(language, case.listed_on)
    dates = translate(language, "handOver.since", name=_name(town.names, language), day=since)
    if discussed := case.last_discussed_on or case.counted_from:
        dates += " " + translate(language, "handOver.discussed", day=format_date(language, discussed))
    else:
        dates += " " + translate(language, "handOver.never")
    return subject_json(name or "", born), "\n\n".join(part for part in (why, dates) if part)


@operation(Action.HAND_OVER_WITHDRAW)
def withdraw_hand_over(work: Work, command: WithdrawHandOver) -> HandOverView:
    """Withdraw a hand-over that nobody accepted: the package is erased, its key at the next sweep, and the case goes on."""
    row = queries.hand_over(work.session, command.hand_over_id, lock=True)
    case = cases.case(work.session, row.case_id) if row else None
    work.allow(Action.HAND_OVER_WITHDRAW, hand_over_facts(work, row, case), _about(case, row))
    row, case = there(row), there(case)
    work.expect(row.version)
    row.state = target(Action.HAND_OVER_WITHDRAW)
    row.subject = row.narrative = None
    row.version += 1
    work.session.flush()
    return _view(work, row, case)


@operation(Action.HAND_OVER_RECEIVE)
def receive_hand_over(work: Work, command: ReceiveHandOver) -> ReceivedView:
    """Accept what is offered: it becomes a registration here, received today, on which the mayor still decides (R40).

    Its term is that of any registration and never beyond the year from the sender's last discussion. From this moment the
    sender's file is shut and due. Raises Problem: 404 for what is not offered here, 409 where the sender took it back.
    """
    actor = work.actor
    offer = next((each for each in queries.offered(work.session) if each.id == command.hand_over_id), None)
    town = queries.municipality(work.session, actor.municipality_id)
    here = actor.municipality_id or About().controller
    about = About(here, object_type="handOver", object_id=offer.id if offer else None)
    facts = work.facts(
        standing=Standing.PART if offer else Standing.NONE,
        state="sent" if offer else None,
        recording_basis=town is not None and town.recording_basis is not None,
    )
    work.allow(Action.HAND_OVER_RECEIVE, facts, about)
    fixed = settings_of(work.session, actor.cell_id)
    made = queries.receive(
        work.session,
        command.hand_over_id,
        new_reference(work.today.year).replace("C-", "A-", 1),
        new_id(),
        there(registration_due_on(work.today, None, "received", fixed)),
    )
    if made is None:
        raise work.refuse(Action.HAND_OVER_RECEIVE, Problem(Kind.ILLEGAL_TRANSITION, rule="R84"), about)
    row = there(intake.registration(work.session, made))
    work.allow(Action.HAND_OVER_RECEIVE, facts, about_registration(row), reason=GROUND)
    said = orjson.loads(work.vault.unseal(place(row.id, "subject"), there(row.subject)))
    born = date.fromisoformat(said["birthDate"]) if said["birthDate"] else None
    mark_registration(work, row.id, row.municipality_id, said["name"], born)
    work.session.flush()
    return ReceivedView(
        registration_id=row.id,
        href=href("registrations", row.id),
        reference=row.reference,
        due_on=there(row.due_on),
    )


def _name(names: dict[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()))


def _view(work: Work, row: HandOver, case: Case) -> HandOverView:
    to = there(queries.municipality(work.session, row.to_municipality_id))
    facts = hand_over_facts(work, row, case, listing_by_delegate=True, receiver_may_record=True)
    return HandOverView(
        version=row.version,
        href=href("handOvers", row.id),
        hand_over_id=row.id,
        case_id=case.id,
        case_reference=case.reference,
        reference=row.reference,
        state=row.state,
        to_municipality_id=to.id,
        to_name=_name(to.names, work.actor.language),
        proposed_at=row.proposed_at,
        sent_at=row.sent_at,
        accept_until=row.accept_until,
        abilities=abilities(work.actor, facts, Action.HAND_OVER_SEND, Action.HAND_OVER_WITHDRAW),
    )


def _offered(work: Work, offer: Any) -> OfferedView:
    town = there(queries.municipality(work.session, offer.municipality_id))
    facts = work.facts(standing=Standing.PART, state="sent", recording_basis=True)
    return OfferedView(
        hand_over_id=offer.id,
        reference=offer.reference,
        from_municipality_id=town.id,
        from_name=_name(town.names, work.actor.language),
        accept_until=offer.accept_until,
        abilities=abilities(work.actor, facts, Action.HAND_OVER_RECEIVE),
    )
