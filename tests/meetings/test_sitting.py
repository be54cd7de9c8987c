"""The sitting: core composition, attendance per item, and closing, which dates the cases (R10, R11, R62, R69, R96)."""

from datetime import date, datetime, timedelta

import pytest
from pagecraft import reader

from app.kernel.clock import BRUSSELS


def file_of(table, case):
    return table.house.sql("SELECT * FROM case_file WHERE id = :c", c=case)[0]


def test_a_convened_meeting_opens_for_its_desk(table):
    meeting, _, _ = table.tabled("school")
    for who, status in (
        ("school", 403),
        ("clb", 404),
        ("secretary", 404),
        ("zoneMayorD", 404),
        ("auditor", 404),
    ):
        assert table.post(who, f"/meetings/{meeting}/open").status_code == status, who
    table.house.later(days=20)
    assert table.house.client("coordinator").post(f"/api/v1/meetings/{meeting}/open").status_code == 428
    assert table.open(meeting)["state"] == "inSession"
    assert table.post("coordinator", f"/meetings/{meeting}/open").status_code == 409


def test_before_its_own_day_a_meeting_is_not_opened(table):
    """The day of opening is the day of discussion, from which the term runs: it is the day that was announced (R69)."""
    meeting, _, _ = table.tabled("school")
    starts = table.house.now + timedelta(days=20)
    midnight = starts.astimezone(BRUSSELS).replace(hour=0, minute=0)
    table.house.at(midnight - timedelta(minutes=1))
    refused = table.post("coordinator", f"/meetings/{meeting}/open")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R69")
    assert [each["detail"] for each in refused.json()["issues"]] == [
        "De dag van de vergadering is nog niet gekomen. Verplaats ze eerst als ze vroeger plaatsvindt."
    ]
    assert table.journal("meeting.open", "coordinator", "conflict")
    assert "meeting.open" not in table.ok(table.get("coordinator", f"/meetings/{meeting}"))["abilities"]
    table.house.at(midnight)
    assert "meeting.open" in table.ok(table.get("coordinator", f"/meetings/{meeting}"))["abilities"]
    table.ok(table.post("coordinator", f"/meetings/{meeting}/open"))


def test_the_page_says_on_which_day_the_sitting_opens(table):
    meeting, _, _ = table.tabled("school")
    early = reader(table.house, "coordinator").get(f"/meetings/{meeting}").text
    assert "Open ze op 22 maart 2026." in early
    assert f'action="/meetings/{meeting}/open"' not in early
    table.house.later(days=20)
    there = reader(table.house, "coordinator").get(f"/meetings/{meeting}").text
    assert "Open ze op" not in there
    assert f'action="/meetings/{meeting}/open"' in there


def test_a_meeting_with_nothing_left_on_its_agenda_is_not_opened(table):
    meeting, item, _ = table.tabled("school")
    table.ok(table.post("mayor", f"/agendaItems/{item}/takeOff", {"reason": "notNeededNow"}))
    table.house.later(days=20)
    shown = table.ok(table.get("coordinator", f"/meetings/{meeting}"))
    assert "meeting.open" not in shown["abilities"]
    assert shown["holding"]["nextStep"] == "table", "a case can still be put on it"
    refused = table.post("coordinator", f"/meetings/{meeting}/open")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R61")
    assert table.journal("meeting.open", "coordinator", "conflict")


def test_an_item_of_another_municipality_is_enough_to_open_a_joint_meeting(zone):
    d, e = zone
    joint = d.plan()
    at_d, at_e = d.add(joint, d.case()), e.add(joint, e.case())
    d.invite(at_d, "zoneSchool")
    e.invite(at_e, "zonePolice")
    d.convene(joint)
    d.ok(d.post("zoneMayorD", f"/agendaItems/{at_d}/takeOff", {"reason": "notNeededNow"}))
    d.house.later(days=20)
    assert d.open(joint)["state"] == "inSession"


