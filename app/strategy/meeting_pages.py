"""Pages of the meetings of the strategic and tactical table: planning, agenda, notes, who is there (R6, R13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution.cells import create_table, list_table
from app.constitution.commands import CreateTable, ListTable
from app.constitution.labels import label
from app.constitution.pages import named
from app.directory.choosing import people_of_cell
from app.kernel.clock import brussels_day
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, Block, able, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, format_moment, format_time, register_codes, to_translate
from app.kernel.shapes import Command
from app.kernel.work import Work
from app.meetings.pages import NO_TABLE, PLANNED_BESIDE, proposed_by
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.retention import years_after
from app.rules.roles import DESK, Role
from app.strategy import commands as c
from app.strategy import planning, sitting, topics
from app.strategy.pages import ROOT, nobody, parts, topic_address, trail
from app.strategy.views import AgendaTopicView, PolicyMeetingView

router = APIRouter()
ALL = ROOT + "/meetings"
ONE = ALL + "/{policyMeetingId}"
_ITEM = ROOT + "/agenda-topics/{agendaTopicId}"
PLANNED_BESIDE.append((to_translate("Meetings on policy"), ALL, Action.POLICY_MEETING_LIST))
PLANNED_BESIDE.append((to_translate("Plan a meeting on policy"), ALL + "/new", Action.POLICY_MEETING_PLAN))


def meeting_address(policy_meeting_id: object) -> str:
    """Give the address of a meeting's page."""
    return f"{ALL}/{policy_meeting_id}"


def when(call: PageCall, meeting: Any) -> str:
    return (
        f"{format_moment(call.language, meeting.starts_at)} – {format_time(call.language, meeting.ends_at)}"
    )


def _pick(call: PageCall, item: Any) -> dict[str, Any]:
    return {
        "title": when(call, item),
        "href": meeting_address(item.policy_meeting_id),
        "note": f"{label('tableKinds', item.table_kind, call.language)} · {item.place}",
        "state": (call.phrase(f"state.policyMeeting.{item.state}"), TONES[item.state]),
    }


def _list(call: PageCall, work: Work) -> Response:
    command = asked(call, c.ListPolicyMeeting)
    page = planning.list_policy_meeting(work, command)
    return call.show(
        "strategy/meetings.html",
        call.phrase("Meetings on policy"),
        call.phrase(
            "The meetings of the strategic and the tactical table. They are about topics, never about persons."
        ),
        parts=parts(call, ALL),
        items=[_pick(call, item) for item in page.items],
        shown=command.when,
        following=page.next,
        here=ALL,
        may_make=Action.TABLE_CREATE.value in page.abilities and bool(_missing(work)),
        may_plan=Action.POLICY_MEETING_PLAN.value in page.abilities,
    )


page_get(router, ALL, _list)


def _missing(work: Work) -> list[str]:
    """Give the kinds of table on policy that the cell has none of: one of each is enough (R3)."""
    there = {table.kind for table in list_table(work, ListTable()).items}
    return sorted(planning.KINDS - there)


def _prepare_table(call: PageCall, work: Work) -> Prepared:
    require(
        planning.list_policy_meeting(work, c.ListPolicyMeeting(pageSize=1)).abilities, Action.TABLE_CREATE
    )
    kinds = [(kind, label("tableKinds", kind, call.language)) for kind in _missing(work)]
    return Prepared(
        back=ALL,
        hidden={"cellId": work.actor.cell_id},
        options={"kind": kinds},
        values={"kind": kinds[0][0], "name": kinds[0][1]} if kinds else {},
        breadcrumb=trail(call, (call.phrase("Meetings on policy"), ALL)),
    )


page_form(
    router,
    FormRow(
        ROOT + "/tables/new", CreateTable, Action.TABLE_CREATE, create_table, _prepare_table, lambda *_: ALL,
        title=to_translate("Add a strategic or tactical table"),
        purpose=to_translate("At the strategic table and at the tactical table topics are discussed, never persons."),
        submit=to_translate("Add the table"),
        hidden=["cellId"],
    ),
)  # fmt: skip
register_codes("field", ["createTable.kind"])


