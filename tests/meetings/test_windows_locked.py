"""Past every operation: a meeting moves forward only, and nothing stays in sight longer than the rules have it (R19, R68)."""

from __future__ import annotations

import pytest
from lockcraft import reached

SAID = {"assessment": "Verzonnen.", "decisions": "Verzonnen."}
NOBODY = {"coordinator": None, "mayor": None}


def write(table, meeting, change, **values):
    """What a change to a meeting reaches, past every operation, of its coordinator (its chair) and of the mayor."""
    statement = f"UPDATE meeting SET {change} WHERE id = :m"
    return {who: reached(table.house, who, statement, m=meeting, **values) for who in NOBODY}


def sat(table):
    meeting, item, _ = table.sat("school", "clb")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    return meeting


def submitted(table):
    meeting = sat(table)
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    return meeting


@pytest.mark.parametrize("until", ["interval '3 hours'", "interval '1 year'", "interval '-1 minute'"])
def test_before_the_sitting_its_window_is_as_planned(table, until):
    meeting, _, _ = table.tabled("school")
    assert write(table, meeting, f"window_until = ends_at + {until}") == NOBODY


def test_within_the_hours_of_the_agreement_it_may_stand_anywhere(table):
    meeting, _, _ = table.tabled("school")
    assert write(table, meeting, "window_until = ends_at + interval '2 hours'")["coordinator"] == 1
    table.house.sql("UPDATE agreement SET settings = settings || '{\"participant_window_hours\": 1}'")
    assert write(table, meeting, "window_until = ends_at + interval '90 minutes'") == NOBODY


def test_during_the_sitting_nobody_writes_it(table):
    meeting = sat(table)
    for change in ("window_until + interval '1 minute'", "moment() + interval '1 hour'"):
        assert write(table, meeting, f"window_until = {change}") == NOBODY, change


def test_a_sitting_is_not_opened_for_longer_than_half_a_day_and_not_without_its_window(table):
    meeting, _, _ = table.tabled("school")
    table.house.later(days=20)
    opened = "state = 'inSession', opened_at = moment(), window_until = "
    for until in ("moment() + interval '13 hours'", "moment() - interval '1 minute'"):
        assert write(table, meeting, opened + until) == NOBODY, until
    table.house.later(days=1)
    assert write(table, meeting, opened + "moment() + interval '1 hour'") == NOBODY, (
        "it ran out with the plan"
    )


def test_closing_leaves_the_hours_of_the_agreement_and_no_more(table):
    meeting = sat(table)
    closed = "state = 'closed', closed_at = moment(), window_until = "
    for until in ("moment() + interval '3 hours'", "moment() - interval '1 minute'"):
        assert write(table, meeting, closed + until) == NOBODY, until
    table.close(meeting)
    for change in ("window_until + interval '1 minute'", "moment() + interval '1 minute'"):
        assert write(table, meeting, f"window_until = {change}") == NOBODY, change


@pytest.mark.parametrize("state", ["draft", "convened", "inSession", "cancelled"])
def test_a_meeting_that_is_closed_stays_closed(table, state):
    meeting = sat(table)
    table.close(meeting)
    assert write(table, meeting, f"state = '{state}'") == NOBODY


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_convened_meeting_is_neither_unsent_nor_closed_without_a_sitting(table, state):
    meeting, _, _ = table.tabled("school")
    assert write(table, meeting, f"state = '{state}'") == NOBODY


def test_extracts_open_once_by_the_chair_for_the_days_of_the_agreement(table):
    meeting = submitted(table)
    opens = "extract_until = moment() + interval '14 days'"
    assert write(table, meeting, opens + " + interval '1 minute'") == NOBODY
    opened = f"UPDATE meeting SET {opens} WHERE id = :m"
    assert reached(table.house, "mayor", opened, m=meeting) is None
    assert reached(table.house, "coordinator", opened, m=meeting) == 1
    for again in (opens, "extract_until = NULL", "extract_until = extract_until + interval '1 minute'"):
        table.house.later(minutes=1)
        assert write(table, meeting, again) == NOBODY, again


def test_extracts_of_a_sitting_that_goes_on_do_not_open(table):
    meeting = sat(table)
    assert write(table, meeting, "extract_until = moment() + interval '1 day'") == NOBODY


@pytest.mark.parametrize(
    "over",
    [
        {"window_until": "ends_at + interval '3 hours'"},
        {"state": "'inSession'"},
        {"extract_until": "moment() + interval '1 day'"},
    ],
)
def test_a_meeting_begins_as_a_plan(table, over):
    meeting = table.plan()
    ((names,),) = table.house.sql(
        "SELECT array_agg(column_name::text) FROM information_schema.columns"
        " WHERE table_name = 'meeting' AND column_name <> 'id'"
    )
    values = ", ".join(over.get(name, name) for name in names)
    statement = f"INSERT INTO meeting (id, {', '.join(names)}) SELECT gen_random_uuid(), {values} FROM meeting WHERE id = :m"
    assert reached(table.house, "coordinator", statement, m=meeting) is None
    assert reached(table.house, "coordinator", statement.replace(values, ", ".join(names)), m=meeting) == 1


def test_a_delegate_decides_on_corrections_only_where_appointed_for_meetings(table):
    meeting = submitted(table)
    table.ok(table.approve("coordinator", meeting))
    ((item,),) = table.house.sql("SELECT id::text FROM agenda_item")
    said = {"agendaItemId": item, "text": "Verzonnen verbetering."}
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/corrections", said), 201)
    decided = (
        "UPDATE minutes_addendum SET state = 'refused', decided_by = acting_person(), decided_at = moment()"
    )
    delegate = table.house.cast.mandates["delegate"]
    for scope, done in (("{policy,file,invitations}", None), ("{meetings}", 1)):
        table.house.sql("UPDATE mandate SET scope = CAST(:s AS text[]) WHERE id = :d", s=scope, d=delegate)
        assert reached(table.house, "delegate", decided) == done, scope


def test_no_sitting_is_opened_before_its_day_or_with_nothing_on_its_agenda(table):
    meeting, _, _ = table.tabled("school")
    opened = "state = 'inSession', opened_at = moment()"
    table.house.later(days=19)
    assert write(table, meeting, opened) == NOBODY
    table.house.later(days=1)
    table.house.sql("UPDATE agenda_item SET state = 'takenOff'")
    assert write(table, meeting, opened) == NOBODY
    table.house.sql("UPDATE agenda_item SET state = 'tabled'")
    assert write(table, meeting, opened)["coordinator"] == 1