def test_who_did_not_confirm_the_secrecy_duty_is_not_noted_in_the_room(table):
    """Nor whose confirmation ran out; who was noted before can still be noted as having left (R16, R17)."""
    meeting, item, _ = table.tabled("school", "clb")
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school")
    table.house.sql("UPDATE undertaking SET valid_until = '2026-01-01'")
    table.house.sql(
        "UPDATE undertaking SET valid_until = '2049-01-01' WHERE person_id = :p",
        p=table.person("coordinator"),
    )
    said = {"agendaItemId": item, "personId": table.person("clb")}
    refused = table.post("coordinator", "/attendances", said)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R16")
    assert table.journal("attendance.record", "coordinator", "conflict")
    left = said | {"personId": table.person("school"), "present": False}
    assert table.ok(table.post("coordinator", "/attendances", left))["present"] is False


def test_without_the_core_members_recorded_it_stays_shut(table):
    meeting, _, _ = table.tabled("school")
    table.house.sql("UPDATE mandate SET clearance_until = '2026-03-01' WHERE clearance_until IS NOT NULL")
    refused = table.post("coordinator", f"/meetings/{meeting}/open")
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R11"
    table.house.sql("UPDATE mandate SET clearance_until = '2049-01-01' WHERE role = 'informationOfficer'")
    table.open(meeting)


@pytest.mark.parametrize(
    "roles", [("mayor", "delegate"), ("policeMember", "informationOfficer"), ("coordinator",)]
)
def test_each_core_function_must_be_mandated_today(table, roles):
    meeting, _, _ = table.tabled("school")
    who = "mayor" if "coordinator" in roles else "coordinator"
    table.house.sql("UPDATE mandate SET ends_on = '2026-03-01' WHERE role = ANY(:r)", r=list(roles))
    refused = table.post(who, f"/meetings/{meeting}/open")
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R115"


def test_presence_is_recorded_per_item_of_those_who_were_asked(table):
    _, item, case = table.sat("school")
    seen = table.ok(table.get("school", f"/agendaItems/{item}"))
    assert seen["why"]["standing"] == "attending"
    for who in ("clb", "policeMember", "zoneMayorD", "auditor"):
        body = {"agendaItemId": item, "personId": table.person(who)}
        assert table.post("coordinator", "/attendances", body).status_code == 400, who
    table.attend(item, "mayor", "coordinator")
    (line, *_) = table.journal("attendance.record", "coordinator")
    assert str(line.case_id) == case
    body = {"agendaItemId": item, "personId": table.person("school")}
    assert table.post("school", "/attendances", body).status_code == 403
    assert table.post("clb", "/attendances", body).status_code == 404
    gone = table.ok(table.post("coordinator", "/attendances", body | {"present": False}))
    assert gone["present"] is False
    assert table.get("school", f"/agendaItems/{item}").json()["why"]["standing"] == "invited"


def test_presence_is_recorded_during_the_sitting_only(table):
    meeting, item, _ = table.tabled("school")
    body = {"agendaItemId": item, "personId": table.person("school")}
    assert table.post("coordinator", "/attendances", body).status_code == 409
    table.house.later(days=20)
    table.open(meeting)
    table.ok(table.post("coordinator", "/attendances", body))
    table.close(meeting)
    assert table.post("coordinator", "/attendances", body).status_code == 409


def test_whoever_declined_is_not_recorded_present(table):
    meeting, item, _ = table.tabled("school")
    (mine,) = table.ok(table.get("school", "/invitations"))["items"]
    table.ok(
        table.post(
            "school", f"/invitations/{mine['invitationId']}/answer", {"answer": "declined", "reason": "Neen."}
        )
    )
    table.open(meeting)
    body = {"agendaItemId": item, "personId": table.person("school")}
    assert table.post("coordinator", "/attendances", body).status_code == 400


def test_a_police_member_joins_only_with_a_clearance_that_holds_today(table):
    meeting, item, _ = table.tabled("policeMember")
    table.open(meeting)
    table.house.sql(
        "UPDATE mandate SET clearance_until = '2026-03-01' WHERE id = :m",
        m=table.house.cast.mandates["policeMember"],
    )
    body = {"agendaItemId": item, "personId": table.person("policeMember")}
    refused = table.post("coordinator", "/attendances", body)
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R10"
    assert table.house.sql("SELECT 1 FROM attendance") == []


