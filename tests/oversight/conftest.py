"""A story of which the log has kept every line."""

import pytest

NAME = "Zorgeloos Verzonnen"


def play(house, town="C", bringer="participant", mayor="mayor"):
    """Bring a signal and put the person on the list; give the case's id."""
    body = {
        "subjectName": NAME,
        "birthDate": "2001-04-05",
        "narrative": f"Haatboodschappen van {NAME}.",
        "phenomenon": "rightWingExtremism",
        "urgency": "normal",
        "nothingClassified": True,
        "municipalityId": str(house.cast.towns[town]),
    }
    path = house.client(bringer).post("/api/v1/registrations", json=body).json()["self"]
    client = house.client(mayor)
    house.client("school" if town == "C" else "zonePolice").get(path)  # refused, and kept
    tag = client.get(path).headers["etag"]
    tag = client.post(path + "/screen", json={}, headers={"If-Match": tag}).headers["etag"]
    decision = {"outcome": "listed", "presumedAdult": True, "indications": f"Aanwijzingen rond {NAME}."}
    answer = client.post(path + "/decide", json=decision, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    return answer.json()["caseId"]


@pytest.fixture
def played(house):
    """The story, in Gemeente C and in the zone; gives the case of C."""
    case_id = play(house)
    play(house, "D", "zoneSchool", "zoneMayorD")
    return case_id


@pytest.fixture
def play_again(house):
    """Play it once more."""
    return lambda: play(house)
