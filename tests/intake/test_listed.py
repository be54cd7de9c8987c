"""A registration that became a case: the file is opened for a reason; its lock and its exclusions hold here too (R90, R107)."""

import pytest

from app.cases.exclusions import DeclareExclusion, declare_exclusion
from app.intake.models import Registration
from app.intake.standing import registration_facts
from app.rules.facts import Standing

SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen",
    "narrative": "Plotse afwezigheid en haatboodschappen.",
    "phenomenon": "rightWingExtremism",
    "urgency": "normal",
    "nothingClassified": True,
}
RECEIPT = {"self", "registrationId", "reference", "municipalityId", "state", "receivedAt", "abilities"}
ALL = {"state": "all"}


@pytest.fixture
def listed(house):
    """A signal that was put on the list; gives (its address, the answer to the decision)."""
    body = SIGNAL | {"municipalityId": str(house.cast.towns["C"])}
    path = house.client("participant").post("/api/v1/registrations", json=body).json()["self"]
    mayor = house.client("mayor")
    tag = mayor.post(path + "/screen", json={"note": "Nagaan."}, headers={"If-Match": "*"}).headers["etag"]
    decision = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}
    answer = mayor.post(path + "/decide", json=decision, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    return path, answer


def _exclude(house, name, case_id):
    house.sql(
        "INSERT INTO exclusion (person_id, case_id, municipality_id, declared_at) VALUES (:p, :c, :m, now())",
        p=house.cast.persons[name], c=case_id, m=house.cast.towns["C"],
    )  # fmt: skip


def test_its_content_belongs_to_the_file_from_the_decision_on(house, listed):
    path, decided = listed
    for answer in (decided, *(house.client(name).get(path) for name in ("mayor", "delegate", "coordinator"))):
        assert set(answer.json()) == RECEIPT | {"caseId"}
        assert answer.json()["state"] == "listed"
        for said in (*list(SIGNAL.values())[:3], "Nagaan", "Aanwijzingen"):
            assert said not in answer.text
    case = f"/api/v1/cases/{decided.json()['caseId']}"
    assert house.client("mayor").get(case).status_code == 400
    opened = house.client("mayor").get(case, params={"reason": "newInformation"})
    assert opened.json()["subjectName"] == SIGNAL["subjectName"]
    for item in house.client("coordinator").get("/api/v1/registrations", params=ALL).json()["items"]:
        assert "phenomenon" not in item
        assert "urgency" not in item


def test_its_submitter_learns_that_it_was_decided_and_not_what(house, listed):
    answer = house.client("participant").get(listed[0])
    assert set(answer.json()) == RECEIPT
    assert answer.json()["state"] == "decided"
    assert listed[1].json()["caseId"] not in answer.text


def test_it_is_shut_for_the_desk_from_the_day_its_case_is_locked(house, listed):
    path, _ = listed
    ((locks_on,),) = house.sql("SELECT locks_on FROM case_file")
    house.later(days=(locks_on - house.now.date()).days - 1)
    assert house.client("mayor").get(path).status_code == 200
    house.later(days=1)
    for name in ("mayor", "delegate", "coordinator"):
        answer = house.client(name).get(path)
        assert (answer.status_code, answer.json()["rule"]) == (409, "R90"), name
    # A receipt never said that there is a case: it does not say so now either.
    assert house.client("participant").get(path).json()["state"] == "decided"


def test_an_exclusion_from_the_case_beats_the_registration(house, listed):
    path, decided = listed
    mayor = house.client("mayor")
    assert mayor.post(f"/api/v1/cases/{decided.json()['caseId']}/exclude", json={}).status_code == 200
    nowhere = mayor.get("/api/v1/registrations/00000000-0000-4000-8000-000000000000")
    answer = mayor.get(path)
    assert answer.status_code == 404
    assert answer.json() | {"instance": ""} == nowhere.json() | {"instance": ""}
    for step in ("/screen", "/decide"):
        body = {} if step == "/screen" else {"outcome": "referred", "indications": "x"}
        assert mayor.post(path + step, json=body, headers={"If-Match": "*"}).status_code == 404
    assert mayor.get("/api/v1/registrations", params=ALL).json()["items"] == []
    assert len(house.client("coordinator").get("/api/v1/registrations", params=ALL).json()["items"]) == 1
    (line,) = house.sql(
        "SELECT outcome FROM journal.entry WHERE action = 'registration.read' AND actor_id = :p AND outcome <> 'allowed'"
        " AND object_id IS NULL LIMIT 1",
        p=house.cast.persons["mayor"],
    )
    assert line == ("hidden",)


def test_an_excluded_submitter_loses_the_receipt(house, listed):
    path, decided = listed
    _exclude(house, "participant", decided.json()["caseId"])
    assert house.client("participant").get(path).status_code == 404
    assert house.client("participant").get("/api/v1/registrations", params=ALL).json()["items"] == []


def test_each_of_the_two_locks_says_so_by_itself(house, listed):
    from sqlalchemy import text

    with house.work("mayor") as unit:
        declare_exclusion(unit, DeclareExclusion(caseId=listed[1].json()["caseId"]))
    with house.work("coordinator") as unit:
        unit.repeat()
        row = unit.session.query(Registration).one()
        unit.session.expunge(row)
    with house.work("mayor") as unit:
        unit.repeat()
        assert registration_facts(unit, row).standing is Standing.EXCLUDED
        assert unit.session.scalar(text("SELECT count(*) FROM registration")) == 0
        assert unit.session.execute(text("UPDATE registration SET urgency = 'x'")).rowcount == 0


def test_what_was_reported_moves_into_the_file_and_leaves_the_registration(house, listed):
    case_id = listed[1].json()["caseId"]
    file = (
        house.client("mayor").get(f"/api/v1/cases/{case_id}", params={"reason": "decisionPreparation"}).json()
    )
    assert file["signal"] == "Plotse afwezigheid en haatboodschappen."
    assert file["screeningNote"] == "Nagaan."
    assert file["origin"] == "livcParticipant"
    (kept,) = house.sql("SELECT subject, narrative, screening FROM registration")
    assert tuple(kept) == (None, None, None)
