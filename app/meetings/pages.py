"""Pages of the consultation before it sits: meetings, the agenda, inviting and answering (R18 to R37)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import commands as cases
from app.cases.opening import list_case
from app.cases.pages import AGENDA_DAYS, agenda_days
from app.constitution.cells import list_table
from app.constitution.commands import ListTable
from app.constitution.labels import label
from app.constitution.views import TableView
from app.directory.choosing import people_of_cell
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form
from app.kernel.http.frames import TONES, Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, format_moment, format_time, register_codes, to_translate
from app.kernel.work import Work
from app.meetings import agenda, agenda_queries, planning, tabling
from app.meetings import commands as c
from app.meetings.composition import missing
from app.meetings.models import CASE_TABLE
from app.meetings.sitting import close_meeting, open_meeting
from app.meetings.standing import BEFORE, SAT
from app.meetings.views import AgendaChangeView, AgendaEntry, MeetingItem, MeetingView, PutOffItem
from app.meetings.wording import absent, facts_of, short_step, step_of, when, why
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.policy import abilities
from app.rules.roles import DESK, MAYORAL, Role

router = APIRouter()
_SHORTLY = timedelta(hours=2)
_ALL = "/meetings"
_ONE = _ALL + "/{meetingId}"

PLANNED_BESIDE: list[tuple[str, str, Action]] = []
"""Meetings that a room above plans in its own way: label, address, act."""

menu_line(20, _ALL, to_translate("Meetings"), able(Action.MEETING_LIST), "/agenda-items")
register_codes("hint", ["question", "chairId"])


def meeting_address(meeting_id: object) -> str:
    """Give the address of a meeting's page."""
    return f"{_ALL}/{meeting_id}"


def item_address(agenda_item_id: object) -> str:
    """Give the address of an agenda item's page."""
    return f"/agenda-items/{agenda_item_id}"


AFTERWARDS = "?reason=minutesAndCorrection"
"""Why the desk follows a link to what was said at a sitting that is over; the reason goes to the journal (R107)."""


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
        beside=[(call.phrase(text), href) for text, href, act in PLANNED_BESIDE if may(work.actor, act)],
    )


page_get(router, _ALL, _list)


def _prepare_plan(call: PageCall, work: Work) -> Prepared:
    tables = [each for each in list_table(work, ListTable()).items if each.kind == CASE_TABLE and each.agreed]
    return Prepared(
        back=_ALL,
        options={
            "tableId": [(str(each.table_id), each.name) for each in tables],
            "chairId": people_of_cell(work, DESK),
            "secretaryId": people_of_cell(work, frozenset({Role.SECRETARY, Role.COORDINATOR})),
        },
        values=proposed_by(work, tables),
        warning="" if tables else call.phrase(NO_TABLE),
        breadcrumb=[(call.phrase("Meetings"), _ALL)],
    )


NO_TABLE = to_translate("The agreement in force has no such table: no meeting can be planned without it.")


def proposed_by(work: Work, tables: list[TableView]) -> dict[str, Any]:
    """Give what the agreement proposes for the next meeting, where there is one table to choose: when, and who chairs."""
    if len(tables) != 1:
        return {}
    (table,) = tables
    return {
        "tableId": str(table.table_id),
        "startsAt": table.next_starts_at,
        "endsAt": table.next_ends_at,
        "chairId": _usual_chair(work, Role(table.chair or Role.COORDINATOR)),
    }


def _usual_chair(work: Work, chair: Role) -> str | None:
    """Give who has the function that chairs by the agreement (R13): who plans, or the one of the cell who has it."""
    if work.actor.role is chair:
        return str(work.actor.person_id)
    found = people_of_cell(work, frozenset({chair}))
    return found[0][0] if len(found) == 1 and chair in DESK else None


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
        facts=facts_of(call, view),
        entries=_entries(call, work, view),
        step=step_of(call, view),
        desk=desk,
        keeps=desk or work.actor.role is Role.SECRETARY,
        before=view.state in BEFORE,
        lacking=[call.phrase(f"constitutionMissing.{part.code}") for part in missing(work, view.cell_id)]
        if desk and view.state in BEFORE
        else [],
        # A desk that only has an item off this agenda has no part in its minutes.
        sat=view.state in SAT and bool(not desk or view.abilities or view.items),
        here=meeting_address(view.meeting_id),
        afterwards=AFTERWARDS if desk else "",
        changes=[_change(call, view, each) for each in view.changes or ()],
        put_off=[_put_off(call, each) for each in view.put_off or ()],
        blocks=_block_order(view),
        planned=sum(block.minutes for block in view.blocks or ()),
        by_mayor=work.actor.role in DESK - MAYORAL
        and view.state == "convened"
        and "meeting.move" not in view.abilities,
        may_table=may(work.actor, Action.MEETING_TABLE),
        tones=TONES,
    )


def _entries(call: PageCall, work: Work, view: MeetingView) -> list[dict[str, Any]]:
    """Give the items as the template shows them; those of one's own desk with their place among these, to move them."""
    shown = [_entry(call, work, view, entry) for entry in view.items or ()]
    movable = view.state in BEFORE and may(work.actor, Action.AGENDA_ITEM_ORDER)
    own = [each for each in shown if each["own"]] if movable else []
    for place, each in enumerate(own, 1):
        each["place"], each["last"] = place, place == len(own)
    return shown


