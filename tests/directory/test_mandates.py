"""Accounts and mandates: what the law and the separation of duties allow (R5, R9, R10, R22, R106)."""

import pytest


def _grant(house, **over):
    body = {
        "personId": str(house.cast.persons["participant"]),
        "role": "participant",
        "cellId": str(house.cast.cells["C"]),
        "startsOn": "2026-01-01",
        "document": "Aanstelling (invented)",
    } | over
    return house.client("administrator").post("/api/v1/mandates", json={k: v for k, v in body.items() if v is not None})


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"role": "policeMember"}, "clearanceUntil"),
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
