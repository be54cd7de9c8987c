"""Agreements and recording bases, which the stage of the proofs does not hold: as test_off_stage.py proves the others."""

from __future__ import annotations

from agreecraft import draft, ok, step
from proving.prover import proves
from tablecraft import Acting

DRAFTING = [
    f"/agreement/draft/{name}"
    for name in (
        "parties",
        "operational",
        "strategic",
        "tactical",
        "answers",
        "settings",
        "screening",
        "closing",
    )
]


@proves(
    "propose_recording_basis",
    "sign_off_recording_basis",
    "/recording-bases/{recordingBasisId}/sign-off",
    "/recording-bases/new",
)
def test_signing_a_recording_basis_off(prove, house):
    admin, made = Acting(house), {}
    house.sql("UPDATE municipality SET profile = 'wallonia'")
    for town in "CD":
        said = {"municipalityId": str(house.cast.towns[town]), "act": "Verzonnen", "article": "1", "document": "Verzonnen",
                "dated": "2026-01-10"}  # fmt: skip
        made[town] = admin.ok(admin.post("administrator", "/recordingBases", said), 201)["recordingBasisId"]
    said["municipalityId"] = str(house.cast.towns["E"])
    prove.page("/recording-bases/new", "administrator")
    prove("propose_recording_basis", "administrator", said, foreign={"municipalityId": []})
    ids = {"recordingBasisId": made["C"]}
    prove.page("/recording-bases/{recordingBasisId}/sign-off", "dpo", **ids)
    prove(
        "sign_off_recording_basis",
        "dpo",
        {"decision": "approve"},
        foreign={"recordingBasisId": [made["D"]]},
        **ids,
    )


@proves(
    "sign_agreement",
    "record_signature_agreement",
    "adopt_agreement",
    "discard_agreement",
    "/agreement/versions/{agreementId}/discard",
    "/agreement/versions/{agreementId}/sign",
    "/agreement/versions/{agreementId}/signatures/new",
    "/agreement/versions/{agreementId}/adopt",
    *DRAFTING,
)
def test_signing_an_agreement(prove, house):
    version = ok(draft(house))["agreementId"]
    for form in DRAFTING:
        prove.page(form, "coordinator")
    theirs = {"agreementId": [ok(draft(house, "zone"))["agreementId"]]}
    ids = {"agreementId": version}
    signed = {
        "agencyId": str(house.cast.agencies["police"]),
        "name": "Verzonnen",
        "capacity": "Korpschef",
        "signedOn": "2026-03-01",
    }
    no_party = {"agencyId": [str(house.cast.agencies[name]) for name in ("school", "clb", "town hall")]}
    prove.page("/agreement/versions/{agreementId}/signatures/new", "coordinator", **ids)
    prove("record_signature_agreement", "coordinator", signed, foreign=theirs | no_party, **ids)
    prove.page("/agreement/versions/{agreementId}/sign", "mayor", **ids)
    prove("sign_agreement", "mayor", foreign=theirs, **ids)
    for name in ("zoneMayorD", "zoneMayorE"):  # so that nothing but its cell stands in the way
        ok(step(house, name, theirs["agreementId"][0], "sign"))
    prove.page("/agreement/versions/{agreementId}/adopt", "mayor", **ids)
    decided = {"document": "Besluit (verzonnen)", "adoptedOn": "2026-03-01"}
    prove("adopt_agreement", "mayor", decided, foreign=theirs, **ids)
    ids = {"agreementId": ok(draft(house))["agreementId"]}
    prove.page("/agreement/versions/{agreementId}/discard", "coordinator", **ids)
    prove("discard_agreement", "coordinator", foreign=theirs, **ids)
