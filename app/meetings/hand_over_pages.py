"""Pages of hand-overs: proposing and sending one here, accepting one there; each says what will happen (R84)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import queries as cases
from app.cases.pages import ONE_CASE, about_file, opened_file
from app.cases.standing import within_year
from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, may, today_block
from app.kernel.http.pages import Elsewhere, PageCall, page_get
from app.kernel.i18n import format_date, to_translate
from app.kernel.work import Work
from app.meetings import hand_over_commands as c
from app.meetings import hand_over_queries, handing_over
from app.meetings.hand_over_views import HandOverList, HandOverView
from app.rules.actions import Action
from app.rules.problems import not_found

router = APIRouter()
_ALL = "/hand-overs"
_ONE = _ALL + "/{handOverId}"


def _listed(work: Work) -> HandOverList:
    return handing_over.list_hand_over(work, c.ListHandOver())


def _list(call: PageCall, work: Work) -> Response:
    view = _listed(work)
    return call.show(
        "meetings/hand_overs.html",
        call.phrase("Hand-overs to and from other municipalities"),
        call.phrase(
            "Somebody who moves is handed over as a signal: name, date of birth, why they were on the list, and the dates."
            " Nothing that others contributed."
        ),
        items=view.items,
        offered=view.offered,
        here=_ALL,
        tones=TONES,
        may_receive=may(work.actor, Action.HAND_OVER_RECEIVE),
    )


page_get(router, _ALL, _list)


def _by_extension_alone(call: PageCall) -> str:
    return call.phrase(
        "The year from the last discussion is over: this file is here by its extension alone. An extension does not travel, so"
        " nothing of it is left to hand over. Who needs to can bring a new signal there."
    )


def _prepare_proposal(call: PageCall, work: Work) -> Prepared:
    view = opened_file(call, work)
    case = cases.case(work.session, view.case_id)
    if case is not None and not within_year(work, case):
        return about_file(call, view, warning=_by_extension_alone(call), context={"nothing_to_fill_in": True})
    require(view.abilities, Action.HAND_OVER_PROPOSE)
    if hand_over_queries.under_way(work.session, view.case_id):
        raise Elsewhere(_ALL)
    towns = hand_over_queries.others(work.session, view.municipality_id)
    options = [
        (str(each.id), each.names.get(call.language) or next(iter(each.names.values()))) for each in towns
    ]
    return about_file(call, view, options={"municipalityId": sorted(options, key=lambda each: each[1])})


page_form(
    router,
    FormRow(
        ONE_CASE + "/hand-over", c.ProposeHandOver, Action.HAND_OVER_PROPOSE, handing_over.propose_hand_over,
        _prepare_proposal, lambda *_: _ALL,
        title=to_translate("Hand over to another municipality"),
        purpose=to_translate(
            "For somebody who moved. Nothing is sent yet: the mayor, or the delegate where the agreement allows it, sends."
        ),
        submit=to_translate("Propose"),
    ),
)  # fmt: skip


def _prepare_sending(call: PageCall, work: Work) -> Prepared:
    row = next((each for each in _listed(work).items if each.hand_over_id == call.id("handOverId")), None)
    if row is None:
        raise not_found()
    case = cases.case(work.session, row.case_id)
    if case is not None and not within_year(work, case):
        return Prepared(
            back=_ALL, warning=_by_extension_alone(call), context={"nothing_to_fill_in": True},
            breadcrumb=[(call.phrase("Hand-overs"), _ALL), (row.reference, _ALL)],
        )  # fmt: skip
    require(row.abilities, Action.HAND_OVER_SEND)
    said = [
        call.phrase("Case %(reference)s goes to %(name)s.", reference=row.case_reference, name=row.to_name),
        call.phrase("Sent are name, date of birth, the indications on which the person was listed, and the dates; nothing else."),
        call.phrase("Until it is accepted, they learn only that you have a file for them; you can withdraw it."),
        call.phrase("Once accepted, the file here is shut at once and destroyed the same day. If nobody accepts in time, what was"
                    " sent is erased and the case goes on here."),
    ]  # fmt: skip
    return Prepared(
        back=_ALL,
        version=row.version,
        intro=" ".join(said),
        breadcrumb=[(call.phrase("Hand-overs"), _ALL), (row.reference, _ALL)],
    )


page_form(
    router,
    FormRow(
        _ONE + "/send", c.SendHandOver, Action.HAND_OVER_SEND, handing_over.send_hand_over, _prepare_sending,
        lambda *_: _ALL,
        title=to_translate("Send a file to another municipality"),
        purpose=to_translate("It is sealed for them alone, and noted among what left the house."),
        submit=to_translate("Seal and send"),
    ),
)  # fmt: skip


def _prepare_receiving(call: PageCall, work: Work) -> Prepared:
    offer = next((each for each in _listed(work).offered if each.hand_over_id == call.id("handOverId")), None)
    if offer is None:
        raise not_found()
    require(offer.abilities, Action.HAND_OVER_RECEIVE)
    said = [
        call.phrase(
            "%(name)s offers it until %(day)s.", name=offer.from_name, day=format_date(call.language, offer.accept_until)
        ),
        call.phrase("Once you accept, it is a registration here, like any other: you screen it, and decide whether the person is"
                    " put on the list."),
        call.phrase("Its data end at the latest a year after the last discussion over there; only a discussion here starts that"
                    " year anew. The file over there is destroyed."),
    ]  # fmt: skip
    return Prepared(
        back=_ALL,
        intro=" ".join(said),
        breadcrumb=[(call.phrase("Hand-overs"), _ALL), (offer.reference, _ALL)],
    )


page_form(
    router,
    FormRow(
        _ONE + "/receive", c.ReceiveHandOver, Action.HAND_OVER_RECEIVE, handing_over.receive_hand_over,
        _prepare_receiving, lambda _, view: f"/registrations/{view.registration_id}",
        title=to_translate("Accept a file from another municipality"),
        purpose=to_translate("You read what it holds after you have accepted it."),
        submit=to_translate("Accept"),
    ),
)  # fmt: skip

page_button(
    router, _ONE + "/withdraw", c.WithdrawHandOver, Action.HAND_OVER_WITHDRAW, handing_over.withdraw_hand_over,
    lambda *_: _ALL,
)  # fmt: skip


@today_block(6, able(Action.HAND_OVER_LIST))
def _waiting(call: PageCall, work: Work) -> Block | None:
    """Show what waits: a file offered, a proposal to send, one that was sent and not accepted yet."""
    view = _listed(work)
    items: list[dict[str, object]] = [
        {
            "title": each.reference,
            "href": f"{_ALL}/{each.hand_over_id}/receive",
            "note": call.phrase(
                "%(name)s offers it until %(day)s.",
                name=each.from_name,
                day=format_date(call.language, each.accept_until),
            ),
            "state": (call.phrase("Accept or leave it"), "warning"),
        }
        for each in view.offered
    ]
    items += [_under_way(call, each) for each in view.items if each.state in hand_over_queries.UNDER_WAY]
    if not items:
        return None
    return Block(
        call.phrase("Hand-overs"),
        items,
        link=(call.phrase("All hand-overs"), _ALL),
        purpose=call.phrase("Files of people who move to or from another municipality."),
    )


def _under_way(call: PageCall, each: HandOverView) -> dict[str, object]:
    return {
        "title": each.case_reference,
        "href": _ALL,
        "note": call.phrase("to %(name)s", name=each.to_name),
        "state": (call.phrase(f"state.handOver.{each.state}"), TONES[each.state]),
    }
