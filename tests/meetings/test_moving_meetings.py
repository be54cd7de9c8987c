"""A meeting that is moved, called off, gets another chair, or is forgotten (R10, R13, R24, R26, R31)."""

from datetime import timedelta

import pytest
from lockcraft import reached
from pagecraft import reader, texts_of


def times(table, days, hours=2):
    starts = table.house.now + timedelta(days=days)
    return {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=hours)).isoformat()}


def move(table, meeting, days, who="mayor", **over):
    return table.post(who, f"/meetings/{meeting}/move", times(table, days) | over)


def notices(table, who):
    return sorted(row.code for row in table.house.sql(
        "SELECT code FROM notice WHERE person_id = :p", p=table.house.cast.persons[who]))  # fmt: skip


def mine(table, who):
    return table.ok(table.get(who, "/invitations"))["items"][0]


def answer(table, who, said="accepted", **also):
    return table.ok(
        table.post(who, f"/invitations/{mine(table, who)['invitationId']}/answer", {"answer": said} | also)
    )


def test_a_move_asks_again_and_the_window_follows(table):
    meeting, item, _ = table.tabled("school", "clb")
    answer(table, "school")
    answer(table, "clb", "declined", reason="Geen tijd.")
    moved = table.ok(move(table, meeting, 30))
    assert moved["windowUntil"] == (table.house.now + timedelta(days=30, hours=4)).isoformat().replace(
        "+00:00", "Z"
    )
    for who in ("school", "clb"):
        assert mine(table, who)["state"] == "sent", who
        assert notices(table, who) == ["invitation", "meetingMoved"]
        assert table.get(who, f"/agendaItems/{item}").status_code == 200
    assert (
        table.house.sql(
            "SELECT 1 FROM invitation WHERE refusal_reason IS NOT NULL OR answered_at IS NOT NULL"
        )
        == []
    )
    (change,) = table.ok(table.get("school", f"/meetings/{meeting}"))["changes"]
    assert (change["kind"], change["changedBy"]) == ("meetingMoved", "Mayor Verzonnen")
    assert len(table.journal("meeting.move", "mayor")) == 1


def test_a_meeting_never_moves_into_the_past_nor_to_no_time_at_all(table):
    meeting = table.plan()
    for days, hours in ((-1, 2), (10, -1), (10, 25), (400, 2), (0, 2)):
        said = table.post("mayor", f"/meetings/{meeting}/move", times(table, days, hours))
        assert said.status_code == 400, (days, hours, said.text)


def test_once_convened_a_move_is_the_mayors_and_before_it_the_desks(table):
    meeting = table.plan()
    table.ok(move(table, meeting, 25, who="coordinator"))
    table.add(meeting, table.case())
    table.convene(meeting)
    refused = move(table, meeting, 30, who="coordinator")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R24")
    assert (
        table.post("coordinator", f"/meetings/{meeting}/cancel", {"reason": "chairAway"}).status_code == 409
    )
    for who, status in (("school", 404), ("secretary", 404), ("zoneMayorD", 404)):
        assert move(table, meeting, 30, who=who).status_code == status, who
    table.ok(move(table, meeting, 30, who="delegate"))


def test_the_notice_of_a_french_community_service_starts_anew(table):
    meeting, _, _ = table.tabled("frenchYouth")
    refused = move(table, meeting, 10)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R26")
    assert mine(table, "frenchYouth")["state"] == "sent"
    table.ok(move(table, meeting, 10, urgencyReason="Er is haast bij."))
    (row,) = table.house.sql("SELECT urgency_reason AS sealed FROM invitation")
    assert row.sealed is not None
    assert b"haast" not in bytes(row.sealed)


def test_a_reason_for_one_day_waives_no_notice_of_another(table):
    """It was given for the day that is left: a shorter notice of a new one wants its own (R26)."""
    meeting, item, _ = table.tabled("frenchYouth")
    table.ok(move(table, meeting, 10, urgencyReason="Er is haast bij."))
    refused = move(table, meeting, 9)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R26")
    table.ok(move(table, meeting, 9, urgencyReason="Nog meer haast."))
    letter = table.ok(table.get("frenchYouth", f"/agendaItems/{item}"))["letter"]
    assert letter["urgencyReason"] == "Nog meer haast."
    table.ok(move(table, meeting, 30))
    assert "urgencyReason" not in table.ok(table.get("frenchYouth", f"/agendaItems/{item}"))["letter"]
    assert move(table, meeting, 8).status_code == 409


