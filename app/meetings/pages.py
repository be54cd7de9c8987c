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
from app.constitution.labels import label
from app.directory.commands import ListPerson
from app.directory.mandates import list_person
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, format_moment, format_time, register_codes, to_translate
from app.kernel.work import Work
from app.meetings import agenda, convening, planning
from app.meetings import commands as c
from app.meetings.sitting import close_meeting, open_meeting
from app.meetings.views import AgendaEntry, MeetingItem, MeetingView, Why
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.policy import abilities
from app.rules.roles import DESK, Role

router = APIRouter()
_ALL = "/meetings"
_ONE = _ALL + "/{meetingId}"

menu_line(20, _ALL, to_translate("Meetings"), able(Action.MEETING_LIST))
register_codes("hint", ["question", "chairId"])
_BEFORE = frozenset({"draft", "convened"})
_SAT = frozenset({"inSession", "closed"})
_SHORTLY = timedelta(hours=2)


def meeting_address(meeting_id: object) -> str:
    """Give the address of a meeting's page."""
    return f"{_ALL}/{meeting_id}"


def item_address(agenda_item_id: object) -> str:
    """Give the address of an agenda item's page."""
    return f"/agenda-items/{agenda_item_id}"


AFTERWARDS = "?reason=minutesAndCorrection"
"""Why the desk follows a link to what was said at a sitting that is over; the reason goes to the journal (R107)."""


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
        afterwards=AFTERWARDS if work.actor.role in DESK else "",
        shown=command.when,
        following=page.next,
        tones=TONES,
        may_plan=may(work.actor, Action.MEETING_PLAN),
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
        entries=[_entry(call, work, view, entry) for entry in view.items or ()],
        desk=desk,
        keeps=desk or work.actor.role is Role.SECRETARY,
        before=view.state in _BEFORE,
        sat=view.state in _SAT,
        here=meeting_address(view.meeting_id),
        afterwards=AFTERWARDS if desk else "",
        tones=TONES,
    )


def _entry(call: PageCall, work: Work, view: MeetingView, entry: AgendaEntry) -> dict[str, Any]:
    writes = entry.why.standing == "file" or work.actor.role is Role.SECRETARY
    return {
        "number": entry.position,
        "title": entry.subject_name or entry.reference,
        "href": item_address(entry.agenda_item_id)
        + (AFTERWARDS if entry.why.standing == "file" and view.state in _SAT else ""),
        "meta": [entry.reference, call.phrase("%(count)s minutes", count=entry.minutes)],
        "body": entry.question or "",
        "why": why(call, entry.why),
        "state": (call.phrase(f"state.invitation.{entry.invitation_state}"), TONES[entry.invitation_state])
        if entry.invitation_state
        else None,
        "minutes": f"{meeting_address(view.meeting_id)}/minutes/{entry.agenda_item_id}"
        if writes and Action.MINUTES_DRAFT.value in view.abilities
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
        _ONE + "/items/new", c.AddAgendaItem, Action.AGENDA_ITEM_ADD, agenda.add_agenda_item, _prepare_item,
        lambda _, view: item_address(view.agenda_item_id),  # where invitations are prepared, which comes next
        title=to_translate("Put a case on the agenda"),
        purpose=to_translate("Who is invited for this case sees the name and your question."),
        submit=to_translate("Put on the agenda"),
    ),
)  # fmt: skip


# Today ---------------------------------------------------------------------------------------------------


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
        "href": meeting_address(item.meeting_id)
        + ("/minutes" + (AFTERWARDS if work.actor.role in DESK else "") if over else ""),
        "note": item.place,
        "state": (call.phrase(f"state.meeting.{item.state}"), TONES[item.state]),
    }


def steps_at(work: Work, standing: str, state: str, *actions: Action) -> list[str]:
    """Give those of *actions* that this reader may do at an item, as the rules say of the record of a sitting."""
    keeps = standing == "file" or (standing == "attending" and work.actor.role is Role.SECRETARY)
    facts = work.facts(standing=Standing.ATTENDING if keeps else Standing.INVITED, state=state)
    return abilities(work.actor, facts, *actions)
