"""What the database itself holds of an extension, whatever the operations would let through (R87, R90)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from extensioncraft import decide, file_of, granted, sheet
from lockcraft import meanwhile, reached

from app.kernel.clock import brussels_day
from app.retention.sweeping import sweep_all
from app.rules.retention import years_after


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE extension SET state = 'decided'",
        "UPDATE extension SET until_on = '2040-01-01'",
        "UPDATE extension SET state = 'discussed'",
        "UPDATE case_file SET due_on = '2040-01-01'",
        "UPDATE case_file SET extended_until = '2040-01-01'",
        (
            "INSERT INTO extension_review SELECT gen_random_uuid(), id, case_id, municipality_id, 'goesOn', reasons,"
            " proposed_by, moment() FROM extension"
        ),
        "UPDATE agenda_item SET purpose = 'person' WHERE purpose = 'extension'",
    ],
)
def test_past_the_operations_the_database_grants_nothing(table, ready, statement):
    assert reached(table.house, "mayor", statement) in {None, 0}
    assert sheet(table, ready[0])["items"][0]["state"] == "discussed"


@pytest.mark.parametrize("who", ["coordinator", "dpo", "school", "zoneMayorD", "zoneMayorE"])
def test_the_function_that_grants_asks_who_it_is(table, ready, who):
    _, _, row = ready
    assert granted(table, who, row, date(2028, 1, 1)) is False


def test_what_a_caller_says_to_the_database_is_bounded(table, ready):
    _, day, row = ready
    for unsaid in (False, None):
        assert granted(table, "mayor", row, date(2028, 1, 1), linked=unsaid) is False, (
            "not for prevention, not at all"
        )
    assert granted(table, "mayor", row, date(2090, 1, 1), lock=-500) is True
    assert table.house.sql("SELECT linked_to_prevention FROM extension") == [(True,)]
    after = file_of(table)
    assert after.due_on == years_after(brussels_day(table.house.now), 1)
    assert after.locks_on == after.due_on
    ((until,),) = table.house.sql("SELECT until_on FROM extension")
    assert until == years_after(day, 5)


def test_a_sweep_and_a_decision_at_one_moment_leave_one_of_both(table, ready):
    """Decided before midnight, the sweep of the next day finds nothing to destroy; ordered first, nobody decides (R90)."""
    case, _, row = ready
    due = file_of(table).due_on
    table.house.at(table.house.now + (due - timedelta(days=1) - brussels_day(table.house.now)))
    # Decided first: the file goes on.
    answer = meanwhile(
        table.house, "SELECT 1 FROM case_file WHERE id = :c FOR UPDATE", lambda: decide(table, row), c=case
    )
    table.ok(answer)
    table.house.later(days=1)
    sweep_all(table.house.installation)
    assert file_of(table).due_on > due
    # Ordered first: who decides finds nothing any more.
    table.house.sql("UPDATE extension SET state = 'discussed'")
    answer = meanwhile(
        table.house,
        "UPDATE case_file SET shred_ordered_at = now(), state = 'destroyed' WHERE id = :c",
        lambda: decide(table, row),
        c=case,
    )
    assert answer.status_code in {404, 409}
    assert file_of(table).state == "destroyed"
