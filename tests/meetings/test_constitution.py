"""No case is tabled before participants, purpose and method are fixed; what is missing is said (art. 458ter, R1 to R13)."""

import pytest
from agreecraft import ok
from pagecraft import reader, texts_of

END = "UPDATE mandate SET ends_on = '2026-03-01' WHERE role {roles} AND cell_id = :c"


def without(table, code):
    """Take one part of the constitution away."""
    house, cell = table.house, table.house.cast.cells["C"]
    if code == "agreement":
        house.sql("UPDATE agreement SET state = 'superseded' WHERE cell_id = :c", c=cell)
    elif code == "operationalTable":
        house.sql("UPDATE agreement SET tables = '[]' WHERE cell_id = :c", c=cell)
    else:
        roles = {"everyMayor": "= 'mayor'", "police": "IN ('policeMember', 'informationOfficer')",
                 "coordinator": "= 'coordinator'"}[code]  # fmt: skip
        house.sql(END.format(roles=roles), c=cell)


def checked(house, who="delegate", cell="C"):
    return house.client(who).get(f"/api/v1/cells/{house.cast.cells[cell]}/constitution")


MISSING = {
    "agreement": {"agreement", "operationalTable"},
    "operationalTable": {"operationalTable"},
    "everyMayor": {"everyMayor"},
    "police": {"police", "clearance"},
    "coordinator": {"coordinator", "agreedChair"},
}


@pytest.mark.parametrize("code", MISSING)
def test_without_one_part_no_case_is_tabled_and_the_refusal_names_it(table, code):
    case, meeting = table.case(), table.plan()
    assert ok(checked(table.house))["complete"] is True
    without(table, code)
    who = "delegate" if code in {"coordinator", "everyMayor"} else "coordinator"
    refused = table.post(
        who, "/agendaItems", {"meetingId": meeting, "caseId": case, "question": "Wat nu?", "minutes": 20}
    )
    assert (refused.status_code, refused.json()["rule"]) == (409, "R115")
    named = {issue["name"] for issue in refused.json()["issues"]}
    assert named == MISSING[code] - {"clearance", "agreedChair"}
    assert all(issue["detail"].endswith(".") for issue in refused.json()["issues"])
    told = ok(checked(table.house))
    assert told["complete"] is False
    assert {part["code"] for part in told["parts"] if not part["stands"]} == MISSING[code]


def test_convening_and_opening_name_what_is_missing_too(table):
    meeting, _, _ = table.tabled("participant")
    without(table, "police")
    refused = table.post("coordinator", f"/meetings/{meeting}/open")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R115")
    assert [issue["name"] for issue in refused.json()["issues"]] == ["police"]


def test_the_checklist_is_the_desk_s_and_the_administrator_s(house):
    for who in ("mayor", "delegate", "coordinator", "administrator"):
        assert checked(house, who).status_code == 200
    for who, status in (("participant", 403), ("dpo", 403), ("policeMember", 403), ("zoneMayorD", 404)):
        assert checked(house, who).status_code == status


def test_two_mayors_at_once_are_a_warning_and_stop_nothing(table):
    house = table.house
    house.sql(
        "INSERT INTO mandate SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(),"
        " 'person_id', CAST(:p AS uuid)))).* FROM mandate m WHERE id = :m",
        m=house.cast.mandates["mayor"], p=str(house.cast.persons["strategicMember"]),
    )  # fmt: skip
    told = ok(checked(house))
    assert {part["code"] for part in told["parts"] if not part["stands"]} == {"oneMayor"}
    assert told["complete"] is True
    table.tabled("participant")


def test_a_signature_of_a_mayor_who_left_stays_that_of_the_municipality(house):
    from agreecraft import DECIDED, draft, step

    version = ok(draft(house, "zone"))["agreementId"]
    for mayor in ("zoneMayorD", "zoneMayorE"):
        ok(step(house, mayor, version, "sign"))
    house.sql(f"UPDATE mandate SET ends_on = '2026-03-01' WHERE id = '{house.cast.mandates['zoneMayorE']}'")
    ok(step(house, "zoneMayorD", version, "adopt", **DECIDED))


def test_the_pages_say_what_is_missing(table):
    meeting = table.plan()
    desk = reader(table.house, "mayor")
    assert "Er ontbreekt niets" in desk.get("/constitution").text
    without(table, "coordinator")
    assert "Er is geen coördinator." in desk.get(f"/meetings/{meeting}").text
    assert "Nog geen casus kan op een agenda komen" in texts_of(desk.get("/constitution").text)
    admin = texts_of(reader(table.house, "administrator").get("/constitution").text)
    assert "LIVC R C" in admin
    assert "LIVC R zone" in admin
