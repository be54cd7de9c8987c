"""What was written for a meeting goes with its writer's part and with the meeting, and opens only as what could be said there.

R4, R18, R31, R35, R64, R113; decision 0035.
"""

from datetime import timedelta

import pytest
from askcraft import ASKED, SAID
from lockcraft import reached

from app.retention.sweeping import sweep_all


def test_a_guest_of_another_municipality_s_desk_opens_nothing_nor_does_the_database_for_a_guest(zone):
    d, e = zone
    meeting, case = d.plan(), e.case()
    d.add(meeting, d.case())
    item = e.add(meeting, case)
    for name in ("zoneCoordinatorD", "zoneSchool"):
        e.invite(item, name)
    d.convene(meeting)
    e.ok(e.post("zoneMayorE", f"/meetings/{meeting}/invite"))
    (row,) = e.house.sql(
        "SELECT id FROM invitation WHERE person_id = :p", p=e.house.cast.persons["zoneSchool"]
    )
    request = e.ok(e.post("zoneMayorE", f"/invitations/{row.id}/contributionRequest", ASKED), 201)
    e.ok(e.post("zoneSchool", f"/contributionRequests/{request['contributionRequestId']}/answer", SAID))
    e.house.later(days=20)
    d.open(meeting)
    e.attend(item, "zoneCoordinatorD", "zoneCoordinatorE", "zoneSchool")
    path = f"/agendaItems/{item}/openContributions"
    assert e.post("zoneCoordinatorD", path).status_code == 403
    for who in ("zoneCoordinatorD", "zoneSchool"):
        reached(e.house, who, "SELECT * FROM open_contributions(:i)", i=item)
    assert e.house.sql("SELECT 1 FROM statement") == []
    assert e.ok(e.post("zoneCoordinatorE", path))["opened"] == 1


ADD = (
    "INSERT INTO contribution (id, request_id, agenda_item_id, case_id, municipality_id, person_id, category, origin, kind,"
    " audience, stated_on, text, given_at) SELECT gen_random_uuid(), id, agenda_item_id, case_id, municipality_id, person_id,"
    " 5, 'livcParticipant', 'fact', 'table', current_date, '\\x00', now() FROM contribution_request"
)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE case_file SET state = 'closed'", "R64"),
        ("UPDATE municipality SET recording_basis = NULL", "R113"),
    ],
)
def test_a_contribution_is_given_and_opened_only_where_a_statement_could_be_made(asked, change, rule):
    table = asked.table
    back = {
        "case_file": "UPDATE case_file SET state = 'listed'",
        "municipality": 'UPDATE municipality SET recording_basis = \'{"nl": "verzonnen"}\'',
    }[change.split()[1]]
    table.house.sql(change)
    refused = asked.answer()
    assert (refused.status_code, refused.json()["rule"]) == (409, rule)
    assert asked.own()[0]["abilities"] == []
    assert reached(table.house, "school", ADD) is None
    table.house.sql(back)
    assert asked.own()[0]["abilities"] == ["contributionRequest.answer"]
    table.ok(asked.answer())
    asked.sit("school", "coordinator")
    table.house.sql(change)
    refused = asked.open()
    assert (refused.status_code, refused.json()["rule"]) == (409, "R18" if rule == "R64" else rule)
    assert table.ok(asked.board()).get("mayOpen") is False
    reached(table.house, "coordinator", "SELECT * FROM open_contributions(:i)", i=asked.item)
    assert len(table.house.sql("SELECT 1 FROM contribution")) == 1
    table.house.sql(back)
    assert table.ok(asked.open())["opened"] == 1


def test_a_service_of_the_french_community_contributes_only_after_it_said_that_it_cares(table):
    _, item, _ = table.tabled("frenchYouth")
    (row,) = table.house.sql("SELECT id FROM invitation")
    made = table.ok(table.post("mayor", f"/invitations/{row.id}/contributionRequest", ASKED), 201)
    path = f"/contributionRequests/{made['contributionRequestId']}"
    refused = table.post("frenchYouth", f"{path}/answer", SAID)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R35")
    assert reached(table.house, "frenchYouth", ADD) is None
    table.ok(table.post("frenchYouth", f"{path}/answer", {"nothingToShare": True}))
    table.ok(table.post("frenchYouth", f"{path}/withdraw"))
    yes = {"answer": "accepted", "careRelation": True}
    table.ok(table.post("frenchYouth", f"/invitations/{row.id}/answer", yes))
    table.ok(table.post("frenchYouth", f"{path}/answer", SAID))
    table.house.sql("UPDATE invitation SET state = 'sent'")  # as a move of the meeting does
    meeting = table.house.sql("SELECT id FROM meeting")[0].id
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "coordinator")
    assert table.ok(table.post("coordinator", f"/agendaItems/{item}/openContributions"))["opened"] == 0
    assert table.house.sql("SELECT 1 FROM statement UNION SELECT 1 FROM contribution") == []


