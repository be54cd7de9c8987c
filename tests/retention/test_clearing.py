"""What goes with time or with an office: addresses of notices and calendars, and notices of a year ago (R37)."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.retention.clearing import clear
from app.retention.sweeping import sweep_all

V1 = "/api/v1"


@pytest.fixture
def reached(house):
    """Somebody with an address for notices and one for a calendar; so has a colleague."""
    for who in ("school", "clb"):
        client = house.client(who)
        assert (
            client.post(V1 + "/mailAddresses", json={"address": f"{who}@dienst.example"}).status_code == 200
        )
        assert client.post(V1 + "/calendars").status_code == 201
    return house


def left(house, table):
    names = {str(v): k for k, v in house.cast.persons.items()}
    return sorted(names[str(row.person_id)] for row in house.sql(f"SELECT person_id FROM {table}"))


def end(house, who, day):
    house.sql("UPDATE mandate SET ends_on = :d WHERE id = :m", d=day, m=house.cast.mandates[who])


def another_mandate(house, who, starts_on):
    house.sql(
        "INSERT INTO mandate (id, person_id, role, cell_id, starts_on, document, created_at, version)"
        " SELECT gen_random_uuid(), person_id, role, cell_id, :d, document, created_at, 1 FROM mandate WHERE id = :m",
        d=starts_on, m=house.cast.mandates[who],
    )  # fmt: skip


def test_addresses_go_the_day_after_the_last_mandate_and_not_before(reached):
    today = reached.now.date()
    end(reached, "school", today)
    sweep_all(reached.installation)
    assert left(reached, "mail_address") == left(reached, "calendar_feed") == ["clb", "school"]
    reached.later(days=1)
    sweep_all(reached.installation)
    assert left(reached, "mail_address") == left(reached, "calendar_feed") == ["clb"]


def test_an_address_stays_with_whoever_has_or_will_have_another_mandate(reached):
    today = reached.now.date()
    end(reached, "school", today - timedelta(days=1))
    another_mandate(reached, "school", today + timedelta(days=30))
    sweep_all(reached.installation)
    assert left(reached, "mail_address") == ["clb", "school"]
    assert left(reached, "calendar_feed") == ["clb"], "a calendar belongs to one mandate"


def test_an_address_set_before_the_first_mandate_stays(reached):
    house = reached
    agency = str(house.cast.agencies["school"])
    made = {"username": "nieuw", "name": "Nieuw Verzonnen", "agencyId": agency, "language": "nl"}
    answer = house.client("administrator").post(V1 + "/persons", json=made)
    assert answer.status_code == 201, answer.text
    person = answer.json()["personId"]
    house.sql(
        "INSERT INTO mail_address VALUES (:p, 'nieuw@dienst.example', now(), :a, 1)",
        p=person, a=house.cast.persons["administrator"],
    )  # fmt: skip
    sweep_all(house.installation)
    assert len(house.sql("SELECT 1 FROM mail_address")) == 3


def test_a_calendar_that_was_closed_goes_at_the_next_sweep(reached):
    ((calendar,),) = reached.sql(
        "SELECT id::text FROM calendar_feed WHERE person_id = :p", p=reached.cast.persons["school"]
    )
    assert reached.client("school").post(f"{V1}/calendars/{calendar}/close").status_code == 200
    sweep_all(reached.installation)
    assert left(reached, "calendar_feed") == ["clb"]


def test_the_database_lets_the_sweep_delete_no_address_that_still_serves(reached):
    def attempt(now):
        with reached.installation.retention_sessions() as session:
            if now is not None:
                session.info["now"] = now
            gone = [
                session.execute(text(f"DELETE FROM {t}")).rowcount for t in ("mail_address", "calendar_feed")
            ]
            session.rollback()
            return gone

    end(reached, "school", reached.now.date())
    tomorrow = reached.now + timedelta(days=1)
    assert attempt(reached.now) == [0, 0]
    assert attempt(None) == [0, 0], "without a day nothing is over"
    assert attempt(tomorrow) == [1, 1]


def test_notices_go_after_a_year(house):
    for days in (366, 367):
        house.sql(
            "INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)"
            " VALUES (gen_random_uuid(), :p, 'invitation', :r, :m, :t)",
            p=house.cast.persons["school"], r=str(days), m=house.cast.towns["C"], t=house.now - timedelta(days=days),
        )  # fmt: skip
    clear(house.installation, house.now)
    assert [row.reference for row in house.sql("SELECT reference FROM notice")] == ["366"]
