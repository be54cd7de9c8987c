"""What is to be done now with a meeting: in one sentence, on its page and on the first page (R24, R67)."""

from __future__ import annotations

import re

import pytest
from pagecraft import reader, texts_of

from app.meetings.next_steps import Known, Step, next_step

PRIMARY = re.compile(r'class="button"')


@pytest.mark.parametrize(
    ("known", "step"),
    [
        (Known("draft"), Step.TABLE),
        (Known("draft", mayoral=True), Step.TABLE),
        (Known("draft", tabled=1), Step.PREPARE),
        (Known("draft", tabled=1, prepared=2), Step.CONVENE),
        (Known("draft", mayoral=True, tabled=1, prepared=2), Step.CONVENE_YOURSELF),
        (Known("convened", tabled=1, asked=2), Step.WAIT),
        (Known("convened", tabled=1, asked=2, prepared=1), Step.SEND),
        (Known("convened", mayoral=True, tabled=1, asked=2, prepared=1), Step.SEND_YOURSELF),
        (Known("convened", tabled=1, asked=2, day_came=True), Step.OPEN),
        (Known("inSession", tabled=1, asked=2, day_came=True), Step.HOLD),
        (Known("closed", minutes_state="draft"), Step.WRITE),
        (Known("closed", minutes_state="submitted", remarks_open=True), Step.REMARKS),
        (Known("closed", minutes_state="submitted"), Step.APPROVE),
        (Known("closed", minutes_state="approved"), None),
        (Known("closed"), None),
        (Known("cancelled", tabled=1), None),
    ],
)
def test_each_state_of_a_meeting_has_one_next_step(known, step):
    assert next_step(known) is step


def shown(table, who, meeting):
    """The page of a meeting: its text, and how many primary buttons it has."""
    table.house.later(minutes=1)  # a code opens one sign-in
    page = reader(table.house, who).get(f"/meetings/{meeting}")
    assert page.status_code == 200
    main = page.text[page.text.index("<main") :]
    return texts_of(main), len(PRIMARY.findall(main))


def told(table, who, meeting):
    return table.ok(table.get(who, f"/meetings/{meeting}")).get("holding")


def test_the_meeting_says_what_comes_next_who_chairs_and_how_the_answers_stand(table):
    meeting = table.plan(secretaryId=table.person("secretary"))
    text, primary = shown(table, "coordinator", meeting)
    assert "Zet nu casussen op de agenda" in text
    assert "Voorzitter Coordinator Verzonnen" in text
    assert "Verslaggever Secretary Verzonnen" in text
    assert primary == 1
    item = table.add(meeting, table.case())
    assert told(table, "coordinator", meeting)["nextStep"] == "prepare"
    for guest in ("school", "clb"):
        table.invite(item, guest)
    assert told(table, "coordinator", meeting)["nextStep"] == "convene"
    assert told(table, "mayor", meeting)["nextStep"] == "conveneYourself"
    text, primary = shown(table, "coordinator", meeting)
    assert "De burgemeester of een aangestelde vertegenwoordiger kijkt nu na" in text
    assert "Voorbereide uitnodigingen: 2" in text
    assert primary == 0, "convening is the mayor's"
    assert shown(table, "mayor", meeting)[1] == 1
    table.convene(meeting)
    (invitation,) = table.ok(table.get("school", "/invitations"))["items"]
    table.ok(
        table.post(
            "school",
            f"/invitations/{invitation['invitationId']}/answer",
            {"answer": "declined", "reason": "Geen tijd."},
        )
    )
    text, primary = shown(table, "coordinator", meeting)
    assert "Verstuurde uitnodigingen: 2. Komt: 0, komt niet: 1, nog geen antwoord: 1." in text
    assert (
        "alleen de burgemeester of een aangestelde vertegenwoordiger kan ze nog verplaatsen of afgelasten"
        in text
    )
    assert "het akkoord, versie 1, van kracht sinds" in text
    assert primary == 0
    assert "nog verplaatsen of afgelasten" not in shown(table, "mayor", meeting)[0], (
        "the mayor has the buttons"
    )
    table.house.later(minutes=1)
    home = texts_of(reader(table.house, "coordinator").get("/").text)
    assert "De vergadering is bijeengeroepen. Open ze op" in home


def test_through_the_sitting_and_after_it_there_is_one_next_step_and_at_most_one_primary_button(table):
    meeting, item, _ = table.tabled("school")
    table.house.later(days=20)
    assert told(table, "coordinator", meeting)["nextStep"] == "open"
    assert shown(table, "coordinator", meeting)[1] == 1
    table.open(meeting)
    table.attend(item, "school")
    text, primary = shown(table, "coordinator", meeting)
    assert "Noteer bij elk punt wie in de zaal is" in text
    assert primary == 0, "closing is not what comes first"
    assert "Verslag van dit punt schrijven" in text
    said = {"agendaItemId": item, "assessment": "Schooluitval.", "decisions": "CLB belt."}
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", said))
    assert "Verslag van dit punt wijzigen" in shown(table, "coordinator", meeting)[0]
    table.close(meeting)
    assert told(table, "coordinator", meeting)["nextStep"] == "write"
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    text, primary = shown(table, "coordinator", meeting)
    assert "Opmerkingen zijn mogelijk tot" in text
    assert primary == 1
    table.house.later(days=8)
    assert told(table, "coordinator", meeting)["nextStep"] == "approve"
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/approve"))
    assert "nextStep" not in told(table, "coordinator", meeting)


def test_who_only_sits_at_an_item_is_told_nothing_of_holding_the_meeting(table):
    meeting, _, _ = table.tabled("school", "clb")
    assert told(table, "school", meeting) is None
    text, _ = shown(table, "school", meeting)
    assert "Verstuurde uitnodigingen" not in text


def test_another_municipality_of_a_joint_cell_is_told_nothing_of_holding_it(zone):
    one, other = zone
    meeting = one.tabled("zoneSchool")[0]
    (mine,) = one.ok(one.get(one.coordinator, "/meetings"))["items"]
    assert (mine["meetingId"], mine["nextStep"]) == (meeting, "wait")
    assert told(other, other.coordinator, meeting) is None
    (seen,) = other.ok(other.get(other.coordinator, "/meetings"))["items"]
    assert "nextStep" not in seen
    other.invite(other.add(meeting, other.case("Ander Verzonnen")), "zoneSchool")
    assert told(other, other.coordinator, meeting)["nextStep"] == "send"
    assert told(other, other.coordinator, meeting)["sent"] == 0, (
        "what the other municipality sent is not theirs"
    )
