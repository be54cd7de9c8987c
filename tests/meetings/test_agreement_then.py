"""The agreement of the time governs: what already runs is never made longer, a stricter one applies from then on (R115).

A case and a meeting name the version they were listed and convened under.
"""

from datetime import date, datetime, timedelta

import pytest
from agreecraft import adopted, in_force, ok
from feedbackcraft import Sheet
from tablecraft import ANSWERED

from app.rules.retention import months_after


def of_case(table, case):
    return table.ok(table.get("coordinator", f"/cases/{case}", reason="meetingPreparation"))


def of_meeting(table, meeting):
    return table.ok(table.get("coordinator", f"/meetings/{meeting}"))


def change(table, **settings):
    return adopted(table.house, table.cell, settings=settings)


def test_a_case_and_a_meeting_name_the_agreement_of_their_time(table):
    first = ok(in_force(table.house))["agreementId"]
    meeting, _, case = table.tabled("participant")
    second = change(table, review_months=2)["agreementId"]
    assert second != first
    assert of_case(table, case)["agreementId"] == of_meeting(table, meeting)["agreementId"] == first
    later = table.plan()
    assert "agreementId" not in of_meeting(table, later), "a draft agenda is under none yet"
    table.add(later, case)
    table.convene(later)
    assert of_meeting(table, later)["agreementId"] == second
    assert of_case(table, table.case("Andere Verzonnen"))["agreementId"] == second


def test_the_term_of_a_case_is_not_lengthened_by_a_longer_one(table):
    change(table, case_term_days=100, retention_lock_days=20)
    case = table.case()
    before = of_case(table, case)
    change(table, case_term_days=365, retention_lock_days=0)
    after = of_case(table, case)
    assert (after["dueOn"], after["locksOn"]) == (before["dueOn"], before["locksOn"])


def test_a_stricter_term_applies_from_the_next_discussion(table):
    meeting, _, case = table.sat("participant")
    table.close(meeting)
    before = of_case(table, case)
    change(table, case_term_days=100, review_months=1)
    assert of_case(table, case)["dueOn"] == before["dueOn"]
    second = table.plan()
    item = table.add(second, case)
    table.invite(item, "participant")
    table.convene(second)
    table.house.later(days=20)
    table.open(second)
    table.attend(item, "participant", "coordinator")
    table.close(second)
    told = of_case(table, case)
    discussed = date.fromisoformat(told["lastDiscussedOn"])
    assert date.fromisoformat(told["dueOn"]) == discussed + timedelta(days=100)
    assert told["dueOn"] < before["dueOn"]


@pytest.mark.parametrize(("later", "wanted"), [(24, 2), (1, 1), (2, 2)])
def test_what_participants_may_read_after_a_meeting_never_opens_wider_than_when_they_were_asked(
    table, later, wanted
):
    meeting, _, _ = table.sat("participant")
    change(table, participant_window_hours=later)
    closed = table.close(meeting)
    assert datetime.fromisoformat(closed["windowUntil"]) == table.house.now + timedelta(hours=wanted)


@pytest.mark.parametrize(("later", "wanted"), [(31, 14), (3, 3)])
def test_an_extract_is_readable_no_longer_than_it_was_when_the_meeting_was_convened(table, later, wanted):
    meeting, _, _ = table.sat("participant")
    table.close(meeting)
    change(table, extract_days=later)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))
    (row,) = table.house.sql("SELECT extract_until FROM meeting WHERE id = :m", m=meeting)
    assert row.extract_until == table.house.now + timedelta(days=wanted)


def test_the_time_for_remarks_runs_on_as_it_was_given(table):
    meeting, _, _ = table.sat("participant")
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    before = table.house.sql("SELECT remarks_until FROM minutes WHERE meeting_id = :m", m=meeting)
    change(table, minutes_remark_days=31)
    change(table, minutes_remark_days=1)
    assert table.house.sql("SELECT remarks_until FROM minutes WHERE meeting_id = :m", m=meeting) == before


@pytest.mark.parametrize(("later", "wanted"), [(31, 7), (2, 2)])
def test_the_time_for_remarks_is_the_shorter_of_then_and_now(table, later, wanted):
    meeting, _, _ = table.sat("participant")
    table.close(meeting)
    change(table, minutes_remark_days=later)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    (row,) = table.house.sql("SELECT remarks_until FROM minutes WHERE meeting_id = :m", m=meeting)
    assert row.remarks_until == table.house.now + timedelta(days=wanted)


