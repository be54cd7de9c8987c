"""A draft from before texts were kept is signed by nobody until it is saved again, and what was adopted stays (R115)."""

from agreecraft import DECIDED, adopted, draft, in_force, ok, step
from sqlalchemy import text

from app.kernel.migrating import admin_engine, run

BEFORE = "0027"  # before written_agreements


def test_what_was_signed_under_the_former_digest_is_signed_anew(house):
    first = adopted(house)["agreementId"]
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    with admin_engine(house.process.addresses.main).connect() as conn:
        run(conn, "main", BEFORE, down=True)
        for table in ("agreement", "agreement_signature"):  # as it was worked out then
            conn.execute(text(f"UPDATE {table} SET digest = 'former' WHERE digest <> ''"))
        conn.commit()
        run(conn, "main", "head")
    house.process.databases.dispose()
    assert ok(in_force(house))["agreementId"] == first
    told = ok(house.client("coordinator").get(f"/api/v1/agreements/{version}"))["agreement"]
    assert told["lacks"] == ["textDiffers"]
    assert step(house, "mayor", version, "adopt", **DECIDED).status_code == 409
    ok(draft(house))
    ok(step(house, "mayor", version, "sign"))
    assert ok(step(house, "mayor", version, "adopt", **DECIDED))["state"] == "adopted"