def test_closing_dates_every_case_discussed_from_the_meeting_record(table):
    meeting, item, case = table.sat("school")
    absent = table.case("Tweede Verzonnen")
    before = file_of(table, absent)
    table.attend(item, "coordinator")
    table.close(meeting)
    row = file_of(table, case)
    assert row.state == "underDiscussion"
    assert row.last_discussed_on == date(2026, 3, 22)
    assert row.due_on == date(2027, 3, 22)
    assert row.locks_on == date(2027, 3, 8)
    assert row.review_on == date(2026, 6, 22)
    assert file_of(table, absent) == before
    (line,) = [x for x in table.journal("meeting.close") if x.case_id]
    assert (str(line.case_id), line.reason) == (case, "discussed")
    assert {r.state for r in table.house.sql("SELECT state FROM invitation")} == {"attended"}


def test_an_item_nobody_sat_at_was_not_discussed(table):
    meeting, _, case = table.tabled("school")
    table.house.later(days=20)
    table.open(meeting)
    table.close(meeting)
    row = file_of(table, case)
    assert (row.state, row.last_discussed_on, row.due_on) == ("listed", None, date(2027, 3, 2))
    assert {r.state for r in table.house.sql("SELECT state FROM invitation")} == {"noAnswer"}
    assert [x for x in table.journal("meeting.close") if x.case_id] == []


@pytest.mark.parametrize(
    ("present", "state", "discussed"),
    [
        (("coordinator", "mayor"), "listed", False),  # one service alone is no consultation
        (("school",), "listed", False),
        (("coordinator", "school"), "listed", True),
        (("coordinator", "school"), "closed", False),
    ],
)
def test_a_discussion_takes_two_services_and_a_case_on_the_list(table, present, state, discussed):
    meeting, item, case = table.tabled("school")
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, *present)
    table.house.sql("UPDATE case_file SET state = :s WHERE id = :c", s=state, c=case)
    before = file_of(table, case).due_on
    table.close(meeting)
    row = file_of(table, case)
    assert row.last_discussed_on == (date(2026, 3, 22) if discussed else None)
    assert (row.due_on == before) is not discussed
    assert len(table.house.sql("SELECT 1 FROM discussion")) == discussed


def test_who_accepted_and_did_not_come_is_absent_and_who_said_nothing_gave_no_answer(table):
    meeting, _, _ = table.tabled("school", "clb")
    (mine,) = table.ok(table.get("school", "/invitations"))["items"]
    table.ok(table.post("school", f"/invitations/{mine['invitationId']}/answer", {"answer": "accepted"}))
    table.house.later(days=20)
    table.open(meeting)
    table.close(meeting)
    states = {str(r.person_id): r.state for r in table.house.sql("SELECT person_id, state FROM invitation")}
    assert states == {table.person("school"): "absent", table.person("clb"): "noAnswer"}


@pytest.mark.parametrize("late", [0, 3])
def test_a_term_that_is_over_is_not_started_anew_by_a_sitting_or_by_closing_it_late(table, late):
    meeting, _, case = table.sat("school")
    due = date(2026, 3, 22) + timedelta(days=late - 1 if late else 0)
    table.house.sql("UPDATE case_file SET due_on = :d WHERE id = :c", d=due, c=case)
    table.house.later(days=late)
    table.close(meeting)
    row = file_of(table, case)
    assert (row.due_on, row.last_discussed_on, row.state) == (due, None, "listed")
    assert table.house.sql("SELECT 1 FROM discussion") == []
    assert [x for x in table.journal("meeting.close") if x.case_id] == []