DECLINED = {"answer": "declined", "reason": "Niet meer bij ons."}


@pytest.mark.parametrize("gone", ["declined", "withdrawn", "excluded", "postponed"])
def test_what_somebody_wrote_who_has_no_part_any_more_goes_at_once(asked, gone):
    table = asked.table
    table.ok(asked.answer())
    assert len(table.house.sql("SELECT 1 FROM contribution")) == 1
    invitation = asked.invitation("school")
    if gone == "declined":
        table.ok(table.post("school", f"/invitations/{invitation}/answer", DECLINED))
    elif gone == "withdrawn":
        table.ok(table.post("mayor", f"/invitations/{invitation}/withdraw"))
    elif gone == "postponed":
        table.ok(table.post("mayor", f"/agendaItems/{asked.item}/postpone", {"reason": "notEnoughTime"}))
    else:
        table.ok(table.post("school", f"/cases/{asked.case}/exclude"))
    assert table.house.sql("SELECT 1 FROM contribution") == []
    assert table.house.sql("SELECT state, answered_at FROM contribution_request") == [("asked", None)]


def test_who_declined_and_is_asked_again_by_a_move_says_nothing_by_keeping_silent(asked):
    table = asked.table
    table.ok(asked.answer())
    table.ok(table.post("school", f"/invitations/{asked.invitation('school')}/answer", DECLINED))
    starts = table.house.now + timedelta(days=22)
    times = {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=2)).isoformat()}
    table.ok(table.post("mayor", f"/meetings/{asked.meeting}/move", times))
    table.house.later(days=22)
    table.open(asked.meeting)
    table.attend(asked.item, "coordinator")
    assert table.ok(asked.open())["opened"] == 0
    assert asked.statements("coordinator") == []


def test_who_is_invited_again_on_the_same_row_is_asked_anew(asked):
    table = asked.table
    table.ok(asked.answer())
    invitation = asked.invitation("school")
    table.ok(table.post("mayor", f"/invitations/{invitation}/withdraw"))
    assert table.invite(asked.item, "school") == invitation
    table.ok(table.post("mayor", f"/invitations/{invitation}/send"))
    (mine,) = asked.own()
    assert (mine["state"], mine["abilities"]) == ("asked", ["contributionRequest.answer"])
    asked.sit("school", "coordinator")
    assert table.ok(asked.open())["opened"] == 0


@pytest.mark.parametrize("gone", ["declined", "withdrawn", "excluded"])
def test_what_somebody_wrote_who_has_no_part_any_more_is_opened_by_nobody(asked, gone):
    """The second look, at the opening itself, for whatever got past the first."""
    table = asked.table
    table.ok(asked.answer())
    behind_its_back = {
        "declined": "UPDATE invitation SET state = 'declined' WHERE person_id = :p",
        "withdrawn": "UPDATE invitation SET state = 'withdrawn' WHERE person_id = :p",
        "excluded": "INSERT INTO exclusion SELECT person_id, case_id, municipality_id, now() FROM contribution"
        " WHERE person_id = :p",
    }
    table.house.sql("ALTER TABLE invitation DISABLE TRIGGER USER")
    table.house.sql("ALTER TABLE exclusion DISABLE TRIGGER USER")
    table.house.sql(behind_its_back[gone], p=table.person("school"))
    table.house.sql("ALTER TABLE invitation ENABLE TRIGGER USER")
    table.house.sql("ALTER TABLE exclusion ENABLE TRIGGER USER")
    assert len(table.house.sql("SELECT 1 FROM contribution")) == 1
    asked.sit("policeMember", "coordinator")
    assert table.ok(asked.open())["opened"] == 0
    assert asked.statements("coordinator") == []
    assert table.house.sql("SELECT 1 FROM contribution") == []
    assert table.house.sql("SELECT state FROM contribution_request") == [("asked",)]


@pytest.mark.parametrize("over", ["close", "cancel"])
def test_what_no_meeting_opened_goes_with_it(asked, over):
    table = asked.table
    table.ok(asked.answer())
    if over == "close":
        asked.sit("school", "coordinator")
        table.close(asked.meeting)
    else:
        table.ok(table.post("mayor", f"/meetings/{asked.meeting}/cancel", {"reason": "chairAway"}))
    assert table.house.sql("SELECT 1 FROM contribution UNION SELECT 1 FROM statement") == []
    assert table.house.sql("SELECT state FROM contribution_request") == [("answered",)]


def test_what_was_written_for_a_meeting_that_is_never_held_goes_a_month_after_its_day(asked):
    house = asked.table.house
    asked.table.ok(asked.answer())
    for days, left in ((20, 1), (30, 1), (2, 0)):
        house.later(days=days)
        sweep_all(house.installation, house.now)
        assert len(house.sql("SELECT 1 FROM contribution")) == left, days
