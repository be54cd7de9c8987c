"""Earlier versions go with their case, and a signal that was taken back with the next sweep (R46, R55, R86)."""

from app.retention.sweeping import sweep_all

SAID = {
    "category": 9, "origin": "municipality", "kind": "fact", "text": "Is in behandeling.", "relevantAndProportionate": True,
    "nothingClassified": True, "statedOn": "2026-03-01",
}  # fmt: skip
ANY = {"If-Match": "*"}
WHY = {"reason": "newInformation"}


def test_what_stood_there_before_goes_with_the_case(house, listed, acts):
    desk = house.client("coordinator")
    path = desk.post("/api/v1/statements", json=SAID | {"caseId": str(listed.case_id)}).json()["href"]
    better = SAID | {"text": "Is niet in behandeling.", "reasonText": "Verkeerd gehoord."}
    assert desk.post(path + "/correct", json=better, headers=ANY).status_code == 200
    assert desk.post(path + "/withdraw", json={"ground": "otherPerson"}, headers=ANY).status_code == 200
    who = {"subjectName": "Iemand Rechtgezet", "reasonText": "Verkeerd gehoord."} | WHY
    renamed = desk.post(f"/api/v1/cases/{listed.case_id}/subject/correct", json=who, headers=ANY)
    assert renamed.status_code == 200, renamed.text
    assert house.sql("SELECT count(*) FROM statement_version") == [(2,)]
    assert house.sql("SELECT count(*) FROM subject_version") == [(1,)]
    acts.on(house, 2027, 3, 2)
    assert sweep_all(house.installation).destroyed == 1
    for table in ("statement", "statement_version", "subject_version", "subject_mark", "case_file"):
        assert house.sql(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_what_was_taken_back_is_erased_by_the_next_sweep(house):
    body = {
        "subjectName": "Iemand Verzonnen", "narrative": "Verzonnen.", "phenomenon": "rightWingExtremism", "urgency": "normal",
        "nothingClassified": True, "municipalityId": str(house.cast.towns["C"]),
    }  # fmt: skip
    bringer = house.client("participant")
    path = bringer.post("/api/v1/registrations", json=body).json()["self"]
    assert bringer.post(path + "/withdraw", json={}, headers=ANY).status_code == 200
    (ending,) = house.client("dpo").get("/api/v1/retention/upcoming").json()["items"]
    assert (ending["why"]["term"], ending["why"]["start"]) == ("registrationWithdrawn", "withdrawal")
    assert sweep_all(house.installation).erased == 1
    assert house.sql("SELECT ground FROM certificate") == [("registrationWithdrawn",)]
    for table in ("registration", "subject_mark"):
        assert house.sql(f"SELECT count(*) FROM {table}") == [(0,)], table