def _prepare_plan(call: PageCall, work: Work) -> Prepared:
    known = planning.list_policy_meeting(work, c.ListPolicyMeeting(pageSize=1)).abilities
    require(known, Action.POLICY_MEETING_PLAN)
    tables = [t for t in list_table(work, ListTable()).items if t.kind in planning.KINDS and t.agreed]
    return Prepared(
        back=ALL,
        options={
            "tableId": [
                (str(t.table_id), named(label("tableKinds", t.kind, call.language), t.name)) for t in tables
            ],
            "chairId": people_of_cell(work, DESK),
        },
        values=proposed_by(work, tables),
        warning="" if tables else call.phrase(NO_TABLE),
        breadcrumb=trail(call, (call.phrase("Meetings on policy"), ALL)),
    )


page_form(
    router,
    FormRow(
        ALL + "/new", c.PlanPolicyMeeting, Action.POLICY_MEETING_PLAN, planning.plan_policy_meeting, _prepare_plan,
        lambda _, view: meeting_address(view.policy_meeting_id),
        title=to_translate("Plan a meeting on policy"),
        purpose=to_translate("A meeting of the strategic or tactical table. First date and place, then the topics."),
        submit=to_translate("Plan"),
    ),
)  # fmt: skip


def _opened(call: PageCall, work: Work) -> PolicyMeetingView:
    return planning.read_policy_meeting(work, asked(call, c.ReadPolicyMeeting))


def _read(call: PageCall, work: Work) -> Response:
    view = _opened(call, work)
    return call.show(
        "strategy/meeting.html",
        call.phrase(
            "%(table)s of %(day)s",
            table=label("tableKinds", view.table_kind, call.language),
            day=format_date(call.language, view.starts_at),
        ),
        view.purpose,
        view=view,
        when=when(call, view),
        early=brussels_day(view.starts_at) > work.today,
        entries=[(each, _entry(call, each)) for each in view.topics],
        here=meeting_address(view.policy_meeting_id),
        items_at=ROOT + "/agenda-topics",
        tones=TONES,
    )


def _entry(call: PageCall, each: AgendaTopicView) -> dict[str, Any]:
    return {
        "title": each.title,
        "href": topic_address(each.topic_id),
        "meta": [
            call.phrase(f"option.kind.{each.kind}"),
            call.phrase("%(count)s minutes", count=each.minutes),
        ],
        "state": (call.phrase(f"option.outcome.{each.outcome}"), TONES[each.outcome])
        if each.outcome
        else None,
    }


page_get(router, ONE, _read)


def _back(call: PageCall, _view: object = None) -> str:
    return meeting_address(call.id("policyMeetingId"))


page_button(
    router, ONE + "/convene", c.ConvenePolicyMeeting, Action.POLICY_MEETING_CONVENE, sitting.convene_policy_meeting, _back
)  # fmt: skip
page_button(
    router,
    ONE + "/open",
    c.OpenPolicyMeeting,
    Action.POLICY_MEETING_OPEN,
    sitting.open_policy_meeting,
    _back,
)
page_button(
    router, ONE + "/close", c.ClosePolicyMeeting, Action.POLICY_MEETING_CLOSE, sitting.close_policy_meeting, _back
)  # fmt: skip
page_button(
    router, ONE + "/attend", c.AttendPolicyMeeting, Action.POLICY_MEETING_ATTEND, sitting.attend_policy_meeting, _back
)  # fmt: skip


def _prepare_topic(call: PageCall, work: Work) -> Prepared:
    view = _opened(call, work)
    require(view.abilities, Action.AGENDA_TOPIC_ADD)
    waiting = topics.list_topic(work, c.ListTopic(pageSize=100)).items
    return Prepared(
        back=_back(call),
        options={
            "topicId": [
                (str(item.topic_id), item.title) for item in waiting if item.state in {"open", "parked"}
            ]
        },
        breadcrumb=trail(call, (call.phrase("Meetings on policy"), ALL), (when(call, view), _back(call))),
    )


