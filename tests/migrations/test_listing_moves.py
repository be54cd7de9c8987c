"""What was listed about a person moves between tables as sealed bytes, and still opens where it arrives (revision 0012)."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.migrating import admin_engine, run
from app.kernel.sealed import Sealed
from app.kernel.vault import Place

SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen", "narrative": "Haatboodschappen.", "phenomenon": "sects", "urgency": "normal",
    "nothingClassified": True,
}  # fmt: skip
DECISION = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}
BEFORE = "SELECT id, municipality_id, indications, signal FROM case_file ORDER BY id"
AFTER = "SELECT case_id, municipality_id, indications, signal FROM listing ORDER BY case_id"


@pytest.fixture
def listed(house):
    """Put somebody on the list of a town; gives the case id."""

    def put(town, bringer, mayor):
        client = house.client(mayor)
        body = SIGNAL | {"municipalityId": str(house.cast.towns[town])}
        path = house.client(bringer).post("/api/v1/registrations", json=body).json()["self"]
        for step, said in (("screen", {}), ("decide", DECISION)):
            answer = client.post(f"{path}/{step}", json=said, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text
        return answer.json()["caseId"]

    return put


def _rows(conn, query):
    found = conn.execute(text(query)).all()
    conn.rollback()
    return found


def test_a_file_reads_the_same_after_its_listing_went_down_and_up_again(house, listed):
    case = listed("C", "participant", "mayor")
    listed("D", "zoneSchool", "zoneMayorD")
    read = f"/api/v1/cases/{case}?reason=meetingPreparation"
    told = house.client("mayor").get(read).json()
    assert (told["indications"], told["signal"]) == ("Aanwijzingen.", "Haatboodschappen.")
    now = house.sql(AFTER)
    with admin_engine(house.process.addresses.main).connect() as conn:
        run(conn, "main", "0011", down=True)
        held = _rows(conn, BEFORE)
        assert held == now
        assert len(held) == 2
        # As it was sealed before there was a table of its own.
        vault = house.installation.vault.within(house.cast.towns.values())
        for row in held:
            for column, value in (("indications", row.indications), ("signal", row.signal)):
                assert vault.unseal(Place(row[0], "case_file", column, row[0]), Sealed(value)) == told[column]
        run(conn, "main", "head")
        assert _rows(conn, AFTER) == held
    house.process.databases.dispose()
    assert house.client("mayor").get(read).json() == told


def test_the_move_takes_every_row_or_none(house, listed):
    """Rows that a policy kept from the move would be gone with the columns they stood in."""
    listed("C", "participant", "mayor")
    with admin_engine(house.process.addresses.main).connect() as conn:
        run(conn, "main", "0011", down=True)
        held = _rows(conn, BEFORE)
        conn.execute(text("ALTER TABLE case_file FORCE ROW LEVEL SECURITY"))
        conn.commit()
        with pytest.raises(DBAPIError, match="row-level security"):
            run(conn, "main", "head")
        conn.rollback()
        assert _rows(conn, BEFORE) == held
