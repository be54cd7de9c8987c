"""The optional plan and its actions: owners see their own only, the manager the plan only (R71 to R73)."""

import pytest


@pytest.fixture
def discussed(house, case_id):
    """The case as after a first discussion, set from outside; the meeting itself is tested elsewhere."""
    house.sql("UPDATE case_file SET state = 'underDiscussion' WHERE id = :c", c=case_id)
    return case_id


def _start(house, case_id, name="coordinator", **over):
    body = {
        "caseId": case_id,
        "caseManagerId": str(house.cast.persons["caseManager"]),
        "aims": {"school": "Terug naar de les.", "family": "Gesprek met de ouders."},
        "personInformed": "involved",
    }
    return house.client(name).post("/api/v1/trajectories", json=body | over, headers={"If-Match": "*"})


def _assign(house, case_id, name="coordinator", owner="participant"):
    body = {
        "caseId": case_id,
        "ownerId": str(house.cast.persons[owner]),
        "lifeDomain": "school",
        "text": "Contact opnemen met de leerlingbegeleiding.",
        "dueOn": "2026-04-01",
    }
    return house.client(name).post("/api/v1/actions", json=body)


def test_a_trajectory_its_manager_and_an_action_with_its_outcome(house, discussed):
    assert _start(house, discussed).status_code == 201
    manager = house.client("caseManager")
    plan = manager.get(f"/api/v1/cases/{discussed}/trajectory")
    assert plan.json()["aims"]["school"] == "Terug naar de les."
    assert manager.get(f"/api/v1/cases/{discussed}", params={"reason": "newInformation"}).status_code == 403
    made = _assign(house, discussed, "caseManager")
    assert made.status_code == 201, made.text
    mine = house.client("participant").get("/api/v1/actions").json()["items"]
    assert [a["text"] for a in mine] == ["Contact opnemen met de leerlingbegeleiding."]
    assert "subjectName" not in str(mine)
    assert house.client("school").get("/api/v1/actions").json()["items"] == []
    done = house.client("participant").post(
        made.json()["self"] + "/complete",
        json={"result": "done", "outcome": "Gebeurd."},
        headers={"If-Match": '"1"'},
    )
    assert done.json()["state"] == "done"
    assert house.client("participant").get("/api/v1/actions").json()["items"] == []


def test_an_owner_reads_no_plan_and_no_file(house, discussed):
    _start(house, discussed)
    _assign(house, discussed)
    owner = house.client("participant")
    assert owner.get(f"/api/v1/cases/{discussed}/trajectory").status_code in {403, 404}
    assert owner.get(f"/api/v1/cases/{discussed}", params={"reason": "newInformation"}).status_code == 403


def test_a_case_can_stay_open_without_a_trajectory(house, discussed):
    answer = house.client("coordinator").post(
        f"/api/v1/cases/{discussed}/monitor", json={}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text
    assert _start(house, discussed).status_code == 201


def test_a_change_needs_the_version_it_was_made_from(house, discussed):
    path = f"/api/v1/cases/{discussed}/monitor"
    client = house.client("coordinator")
    assert client.post(path, json={}).status_code == 428
    assert client.post(path, json={}, headers={"If-Match": '"99"'}).status_code == 412
    assert client.post(path, json={}, headers={"If-Match": 'W/"1"'}).status_code == 412


@pytest.mark.parametrize(
    "over",
    [{"aims": {}}, {"aims": {"sport": "x"}}, {"caseManagerId": "00000000-0000-4000-8000-000000000000"}],
)
def test_a_faulty_plan_is_refused(house, discussed, over):
    assert _start(house, discussed, **over).status_code == 400


def test_before_a_discussion_there_is_no_trajectory(house, case_id):
    assert _start(house, case_id).status_code == 409


def test_a_case_manager_works_for_the_municipality(house, discussed):
    house.sql(
        "UPDATE person SET agency_id = :a WHERE id = :p",
        a=house.cast.agencies["ocmw"], p=house.cast.persons["caseManager"],
    )  # fmt: skip
    answer = _start(house, discussed)
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "caseManagerId")
    assert _start(house, discussed, caseManagerId=str(house.cast.persons["participant"])).status_code == 400
    assert house.sql("SELECT 1 FROM trajectory") == []


@pytest.mark.parametrize("owner", ["strategicMember", "dpo", "auditor", "administrator", "zoneSchool"])
def test_an_action_is_for_somebody_who_can_sit_at_the_table_of_this_cell(house, discussed, owner):
    _start(house, discussed)
    answer = _assign(house, discussed, owner=owner)
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "ownerId")
    assert "Verzonnen" not in answer.text
    assert house.sql("SELECT 1 FROM action_item") == []


def test_an_action_is_not_for_an_account_that_was_closed(house, discussed):
    _start(house, discussed)
    house.sql("UPDATE person SET active = false WHERE id = :p", p=house.cast.persons["school"])
    assert _assign(house, discussed, owner="school").status_code == 400


def test_who_owns_an_action_of_another_municipalitys_case_gives_nobody_one(house, list_person):
    case = list_person(town="D", bringer="zoneSchool", mayor="zoneMayorD")
    case_id = str(getattr(case, "case_id", case))
    house.sql("UPDATE case_file SET state = 'underDiscussion' WHERE id = :c", c=case_id)
    house.sql("UPDATE mandate SET role = 'caseManager' WHERE id = :m", m=house.cast.mandates["zoneSecretary"])
    manager = str(house.cast.persons["zoneSecretary"])
    assert _start(house, case_id, "zoneCoordinatorD", caseManagerId=manager).status_code == 201
    assert _assign(house, case_id, "zoneCoordinatorD", owner="zoneCoordinatorE").status_code == 201
    for name in ("zoneCoordinatorE", "zoneMayorE"):
        assert _assign(house, case_id, name, owner="zoneSchool").status_code == 404, name
    assert house.sql("SELECT count(*) FROM action_item WHERE case_id = :c", c=case_id)[0][0] == 1
