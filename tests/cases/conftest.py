"""A listed case of Gemeente C, made the way cases are made."""

import pytest

SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen",
    "birthDate": "2001-04-05",
    "narrative": "Plotse afwezigheid en haatboodschappen.",
    "phenomenon": "rightWingExtremism",
    "urgency": "normal",
    "nothingClassified": True,
}


def list_person(house, town="C", bringer="participant", mayor="mayor"):
    """Bring a signal and put the person on the list; gives the case id."""
    client = house.client(mayor)
    path = house.client(bringer).post(
        "/api/v1/registrations", json=SIGNAL | {"municipalityId": str(house.cast.towns[town])}
    ).json()["self"]
    etag = client.get(path).headers["etag"]
    etag = client.post(path + "/screen", json={}, headers={"If-Match": etag}).headers["etag"]
    decision = {"outcome": "listed", "indications": "Aanwijzingen van een radicaliseringsproces."}
    answer = client.post(path + "/decide", json=decision, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text
    return answer.json()["caseId"]


@pytest.fixture
def case_id(house):
    return list_person(house)


@pytest.fixture(name="list_person")
def _list_person(house):
    return lambda **over: list_person(house, **over)
