"""A signal comes in: who may bring it, who sees what became of it (R39 to R46)."""

import pytest
from pagecraft import reader

SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen",
    "birthDate": "2001-04-05",
    "narrative": "Plotse afwezigheid en haatboodschappen.",
    "phenomenon": "rightWingExtremism",
    "urgency": "normal",
    "nothingClassified": True,
}


def _submit(house, name="participant", **over):
    body = SIGNAL | {"municipalityId": str(house.cast.towns["C"])} | over
    return house.client(name).post("/api/v1/registrations", json=body)


def test_a_participant_brings_a_signal_and_gets_a_receipt(house):
    answer = _submit(house)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["state"] == "received"
    assert answer.headers["location"] == body["self"]
    assert "narrative" not in body
    again = house.client("participant").get(body["self"])
    assert again.json() == body | {"abilities": ["registration.withdraw"]}
    assert "Zorgeloos" not in again.text


def test_the_mayor_reads_screens_and_lists(house):
    path = _submit(house).json()["self"]
    mayor, coordinator = house.client("mayor"), house.client("coordinator")
    assert coordinator.get(path).status_code == 409
    seen = mayor.get(path)
    assert seen.json()["subjectName"] == "Zorgeloos Verzonnen"
    screened = mayor.post(
        path + "/screen", json={"note": "Graag nagaan."}, headers={"If-Match": seen.headers["etag"]}
    )
    assert screened.status_code == 200, screened.text
    assert coordinator.get(path).json()["narrative"] == SIGNAL["narrative"]
    decision = {
        "outcome": "listed",
        "presumedAdult": True,
        "indications": "Aanwijzingen van een radicaliseringsproces.",
    }
    refused = coordinator.post(
        path + "/decide", json=decision, headers={"If-Match": screened.headers["etag"]}
    )
    assert refused.status_code == 403
    delegate = house.client("delegate").post(
        path + "/decide", json=decision, headers={"If-Match": screened.headers["etag"]}
    )
    assert delegate.status_code == 409
    assert delegate.json()["rule"] == "R41"
    listed = mayor.post(path + "/decide", json=decision, headers={"If-Match": screened.headers["etag"]})
    assert listed.status_code == 200, listed.text
    assert listed.json()["state"] == "listed"
    assert listed.json()["caseId"]
    assert house.client("participant").get(path).json()["state"] == "decided"


def test_nobody_else_sees_that_it_exists(house):
    path = _submit(house).json()["self"]
    nowhere = "/api/v1/registrations/00000000-0000-4000-8000-000000000000"
    for name in ("school", "zoneMayorD", "zoneCoordinatorE", "policeMember", "auditor", "administrator"):
        there, not_there = house.client(name).get(path), house.client(name).get(nowhere)
        assert there.status_code == not_there.status_code == 404, name
        assert {k: v for k, v in there.json().items() if k != "instance"} == {
            k: v for k, v in not_there.json().items() if k != "instance"
        }
    assert house.client().get(path).status_code == 401


@pytest.mark.parametrize(
    ("name", "over", "origin"),
    [
        ("policeMember", {}, "policeJudicial"),
        ("informationOfficer", {}, "policeJudicial"),
        ("coordinator", {}, "municipality"),
        ("participant", {}, "livcParticipant"),
        ("frenchYouth", {}, "livcParticipant"),
        ("participant", {"origin": "policeJudicial"}, "policeJudicial"),
    ],
)
def test_a_signal_carries_its_origin_into_the_case(house, name, over, origin):
    path = _submit(house, name, **over).json()["self"]
    assert house.sql("SELECT origin FROM registration") == [(origin,)]
    mayor = house.client("mayor")
    tag = mayor.post(path + "/screen", json={}, headers={"If-Match": "*"}).headers["etag"]
    decision = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}
    assert mayor.post(path + "/decide", json=decision, headers={"If-Match": tag}).status_code == 200
    assert house.sql("SELECT origin FROM case_file") == [(origin,)]


def test_an_origin_is_one_of_the_list(house):
    answer = _submit(house, origin="rumour")
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "origin")
    assert house.sql("SELECT 1 FROM registration") == []


def test_the_coordinator_is_told_of_a_signal_and_offered_it_once_the_mayor_received_it(house):
    body = _submit(house).json()

    def offered(name):
        (item,) = house.client(name).get("/api/v1/registrations").json()["items"]
        link = f'href="/registrations/{body["registrationId"]}"'
        here = reader(house, name)
        return item.get("abilities"), [link in here.get(page).text for page in ("/", "/registrations")]

    assert offered("coordinator") == ([], [False, False])
    assert offered("mayor") == (["registration.read"], [True, True])
    path = body["self"]
    tag = house.client("mayor").get(path).headers["etag"]
    assert house.client("mayor").post(path + "/screen", json={}, headers={"If-Match": tag}).status_code == 200
    assert offered("coordinator") == (["registration.read"], [True, True])


def test_the_coordinator_reads_their_own_signal_before_the_mayor_received_it(house):
    own, other = _submit(house, "coordinator").json()["self"], _submit(house).json()["self"]
    coordinator = house.client("coordinator")
    answer = coordinator.get(own)
    assert (answer.status_code, answer.json()["narrative"]) == (200, SIGNAL["narrative"])
    refused = coordinator.get(other)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R39")
    items = {i["href"]: i for i in coordinator.get("/api/v1/registrations").json()["items"]}
    assert items[own]["phenomenon"] == SIGNAL["phenomenon"]
    assert "phenomenon" not in items[other]