page_form(
    router,
    FormRow(
        ONE + "/topics/new", c.AddAgendaTopic, Action.AGENDA_TOPIC_ADD, sitting.add_agenda_topic, _prepare_topic, _back,
        title=to_translate("Put a topic on the agenda"),
        purpose=to_translate("Topics that wait can be put on the agenda until the meeting opens."),
        submit=to_translate("Put on the agenda"),
    ),
)  # fmt: skip


def _after_item(_call: PageCall, view: AgendaTopicView) -> str:
    return meeting_address(view.policy_meeting_id)


page_button(
    router,
    _ITEM + "/withdraw",
    c.WithdrawAgendaTopic,
    Action.AGENDA_TOPIC_WITHDRAW,
    sitting.withdraw_agenda_topic,
    _after_item,
)


class _MeetingOf(Command):
    """Which meeting the topic of an address stands on the agenda of."""

    meeting: UUID


def _prepare_minutes(call: PageCall, work: Work) -> Prepared:
    of = asked(call, _MeetingOf).meeting
    view = planning.read_policy_meeting(work, c.ReadPolicyMeeting(policyMeetingId=of))
    wanted = call.id("agendaTopicId")
    item = next((each for each in view.topics if each.agenda_topic_id == wanted), None)
    if item is None:
        raise not_found()
    require(item.abilities, Action.AGENDA_TOPIC_MINUTE)
    here = meeting_address(of)
    return Prepared(
        back=here,
        values={"notes": item.notes, "decisions": item.decisions, "outcome": item.outcome},
        version=item.agenda_topic_version,
        title=item.title,
        warning=nobody(call),
        breadcrumb=trail(call, (call.phrase("Meetings on policy"), ALL), (when(call, view), here)),
    )


page_form(
    router,
    FormRow(
        _ITEM + "/minutes", c.MinuteAgendaTopic, Action.AGENDA_TOPIC_MINUTE, sitting.minute_agenda_topic,
        _prepare_minutes, _after_item,
        title=to_translate("Notes and decisions"),
        purpose=to_translate("What was said on this topic, what was decided, and what becomes of it."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip


@today_block(24, able(Action.TABLE_CREATE, frozenset({Role.COORDINATOR})))
def _clarify_roles(call: PageCall, work: Work) -> Block | None:
    """Remind the coordinator once a year to clarify the roles with all members, where there is a table for it (R114)."""
    done = planning.list_policy_meeting(work, c.ListPolicyMeeting(pageSize=1)).roles_clarified_on
    if len(_missing(work)) == len(planning.KINDS) or (done and work.today < years_after(done, 1)):
        return None
    said = (
        call.phrase("Last time: %(day)s.", day=format_date(call.language, done))
        if done
        else call.phrase("There is no record of it yet.")
    )
    return Block(
        call.phrase("Clarify the roles"),
        [{"title": call.phrase("Raise it as a topic"), "href": ROOT + "/topics/new", "note": said}],
        purpose=call.phrase(
            "Once a year all members go through who does what; the meeting keeps date and attendance."
        ),
    )


@today_block(22, able(Action.POLICY_MEETING_LIST))
def _next_meetings(call: PageCall, work: Work) -> Block | None:
    """Show the next meetings of the strategic and tactical table; to the desk only when there is one."""
    items = planning.list_policy_meeting(work, c.ListPolicyMeeting(pageSize=3)).items
    if not items and work.actor.role in DESK:
        return None
    return Block(
        call.phrase("Next meetings on policy"),
        [_pick(call, item) for item in items],
        link=(call.phrase("All meetings on policy"), ALL),
        empty=call.phrase("No meeting is convened. You see one here as soon as it is."),
    )