@pytest.mark.parametrize(("then", "now", "wanted"), [
    ({"case_term_days": 100, "review_months": 1, "retention_lock_days": 20}, {"case_term_days": 365, "review_months": 6,
     "retention_lock_days": 0}, (100, 1, 20)),
    ({"case_term_days": 365, "review_months": 6, "retention_lock_days": 0}, {"case_term_days": 90, "review_months": 2,
     "retention_lock_days": 30}, (90, 2, 30)),
])  # fmt: skip
def test_what_a_discussion_starts_is_the_stricter_of_its_meeting_s_agreement_and_the_one_in_force(
    table, then, now, wanted
):
    change(table, **then)
    meeting, _, case = table.sat("participant")
    change(table, **now)
    table.close(meeting)
    term, months, lock = wanted
    (row,) = table.house.sql(
        "SELECT last_discussed_on, due_on, locks_on, review_on FROM case_file WHERE id = :c", c=case
    )
    assert row.due_on == row.last_discussed_on + timedelta(days=term)
    assert row.locks_on == row.due_on - timedelta(days=lock)
    assert row.review_on == months_after(row.last_discussed_on, months)


@pytest.mark.parametrize(("then", "now"), [(24, 3), (3, 24)])
def test_a_meeting_opens_to_its_readers_by_the_agreement_it_is_convened_under(table, then, now):
    change(table, participant_window_hours=then)
    meeting = table.plan()
    table.add(meeting, table.case())
    change(table, participant_window_hours=now)
    table.convene(meeting)
    (row,) = table.house.sql("SELECT window_until - ends_at AS open FROM meeting WHERE id = :m", m=meeting)
    assert row.open == timedelta(hours=now)


def test_a_case_that_is_closed_is_not_opened_longer_by_a_later_agreement(table):
    change(table, retention_lock_days=30)
    meeting, _, case = table.sat("participant")
    table.close(meeting)
    before = of_case(table, case)
    change(table, retention_lock_days=0)
    said = {"ground": "regularCareSuffices", "meetingId": meeting}
    answer = table.post("coordinator", f"/cases/{case}/proposeClosure", said)
    table.ok(answer)
    table.ok(table.post("mayor", f"/cases/{case}/close", ANSWERED | {"dataUntil": before["dueOn"]}))
    (row,) = table.house.sql("SELECT locks_on FROM case_file WHERE id = :c", c=case)
    assert row.locks_on.isoformat() == before["locksOn"]


@pytest.mark.parametrize(("later", "wanted"), [(14, 7), (2, 2)])
def test_who_is_asked_about_a_sheet_has_the_shorter_of_two_times_to_answer(table, later, wanted):
    sheet = Sheet(table)
    change(table, feedback_answer_days=later)
    sheet.draft()
    told = table.ok(sheet.ask())
    assert datetime.fromisoformat(told["answerUntil"]) == table.house.now + timedelta(days=wanted)


def test_the_database_gives_no_longer_to_answer_than_the_agreement_does(table):
    sheet = Sheet(table)
    sheet.draft()
    ask = "SELECT ask_feedback_consensus(CAST(:s AS uuid), '2100-01-01')"
    assert sheet.tries("policeMember", ask, s=sheet.id)
    (row,) = table.house.sql("SELECT answer_until, asked_at FROM feedback_sheet")
    assert row.answer_until == row.asked_at + timedelta(days=7)


def test_a_signal_that_waits_keeps_the_shorter_term_it_came_in_under(table):
    change(table, registration_limit_days=20)
    signal = {
        "municipalityId": str(table.house.cast.towns["C"]), "subjectName": "Iemand Verzonnen", "narrative": "Verzonnen.",
        "phenomenon": "sects", "urgency": "normal", "nothingClassified": True,
    }  # fmt: skip
    path = table.ok(table.post("participant", "/registrations", signal), 201)["self"].removeprefix("/api/v1")
    table.ok(table.post("mayor", path + "/screen"))
    due = table.house.sql("SELECT due_on FROM registration")
    change(table, registration_limit_days=90)
    said = {"outcome": "moreInformationWanted", "indications": "Navragen."}
    table.ok(table.post("mayor", path + "/decide", said))
    assert table.house.sql("SELECT due_on FROM registration") == due
    change(table, registration_limit_days=14)
    table.ok(table.post("mayor", path + "/decide", said))
    assert table.house.sql("SELECT due_on FROM registration")[0].due_on == due[0].due_on - timedelta(days=6)


def test_a_confirmed_undertaking_holds_as_long_as_it_was_given(table):
    house = table.house
    text = table.ok(table.get("clb", "/undertakings/current"))["textVersion"]
    table.ok(table.post("clb", "/undertakings", {"textVersion": text, "confirmed": True}), 201)
    query = "SELECT max(confirmed_at), valid_until FROM undertaking WHERE person_id = :p GROUP BY valid_until ORDER BY 1"
    before = house.sql(query, p=house.cast.persons["clb"])
    change(table, undertaking_renewal_days=30)
    assert house.sql(query, p=house.cast.persons["clb"]) == before


def test_an_open_emergency_keeps_its_end(table, known):
    from glasscraft import smash

    glass = table.ok(smash(table, "policeMember", known), 201)
    change(table, break_glass_minutes=240)
    (row,) = table.house.sql("SELECT ends_at FROM break_glass")
    assert row.ends_at == datetime.fromisoformat(glass["endsAt"])
