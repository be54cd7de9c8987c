"""Legal and ethical framework: what a service of the French Community says at the start of the meeting (R38).

A fixed item of the agenda wherever such a service is asked: under which rules it sits, and what it may have to report.
It is about the service and never about a person. A service reads its own; of those who hold the meeting each reads those
of the people it knows to be asked: its desk's own, to the secretary all. The others hear it in the room, and who sits at
another item stays unknown (R4).
"""

from __future__ import annotations

from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import agenda_queries
from app.meetings import frame_queries as frames
from app.meetings.commands import ListFramework, StateFramework
from app.meetings.models import FrameworkStatement, Meeting
from app.meetings.standing import about_meeting, meeting_facts
from app.meetings.views import FrameworkEntry, FrameworkList
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.policy import abilities
from app.rules.problems import invalid


@operation(Action.FRAMEWORK_LIST)
def list_framework(work: Work, command: ListFramework) -> FrameworkList:
    """Give the framework statements of a meeting: to a desk those of whom it asked, to a service its own."""
    meeting = agenda_queries.meeting(work.session, command.meeting_id)
    facts = meeting_facts(work, meeting)
    work.allow(
        Action.FRAMEWORK_LIST,
        facts,
        about_meeting(work, meeting, meeting.municipality_id if meeting else None),
    )
    return _list(work, there(meeting))


@operation(Action.FRAMEWORK_STATE)
def state_framework(work: Work, command: StateFramework) -> FrameworkList:
    """Record what a service said of its framework: by itself, or for it by who takes the minutes; again, to mend it.

    Raises Problem: 409 outside the sitting or for somebody else's service, 400 for somebody of whom none is owed.
    """
    meeting = agenda_queries.meeting(work.session, command.meeting_id)
    person_id = command.person_id or work.actor.person_id
    facts = meeting_facts(work, meeting)
    own = person_id == work.actor.person_id or facts.standing is Standing.FILE
    facts = meeting_facts(work, meeting, own=own)
    work.allow(
        Action.FRAMEWORK_STATE,
        facts,
        about_meeting(work, meeting, meeting.municipality_id if meeting else None),
    )
    meeting = there(meeting)
    if person_id not in {guest.id for guest, _ in frames.french_guests(work.session, meeting.id)}:
        raise invalid(
            "personId",
            "no service of the French Community at this meeting",
            kind="referencedResourceNotFound",
        )
    row = frames.framework_of(work.session, meeting.id, there(person_id))
    if row is None:
        row = FrameworkStatement(
            id=new_id(), meeting_id=meeting.id, cell_id=meeting.cell_id, person_id=person_id, text="",
            stated_at=work.now, recorded_by=work.actor.person_id, version=0,
        )  # fmt: skip
        work.session.add(row)
    row.text, row.stated_at, row.recorded_by = command.text, work.now, there(work.actor.person_id)
    row.version += 1
    work.session.flush()
    return _list(work, meeting)


def _list(work: Work, meeting: Meeting) -> FrameworkList:
    stated = {row.person_id: row for row in frames.frameworks(work.session, meeting.id)}
    return FrameworkList(
        href=href(f"meetings/{meeting.id}/frameworks"),
        meeting_id=meeting.id,
        items=[
            FrameworkEntry(
                person_id=guest.id,
                name=guest.name,
                agency_name=agency,
                text=stated[guest.id].text if guest.id in stated else None,
                stated_at=stated[guest.id].stated_at if guest.id in stated else None,
            )
            for guest, agency in frames.french_guests(work.session, meeting.id)
        ],
        abilities=abilities(work.actor, meeting_facts(work, meeting, own=True), Action.FRAMEWORK_STATE),
    )
