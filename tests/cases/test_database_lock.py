"""What the database itself refuses of a file, whatever the application would ask (ADR 0005; R5, R69, R86)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

import app.main  # noqa: F401 — brings every model with it
from app.kernel.database import Row
from app.kernel.ids import new_id


def _as(house, name, statement, **values):
    with house.work(name) as unit:
        unit.repeat()
        return unit.session.execute(text(statement), values).rowcount


ITEM = (
    "INSERT INTO agenda_item (id, meeting_id, cell_id, municipality_id, case_id, subject_id, position, minutes, question,"
    " version) VALUES (:id, :meeting, :cell, :town, :case, :id, 1, 20, 'x', 1)"
)
INVITATION = (
    "INSERT INTO invitation (id, meeting_id, agenda_item_id, case_id, municipality_id, person_id, regime, ground_list,"
    " ground_code, state, version) VALUES (:id, :meeting, :item, :case, :town, :person, 'x', 'x', 'x', 'sent', 1)"
)
ATTENDANCE = "INSERT INTO attendance VALUES (:item, :person, :meeting, :case, :town, true, now())"
STATEMENT = (
    "INSERT INTO statement (id, case_id, municipality_id, category, origin, kind, audience, entered_by, stated_on, text,"
    " created_at, version) VALUES (:id, :case, :town, 5, 'x', 'fact', 'present', :person, '2026-03-02', 'x', now(), 1)"
)
TRAJECTORY = (
    "INSERT INTO trajectory (id, case_id, municipality_id, case_manager_id, aims, person_informed, started_on, version)"
    " VALUES (:id, :case, :town, :person, 'x', 'notYet', '2026-03-02', 1)"
)


@pytest.fixture
def zone(house, list_person, sitting):
    """A case of D and one of E in the joint cell, each on an agenda; what coordinator E would forge with."""
    of_d = list_person(town="D", bringer="zoneSchool", mayor="zoneMayorD")
    of_e = list_person(town="E", bringer="zoneSchool", mayor="zoneMayorE")
    meeting, at_e = sitting(of_e, town="E", cell="zone")
    _, at_d = sitting(of_d, town="D", cell="zone")
    cast = house.cast
    return {
        "of_d": of_d, "of_e": of_e, "at_d": at_d, "at_e": at_e, "meeting": meeting, "cell": cast.cells["zone"],
        "town": cast.towns["E"], "person": cast.persons["zoneCoordinatorE"],
    }  # fmt: skip


@pytest.mark.parametrize("statement", [ITEM, INVITATION, ATTENDANCE, STATEMENT, TRAJECTORY])
def test_no_row_of_one_municipality_hangs_on_a_case_of_the_other(house, zone, statement):
    forged = zone | {"id": new_id(), "case": zone["of_d"], "item": zone["at_d"]}
    with pytest.raises(IntegrityError, match="case_id_municipality_id"):
        _as(house, "zoneCoordinatorE", statement, **forged)
    with house.work("zoneCoordinatorE") as unit:
        unit.repeat()
        shown = unit.session.execute(text("SELECT id FROM case_file")).scalars()
        assert [str(case) for case in shown] == [zone["of_e"]]


@pytest.mark.parametrize("statement", [INVITATION, ATTENDANCE])
def test_no_seat_at_an_item_is_taken_on_another_case(house, zone, statement):
    forged = zone | {"id": new_id(), "case": zone["of_e"], "item": zone["at_d"]}
    with pytest.raises(IntegrityError, match="agenda_item_id_case_id"):
        _as(house, "zoneCoordinatorE", statement, **forged)


def test_every_table_that_carries_a_case_carries_the_municipality_of_that_case():
    apart = {"registration", "exclusion"}  # before there is a case; about a person rather than the file
    for table in Row.metadata.tables.values():
        if "case_id" not in table.c or table.name in apart:
            continue
        keys = {
            (*key.column_keys, key.referred_table.name, key.ondelete) for key in table.foreign_key_constraints
        }
        assert ("case_id", "municipality_id", "case_file", "CASCADE") in keys, table.name
        if "agenda_item_id" in table.c:
            assert ("agenda_item_id", "case_id", "agenda_item", "CASCADE") in keys, table.name


@pytest.mark.parametrize(
    "change",
    ["last_discussed_on = '2026-03-01'", "review_on = '2027-01-01'", "extended_until = '2031-01-01'",
     "municipality_id = municipality_id", "subject = NULL", "warned = NULL"],
)  # fmt: skip
def test_the_application_does_not_set_what_the_record_of_a_meeting_sets(house, case_id, change):
    before = house.sql("SELECT * FROM case_file")
    with pytest.raises(DBAPIError, match="permission denied"):
        _as(house, "mayor", f"UPDATE case_file SET {change}")
    assert house.sql("SELECT * FROM case_file") == before


def test_a_term_can_be_made_shorter_and_never_longer(house, case_id):
    with pytest.raises(DBAPIError, match="not made longer"):
        _as(house, "mayor", "UPDATE case_file SET due_on = due_on + 1")
    assert _as(house, "mayor", "UPDATE case_file SET due_on = due_on - 30, locks_on = locks_on - 30") == 1
    assert _as(house, "mayor", "UPDATE case_file SET state = 'monitored', due_on = due_on") == 1


def test_an_owner_adds_no_action_and_moves_no_other(house, planned):
    insert = (
        "INSERT INTO action_item (id, trajectory_id, case_id, municipality_id, owner_id, life_domain, text, due_on, state,"
        " created_at, version) SELECT gen_random_uuid(), :plan, :case, :town, :p, 'school', 'x', '2026-04-01', 'open',"
        " now(), 1"
    )
    ((plan,),) = house.sql("SELECT id FROM trajectory")
    values = {
        "plan": plan,
        "case": planned[0],
        "town": house.cast.towns["C"],
        "p": house.cast.persons["participant"],
    }
    with pytest.raises(DBAPIError, match="row-level security"):
        _as(house, "participant", insert, **values)
    assert _as(house, "caseManager", insert, **values) == 1
    assert _as(house, "school", "UPDATE action_item SET version = version + 1") == 0
    assert _as(house, "participant", "UPDATE action_item SET version = version + 1") == 2
