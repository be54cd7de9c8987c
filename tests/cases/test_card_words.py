"""What names a card or a list goes into no file, whatever field it is written in (R57)."""

from datetime import timedelta

import pytest
from tablecraft import ANSWERED

API = "/api/v1"
CARD = "Op de informatiekaart staat dat hij in 2024 reisde (verzonnen)."
CONFIRMED = {"relevantAndProportionate": True, "nothingClassified": True}
CONTACT = CONFIRMED | {
    "contactName": "Bekende Verzonnen", "relation": "sibling", "need": "Brengt hem (verzonnen).", "origin": "livcParticipant",
}  # fmt: skip
HELP = {
    "side": "protective", "lifeDomain": "school", "what": "Een leraar.", "speaksFor": "Praat.", "speaksAgainst": "Niets.",
    "missing": "Niets.",
}  # fmt: skip
TOOL = {
    "instrument": "vera2r", "usedOn": "2026-02-20", "assessorName": "Deskundige Verzonnen", "assessorTrained": True,
    "instrumentConclusion": "Vraagt opvolging.",
}  # fmt: skip
WEIGHED = CONFIRMED | {"factors": [HELP], "weighed": "Meer steun dan zorg."}


def refused(answer):
    assert (answer.status_code, answer.json().get("rule")) == (409, "R57"), answer.text
    return True


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("contacts", CONTACT | {"need": CARD}),
        ("contacts", CONTACT | {"contactName": "T.E.R.-lijst"}),
        ("assessments", WEIGHED | {"weighed": CARD}),
        *(("assessments", WEIGHED | {"factors": [HELP, HELP | {part: CARD}]})
          for part in ("what", "speaksFor", "speaksAgainst", "missing")),
        ("assessments", WEIGHED | {"instruments": [TOOL | {"instrumentConclusion": CARD}]}),
    ],
)  # fmt: skip
def test_neither_of_a_third_person_nor_in_what_is_weighed(house, case_id, path, said):
    house.sql("UPDATE agreement SET settings = settings || '{\"licensed_instruments\": 1}'")
    desk = house.client("coordinator")
    assert refused(desk.post(f"{API}/{path}", json=said | {"caseId": case_id}))
    assert house.sql("SELECT 1 FROM contact UNION ALL SELECT 1 FROM assessment") == []
    (line,) = house.sql(
        "SELECT outcome, rule FROM journal.entry WHERE outcome = 'conflict' AND action IN ('contact.add', 'assessment.write')"
    )
    assert tuple(line) == ("conflict", "R57")


def test_who_may_not_write_there_is_told_nothing_of_the_text(house, case_id):
    said = CONTACT | {"need": CARD, "caseId": case_id}
    assert house.client("participant").post(f"{API}/contacts", json=said).status_code == 404


def test_neither_in_aims_nor_in_actions_nor_in_what_became_of_them(house, planned):
    case, action = planned
    desk = house.client("coordinator")
    made = {
        "caseId": case, "ownerId": str(house.cast.persons["participant"]), "lifeDomain": "school", "text": CARD,
        "dueOn": "2026-04-01",
    }  # fmt: skip
    assert refused(desk.post(f"{API}/actions", json=made))
    done = {"result": "done", "outcome": CARD}
    owner = house.client("participant")
    assert refused(owner.post(f"{API}/actions/{action}/complete", json=done, headers={"If-Match": "*"}))
    assert house.sql("SELECT count(*), max(state) FROM action_item") == [(1, "open")]


def test_neither_in_an_aim_nor_in_why_a_statement_is_corrected(house, case_id):
    desk = house.client("coordinator")
    house.sql("UPDATE case_file SET state = 'underDiscussion'")
    plan = {
        "caseId": case_id, "caseManagerId": str(house.cast.persons["caseManager"]), "aims": {"school": CARD},
        "personInformed": "involved",
    }  # fmt: skip
    assert refused(desk.post(f"{API}/trajectories", json=plan, headers={"If-Match": "*"}))
    said = CONFIRMED | {
        "category": 5,
        "origin": "municipality",
        "kind": "fact",
        "text": "Komt niet meer.",
        "caseId": case_id,
    }
    made = desk.post(f"{API}/statements", json=said)
    assert made.status_code == 201, made.text
    path = made.json()["href"]
    better = {k: v for k, v in said.items() if k != "caseId"} | {
        "statedOn": house.now.date().isoformat(),
        "reasonText": CARD,
    }
    assert refused(desk.post(f"{path}/correct", json=better, headers={"If-Match": "*"}))
    assert house.sql("SELECT 1 FROM trajectory UNION ALL SELECT 1 FROM statement_version") == []


def test_neither_at_the_end_of_a_case_nor_when_it_begins_anew(house, case_id, sitting):
    meeting, _ = sitting(case_id)
    house.sql(
        "UPDATE case_file SET state = 'closureProposed', closure_ground = 'regularCare', closure_meeting_id = :m,"
        " last_discussed_on = :d",
        m=meeting, d=house.now.date(),
    )  # fmt: skip
    mayor = house.client("mayor")
    noted = [each | {"note": CARD} if n == 0 else each for n, each in enumerate(ANSWERED["checklist"])]
    close = f"{API}/cases/{case_id}/close"
    assert refused(mayor.post(close, json={"checklist": noted}, headers={"If-Match": "*"}))
    assert mayor.post(close, json=ANSWERED, headers={"If-Match": "*"}).status_code == 200
    house.later(minutes=1)
    again = mayor.post(f"{API}/cases/{case_id}/relist", json={"indications": CARD}, headers={"If-Match": "*"})
    assert refused(again)
    assert house.sql("SELECT state FROM case_file") == [("closed",)]


def test_of_which_day_a_person_was_discussed_is_corrected_without_a_card_too(house, case_id, sitting):
    meeting, _ = sitting(case_id)
    earlier = (house.now.date() - timedelta(days=3)).isoformat()
    said = {"meetingId": meeting, "kind": "earlier", "correctedOn": earlier, "reasonText": CARD}
    answer = house.client("coordinator").post(f"{API}/cases/{case_id}/discussions/correct", json=said)
    assert refused(answer)