def test_a_reason_prepared_for_the_first_day_sends_nothing_on_the_next(table):
    meeting = table.plan(**times(table, 10))
    table.invite(table.add(meeting, table.case()), "frenchYouth", urgencyReason="Er is haast bij.")
    table.ok(move(table, meeting, 5, who="coordinator"))
    refused = table.post("mayor", f"/meetings/{meeting}/convene")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R26")


def test_in_a_joint_cell_the_reason_of_another_town_goes_with_its_day_too(zone):
    d, e = zone
    joint = d.plan(**times(d, 10))
    d.add(joint, d.case())
    guest = e.invite(e.add(joint, e.case("Van E Verzonnen")), "zoneSchool", urgencyReason="Haast.")
    d.ok(move(d, joint, 8, who="zoneMayorD"))
    assert d.house.sql("SELECT 1 FROM invitation WHERE urgency_reason IS NOT NULL") == []
    d.convene(joint)
    e.ok(e.post("zoneMayorE", f"/invitations/{guest}/send"))


def test_the_database_forgets_a_reason_for_the_planner_alone(zone):
    d, e = zone
    joint = d.plan(**times(d, 10))
    e.invite(e.add(joint, e.case("Van E Verzonnen")), "zoneSchool", urgencyReason="Haast.")
    for who, kept in (("zoneMayorE", 1), ("zoneSchool", 1), ("zoneMayorD", 0)):
        assert reached(d.house, who, "SELECT forget_urgency(:m)", m=joint) == 1
        assert len(d.house.sql("SELECT 1 FROM invitation WHERE urgency_reason IS NOT NULL")) == kept, who


def test_the_agreed_notice_of_a_flemish_service_starts_anew_and_its_urgency_is_kept(table):
    meeting, _, _ = table.tabled("school")
    table.ok(move(table, meeting, 10))  # no law gives it a notice
    (line,) = table.journal("meeting.move", "mayor")
    assert (line.rule, line.legal_basis) == ("R24", "livcrAct.invited")
    table.house.sql("UPDATE agreement SET settings = settings || '{\"invitation_notice_days_flemish\": 7}'")
    refused = move(table, meeting, 6)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R30")
    table.ok(move(table, meeting, 6, urgencyReason="Er is haast bij."))
    (row,) = table.house.sql("SELECT urgency_reason AS sealed FROM invitation")
    assert row.sealed is not None


def test_in_a_joint_cell_the_planner_moves_and_everybody_asked_is_told(zone):
    d, e = zone
    joint = d.plan()
    d.add(joint, d.case())
    at_e = e.add(joint, e.case("Van E Verzonnen"))
    invitation = e.invite(at_e, "zoneSchool")
    d.convene(joint)
    e.ok(e.post("zoneMayorE", f"/invitations/{invitation}/send"))
    assert move(e, joint, 30, who="zoneMayorE").status_code == 403
    assert e.post("zoneMayorE", f"/meetings/{joint}/cancel", {"reason": "otherReason"}).status_code == 403
    d.ok(move(d, joint, 30, who="zoneMayorD"))
    assert notices(e, "zoneSchool") == ["invitation", "meetingMoved"]
    lines = {line.controller for line in d.journal("meeting.move")}
    assert lines == {d.house.cast.towns["D"], d.house.cast.towns["E"]}


def test_a_meeting_called_off_is_gone_for_those_invited_and_its_cases_are_proposed_again(table):
    meeting, item, case = table.tabled("school")
    table.ok(table.post("mayor", f"/meetings/{meeting}/cancel", {"reason": "tooFewCome"}))
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    assert notices(table, "school") == ["invitation", "meetingCancelled"]
    seen = table.ok(table.get("coordinator", f"/meetings/{meeting}"))
    assert (seen["state"], seen["changes"][0]["reason"]) == ("cancelled", "tooFewCome")
    for step in ("open", "convene", "cancel"):
        body = {"reason": "otherReason"} if step == "cancel" else {}
        assert table.post("mayor", f"/meetings/{meeting}/{step}", body).status_code == 409, step
    later = table.plan(**times(table, 40))
    (found,) = table.ok(table.get("coordinator", f"/meetings/{later}/proposals"))["items"]
    assert (found["caseId"], found["reasons"][0]["code"]) == (case, "postponed")
    over = table.ok(table.post("coordinator", f"/agendaItems/{item}/carryOver", {"meetingId": later}))
    assert [each["personId"] for each in over["people"]] == [table.person("school")]


