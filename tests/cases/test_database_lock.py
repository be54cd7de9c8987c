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
    " version, state, starts_after) VALUES (:id, :meeting, :cell, :town, :case, :id, 1, 20, 'x', 1, 'tabled', 0)"
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


def _shown(house, name):
    """How many cases the database shows somebody, and of how many of them why they were listed."""
    with house.work(name) as unit:
        unit.repeat()
        return tuple(unit.session.scalar(text(f"SELECT count(*) FROM {t}")) for t in ("case_file", "listing"))


def test_what_was_listed_is_the_desks_also_for_who_holds_a_part_or_sits_there(house, planned, sitting):
    sitting(planned[0], "school", secretary="secretary")
    for name in ("participant", "caseManager", "school", "secretary"):  # by action, by plan, invited, minutes
        assert _shown(house, name) == (1, 0), name
    for name in ("mayor", "delegate", "coordinator"):
        assert _shown(house, name) == (1, 1), name
    for name in ("clb", "policeMember", "strategicMember", "dpo", "auditor", "administrator", "zoneMayorD"):
        assert _shown(house, name) == (0, 0), name
    for part, seen in (
        ("{meetings,closure,list}", 0),
        ("{file}", 1),
    ):  # read by whom it was delegated to (R9)
        house.sql("UPDATE mandate SET scope = :p WHERE id = :m", p=part, m=house.cast.mandates["delegate"])
        assert _shown(house, "delegate") == (1, seen), part
    house.sql(
        "INSERT INTO exclusion VALUES (:p, :c, :t, now())",
        p=house.cast.persons["delegate"], c=planned[0], t=house.cast.towns["C"],
    )  # fmt: skip
    assert _shown(house, "delegate") == (0, 0)
    house.sql("UPDATE case_file SET shred_ordered_at = now()")
    assert _shown(house, "mayor") == (0, 0)


def test_what_was_listed_is_shown_to_its_own_municipality_of_a_joint_cell(house, zone):
    for name, case in (("zoneMayorD", zone["of_d"]), ("zoneCoordinatorE", zone["of_e"])):
        with house.work(name) as unit:
            unit.repeat()
            assert [str(c) for c in unit.session.scalars(text("SELECT case_id FROM listing"))] == [case]


def test_what_was_listed_is_written_once_by_whoever_lists(house, case_id):
    for change in ("UPDATE listing SET indications = NULL", "DELETE FROM listing"):
        with pytest.raises(DBAPIError, match="permission denied"):
            _as(house, "mayor", change)
    kept = house.sql("SELECT * FROM listing")
    delegate = {"p": house.cast.persons["delegate"], "m": house.cast.mandates["delegate"]}
    insert = "INSERT INTO listing SELECT id, municipality_id, 'x', 'x' FROM case_file"
    with pytest.raises(IntegrityError, match="pk_listing"):
        _as(house, "mayor", insert)
    house.sql("DELETE FROM listing")
    for name in ("coordinator", "delegate"):  # no listing is theirs: not at all, or not this one
        with pytest.raises(DBAPIError, match="row-level security"):
            _as(house, name, insert)
    house.sql("UPDATE case_file SET state = 'underDiscussion'")
    with pytest.raises(DBAPIError, match="row-level security"):
        _as(house, "mayor", insert)
    house.sql("UPDATE case_file SET state = 'listed'")
    assert _as(house, "mayor", insert) == len(kept) == 1
    house.sql("DELETE FROM listing")
    house.sql("UPDATE case_file SET listed_by = :p", p=delegate["p"])
    house.sql("UPDATE mandate SET scope = '{file,closure}' WHERE id = :m", m=delegate["m"])
    with pytest.raises(DBAPIError, match="row-level security"):
        _as(house, "delegate", insert)
    house.sql("UPDATE mandate SET scope = '{list}' WHERE id = :m", m=delegate["m"])
    assert _as(house, "delegate", insert) == 1


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
     "municipality_id = municipality_id", "warned = NULL"],
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
