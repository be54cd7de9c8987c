"""The agreement on its way: drafted by the coordinator, signed by every mayor as it stands, adopted, superseded (R1, R115)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from agreecraft import DECIDED, adopted, body, draft, in_force, ok, step


def test_a_municipal_cell_drafts_signs_and_adopts_the_next_version(house):
    before = ok(in_force(house))
    told = ok(draft(house, settings={"participant_window_hours": 5}))
    assert (told["state"], told["number"], told.get("lacks")) == ("draft", before["number"] + 1, [])
    assert ok(in_force(house))["number"] == before["number"], "a draft governs nothing"
    version = told["agreementId"]
    signed = ok(step(house, "mayor", version, "sign"))
    assert (
        signed["parties"][0] | {"signedBy": "Mayor Verzonnen", "signedOn": "2026-03-02"}
        == signed["parties"][0]
    )
    view = ok(step(house, "mayor", version, "adopt", **DECIDED))
    assert (view["state"], view["adoptedOn"], view["document"]) == (
        "adopted",
        "2026-03-01",
        DECIDED["document"],
    )
    now = ok(in_force(house))
    assert now["agreementId"] == version
    assert next(s for s in now["settings"] if s["name"] == "participant_window_hours")["value"] == 5
    states = house.sql(
        "SELECT state FROM agreement WHERE cell_id = :c ORDER BY number", c=house.cast.cells["C"]
    )
    assert [row.state for row in states] == ["superseded", "adopted"]


def test_a_draft_begins_as_the_agreement_in_force_reads(house):
    adopted(house, settings={"review_months": 2})
    told = ok(draft(house))
    assert next(s for s in told["settings"] if s["name"] == "review_months")["value"] == 2
    assert told["tables"] == ok(in_force(house))["tables"]


def test_a_joint_cell_needs_the_signature_of_each_mayor(house):
    version = ok(draft(house, "zone"))["agreementId"]
    ok(step(house, "zoneMayorD", version, "sign"))
    refused = step(house, "zoneMayorD", version, "adopt", **DECIDED)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R1")
    ok(step(house, "zoneMayorE", version, "sign"))
    ok(step(house, "zoneMayorE", version, "adopt", **DECIDED))


def test_a_change_makes_another_text_that_nobody_signed(house):
    version = ok(draft(house, "zone"))["agreementId"]
    for mayor in ("zoneMayorD", "zoneMayorE"):
        ok(step(house, mayor, version, "sign"))
    changed = ok(draft(house, "zone", settings={"review_months": 6}))
    assert [party.get("signedBy") for party in changed["parties"]] == [None] * len(changed["parties"])
    assert step(house, "zoneMayorD", version, "adopt", **DECIDED).status_code == 409
    # Who changes it back has the very text that was signed; the record of who signed what was never lost.
    back = ok(draft(house, "zone", settings={"review_months": 3}))
    rows = house.sql("SELECT count(*) FROM agreement_signature WHERE agreement_id = :a", a=version)
    assert rows[0][0] == 2
    assert back["digest"] != changed["digest"]


def test_a_text_is_signed_from_the_version_that_was_read(house):
    told = draft(house)
    version, seen = told.json()["agreementId"], told.headers["etag"]
    ok(draft(house, settings={"review_months": 1}, match=seen))
    assert step(house, "mayor", version, "sign", match=seen).status_code == 412
    assert step(house, "mayor", version, "sign", match=None).status_code == 428
    assert draft(house, settings={"review_months": 2}, match=seen).status_code == 412
    assert draft(house, settings={"review_months": 2}, match=None).status_code == 428


def test_a_municipality_signs_a_text_once(house):
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    assert step(house, "mayor", version, "sign").status_code == 409


def test_a_service_signs_on_paper_and_the_coordinator_records_it(house):
    version = ok(draft(house))["agreementId"]
    said = {
        "agencyId": str(house.cast.agencies["ocmw"]), "name": "Voorzitter Verzonnen", "capacity": "Voorzitter",
        "signedOn": "2026-03-01",
    }  # fmt: skip
    told = ok(step(house, "coordinator", version, "recordSignature", **said))
    party = next(p for p in told["parties"] if p.get("agencyId") == said["agencyId"])
    assert (party["signedBy"], party["capacity"], party["signedOn"]) == (
        "Voorzitter Verzonnen",
        "Voorzitter",
        "2026-03-01",
    )
    assert step(house, "coordinator", version, "recordSignature", **said).status_code == 409
    assert step(house, "mayor", version, "recordSignature", **said).status_code == 403
    for wrong in ({"agencyId": str(house.cast.agencies["school"])}, {"signedOn": "2026-03-03"}):
        assert step(house, "coordinator", version, "recordSignature", **said | wrong).status_code == 400


def test_who_does_what(house):
    told = ok(draft(house))
    version = told["agreementId"]
    for who in ("mayor", "delegate"):
        assert draft(house, who=who).status_code == 403
    assert draft(house, who="zoneCoordinatorD").status_code == 404
    for who, status in (
        ("coordinator", 403),
        ("delegate", 403),
        ("participant", 404),
        ("zoneMayorD", 404),
        ("dpo", 404),
    ):
        assert step(house, who, version, "sign").status_code == status
        assert step(house, who, version, "adopt", **DECIDED).status_code == status
        assert house.client(who).get(f"/api/v1/agreements/{version}").status_code == (
            200 if status == 403 else 404
        )


LACKING = [
    ({"tables": []}, {"operationalTable"}),
    ({"partyIds": []}, {"parties"}),
    ({"tables": [{"kind": "strategic", "name": "S", "functions": ["mayor"]}]}, {"operationalTable"}),
    ({"tables": [{"kind": "operational", "name": "O", "functions": ["mayor"]}]}, {"coreMembers"}),
    (
        {"tables": [{"kind": "operational", "name": "O", "chair": "informationOfficer",
                     "functions": ["mayor", "coordinator", "policeMember"]}]},
        {"informationOfficerChairs"},
    ),
    (
        {"tables": [{"kind": "operational", "name": "O", "chair": "strategicMember",
                     "functions": ["mayor", "coordinator", "policeMember"]}]},
        {"chair"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "lacks"), LACKING)
def test_what_lacks_something_is_kept_as_a_draft_and_signed_by_nobody(house, said, lacks):
    told = ok(draft(house, **said))
    assert set(told["lacks"]) == lacks
    refused = step(house, "mayor", told["agreementId"], "sign")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R115")
    assert "agreement.sign" not in told["abilities"]
    assert step(house, "mayor", told["agreementId"], "adopt", **DECIDED).status_code == 409


def test_an_unanswered_question_keeps_it_from_being_signed(house):
    house.sql("UPDATE agreement SET state = 'superseded', answers = '{}'")
    told = ok(draft(house))
    assert {"register", "discuss", "record", "close"} <= set(told["lacks"])
    whole = ok(draft(house, **body(house)))
    assert whole["lacks"] == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"settings": {"case_term_days": 400}}, "settings.case_term_days"),
        ({"settings": {"weather": 1}}, "settings.weather"),
        ({"partyIds": ["00000000-0000-0000-0000-000000000009"]}, "partyIds"),
        ({"tables": [{"kind": "operational", "name": "O"}] * 2}, "tables"),
    ],
)
def test_what_no_agreement_can_say_is_refused_at_once(house, said, field):
    refused = draft(house, **said)
    assert (refused.status_code, refused.json()["issues"][0]["name"]) == (400, field)


def test_nothing_is_adopted_under_a_decision_of_tomorrow(house):
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    late = step(house, "mayor", version, "adopt", **DECIDED | {"adoptedOn": "2026-03-03"})
    assert late.status_code == 400


def test_two_who_begin_at_once_have_one_draft(house):
    house.client("coordinator")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: draft(house, match=None).status_code, range(2)))
    assert sorted(answers) == [200, 428], "the second found a draft it had not read"
    rows = house.sql(
        "SELECT id FROM agreement WHERE state = 'draft' AND cell_id = :c", c=house.cast.cells["C"]
    )
    assert len(rows) == 1


def test_one_of_two_adoptions_at_once_takes_place(house):
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda _: step(house, "mayor", version, "adopt", **DECIDED).status_code, range(2))
        )
    assert sorted(answers) == [200, 409]


def test_every_version_can_be_read_with_what_it_changed(house):
    adopted(house, settings={"review_months": 2, "break_glass": 1}, answerClose="Anders dan voorheen.")
    listed = ok(house.client("participant").get(f"/api/v1/cells/{house.cast.cells['C']}/agreements"))["items"]
    assert [(item["number"], item["state"]) for item in listed] == [(2, "adopted"), (1, "superseded")]
    told = ok(house.client("participant").get(listed[0]["href"]))
    changes = {c["name"]: (c.get("before"), c.get("after")) for c in told["changes"]}
    assert changes == {
        "setting.review_months": ("3 maanden", "2 maanden"),
        "setting.break_glass": ("Nee", "Ja"),
        "question.close": ("Op voorstel van de tafel, beslist door de burgemeester.", "Anders dan voorheen."),
    }
    assert ok(house.client("participant").get(listed[1]["href"]))["changes"] == []
    draft(house)
    path = f"/api/v1/cells/{house.cast.cells['C']}/agreements"
    assert [i["state"] for i in ok(house.client("delegate").get(path))["items"]] == [
        "draft",
        "adopted",
        "superseded",
    ]
    assert [i["state"] for i in ok(house.client("participant").get(path))["items"]] == [
        "adopted",
        "superseded",
    ]


def test_the_agreement_of_a_day_is_the_one_that_was_in_force_then(house):
    first = ok(in_force(house))
    house.later(days=10)
    second = adopted(house, settings={"review_months": 2})
    assert ok(in_force(house, on="2026-03-05"))["agreementId"] == first["agreementId"]
    assert ok(in_force(house, on="2026-03-12"))["agreementId"] == second["agreementId"]
    assert ok(in_force(house, on="2026-03-31"))["agreementId"] == second["agreementId"]
    assert in_force(house, on="2025-01-01").status_code == 404


def test_adoption_sets_up_the_tables_it_names(house):
    tables = [*body(house)["tables"], {"kind": "strategic", "name": "Strategische tafel", "chair": "mayor"}]
    adopted(house, tables=tables)
    found = ok(house.client("coordinator").get("/api/v1/tables"))["items"]
    assert {table["kind"] for table in found} == {"operational", "strategic"}