def test_without_a_mayor_of_each_municipality_on_record_nothing_is_tabled_convened_or_opened(zone):
    d, _ = zone
    case, meeting = d.case(), d.plan()
    d.add(meeting, case)
    other = d.case("Tweede Verzonnen")
    ended = "UPDATE mandate SET ends_on = '2026-03-01' WHERE role = 'mayor' AND id = :m"
    d.house.sql(ended, m=d.house.cast.mandates["zoneMayorE"])
    body = {"meetingId": meeting, "caseId": other, "question": "?"}
    for who, path, sent in (
        ("zoneCoordinatorD", "/agendaItems", body),
        ("zoneMayorD", f"/meetings/{meeting}/convene", {}),
    ):
        refused = d.post(who, path, sent)
        assert (refused.status_code, refused.json()["rule"]) == (409, "R115"), path
    d.house.sql("UPDATE meeting SET state = 'convened' WHERE id = :m", m=meeting)
    assert d.post("zoneCoordinatorD", f"/meetings/{meeting}/open").json()["rule"] == "R115"


def test_a_sitting_that_runs_over_keeps_its_people_for_twelve_hours_and_no_longer(table):
    meeting, _, _ = table.sat("school")
    table.house.later(hours=12)
    assert table.get("school", f"/meetings/{meeting}").status_code == 200
    table.house.later(seconds=1)
    assert table.get("school", f"/meetings/{meeting}").status_code == 404


def test_opening_late_does_not_open_again_what_ran_out_with_the_plan(table):
    meeting, _, _ = table.tabled("school")
    table.house.later(days=21)
    table.open(meeting)
    assert table.get("school", f"/meetings/{meeting}").status_code == 404


def test_a_new_discussion_keeps_a_decided_extension_but_never_beyond_five_years(table):
    meeting, _, case = table.sat("school")
    table.house.sql("UPDATE case_file SET extended_until = '2028-01-01' WHERE id = :c", c=case)
    table.close(meeting)
    assert file_of(table, case).due_on == date(2028, 1, 1)
    again = table.plan()
    item = table.add(again, case)
    table.invite(item, "school")
    table.convene(again)
    table.house.later(days=20)
    table.open(again)
    table.attend(item, "coordinator", "school")
    table.house.sql("UPDATE case_file SET extended_until = '2039-01-01' WHERE id = :c", c=case)
    table.close(again)
    assert file_of(table, case).due_on == date(2031, 4, 11)


def test_the_dates_are_set_once_and_nobody_moves_them_afterwards(table):
    meeting, _, case = table.sat("school")
    table.close(meeting)
    with table.house.installation.sessions() as session:
        session.info.update(
            actor=table.house.cast.persons["coordinator"],
            mandate=table.house.cast.mandates["coordinator"],
            now=table.house.now,
        )
        sql = (
            "SELECT * FROM record_discussions(:m, '2040-01-01', '2041-01-01', '2045-01-01', 1, '2040-02-01')"
        )
        assert session.connection().exec_driver_sql(sql.replace(":m", f"'{meeting}'")).all() == []
        session.commit()
    assert file_of(table, case).due_on == date(2027, 3, 22)


def test_closing_starts_the_reading_window(table):
    meeting, _, _ = table.sat("school")
    table.house.later(hours=1)
    closed = table.close(meeting)
    assert datetime.fromisoformat(closed["windowUntil"]) == table.house.now + timedelta(hours=2)
    table.house.later(hours=2)
    assert table.get("school", f"/meetings/{meeting}").status_code == 200
    table.house.later(seconds=1)
    assert table.get("school", f"/meetings/{meeting}").status_code == 404


def test_closing_late_does_not_open_the_window_again(table):
    meeting, _, case = table.sat("school")
    table.house.later(days=3)
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    table.close(meeting)
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    assert file_of(table, case).last_discussed_on == date(2026, 3, 22)


def test_the_absent_lose_sight_when_the_meeting_closes(table):
    meeting, item, _ = table.tabled("school", "clb")
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school")
    table.close(meeting)
    assert table.get("school", f"/agendaItems/{item}").status_code == 200
    assert table.get("clb", f"/agendaItems/{item}").status_code == 404
    assert table.post("school", f"/meetings/{meeting}/close").status_code == 403
