"""A listed case of Gemeente C, made the way cases are made."""

from copy import deepcopy
from uuid import uuid4

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
    path = (
        house.client(bringer)
        .post("/api/v1/registrations", json=SIGNAL | {"municipalityId": str(house.cast.towns[town])})
        .json()["self"]
    )
    etag = client.get(path).headers["etag"]
    etag = client.post(path + "/screen", json={}, headers={"If-Match": etag}).headers["etag"]
    decision = {
        "outcome": "listed",
        "presumedAdult": True,
        "indications": "Aanwijzingen van een radicaliseringsproces.",
    }
    answer = client.post(path + "/decide", json=decision, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text
    return answer.json()["caseId"]


@pytest.fixture
def case_id(house):
    return list_person(house)


@pytest.fixture(name="list_person")
def _list_person(house):
    return lambda **over: list_person(house, **over)


@pytest.fixture
def sitting(house):
    """Give what lays a meeting in session with one case on its agenda, from outside; the consultation is tested elsewhere."""

    def lay(case_id, *present, town="C", cell="C", secretary=None, discussed=True):
        cast, meeting, item = house.cast, str(uuid4()), str(uuid4())
        town_id, names = cast.towns[town], dict(cast.persons)
        chair = names["coordinator" if cell == "C" else f"zoneCoordinator{town}"]
        house.sql(
            "INSERT INTO meeting (id, cell_id, municipality_id, table_id, starts_at, ends_at, place, chair_id,"
            " secretary_id, state, opened_at, window_until, created_by, version) VALUES (:m, :c, :town, :t, :now, :now,"
            " 'Raadzaal', :chair, :secretary, 'inSession', :now, CAST(:now AS timestamptz) + interval '2 hours', :chair, 1)",
            m=meeting, c=cast.cells[cell], town=town_id, t=cast.tables[cell], now=house.now, chair=chair,
            secretary=names[secretary] if secretary else None,
        )  # fmt: skip
        house.sql(
            "INSERT INTO agenda_item (id, meeting_id, cell_id, municipality_id, case_id, subject_id, position, minutes,"
            " question, version, state, starts_after) SELECT :i, :m, cell_id, municipality_id, id, subject_id, 1, 20, 'x', 1,"
            " 'tabled', 0 FROM case_file"
            " WHERE id = :c",
            i=item, m=meeting, c=case_id,
        )  # fmt: skip
        for name in present:
            house.sql(
                "INSERT INTO attendance (agenda_item_id, person_id, meeting_id, case_id, municipality_id, present,"
                " recorded_at) VALUES (:i, :p, :m, :c, :t, true, :now)",
                i=item, p=names[name], m=meeting, c=case_id, t=town_id, now=house.now,
            )  # fmt: skip
            house.sql(
                "INSERT INTO invitation (id, meeting_id, agenda_item_id, case_id, municipality_id, person_id, regime,"
                " ground_list, ground_code, state, version) VALUES (gen_random_uuid(), :m, :i, :c, :t, :p, 'x', 'x', 'x',"
                " 'accepted', 1)",
                i=item, p=names[name], m=meeting, c=case_id, t=town_id,
            )  # fmt: skip
        if discussed:
            house.sql(
                "INSERT INTO discussion (case_id, meeting_id, municipality_id, discussed_on) VALUES (:c, :m, :t, :d)",
                c=case_id, m=meeting, t=town_id, d=house.now.date(),
            )  # fmt: skip
        return meeting, item

    return lay


@pytest.fixture
def also(house):
    """Give what makes a cast member act under a second mandate, copied from somebody else's; by a name of its own."""
    house.cast = deepcopy(house.cast)

    def mandate(name, person, like):
        house.cast.persons[name], house.cast.mandates[name] = house.cast.persons[person], uuid4()
        house.sql(
            "INSERT INTO mandate SELECT (jsonb_populate_record(m, CAST(:new AS jsonb))).* FROM mandate m WHERE id = :like",
            new=f'{{"id": "{house.cast.mandates[name]}", "person_id": "{house.cast.persons[person]}"}}',
            like=house.cast.mandates[like],
        )  # fmt: skip
        return name

    return mandate


@pytest.fixture
def planned(house, case_id):
    """A case in trajectory with one action of the participant; gives (case id, action id)."""
    house.sql("UPDATE case_file SET state = 'underDiscussion' WHERE id = :c", c=case_id)
    desk = house.client("coordinator")
    plan = {
        "caseId": case_id, "caseManagerId": str(house.cast.persons["caseManager"]),
        "aims": {"school": "Terug naar de les."}, "personInformed": "involved",
    }  # fmt: skip
    assert desk.post("/api/v1/trajectories", json=plan, headers={"If-Match": "*"}).status_code == 201
    action = {
        "caseId": case_id, "ownerId": str(house.cast.persons["participant"]), "lifeDomain": "school",
        "text": "Contact opnemen.", "dueOn": "2026-04-01",
    }  # fmt: skip
    made = desk.post("/api/v1/actions", json=action)
    assert made.status_code == 201, made.text
    return case_id, made.json()["actionId"]
