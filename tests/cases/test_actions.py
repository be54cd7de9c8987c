"""My actions: of the cell acted in, while its mandate holds and the file is open (R73, R90). Lists and acts agree."""

from datetime import timedelta

import pytest
from sqlalchemy import text

DONE = {"result": "done", "outcome": "Gebeurd."}


def _mine(house, name):
    return [a["actionId"] for a in house.client(name).get("/api/v1/actions").json()["items"]]


def _complete(house, name, action):
    return house.client(name).post(f"/api/v1/actions/{action}/complete", json=DONE, headers={"If-Match": "*"})


def _in_database(house, person, mandate):
    """What the database shows somebody under a mandate: (actions, cases, cases of which they hold a part)."""
    with house.installation.sessions() as session:
        session.info.update(
            actor=house.cast.persons[person], mandate=house.cast.mandates[mandate], now=house.now
        )
        count = [
            session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("action_item", "case_file")
        ]
        return (*count, len(session.scalar(text("SELECT part_cases()"))))


def test_an_action_is_seen_and_completed_in_the_cell_where_it_was_given(house, planned, also):
    _, action = planned
    elsewhere = also("participantInZone", "participant", "zoneSchool")
    assert _mine(house, elsewhere) == []
    assert _complete(house, elsewhere, action).status_code == 404
    assert _in_database(house, "participant", elsewhere) == (0, 0, 0)
    assert _mine(house, "participant") == [action]
    assert _in_database(house, "participant", "participant") == (1, 1, 1)
    assert _complete(house, "participant", action).json()["state"] == "done"
    assert _mine(house, "participant") == []


def test_a_case_manager_follows_the_case_in_its_own_cell_only(house, planned, also):
    case, action = planned
    elsewhere = also("managerInZone", "caseManager", "zoneSchool")
    house.sql("UPDATE mandate SET role = 'caseManager' WHERE id = :m", m=house.cast.mandates[elsewhere])
    assert house.client(elsewhere).get(f"/api/v1/cases/{case}/trajectory").status_code == 404
    assert _complete(house, elsewhere, action).status_code == 404
    assert _in_database(house, "caseManager", elsewhere) == (0, 0, 0)
    assert house.client("caseManager").get(f"/api/v1/cases/{case}/trajectory").status_code == 200


def test_with_the_mandate_the_action_goes_out_of_sight(house, planned):
    _, action = planned
    house.sql(
        "UPDATE mandate SET ends_on = :d WHERE id = :m",
        d=house.now.date() - timedelta(days=1), m=house.cast.mandates["participant"],
    )  # fmt: skip
    assert _in_database(house, "participant", "participant") == (0, 0, 0)
    assert house.client("participant").get("/api/v1/actions").status_code in {401, 403, 404}
    assert _complete(house, "participant", action).status_code in {401, 403, 404}


def test_under_a_role_without_a_seat_there_is_no_action(house, planned, also):
    name = also("participantAsMember", "participant", "strategicMember")
    assert house.client(name).get("/api/v1/actions").status_code == 403
    assert _complete(house, name, planned[1]).status_code == 404
    assert _in_database(house, "participant", name) == (0, 0, 0)


def test_owning_one_action_is_no_part_of_another(house, planned):
    case, action = planned
    other = house.client("coordinator").post("/api/v1/actions", json={
        "caseId": case, "ownerId": str(house.cast.persons["school"]), "lifeDomain": "school", "text": "x",
        "dueOn": "2026-04-01",
    }).json()["actionId"]  # fmt: skip
    assert _mine(house, "school") == [other]
    assert _complete(house, "school", action).status_code == 404
    assert _complete(house, "caseManager", action).status_code == 200


@pytest.mark.parametrize("name", ["participant", "caseManager", "mayor", "coordinator"])
def test_from_the_lock_on_nothing_of_the_plan_moves_or_shows(house, planned, name):
    case, action = planned
    ((locks_on,),) = house.sql("SELECT locks_on FROM case_file")
    house.later(days=(locks_on - house.now.date()).days - 1)
    assert _mine(house, "participant") == [action]
    house.later(days=1)
    assert _mine(house, "participant") == []
    answer = _complete(house, name, action)
    assert (answer.status_code, answer.json()["rule"]) == (409, "R90")
    if name != "participant":
        read = house.client(name).get(f"/api/v1/cases/{case}/trajectory", params={"reason": "supervision"})
        assert (read.status_code, read.json()["rule"]) == (409, "R90")
    assert house.sql("SELECT state, outcome FROM action_item") == [("open", None)]


def test_what_was_ordered_destroyed_is_in_no_list(house, planned):
    house.sql("UPDATE case_file SET shred_ordered_at = now()")
    assert _mine(house, "participant") == []
    for state in ("open", "all", "closed"):
        assert house.client("mayor").get("/api/v1/cases", params={"state": state}).json()["items"] == []


def test_the_list_and_the_act_agree_for_everybody(house, planned, also):
    """Whoever is shown an action as their own can complete it; nobody else but manager and desk can."""
    _, action = planned
    also("participantInZone", "participant", "zoneSchool")
    allowed = {"mayor", "delegate", "coordinator", "caseManager"}
    for name in [n for n in house.cast.mandates if n != "participant"]:
        answer = house.client(name).get("/api/v1/actions")
        assert answer.status_code in {403, 404} or answer.json()["items"] == [], name
        if name not in allowed:
            assert _complete(house, name, action).status_code in {403, 404}, name
    assert house.sql("SELECT state FROM action_item") == [("open",)]
    assert _mine(house, "participant") == [action]
    assert _complete(house, "participant", action).status_code == 200
