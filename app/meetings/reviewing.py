"""Before the mayor convenes: each item with its people and grounds, and what still stands in the way (R22 to R30)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic.alias_generators import to_camel

from app.cases import queries as cases
from app.cases.models import Case
from app.cases.sealing import open_in
from app.constitution.agreements import governing
from app.directory.office_queries import person_name
from app.kernel.i18n import register_codes
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import agenda_queries, proposal_queries
from app.meetings.commands import ReviewMeeting
from app.meetings.composition import chair_holds, is_complete
from app.meetings.inviting import reason_in, sending_facts
from app.meetings.leaving_off import nothing_left_off
from app.meetings.models import AgendaItem, Invitation, Meeting
from app.meetings.proposal_views import ReviewItem, ReviewPerson, ReviewView
from app.meetings.running import agenda_blocks, is_late, minutes_available
from app.meetings.standing import about_item, about_meeting, meeting_facts
from app.meetings.views import AgendaBlock
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.policy import POLICY, abilities
from app.rules.roles import MAYORAL

_CONDITIONS = POLICY[Action.INVITATION_SEND].conditions
OBSTACLES = {condition: to_camel(condition.name.lower()) for condition in _CONDITIONS}
"""What can stop one invitation, each as a code."""
OF_MEETING = (
    "nothingTabled",
    "chairWithoutMandate",
    "chairBusy",
    "placeTaken",
    "constitutionIncomplete",
    "overTime",
    "closureLeftOff",
)
REASONS = ("ground_reason", "urgency_reason", "child_reason")
"""What an invitation can state besides its ground, each sealed under the key of its case."""
register_codes("obstacle", [*OBSTACLES.values(), *OF_MEETING])


@operation(Action.MEETING_REVIEW)
def review_meeting(work: Work, command: ReviewMeeting) -> ReviewView:
    """Give what convening would send for one's own municipality. Journal: one line for each item."""
    row = agenda_queries.meeting(work.session, command.meeting_id)
    items = agenda_queries.own_items(work.session, row.id, work.actor.municipality_id) if row else []
    work.allow(
        Action.MEETING_REVIEW,
        meeting_facts(work, row),
        [about_item(item) for item in items] or about_meeting(work, row),
    )
    row = there(row)
    complete = is_complete(work, row.cell_id)
    blocks = agenda_blocks(work, row)
    facts = work.facts(
        standing=Standing.FILE, state=row.state, constitution_complete=complete, nothing_left_off=True
    )
    shown = _items(work, row, items)
    return ReviewView(
        version=row.version,
        href=href("meetings", row.id) + "/review",
        meeting_id=row.id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        state=row.state,
        chair_name=person_name(work.session, row.chair_id),
        minutes_available=minutes_available(row),
        blocks=blocks,
        problems=_of_meeting(work, row, blocks, tabled=bool(items), complete=complete),
        items=shown,
        abilities=abilities(work.actor, facts, *_steps(row, shown)),
    )


def _steps(row: Meeting, items: list[ReviewItem]) -> list[Action]:
    """Give what can follow: convening a meeting with items, or sending what was prepared since."""
    if row.state == "draft":
        return [Action.MEETING_CONVENE] if items else []
    drafts = any(person.state == "draft" for item in items for person in item.people)
    return [Action.MEETING_INVITE] if drafts else []


def _of_meeting(
    work: Work, meeting: Meeting, blocks: list[AgendaBlock], *, tabled: bool, complete: bool
) -> list[str]:
    found = {
        "nothingTabled": not tabled,
        "chairWithoutMandate": not chair_holds(work, meeting),
        "chairBusy": bool(proposal_queries.busy(work.session, [meeting.chair_id], meeting)),
        "placeTaken": agenda_queries.place_taken(work.session, meeting),
        "constitutionIncomplete": not complete,
        "closureLeftOff": meeting.state == "draft" and not nothing_left_off(work, meeting),
        "overTime": sum(block.minutes for block in blocks) > minutes_available(meeting),
    }
    return [code for code in OF_MEETING if found[code]]


def _question(work: Work, item: AgendaItem, case: Case) -> str | None:
    """Give what is asked of the table; of a locked case nothing is opened any more (R90)."""
    if case.locks_on <= work.today:
        return None
    return open_in(work, item.case_id, "agenda_item", "question", item.id, item.question)


def _items(work: Work, meeting: Meeting, items: list[AgendaItem]) -> list[ReviewItem]:
    asked = proposal_queries.drafts_and_asked(work.session, meeting.id, work.actor.municipality_id)
    busy = proposal_queries.busy(work.session, {row.person_id for row, *_ in asked}, meeting)
    fixed = governing(work.session, meeting.cell_id, meeting.agreement_id)
    shown = []
    for item in items:
        case = cases.case(work.session, item.case_id)
        if case is None:  # its end was ordered since it was put on the agenda: it is no more
            continue
        shut = (
            case.locks_on <= work.today
        )  # who was asked for it, and why, is not opened any more either (R90)
        people = [
            ReviewPerson(
                invitation_id=row.id,
                person_id=person.id,
                name=person.name,
                agency_name=agency.name,
                ground_list=row.ground_list,
                ground_code=row.ground_code,
                state=row.state,
                problems=_obstacles(work, row, meeting, person, fixed, case) if row.state == "draft" else [],
                busy=(person.id in busy) or None,
                **_reasons(work, row),
            )
            for row, person, agency in asked
            if row.agenda_item_id == item.id and not shut
        ]
        shown.append(
            ReviewItem(
                agenda_item_id=item.id,
                href=href("agendaItems", item.id),
                reference=case.reference,
                question=_question(work, item, case),
                minutes=item.minutes,
                starts_at=meeting.starts_at + timedelta(minutes=item.starts_after),
                late=is_late(meeting, item) or None,
                people=people,
            )
        )
    return shown


def _reasons(work: Work, row: Invitation) -> dict[str, str | None]:
    """Give what an invitation states as its reasons, to who decides on sending it and to nobody else (R23, R26, R29)."""
    if work.actor.role not in MAYORAL:
        return {}
    return {column: reason_in(work, row, column) for column in REASONS}


def _obstacles(
    work: Work, row: Any, meeting: Meeting, person: Any, fixed: dict[str, int], case: Any
) -> list[str]:
    facts = sending_facts(work, row, meeting, person, Standing.FILE, fixed, case)
    return [code for condition, code in OBSTACLES.items() if not condition.met(work.actor, facts)]
