"""Handing a file over, and leaving one off an agenda: proven on worlds laid by hand, as in test_off_stage.py."""

from __future__ import annotations

import pytest
from proving.prover import proves
from tablecraft import Round

MOVING = "what is proven here is declared along with what test_off_stage.py proves"


@pytest.fixture
def mine(house):
    return Round(house)


@pytest.fixture
def theirs(house):
    return Round(house, "zone", "D")


def _to_leave_the_list(table, guest, ground="moved"):
    """A case of a town that was discussed and is proposed for closing; gives (case, meeting)."""
    meeting, _, case = table.sat(guest)
    table.close(meeting)
    body = {"meetingId": meeting, "ground": ground}
    table.ok(table.post(table.coordinator, f"/cases/{case}/proposeClosure", body))
    return case, meeting


@proves(
    "propose_hand_over",
    "send_hand_over",
    "receive_hand_over",
    "withdraw_hand_over",
    "/cases/{caseId}/hand-over",
    "/hand-overs/{handOverId}/send",
    "/hand-overs/{handOverId}/receive",
)
def test_handing_over(prove, mine, theirs):
    towns = mine.house.cast.towns
    (other, _), (case, _) = _to_leave_the_list(theirs, "zoneSchool"), _to_leave_the_list(mine, "school")

    def proposed(table, of, to):
        body = {"caseId": of, "municipalityId": str(towns[to])}
        return table.ok(table.post(table.coordinator, "/handOvers", body), 201)["handOverId"]

    elsewhere = proposed(theirs, other, "E")
    body = {"caseId": case, "municipalityId": str(towns["D"])}
    foreign = {"caseId": [other], "municipalityId": [str(towns["C"])]}
    made = prove("propose_hand_over", "coordinator", body, case=case, foreign=foreign).json()["handOverId"]
    foreign = {"handOverId": [elsewhere]}
    prove.page("/hand-overs/{handOverId}/send", "mayor", case=case, handOverId=made)
    prove("send_hand_over", "mayor", {}, case=case, foreign=foreign, handOverId=made)
    prove("withdraw_hand_over", "mayor", {}, case=case, foreign=foreign, handOverId=made)
    again = proposed(mine, case, "D")
    mine.ok(mine.post("mayor", f"/handOvers/{again}/send"))
    prove.page("/hand-overs/{handOverId}/receive", "zoneMayorD", handOverId=again)
    prove("receive_hand_over", "zoneMayorD", {}, foreign={"handOverId": [elsewhere, made]}, handOverId=again)
    fresh, _ = _to_leave_the_list(mine, "clb")
    why = "?reason=newInformation"
    prove.page("/cases/{caseId}/hand-over", "coordinator", case=fresh, query=why, caseId=fresh)


@proves("leave_off_case")
def test_leaving_off(prove, mine, theirs):
    cases = []
    for table, guest in ((mine, "school"), (theirs, "zoneSchool")):
        meeting, _, case = table.sat(guest)
        table.close(meeting)
        cases.append(case)
    mine.house.sql("UPDATE case_file SET closure_asked_on = last_discussed_on + 1")
    mine.house.later(days=1)
    case, other = cases
    body = {"meetingId": mine.plan(), "reasonText": "Verzonnen."}
    foreign = {"caseId": [other], "meetingId": [theirs.plan()]}
    prove("leave_off_case", "coordinator", body, case=case, foreign=foreign, caseId=case)
