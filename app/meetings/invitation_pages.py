"""Pages of inviting and answering (R22 to R37)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution.labels import choices, label
from app.directory.choosing import people_by_agency
from app.directory.commands import ListRepresentative
from app.directory.representatives import list_representative
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.work import Work
from app.meetings import agenda_items, answering, briefing, inviting
from app.meetings import commands as c
from app.meetings.inviting import FOR_A_CHILD, FRENCH_COMMUNITY
from app.meetings.pages import item_address
from app.meetings.views import InvitationItem
from app.meetings.wording import when
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import DESK

router = APIRouter()

menu_line(5, "/invitations", to_translate("My invitations"), able(Action.INVITATION_LIST), "/contributions")
register_codes(
    "hint",
    [
        "groundCode",
        "groundReason",
        "childReason",
        "urgencyReason",
        "careRelation",
        "handlerId",
        "answerInvitation.reason",
    ],
)
register_codes("option.answer", ["accepted", "declined", "mustDecline"])


# Inviting ------------------------------------------------------------------------------------------------


def _prepare_invitation(call: PageCall, work: Work) -> Prepared:
    wanted = c.ReadAgendaItem(agendaItemId=call.id("agendaItemId"), reason="meetingPreparation")
    view = agenda_items.read_agenda_item(work, wanted)
    require(view.abilities, Action.INVITATION_PREPARE)
    asked_already = {str(person.person_id) for person in view.people}
    grounds = [
        (code, text, call.phrase(f"option.groundList.{name}"))
        for name in inviting.GROUND_LISTS
        for code, text in choices(name, call.language, work.today)
    ]
    return Prepared(
        back=item_address(view.agenda_item_id),
        options={
            "personId": _invitable(call, work, asked_already, {str(each) for each in view.busy or ()}),
            "groundCode": grounds,
        },
        hidden={"groundList": ""} if view.child else {"groundList": "", "childReason": ""},
        intro=call.phrase(
            "The meeting is convened: the mayor or delegate sends this invitation on the page of the item. Without your "
            "choice the usual ground of the service is used."
        )
        if view.meeting_state == "convened"
        else call.phrase(
            "Nothing is sent yet: the mayor sends the invitations when the meeting is convened. Without your choice the "
            "usual ground of the service is used."
        ),
        breadcrumb=[(view.reference, item_address(view.agenda_item_id))],
    )


def _invitable(call: PageCall, work: Work, asked: set[str], busy: set[str]) -> list[tuple[str, str, str]]:
    """Give whom to invite: permanent representatives first, to who may know of them, then by service; with who is busy."""
    named: set[str] = set()
    if may(work.actor, Action.REPRESENTATIVE_LIST):
        rows = list_representative(work, ListRepresentative()).items
        named = {str(row.person_id) for row in rows if row.current}
    first: list[tuple[str, str, str]] = []
    found: list[tuple[str, str, str]] = []
    for agency, members in people_by_agency(work):
        for value, name in members:
            if value in asked:
                continue
            said = name
            if value in named:
                said = call.phrase("%(name)s (permanent representative)", name=f"{name}, {agency}")
            if value in busy:
                said = " – ".join((said, call.phrase("has another appointment in this system then")))
            (first if value in named else found).append((value, said, agency))
    return [*first, *found]


page_form(
    router,
    FormRow(
        "/agenda-items/{agendaItemId}/invite", c.PrepareInvitation, Action.INVITATION_PREPARE,
        inviting.prepare_invitation, _prepare_invitation, lambda call, _: item_address(call.id("agendaItemId")),
        title=to_translate("Prepare an invitation"),
        purpose=to_translate("Invite one person for one item, on a ground that the law gives."),
        submit=to_translate("Prepare"),
    ),
)  # fmt: skip
page_button(
    router, "/invitations/{invitationId}/send", c.SendInvitation, Action.INVITATION_SEND, inviting.send_invitation,
    lambda _, view: item_address(view.agenda_item_id),
)  # fmt: skip


# Answering -----------------------------------------------------------------------------------------------


def _invitations(call: PageCall, work: Work) -> Response:
    command = asked(call, c.ListInvitation)
    page = answering.list_invitation(work, command)
    return call.show(
        "meetings/invitations.html",
        call.phrase("My invitations"),
        call.phrase("Taking part is voluntary. Speaking at the meeting is a right, never a duty."),
        rows=[
            (
                item,
                when(call, item),
                label(item.ground_list, item.ground_code, call.language),
                _can_answer(work, item),
                _can_brief(work, item),
            )
            for item in page.items
        ],
        shown=command.when,
        following=page.next,
        tones=TONES,
        french=FRENCH_COMMUNITY,
        may_name=lambda name, item: name in item.abilities and may(work.actor, Action(name)),
    )


def _can_answer(work: Work, item: InvitationItem) -> bool:
    return Action.INVITATION_ANSWER.value in item.abilities and may(work.actor, Action.INVITATION_ANSWER)


def _can_brief(work: Work, item: InvitationItem) -> bool:
    return Action.BRIEFING_RECORD.value in item.abilities and may(work.actor, Action.BRIEFING_RECORD)


page_get(router, "/invitations", _invitations)


def _prepare_answer(call: PageCall, work: Work) -> Prepared:
    wanted = call.id("invitationId")
    page = answering.list_invitation(work, c.ListInvitation(when="all", pageSize=100))
    item = next((each for each in page.items if each.invitation_id == wanted), None)
    if item is None:
        raise not_found()
    require(item.abilities, Action.INVITATION_ANSWER)
    french = item.regime == FRENCH_COMMUNITY
    offered = ("accepted", "declined", "mustDecline") if french else ("accepted", "declined")
    return Prepared(
        back="/invitations",
        version=item.version,
        options={"answer": [(each, call.phrase(f"option.answer.{each}")) for each in offered]},
        values={"answer": call.request.query_params.get("answer", "")},
        hidden={"reason": ""} if french else {"careRelation": ""},
        intro=" · ".join(part for part in (item.reference, when(call, item), item.place) if part)
        + (f". {call.phrase(FOR_A_CHILD)}" if french else ""),
    )


page_form(
    router,
    FormRow(
        "/invitations/{invitationId}/answer", c.AnswerInvitation, Action.INVITATION_ANSWER,
        answering.answer_invitation, _prepare_answer, lambda *_: "/invitations",
        title=to_translate("Answer an invitation"),
        purpose=to_translate("You can change your answer until the meeting begins."),
        submit=to_translate("Send my answer"),
    ),
)  # fmt: skip


# Briefing a colleague ------------------------------------------------------------------------------------


def _prepare_briefing(call: PageCall, work: Work) -> Prepared:
    """Offer the colleagues who can be briefed; after the discussion only to who was there (R36)."""
    wanted = call.id("invitationId")
    page = briefing.list_briefing(work, c.ListBriefing(invitationId=wanted))
    moments = (briefing.BEFORE, "after") if page.was_present else (briefing.BEFORE,)
    said = [
        call.phrase("You recorded: %(name)s, %(day)s.", name=each.handler_name, day=format_date(call.language, each.briefed_on))
        for each in page.items
    ]  # fmt: skip
    return Prepared(
        back="/invitations",
        options={
            "handlerId": [(str(each.person_id), each.name) for each in page.colleagues],
            "moment": [(each, call.phrase(f"option.moment.{each}")) for each in moments],
        },
        values={"briefedOn": work.today, "moment": moments[-1]},
        intro=" ".join([f"{when(call, page)}, {page.place}.", *said]),
        warning=""
        if page.colleagues
        else call.phrase("No colleague of your service can be briefed: each has to confirm the duty of secrecy first."),
        context={"nothing_to_fill_in": not page.colleagues},
        breadcrumb=[(call.phrase("My invitations"), "/invitations")],
    )  # fmt: skip


page_form(
    router,
    FormRow(
        "/invitations/{invitationId}/briefing", c.RecordBriefing, Action.BRIEFING_RECORD,
        briefing.record_briefing, _prepare_briefing, lambda *_: "/invitations",
        title=to_translate("Record a briefing"),
        purpose=to_translate(
            "Only the date and the case are kept. Your colleague is bound by the same secrecy, and sees nothing here by it."
        ),
        submit=to_translate("Record"),
    ),
)  # fmt: skip


# Today ---------------------------------------------------------------------------------------------------


@today_block(5, able(Action.INVITATION_LIST))
def _invited(call: PageCall, work: Work) -> Block | None:
    """Show invitations that wait for an answer, then those that were answered."""
    items = answering.list_invitation(work, c.ListInvitation()).items
    if not items and work.actor.role in DESK:
        return None
    items = sorted(items, key=lambda item: item.state != "sent")
    return Block(
        call.phrase("My invitations"),
        [
            {
                "title": item.reference or call.phrase("Out of your view"),
                "href": f"/invitations#i-{item.invitation_id}",
                "note": f"{when(call, item)}, {item.place}",
                "state": (call.phrase(f"state.invitation.{item.state}"), TONES[item.state]),
            }
            for item in items
        ],
        link=(call.phrase("All my invitations"), "/invitations"),
        empty=call.phrase("You have no invitation now. When the mayor invites you, it appears here."),
    )
