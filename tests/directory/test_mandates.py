"""Accounts and mandates: what the law and the separation of duties allow (R5, R9, R10, R22, R106)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import IntegrityError

from app.kernel.ids import NIL


def _grant(house, **over):
    body = {
        "personId": str(house.cast.persons["participant"]),
        "role": "participant",
        "cellId": str(house.cast.cells["C"]),
        "startsOn": "2026-01-01",
        "document": "Aanstelling (invented)",
    } | over
    return house.client("administrator").post(
        "/api/v1/mandates", json={k: v for k, v in body.items() if v is not None}
    )


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"role": "policeMember"}, "clearanceUntil"),
        ({"role": "policeMember", "clearanceUntil": "2030-01-01"}, "clearanceLevel"),
        (
            {"role": "policeMember", "clearanceUntil": "2030-01-01", "clearanceLevel": "confidential"},
            "clearanceLevel",
        ),
        ({"role": "delegate", "municipality": "C"}, "scope"),
        ({"role": "mayor"}, "municipalityId"),
        ({"role": "participant", "cellId": None}, "cellId"),
        ({"role": "robot"}, "role"),
        ({"role": "mayor", "municipality": "D"}, "municipalityId"),
        ({"endsOn": "2025-12-31"}, "endsOn"),
        ({"personId": "00000000-0000-4000-8000-000000000000"}, "personId"),
        ({"role": "auditor", "municipality": "C"}, "role"),
    ],
)
def test_a_mandate_without_what_its_role_needs_is_refused(house, over, field):
    if "municipality" in over:
        over = over | {"municipalityId": str(house.cast.towns[over["municipality"]])}
        del over["municipality"]
    answer = _grant(house, **over)
    assert answer.status_code == 400, answer.text
    assert [issue["name"] for issue in answer.json()["issues"]] == [field]


def test_only_the_administrator_gives_mandates_and_opens_accounts(house):
    for name in ("mayor", "coordinator", "auditor", "participant", "dpo"):
        assert house.client(name).post("/api/v1/mandates", json={
            "personId": str(house.cast.persons["participant"]), "role": "participant", "cellId": str(house.cast.cells["C"]),
            "startsOn": "2026-01-01", "document": "x"}).status_code == 403  # fmt: skip
        assert house.client(name).post("/api/v1/agencies", json={
            "name": "x", "regime": "flemish", "groundList": "groundsFlemish", "groundCode": "flemishSchools",
        }).status_code == 403  # fmt: skip


def test_an_account_has_its_second_factor_shown_once(house):
    admin = house.client("administrator")
    body = {"username": "new.one", "name": "Nieuw Verzonnen", "agencyId": str(house.cast.agencies["ocmw"]),
            "password": "a long enough phrase"}  # fmt: skip
    made = admin.post("/api/v1/persons", json=body)
    assert made.status_code == 201
    assert made.json()["totpSecret"]
    assert "totpSecret" not in admin.get("/api/v1/persons").text
    assert admin.post("/api/v1/persons", json=body).json()["issues"][0]["name"] == "username"
    short = admin.post("/api/v1/persons", json=body | {"username": "new.two", "password": "short"})
    assert short.status_code == 400
    assert "short" not in short.text.replace("too_short", "")


def test_the_desk_sees_people_of_its_cell_without_their_account_names(house):
    people = house.client("coordinator").get("/api/v1/persons").json()["items"]
    names = {person["name"] for person in people}
    assert "Participant Verzonnen" in names
    assert "ZoneMayorD Verzonnen" not in names
    assert all("username" not in person for person in people)
    assert house.client("participant").get("/api/v1/persons").status_code == 403


def test_a_mandate_can_be_ended_and_then_opens_nothing(house):
    admin = house.client("administrator")
    path = f"/api/v1/mandates/{house.cast.mandates['school']}/end"
    assert admin.post(path, json={"endsOn": "2026-03-01"}).status_code == 428
    assert admin.post(path, json={"endsOn": "2019-01-01"}, headers={"If-Match": "*"}).status_code == 400
    assert admin.post(path, json={"endsOn": "2026-03-01"}, headers={"If-Match": "*"}).status_code == 200
    assert house.client("school").get("/api/v1/registrations").status_code in {403, 404}


def test_lists_of_the_directory(house):
    assert house.client("coordinator").get("/api/v1/agencies").json()["items"]
    mandates = house.client("auditor").get("/api/v1/mandates").json()["items"]
    assert {m["cellName"] for m in mandates} == {"LIVC R C"}
    assert len(house.client("administrator").get("/api/v1/mandates").json()["items"]) > len(mandates)


def _lines(house, action="mandate.grant"):
    """Lines of the day's grants: whose municipality, and how it ended."""
    lines = house.sql(
        "SELECT controller, outcome FROM journal.entry WHERE action = :a AND at >= '2026-03-02' ORDER BY id",
        a=action,
    )
    return {tuple(line) for line in lines}