def end_mandate(table, who):
    table.house.sql("UPDATE mandate SET ends_on = :d WHERE id = :m", d=table.house.now.date() - timedelta(days=1),
                    m=table.house.cast.mandates[who])  # fmt: skip


def test_a_chair_who_left_is_replaced_before_the_meeting_can_be_opened(table):
    meeting, item, _ = table.tabled("school", chairId=table.person("delegate"))
    table.house.later(days=20)
    end_mandate(table, "delegate")
    refused = table.post("coordinator", f"/meetings/{meeting}/open")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R13")
    wrong = table.post("coordinator", f"/meetings/{meeting}/change", {"chairId": table.person("school")})
    assert wrong.status_code == 400
    table.ok(table.post("coordinator", f"/meetings/{meeting}/change", {"chairId": table.person("mayor")}))
    table.open(meeting)
    kinds = [each["kind"] for each in table.ok(table.get("coordinator", f"/meetings/{meeting}"))["changes"]]
    assert kinds == ["chairChanged"]
    stale = table.post("coordinator", f"/meetings/{meeting}/change", {"place": "Elders"}, '"1"')
    assert stale.status_code == 412
    table.attend(item, "school", "coordinator")
    table.close(meeting)
    assert table.post("coordinator", f"/meetings/{meeting}/change", {"place": "Elders"}).status_code == 409


def test_overlapping_mandates_of_the_chair_do_no_harm(table):
    """Two mandates at once, as when a coordinator becomes delegate: one that holds is enough."""
    house = table.house
    meeting, _, _ = table.tabled("school")
    house.sql(
        "INSERT INTO mandate (id, person_id, role, cell_id, municipality_id, starts_on, document, created_at, version)"
        " SELECT gen_random_uuid(), person_id, 'delegate', cell_id, municipality_id, starts_on, 'x', now(), 1"
        " FROM mandate WHERE id = :m", m=house.cast.mandates["coordinator"],
    )  # fmt: skip
    house.later(days=20)
    house.sql("UPDATE mandate SET ends_on = :d WHERE document = 'x'", d=house.now.date() - timedelta(days=1))
    table.open(meeting)


def test_a_new_place_is_told_to_who_was_invited(table):
    meeting, _, _ = table.tabled("school")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/change", {"place": "Een andere zaal"}))
    assert mine(table, "school")["place"] == "Een andere zaal"
    assert notices(table, "school") == ["agendaChanged", "invitation"]


@pytest.mark.parametrize("opened", [True, False])
def test_a_forgotten_meeting_is_shown_to_the_desk_as_overdue(table, opened):
    meeting, item, _ = table.tabled("school", "policeMember")
    table.house.later(days=20)
    if opened:
        table.open(meeting)
        table.attend(item, "school", "policeMember", "coordinator")
    day = table.house.now.date()
    table.house.later(days=9)
    seen = table.ok(table.get("coordinator", f"/meetings/{meeting}"))
    assert seen["overdue"] is True
    assert meeting in {m["meetingId"] for m in table.ok(table.get("coordinator", "/meetings"))["items"]}
    assert meeting not in {m["meetingId"] for m in table.ok(table.get("school", "/meetings"))["items"]}
    said = texts_of(reader(table.house, "coordinator").get(f"/meetings/{meeting}").text)
    if opened:
        assert "Deze zitting is nog niet afgesloten." in said
        table.close(meeting)
        (row,) = table.house.sql("SELECT last_discussed_on AS day FROM case_file")
        assert row.day == day, "the day of the sitting, however late it is closed (R69)"
    else:
        assert "Deze vergadering is nooit geopend." in said
        table.ok(table.post("mayor", f"/meetings/{meeting}/cancel", {"reason": "otherReason"}))


def test_the_pages_move_change_and_call_off(table):
    meeting, _, _ = table.tabled("school")
    mayor, coordinator = reader(table.house, "mayor"), reader(table.house, "coordinator")
    assert f"/meetings/{meeting}/move" not in coordinator.get(f"/meetings/{meeting}").text
    changed = coordinator.send(f"/meetings/{meeting}/change", place="Een andere zaal")
    assert "Een andere zaal" in changed.text
    moved = mayor.send(f"/meetings/{meeting}/move", startsAt="2026-05-04T14:00", endsAt="2026-05-04T16:00")
    assert "4 mei 2026" in texts_of(moved.text)
    off = mayor.send(f"/meetings/{meeting}/cancel", reason="placeAway")
    assert "Afgelast" in texts_of(off.text)