def _change(call: PageCall, view: MeetingView, each: AgendaChangeView) -> str:
    """Say in a line what changed, of which item where it is of one in sight, when and by whom."""
    of = next((e.reference for e in view.items or () if e.agenda_item_id == each.agenda_item_id), "")
    of = of or next((e.reference for e in view.put_off or () if e.agenda_item_id == each.agenda_item_id), "")
    said = call.phrase(f"change.{each.kind}") + (f": {of}" if of else "")
    why = f" ({call.phrase(f'option.reason.{each.reason}')})" if each.reason else ""
    return f"{said}{why}. {format_moment(call.language, each.changed_at)}, {each.changed_by}"


def _put_off(call: PageCall, each: PutOffItem) -> dict[str, Any]:
    return {
        "href": item_address(each.agenda_item_id),
        "title": each.reference,
        "note": call.phrase(f"option.reason.{each.reason}") if each.reason else "",
        "state": (call.phrase(f"state.agendaItem.{each.state}"), TONES[each.state]),
    }


def _block_order(view: MeetingView) -> list[dict[str, Any]]:
    """Give the blocks of a joint cell, each with the order in which it would come one place earlier."""
    blocks = view.blocks or []
    ids = [str(block.municipality_id) for block in blocks]
    return [
        {
            "name": block.name,
            "minutes": block.minutes,
            "earlier": [*ids[: n - 1], ids[n], ids[n - 1], *ids[n + 1 :]] if n else [],
        }
        for n, block in enumerate(blocks)
    ]


def _entry(call: PageCall, work: Work, view: MeetingView, entry: AgendaEntry) -> dict[str, Any]:
    writes = entry.why.standing == "file" or work.actor.role is Role.SECRETARY
    return {
        "number": entry.position,
        "title": entry.subject_name or entry.reference,
        "href": item_address(entry.agenda_item_id)
        + (AFTERWARDS if entry.why.standing == "file" and view.state in SAT else ""),
        "meta": [
            format_time(call.language, entry.starts_at),
            call.phrase("%(count)s minutes", count=entry.minutes),
            entry.reference,
        ],
        "late": entry.late,
        "absent": absent(call, entry.core_absent),
        "written": entry.written,
        "own": entry.why.standing == "file",
        "place": 0,
        "order": f"{item_address(entry.agenda_item_id)}/order",
        "version": entry.version,
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


page_button(router, _ONE + "/open", c.OpenMeeting, Action.MEETING_OPEN, open_meeting, _back)
page_button(router, _ONE + "/close", c.CloseMeeting, Action.MEETING_CLOSE, close_meeting, _back)


AGENDA_DAYS[:] = [lambda work, case_ids: agenda_queries.coming_days(work.session, work.actor, case_ids)]


def _prepare_item(call: PageCall, work: Work) -> Prepared:
    open_cases = list_case(work, cases.ListCase(pageSize=100)).items
    days = agenda_days(work, [item.case_id for item in open_cases])
    return Prepared(
        back=_back(call),
        options={
            "caseId": [
                (
                    str(item.case_id),
                    f"{item.reference} · {label('phenomena', item.phenomenon, call.language)}"
                    + _elsewhere(call, days.get(item.case_id)),
                )
                for item in open_cases
            ]
        },
        breadcrumb=[(call.phrase("Meetings"), _ALL), (call.phrase("Meeting"), _back(call))],
    )


def _elsewhere(call: PageCall, day: datetime | None) -> str:
    """Say that a case is on an agenda already, where it is."""
    if day is None:
        return ""
    return " – " + call.phrase("on the agenda of %(day)s", day=format_date(call.language, day))


page_form(
    router,
    FormRow(
        _ONE + "/items/new", c.AddAgendaItem, Action.AGENDA_ITEM_ADD, tabling.add_agenda_item, _prepare_item,
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
        [_pick(call, work, item) for item in sorted(items, key=lambda item: item.starts_at)],
        link=(call.phrase("All meetings"), _ALL),
        empty=call.phrase("No meeting is planned.")
        if desk
        else call.phrase("No agenda is in your view now."),
    )


@today_block(19, able(Action.MINUTES_READ))
def _minutes_that_wait(call: PageCall, work: Work) -> Block:
    """Show the meetings that were held and whose minutes are not approved: to write, to remark on, to approve."""
    items = planning.list_meeting(work, c.ListMeeting(when="minutesWait", pageSize=5)).items
    writes = work.actor.role in DESK | {Role.SECRETARY}  # others read them once they are submitted
    return Block(
        call.phrase("Minutes that wait"),
        [
            {
                "title": when(call, item),
                "href": f"{meeting_address(item.meeting_id)}/minutes{AFTERWARDS if work.actor.role in DESK else ''}",
                "note": item.place,
                "state": (call.phrase(f"state.minutes.{item.minutes_state}"), TONES[item.minutes_state]),
            }
            for item in items
            if item.minutes_state is not None and (writes or item.minutes_state == "submitted")
        ],
        empty=call.phrase("No minutes wait."),
    )


def _pick(call: PageCall, work: Work, item: MeetingItem) -> dict[str, Any]:
    over = item.state == "closed" and work.now > item.ends_at + _SHORTLY
    return {
        "title": when(call, item),
        "href": meeting_address(item.meeting_id)
        + ("/minutes" + (AFTERWARDS if work.actor.role in DESK else "") if over else ""),
        "note": f"{item.place}. {short_step(call, item)}" if item.next_step else item.place,
        "state": (call.phrase(f"state.meeting.{item.state}"), TONES[item.state]),
    }


def steps_at(work: Work, standing: str, state: str, *actions: Action) -> list[str]:
    """Give those of *actions* that this reader may do at an item, as the rules say of the record of a sitting."""
    keeps = standing == "file" or (standing == "attending" and work.actor.role is Role.SECRETARY)
    facts = work.facts(
        standing=Standing.ATTENDING if keeps else Standing.INVITED, state=state, still_listed=True
    )
    return abilities(work.actor, facts, *actions)
