"""An invitation that was prepared and never sent is there for nobody but the desk, also for who came without one (R24)."""

from __future__ import annotations

import pytest


def test_who_is_in_the_room_does_not_learn_of_an_invitation_that_was_never_sent(table):
    case, meeting = table.case(), table.plan()
    item = table.add(meeting, case)
    table.invite(item, "school")
    table.convene(meeting)
    table.invite(item, "clb")
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school", "coordinator")
    table.house.sql(
        "INSERT INTO attendance (agenda_item_id, person_id, meeting_id, case_id, municipality_id, present, recorded_at)"
        " SELECT agenda_item_id, :p, meeting_id, case_id, municipality_id, true, recorded_at FROM attendance LIMIT 1",
        p=table.house.cast.persons["clb"],
    )
    (entry,) = table.ok(table.get("clb", f"/meetings/{meeting}"))["items"]
    assert not {"invitationId", "invitationState", "invitationVersion"} & entry.keys()
    assert "groundCode" not in entry["why"]
    (mine,) = table.ok(table.get("school", f"/meetings/{meeting}"))["items"]
    assert mine["invitationState"] == "sent"


@pytest.fixture
def removed(table):
    """A convened meeting at which the school's invitation was prepared and taken out again; gives (meeting, item, invitation)."""
    meeting, item, _ = table.tabled("clb", secretaryId=table.person("secretary"))
    invitation = table.invite(item, "school")
    table.ok(table.post("coordinator", f"/invitations/{invitation}/remove"))
    return meeting, item, invitation


def test_what_was_prepared_and_taken_out_is_not_there_for_whom_it_named(table, removed):
    _, _, invitation = removed
    said = {"answer": "accepted"}
    assert table.post("school", f"/invitations/{invitation}/answer", said).status_code == 404
    assert table.post("clb", f"/invitations/{invitation}/answer", said).status_code == 404


def test_nor_is_it_for_a_secretary_who_was_to_be_asked(table, removed):
    meeting, item, _ = removed
    table.house.sql(
        "UPDATE invitation SET person_id = :p WHERE state = 'removed'", p=table.person("secretary")
    )
    (entry,) = table.ok(table.get("secretary", f"/meetings/{meeting}"))["items"]
    assert not {"invitationId", "invitationState", "invitationVersion"} & entry.keys()
    assert "groundCode" not in entry["why"]
    assert "groundCode" not in table.ok(table.get("secretary", f"/agendaItems/{item}"))["why"]


def test_no_letter_is_printed_of_it_and_the_board_does_not_name_it(table, removed):
    _, item, invitation = removed
    assert table.get("coordinator", f"/invitations/{invitation}/document").status_code == 409
    board = table.ok(table.get("coordinator", f"/agendaItems/{item}/contributionBoard"))["items"]
    assert [each["personName"] for each in board] == ["Clb Verzonnen"]
    (sent,) = [each["invitationId"] for each in board]
    table.ok(table.post("mayor", f"/invitations/{sent}/withdraw"))
    assert table.ok(table.get("coordinator", f"/agendaItems/{item}/contributionBoard"))["items"] == []
