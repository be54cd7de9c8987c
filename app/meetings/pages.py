"""Pages of the consultation before it sits: meetings, the agenda, inviting and answering (R18 to R37)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import commands as cases
from app.cases.opening import list_case
from app.constitution.cells import list_table
from app.constitution.commands import ListTable
from app.constitution.labels import choices, label
from app.directory.commands import ListPerson
from app.directory.mandates import list_person
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, format_moment, format_time, register_codes, to_translate
from app.kernel.work import Work
from app.meetings import agenda, answering, convening, inviting, planning
from app.meetings import commands as c
from app.meetings.inviting import FRENCH_COMMUNITY
from app.meetings.sitting import close_meeting, open_meeting
from app.meetings.views import AgendaEntry, InvitationItem, MeetingItem, MeetingView, Why
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.policy import POLICY, abilities
from app.rules.problems import not_found
from app.rules.roles import DESK, Role

router = APIRouter()
_ALL = "/meetings"
_ONE = _ALL + "/{meetingId}"

menu_line(5, "/invitations", to_translate("My invitations"), able(Action.INVITATION_LIST))
menu_line(20, _ALL, to_translate("Meetings"), able(Action.MEETING_LIST))
register_codes("hint", ["question", "groundCode", "groundReason", "urgencyReason", "chairId", "careRelation"])
register_codes("option.answer", ["accepted", "declined", "mustDecline"])
_BEFORE = frozenset({"draft", "convened"})
_SAT = frozenset({"inSession", "closed"})
_SHORTLY = timedelta(hours=2)


def meeting_address(meeting_id: object) -> str:
    """Give the address of a meeting's page."""
    return f"{_ALL}/{meeting_id}"


def item_address(agenda_item_id: object) -> str:
    """Give the address of an agenda item's page."""
    return f"/agenda-items/{agenda_item_id}"


def when(call: PageCall, meeting: Any) -> str:
    """Say when a meeting takes place."""
    return (
        f"{format_moment(call.language, meeting.starts_at)} – {format_time(call.language, meeting.ends_at)}"
    )


def people_of_cell(work: Work, roles: frozenset[Role] | None = None) -> list[tuple[str, str]]:
    """Give the members of the cell as choices, or those with one of *roles*."""
    names = {role.value for role in roles} if roles is not None else None
    return [
        (str(p.person_id), f"{p.name}, {p.agency_name}")
        for p in list_person(work, ListPerson()).items
        if names is None or names & set(p.roles or [])
    ]


def why(call: PageCall, each: Why) -> str:
    """Say in a sentence why the reader sees an item, and until when."""
    if each.standing == "file":
        return call.phrase("You see this because you keep the file of this municipality.")
    said = []
    if each.invited_by and each.invited_at:
        said.append(
            call.phrase(
                "%(name)s invited you on %(day)s.",
                name=each.invited_by,
                day=format_date(call.language, each.invited_at),
            )
        )
    else:
        said.append(call.phrase("You take part in this meeting."))
    if each.ground_list and each.ground_code:
        said.append(
            call.phrase(
                "Ground: %(ground)s.", ground=label(each.ground_list, each.ground_code, call.language)
            )
        )
    if each.visible_until:
        said.append(
            call.phrase(
                "You can see this until %(moment)s.", moment=format_moment(call.language, each.visible_until)
            )
        )
    return " ".join(said)


# Meetings ------------------------------------------------------------------------------------------------


def _list(call: PageCall, work: Work) -> Response:
    command = asked(call, c.ListMeeting)
    page = planning.list_meeting(work, command)
    return call.show(
        "meetings/meetings.html",
        call.phrase("Meetings"),
        call.phrase(
            "The meetings that concern you. You see what is on an agenda only where you are invited."
        ),
        rows=[(item, when(call, item)) for item in page.items],
        shown=command.when,
        following=page.next,
        tones=TONES,
        may_plan=work.actor.role in POLICY[Action.MEETING_PLAN].roles,
    )


page_get(router, _ALL, _list)


def _prepare_plan(call: PageCall, work: Work) -> Prepared:
    tables = [(str(t.table_id), t.name) for t in list_table(work, ListTable()).items]
    return Prepared(
        back=_ALL,
        options={
            "tableId": tables,
            "chairId": people_of_cell(work, DESK),
            "secretaryId": people_of_cell(work, frozenset({Role.SECRETARY, Role.COORDINATOR})),
        },
        values={"tableId": tables[0][0] if len(tables) == 1 else None},
        breadcrumb=[(call.phrase("Meetings"), _ALL)],
    )


page_form(
    router,
    FormRow(
        _ALL + "/new", c.PlanMeeting, Action.MEETING_PLAN, planning.plan_meeting, _prepare_plan,
        lambda _, view: meeting_address(view.meeting_id),
        title=to_translate("Plan a meeting"),
        purpose=to_translate("First the date and the place; then the agenda and the invitations."),
        submit=to_translate("Plan"),
    ),
)  # fmt: skip


def _read(call: PageCall, work: Work) -> Response:
    view = agenda.read_meeting(work, asked(call, c.ReadMeeting))
    desk = work.actor.role in DESK
    return call.show(
        "meetings/meeting.html",
        call.phrase("Meeting of %(day)s", day=format_date(call.language, view.starts_at)),
        call.phrase("livcr.purpose"),
        view=view,
        when=when(call, view),
        entries=[_entry(call, work, view, entry) for entry in view.items],
        desk=desk,
        keeps=desk or work.actor.role is Role.SECRETARY,
        before=view.state in _BEFORE,
        sat=view.state in _SAT,
        here=meeting_address(view.meeting_id),
        tones=TONES,
    )


