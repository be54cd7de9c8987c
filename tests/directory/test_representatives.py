"""Permanent representatives: named by coordinator or administrator, one at a time for each service and cell (R28, R36)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kernel.ids import new_id

PATH = "/api/v1/representatives"


def _name(house, by="coordinator", who="frenchHandler", cell="C", **over):
    body = {
        "personId": str(house.cast.persons[who]),
        "cellId": str(house.cast.cells[cell]),
        "startsOn": "2026-03-02",
        "document": "Brief van de dienst (invented)",
    } | over
    return house.client(by).post(PATH, json={k: v for k, v in body.items() if v is not None})


def _end(house, made, day, by="coordinator", match="*"):
    return house.client(by).post(
        made.json()["self"] + "/end", json={"endsOn": day}, headers={"If-Match": match}
    )


def _lines(house, action, outcome="allowed"):
    return house.sql(
        "SELECT controller, object_type, object_id FROM journal.entry WHERE action = :a AND outcome = :o",
        a=action, o=outcome,
    )  # fmt: skip


def test_the_coordinator_names_one_and_it_stands_in_the_log_of_the_municipality(house):
    made = _name(house)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["personName"], told["agencyName"]) == ("FrenchHandler Verzonnen", "french youth (invented)")
    assert told["current"] is True
    (line,) = _lines(house, "representative.name")
    assert (line.controller, line.object_type) == (house.cast.towns["C"], "representative")
    assert str(line.object_id) == told["representativeId"]
    for who in ("coordinator", "administrator"):
        (row,) = house.client(who).get(PATH).json()["items"]
        assert row["representativeId"] == told["representativeId"]
    assert len(_lines(house, "representative.list")) == 2


def test_an_administrator_names_one_in_any_cell_with_a_line_for_each_municipality(house):
    made = _name(house, by="administrator", who="zoneSchool", cell="zone")
    assert made.status_code == 201, made.text
    assert {line.controller for line in _lines(house, "representative.name")} == {
        house.cast.towns["D"], house.cast.towns["E"],
    }  # fmt: skip
    assert house.client("coordinator").get(PATH).json()["items"] == []
    assert len(house.client("zoneCoordinatorE").get(PATH).json()["items"]) == 1
    assert _end(house, made, "2026-03-31", by="coordinator").status_code == 404


def test_nobody_else_names_ends_or_lists_them(house):
    made = _name(house)
    for who in ("mayor", "delegate", "secretary", "participant", "frenchYouth", "frenchHandler", "dpo", "auditor"):  # fmt: skip
        assert _name(house, by=who, who="school").status_code == 403, who
        # Who has no seat in the cell is not even shown the row.
        ended = _end(house, made, "2026-03-31", by=who)
        assert ended.status_code == (404 if who in {"dpo", "auditor"} else 403), who
        assert house.client(who).get(PATH).status_code == 403, who
    assert _name(house, by="zoneCoordinatorD").status_code == 404
    assert _name(house, by="coordinator", who="zoneSchool", cell="zone").status_code == 404
    assert house.client().get(PATH).status_code == 401
    assert house.sql("SELECT count(*) FROM representative") == [(1,)]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"who": "zoneSchool"}, "personId"),
        ({"who": "administrator"}, "personId"),
        ({"who": "auditor"}, "personId"),
        ({"who": "strategicMember"}, "personId"),
        ({"personId": "00000000-0000-4000-8000-000000000000"}, "personId"),
        ({"endsOn": "2026-03-01"}, "endsOn"),
        ({"document": "   "}, "document"),
    ],
)
def test_who_does_not_sit_in_the_cell_or_a_period_turned_round_is_refused(house, over, field):
    answer = _name(house, **over)
    assert answer.status_code == 400, answer.text
    assert [issue["name"] for issue in answer.json()["issues"]] == [field]


def test_somebody_who_left_is_not_named(house):
    house.sql("UPDATE person SET active = false WHERE id = :p", p=house.cast.persons["frenchHandler"])
    assert _name(house).json()["issues"][0]["name"] == "personId"


def test_an_administrator_names_nobody_in_a_cell_that_is_not_there(house):
    answer = _name(house, by="administrator", cellId="00000000-0000-4000-8000-000000000000")
    assert answer.json()["issues"][0]["name"] == "cellId"


def test_there_is_one_at_a_time_for_each_service_and_cell(house):
    first = _name(house, endsOn="2026-06-30")
    refused = _name(house, who="frenchYouth", startsOn="2026-06-30")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:problem-type:livcr:conflict")
    assert len(_lines(house, "representative.name", "conflict")) == 1
    assert _name(house, who="school").status_code == 201  # another service
    assert _name(house, who="frenchYouth", startsOn="2026-07-01").status_code == 201
    assert _name(house, who="frenchHandler", startsOn="2027-01-01").status_code == 409
    assert _end(house, first, "2026-03-10").status_code == 200
    assert _name(house, startsOn="2026-03-11", endsOn="2026-06-30").status_code == 201
    current = [r["personName"] for r in house.client("coordinator").get(PATH).json()["items"] if r["current"]]
    assert sorted(current) == ["FrenchHandler Verzonnen", "School Verzonnen"]


def test_a_naming_ends_within_its_period_and_is_never_made_longer(house):
    made = _name(house, endsOn="2026-06-30")
    assert _end(house, made, "2026-03-01").status_code == 400
    assert _end(house, made, "2026-07-01").status_code == 400
    silent = house.client("coordinator").post(made.json()["self"] + "/end", json={"endsOn": "2026-03-10"})
    assert silent.status_code == 428
    assert _end(house, made, "2026-03-10", match='"7"').status_code == 412
    ended = _end(house, made, "2026-03-10", match='"1"')
    assert (ended.status_code, ended.json()["endsOn"]) == (200, "2026-03-10")
    house.later(days=9)
    assert house.client("coordinator").get(PATH).json()["items"] == []
    assert _end(house, made, "2026-03-05", by="administrator").status_code == 200
    strange = f"{PATH}/{new_id()}/end"
    for who in ("coordinator", "administrator"):
        answer = house.client(who).post(strange, json={"endsOn": "2026-03-10"}, headers={"If-Match": "*"})
        assert answer.status_code == 404, who


def test_of_two_named_at_once_one_is(house):
    headers = {by: dict(house.client(by).headers) for by in ("coordinator", "administrator")}
    ready = Barrier(2)

    def one(pair):
        by, who = pair
        client = TestClient(
            house.app, base_url="http://127.0.0.1", headers=headers[by], client=("127.0.0.1", 50001)
        )
        body = {
            "personId": str(house.cast.persons[who]), "cellId": str(house.cast.cells["C"]), "startsOn": "2026-03-02",
            "document": "x",
        }  # fmt: skip
        ready.wait()
        return client.post(PATH, json=body).status_code

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(one, (("coordinator", "frenchHandler"), ("administrator", "frenchYouth"))))
    assert sorted(answers) == [201, 409]


# -- the second lock --------------------------------------------------------------------------------------------


INSERT = text(
    "INSERT INTO representative (id, agency_id, cell_id, person_id, starts_on, document, named_by, created_at, version)"
    " VALUES (:id, :agency, :cell, :person, '2026-03-02', 'x', :by, now(), 1)"
)


def _written(house, actor, **over):
    """Insert past every operation as somebody; gives whether the database took it."""
    cast = house.cast
    row = {
        "id": new_id(), "agency": cast.agencies["french youth"], "cell": cast.cells["C"],
        "person": cast.persons["frenchHandler"], "by": cast.persons[actor],
    }  # fmt: skip
    try:
        with house.work(actor) as unit:
            unit.repeat()
            unit.session.execute(INSERT, row | over)
            unit.session.flush()
    except ProgrammingError as fault:
        if "row-level security" not in str(fault):
            raise
        return False
    return True


def test_the_database_takes_a_naming_from_coordinator_and_administrator_alone(house):
    cast = house.cast
    for who in ("mayor", "secretary", "frenchYouth", "dpo", "zoneCoordinatorD"):
        assert not _written(house, who), who
    assert not _written(house, "coordinator", by=cast.persons["mayor"])
    assert not _written(house, "coordinator", agency=cast.agencies["school"])
    assert not _written(
        house, "coordinator", person=cast.persons["zoneSchool"], agency=cast.agencies["school"]
    )
    assert not _written(house, "coordinator", cell=cast.cells["zone"])
    assert _written(house, "coordinator")
    for who, rows in (("coordinator", 1), ("frenchHandler", 1), ("dpo", 0), ("zoneCoordinatorD", 0)):
        with house.work(who) as unit:
            unit.repeat()
            assert unit.session.scalar(text("SELECT count(*) FROM representative")) == rows, who
            changed = unit.session.execute(text("UPDATE representative SET version = 1"))
            assert changed.rowcount == (1 if who == "coordinator" else 0), who
    with house.installation.sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM representative")) == 0