# -- age (R50) ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "said", "status"),
    [
        (None, {}, 409),
        (None, {"exceptionalReasons": "Niets bekend."}, 409),
        (None, {"presumedAdult": True}, 200),
        (None, {"bestInterestNote": "Misschien minderjarig; met de ouders besproken."}, 409),
        (None, {"bestInterestNote": "Met de ouders besproken.", "exceptionalReasons": "Ernstig."}, 200),
        ("2012-01-01", {"presumedAdult": True}, 409),
        ("2012-01-01", {"bestInterestNote": "Met de ouders besproken."}, 200),
        ("2019-01-01", {"bestInterestNote": "Met de ouders besproken."}, 409),
        ("2019-01-01", {"exceptionalReasons": "Uitzonderlijk ernstig."}, 409),
        (
            "2019-01-01",
            {"exceptionalReasons": "Ernstig.", "bestInterestNote": "Met de ouders besproken."},
            200,
        ),
    ],
)
def test_nobody_is_listed_before_their_age_was_thought_of(house, born, said, status):
    signal = {k: v for k, v in SIGNAL.items() if k != "birthDate"} | ({"birthDate": born} if born else {})
    body = signal | {"municipalityId": str(house.cast.towns["C"])}
    path = house.client("participant").post("/api/v1/registrations", json=body).json()["self"]
    mayor = house.client("mayor")
    mayor.post(path + "/screen", json={}, headers={"If-Match": "*"})
    decision = {"outcome": "listed", "indications": "Aanwijzingen."} | said
    answer = mayor.post(path + "/decide", json=decision, headers={"If-Match": "*"})
    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.json()["rule"] == "R50"
        assert house.sql("SELECT state FROM registration") == [("inScreening",)]


def test_a_delegate_for_the_list_alone_decides_and_is_told_nothing_of_the_signal(house):
    """Who may not read what came in (R9) does not read it in the answer to a decision either."""
    path = _submit(house).json()["self"]
    mayor, delegate = house.client("mayor"), house.client("delegate")
    tag = mayor.get(path).headers["etag"]
    tag = mayor.post(path + "/screen", json={}, headers={"If-Match": tag}).headers["etag"]
    house.sql("UPDATE mandate SET scope = '{list}' WHERE id = :m", m=house.cast.mandates["delegate"])
    refused = delegate.get(path)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R9")
    said = {"outcome": "notListed", "indications": "Geen aanwijzingen.", "presumedAdult": True}
    decided = delegate.post(path + "/decide", json=said, headers={"If-Match": tag})
    assert (decided.status_code, decided.json()["state"]) == (200, "notListed")
    assert not {"subjectName", "birthDate", "narrative", "decisionReason"} & decided.json().keys()
    assert mayor.get(path).json()["narrative"] == SIGNAL["narrative"]


def test_a_decision_asks_of_an_adult_nothing_that_is_for_a_child(house):
    (adult, child, unknown) = (
        _submit(house, **born).json()["registrationId"]
        for born in ({"birthDate": "2001-04-05"}, {"birthDate": "2012-04-05"}, {"birthDate": None})
    )
    here, mayor = reader(house, "mayor"), house.client("mayor")
    for which in (adult, child, unknown):
        path = f"/api/v1/registrations/{which}"
        screened = mayor.post(
            path + "/screen", json={}, headers={"If-Match": mayor.get(path).headers["etag"]}
        )
        assert screened.status_code == 200
    asked = {
        which: [
            f'id="f-{name}"' in here.get(f"/registrations/{which}/decide").text
            for name in ("exceptionalReasons", "bestInterestNote", "presumedAdult")
        ]
        for which in (adult, child, unknown)
    }
    assert asked == {
        adult: [False, False, False],
        child: [True, True, False],
        unknown: [True, True, True],
    }


def test_an_anonymous_signal_holds_nobody_who_brought_it(house):
    answer = _submit(house, anonymous=True)
    assert answer.status_code == 201, answer.text
    assert house.sql("SELECT submitted_by FROM registration") == [(None,)]
    path = answer.json()["self"]
    seen = house.client("mayor").get(path).json()
    assert seen["anonymous"] is True
    assert seen["agencyName"]
    assert "submittedByName" not in seen
    assert seen["subjectName"] == SIGNAL["subjectName"]


def test_who_brought_an_anonymous_signal_is_as_far_from_it_as_everybody_else(house):
    path = _submit(house, anonymous=True).json()["self"]
    bringer = house.client("participant")
    assert bringer.get(path).status_code == 404
    assert bringer.post(path + "/withdraw", headers={"If-Match": "*"}, json={}).status_code == 404
    assert bringer.get("/api/v1/registrations", params={"state": "all"}).json()["items"] == []


def test_the_person_of_an_anonymous_signal_is_found_again_all_the_same(house):
    _submit(house, anonymous=True)
    asked = {
        "name": SIGNAL["subjectName"],
        "birthDate": SIGNAL.get("birthDate"),
        "reason": "meetingPreparation",
    }
    asked = {name: value for name, value in asked.items() if value}
    found = house.client("mayor").post("/api/v1/subjects/query", json=asked).json()["items"]
    assert [each["kind"] for each in found] == ["registration"]
