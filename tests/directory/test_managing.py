"""Who manages a service is said of an account, by an administrator alone (R28)."""

from pagecraft import reader

API = "/api/v1/persons"


def _change(house, who, person, manages, match="*"):
    path = f"{API}/{house.cast.persons[person]}/change"
    return house.client(who).post(path, json={"managesService": manages}, headers={"If-Match": match})


def _managing(house):
    names = {str(each): name for name, each in house.cast.persons.items()}
    return {names[str(row.id)] for row in house.sql("SELECT id FROM person WHERE manages_service")}


def test_an_administrator_says_and_takes_back_who_manages_a_service(house):
    people = house.client("administrator").get(API).json()["items"]
    handler = next(each for each in people if each["personId"] == str(house.cast.persons["frenchHandler"]))
    assert handler["managesService"] is False
    match = f'"{handler["accountVersion"]}"'
    assert (
        _change(house, "administrator", "frenchHandler", manages=True, match=match).json()["managesService"]
        is True
    )
    assert _managing(house) == {"frenchYouth", "frenchHandler"}
    assert _change(house, "administrator", "frenchHandler", manages=False, match=match).status_code == 412
    assert _change(house, "administrator", "frenchHandler", manages=False).status_code == 200
    assert _managing(house) == {"frenchYouth"}
    lines = house.sql(
        "SELECT reason, object_id FROM journal.entry WHERE action = 'person.change' AND outcome = 'allowed'"
    )
    assert [line.reason for line in lines] == ["managesService", "managesNoService"]
    assert {line.object_id for line in lines} == {house.cast.persons["frenchHandler"]}


def test_nobody_else_says_it_not_even_of_themselves(house):
    for who in ("mayor", "coordinator", "secretary", "frenchHandler", "dpo", "auditor"):
        assert _change(house, who, "frenchHandler", manages=True).status_code == 403, who
    assert "managesService" not in house.client("coordinator").get(API).text
    assert _managing(house) == {"frenchYouth"}
    path = f"{API}/{house.cast.cells['C']}/change"
    assert (
        house.client("administrator")
        .post(path, json={"managesService": True}, headers={"If-Match": "*"})
        .status_code
        == 404
    )


def test_the_page_of_members_offers_it_to_an_administrator(house):
    admin, address = reader(house, "administrator"), f"/members/{house.cast.persons['frenchHandler']}/change"
    assert address in admin.get("/members").text
    assert "FrenchHandler Verzonnen" in admin.get(address).text
    admin.send(address, managesService="true")
    assert _managing(house) == {"frenchYouth", "frenchHandler"}
    assert "checked" in admin.get(address).text
    admin.send(address, managesService=None)  # a box that is not ticked sends nothing
    assert _managing(house) == {"frenchYouth"}
    coordinator = reader(house, "coordinator")
    assert address not in coordinator.get("/members").text
    assert coordinator.get(address).status_code == 404
    assert admin.get(f"/members/{house.cast.cells['C']}/change").status_code == 404
