"""No way leads from the strategic or tactical table to a person discussed: the schema has none, the database makes none (R6)."""

import pkgutil
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import app.strategy
from app.kernel.database import Row
from app.kernel.ids import new_id

for module in pkgutil.iter_modules(app.strategy.__path__, "app.strategy."):
    import_module(module.name)

OURS = {
    mapper.local_table.name
    for mapper in Row.registry.mappers
    if mapper.class_.__module__.startswith("app.strategy.")
}
"""Every table of the strategic and tactical table."""
GROUND = {"cell", "cell_municipality", "municipality", "consultation_table", "person", "agency"}
"""What everything in the house stands on: who takes part, and where. Of no person discussed."""
OF_A_PERSON = {"case_id", "subject_id", "registration_id", "agenda_item_id", "statement_id"}
"""A column of this name leads to a person discussed."""

REFERENCES = (
    "SELECT DISTINCT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
)
COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    " AND table_name <> 'alembic_version'"
)


@pytest.fixture
def schema(house):
    """The references of the schema as pairs, and the tables of persons discussed, as the database itself knows them."""
    pairs = {(row.child, row.parent) for row in house.sql(REFERENCES)}
    about = {row.table_name for row in house.sql(COLUMNS) if row.column_name in OF_A_PERSON}
    about |= {"case_file", "registration", "statement", "minutes", "meeting", "agenda_item"}
    while grown := {child for child, parent in pairs if parent in about} - about:
        about |= grown
    return pairs, about


def reached(start, steps):
    found, edge = set(start), set(start)
    while edge := {end for begin, end in steps if begin in edge} - found:
        found |= edge
    return found - set(start)


def test_the_walk_knows_the_tables_on_both_sides(schema):
    _, about = schema
    assert {
        "topic", "policy_meeting", "agenda_topic", "policy_attendance", "policy_plan", "policy_plan_adoption", "goal",
        "measure", "measure_evaluation",
    } == OURS  # fmt: skip
    assert {"invitation", "attachment_part", "minutes_remark", "listing", "exclusion", "trajectory"} <= about
    assert not about & (OURS | GROUND)


def test_outwards_the_strategic_table_leads_to_who_takes_part_and_to_nothing_else(schema):
    pairs, about = schema
    outwards = reached(OURS, pairs)
    assert outwards <= GROUND
    assert not outwards & about


def test_inwards_nothing_but_the_strategic_table_leads_to_it(schema):
    pairs, _ = schema
    assert reached(OURS, {(parent, child) for child, parent in pairs}) == set()


def test_no_way_in_any_direction_that_does_not_pass_through_who_takes_part(schema):
    """Two tables that refer to one third are linked by it: so no row but a cell or an account holder is shared."""
    pairs, about = schema
    both = {pair for pair in pairs | {(b, a) for a, b in pairs} if not set(pair) & GROUND}
    assert reached(OURS, both) == set()
    assert not OURS & about


def test_no_column_could_hold_a_person_discussed(house):
    columns = {(row.table_name, row.column_name) for row in house.sql(COLUMNS) if row.table_name in OURS}
    assert not {column for _, column in columns} & (OF_A_PERSON | {"reference", "subject", "meeting_id"})
    keys = {
        (t, c.name) for t in OURS for c in Row.metadata.tables[t].columns if c.foreign_keys or c.name in {"id", "version"}
    }  # fmt: skip
    loose = {(t, c) for t, c in columns - keys if c.endswith("_id")}
    assert loose == set(), "every id refers to something, so that the walk sees it"


# -- the database refuses it, whoever asks -------------------------------------------------------------------------


def refused(house, statement, match, **values):
    """The database's own superuser, past every policy and the whole application, is refused."""
    with pytest.raises(DBAPIError, match=match):
        house.sql(statement, **values)


CASE_ITEM = (
    "INSERT INTO agenda_item (id, meeting_id, cell_id, municipality_id, case_id, subject_id, position, minutes, question,"
    " state, starts_after, added_at, version)"
    " SELECT :id, :meeting, cell_id, municipality_id, id, subject_id, 1, 20, '', 'tabled', 0, now(), 1 FROM case_file"
)
TOPIC_ITEM = (
    "INSERT INTO agenda_topic (id, cell_id, policy_meeting_id, topic_id, position, minutes, version)"
    " SELECT :id, cell_id, :meeting, id, 1, 20, 1 FROM topic LIMIT 1"
)
MEETING = (
    "INSERT INTO meeting (id, cell_id, municipality_id, table_id, table_kind, starts_at, ends_at, place, chair_id, state,"
    " window_until, created_by, version) SELECT :id, :cell, :town, :table, :kind, :now, :now, 'x', :chair, 'draft', :now,"
    " :chair, 1"
)


def of(strategy, **more):
    cast = strategy.house.cast
    return {
        "id": new_id(),
        "cell": cast.cells["C"],
        "town": cast.towns["C"],
        "chair": cast.persons["mayor"],
        "now": strategy.house.now + timedelta(days=1),
    } | more


def test_a_case_finds_no_place_on_a_meeting_of_the_strategic_table(strategy, listed_case):
    meeting, _, _ = strategy.convened()
    refused(strategy.house, CASE_ITEM, "foreign key", id=new_id(), meeting=meeting)


@pytest.mark.parametrize("kind", ["strategic", "tactical"])
def test_a_strategic_or_tactical_table_has_no_meeting_about_persons(strategy, kind):
    table = strategy.table(kind)
    refused(strategy.house, MEETING, "foreign key", **of(strategy, table=table, kind="operational"))
    refused(strategy.house, MEETING, "check constraint", **of(strategy, table=table, kind=kind))


def test_a_topic_finds_no_place_on_a_meeting_of_the_operational_table(strategy, listed_case):
    strategy.topic()
    _, meeting = listed_case
    refused(strategy.house, TOPIC_ITEM, "foreign key", id=new_id(), meeting=meeting)
    operational = strategy.house.cast.tables["C"]
    strategy.meeting()
    moved = "UPDATE policy_meeting SET table_id = :t, table_kind = :k"
    refused(strategy.house, moved, "foreign key", t=operational, k="strategic")
    refused(strategy.house, moved, "check constraint", t=operational, k="operational")


def test_a_table_with_meetings_does_not_change_its_kind(strategy):
    strategy.meeting()
    change = "UPDATE consultation_table SET kind = 'operational' WHERE kind = 'strategic'"
    refused(strategy.house, change, "foreign key")
    refused(strategy.house, "UPDATE consultation_table SET kind = 'mixed'", "check constraint")


def test_the_application_may_not_even_try(strategy):
    strategy.table()
    with strategy.house.work("coordinator") as unit:
        unit.repeat()
        with pytest.raises(DBAPIError, match="permission denied"):
            unit.session.execute(text("UPDATE consultation_table SET kind = 'operational'"))
        unit.session.rollback()
        unit.repeat()
