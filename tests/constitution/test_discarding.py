"""A draft is discarded: by the coordinator while nobody signed it, afterwards by the mayor (R115)."""

from agreecraft import DECIDED, draft, in_force, ok, step


def discard(house, who, version, match="*"):
    headers = {"If-Match": match} if match else {}
    return house.client(who).post(f"/api/v1/agreements/{version}/discard", headers=headers)


def left(house):
    return house.sql("SELECT id FROM agreement WHERE state = 'draft'")


def test_a_coordinator_discards_what_nobody_signed_and_begins_anew(house):
    first = ok(draft(house, settings={"review_months": 2}))
    assert "agreement.discard" in first["abilities"]
    told = ok(discard(house, "coordinator", first["agreementId"]))
    assert (told["state"], "agreement.discard" in told["abilities"]) == ("discarded", False)
    assert left(house) == []
    again = ok(draft(house))
    assert again["agreementId"] != first["agreementId"]
    compared = ok(house.client("coordinator").get(f"/api/v1/agreements/{again['agreementId']}"))
    assert (compared["formerNumber"], compared["changes"]) == (1, []), (
        "beside what was in force, not beside it"
    )
    assert next(s for s in again["settings"] if s["name"] == "review_months")["value"] == 3
    lines = house.sql(
        "SELECT object_id FROM journal.entry WHERE action = 'agreement.discard' AND outcome = 'allowed'"
    )
    assert [str(row.object_id) for row in lines] == [first["agreementId"]]


def test_what_somebody_signed_is_discarded_by_a_mayor_alone(house):
    version = ok(draft(house, "zone"))["agreementId"]
    ok(step(house, "zoneMayorD", version, "sign"))
    ok(
        draft(house, "zone", settings={"review_months": 2})
    )  # the signature is void, and was given all the same
    refused = discard(house, "zoneCoordinatorD", version)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R115")
    told = ok(house.client("zoneCoordinatorD").get(f"/api/v1/agreements/{version}"))["agreement"]
    assert "agreement.discard" not in told["abilities"]
    assert discard(house, "zoneMayorE", version).status_code == 200
    assert left(house) == []
    assert step(house, "zoneMayorE", version, "sign").status_code == 409
    assert step(house, "zoneMayorE", version, "adopt", **DECIDED).status_code == 409
    rows = house.sql("SELECT count(*) FROM agreement_signature WHERE agreement_id = :a", a=version)
    assert rows[0][0] == 1, "what was signed stays on record"


def test_nobody_else_discards_and_nothing_but_a_draft(house):
    version = ok(draft(house))["agreementId"]
    for who, status in (("delegate", 403), ("participant", 404), ("dpo", 404), ("zoneMayorD", 404)):
        assert discard(house, who, version).status_code == status, who
    now = ok(in_force(house))["agreementId"]
    assert discard(house, "mayor", now).status_code == 409
    ok(step(house, "mayor", version, "sign"))
    ok(step(house, "mayor", version, "adopt", **DECIDED))
    assert discard(house, "mayor", version).status_code == 409
    assert ok(in_force(house))["agreementId"] == version


def test_what_was_discarded_is_the_desk_s_alone(house):
    version = ok(draft(house))["agreementId"]
    ok(discard(house, "mayor", version))
    for who, status in (("delegate", 200), ("coordinator", 200), ("participant", 404), ("dpo", 404)):
        assert house.client(who).get(f"/api/v1/agreements/{version}").status_code == status, who
        listed = ok(house.client(who).get(f"/api/v1/cells/{house.cast.cells['C']}/agreements"))["items"]
        assert ([each["state"] for each in listed] == ["discarded", "adopted"]) is (status == 200), who


def test_it_is_discarded_from_the_version_that_was_seen(house):
    told = draft(house)
    version, seen = told.json()["agreementId"], told.headers["etag"]
    ok(draft(house, settings={"review_months": 1}, match=seen))
    assert discard(house, "coordinator", version, match=seen).status_code == 412
    assert discard(house, "coordinator", version, match=None).status_code == 428
    assert len(left(house)) == 1
