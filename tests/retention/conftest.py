"""A person on the list of Gemeente C, with what a file can hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.cases.models import ActionRow, Statement, Trajectory
from app.directory.models import Notice
from app.kernel.ids import new_id
from app.kernel.vault import Place
from app.meetings.models import AgendaItem, Attendance, Meeting, Minutes, MinutesItem
from app.rules.actions import Action

MARK = "Waterlelie-Verzonnen-4711"
"""A text that stands nowhere but in this file."""


@dataclass
class Listed:
    """What a test needs to know of the file."""

    case_id: UUID
    registration_id: UUID
    reference: str
    registration_reference: str


def submit(house, town="C", name="participant"):
    """Bring a signal; give the answer."""
    body = {
        "subjectName": MARK,
        "birthDate": "2001-04-05",
        "narrative": f"Haatboodschappen over {MARK}.",
        "phenomenon": "rightWingExtremism",
        "urgency": "normal",
        "nothingClassified": True,
        "municipalityId": str(house.cast.towns[town]),
    }
    answer = house.client(name).post(
        "/api/v1/registrations", json=body, headers={"Idempotency-Key": f"k-{town}"}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def decide(house, path, outcome, mayor="mayor"):
    """Screen and decide; give the answer."""
    client = house.client(mayor)
    tag = client.get(path).headers["etag"]
    tag = client.post(path + "/screen", json={}, headers={"If-Match": tag}).headers["etag"]
    answer = client.post(
        path + "/decide",
        json={"outcome": outcome, "indications": f"Aanwijzingen rond {MARK}.", "presumedAdult": True},
        headers={"If-Match": tag, "Idempotency-Key": "decide"},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def put_on_list(house, town="C", name="participant", mayor="mayor"):
    """Put the marked person on the list."""
    brought = submit(house, town, name)
    case_id = UUID(decide(house, brought["self"], "listed", mayor)["caseId"])
    ((reference,),) = house.sql("SELECT reference FROM case_file WHERE id = :i", i=case_id)
    return Listed(case_id, UUID(brought["registrationId"]), reference, brought["reference"])


@pytest.fixture
def listed(house):
    """A case with nothing in it yet but its subject and indications."""
    return put_on_list(house)


def fill(house, listed):
    """Put a meeting, minutes, statements and a trajectory into the file, as its desk."""
    cast = house.cast
    with house.work("mayor") as unit:
        unit.decided.append(Action.STATEMENT_CREATE)  # rows put there past their operations

        def sealed(table, column, row_id):
            return unit.vault.seal(Place(listed.case_id, table, column, row_id), f"Over {MARK}.")

        case = {"case_id": listed.case_id, "municipality_id": cast.towns["C"]}
        meeting, item, minutes, minuted, plan, act = (new_id() for _ in range(6))
        unit.session.add(
            Meeting(
                id=meeting, municipality_id=cast.towns["C"], cell_id=cast.cells["C"], table_id=cast.tables["C"],
                starts_at=unit.now, ends_at=unit.now + timedelta(hours=2), place="Stadhuis",
                chair_id=cast.persons["coordinator"], state="draft",
                window_until=unit.now + timedelta(hours=2), created_by=cast.persons["coordinator"],
            )
        )  # fmt: skip
        unit.session.flush()
        unit.session.add(
            AgendaItem(
                id=item, meeting_id=meeting, cell_id=cast.cells["C"], subject_id=new_id(), position=1, minutes=20,
                question=sealed("agenda_item", "question", item), **case,
            )
        )  # fmt: skip
        unit.session.flush()
        for _ in range(3):
            row = new_id()
            unit.session.add(
                Statement(
                    id=row, category=1, origin="socioPreventive", kind="fact", audience="present",
                    entered_by=cast.persons["mayor"], stated_on=unit.today, text=sealed("statement", "text", row),
                    created_at=unit.now, **case,
                )
            )  # fmt: skip
        unit.session.add(
            Trajectory(
                id=plan, case_manager_id=cast.persons["caseManager"], aims=sealed("trajectory", "aims", plan),
                person_informed="yes", started_on=unit.today, **case,
            )
        )  # fmt: skip
        unit.session.add(Minutes(id=minutes, meeting_id=meeting, cell_id=cast.cells["C"], state="draft"))
        unit.session.flush()
        unit.session.add(
            ActionRow(
                id=act, trajectory_id=plan, owner_id=cast.persons["school"], life_domain="work",
                text=sealed("action_item", "text", act), due_on=unit.today, state="open", created_at=unit.now, **case,
            )
        )  # fmt: skip
        unit.session.add(
            MinutesItem(
                id=minuted, minutes_id=minutes, meeting_id=meeting, agenda_item_id=item,
                assessment=sealed("minutes_item", "assessment", minuted),
                decisions=sealed("minutes_item", "decisions", minuted), **case,
            )
        )  # fmt: skip
        unit.session.add(
            Notice(
                id=new_id(), person_id=cast.persons["clb"], code="invited", reference=listed.reference,
                municipality_id=cast.towns["C"], created_at=unit.now,
            )
        )  # fmt: skip
    house.sql("UPDATE meeting SET state = 'inSession' WHERE id = :m", m=meeting)
    with house.work("mayor") as unit:
        unit.decided.append(Action.STATEMENT_CREATE)
        for name, present in (("participant", True), ("coordinator", True), ("school", True), ("clb", False)):
            unit.session.add(
                Attendance(
                    agenda_item_id=item, person_id=cast.persons[name], meeting_id=meeting, present=present,
                    recorded_at=unit.now, **case,
                )
            )  # fmt: skip


@pytest.fixture
def filled(house, listed):
    """A case with a row in every table a file can have."""
    fill(house, listed)
    return listed


def on(house, year, month, day, hour=9):
    """Go to a day."""
    house.at(datetime(year, month, day, hour, tzinfo=UTC))


@pytest.fixture
def acts():
    """What tests of this folder do."""

    class Acts:
        MARK = MARK
        submit = staticmethod(submit)
        decide = staticmethod(decide)
        put_on_list = staticmethod(put_on_list)
        fill = staticmethod(fill)
        on = staticmethod(on)

    return Acts