def _entry(call: PageCall, work: Work, view: MeetingView, entry: AgendaEntry) -> dict[str, Any]:
    writes = entry.why.standing == "file" or work.actor.role is Role.SECRETARY
    return {
        "number": entry.position,
        "title": entry.subject_name or entry.reference,
        "href": item_address(entry.agenda_item_id),
        "meta": [entry.reference, call.phrase("%(count)s minutes", count=entry.minutes)],
        "body": entry.question,
        "why": why(call, entry.why),
        "state": (call.phrase(f"state.invitation.{entry.invitation_state}"), TONES[entry.invitation_state])
        if entry.invitation_state
        else None,
        "minutes": f"{meeting_address(view.meeting_id)}/minutes/{entry.agenda_item_id}"
        if writes and view.state in _SAT
        else "",
    }


page_get(router, _ONE, _read)


def _back(call: PageCall, _view: object = None) -> str:
    return meeting_address(call.id("meetingId"))


page_button(
    router, _ONE + "/convene", c.ConveneMeeting, Action.MEETING_CONVENE, convening.convene_meeting, _back
)
page_button(router, _ONE + "/open", c.OpenMeeting, Action.MEETING_OPEN, open_meeting, _back)
page_button(router, _ONE + "/close", c.CloseMeeting, Action.MEETING_CLOSE, close_meeting, _back)


def _prepare_item(call: PageCall, work: Work) -> Prepared:
    open_cases = list_case(work, cases.ListCase(pageSize=100)).items
    return Prepared(
        back=_back(call),
        options={
            "caseId": [
                (
                    str(item.case_id),
                    f"{item.reference} · {label('phenomena', item.phenomenon, call.language)}",
                )
                for item in open_cases
            ]
        },
        breadcrumb=[(call.phrase("Meetings"), _ALL), (call.phrase("Meeting"), _back(call))],
    )


page_form(
    router,
    FormRow(
        _ONE + "/items/new", c.AddAgendaItem, Action.AGENDA_ITEM_ADD, agenda.add_agenda_item, _prepare_item, _back,
        title=to_translate("Put a case on the agenda"),
        purpose=to_translate("Who is invited for this case sees the name and your question."),
        submit=to_translate("Put on the agenda"),
    ),
)  # fmt: skip


# Inviting ------------------------------------------------------------------------------------------------


def _prepare_invitation(call: PageCall, work: Work) -> Prepared:
    view = agenda.read_agenda_item(work, c.ReadAgendaItem(agendaItemId=call.id("agendaItemId")))
    require(view.abilities, Action.INVITATION_PREPARE)
    asked_already = {str(person.person_id) for person in view.people}
    grounds = [
        pair
        for name in ("groundsFlemish", "groundsFrenchCommunity", "groundsGeneral")
        for pair in choices(name, call.language, work.today)
    ]
    return Prepared(
        back=item_address(view.agenda_item_id),
        options={
            "personId": [pair for pair in people_of_cell(work) if pair[0] not in asked_already],
            "groundList": [
                (name, call.phrase(f"option.groundList.{name}"))
                for name in ("groundsFlemish", "groundsFrenchCommunity", "groundsGeneral")
            ],
            "groundCode": grounds,
        },
        intro=call.phrase(
            "Nothing is sent yet: the mayor sends the invitations when the meeting is convened. Without your choice the "
            "usual ground of the service is used."
        ),
        breadcrumb=[(view.reference, item_address(view.agenda_item_id))],
    )


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
        call.phrase("Say whether you come. Speaking at the meeting is a right, never a duty."),
        rows=[
            (
                item,
                when(call, item),
                label(item.ground_list, item.ground_code, call.language),
                _can_answer(work, item),
            )
            for item in page.items
        ],
        shown=command.when,
        following=page.next,
        tones=TONES,
        french=FRENCH_COMMUNITY,
    )


def _can_answer(work: Work, item: InvitationItem) -> bool:
    return (
        Action.INVITATION_ANSWER.value in item.abilities
        and work.actor.role in POLICY[Action.INVITATION_ANSWER].roles
    )


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
        intro=f"{item.reference or ''} {when(call, item)}, {item.place}".strip(),
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


@today_block(20, able(Action.MEETING_LIST))
def _agendas(call: PageCall, work: Work) -> Block:
    """Show the next meetings: to the desk those of the cell, to others their agendas and extracts."""
    desk = work.actor.role in DESK
    items = planning.list_meeting(work, c.ListMeeting(when="upcoming" if desk else "all", pageSize=5)).items
    return Block(
        call.phrase("Next meetings") if desk else call.phrase("My agendas"),
        [_pick(call, work, item) for item in items],
        link=(call.phrase("All meetings"), _ALL),
        empty=call.phrase("No meeting is planned.")
        if desk
        else call.phrase("No agenda is in your view now."),
    )


def _pick(call: PageCall, work: Work, item: MeetingItem) -> dict[str, Any]:
    over = item.state == "closed" and work.now > item.ends_at + _SHORTLY
    return {
        "title": when(call, item),
        "href": meeting_address(item.meeting_id) + ("/minutes" if over else ""),
        "note": item.place,
        "state": (call.phrase(f"state.meeting.{item.state}"), TONES[item.state]),
    }


def steps_at(work: Work, standing: str, state: str, *actions: Action) -> list[str]:
    """Give those of *actions* that this reader may do at an item, as the rules say of the record of a sitting."""
    keeps = standing == "file" or (standing == "attending" and work.actor.role is Role.SECRETARY)
    facts = work.facts(standing=Standing.ATTENDING if keeps else Standing.INVITED, state=state)
    return abilities(work.actor, facts, *actions)
