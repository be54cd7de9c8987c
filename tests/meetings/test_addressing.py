"""To whom an invitation of the French Community is addressed: management, or the permanent representative (R28, R36)."""

import pytest

PATH = "/api/v1/representatives"


def _name(house, **over):
    body = {
        "personId": str(house.cast.persons["frenchHandler"]), "cellId": str(house.cast.cells["C"]),
        "startsOn": "2026-03-02", "document": "Lettre du service (invented)",
    } | over  # fmt: skip
    return house.client("coordinator").post(PATH, json=body)


@pytest.fixture
def invites(table):
    """Prepare an invitation of somebody to one item of a draft agenda; gives how, the table and the item."""
    item = table.add(table.plan(), table.case())
    return lambda who: table.post("coordinator", "/invitations", table.inviting(item, who)), table, item


def test_an_invitation_to_the_permanent_representative_is_addressed_rightly(house, invites):
    invite, table, _ = invites
    refused = invite("frenchHandler")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R28")
    made = _name(house)
    assert invite("frenchHandler").status_code == 201
    # Who is no longer one when it is sent is sent nothing: both steps ask.
    ended = house.client("coordinator").post(
        made.json()["self"] + "/end", json={"endsOn": "2026-03-02"}, headers={"If-Match": "*"}
    )
    assert ended.status_code == 200
    house.later(days=1)
    (meeting,) = house.sql("SELECT meeting_id FROM invitation")
    convened = table.post("mayor", f"/meetings/{meeting.meeting_id}/convene")
    assert (convened.status_code, convened.json()["rule"]) == (409, "R28")


def test_neither_a_naming_in_another_cell_nor_one_of_another_day_addresses_it(house, invites):
    invite, *_ = invites
    assert _name(house, startsOn="2026-03-03").status_code == 201
    assert invite("frenchHandler").status_code == 409
    house.sql("UPDATE representative SET starts_on = '2026-03-01', cell_id = :c", c=house.cast.cells["zone"])
    assert invite("frenchHandler").status_code == 409
    house.sql(
        "UPDATE representative SET cell_id = :c, agency_id = :a",
        c=house.cast.cells["C"], a=house.cast.agencies["school"],
    )  # fmt: skip
    assert (
        invite("frenchHandler").status_code == 409
    )  # who changed service stands in for the former one no more
    house.sql("UPDATE representative SET agency_id = :a", a=house.cast.agencies["french youth"])
    assert invite("frenchHandler").status_code == 201


def test_to_be_named_shows_nothing_of_any_case(house, invites):
    _, table, item = invites
    seen = [
        house.client("frenchHandler").get(f"/api/v1{p}").status_code
        for p in ("/meetings", "/cases", "/persons")
    ]
    assert _name(house).status_code == 201
    after = [
        house.client("frenchHandler").get(f"/api/v1{p}").status_code
        for p in ("/meetings", "/cases", "/persons")
    ]
    assert seen == after
    assert table.get("frenchHandler", f"/agendaItems/{item}").status_code == 404
    assert table.ok(table.get("frenchHandler", "/invitations", when="all"))["items"] == []
