"""The database holds agreements by itself: who writes them, what stays, and that every mayor signed (R1, R115)."""

import pytest
from agreecraft import draft, ok, step
from lockcraft import reached

EVERYBODY = (
    "mayor",
    "delegate",
    "coordinator",
    "participant",
    "policeMember",
    "dpo",
    "administrator",
    "zoneMayorD",
)
SETTINGS = "UPDATE agreement SET settings = '{}', digest = 'x'"
WHOLE = """
    UPDATE agreement SET settings = '{}', written = other, digest = encode(sha256(convert_to(other, 'UTF8')), 'hex')
    FROM (SELECT id AS this, jsonb_set(written::jsonb, '{settings}', '{}')::text AS other FROM agreement) o
    WHERE id = this AND state = 'draft'
"""
"""A change of parts, text and digest alike."""
WHOLE = """
    UPDATE agreement SET settings = '{}', written = other, digest = encode(sha256(convert_to(other, 'UTF8')), 'hex')
    FROM (SELECT id AS this, jsonb_set(written::jsonb, '{settings}', '{}')::text AS other FROM agreement) o
    WHERE id = this AND state = 'draft'
"""
"""A change of parts, text and digest alike."""


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_is_in_force_is_changed_by_no_statement(house, who):
    for statement in (
        SETTINGS,
        "UPDATE agreement SET document = 'x'",
        "UPDATE agreement SET adopted_at = now()",
    ):
        assert not reached(house, who, statement + " WHERE state = 'adopted'"), statement
    assert reached(house, who, "UPDATE agreement SET cell_id = cell_id") is None
    assert reached(house, who, "DELETE FROM agreement") is None


def test_a_draft_is_written_by_its_coordinator_and_seen_by_its_desk(house):
    ok(draft(house))
    seen = {who: reached(house, who, "SELECT 1 FROM agreement WHERE state = 'draft'") for who in EVERYBODY}
    assert {who for who, rows in seen.items() if rows} == {"mayor", "delegate", "coordinator"}
    assert {who for who in EVERYBODY if reached(house, who, WHOLE)} == {"coordinator"}
    for change in (
        SETTINGS,
        "UPDATE agreement SET parties = '[1]', digest = 'y'",
        "UPDATE agreement SET digest = 'z'",
    ):
        assert not [w for w in EVERYBODY if reached(house, w, change + " WHERE state = 'draft'")], change


def test_a_changed_text_never_keeps_its_digest(house):
    ok(draft(house))
    assert (
        reached(house, "coordinator", "UPDATE agreement SET settings = '{\"x\": 1}' WHERE state = 'draft'")
        is None
    )


OTHER = """
    UPDATE agreement SET settings = settings || '{"extract_download": 1}',
        written = jsonb_set(written::jsonb, '{settings,extract_download}', '1')::text WHERE state = 'draft'
"""


def test_a_digest_never_comes_to_stand_beside_another_text(house):
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    ((signed,),) = house.sql("SELECT digest FROM agreement WHERE id = :a", a=version)
    for who in ("coordinator", "mayor"):
        assert reached(house, who, OTHER) is None, "another text under the same digest"
        assert reached(house, who, "UPDATE agreement SET digest = 'x' WHERE state = 'draft'") is None
        assert reached(house, who, "UPDATE agreement SET written = '' WHERE state = 'draft'") is None
        assert (
            reached(house, who, OTHER.replace("settings = settings || '{\"extract_download\": 1}',", ""))
            is None
        )
    # A text that differs has its own digest, and the one that was signed is not put back under it.
    ok(draft(house, settings={"extract_download": 1}))
    back = "UPDATE agreement SET digest = :signed WHERE state = 'draft'"
    for who in ("coordinator", "mayor"):
        assert reached(house, who, back, signed=signed) is None


def test_nobody_signs_a_text_that_is_not_there(house):
    version = ok(draft(house, "zone"))["agreementId"]
    ahead = FORGE.replace("a.digest", "'of another text'")
    assert reached(house, "zoneMayorE", ahead, id=version, town=str(house.cast.towns["E"])) is None


def test_a_draft_is_discarded_by_its_coordinator_until_somebody_signed_and_what_was_adopted_by_nobody(house):
    version = ok(draft(house, "zone"))["agreementId"]
    away = "UPDATE agreement SET state = 'discarded' WHERE id = CAST(:id AS uuid)"
    back = "UPDATE agreement SET state = 'draft' WHERE id = CAST(:id AS uuid)"
    for who in ("delegate", "participant", "mayor", "dpo", "administrator", "zoneSchool"):
        assert not reached(house, who, away, id=version), who
    ok(step(house, "zoneMayorD", version, "sign"))
    assert not reached(house, "zoneCoordinatorD", away, id=version)
    assert reached(house, "zoneMayorE", away, id=version) == 1
    assert not reached(house, "zoneMayorE", back, id=version)
    assert not reached(house, "zoneMayorE", back.replace("'draft'", "'adopted'"), id=version)
    assert not reached(
        house, "zoneSchool", "SELECT 1 FROM agreement WHERE id = CAST(:id AS uuid)", id=version
    )
    in_force = "UPDATE agreement SET state = 'discarded' WHERE state = 'adopted'"
    assert not reached(house, "zoneMayorE", in_force)


def test_no_draft_is_adopted_without_every_mayor_whatever_the_application_says(house):
    version = ok(draft(house, "zone"))["agreementId"]
    adopt = "UPDATE agreement SET state = 'adopted' WHERE id = CAST(:id AS uuid)"
    house.sql("UPDATE agreement SET state = 'superseded' WHERE state = 'adopted'")
    assert reached(house, "zoneMayorD", adopt, id=version) is None
    ok(step(house, "zoneMayorD", version, "sign"))
    assert reached(house, "zoneMayorD", adopt, id=version) is None
    ok(step(house, "zoneMayorE", version, "sign"))
    assert reached(house, "zoneCoordinatorD", adopt, id=version) is None
    assert reached(house, "zoneMayorD", adopt, id=version) == 1


FORGE = """
    INSERT INTO agreement_signature (id, agreement_id, cell_id, municipality_id, name, capacity, signed_on, digest,
        recorded_by, recorded_at)
    SELECT gen_random_uuid(), a.id, a.cell_id, CAST(:town AS uuid), 'x', 'x', current_date, a.digest, acting_person(), now()
    FROM agreement a WHERE a.id = CAST(:id AS uuid)
"""


def test_nobody_signs_for_the_municipality_of_another_mayor(house):
    version = ok(draft(house, "zone"))["agreementId"]
    for who in ("zoneMayorD", "zoneCoordinatorE", "zoneCoordinatorD"):
        assert reached(house, who, FORGE, id=version, town=str(house.cast.towns["E"])) is None, who
    assert reached(house, "zoneMayorE", FORGE, id=version, town=str(house.cast.towns["E"])) == 1


def test_a_signature_stays_as_it_was_given(house):
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    for statement in ("UPDATE agreement_signature SET name = 'x'", "DELETE FROM agreement_signature"):
        assert reached(house, "mayor", statement) is None