def test_a_police_clearance_has_a_level(house):
    police = {"personId": str(house.cast.persons["informationOfficer"]), "role": "policeMember"}
    granted = _grant(house, clearanceUntil="2030-01-01", clearanceLevel="topSecret", **police)
    assert granted.status_code == 201, granted.text
    assert granted.json()["clearanceLevel"] == "topSecret"
    assert house.sql("SELECT count(*) FROM mandate WHERE clearance_level = 'topSecret'") == [(1,)]


def test_an_administrator_gives_no_role_to_themselves(house):
    answer = _grant(
        house, role="strategicMember", personId=str(house.cast.persons["administrator"])
    )  # a role that the separation of duties would leave them
    assert answer.status_code == 400
    assert [issue["name"] for issue in answer.json()["issues"]] == ["personId"]
    assert house.sql(
        "SELECT count(*) FROM mandate WHERE person_id = :p", p=house.cast.persons["administrator"]
    ) == [(1,)]
    assert _lines(house) == {(house.cast.towns["C"], "refused")}


def test_nobody_is_administrator_and_something_with_content(house):
    for name in ("mayor", "secretary", "participant", "auditor", "dpo"):
        person = str(house.cast.persons[name])
        answer = _grant(house, role="administrator", personId=person, cellId=None)
        assert [issue["name"] for issue in answer.json()["issues"]] == ["role"], name


@pytest.mark.parametrize(
    ("name", "role"),
    [("policeMember", "participant"), ("policeMember", "coordinator"), ("informationOfficer", "secretary"),
     ("mayor", "policeMember"), ("participant", "informationOfficer")],
)  # fmt: skip
def test_the_police_sit_at_the_table_for_the_police_alone(house, name, role):
    over = {"municipalityId": str(house.cast.towns["C"])} if role == "coordinator" else {}
    if role in {"policeMember", "informationOfficer"}:
        over = {"clearanceUntil": "2030-01-01", "clearanceLevel": "secret"}
    answer = _grant(house, role=role, personId=str(house.cast.persons[name]), **over)
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "role")


def test_the_auditor_of_the_municipality_sees_who_was_let_in(house):
    town, zone = house.cast.towns, str(house.cast.cells["zone"])
    assert _grant(house, role="coordinator", municipalityId=str(town["C"])).status_code == 201
    assert _lines(house) == {(town["C"], "allowed")}
    made = _grant(house, cellId=zone, personId=str(house.cast.persons["zoneSchool"]), role="caseManager")
    assert made.status_code == 201
    assert _lines(house) == {(town[t], "allowed") for t in "CDE"}
    mandate = made.json()["mandateId"]
    end = house.client("administrator").post(
        f"/api/v1/mandates/{mandate}/end", json={"endsOn": "2026-03-03"}, headers={"If-Match": "*"}
    )
    assert end.status_code == 200
    assert _lines(house, "mandate.end") == {(town[t], "allowed") for t in "DE"}
    seen = house.client("zoneAuditorE").get("/api/v1/journalEntries").json()["items"]
    assert {"mandate.grant", "mandate.end"} <= {entry["action"] for entry in seen}
    assert "mandate.grant" in house.client("auditor").get("/api/v1/journalEntries").text


def test_a_refused_combination_is_journalled_where_it_was_tried(house):
    assert _grant(house, role="auditor", municipalityId=str(house.cast.towns["C"])).status_code == 400
    assert _lines(house) == {(house.cast.towns["C"], "refused")}


def test_a_mandate_for_a_town_that_is_not_there_is_logged_under_none(house):
    nowhere = "00000000-0000-4000-8000-000000000001"
    house.client("mayor").post("/api/v1/mandates", json={
        "personId": str(house.cast.persons["participant"]), "role": "mayor", "cellId": nowhere, "municipalityId": nowhere,
        "startsOn": "2026-01-01", "document": "x"})  # fmt: skip
    assert {controller for controller, _ in _lines(house)} == {NIL}


