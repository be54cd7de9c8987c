"""Opening a file: by its desk, for a reason, until it is locked (R14, R90, R107)."""

from datetime import timedelta

import pytest

REASON = {"reason": "meetingPreparation"}


def test_the_desk_opens_a_file_for_a_reason(house, case_id):
    answer = house.client("coordinator").get(f"/api/v1/cases/{case_id}", params=REASON)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["subjectName"] == "Zorgeloos Verzonnen"
    assert body["birthDate"] == "2001-04-05"
    assert body["indications"] == "Aanwijzingen van een radicaliseringsproces."
    assert body["signal"] == "Plotse afwezigheid en haatboodschappen."
    assert "agendaItem.add" in body["abilities"]
    assert "case.close" not in body["abilities"]
    (line,) = house.sql(
        "SELECT reason, outcome, rule, controller, subject_id, recorded_at IS NOT NULL FROM journal.entry"
        " WHERE action = 'case.open' AND case_id = :c",
        c=case_id,
    )
    assert line[0] == "meetingPreparation"
    assert (line[1], line[2], line[3]) == ("allowed", "R107", house.cast.towns["C"])


@pytest.mark.parametrize("params", [{}, {"reason": "curiosity"}])
def test_without_a_reason_from_the_list_the_file_stays_shut(house, case_id, params):
    answer = house.client("mayor").get(f"/api/v1/cases/{case_id}", params=params)
    assert answer.status_code == (409 if params else 400)
    assert "Zorgeloos" not in answer.text


@pytest.mark.parametrize(
    "name", ["participant", "school", "policeMember", "caseManager", "secretary", "auditor", "dpo", "administrator",
             "strategicMember", "zoneMayorD", "zoneCoordinatorE"]
)  # fmt: skip
def test_for_everybody_else_it_is_not_there(house, case_id, name):
    answer = house.client(name).get(f"/api/v1/cases/{case_id}", params=REASON)
    assert answer.status_code == 404, answer.text
    nowhere = house.client(name).get("/api/v1/cases/00000000-0000-4000-8000-000000000000", params=REASON)
    assert answer.json() | {"instance": ""} == nowhere.json() | {"instance": ""}


def test_the_list_has_references_and_no_names(house, case_id):
    answer = house.client("mayor").get("/api/v1/cases")
    assert [item["caseId"] for item in answer.json()["items"]] == [case_id]
    assert "Zorgeloos" not in answer.text
    assert house.client("participant").get("/api/v1/cases").status_code == 403
    assert house.client("zoneMayorD").get("/api/v1/cases").json()["items"] == []


def test_pages_of_the_list_hold_every_case_once(house, case_id, list_person):
    others = {case_id} | {list_person() for _ in range(4)}
    client, seen, path = house.client("mayor"), [], "/api/v1/cases?pageSize=2"
    while path:
        body = client.get(path).json()
        seen += [item["caseId"] for item in body["items"]]
        path = f"/api/v1/cases?pageSize=2&cursor={body['next']}" if "next" in body else None
    assert len(seen) == len(others)
    assert set(seen) == others


def test_a_declared_conflict_beats_the_desk_everywhere(house, case_id):
    coordinator = house.client("coordinator")
    assert coordinator.post(f"/api/v1/cases/{case_id}/exclude", json={}).status_code == 200
    assert coordinator.get(f"/api/v1/cases/{case_id}", params=REASON).status_code == 404
    assert coordinator.get("/api/v1/cases").json()["items"] == []
    assert house.client("mayor").get(f"/api/v1/cases/{case_id}", params=REASON).status_code == 200


def test_fourteen_days_before_its_end_the_file_is_locked(house, case_id):
    (row,) = house.sql("SELECT locks_on, due_on FROM case_file WHERE id = :c", c=case_id)
    assert row.due_on - row.locks_on == timedelta(days=14)
    days = (row.locks_on - house.now.date()).days
    house.later(days=days - 1)
    assert house.client("mayor").get(f"/api/v1/cases/{case_id}", params=REASON).status_code == 200
    house.later(days=1)
    answer = house.client("mayor").get(f"/api/v1/cases/{case_id}", params=REASON)
    assert (answer.status_code, answer.json()["rule"]) == (409, "R90")


def test_the_database_shows_no_case_to_nobody(house, case_id):
    with house.process.databases.app.connect() as conn:
        for table in (
            "case_file",
            "listing",
            "registration",
            "statement",
            "agenda_item",
            "invitation",
            "meeting",
            "notice",
        ):
            assert conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
