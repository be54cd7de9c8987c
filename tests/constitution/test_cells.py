"""What stands before anything is discussed: municipalities, cells, tables, the agreement (R1, R3, R5, R113, R115)."""

import pytest
from cast import agreement


def test_outside_flanders_a_recording_basis_has_to_be_stated(house):
    admin = house.client("administrator")
    made = admin.post("/api/v1/municipalities", json={"nameNl": "Gemeente W", "profile": "wallonia"}).json()
    assert made["recordingBasis"] is False
    basis = {"basisAct": "x", "basisDocument": "y", "basisSignedOffBy": "DPO", "basisDate": "2026-01-01"}
    body = {"nameNl": "Gemeente V", "profile": "wallonia"}
    assert admin.post("/api/v1/municipalities", json=body | basis).json()["recordingBasis"] is True
    assert admin.post("/api/v1/municipalities", json={"nameNl": "Z", "profile": "mars"}).status_code == 400


def test_without_a_recording_basis_no_signal_is_stored(house):
    house.sql("UPDATE municipality SET recording_basis = NULL WHERE id = :m", m=house.cast.towns["C"])
    answer = house.client("participant").post(
        "/api/v1/registrations",
        json={"municipalityId": str(house.cast.towns["C"]), "subjectName": "x", "narrative": "y",
              "phenomenon": "sects", "urgency": "normal", "nothingClassified": True},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["rule"]) == (409, "R113")


@pytest.mark.parametrize(("kind", "towns"), [("municipal", "DE"), ("zonal", "N"), ("municipal", "C")])
def test_a_cell_has_the_municipalities_its_kind_asks_for(house, kind, towns):
    admin = house.client("administrator")
    new = admin.post("/api/v1/municipalities", json={"nameNl": "Gemeente N", "profile": "flanders"}).json()
    ids = [str(house.cast.towns.get(town, new["municipalityId"])) for town in towns]
    assert (
        admin.post("/api/v1/cells", json={"kind": kind, "name": "x", "municipalityIds": ids}).status_code
        == 400
    )


def test_a_cell_is_seen_by_its_members_only_and_carries_its_purpose(house):
    (cell,) = house.client("participant").get("/api/v1/cells").json()["items"]
    assert cell["name"] == "LIVC R C"
    assert set(cell["purpose"]) == {"nl", "fr", "de", "en"}
    assert len(house.client("administrator").get("/api/v1/cells").json()["items"]) == 2
    assert house.client("mayor").get("/api/v1/tables").json()["items"][0]["kind"] == "operational"
    assert len(house.client("zoneMayorD").get("/api/v1/municipalities").json()["items"]) == 2


def test_one_table_of_a_kind(house):
    admin, cell = house.client("administrator"), str(house.cast.cells["C"])
    assert (
        admin.post("/api/v1/tables", json={"cellId": cell, "kind": "strategic", "name": "S"}).status_code
        == 201
    )
    assert (
        admin.post("/api/v1/tables", json={"cellId": cell, "kind": "strategic", "name": "T"}).status_code
        == 400
    )


def test_an_agreement_fixes_settings_within_the_law(house):
    path = f"/api/v1/cells/{house.cast.cells['C']}/agreement"
    before = house.client("participant").get(path).json()
    assert next(s for s in before["settings"] if s["name"] == "participant_window_hours")["value"] == 2
    body = agreement(house.cast.cells["C"]).model_dump(mode="json", by_alias=True, exclude={"cell_id"})
    mayor = house.client("mayor")
    for settings, field in (
        ({"case_term_days": 400}, "settings.case_term_days"),
        ({"weather": 1}, "settings.weather"),
    ):
        refused = mayor.post(path + "/adopt", json=body | {"settings": settings})
        assert (refused.status_code, refused.json()["issues"][0]["name"]) == (400, field)
    assert mayor.post(path + "/adopt", json=body | {"adoptedOn": "2030-01-01"}).status_code == 400
    adopted = mayor.post(path + "/adopt", json=body | {"settings": {"participant_window_hours": 5}})
    assert adopted.status_code == 201, adopted.text
    assert adopted.json()["number"] == before["number"] + 1
    in_force = house.sql(
        "SELECT id FROM agreement WHERE state = 'adopted' AND cell_id = :c", c=house.cast.cells["C"]
    )
    assert len(in_force) == 1
    assert house.client("coordinator").post(path + "/adopt", json=body).status_code == 403
    assert house.client("zoneMayorD").get(path).status_code == 404


def test_code_lists_are_public_and_in_four_languages(house):
    body = house.client().get("/api/v1/refData/phenomena").json()
    assert len(body["items"]) == 10
    assert set(body["items"][0]["labels"]) == {"nl", "fr", "de", "en"}
    assert house.client().get("/api/v1/refData/nothing").status_code == 404
