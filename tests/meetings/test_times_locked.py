"""Past every operation: a meeting happens when it happens, and what follows from its times stays within the rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lockcraft import reached
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel.clock import brussels_day
from app.rules.retention import months_after, years_after

SAID = {"assessment": "Verzonnen.", "decisions": "Verzonnen."}
CLOSED = (
    "UPDATE meeting SET state = 'closed', closed_at = moment(), window_until = moment() + interval '1 hour'"
    " WHERE id = :m"
)
RECORDED = "SELECT * FROM record_discussions(:m, :day, :due, :limit, :lock, :review)"
NOBODY = {"coordinator": None, "mayor": None}


def write(table, meeting, change, **values):
    """What a change to a meeting reaches, past every operation, of its coordinator (its chair) and of the mayor."""
    statement = f"UPDATE meeting SET {change} WHERE id = :m"
    return {who: reached(table.house, who, statement, m=meeting, **values) for who in NOBODY}


# -- when a file falls due (R86, R87, R90) --------------------------------------------------------------------------


def close_and_record(table, meeting, **said):
    """Close a sitting and have its discussions recorded by hand, on the right day; gives the file."""
    day = brussels_day(table.house.now)
    with table.house.work("coordinator") as unit:
        unit.repeat()
        unit.session.execute(text(CLOSED), {"m": meeting})
        unit.session.execute(
            text(RECORDED),
            {"m": meeting, "day": day, "limit": day, "lock": 14, "review": day, "due": day} | said,
        )
    ((found,),) = table.house.sql("SELECT to_jsonb(c) FROM case_file c")
    return day, {name: found[name] for name in ("last_discussed_on", "due_on", "locks_on", "review_on")}


@pytest.mark.parametrize("due", ["2099-01-01", "infinity"])
def test_who_closes_a_sitting_keeps_no_file_for_longer_than_the_law(table, due):
    meeting, _, _ = table.sat("school")
    day, found = close_and_record(table, meeting, due=due, limit=due, lock=-9999, review=due)
    assert found == {
        "last_discussed_on": day.isoformat(),
        "due_on": years_after(day, 1).isoformat(),
        "locks_on": years_after(day, 1).isoformat(),
        "review_on": months_after(day, 6).isoformat(),
    }


def test_nor_for_longer_than_the_agreement(table):
    meeting, _, _ = table.sat("school")
    table.house.sql("UPDATE agreement SET settings = settings || '{\"case_term_days\": 90}'")
    day, found = close_and_record(table, meeting, due="2099-01-01")
    assert found["due_on"] == (day + timedelta(days=90)).isoformat()


def test_an_extension_ends_five_years_after_the_discussion(table):
    meeting, _, case = table.sat("school")
    table.house.sql("UPDATE case_file SET extended_until = '2099-01-01' WHERE id = :c", c=case)
    day, found = close_and_record(table, meeting, limit="2099-01-01")
    assert found["due_on"] == years_after(day, 5).isoformat()


def test_nor_does_a_file_fall_due_or_shut_at_once(table):
    meeting, _, _ = table.sat("school")
    day, found = close_and_record(table, meeting, due="2000-01-01", lock=9999, review="2000-01-01")
    assert found["due_on"] == (day + timedelta(days=30)).isoformat()
    assert found["locks_on"] == day.isoformat()
    assert found["review_on"] == months_after(day, 1).isoformat()


# -- when it sat (R69) ----------------------------------------------------------------------------------------------

OTHER_DAY = "moment() - interval '3 days'"


@pytest.mark.parametrize("at", [OTHER_DAY, "moment() + interval '1 day'", "NULL"])
def test_a_sitting_opens_and_closes_at_the_moment_itself(table, at):
    meeting, _, _ = table.tabled("school")
    table.house.later(days=20)
    assert write(table, meeting, f"state = 'inSession', opened_at = {at}") == NOBODY
    assert write(table, meeting, "state = 'inSession', opened_at = moment()")["coordinator"] == 1
    table.house.later(hours=1)
    closed = "state = 'closed', window_until = moment(), closed_at = "
    assert write(table, meeting, closed + at) == NOBODY
    assert write(table, meeting, closed + "moment(), opened_at = moment()") == NOBODY
    assert write(table, meeting, closed + "moment()")["coordinator"] == 1


def test_when_it_sat_is_not_written_at_another_time(table):
    meeting, _, _ = table.tabled("school")

    def stays(*columns):
        for column in columns:
            for at in (OTHER_DAY, "moment()"):
                assert write(table, meeting, f"{column} = {at}") == NOBODY, (column, at)

    stays("opened_at", "closed_at")
    table.house.later(days=20)
    table.open(meeting)
    table.house.later(hours=1)
    stays("opened_at", "closed_at")
    table.close(meeting)
    table.house.later(minutes=1)
    stays("opened_at", "closed_at")


# -- when it is planned (R4, R19) -----------------------------------------------------------------------------------

MOVED = "starts_at = starts_at + {by}, ends_at = ends_at + {by}, window_until = window_until + {by}"


@pytest.mark.parametrize(
    "change",
    [
        "ends_at = ends_at + interval '10 years', window_until = window_until + interval '10 years'",
        "ends_at = starts_at + interval '25 hours', window_until = starts_at + interval '26 hours'",
        "ends_at = starts_at - interval '1 hour', window_until = starts_at",
        "ends_at = ends_at - interval '1 hour'",
        MOVED.format(by="interval '10 years'"),
        MOVED.format(by="interval '-30 days'"),
    ],
)
def test_a_meeting_to_come_lasts_a_day_at_most_and_comes_within_the_year(table, change):
    for meeting in (table.plan(), table.tabled("school")[0]):
        assert write(table, meeting, change) == NOBODY
        assert write(table, meeting, MOVED.format(by="interval '5 days'"))["coordinator"] == 1


@pytest.mark.parametrize("over", ["interval '10 years'", "interval '-30 days'"])
def test_nor_is_one_planned_otherwise(table, over):
    meeting = table.plan()
    ((names,),) = table.house.sql(
        "SELECT array_agg(column_name::text) FROM information_schema.columns"
        " WHERE table_name = 'meeting' AND column_name <> 'id'"
    )
    moved = [
        f"{name} + {over}" if name in {"starts_at", "ends_at", "window_until"} else name for name in names
    ]
    copied = f"INSERT INTO meeting (id, {', '.join(names)}) SELECT gen_random_uuid(), {{values}} FROM meeting WHERE id = :m"
    for values, done in ((moved, None), (names, 1)):
        statement = copied.format(values=", ".join(values))
        assert reached(table.house, "coordinator", statement, m=meeting) == done


@pytest.mark.parametrize("by", ["interval '1 hour'", "interval '-1 hour'"])
def test_once_it_sits_nobody_moves_its_times(table, by):
    meeting, _, _ = table.sat("school")
    for column in ("starts_at", "ends_at"):
        assert write(table, meeting, f"{column} = {column} + {by}") == NOBODY, column
    table.close(meeting)
    for column in ("starts_at", "ends_at"):
        assert write(table, meeting, f"{column} = {column} + {by}") == NOBODY, column


def test_no_meeting_lasts_longer_than_a_day_whoever_writes_it(table):
    meeting = table.plan()
    for end in ("interval '25 hours'", "interval '-1 hour'"):
        with pytest.raises(IntegrityError, match="ck_meeting_period"):
            table.house.sql(f"UPDATE meeting SET ends_at = starts_at + {end} WHERE id = :m", m=meeting)


# -- who was there (R62, R67, R68) ----------------------------------------------------------------------------------

ADDED = (
    "INSERT INTO attendance (agenda_item_id, person_id, meeting_id, case_id, municipality_id, present, recorded_at)"
    " SELECT id, :p, meeting_id, case_id, municipality_id, true, now() FROM agenda_item WHERE meeting_id = :m"
)
STRUCK = "UPDATE attendance SET present = false WHERE meeting_id = :m AND person_id = :p"
LEFT = "UPDATE attendance SET left_at = moment() WHERE meeting_id = :m AND person_id = :p"
NOTED = (
    "INSERT INTO attendance_move (id, meeting_id, agenda_item_id, case_id, municipality_id, person_id, kind, moved_at,"
    " recorded_by) SELECT gen_random_uuid(), {of}, id, case_id, municipality_id, :p, 'came', moment(), acting_person()"
    " FROM agenda_item WHERE meeting_id = :m"
)
STEPS = {ADDED: "clb", STRUCK: "school", LEFT: "school", NOTED.format(of="meeting_id"): "clb"}


def sat_and_submitted(table):
    """A meeting that is over, with minutes that lie before who was there; gives (meeting, item, case)."""
    meeting, item, case = table.sat("school")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    return meeting, item, case


def lacking_of(table, meeting):
    with table.house.work("coordinator") as unit:
        unit.repeat()
        return unit.session.execute(text("SELECT assents_lacking(:m)"), {"m": meeting}).all()


def test_who_was_there_is_recorded_during_the_sitting_and_never_after(table):
    meeting, _, _ = table.sat("school")
    for statement, whom in STEPS.items():
        assert reached(table.house, "coordinator", statement, m=meeting, p=table.person(whom)) == 1, statement
    meeting, _, _ = sat_and_submitted(table)
    for statement, whom in STEPS.items():
        for who in NOBODY:
            got = reached(table.house, who, statement, m=meeting, p=table.person(whom))
            assert got is None, (statement, who)
    ((lacking,),) = lacking_of(table, meeting)
    assert lacking == 1, "the school's remark or assent is waited for"


def test_nor_before_it(table):
    meeting, _, _ = table.tabled("school")
    for statement in (ADDED, NOTED.format(of="meeting_id")):
        assert reached(table.house, "coordinator", statement, m=meeting, p=table.person("school")) is None


def test_nor_on_the_record_of_a_meeting_that_sits_for_one_that_does_not(table):
    closed, _, _ = sat_and_submitted(table)
    sitting, _, _ = table.sat("clb")
    statement = NOTED.format(of=f"'{sitting}'::uuid")
    with pytest.raises(IntegrityError, match="agenda_item_id_meeting_id"):
        reached(table.house, "coordinator", statement, m=closed, p=table.person("clb"))