def test_two_roles_that_exclude_each_other_cannot_be_given_at_the_same_moment(house):
    person = house.client("administrator").post("/api/v1/persons", json={
        "username": "raced", "name": "Gelijk Verzonnen", "agencyId": str(house.cast.agencies["town hall"]),
        "password": "a long enough phrase"}).json()["personId"]  # fmt: skip
    headers = dict(house.client("administrator").headers)
    barrier = Barrier(2)

    def grant(role):
        client = TestClient(
            house.app, base_url="http://127.0.0.1", headers=headers, client=("127.0.0.1", 50001)
        )
        body = {"personId": person, "role": role, "cellId": str(house.cast.cells["C"]),
                "municipalityId": str(house.cast.towns["C"]), "startsOn": "2026-01-01", "document": "x"}  # fmt: skip
        barrier.wait()
        return client.post("/api/v1/mandates", json=body).status_code

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(grant, ("auditor", "mayor"))) == [201, 400]
        house.sql("DELETE FROM mandate WHERE person_id = :p", p=person)


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({}, 409),
        ({"startsOn": "2027-01-01"}, 409),
        ({"startsOn": "2019-01-01", "endsOn": "2020-01-01"}, 409),
        ({"startsOn": "2019-01-01", "endsOn": "2019-12-31"}, 201),
        ({"role": "caseManager"}, 201),
        ({"cellId": "zone"}, 201),
    ],
)
def test_nobody_holds_the_same_role_at_the_same_place_twice_at_a_time(house, over, status):
    if "cellId" in over:
        over = {"cellId": str(house.cast.cells["zone"])}
    answer = _grant(house, **over)
    assert answer.status_code == status, answer.text
    if status == 409:
        (issue,) = answer.json()["issues"]
        assert issue["name"] == "startsOn"
        assert "al op een deel van deze dagen" in issue["detail"]
        lines = house.sql(
            "SELECT rule FROM journal.entry WHERE action = 'mandate.grant' AND outcome = 'conflict'"
        )
        assert {line.rule for line in lines} == {"R9"}


def test_a_mandate_that_ended_is_followed_by_the_next_and_not_stretched_over_it(house):
    client = house.client("administrator")
    mandate = house.cast.mandates["participant"]
    path = f"/api/v1/mandates/{mandate}/end"
    assert client.post(path, json={"endsOn": "2026-03-31"}, headers={"If-Match": "*"}).status_code == 200
    assert _grant(house, startsOn="2026-03-31").status_code == 409
    assert _grant(house, startsOn="2026-04-01").status_code == 201
    stretched = client.post(path, json={"endsOn": "2026-04-01"}, headers={"If-Match": "*"})
    assert stretched.status_code == 409
    assert [issue["name"] for issue in stretched.json()["issues"]] == ["endsOn"]
    assert client.post(path, json={"endsOn": "2026-03-15"}, headers={"If-Match": "*"}).status_code == 200


def test_two_grants_of_the_same_at_once_make_one_mandate(house):
    house.client("administrator")
    wanted = {"role": "secretary", "personId": str(house.cast.persons["school"])}
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(lambda _: _grant(house, **wanted).status_code, range(2)))
    assert answers == [201, 409]


def test_the_database_holds_it_too(house):
    again = """
        INSERT INTO mandate (id, person_id, role, cell_id, municipality_id, starts_on, ends_on, document, created_at, version)
        SELECT gen_random_uuid(), person_id, role, cell_id, municipality_id, :first, :last, 'x', now(), 1
        FROM mandate WHERE id = :m
    """
    values = {"m": house.cast.mandates["coordinator"], "first": "2030-01-01", "last": None}
    with pytest.raises(IntegrityError, match="once_at_a_time"):
        house.sql(again, **values)
    house.sql("UPDATE mandate SET ends_on = '2029-12-31' WHERE id = :m", m=values["m"])
    house.sql(again, **values)
    with pytest.raises(IntegrityError, match="once_at_a_time"):
        house.sql("UPDATE mandate SET ends_on = NULL WHERE id = :m", m=values["m"])


def test_an_account_manages_its_service_only_where_that_is_said(house):
    """Neither that no line manager was typed in, nor that somebody is named as one, says so (R28)."""
    agency = str(house.cast.agencies["french youth"])

    def made(**over):
        body = {"name": "Iemand Verzonnen", "agencyId": agency} | over
        answer = house.client("administrator").post("/api/v1/persons", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["personId"]

    silent, chief = made(username="silent"), made(username="chief", managesService=True)
    made(username="handler", lineManagerId=silent)
    rows = house.sql("SELECT id FROM person WHERE manages_service")
    assert {str(row.id) for row in rows} == {chief, str(house.cast.persons["frenchYouth"])}
