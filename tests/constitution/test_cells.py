"""What stands before anything is discussed: municipalities, cells, tables, the agreement (R1, R3, R5, R113, R115)."""

import pytest


def test_outside_flanders_a_municipality_begins_without_a_recording_basis(house):
    admin = house.client("administrator")
    for profile, stands in (("wallonia", False), ("flanders", True)):
        made = admin.post(
            "/api/v1/municipalities", json={"nameNl": f"Gemeente {profile}", "profile": profile}
        ).json()
        assert made["recordingBasis"] is stands
        ((null,),) = house.sql(
            "SELECT recording_basis IS NULL FROM municipality WHERE id = :m", m=made["municipalityId"]
        )
        assert null is not stands, "SQL asks for it too"
    assert admin.post("/api/v1/municipalities", json={"nameNl": "Z", "profile": "mars"}).status_code == 400


@pytest.mark.parametrize(
    ("code", "profile"),
    [("92094", "wallonia"), ("21004", "brussels"), ("63023", "germanSpeakingCommunity"), ("44021", "flanders"),
     ("25112", "wallonia"), ("23088", "flanders")],
)  # fmt: skip
def test_the_law_of_a_municipality_is_the_one_of_its_code(house, code, profile):
    admin = house.client("administrator")
    for other in {"wallonia", "brussels", "germanSpeakingCommunity", "flanders"} - {profile}:
        refused = admin.post(
            "/api/v1/municipalities", json={"nameNl": "Verzonnen", "profile": other, "nisCode": code}
        )
        assert (refused.status_code, refused.json()["issues"][0]["name"]) == (400, "profile")
    made = admin.post(
        "/api/v1/municipalities", json={"nameNl": "Verzonnen", "profile": profile, "nisCode": code}
    )
    assert made.status_code == 201


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


def test_code_lists_are_public_and_in_four_languages(house):
    body = house.client().get("/api/v1/refData/phenomena").json()
    assert len(body["items"]) == 11
    assert set(body["items"][0]["labels"]) == {"nl", "fr", "de", "en"}
    assert house.client().get("/api/v1/refData/nothing").status_code == 404
