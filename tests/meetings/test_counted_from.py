"""What was handed over is counted from the last discussion over there until there is one here (R84, R86, R87)."""

from datetime import timedelta

import pytest
from handcraft import listed_there
from lockcraft import reached
from sqlalchemy.exc import DBAPIError

from app.rules.actions import Action
from app.rules.retention import years_after


@pytest.fixture
def came(table, sent):
    """A file that came to Gemeente D a hundred days after its last discussion in Gemeente C; gives (case there, that day)."""
    _, row = sent
    ((last,),) = table.house.sql("SELECT last_discussed_on FROM case_file")
    table.house.sql("UPDATE hand_over SET accept_until = :d", d=last + timedelta(days=200))
    table.house.later(days=100)
    return listed_there(table, row), last


def dates(table, case, columns="counted_from, listed_on, last_discussed_on, due_on"):
    ((found),) = table.house.sql(f"SELECT {columns} FROM case_file WHERE id = :c", c=case)
    return tuple(found)


def test_the_day_of_the_listing_here_stands_nowhere_for_a_discussion(table, came):
    case, last = came
    counted, listed, discussed, due = dates(table, case)
    assert (counted, discussed, due) == (last, None, years_after(last, 1))
    assert listed > last
    endings = table.ok(table.get("zoneMayorD", "/retention/upcoming", days=1830))["items"]
    (mine,) = [each for each in endings if each.get("caseId") == case]
    assert (mine["why"]["start"], mine["why"]["startedOn"]) == ("sender", str(last))


def test_third_persons_end_by_the_year_from_over_there(table, came):
    case, last = came
    ((ends,),) = table.house.sql(
        "SELECT contact_ends_on('2040-01-01', c) FROM (SELECT * FROM case_file WHERE id = :c) f, case_file c WHERE c.id = f.id",
        c=case,
    )
    table.house.sql("UPDATE case_file SET due_on = '2030-01-01' WHERE id = :c", c=case)
    ((by_law,),) = table.house.sql(
        "SELECT contact_ends_on('2040-01-01', c) FROM case_file c WHERE id = :c", c=case
    )
    assert ends == by_law == years_after(last, 1)
    sheet = table.ok(table.get("zoneMayorD", f"/cases/{case}/contacts", reason="newInformation"))
    assert sheet["carriedUntil"] == str(years_after(last, 1))


def test_a_discussion_here_starts_the_year_and_corrected_away_it_ends_as_it_would_have_there(
    table, zone, came
):
    case, last = came
    there, _ = zone
    meeting = there.plan()
    item = there.add(meeting, case)
    there.invite(item, "zoneSchool")
    there.convene(meeting)
    there.open(meeting)
    there.attend(item, "zoneSchool", there.coordinator)
    there.close(meeting)
    day = dates(table, case)[2]
    assert dates(table, case)[3] == years_after(day, 1)
    body = {"meetingId": meeting, "kind": "notDiscussed", "reasonText": "Verzonnen reden."}
    proposed = there.ok(there.post(there.coordinator, f"/cases/{case}/discussions/correct", body))
    row = proposed["corrections"][0]["correctionId"]
    # Past the operation too: whatever end is asked for, what came from elsewhere ends as it would have ended there.
    with table.house.work("zoneMayorD") as unit:
        unit.repeat()
        from sqlalchemy import text

        asked = {"c": row, "d": years_after(day, 1), "r": day}
        assert unit.session.scalar(text("SELECT correct_discussion(:c, :d, 14, :r)"), asked)
    assert dates(table, case) == (last, dates(table, case)[1], None, years_after(last, 1))


def test_the_mayor_who_corrects_it_away_gets_the_same_day(table, zone, came):
    case, last = came
    there, _ = zone
    meeting = there.plan()
    item = there.add(meeting, case)
    there.invite(item, "zoneSchool")
    there.convene(meeting)
    there.open(meeting)
    there.attend(item, "zoneSchool", there.coordinator)
    there.close(meeting)
    table.house.sql("UPDATE registration SET ends_by = :d WHERE case_id = :c", d=years_after(last, 5), c=case)
    body = {"meetingId": meeting, "kind": "notDiscussed", "reasonText": "Verzonnen reden."}
    proposed = there.ok(there.post(there.coordinator, f"/cases/{case}/discussions/correct", body))
    row = proposed["corrections"][0]["correctionId"]
    path = f"/cases/{case}/discussions/decide"
    there.ok(there.post(there.mayor, path, {"correctionId": row, "decision": "approve"}))
    assert dates(table, case)[3] == years_after(last, 1), (
        "also where only the day of the last discussion came along"
    )


def test_handed_over_once_more_it_is_still_counted_from_the_first(table, came):
    case, last = came
    table.house.sql(
        "UPDATE case_file SET state = 'closureProposed', closure_ground = 'moved' WHERE id = :c", c=case
    )
    body = {"caseId": case, "municipalityId": str(table.house.cast.towns["C"])}
    row = table.ok(table.post("zoneCoordinatorD", "/handOvers", body), 201)["handOverId"]
    table.ok(table.post("zoneMayorD", f"/handOvers/{row}/send"))
    made = table.ok(table.post("mayor", f"/handOvers/{row}/receive"))["registrationId"]
    found = table.house.sql("SELECT counted_from, ends_by FROM registration WHERE id = :r", r=made)
    assert found == [(last, years_after(last, 1))]


def test_past_every_operation_nothing_that_came_starts_a_year_anew(table, sent):
    _, row = sent
    made = table.ok(table.post("zoneMayorD", f"/handOvers/{row}/receive"))["registrationId"]
    for change in (
        "counted_from = NULL",
        "ends_by = NULL",
        "ends_by = '2040-01-01'",
        "counted_from = '2040-01-01'",
    ):
        statement = f"UPDATE registration SET {change} WHERE id = '{made}'"
        assert not reached(table.house, "zoneMayorD", statement), change
    table.ok(table.post("zoneMayorD", f"/registrations/{made}/screen"))
    copied = """
        INSERT INTO case_file (id, municipality_id, cell_id, reference, state, phenomenon, subject_id, origin,
            registration_id, agreement_id, listed_on, listed_by, counted_from, due_on, locks_on, version)
        SELECT gen_random_uuid(), r.municipality_id, r.cell_id, 'C-2026-XXXX', 'listed', r.phenomenon, r.subject_id, r.origin,
            r.id, a.id, present_day(), :me, {counted}, {due}, {due}, 1
        FROM registration r JOIN agreement a ON a.cell_id = r.cell_id AND a.state = 'adopted' WHERE r.id = :r
    """
    from sqlalchemy import text

    for counted, due in (
        ("NULL", "r.ends_by"),
        ("r.counted_from", "r.ends_by + 1"),
        ("r.counted_from + 1", "r.ends_by"),
    ):
        with pytest.raises(DBAPIError) as refused, table.house.work("zoneMayorD") as unit:
            unit.decided.append(Action.REGISTRATION_DECIDE)
            unit.session.execute(
                text(copied.format(counted=counted, due=due)), {"r": made, "me": table.person("zoneMayorD")}
            )
        assert refused.value.orig.sqlstate == "42501"
        assert "starts no year anew" in str(refused.value)
